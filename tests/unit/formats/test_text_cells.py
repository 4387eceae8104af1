"""Numbers of workbooks as they are shown, whatever number and whatever format."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from work_done import calls

from fother.formats.text.cells import number_formats, shown


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("16000", "#,##0", "16,000"),
        ("16000", "General", "16000"),
        ("0.125", "0.0%", "12.5%"),
        ("0.1", '"USD" #,##0.00', "0.10"),
        ("46082", "yyyy-mm-dd", "2026-03-01"),
        ("46082.5", "yyyy-mm-dd hh:mm", "2026-03-01 12:00"),
        ("0.75", "hh:mm:ss", "18:00:00"),
        ("1", "d/m/yy", "1900-01-01"),
        ("59", "yyyy-mm-dd", "1900-02-28"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("-5", "yyyy-mm-dd", "-5"),
        ("1e9", "yyyy-mm-dd", "1000000000"),
        ("1e400", "0", "1e400"),
        ("many", "0.00", "many"),
    ],
)
def test_simple_cases(value: str, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_workbooks_that_count_from_1904() -> None:
    assert shown("44620", "yyyy-mm-dd", from_1904=True) == "2026-03-01"
    # 2,957,002 days later the calendar ends.
    assert shown("2957002", "yyyy-mm-dd", from_1904=True) == "9999-12-30"
    assert shown("2958000", "yyyy-mm-dd", from_1904=True) == "2958000"


NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**7), 10**7).map(str),
    st.floats(0, 3e6).map(repr),
    st.text(max_size=12),
)
CODES = st.one_of(st.text("0#,.%yYdmhsE?/;\"[]\\_*@ '", max_size=30), st.text(max_size=12))


@given(NUMBERS, CODES, st.booleans())
@example("2958464.9999999", "yyyy", False)
@example("2957003.9999999", "yyyy", True)
@settings(max_examples=400)
def test_any_number_in_any_format(value: str, code: str, from_1904: bool) -> None:
    text = shown(value, code, from_1904)
    assert isinstance(text, str)
    assert len(text) <= 450 + len(value)
    assert calls(lambda: shown(value, code, from_1904)) <= 100


def test_format_tables_are_not_believed() -> None:
    formats = (("x", "0.00"), ("9" * 20, "0"), ("164", "#,##0"), ("165", "[" * 100_000))
    rows = "".join(f"<numFmt numFmtId='{number}' formatCode='{code}'/>" for number, code in formats)
    styles = etree.fromstring(
        f"<styleSheet><numFmts>{rows}</numFmts><cellXfs><xf numFmtId='164'/><xf/><xf numFmtId='-1'/>"
        "<xf numFmtId='4'/><xf numFmtId='165'/></cellXfs></styleSheet>"
    )
    *some, long = number_formats(styles)
    assert some == ["#,##0", "General", "General", "#,##0.00"]
    assert len(long) == 200  # so that what looks for brackets ends soon
