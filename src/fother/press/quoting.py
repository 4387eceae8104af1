"""Which verb reports a quotation, when several stand near it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fother.press import cues
from fother.press.frame import Aside, Frame
from fother.press.phrases import is_verb, subject_of

if TYPE_CHECKING:
    from spacy.tokens import Token

_NEAR = 14  # tokens between a quotation and the verb that reports it


def assigned_asides(frame: Frame) -> dict[int, list[Aside]]:
    """For each verb the quotations it reports; each quotation has one verb at most."""
    verbs = [
        t for t in frame.doc if t.lemma_.lower() in cues.VERBS and frame.aside_of(t) is None and is_verb(t)
    ]
    assigned: dict[int, list[Aside]] = {}
    for aside in frame.asides:
        if aside.quotation.continues:
            continue
        rated = [(rating, v.i) for v in verbs if (rating := _rating(frame, aside, v)) > 0]
        if rated:
            assigned.setdefault(max(rated)[1], []).append(aside)
    return assigned


def _rating(frame: Frame, aside: Aside, verb: Token) -> float:
    """How much speaks for a verb as the one that reports a quotation; 0 for not at all."""
    doc = frame.doc
    first, last = (aside.last, verb.i) if verb.i >= aside.last else (verb.i + 1, aside.first)
    between = [doc[i] for i in range(first, last) if not doc[i].is_space]
    if any("\n" in doc[i].text for i in range(first, last)):
        return 0.0
    if any(frame.aside_of(t) not in (None, aside) for t in between) and verb.i > aside.last:
        return 0.0
    words = [t for t in between if t.is_alpha]
    if len(words) > 3 * _NEAR:
        return 0.0
    linked = any(t.i == verb.i for t in doc[aside.root].ancestors)
    rating = 2.0 if linked else 0.0
    if verb.lemma_.lower() in cues.QUOTING:
        rating += 1.0
    if verb.i >= aside.last:
        inner = frame.text[aside.quotation.inner_start : aside.quotation.inner_end].rstrip()
        starts_lower = between[0].text[:1].islower() if between else verb.text[:1].islower()
        if inner.endswith(".") and not starts_lower and not linked:
            return 0.0
        if any(t.text in (".", "?", "!", ";", ":") for t in between):
            return 0.0
        subject = subject_of(verb)
        inverted = len(words) == 0
        follows = subject is not None and aside.last <= subject.i < verb.i
        if not (inverted or follows or linked):
            return 0.0
        rating += 2.0 - len(words) / _NEAR
    else:
        if any(t.text in (".", "?", "!") and t.is_sent_end for t in between):
            return 0.0
        colon = frame.text[: aside.quotation.start].rstrip().endswith((":", ","))
        rating += (1.5 if colon else 0.5) - len(words) / _NEAR
    return max(rating, 0.0) if rating >= 1.0 else 0.0
