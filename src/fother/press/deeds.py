"""Deeds that say something: opening an inquiry is a promise to find out, calling an ally a reassurance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.press import cues
from fother.press.attribution import Attribution
from fother.press.frame import Frame
from fother.press.phrases import noun_phrase, subject_of, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Token

_MATTERS = cues.DOCUMENTS | cues.words_of(
    """
    leak disclosure breach matter authenticity origin source publication affair incident release
    loss
    """
)


def deeds(frame: Frame) -> list[Attribution]:
    """Inquiries opened or under way into a leak, told without a verb of saying."""
    found = []
    for verb in frame.doc:
        if verb.pos_ != "VERB" or frame.aside_of(verb):
            continue
        matter = _inquiry(verb)
        source = subject_of(verb) if matter is not None else None
        passive = any(c.dep_ in ("nsubjpass", "auxpass", "neg") for c in verb.children)
        if matter is None or source is None or passive or frame.aside_of(source):
            continue
        if source.lower_ in ("i", "we", "it", "that", "which") or source.lemma_.lower() in cues.DOCUMENTS:
            continue
        source_range = noun_phrase(source, around=verb)
        into = [
            c.right_edge.i for c in verb.children if c.dep_ == "prep" and c.lower_ in ("into", "on", "of")
        ]
        content = trimmed(frame.doc, (verb.i, max(verb.i, matter.right_edge.i, *into) + 1))
        found.append(
            Attribution(
                source=frame.span(*source_range),
                source_range=source_range,
                frame=frame,
                cue=frame.span(verb.i, verb.i + 1),
                cue_token=verb.i,
                content=[frame.span(*content)],
                stance="promise",
                rule="inquiry",
                confidence=0.8,
            )
        )
    return found


def _inquiry(verb: Token) -> Token | None:
    """What a verb inquires into when that is a leak or its documents, or the inquiry itself."""
    lemma = verb.lemma_.lower()
    held = [c for c in verb.children if c.dep_ in ("dobj", "obj")]
    if lemma in cues.OPENING:
        return next((c for c in held if c.lemma_.lower() in cues.INQUIRIES), None)
    if lemma in cues.INQUIRING:
        return next((c for c in held if _matters(c)), None)
    if lemma == "look":
        into = next((c for c in verb.children if c.lower_ == "into"), None)
        return into if into is not None and any(_matters(t) for t in into.subtree) else None
    return None


def _matters(token: Token) -> bool:
    return any(t.lemma_.lower() in _MATTERS for t in token.subtree) or token.lower_ in (
        "how",
        "whether",
        "who",
    )
