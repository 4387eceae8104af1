"""Meetings, follow-ups, tasks and deadlines as a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar


@dataclass(frozen=True)
class Appointment:
    """One entry of a calendar; a date stands for the whole day."""

    id: str
    summary: str
    start: datetime | date
    end: datetime | date | None = None
    place: str = ""
    text: str = ""


def calendar(appointments: Iterable[Appointment], *, now: datetime, name: str = "") -> bytes:
    """The calendar as bytes of an .ics file. Moments are written in UTC; every entry carries its own id, so
    that opening a newer file changes entries instead of doubling them."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Fother//case//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if name:
        made.add("x-wr-calname", name)
    for one in appointments:
        event = icalendar.Event()
        event.add("uid", f"{one.id}@fother")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("summary", one.summary)
        event.add("dtstart", _written(one.start))
        event.add("dtend", _written(one.end or _end(one.start)))
        if one.place:
            event.add("location", one.place)
        if one.text:
            event.add("description", one.text)
        event.add("class", "CONFIDENTIAL")
        made.add_component(event)
    return bytes(made.to_ical())


def _written(at: datetime | date) -> datetime | date:
    return at.astimezone(UTC) if isinstance(at, datetime) else at


def _end(start: datetime | date) -> datetime | date:
    # DTEND is exclusive (RFC 5545, 3.6.1): a day ends when the next begins.
    return start + (timedelta(minutes=30) if isinstance(start, datetime) else timedelta(days=1))
