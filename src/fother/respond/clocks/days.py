"""Business days, months and zones.

Hours are hours that pass, also over a change of clocks. Days and months end with the day, at midnight of the
zone: Regulation (EEC, Euratom) No 1182/71, Article 3(2), whose rule for a month without such a day (the last
day of that month) is used for all. The hour or day of the event is not counted (Article 3(1)) in days and
months; in hours the moment itself starts the period, which is the earlier end.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from fother.errors import UsageError
from fother.respond.clocks.model import Calendar, Period

_LAST_MINUTE = time(23, 59)


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises UsageError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"{name} is no time zone; give a name such as Europe/Vienna or UTC.") from None


def is_business_day(day: date, where: Calendar) -> bool:
    """Whether people work on a day: no weekend of that country and no public holiday.

    Without a country only Saturdays and Sundays are days off. Raises UsageError for an unknown country.
    """
    if not where.country:
        return day.weekday() < 5
    return bool(_holidays(where.country, where.region).is_working_day(day))


@lru_cache(maxsize=16)
def _holidays(country: str, region: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError:
        place = f"{country}-{region}" if region else country
        raise UsageError(
            f"No holidays are known for {place}; give a country such as DE or a region BY."
        ) from None


def next_business_day(day: date, where: Calendar) -> date:
    """The first business day after a day."""
    found = day + timedelta(days=1)
    while not is_business_day(found, where):
        found += timedelta(days=1)
    return found


def end_of(
    period: Period, start: datetime, zone: ZoneInfo, where: Calendar, closing: time | None
) -> datetime | None:
    """When a period ends that an event started; None when the text gives no number."""
    local = start.astimezone(zone)
    if period.unit == "immediately":
        return start
    if period.unit == "hours":
        return (start.astimezone(ZoneInfo("UTC")) + timedelta(hours=period.count)).astimezone(zone)
    if period.unit == "days":
        return _at(local.date() + timedelta(days=period.count), _LAST_MINUTE, zone)
    if period.unit == "months":
        return _at(_months_after(local.date(), period.count), _LAST_MINUTE, zone)
    if period.unit == "business-days":
        return _at(_business_days_after(local.date(), period.count, where), closing or _LAST_MINUTE, zone)
    return None


def _at(day: date, moment: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, moment, zone)


def _months_after(day: date, count: int) -> date:
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _business_days_after(day: date, count: int, where: Calendar) -> date:
    """The day of an event is not counted; an event on a day off makes the next business day the first one
    (Form 8-K, General Instruction B.1)."""
    for _ in range(count):
        day = next_business_day(day, where)
    return day


def noon_after_day_off(due: datetime, where: Calendar) -> datetime | None:
    """Noon of the next working day when a time falls on a day off, else None."""
    if is_business_day(due.date(), where):
        return None
    day = next_business_day(due.date(), where)
    return datetime.combine(day, time(12), due.tzinfo)
