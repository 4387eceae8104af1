"""Press report → statements, leaked documents, parties, events. Rules on a parse; nothing is generated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fother.language.lines import unwrapped
from fother.language.names import Names, packaged_names
from fother.language.quotes import quotations
from fother.model.press import Extraction, Mode, Span, Statement
from fother.press.attribute import attributions
from fother.press.attribution import Attribution
from fother.press.chains import Link, chains
from fother.press.deeds import deeds
from fother.press.documents import leaked_documents
from fother.press.events import planned_events
from fother.press.frame import framed, plain, stands_alone
from fother.press.name_forms import outlet_in
from fother.press.parties import parties
from fother.press.silence import silences
from fother.press.sourcing import cited_sources
from fother.press.speakers import Speakers
from fother.press.stances import stance_of

#: A stretch counts as quoted when marks hold at least this share of its letters.
_WHOLLY = 0.9


def extract(
    text: str,
    *,
    outlet: str = "",
    published: date | None = None,
    names: Names | None = None,
    first_weekday: int = 0,
) -> Extraction:
    """All that a report says, with the place of each in its canonical text.

    `outlet` is who published it, `published` the day that "next week" counts from. Every span lies within the
    text and is what it is called: `Span.of(text)`.
    """
    known = names or packaged_names()
    text = unwrapped(text)  # of the same length: all places are those of the canonical text
    frame = framed(text)
    whole = plain(text, quotations(text))
    found = _without_doubles([*silences(frame), *attributions(frame, inside=whole)])
    # An inquiry told by somebody is what that statement says, not one of its own.
    found += [d for d in deeds(frame) if d.cue and not any(c.holds(d.cue) for a in found for c in a.content)]
    found += cited_sources(found)
    speakers = Speakers(frame, whole, known, outlet)
    statements = _statements(found, speakers, known, outlet, text)
    return Extraction(
        statements=statements,
        documents=leaked_documents(whole, statements),
        parties=parties(text, known, speakers, statements),
        events=planned_events(whole, published, first_weekday),
    )


def _without_doubles(found: list[Attribution]) -> list[Attribution]:
    """One act of saying is told once: the first rule that found its cue keeps it."""
    kept: list[Attribution] = []
    for one in found:
        same = [k for k in kept if (k.cue is not None and k.cue == one.cue) or _same_words(k, one)]
        if not same:
            kept.append(one)
    return kept


def _same_words(one: Attribution, other: Attribution) -> bool:
    if one.stance == "decline" and other.cue is not None and one.cue is not None:
        # "would neither confirm nor deny that": the verbs inside a refusal are no statements.
        return one.cue.touches(other.cue) or any(c.holds(other.cue) for c in one.content)
    return one.source == other.source and one.content == other.content and bool(one.content)


def _statements(
    found: list[Attribution], speakers: Speakers, names: Names, outlet: str, text: str
) -> tuple[Statement, ...]:
    ordered = sorted(found, key=lambda a: (a.source.start, (a.cue or a.content[0]).start))
    links: list[Link] = []
    halves: list[tuple[Attribution, Statement]] = []
    for one in ordered:
        speaker = speakers.read(one.frame, one.source, one.source_range)
        content = tuple(sorted(one.content))
        words = _own_words(one, found, text)
        stance, by_words = stance_of(one.stance, words, one.cue.of(text).lower() if one.cue else "")
        between = _between(one, names, outlet, text)
        shown = speaker.name or speaker.span.of(text)
        telling = Span(one.source.start, max(one.source.end, one.cue.end if one.cue else 0))
        if one.cue is not None and one.cue.start < one.source.start:
            telling = Span(one.cue.start, one.source.end)
        links.append(Link(speaker, shown, stance, content, telling, between))
        halves.append(
            (
                one,
                Statement(
                    speaker=speaker,
                    stance=stance,
                    mode=_mode(one, content),
                    content=content,
                    chain=(),
                    cue=one.cue,
                    rule=one.rule + (", stance by its words" if by_words else ""),
                    confidence=round(one.confidence * (0.9 if by_words else 1.0), 2),
                    addressee=one.addressee,
                    via=one.via,
                ),
            )
        )
    return tuple(
        replace(half, chain=chain) for (_, half), chain in zip(halves, chains(links, outlet), strict=True)
    )


def _between(one: Attribution, names: Names, outlet: str, text: str) -> tuple[str, ...]:
    """An outlet that the telling names between the report and the speaker: "told the Ledger"."""
    found = []
    for span in (one.cited_by, one.addressee):
        name = outlet_in(span.of(text), names) if span is not None else None
        own = f" {outlet.lower()}".endswith(f" {name.lower()}") if name else False
        if name and not own and name not in found:
            found.append(name)
    return tuple(found)


def _own_words(one: Attribution, found: list[Attribution], text: str) -> str:
    """What a statement says, without what it lets others say."""
    others = [
        s
        for other in found
        if other is not one and other.cue is not None and any(c.holds(other.cue) for c in one.content)
        for s in other.content
    ]
    words = []
    for span in sorted(one.content):
        place = span.start
        for inner in sorted(s for s in others if span.holds(s)):
            words.append(text[place : max(place, inner.start)])
            place = max(place, inner.end)
        words.append(text[place : span.end])
    return " ".join(words)


def _mode(one: Attribution, content: tuple[Span, ...]) -> Mode:
    """Direct when marks hold all that is said and it stands alone, mixed when they hold a part of it."""
    frame = one.frame
    outside = one.source.start
    if one.rule == "silence" or any(
        q.holds(outside) and q.holds(content[-1].start) for q in frame.quotations if content
    ):
        return "reported"  # by whoever is quoted with it
    letters = quoted = 0
    for span in content:
        for place in range(span.start, span.end):
            if frame.text[place].isalnum():
                letters += 1
                quoted += any(q.holds(place) for q in frame.quotations)
    if not quoted:
        return "reported"
    alone = [q for q in frame.quotations if stands_alone(frame.text, q)]
    fragments = any(not any(q.start <= s.start and s.end <= q.end + 1 for q in alone) for s in content)
    return "direct" if quoted >= _WHOLLY * letters and not fragments else "mixed"
