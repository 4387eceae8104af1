"""A case and what belongs to it, as frozen records. Every time carries its zone.

`tlp` is the Traffic Light Protocol 2.0 label (https://www.first.org/tlp/) of an entry; empty means that of
its case. Ids are those of the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, Literal, TypeVar

Tlp = Literal["", "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
TLP_ORDER: tuple[Tlp, ...] = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")  #: widest circle first
CaseState = Literal["open", "closed"]
LeakStatus = Literal["genuine", "altered", "mixed", "not-ours", "unverified"]
PartyKind = Literal["organisation", "country", "person", "programme", "office", "place"]
Severity = Literal["unknown", "none", "low", "moderate", "high", "severe"]
SEVERITIES: tuple[Severity, ...] = ("severe", "high", "moderate", "low", "unknown", "none")  #: worst first
Review = Literal["proposed", "confirmed", "rejected"]
OutreachState = Literal["planned", "sending", "sent"]


@dataclass(frozen=True)
class Case:
    """One leak, or several that belong together."""

    title: str
    organisation: str = ""  #: whose desk this is
    summary: str = ""
    tlp: Tlp = "AMBER"
    zone: str = "UTC"  #: IANA name; times typed without a zone are in it
    state: CaseState = "open"


@dataclass(frozen=True)
class Attachment:
    """A registered document, sighting, identification, trace, report or party that is laid to a case."""

    target: str
    note: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Described:
    """A leaked document that is known only by what others say of it."""

    title: str
    content: str = ""  #: as alleged
    marking: str = ""  #: as alleged
    reported_by: tuple[str, ...] = ()  #: reports (ids) or outlets (names)
    status: LeakStatus = "unverified"
    shows: str = ""  #: id of the document that it turned out to be
    tlp: Tlp = ""


@dataclass(frozen=True)
class Party:
    """An organisation, country, person or programme that leaked content can concern. Cases share parties."""

    name: str
    kind: PartyKind = "organisation"
    aliases: tuple[str, ...] = ()
    contact: str = ""  #: whom to reach
    channel: str = ""  #: how: an address, a number, "by hand"
    foreign: bool = False  #: telling it needs coordination first
    groups: tuple[str, ...] = ()  #: releasability groups that it belongs to
    note: str = ""


@dataclass(frozen=True)
class Quote:
    """Code points [start, end) of the source's text, and those words."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Exposure:
    """What leaked passages give away about one party."""

    party: str
    source: str  #: the sighting, document, described document or report whose text is quoted
    quotes: tuple[Quote, ...] = ()
    severity: Severity = "unknown"
    reason: str = ""
    category: str = ""  #: what is given away: identity, plan, position, capability, method, …
    rule: str = ""  #: what proposed it; empty when a person did
    confidence: float | None = None
    review: Review = "confirmed"
    tlp: Tlp = ""


