"""Parties that a report names: countries (also by capitals), bodies, outlets, persons, with every mention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from fother.language.names import Names
from fother.model.press import PartyMention, Span, Statement
from fother.press.speakers import Speakers

_HOW = {"name": ("list of names", 0.95), "adjective": ("list of names", 0.85), "metonym": ("metonym", 0.6)}
_KINDS: dict[str, Literal["organisation", "country", "person", "outlet"]] = {
    "country": "country",
    "body": "organisation",
    "outlet": "outlet",
    "person": "person",
}


def parties(
    text: str, names: Names, speakers: Speakers, statements: Sequence[Statement]
) -> tuple[PartyMention, ...]:
    """All parties of a text, in the order of their first mention.

    A capital counts as its country's government only where nothing happens in it as a place ("in Paris").
    """
    candidates = _candidates(text, names, speakers, statements)
    found: dict[tuple[str, str], tuple[str | None, list[Span], str, float]] = {}
    taken: list[Span] = []
    # The longest name at a place wins, of equal ones the surer: "Norland Ministry" is no mention of Norland.
    for name, kind, country, span, rule, confidence in sorted(
        candidates, key=lambda c: (c[3].start - c[3].end, -c[5])
    ):
        if any(t.touches(span) for t in taken):
            continue
        taken.append(span)
        known = found.setdefault((name, kind), (country, [], rule, confidence))
        known[1].append(span)
        if confidence > known[3]:
            found[name, kind] = (known[0] or country, known[1], rule, confidence)
    listed = [
        PartyMention(name, _KINDS.get(kind, kind), country, tuple(sorted(spans)), rule, confidence)  # type: ignore[arg-type]
        for (name, kind), (country, spans, rule, confidence) in found.items()
    ]
    return tuple(sorted(listed, key=lambda p: p.mentions[0]))


_Candidate = tuple[str, str, str | None, Span, str, float]


def _candidates(
    text: str, names: Names, speakers: Speakers, statements: Sequence[Statement]
) -> list[_Candidate]:
    """Name, kind, country, place, rule and confidence of whatever may be a party."""
    found: list[_Candidate] = []
    for mention in names.find(text):
        place = Span(mention.start, mention.end)
        if mention.how == "metonym" and _is_place(text, place):
            continue
        rule, confidence = _HOW[mention.how]
        entry = mention.entry
        found.append((entry.name, _KINDS[entry.kind], entry.code, place, rule, confidence))
    for span, name in speakers.persons:
        if not _is_dateline(text, span):
            found.append((speakers.fullest(name), "person", None, span, "named person", 0.8))
    for span, name, country in speakers.bodies:
        if not _is_dateline(text, span):
            found.append((name, "organisation", country, span, "named body", 0.75))
    for statement in statements:
        speaker = statement.speaker
        if speaker.kind in ("outlet", "organisation") and speaker.name:
            rule = "cited outlet" if speaker.kind == "outlet" else "speaks"
            found.append((speaker.name, speaker.kind, speaker.country, speaker.span, rule, 0.8))
    return found


def _is_place(text: str, span: Span) -> bool:
    """The city and not the government: "in Paris", or Paris in a dateline."""
    before = text[max(0, span.start - 12) : span.start].lower().split()
    located = bool(before) and before[-1] in ("in", "near", "outside", "at", "from", "around", "to")
    return located or _is_dateline(text, span)


def _is_dateline(text: str, span: Span) -> bool:
    """Where a report was written: a name at the start of a line with a dash soon after it."""
    starts = span.start == 0 or text[span.start - 1] == "\n"
    line = text[span.start : span.end + 40].split("\n")[0]
    return starts and re.match(r"[A-Z][A-Z .'’-]+\b.{0,40}?\s(?:—|–|--|-)\s", line) is not None
