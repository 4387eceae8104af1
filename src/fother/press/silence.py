"""Silence is a statement: who declined to comment, did not answer, or would neither confirm nor deny."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.model.press import Span
from fother.press import cues
from fother.press.attribution import Attribution
from fother.press.frame import Frame
from fother.press.phrases import Range, noun_phrase, subject_of, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Token

_ABOUT = frozenset(("regarding", "about", "on", "over", "concerning"))
_EVASIONS = frozenset(
    (
        "dodge",
        "sidestep",
        "deflect",
        "evade",
        "duck",
        "avoid",
        "ignore",
    )
)
_WITHHELD = frozenset(
    (
        "comment",
        "detail",
        "answer",
        "response",
        "reply",
        "explanation",
        "information",
        "word",
        "timeline",
    )
)


def silences(frame: Frame) -> list[Attribution]:
    """All refusals to speak in a text, outside its quotations."""
    found = []
    for verb in frame.doc:
        if verb.pos_ not in ("VERB", "AUX") or frame.aside_of(verb):
            continue
        topic = _silence(verb)
        if topic is None:
            continue
        source = _source(verb)
        if source is None or frame.aside_of(source) or source.lower_ in ("i", "we", "you", "it"):
            continue
        source_range = noun_phrase(source, around=verb)
        tokens = trimmed(frame.doc, topic)
        found.append(
            Attribution(
                source=frame.span(*source_range),
                source_range=source_range,
                frame=frame,
                cue=frame.span(*_cue(verb)),
                cue_token=verb.i,
                content=[frame.span(*tokens)] if tokens[0] < tokens[1] else [],
                stance="decline",
                rule="silence",
                confidence=0.95,
            )
        )
    return _one_for_each(found)


def _silence(verb: Token) -> Range | None:
    """Tokens that tell what a verb is silent about (none: an empty range); None when it is not silent."""
    lemma = verb.lemma_.lower()
    children = list(verb.children)
    negated = any(c.dep_ == "neg" or c.lower_ in ("never", "neither") for c in children)
    nothing = (verb.i, verb.i)
    if lemma in cues.REFUSING or (lemma == "choose" and _refused(children, negated=True)):
        refused = next((c for c in children if c.dep_ in ("xcomp", "ccomp", "dobj")), None)
        if refused is None:
            return nothing if lemma == "decline" and verb.dep_ != "amod" else None
        return _subtree(refused) if refused.lemma_.lower() in cues.SPEAKING | {"comment", "request"} else None
    if lemma in ("remain", "stay", "keep", "be", "go", "fall"):
        state = next(
            (c for c in children if c.dep_ in ("acomp", "attr", "oprd", "advmod") and _is_silent(c, verb)),
            None,
        )
        if state is None:
            return None
        for_comment = next(
            (c for c in (*state.children, *children) if c.lower_ == "for" and c.i > verb.i), None
        )
        return _about(verb) or (_subtree(for_comment) if for_comment is not None else nothing)
    if lemma in cues.ANSWERING and (negated or _not_yet(verb)):
        return _after(verb)
    if (
        lemma in ("confirm", "deny", "comment", "say", "discuss", "elaborate", "identify", "specify")
        and negated
    ):
        refuses = {c.lower_ for c in children if c.dep_ == "aux"} & {
            "would",
            "will",
            "could",
            "can",
            "did",
            "'d",
        }
        both = lemma in ("confirm", "deny") and any(
            c.dep_ == "conj" and c.lemma_ in ("confirm", "deny") for c in children
        )
        neither = any(c.lower_ == "neither" for c in children)
        if (refuses and (lemma != "say" or refuses & {"would"})) or both or neither:
            return _after(verb)
    if lemma in ("have", "offer", "make", "give", "provide") and not negated:
        held = next((c for c in children if c.dep_ == "dobj"), None)
        if (
            held is not None
            and held.lemma_.lower() in _WITHHELD
            and any(c.lower_ == "no" for c in held.children)
        ):
            return _subtree(held)
    if lemma in _EVASIONS:
        held = next((c for c in children if c.dep_ == "dobj"), None)
        if held is not None and held.lemma_.lower() in ("question", "request", "query", "inquiry", "call"):
            return _subtree(held)
    if lemma == "reach" and any(c.dep_ == "auxpass" for c in children) and negated:
        return _after(verb)
    if lemma == "draw" and negated and any(c.dep_ == "auxpass" for c in children):
        return _after(verb)
    return None


def _refused(children: list[Token], *, negated: bool) -> bool:
    """ "Chose not to comment"."""
    inner = next((c for c in children if c.dep_ == "xcomp"), None)
    return inner is not None and any(c.dep_ == "neg" for c in inner.children) is negated


def _is_silent(state: Token, verb: Token) -> bool:
    if state.lower_ in cues.SILENT:
        return bool(verb.lemma_ != "be" or state.lower_ != "quiet")
    available = state.lower_ in ("available", "reachable")
    return available and any(c.dep_ == "neg" for c in verb.children)


def _not_yet(verb: Token) -> bool:
    """ "Has yet to respond", "failed to answer"."""
    head = verb.head
    if verb.dep_ not in ("xcomp", "ccomp"):
        return False
    return head.lemma_ == "fail" or (head.lemma_ == "have" and any(c.lower_ == "yet" for c in head.children))


def _source(verb: Token) -> Token | None:
    if _not_yet(verb):
        return subject_of(verb.head)
    head = subject_of(verb)
    if head is None and verb.dep_ in ("ccomp", "xcomp") and verb.head.pos_ in ("VERB", "AUX"):
        return None
    return head


def _subtree(token: Token) -> Range:
    return token.left_edge.i, _before_loose(token, token.right_edge.i + 1)


def _after(verb: Token) -> Range:
    """What comes after a verb in its clause."""
    last = verb.i + 1
    for child in verb.children:
        if child.i > verb.i and child.dep_ in ("prep", "dobj", "ccomp", "xcomp", "conj", "dative", "advcl"):
            if child.dep_ == "conj" and child.lemma_ not in ("confirm", "deny"):
                break
            if child.dep_ == "advcl" and child.doc[child.left_edge.i - 1].text == ",":
                break
            last = max(last, child.right_edge.i + 1)
    return verb.i + 1, _before_loose(verb, last)


def _before_loose(token: Token, last: int) -> int:
    """Where a phrase ends that the parser let run on after a comma or into "when asked"."""
    doc = token.doc
    for i in range(token.i + 1, last):
        if doc[i].text in (",", ";", "—") or (doc[i].lower_ == "when" and i > token.i + 1):
            return i
    return last


def _about(verb: Token) -> Range | None:
    for token in verb.subtree:
        if token.lower_ in _ABOUT and token.i > verb.i and token.dep_ in ("prep", "pcomp", "acl", "advcl"):
            tokens = _subtree(token)
            return tokens[0] + 1, tokens[1]
    return None


def _cue(verb: Token) -> Range:
    first, last = verb.i, verb.i + 1
    while (
        first > 0
        and verb.doc[first - 1].head == verb
        and verb.doc[first - 1].dep_ in ("aux", "neg", "auxpass", "advmod", "preconj")
    ):
        first -= 1
    return first, last


def _one_for_each(found: list[Attribution]) -> list[Attribution]:
    """A refusal told by two verbs that share a subject and lie within each other counts once."""
    kept: list[Attribution] = []
    for one in found:
        cue = one.cue or Span(0, 0)
        if any(k.source == one.source and any(c.holds(cue) for c in k.content) for k in kept):
            continue
        kept.append(one)
    return kept
