"""The leaked words that a letter shows to a party, without those that are known to be altered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fother.errors import NotFoundError
from fother.flow.desk.case import text_of
from fother.flow.desk.entries import kept
from fother.model.case import Exposure, Kept, Party
from fother.registry import Registry, SightingRecord
from fother.respond.excerpt import Span, redacted_excerpt, scrubbed, sentences_of, touches


@dataclass(frozen=True)
class Change:
    """A grave change of a leak: where it is in the leak's text, and what it is in a sentence."""

    place: Span
    sentence: str


@dataclass(frozen=True)
class Altered:
    """A passage that concerns a party and that somebody altered."""

    source: str
    words: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Excerpt:
    """What may be shown, and the passages that were left out of it."""

    text: str
    altered: tuple[Altered, ...]
    whole: str  #: the same with the altered passages in it; never to be sent


def excerpt_for(registry: Registry, case: str, party: Kept[Party]) -> Excerpt:
    """The leaked words that concern one party, from all leaks of the case, all else blacked out.

    Only confirmed exposures count. Whatever is said to concern another party is hidden, and so is every name
    of another party. A sentence that a grave change of the newest identification touches is left out.
    """
    names = _names_of_others(registry, party)
    exposed = [kept(item, Exposure).record for item in registry.items("exposure", case=case)]
    confirmed = [e for e in exposed if e.review == "confirmed"]
    safe, whole, altered = [], [], []
    for source in dict.fromkeys(e.source for e in confirmed if e.party == party.id):
        try:
            text = text_of(registry, source)
        except NotFoundError:
            continue  # a picture without words is shown by nobody's excerpt
        here = [e for e in exposed if e.source == source and e.review != "rejected"]
        shown = [
            (q.start, q.end)
            for e in here
            if e.party == party.id and e.review == "confirmed"
            for q in e.quotes
        ]
        hidden = [(q.start, q.end) for e in here if e.party != party.id for q in e.quotes]
        changes = grave_changes(registry, source)
        places = [change.place for change in changes]
        safe.append(scrubbed(redacted_excerpt(text, shown, hidden, places), names))
        whole.append(scrubbed(redacted_excerpt(text, shown, hidden), names))
        for sentence in sentences_of(text, shown):
            found = tuple(change.sentence for change in changes if touches(sentence, change.place))
            if found:
                altered.append(Altered(source, " ".join(text[slice(*sentence)].split()), found))
    return Excerpt("\n\n".join(filter(None, safe)), tuple(altered), "\n\n".join(filter(None, whole)))


def safe_excerpt(
    registry: Registry, case: str, party: Kept[Party], stored: str
) -> tuple[str, tuple[str, ...]]:
    """The excerpt of a letter as it was kept, without altered passages, and notes for the desk on those.

    What was found after the excerpt was made counts as well. When exposures have changed too, so that the
    altered passages cannot be told apart in it, all of the excerpt is left out.
    """
    now = excerpt_for(registry, case, party)
    if not now.altered:
        return stored, ()
    notes = _notes(now.altered)
    if stored in (now.text, now.whole):
        return now.text, notes
    if not stored:
        return "", notes
    stale = "Exposures have changed since the excerpt was made, so all of it is left out; make it anew with "
    return "", (*notes, f"{stale}fother outreach refresh.")


def grave_changes(registry: Registry, source: str) -> Sequence[Change]:
    """The grave changes that the newest identification of a leaked file found; none for another source."""
    record = registry.show(source)
    if not isinstance(record, SightingRecord):
        return ()
    for identification in reversed(registry.identifications()):
        same = [a for a in identification.artefacts if a.sha256 == record.sha256]
        if not same:
            continue
        sightings = {a.sighting for a in same if a.sighting}
        names = {a.name for a in same}
        return [
            Change((change["leak"][0], change["leak"][1]), str(change["sentence"]))
            for part in identification.result.get("artefacts", ())
            if (part.get("sighting") in sightings if sightings else part.get("artefact") in names)
            for change in part.get("changes", ())
            if change.get("grave") and change.get("leak")
        ]
    return ()


def _names_of_others(registry: Registry, party: Kept[Party]) -> list[str]:
    own = {n.casefold() for n in (party.record.name, *party.record.aliases)}
    return [
        name
        for other in (kept(item, Party) for item in registry.items("party"))
        if other.id != party.id
        for name in (other.record.name, *other.record.aliases)
        if name.casefold() not in own
    ]


def _notes(altered: Sequence[Altered]) -> tuple[str, ...]:
    return tuple(
        f"The passage “{one.words}” of {one.source} was altered and is left out of the letter. "
        f"{' '.join(one.changes)} Whether the party is told what the document says is for a person to decide."
        for one in altered
    )
