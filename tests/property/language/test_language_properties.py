"""Marks, dates and names of any text: places are within it, in order, and nothing raises."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fother.language.dates import find_dates
from fother.language.names import packaged_names
from fother.language.quotes import quotations

WORDS = st.lists(
    st.sampled_from(
        [
            *(
                "“",
                "”",
                '"',
                "‘",
                "’",
                "'",
                "«",
                "»",
                "„",
                "``",
                "''",
                "\n",
                "\n\n",
                ",",
                ".",
                " ",
                "he said",
            ),
            *("next", "last", "week", "Monday", "31", "February", "2026", "0000-00-00", "in", "two", "May"),
            *("the end of", "99", "months", "ago", "Moscow", "U.S.", "weekend", "over the", "this"),
        ]
    ),
    max_size=40,
).map(" ".join)
TEXTS = st.one_of(st.text(max_size=200), WORDS)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("“‘")
def test_quotations_lie_within_the_text_and_beside_each_other(text: str) -> None:
    found = quotations(text)
    for one in found:
        assert 0 <= one.start < one.inner_start <= one.inner_end <= one.end <= len(text)
        assert "\n" not in text[one.start : one.end]
    assert all(a.end <= b.start for a, b in pairwise(found))


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.dates(), st.booleans(), st.sampled_from([0, 6]))
def test_dates_are_intervals_that_run_forward(text: str, day: date, ahead: bool, weekday: int) -> None:
    for one in find_dates(text, day, future=lambda _: ahead, first_weekday=weekday):
        assert 0 <= one.start < one.end <= len(text)
        assert (one.first is None) == (one.last is None)
        if one.first is not None and one.last is not None:
            assert one.first <= one.last


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_names_lie_within_the_text(text: str) -> None:
    found = packaged_names().find(text)
    assert all(0 <= m.start < m.end <= len(text) for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
