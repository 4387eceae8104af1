"""Calendars are read again by another library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import vobject

from fother.respond.calendar import Appointment, calendar

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SUMMER = timezone(timedelta(hours=2))


def test_another_library_reads_the_same() -> None:
    made = calendar(
        [
            Appointment(
                "OU-1-meeting",
                "Meeting; with “Vestria”, at last",
                datetime(2026, 7, 1, 10, tzinfo=SUMMER),
                datetime(2026, 7, 1, 11, tzinfo=SUMMER),
                "Room 1",
                "a\nb" + "ö" * 100,
            ),
            Appointment("EV-1-announced", "A visit", date(2026, 3, 9), date(2026, 3, 14)),
            Appointment("TA-1-task", "Close the fence", NOW),
        ],
        now=NOW,
        name="Harbour papers",
    )
    events = vobject.readOne(made.decode()).vevent_list
    assert [e.summary.value for e in events] == [
        "Meeting; with “Vestria”, at last",
        "A visit",
        "Close the fence",
    ]
    assert events[0].dtstart.value == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert events[0].dtend.value - events[0].dtstart.value == timedelta(hours=1)
    assert (events[0].location.value, events[0].description.value) == ("Room 1", "a\nb" + "ö" * 100)
    assert (events[1].dtstart.value, events[1].dtend.value) == (date(2026, 3, 9), date(2026, 3, 14))
    assert events[2].dtend.value - events[2].dtstart.value == timedelta(minutes=30)
    assert len({e.uid.value for e in events}) == 3
    assert all(len(line.encode()) <= 75 for line in made.decode().split("\r\n"))


def test_the_same_entry_keeps_its_id() -> None:
    one = Appointment("TA-1-task", "Close the fence", NOW)
    first, second = (calendar([one], now=NOW + timedelta(hours=h)) for h in (0, 5))
    uids = [vobject.readOne(data.decode()).vevent.uid.value for data in (first, second)]
    assert uids[0] == uids[1]
