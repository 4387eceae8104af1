"""Regimes and running clocks as frozen values. Every moment carries its zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal

Unit = Literal["immediately", "undue-delay", "hours", "days", "business-days", "months", "on-request"]
State = Literal["waiting", "running", "overdue", "done", "late", "no-limit"]


@dataclass(frozen=True)
class Period:
    """How long a step may take after its trigger.

    "immediately" is due at the trigger itself; "undue-delay" and "on-request" have no number in the text.
    """

    unit: Unit
    count: int = 0


@dataclass(frozen=True)
class Step:
    """Something that a regime wants. `after` is a trigger of the regime, or "done STEP" for another step.

    `cap` is a second limit, taken when it is earlier; when the step's own trigger came only after that limit
    had passed, it falls away if `cap_falls_away` (DORA, Delegated Regulation (EU) 2025/301, Article 5(2)).
    """

    id: str
    title: str
    after: str
    period: Period
    citation: str
    words: str = ""  #: of the public text; empty where it was not at hand
    to: str = ""  #: who is to get it
    owner: str = ""  #: role that does it
    proof: str = ""  #: what shows that it was done
    note: str = ""
    cap: tuple[str, Period] | None = None
    cap_falls_away: bool = False
    condition: str = ""  #: when it applies at all


@dataclass(frozen=True)
class Regime:
    """One set of deadlines."""

    id: str
    name: str
    text: str  #: the public text it is taken from
    url: str
    triggers: Mapping[str, str]  #: what each trigger means
    steps: tuple[Step, ...]
    zone: str = ""  #: IANA name, where the text fixes one; else the user's
    closing: time | None = None  #: time of day at which a business day ends
    country: str = ""  #: ISO 3166-1 alpha-2, whose holidays count; else the user's
    weekend_relief: bool = False  #: due on a day off: noon of the next working day (DORA, Article 5(4))
    note: str = ""


@dataclass(frozen=True)
class Calendar:
    """Whose days off count. `country` is ISO 3166-1 alpha-2, `region` what follows it in ISO 3166-2."""

    country: str = ""
    region: str = ""


@dataclass(frozen=True)
class Running:
    """One step of a regime in a case: waiting for its trigger, running, done."""

    regime: str
    step: Step
    state: State
    started: datetime | None = None
    due: datetime | None = None
    relief: datetime | None = None  #: later time that the regime allows because `due` is a day off
    done: datetime | None = None
    reminders: tuple[datetime, ...] = ()

    @property
    def limit(self) -> datetime | None:
        """The last moment: the later time where the regime allows one."""
        return self.relief or self.due


@dataclass(frozen=True)
class Settings:
    """What a schedule depends on beside the regime. `zone` is an IANA name."""

    zone: str = "UTC"
    calendar: Calendar = field(default_factory=Calendar)
    #: Reminders: so long before the limit, as far as the period is longer than that.
    reminders: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(hours=4), timedelta(hours=1))
    relief: bool = False  #: whether the organisation may use the regime's relief for days off
