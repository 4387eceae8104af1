"""Times as people type them, in the zone of their case."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fother.errors import UsageError

_SPAN = re.compile(r"\+(\d{1,5})(min|h|d|w)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def zone_named(name: str) -> ZoneInfo:
    """A zone of the IANA database. Raises UsageError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"There is no time zone '{name}'; name one such as Europe/Oslo or UTC.") from None


def moment(text: str, *, zone: str, now: datetime) -> datetime:
    """A time: ISO 8601 with or without zone ("2026-03-05T14:07", then in `zone`), a day ("2026-03-05", its
    last minute), "now", or a span from now ("+30min", "+24h", "+3d", "+2w"; days are of the calendar).

    Raises UsageError for anything else, and for a local time that the clocks skip.
    """
    place = zone_named(zone)
    text, now = text.strip(), now.replace(microsecond=0)
    if text == "now":
        return now.astimezone(place)
    span = _SPAN.fullmatch(text)
    if span:
        length = timedelta(**{_UNITS[span[2]]: int(span[1])})
        if span[2] in "dw":  # the same time of the day, also over a change of the clocks
            local = now.astimezone(place).replace(tzinfo=None) + length
            return local.replace(tzinfo=place).astimezone(UTC).astimezone(place)
        return (now.astimezone(UTC) + length).astimezone(place)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no time; write 2026-03-05T14:07, 2026-03-05, +24h, or now.") from None
    if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text):
        given = datetime.combine(given.date(), time(23, 59))
    if given.tzinfo is not None:
        return given
    local = given.replace(tzinfo=place)
    if local.astimezone(UTC).astimezone(place).replace(tzinfo=None) != given:
        raise UsageError(f"There is no {given:%H:%M} on {given:%d %B %Y} in {zone}: the clocks skip it.")
    return local
