"""Sources named by a phrase: "according to", "per", "in the words of", "as Holt put it"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.model.press import Span
from fother.press import cues
from fother.press.attribution import Attribution
from fother.press.frame import Frame, with_marks
from fother.press.phrases import noun_phrase, subject_of, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Token


def by_phrases(frame: Frame) -> list[Attribution]:
    """ "According to the file, …", "…, as Holt put it"."""
    found = []
    for token in frame.doc:
        if frame.aside_of(token) or (phrase := _phrase(token)) is None:
            continue
        source, last = phrase
        source_range = noun_phrase(source)
        content = _rest_of_sentence(frame, token.i, _past_description(frame, max(source_range[1], last)))
        if content:
            asides = [a for a in frame.asides if any(s.holds(a.span) for s in content)]
            found.append(
                Attribution(
                    source=frame.span(*source_range),
                    source_range=source_range,
                    frame=frame,
                    cue=frame.span(token.i, min(token.i + 2, source_range[0])),
                    cue_token=token.i,
                    content=content,
                    stance="assert",
                    rule="according to",
                    confidence=0.9,
                    quoted=asides,
                )
            )
    return found


def _past_description(frame: Frame, last: int) -> int:
    """Where "According to the memo, marked Secret, …" goes on."""
    doc = frame.doc
    if last + 1 < len(doc) and doc[last].text == "," and doc[last + 1].tag_ in ("VBN", "VBD"):
        return next((i for i in range(last + 2, min(last + 14, len(doc))) if doc[i].text == ","), last)
    return last


def _phrase(token: Token) -> tuple[Token, int] | None:
    """Source of "according to X", "per X", "in the words of X" or "as X put it", and where that ends."""
    doc = token.doc
    later = doc[token.i + 1 : token.i + 5]
    words = [t.lower_ for t in later]
    if token.lower_ == "according" and words[:1] == ["to"]:
        source = next((c for c in later[0].children if c.dep_ == "pobj"), None)
    elif token.lower_ == "per" and token.dep_ == "prep":
        source = next((c for c in token.children if c.dep_ == "pobj"), None)
        if (
            source is not None
            and source.lemma_.lower() not in cues.PEOPLE | cues.DOCUMENTS
            and not source.ent_type_
        ):
            return None  # "per year"
    elif token.lower_ == "in" and words[:3] == ["the", "words", "of"]:
        source = next((c for c in later[2].children if c.dep_ == "pobj"), None)
    elif token.lower_ == "as":
        verb = next((a for a in token.ancestors if a.lemma_ == "put"), None)
        source = (
            subject_of(verb) if verb is not None and any(c.lower_ == "it" for c in verb.children) else None
        )
        if verb is None or source is None or source.i < token.i or verb.i - token.i > 12:
            return None
        last = verb.i + 2
        if last + 1 < len(doc) and doc[last].lower_ == "to":
            last += 2
        return source, last
    else:
        return None
    return (source, source.i + 1) if source is not None else None


def _rest_of_sentence(frame: Frame, first: int, last: int) -> list[Span]:
    """What a sentence says beside "according to X": before it, or after it when it begins the sentence."""
    sentence = frame.doc[first].sent
    before = trimmed(frame.doc, (sentence.start, first))
    after = trimmed(frame.doc, (last, sentence.end))
    chosen = before if before[1] - before[0] >= 3 else after
    if chosen[1] - chosen[0] < 2:
        return []
    if chosen == after and frame.doc[last - 1].i + 1 < sentence.end:
        chosen = trimmed(frame.doc, after)
    return [with_marks(frame, frame.span(*chosen))]
