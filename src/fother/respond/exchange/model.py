"""What is exchanged, as frozen values whatever the format. Ids are those of the sender's registry.

`tlp` is a label of the Traffic Light Protocol 2.0 without its prefix ("AMBER+STRICT"); an entry without one
has that of the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from fother.model.case import TLP_ORDER, PartyKind, Tlp


@dataclass(frozen=True)
class Quoted:
    """Words of a report: code points [start, end) of its canonical text, or 0 and 0 when unknown."""

    text: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Report:
    """One article, broadcast or post."""

    id: str
    outlet: str
    title: str = ""
    published: datetime | None = None
    day: date | None = None
    url: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Statement:
    """Something said in public, by whom, where it stands."""

    id: str
    report: str
    speaker: str
    speaker_kind: str = ""
    role: str = ""
    organisation: str = ""
    country: str = ""
    stance: str = ""
    quotes: tuple[Quoted, ...] = ()
    chain: tuple[str, ...] = ()
    tlp: Tlp = ""


@dataclass(frozen=True)
class Document:
    """A leaked document or file: as seized (`sha256`), or as others describe it."""

    id: str
    title: str
    content: str = ""
    marking: str = ""
    status: str = "unverified"
    sha256: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Who:
    """A party that the leak concerns."""

    id: str
    name: str
    is_a: PartyKind = "organisation"
    aliases: tuple[str, ...] = ()
    tlp: Tlp = ""


@dataclass(frozen=True)
class Event:
    """Something that was announced; days inclusive."""

    id: str
    text: str
    start: date | None = None
    end: date | None = None
    tlp: Tlp = ""


@dataclass(frozen=True)
class Wanted:
    """A deadline."""

    id: str
    title: str
    due: datetime
    owner: str = ""
    regime: str = ""
    citation: str = ""
    done_at: datetime | None = None
    tlp: Tlp = ""


Entry: TypeAlias = Report | Statement | Document | Who | Event | Wanted


@dataclass(frozen=True)
class Bundle:
    """A case as far as it is exchanged."""

    id: str
    title: str
    made_at: datetime
    organisation: str = ""
    summary: str = ""
    tlp: Tlp = "AMBER"
    reports: tuple[Report, ...] = ()
    statements: tuple[Statement, ...] = ()
    documents: tuple[Document, ...] = ()
    parties: tuple[Who, ...] = ()
    events: tuple[Event, ...] = ()
    deadlines: tuple[Wanted, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """All entries, reports before what refers to them."""
        for group in GROUPS.values():
            yield from getattr(self, group[0])


#: Kind of an entry as it is written → field of the bundle, class.
GROUPS: dict[str, tuple[str, type[Entry]]] = {
    "report": ("reports", Report),
    "statement": ("statements", Statement),
    "document": ("documents", Document),
    "party": ("parties", Who),
    "event": ("events", Event),
    "deadline": ("deadlines", Wanted),
}
KIND_OF: dict[type[Entry], str] = {kind: name for name, (_, kind) in GROUPS.items()}


def cut(bundle: Bundle, tlp: Tlp) -> tuple[Bundle, int]:
    """The bundle for a circle: entries with a stricter label are left out, and how many those are.

    Entries without a label have that of the case; a statement whose report is left out goes with it.
    """
    allowed = TLP_ORDER.index(tlp)

    def may(entry: Entry) -> bool:
        return TLP_ORDER.index(entry.tlp or bundle.tlp) <= allowed

    kept = {field: tuple(e for e in getattr(bundle, field) if may(e)) for field, _ in GROUPS.values()}
    there = {r.id for r in kept["reports"]}
    kept["statements"] = tuple(s for s in kept["statements"] if not s.report or s.report in there)
    left_out = sum(1 for _ in bundle.entries()) - sum(map(len, kept.values()))
    labelled = {
        field: tuple(replace(e, tlp=e.tlp or (bundle.tlp if bundle.tlp != tlp else "")) for e in entries)
        for field, entries in kept.items()
    }
    return replace(bundle, tlp=tlp, **labelled), left_out  # type: ignore[arg-type]
