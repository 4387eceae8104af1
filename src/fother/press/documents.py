"""Leaked documents that a report speaks of: their mentions, what they are alleged to say, their marking."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fother.model.press import MentionedDocument, Span, Statement
from fother.press import cues
from fother.press.frame import Frame
from fother.press.phrases import noun_phrase

if TYPE_CHECKING:
    from spacy.tokens import Token

#: Words for a classification as reports print them; the longest match at a place wins.
_MARKING = re.compile(
    r"\b(?:TOP SECRET|SECRET|CONFIDENTIAL|NOFORN|COSMIC TOP SECRET|NATO (?:SECRET|CONFIDENTIAL|RESTRICTED)"
    r"|RESTRICTED|OFFICIAL-SENSITIVE|UK EYES ONLY|EYES ONLY|FOR OFFICIAL USE ONLY|FOUO"
    r"|TLP:\s?(?:RED|AMBER|GREEN)"
    r"|(?i:(?:cosmic )?top[- ]secret|strictly confidential|confidential|secret|eyes[- ]only|restricted|"
    r"for official use only|not for distribution|internal use only))\b(?:\s?//[A-Z/ ]+)?"
)
_MADE_PUBLIC = cues.words_of(
    """
    leak publish post surface obtain see review circulate emerge steal hack release upload
    """
)
_ALLEGES = cues.words_of(
    """
    outline describe detail list show say state suggest set reveal indicate warn record summarise
    summarize contain discuss name propose recommend include assess claim
    """
)


def leaked_documents(frame: Frame, statements: Sequence[Statement]) -> tuple[MentionedDocument, ...]:
    """Documents spoken of as leaked or secret; mentions by the same noun are one document.

    A bare "the document" belongs to the last one before it.
    """
    groups: list[tuple[str, list[Span], list[Token]]] = []
    for token in frame.doc:
        lemma = token.lemma_.lower()
        if token.pos_ not in ("NOUN", "PROPN") or lemma not in cues.DOCUMENTS or frame.aside_of(token):
            continue
        if token.dep_ == "compound" and token.head.lemma_.lower() in cues.DOCUMENTS:
            continue
        if token.dep_ in ("compound", "poss") and not _modified(token):
            continue
        leaked = _is_leaked(token)
        span = frame.span(*noun_phrase(token))
        definite = any(c.lower_ in ("the", "this", "that", "these", "those") for c in token.children)
        same = next((g for g in reversed(groups) if _same(g[0], lemma)), None)
        if same is not None and (definite or not leaked):
            same[1].append(span)
            same[2].append(token)
        elif leaked or (_told_by(span, statements) and lemma not in cues.WEAK_DOCUMENTS):
            groups.append((lemma, [span], [token]))
    return tuple(_document(frame, statements, spans, tokens) for _, spans, tokens in groups)


def _modified(token: Token) -> bool:
    return any(c.lower_ in cues.LEAKED for c in token.children)


def _same(one: str, other: str) -> bool:
    general = ("document", "leak", "material", "file")
    memo = ("memo", "memorandum")
    return one == other or (one in memo and other in memo) or other in general or one in general


def _is_leaked(token: Token) -> bool:
    lemma = token.lemma_.lower()
    if lemma == "leak":
        return False  # the deed; "leaks" of documents are told by their nouns
    if any(c.lower_ in cues.LEAKED and c.dep_ in ("amod", "compound", "nmod") for c in token.children):
        return not (
            lemma == "intelligence"
            or (
                any(c.lower_ in ("published", "internal") for c in token.children)
                and lemma in ("report",)
                and not _modified_strongly(token)
            )
        )
    if any(c.lower_ == "top" for c in token.children) and "secret" in {c.lower_ for c in token.subtree}:
        return True
    if any(
        c.dep_ in ("relcl", "acl") and c.lemma_.lower() in _MADE_PUBLIC and lemma not in ("plan", "page")
        for c in token.children
    ):
        return True
    if token.dep_ in ("nsubj", "nsubjpass") and token.head.lemma_.lower() in ("leak", "surface", "steal"):
        return True
    describes = any(
        c.dep_ in ("relcl", "acl") and c.lemma_.lower() in _ALLEGES and c.tag_ in ("VBG", "VBZ", "VBD")
        for c in token.children
    )
    return describes and lemma not in cues.WEAK_DOCUMENTS


def _modified_strongly(token: Token) -> bool:
    return any(c.lower_ in ("leaked", "secret", "classified", "stolen") for c in token.children)


def _told_by(span: Span, statements: Sequence[Statement]) -> bool:
    return any(s.speaker.kind == "document" and s.speaker.span.touches(span) for s in statements)


def _document(
    frame: Frame, statements: Sequence[Statement], spans: list[Span], tokens: list[Token]
) -> MentionedDocument:
    alleged = [
        c
        for s in statements
        if s.speaker.kind == "document" and any(s.speaker.span.touches(m) for m in spans)
        for c in s.content
    ]
    for token in tokens:
        for child in token.children:
            if child.dep_ in ("relcl", "acl") and child.lemma_.lower() in _ALLEGES and child.i > token.i:
                held = next(
                    (c for c in child.children if c.dep_ in ("dobj", "ccomp") and c.i > child.i), None
                )
                if held is not None:
                    alleged.append(frame.span(*noun_phrase(held)))
    marking = next((m for t in tokens if (m := _marking_near(frame, t))), None)
    rule = "described as leaked" if any(_is_leaked(t) for t in tokens) else "quoted as a source"
    kept = [a for a in dict.fromkeys(alleged) if not any(a != b and b.holds(a) for b in alleged)]
    return MentionedDocument(
        tuple(dict.fromkeys(spans)), tuple(sorted(kept)), marking, rule, 0.85 if "leaked" in rule else 0.7
    )


def _marking_near(frame: Frame, token: Token) -> str | None:
    """A marking in the document's own phrase, or one it is said to be marked with."""
    phrase = frame.span(*noun_phrase(token)).of(frame.text)
    if found := _MARKING.search(phrase):
        return found.group()
    sentence = frame.span(token.sent.start, token.sent.end).of(frame.text)
    marked = re.search(
        r"(?i)\b(?:marked|stamped|classified(?: as)?|labelled|labeled|headed|carr(?:ies|ied|ying) the "
        r"(?:marking|"
        r"label|banner|stamp))\s+(?:as\s+)?[“\"‘']?",
        sentence,
    )
    if marked and (found := _MARKING.match(sentence, marked.end())):
        return found.group()
    return None
