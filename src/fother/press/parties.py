"""Parties that a report names: countries (also by capitals), bodies, outlets, persons, with every mention."""

from __future__ import annotations

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
    found: dict[tuple[str, str], tuple[str | None, list[Span], str, float]] = {}
    taken: list[Span] = []

    def add(name: str, kind: str, country: str | None, span: Span, rule: str, confidence: float) -> None:
        if any(t.touches(span) for t in taken):
            return
        taken.append(span)
        entry = found.setdefault((name, kind), (country, [], rule, confidence))
        entry[1].append(span)
        if confidence > entry[3]:
            found[name, kind] = (entry[0] or country, entry[1], rule, confidence)

    for span, name in speakers.persons:
        add(speakers.fullest(name), "person", None, span, "named person", 0.8)
    for span, name, country in speakers.bodies:
        add(name, "organisation", country, span, "named body", 0.75)
    for mention in names.find(text):
        place = Span(mention.start, mention.end)
        if mention.how == "metonym" and _is_place(text, place):
            continue
        rule, confidence = _HOW[mention.how]
        entry = mention.entry
        add(entry.name, _KINDS[entry.kind], entry.code, place, rule, confidence)
    for statement in statements:
        speaker = statement.speaker
        if speaker.kind == "outlet" and speaker.name:
            add(speaker.name, "outlet", speaker.country, speaker.span, "cited outlet", 0.85)
        elif speaker.kind == "organisation" and speaker.name:
            add(speaker.name, "organisation", speaker.country, speaker.span, "speaks", 0.8)
    listed = [
        PartyMention(name, _KINDS.get(kind, kind), country, tuple(sorted(spans)), rule, confidence)  # type: ignore[arg-type]
        for (name, kind), (country, spans, rule, confidence) in found.items()
    ]
    return tuple(sorted(listed, key=lambda p: p.mentions[0]))


def _is_place(text: str, span: Span) -> bool:
    """ "In Paris", "Paris on Monday" in a dateline: the city, not the government."""
    before = text[max(0, span.start - 12) : span.start].lower().split()
    after = text[span.end : span.end + 4]
    dateline = (span.start == 0 or text[span.start - 1] == "\n") and (
        after.lstrip().startswith(("(", "—", "–", ", ")) or " — " in text[span.end : span.end + 30]
    )
    return dateline or (
        bool(before) and before[-1] in ("in", "near", "outside", "at", "from", "around", "to")
    )
