"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fother.errors import UsageError
from fother.flow.desk.times import moment

NOW = datetime(2026, 3, 28, 9, 0, 0, 123, tzinfo=UTC)  #: the day before the clocks of Oslo go forward


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "2026-03-28T10:00:00+01:00"),
        ("2026-03-05T14:07", "2026-03-05T14:07:00+01:00"),
        ("2026-07-05T14:07", "2026-07-05T14:07:00+02:00"),
        ("2026-03-05T14:07Z", "2026-03-05T14:07:00+00:00"),
        ("2026-03-05", "2026-03-05T23:59:00+01:00"),
        ("+30min", "2026-03-28T10:30:00+01:00"),
        ("+24h", "2026-03-29T11:00:00+02:00"),
        ("+1d", "2026-03-29T10:00:00+02:00"),
        (" +2w ", "2026-04-11T10:00:00+02:00"),
        ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),  # twice that night: the first one
        ("2028-02-29", "2028-02-29T23:59:00+01:00"),
    ],
)
def test_times_are_in_the_zone_of_the_case(typed: str, meant: str) -> None:
    assert moment(typed, zone="Europe/Oslo", now=NOW).isoformat() == meant


@pytest.mark.parametrize(
    "typed", ["", "soon", "+3", "+3y", "-1d", "25:00", "2026-02-30", "2026-03-29T02:30", "+999999d"]
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        moment(typed, zone="Europe/Oslo", now=NOW)


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc", "Europe"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(UsageError, match="time zone"):
        moment("now", zone=zone, now=NOW)
