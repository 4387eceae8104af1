"""Circumstances of saying something: to whom, in which statement or interview, and which outlet cites it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.model.press import Span
from fother.press import cues
from fother.press.frame import Frame
from fother.press.phrases import noun_phrase, quoting_verb

if TYPE_CHECKING:
    from spacy.tokens import Token


def addressee(frame: Frame, verb: Token) -> Span | None:
    """Whom it was said to: "told reporters", "in an interview with the Ledger"."""
    if verb.lemma_.lower() in ("tell", "inform", "assure", "reassure", "warn", "remind", "advise", "brief"):
        for child in verb.children:
            if child.dep_ in ("dobj", "dative", "obj") and child.i > verb.i and not frame.aside_of(child):
                return frame.span(*noun_phrase(child))
    for child in verb.subtree:
        if abs(child.i - verb.i) > 12 or frame.aside_of(child):
            continue
        if (
            child.dep_ == "prep"
            and child.lower_ in ("to", "with")
            and child.head.lower_
            in (
                "interview",
                "speaking",
                "remarks",
                "conversation",
                "talking",
                "statement",
                "comments",
                "spoke",
            )
        ):
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            if found is not None:
                return frame.span(*noun_phrase(found))
    for child in verb.children:
        if child.dep_ in ("prep", "dative") and child.lower_ == "to":
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            if found is not None:
                return frame.span(*noun_phrase(found))
    return None


def vessel(frame: Frame, verb: Token) -> Span | None:
    """The vessel of the words: "in a statement", "at a briefing"."""
    for child in verb.subtree:
        if child.dep_ == "prep" and child.lower_ in ("in", "at", "on", "during", "through", "via", "by"):
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            near = found is not None and abs(found.i - verb.i) <= 15
            if near and found is not None and found.lemma_.lower() in cues.VESSELS:
                return frame.span(*noun_phrase(found))
    return None


def citing_outlet(frame: Frame, verb: Token) -> Span | None:
    """ "was quoted as saying by the Ledger"."""
    quoted = quoting_verb(verb)
    if quoted is not None and any(c.dep_ in ("dobj", "obj") for c in quoted.children):
        citing = next((c for c in quoted.children if c.dep_ == "nsubj"), None)
        return frame.span(*noun_phrase(citing, around=quoted)) if citing is not None else None
    places = [*verb.children, *(quoted.children if quoted is not None else ())]
    for child in places:
        if child.dep_ in ("agent", "prep") and child.lower_ == "by":
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            if found is not None and quoted is not None:
                return frame.span(*noun_phrase(found))
    return None