@dataclass(frozen=True)
class Concern:
    """What a party that was told is worried about."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Meeting:
    """A meeting, a call or a visit with a party."""

    start: datetime
    minutes: int = 60
    place: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Outreach:
    """Telling one party what concerns it. Each step that was taken has its time."""

    party: str
    contact: str = ""
    channel: str = ""
    may_say: str = ""  #: only what concerns this party
    excerpt: str = ""  #: the leaked words that concern it, all else blacked out
    approval: str = ""  #: who must approve before anything is sent; empty: nobody
    approved_by: str = ""
    approved_at: datetime | None = None
    state: OutreachState = "planned"
    sent_at: datetime | None = None
    sent_how: str = ""
    acknowledged_at: datetime | None = None
    reassured_at: datetime | None = None
    concerns: tuple[Concern, ...] = ()
    follow_up: datetime | None = None
    meeting: Meeting | None = None
    tlp: Tlp = ""


@dataclass(frozen=True)
class Task:
    """Something to do."""

    title: str
    owner: str = ""
    due: datetime | None = None
    done_at: datetime | None = None
    result: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Deadline:
    """Something that a rule wants by a time."""

    title: str
    due: datetime
    owner: str = ""
    regime: str = ""
    citation: str = ""
    done_at: datetime | None = None
    proof: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Decision:
    """What was decided and why. `accuses` names the copy or party that it accuses."""

    text: str
    reason: str
    accuses: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Note:
    text: str
    tlp: Tlp = ""


@dataclass(frozen=True)
class Role:
    """Who does what on this case."""

    role: str
    person: str
    contact: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Lesson:
    """What is to be better next time."""

    text: str
    action: str = ""
    owner: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Reply:
    """The right of reply of whoever holds a copy or is otherwise under suspicion."""

    subject: str  #: a copy's or a party's id
    offered_at: datetime
    answered_at: datetime | None = None
    answer: str = ""
    tlp: Tlp = ""


@dataclass(frozen=True)
class Access:
    """Who else had access to a document, beyond those who were issued a copy."""

    document: str
    who: tuple[str, ...]
    source: str = ""
    passage: str = ""  #: the part that they could see; empty: all
    tlp: Tlp = ""


@dataclass(frozen=True)
class Report:
    """One article, broadcast or post about the leak, as far as a case needs it."""

    outlet: str
    title: str = ""
    published: datetime | None = None
    day: date | None = None  #: when only the day is known
    url: str = ""
    group: str = ""  #: the report that this one repeats nearly word by word


@dataclass(frozen=True)
class Said:
    """Something said in public."""

    report: str
    speaker: str
    kind: str  #: named, anonymous, organisation, document, outlet
    stance: str
    words: str = ""
    organisation: str = ""
    country: str = ""  #: its code, or as printed
    role: str = ""
    party: str = ""  #: whose position it is, as an analyst said
    chain: tuple[str, ...] = ()  #: outermost outlet first
    topic: str = ""  #: what it is about: a described document or a claim
    review: Review = "proposed"


@dataclass(frozen=True)
class Planned:
    """A visit, hearing or publication that was announced; days inclusive, None while unresolved."""

    text: str
    start: date | None = None
    end: date | None = None
    report: str = ""


KINDS: Mapping[str, type] = {
    "case": Case,
    "attachment": Attachment,
    "described": Described,
    "party": Party,
    "exposure": Exposure,
    "outreach": Outreach,
    "task": Task,
    "deadline": Deadline,
    "decision": Decision,
    "note": Note,
    "role": Role,
    "lesson": Lesson,
    "reply": Reply,
    "access": Access,
}  #: the records whose bodies are exactly these fields

T = TypeVar("T", covariant=True)


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A record as the registry keeps it: its newest version, who made that, and why."""

    id: str
    version: int
    made_at: datetime
    at: datetime
    actor: str
    why: str
    record: T


@dataclass(frozen=True)
class Artefact:
    """A leaked file of the case, with what was found out about it."""

    id: str  #: of the sighting; empty when the file itself is not kept
    name: str
    sha256: str
    source: str = ""
    found_at: datetime | None = None
    received_at: datetime | None = None


@dataclass(frozen=True)
class Identified:
    """What one identification says of one artefact."""

    id: str
    at: datetime
    sha256: str
    status: LeakStatus
    sentence: str
    documents: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()  #: grave ones, as sentences


@dataclass(frozen=True)
class Traced:
    """What one trace says of its artefacts, taken together."""

    id: str
    at: datetime
    sha256: tuple[str, ...]
    sentence: str  #: the verdict, with its bound when copies are named
    document: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseFile:
    """A case with all that a situation, a time line or a report is made of, as it is now."""

    id: str
    entry: Kept[Case]
    artefacts: tuple[Artefact, ...] = ()
    identified: tuple[Identified, ...] = ()
    traced: tuple[Traced, ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict)  #: titles by id
    copies: Mapping[str, int] = field(default_factory=dict)  #: number of copies issued by document
    described: tuple[Kept[Described], ...] = ()
    parties: Mapping[str, Kept[Party]] = field(default_factory=dict)
    exposures: tuple[Kept[Exposure], ...] = ()
    outreach: tuple[Kept[Outreach], ...] = ()
    tasks: tuple[Kept[Task], ...] = ()
    deadlines: tuple[Kept[Deadline], ...] = ()
    decisions: tuple[Kept[Decision], ...] = ()
    notes: tuple[Kept[Note], ...] = ()
    roles: tuple[Kept[Role], ...] = ()
    lessons: tuple[Kept[Lesson], ...] = ()
    replies: tuple[Kept[Reply], ...] = ()
    access: tuple[Kept[Access], ...] = ()
    reports: Mapping[str, Kept[Report]] = field(default_factory=dict)
    said: tuple[Kept[Said], ...] = ()
    planned: tuple[Kept[Planned], ...] = ()
    attached: tuple[Kept[Attachment], ...] = ()

    @property
    def case(self) -> Case:
        return self.entry.record
