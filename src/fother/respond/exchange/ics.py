"""Deadlines and announced events as a calendar (iCalendar, RFC 5545), and calendars of others read.

The label stands in the name of the calendar and in every entry. Of a calendar come back: its entries, as
events by their days, and those that Fother wrote as deadlines with their time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import icalendar

from fother.errors import InputFileError
from fother.model.case import TLP_ORDER, Tlp
from fother.respond.calendar import Appointment, calendar
from fother.respond.exchange.entries import MOST_ENTRIES
from fother.respond.exchange.model import Bundle, Event, Wanted


def write_ics(bundle: Bundle) -> bytes:
    """The deadlines and events of a bundle as an .ics file."""
    return calendar(_appointments(bundle), now=bundle.made_at, name=f"{bundle.title} [TLP:{bundle.tlp}]")


def _appointments(bundle: Bundle) -> Iterator[Appointment]:
    for wanted in bundle.deadlines:
        told = filter(None, (f"TLP:{wanted.tlp or bundle.tlp}", wanted.regime, wanted.citation, wanted.owner))
        yield Appointment(wanted.id, wanted.title, wanted.due, text="\n".join(told))
    for event in bundle.events:
        if event.start is not None:
            end = (event.end or event.start) + timedelta(days=1)
            yield Appointment(event.id, event.text, event.start, end, text=f"TLP:{event.tlp or bundle.tlp}")


def read_ics(untrusted: bytes, name: str) -> Bundle:
    """A calendar of anybody. Recurring entries count once. Raises InputFileError."""
    try:
        found = icalendar.Calendar.from_ical(untrusted)
        title = str(found.get("x-wr-calname", name))
        entries = list(_entries(found, name))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise InputFileError(f"{name} is no calendar that can be read ({str(error)[:80]}).") from None
    return Bundle(
        f"calendar {name}",
        title,
        datetime(1970, 1, 1, tzinfo=UTC),
        tlp=_label(title),
        events=tuple(e for e in entries if isinstance(e, Event)),
        deadlines=tuple(e for e in entries if isinstance(e, Wanted)),
    )


def _label(title: str) -> Tlp:
    """The label that Fother wrote into the name; of a calendar without one the strictest is assumed."""
    return next((label for label in reversed(TLP_ORDER) if title.endswith(f"[TLP:{label}]")), "RED")


def _entries(found: icalendar.Component, name: str) -> Iterator[Event | Wanted]:
    for number, part in enumerate(found.walk("VEVENT"), 1):
        if number > MOST_ENTRIES:
            raise InputFileError(f"{name} holds more than {MOST_ENTRIES} entries; split it.")
        uid = str(part.get("uid", number)).removesuffix("@fother")
        text = str(part.get("summary", "")).strip() or "(no title)"
        start = part.decoded("dtstart")
        end = part.decoded("dtend") if "dtend" in part else None
        if uid.startswith("DL-") and isinstance(start, datetime) and start.tzinfo is not None:
            yield Wanted(uid, text, start)
        else:
            first = _day(start)
            last = _day(end) if end is not None else first
            # DTEND of whole days is exclusive (RFC 5545, 3.6.1).
            whole = not isinstance(end, datetime) and end is not None
            yield Event(uid, text, first, max(first, last - timedelta(days=1)) if whole else last)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
