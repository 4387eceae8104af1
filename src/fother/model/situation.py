"""The situation of a case at one moment: what an official needs to see on one screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from fother.model.case import LeakStatus, Severity, Tlp

#: Where the outreach to one party stands, most urgent first.
Standing = Literal["untold", "approval", "ready", "sending", "told", "concerned", "acknowledged", "reassured"]
UNTOLD: tuple[Standing, ...] = ("untold", "approval", "ready", "sending")
Lane = Literal["leak", "public", "desk", "outreach", "due"]


@dataclass(frozen=True)
class Leaked:
    """One leaked thing: a file that is at hand, or a document that others describe."""

    id: str
    name: str
    described: bool  #: known only by what others say
    status: LeakStatus
    sentence: str
    changes: tuple[str, ...] = ()
    marking: str = ""
    found: str = ""  #: where it was found, or who reports it
    documents: tuple[str, ...] = ()  #: titles
    copies: tuple[str, ...] = ()
    copy_sentence: str = ""


@dataclass(frozen=True)
class Affected:
    """One party that the leak gives something away about, and whether it knows."""

    id: str
    name: str
    severity: Severity
    quotes: tuple[str, ...]
    reasons: tuple[str, ...]
    standing: Standing
    standing_words: str
    since: datetime | None  #: when it came to stand so
    concerns: tuple[str, ...] = ()
    contact: str = ""
    outreach: str = ""
    excerpt: str = ""


@dataclass(frozen=True)
class Voice:
    """What one speaker has said last, and what before."""

    speaker: str
    role: str
    stance: str
    words: str
    outlets: tuple[str, ...]
    at: datetime | date | None
    statements: int
    before: tuple[str, ...] = ()  #: earlier stances, oldest first, without repetitions
    id: str = ""


@dataclass(frozen=True)
class Due:
    """What comes next."""

    at: datetime | date
    what: str
    kind: Literal["deadline", "task", "follow-up", "meeting", "announced"]
    owner: str = ""
    overdue: bool = False
    until: date | None = None
    id: str = ""


@dataclass(frozen=True)
class Moment:
    """One point, or with `until` one stretch, of the time line."""

    at: datetime
    lane: Lane
    text: str
    until: datetime | None = None
    ahead: bool = False  #: it has not happened yet
    id: str = ""


@dataclass(frozen=True)
class Situation:
    """See the module."""

    id: str
    title: str
    organisation: str
    summary: str
    state: str
    tlp: Tlp
    zone: str
    opened_at: datetime
    as_of: datetime
    headline: str
    leaked: tuple[Leaked, ...]
    affected: tuple[Affected, ...]
    voices: tuple[Voice, ...]
    due: tuple[Due, ...]
    unknown: tuple[str, ...]
    contradictions: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    decisions: tuple[tuple[datetime, str, str], ...] = ()  #: when, what, why
    lessons: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    timeline: tuple[Moment, ...] = field(default=())
    reports: int = 0
    statements: int = 0
    reader: str = ""  #: the party that this was cut down for

    @property
    def untold(self) -> tuple[Affected, ...]:
        """Who is affected and does not know yet."""
        return tuple(a for a in self.affected if a.standing in UNTOLD)
