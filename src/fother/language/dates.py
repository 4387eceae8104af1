"""Dates as news says them, resolved to closed intervals of days against the day of publication.

"next week" is seven days, "over the weekend" two, "in the coming days" a vague stretch: an interval is what
the words say, and its granularity how exactly they say it. Follows the reading of TIMEX3 values in the TimeML
annotation guidelines 1.2.1; a weekday without more is the nearest one in the direction of the verb's tense.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(name.lower() for name in calendar.month_name)[1:]
_MONTH_NUMBERS = {m: n for n, m in enumerate(_MONTHS, 1)} | {m[:3]: n for n, m in enumerate(_MONTHS, 1)}
_MONTH_NUMBERS["sept"] = 9
_NUMBERS = {
    **{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    **{"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2, "couple of": 2},
}
_DAY = "|".join(_DAYS)
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_NUMBER = "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r"|\d{1,3}"
_PART = r"morning|afternoon|evening|night"


@dataclass(frozen=True)
class DateMention:
    """A date in a text: code points [start, end), and the first and last day it means.

    `first` and `last` are None when there is nothing to count from. `granularity` is "day", "weekend",
    "week", "month", "quarter", "year", "vague" or "unresolved". `rule` names the pattern.
    """

    start: int
    end: int
    first: date | None
    last: date | None
    granularity: str
    rule: str


Interval = tuple[date, date, str]
_Reader = Callable[[re.Match[str], date, bool, int], Interval | None]


def find_dates(
    text: str,
    published: date | None,
    *,
    future: Callable[[int], bool] = lambda _: False,
    first_weekday: int = 0,
) -> tuple[DateMention, ...]:
    """All dates in a text, in their order.

    `future` says of a code point whether its clause speaks of what is to come; `first_weekday` is 0 for weeks
    that start on Monday (ISO 8601) and 6 for Sunday.
    """
    found: list[DateMention] = []
    taken: list[tuple[int, int]] = []
    for rule, pattern, reader in _RULES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < b and end > a for a, b in taken):
                continue
            taken.append((start, end))
            found.append(_mention(match, rule, reader, published, future(start), first_weekday))
    return tuple(sorted(found, key=lambda m: m.start))


def _mention(
    match: re.Match[str], rule: str, reader: _Reader, published: date | None, future: bool, weekday: int
) -> DateMention:
    start, end = match.span()
    interval: Interval | None = None
    absolute = rule in ("iso", "month of year") or (rule in ("month day", "day month") and match["year"])
    if published is not None or absolute:
        try:
            interval = reader(match, published or date(2000, 1, 1), future, weekday)
        except (ValueError, OverflowError):
            interval = None  # 31 February, year 0
    if interval is None:
        return DateMention(start, end, None, None, "unresolved", rule)
    return DateMention(start, end, interval[0], interval[1], interval[2], rule)


def _week(day: date, first_weekday: int) -> tuple[date, date]:
    start = day - timedelta((day.weekday() - first_weekday) % 7)
    return start, start + timedelta(6)


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _months_on(day: date, count: int) -> tuple[date, date]:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return _month(year, month + 1)


def _weekend(day: date) -> tuple[date, date]:
    """Saturday and Sunday of the ISO week of a day."""
    saturday = day - timedelta(day.weekday()) + timedelta(5)
    return saturday, saturday + timedelta(1)


def _iso(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    day = date(int(m["year"]), int(m["month"]), int(m["day"]))
    return day, day, "day"


def _calendar(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    number, month = int(m["day"]), _MONTH_NUMBERS[m["month"].lower()]
    if m["year"]:
        first = date(int(m["year"]), month, number)
    else:
        years = [y for y in (base.year - 1, base.year, base.year + 1) if number <= _month(y, month)[1].day]
        ahead = [date(y, month, number) for y in years]
        if future:
            ahead = [d for d in ahead if d >= base] or ahead
        first = min(ahead, key=lambda d: abs((d - base).days))
    last = first.replace(day=int(m["to"])) if m["to"] else first
    if last < first:
        raise ValueError("an interval that runs backwards")
    return first, last, "day"


def _month_of_year(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    return (*_month(int(m["year"]), _MONTH_NUMBERS[m["month"].lower()]), "month")


def _month_alone(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    month = _MONTH_NUMBERS[m["month"].lower()]
    lead = re.split(r"[\s-]+", m["lead"].lower())
    way = next((w for w in lead if w in _STEPS), "")
    ahead = way in ("next", "coming") or (not way and future) or (way == "this" and month >= base.month)
    if ahead:
        year = base.year if (month >= base.month and way != "next") or month > base.month else base.year + 1
    else:
        year = base.year if (month <= base.month and way != "last") or month < base.month else base.year - 1
    first, last = _month(year, month)
    if "early" in lead:
        return first, first + timedelta(9), "vague"
    if "mid" in lead:
        return first + timedelta(10), first + timedelta(19), "vague"
    if "late" in lead:
        return first + timedelta(20), last, "vague"
    return first, last, "month"


def _unit(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    words = m["which"].lower().split()
    way = next(w for w in words if w in _STEPS)
    step, unit = _STEPS[way], m["unit"].lower()
    if unit == "week":
        first, last = _week(base + timedelta(7 * step), weekday)
    elif unit == "weekend":
        first, last = _weekend(base + timedelta(7 * step))
    elif unit == "month":
        first, last = _months_on(base, step)
    elif unit == "quarter":
        index = base.year * 4 + (base.month - 1) // 3 + step
        first = _month(index // 4, index % 4 * 3 + 1)[0]
        last = _month(index // 4, index % 4 * 3 + 3)[1]
    else:
        first, last = date(base.year + step, 1, 1), date(base.year + step, 12, 31)
    if words[0] == "earlier":
        return first, max(first, min(last, base)), "vague"
    if words[0] == "later":
        return min(last, max(first, base)), last, "vague"
    third = (last - first + timedelta(1)) // 3
    if words[0] == "early":
        return first, first + third, "vague"
    if words[0] == "late":
        return last - third, last, "vague"
    return first, last, unit


_STEPS = {"next": 1, "coming": 1, "following": 1, "last": -1, "past": -1, "previous": -1, "this": 0}


def _end_of(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    step = 1 if m["which"].lower() == "next" else 0
    unit = m["unit"].lower()
    if unit == "week":
        first, last = _week(base + timedelta(7 * step), weekday)
    elif unit == "month":
        first, last = _months_on(base, step)
    else:
        first, last = date(base.year + step, 1, 1), date(base.year + step, 12, 31)
    return max(first, base) if step == 0 else first, last, "vague"


def _near_day(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    word = m["word"].lower()
    step = 1 if word.startswith("tomorrow") else -1 if word.startswith(("yesterday", "last")) else 0
    if word.startswith("the day after"):
        step = 2
    elif word.startswith("the day before"):
        step = -2
    day = base + timedelta(step)
    return day, day, "day"


def _weekday(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    number, way = _DAYS.index(m["day"].lower()), (m["which"] or "").lower()
    ahead = (number - base.weekday()) % 7
    if way == "next":
        day = _week(base, weekday)[0] + timedelta(7 + (number - weekday) % 7)
    elif way in ("last", "past"):
        day = base - timedelta((base.weekday() - number) % 7 or 7)
    elif way == "coming" or future:
        day = base + timedelta(ahead)
    elif way == "this":
        day = _week(base, weekday)[0] + timedelta((number - weekday) % 7)
    else:
        day = base - timedelta((base.weekday() - number) % 7)
    return day, day, "day"


def _days_of(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    """ "Monday of next week", "on Tuesday and Wednesday" is read as two."""
    step = {"next": 1, "the following": 1, "last": -1, "this": 0}[m["which"].lower()]
    start = _week(base + timedelta(7 * step), weekday)[0]
    day = start + timedelta((_DAYS.index(m["day"].lower()) - weekday) % 7)
    return day, day, "day"


def _distance(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval | None:
    count = _count(m["count"])
    if count is None:
        return None
    way = -1 if m["way"].lower() in ("ago", "earlier", "before") else 1
    return _away(base, way * count, m["unit"].lower(), weekday)


def _in_future(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval | None:
    count = _count(m["count"])
    return None if count is None else _away(base, count, m["unit"].lower(), weekday)


def _away(base: date, count: int, unit: str, weekday: int) -> Interval:
    if unit == "day":
        day = base + timedelta(count)
        return day, day, "day"
    if unit == "week":
        return (*_week(base + timedelta(7 * count), weekday), "week")
    if unit == "month":
        return (*_months_on(base, count), "month")
    return date(base.year + count, 1, 1), date(base.year + count, 12, 31), "year"


def _within(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    """ "Within ten days" and "in the coming weeks"; an untold number counts as three."""
    count = _count(m["count"] or "") or 3
    length = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30}[m["unit"].lower()] * count
    return base, base + timedelta(max(1, round(length)) if length >= 1 else 1), "vague"


def _over_weekend(m: re.Match[str], base: date, future: bool, weekday: int) -> Interval:
    ahead = future or base.weekday() >= 5
    return (*_weekend(base if ahead else base - timedelta(7)), "weekend")


def _count(text: str) -> int | None:
    word = " ".join(text.lower().split())
    return int(word) if word.isdigit() else _NUMBERS.get(word)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_TO = r"(?:\s?(?:-|–|to|and)\s?(?P<to>\d{1,2})" + _ORDINAL + r"(?![\d:]))?"
#: First match wins, so the longer and more exact patterns come first.
_RULES: tuple[tuple[str, re.Pattern[str], _Reader], ...] = (
    ("iso", _pattern(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b"), _iso),
    (
        "month day",
        _pattern(
            rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}}){_ORDINAL}(?![\d:%]){_TO}(?:,?\s+{_YEAR}\b)?"
        ),
        _calendar,
    ),
    (
        "day month",
        _pattern(
            rf"\b(?:the\s+)?(?P<day>\d{{1,2}}){_ORDINAL}{_TO}\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?"
            rf"(?:,?\s+{_YEAR}\b)?"
        ),
        _calendar,
    ),
    ("month of year", _pattern(rf"\b(?P<month>{_MONTH})\.?,?\s+(?:of\s+)?{_YEAR}\b"), _month_of_year),
    (
        "weekday of week",
        _pattern(rf"\b(?P<day>{_DAY})\s+(?:of\s+)?(?P<which>next|this|last|the following)\s+week\b"),
        _days_of,
    ),
    ("day after", _pattern(r"\b(?P<word>the day after tomorrow|the day before yesterday)\b"), _near_day),
    (
        "end of",
        _pattern(
            r"\b(?:(?:by|at|before)\s+)?the end of (?P<which>the|this|next)\s+(?P<unit>week|month|year)\b"
        ),
        _end_of,
    ),
    (
        "unit",
        _pattern(
            r"\b(?P<which>(?:(?:early|earlier|late|later)\s+)?(?:the\s+)?"
            r"(?:next|last|this|past|coming|previous|following))\s+(?P<unit>weekend|week|month|quarter|year)\b"
        ),
        _unit,
    ),
    ("weekend", _pattern(r"\b(?:over|at|on|during) the weekend\b"), _over_weekend),
    (
        "near day",
        _pattern(
            rf"\b(?P<word>today|tonight|tomorrow(?:\s+(?:{_PART}))?|yesterday(?:\s+(?:{_PART}))?"
            rf"|this (?:{_PART})|last night)\b"
        ),
        _near_day,
    ),
    (
        "weekday",
        _pattern(
            rf"\b(?:(?P<which>next|last|this|coming|past)\s+)?(?P<day>{_DAY})\b(?!\s+(?:Ledger|Post|Times))"
        ),
        _weekday,
    ),
    (
        "distance",
        _pattern(
            rf"\b(?P<count>{_NUMBER}|a few|several|some)\s+(?P<unit>day|week|month|year)s?\s+"
            r"(?P<way>ago|earlier|later|before|from now|from today)\b"
        ),
        _distance,
    ),
    (
        "within",
        _pattern(
            rf"\b(?:within|over|in|during)\s+the\s+(?:next|coming|following)\s+"
            rf"(?:(?P<count>{_NUMBER}|few|several)\s+)?(?P<unit>hour|day|week|month)s\b"
        ),
        _within,
    ),
    (
        "within",
        _pattern(rf"\bwithin\s+(?P<count>{_NUMBER}|a few|several)\s+(?P<unit>hour|day|week|month)s?\b"),
        _within,
    ),
    ("within", _pattern(r"\bin (?P<count>coming) (?P<unit>day|week|month)s\b"), _within),
    (
        "in",
        _pattern(
            rf"\bin\s+(?P<count>{_NUMBER})\s+(?P<unit>day|week|month|year)s?(?:'s|’s|'|’)?(?:\s+time)?\b"
        ),
        _in_future,
    ),
    (
        "month",
        _pattern(
            r"\b(?P<lead>(?:(?:in|by|until|since|for|during|before|early|mid|late|this|next|last|coming)[\s-]+)+)"
            rf"(?P<month>{'|'.join(_MONTHS)})\b(?!\s+\d)"
        ),
        _month_alone,
    ),
)
