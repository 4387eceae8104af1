"""Quotations that no verb reports go to who spoke before them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fother.press import cues
from fother.press.attribution import Attribution
from fother.press.frame import Aside, Frame
from fother.press.phrases import noun_phrase, subject_of, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Token


def adopt_quotations(frame: Frame, found: list[Attribution]) -> list[Attribution]:
    """Give quotations without a verb of their own to who spoke before them, in order.

    A quotation that follows another in its paragraph goes on with it; one that continues an open one of the
    paragraph before does too; a paragraph that begins with a quotation has the speaker of the one before.
    """
    claimed = [s for a in found for s in a.content]
    added: list[Attribution] = []
    ordered = sorted((a for a in found if a.stance != "decline"), key=lambda a: (a.cue or a.content[0]).start)
    for aside in frame.asides:
        span = aside.span
        if any(s.touches(span) for s in claimed):
            continue
        before = [a for a in (*ordered, *added) if min(c.start for c in (*a.content, a.source)) < span.start]
        # The subject of the sentence before may speak without a verb of saying: "Holt was furious. “…”"
        previous = max(before, key=lambda a: max(_last(a, span.start)), default=None)
        paragraph = frame.text.rfind("\n", 0, span.start) + 1
        actor = _actor_before(frame, aside, paragraph)
        if previous is not None:
            end = max(_last(previous, span.start))
            gap = frame.text[end : span.start]
            same = end >= paragraph
            if (same and _only_punctuation(gap)) or aside.quotation.continues:
                previous.content.append(span)
                previous.quoted.append(aside)
                claimed.append(span)
                continue
            if same and (actor is None or previous.cue is None):
                added.append(_following(previous, aside, "same paragraph", 0.8))
                claimed.append(span)
                continue
        short = len(span.of(frame.text).split()) < 4 and frame.text[paragraph : span.start].strip()
        if actor is not None and not short:  # else a title: "Meet the Press"
            added.append(_by_actor(frame, actor, aside))
            claimed.append(span)
            continue
        leads = frame.text[paragraph : span.start].strip() == ""
        if (
            previous is not None
            and leads
            and frame.text[max(_last(previous, span.start)) : span.start].count("\n\n") <= 1
        ):
            added.append(_following(previous, aside, "next paragraph", 0.7))
            claimed.append(span)
    return [*found, *added]


def _last(a: Attribution, place: int) -> list[int]:
    """Ends of its parts that lie before a place."""
    parts = [*a.content, a.source, *((a.cue,) if a.cue else ())]
    if a.cue_token is not None:
        doc = a.frame.doc
        sentence = doc[a.cue_token].sent
        end = trimmed(doc, (sentence.start, sentence.end))
        if end[0] < end[1]:
            parts.append(a.frame.span(*end))
    return [s.end for s in parts if s.end <= place] or [0]


def _only_punctuation(gap: str) -> bool:
    return re.fullmatch(r"[\s.,;:!?”’\"'»)]*", gap) is not None


def _actor_before(frame: Frame, aside: Aside, paragraph: int) -> Token | None:
    """A person or body that is the subject of the sentence just before a quotation in its paragraph."""
    last = aside.first - 1
    while last >= 0 and frame.doc[last].is_space:
        last -= 1
    if last < 0:
        return None
    sentence = frame.doc[last].sent
    place = frame.span(sentence.start, sentence.start + 1).start
    # A paragraph that ends in a colon leads the next one in: "Holt continued:".
    leads_in = frame.doc[last].text == ":" and frame.doc[last].i == sentence.end - 1 - int(
        sentence[-1].is_space
    )
    if (place < paragraph and not leads_in) or sentence.start >= aside.first:
        return None
    root = sentence.root
    if leads_in:
        verbs = [
            t for t in sentence if t.lemma_.lower() in cues.VERBS | {"continue": "assert", "issue": "assert"}
        ]
        root = next((t for t in reversed(verbs) if subject_of(t) is not None), root)
    subject = subject_of(root) if root.pos_ in ("VERB", "AUX") else None
    if subject is None or frame.aside_of(subject) or subject.lower_ in cues.NO_SPEAKERS:
        return None
    people = subject.ent_type_ in ("PERSON", "ORG") or subject.lemma_.lower() in cues.PEOPLE | cues.BODIES
    people = people or (leads_in and subject.pos_ == "PROPN")
    return subject if people or subject.lower_ in ("he", "she", "they") else None


def _by_actor(frame: Frame, actor: Token, aside: Aside) -> Attribution:
    source_range = noun_phrase(actor)
    return Attribution(
        source=frame.span(*source_range),
        source_range=source_range,
        frame=frame,
        cue=None,
        cue_token=None,
        content=[aside.span],
        stance="assert",
        rule="sentence before",
        confidence=0.75,
        quoted=[aside],
    )


def _following(previous: Attribution, aside: Aside, rule: str, confidence: float) -> Attribution:
    return Attribution(
        source=previous.source,
        source_range=previous.source_range,
        frame=previous.frame,
        cue=None,
        cue_token=None,
        content=[aside.span],
        stance="assert",
        rule=rule,
        confidence=confidence,
        quoted=[aside],
        addressee=previous.addressee,
        cited_by=previous.cited_by,
    )
