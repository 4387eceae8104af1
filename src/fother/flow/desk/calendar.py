"""What is ahead in a case as a calendar file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from fother.flow.desk.load import load_case
from fother.model.case import Meeting
from fother.model.situation import Due
from fother.registry import Registry
from fother.respond.calendar import Appointment, calendar
from fother.respond.due import what_is_due


def case_calendar(registry: Registry, reference: str, now: datetime) -> bytes:
    """Deadlines, tasks, follow-ups, meetings and announced events of a case as an .ics file.

    Raises NotFoundError, UsageError.
    """
    file = load_case(registry, reference)
    meetings = {o.id: o.record.meeting for o in file.outreach if o.record.meeting}
    made = (_appointment(due, meetings, file.id) for due in what_is_due(file, now))
    return calendar(made, now=now, name=file.case.title)


def _appointment(due: Due, meetings: Mapping[str, Meeting], case: str) -> Appointment:
    meeting = meetings.get(due.id) if due.kind == "meeting" else None
    end: datetime | date | None = None
    if meeting:
        end = meeting.start + timedelta(minutes=meeting.minutes)
    elif due.until:
        end = due.until + timedelta(days=1)
    owner = f", owner: {due.owner}" if due.owner else ""
    return Appointment(
        id=f"{due.id}-{due.kind}",
        summary=due.what,
        start=due.at,
        end=end,
        place=meeting.place if meeting else "",
        text=f"{due.kind} of case {case}{owner}",
    )
