"""News dates are read as intervals from the day of publication (a Wednesday here)."""

from __future__ import annotations

from datetime import date

import pytest

from fother.language.dates import find_dates

DAY = date(2026, 3, 4)
AHEAD = {
    "next week": ("2026-03-09", "2026-03-15"),
    "this week": ("2026-03-02", "2026-03-08"),
    "over the weekend": ("2026-03-07", "2026-03-08"),
    "this weekend": ("2026-03-07", "2026-03-08"),
    "on Monday": ("2026-03-09", "2026-03-09"),
    "next Monday": ("2026-03-09", "2026-03-09"),
    "Thursday next week": ("2026-03-12", "2026-03-12"),
    "tomorrow": ("2026-03-05", "2026-03-05"),
    "the day after tomorrow": ("2026-03-06", "2026-03-06"),
    "in two weeks": ("2026-03-16", "2026-03-22"),
    "in three days’ time": ("2026-03-07", "2026-03-07"),
    "within 48 hours": ("2026-03-04", "2026-03-06"),
    "in the coming days": ("2026-03-04", "2026-03-07"),
    "by the end of the month": ("2026-03-04", "2026-03-31"),
    "later this month": ("2026-03-04", "2026-03-31"),
    "early next month": ("2026-04-01", "2026-04-11"),
    "in late April": ("2026-04-21", "2026-04-30"),
    "in May": ("2026-05-01", "2026-05-31"),
    "April 12": ("2026-04-12", "2026-04-12"),
    "12 March": ("2026-03-12", "2026-03-12"),
    "March 12-14": ("2026-03-12", "2026-03-14"),
    "29 February 2028": ("2028-02-29", "2028-02-29"),
    "3 January": ("2027-01-03", "2027-01-03"),
    "next year": ("2027-01-01", "2027-12-31"),
}
BACK = {
    "on Monday": ("2026-03-02", "2026-03-02"),
    "last Thursday": ("2026-02-26", "2026-02-26"),
    "yesterday": ("2026-03-03", "2026-03-03"),
    "last month": ("2026-02-01", "2026-02-28"),
    "earlier this month": ("2026-03-01", "2026-03-04"),
    "two weeks ago": ("2026-02-16", "2026-02-22"),
    "over the weekend": ("2026-02-28", "2026-03-01"),
    "3 January": ("2026-01-03", "2026-01-03"),
}


@pytest.mark.parametrize(("words", "days"), AHEAD.items(), ids=AHEAD)
def test_what_is_to_come(words: str, days: tuple[str, str]) -> None:
    (found,) = find_dates(f"He will speak {words}.", DAY, future=lambda _: True)
    assert (str(found.first), str(found.last)) == days


@pytest.mark.parametrize(("words", "days"), BACK.items(), ids=BACK)
def test_what_has_been(words: str, days: tuple[str, str]) -> None:
    (found,) = find_dates(f"He spoke {words}.", DAY)
    assert (str(found.first), str(found.last)) == days


def test_weeks_may_begin_on_sunday() -> None:
    (found,) = find_dates("next week", DAY, first_weekday=6)
    assert (str(found.first), str(found.last)) == ("2026-03-08", "2026-03-14")


def test_without_a_day_of_publication_only_full_dates_are_resolved() -> None:
    relative, full = find_dates("next week, not 12 March 2026", None)
    assert (relative.first, relative.granularity) == (None, "unresolved")
    assert str(full.first) == "2026-03-12"


@pytest.mark.parametrize("words", ["31 February 2026", "several weeks ago", "2026-13-40"])
def test_what_is_no_day_stays_unresolved(words: str) -> None:
    assert [m.first for m in find_dates(words, DAY)] in ([None], [])


def test_words_that_are_no_dates() -> None:
    assert find_dates("She may march. April Holt and the Sunday Ledger agree.", DAY) == ()
