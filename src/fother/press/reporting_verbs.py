"""Verbs of saying: "Holt said that …", "“…,” said Holt", "Holt was quoted as saying".

Which verbs of a text report, who the source of each is, and the attribution that comes of both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fother.model.press import Span, Stance
from fother.press import cues
from fother.press.attribution import Attribution
from fother.press.circumstances import addressee, citing_outlet, vessel
from fother.press.frame import Aside, Frame
from fother.press.phrases import Range, description, is_verb, noun_phrase, quoting_verb, subject_of
from fother.press.quoting import assigned_asides
from fother.press.verb_content import contents

if TYPE_CHECKING:
    from spacy.tokens import Token


def by_verbs(frame: Frame) -> list[Attribution]:
    """Verbs of saying with a clause, an infinitive, an object or a quotation put aside."""
    nearest = assigned_asides(frame)
    found = []
    for verb in frame.doc:
        stance = cues.VERBS.get(verb.lemma_.lower())
        if stance is None or frame.aside_of(verb) or not is_verb(verb):
            continue
        if _negated(verb) or _modal(verb) or _passive_participle(verb):
            continue
        asides = nearest.get(verb.i, [])
        source = _source(frame, verb, bool(asides))
        if source is None:
            continue
        content = contents(frame, verb, asides)
        if not content:
            continue
        passive = next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
        if passive is not None and not quoting_verb(verb):
            continue  # "was told", "is said to": nobody is named who says it
        if verb.lemma_.lower() == "call" and any(c.lower_ in ("on", "for") for c in verb.children):
            stance = "urge"
        rule = "quotation" if asides else _rule_for(verb, frame)
        found += _split(_attribution(frame, verb, source, content, stance, rule, asides))
    return found


def _split(one: Attribution) -> list[Attribution]:
    """ "Caro thinks the paper is safe: “Publishing is not stealing.”" says two things."""
    text = one.frame.text
    colons = [a for a in one.quoted if text[: a.quotation.start].rstrip().endswith(":")]
    if colons and one.cue is not None and one.cue.start >= colons[0].span.end:
        # "His aides were less calm: “We will find it,” said one": what stands before the colon is nobody's.
        kept = [s for s in one.content if s.end > colons[0].span.start]
        place = colons[0].span.start
        return [replace(one, content=[Span(max(s.start, place), s.end) for s in kept])]
    after = [a for a in one.quoted if text[: a.quotation.start].rstrip().endswith(":")]
    told = [s for s in one.content if not any(a.span.holds(s) for a in one.quoted)]
    if not after or not told or max(s.end for s in told) > after[0].span.start:
        return [one]
    place = after[0].span.start
    second = replace(
        one,
        content=[s for s in one.content if s.start >= place],
        quoted=[a for a in one.quoted if a.span.start >= place],
        cue=None,
        cue_token=None,
        stance="assert",
        rule="colon",
        confidence=0.9,
    )
    first = replace(
        one,
        content=[s for s in one.content if s.start < place],
        quoted=[a for a in one.quoted if a.span.start < place],
        rule="clause",
    )
    return [first, second]


def _passive_participle(verb: Token) -> bool:
    """ "Asked whether she would resign, she laughed"."""
    helped = any(c.dep_ in ("aux", "auxpass") for c in verb.children)
    if verb.i == verb.sent.start and verb.tag_ in ("VBN", "VBD") and not helped:
        return True
    return verb.tag_ == "VBN" and verb.dep_ in ("advcl", "acl") and not helped


def _negated(verb: Token) -> bool:
    up = verb.head if verb.dep_ == "xcomp" else verb
    return any(c.dep_ == "neg" for c in up.children) or any(
        c.dep_ == "neg" or c.lower_ in ("never", "neither") for c in verb.children
    )


def _modal(verb: Token) -> bool:
    """Something that may or will be said has not been said, but for promises of the speaker."""
    modals = {c.lower_ for c in verb.children if c.dep_ == "aux"}
    near = (c.lower_ for c in verb.doc[verb.i - 1 : verb.i + 2])
    if "would" in modals and any(word in ("only", "just") for word in near):
        return False  # "would say only that"
    lemma = verb.lemma_.lower()
    if verb.dep_ == "xcomp" and verb.head.lemma_ not in cues.CARRIERS:
        return True
    if verb.tag_ == "VB" and not modals & {"do", "did", "does"} and verb.dep_ != "conj":
        return "to" not in modals or verb.head.lemma_ not in cues.CARRIERS
    return bool(modals & {"would", "will", "'ll", "might", "may", "could", "should", "shall", "must"}) and (
        lemma not in ("say", "add") or verb.dep_ == "advcl"
    )


def _source(frame: Frame, verb: Token, quoted: bool) -> Token | None:
    quoted_as = quoting_verb(verb)
    if quoted_as is not None:
        passive = next((c for c in quoted_as.children if c.dep_ == "nsubjpass"), None)
        return passive or next((c for c in quoted_as.children if c.dep_ in ("dobj", "obj")), None)
    head = subject_of(verb)
    if head is None and quoted:
        # “…,” said Holt: at times taken for an object.
        after = [c for c in verb.children if c.dep_ in ("dobj", "attr", "npadvmod", "oprd") and c.i > verb.i]
        head = next((c for c in after if c.pos_ in ("PROPN", "NOUN", "PRON") and not frame.aside_of(c)), None)
    if head is None and (described := description(verb)) is not None:
        head = next((c for c in described.children if c.dep_ in ("nsubj", "nsubjpass")), None)
    if head is None or frame.aside_of(head) or head.lower_ in cues.NO_SPEAKERS:
        return None
    if head.tag_ == "POS" or not any(c.isalpha() for c in head.text):
        return None
    if head.pos_ not in ("NOUN", "PROPN", "PRON", "NUM", "DET", "ADJ", "VERB", "ADV", "X"):
        return None
    return head


def _attribution(
    frame: Frame,
    verb: Token,
    source: Token,
    content: list[Span],
    stance: Stance,
    rule: str,
    asides: list[Aside],
) -> Attribution:
    source_range = noun_phrase(source, around=verb)
    span = frame.span(*source_range)
    kept = [s for s in content if not (s.start <= span.start and span.end <= s.end)] or content
    return Attribution(
        source=span,
        source_range=source_range,
        frame=frame,
        cue=frame.span(*_cue_range(verb)),
        cue_token=verb.i,
        content=kept,
        stance=stance,
        rule=rule,
        confidence={"quotation": 0.97, "clause": 0.9}.get(rule, 0.8),
        quoted=asides,
        addressee=addressee(frame, verb),
        via=vessel(frame, verb),
        cited_by=citing_outlet(frame, verb),
    )


def _rule_for(verb: Token, frame: Frame) -> str:
    kinds = {c.dep_ for c in verb.children if not frame.aside_of(c)}
    if "ccomp" in kinds or verb.dep_ in ("parataxis", "ccomp"):
        return "clause"
    return "infinitive" if "xcomp" in kinds else "object"


def _cue_range(verb: Token) -> Range:
    first, last = verb.i, verb.i + 1
    while (
        first > 0
        and verb.doc[first - 1].head == verb
        and verb.doc[first - 1].dep_ in ("aux", "neg", "auxpass")
    ):
        first -= 1
    if last < len(verb.doc) and verb.doc[last].dep_ == "prt" and verb.doc[last].head == verb:
        last += 1
    return first, last
