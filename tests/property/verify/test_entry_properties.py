"""Entries and canonical JSON: one encoding for each value, one error for everything else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.verify import canonical, entry
from fother.verify.errors import VerificationError

ascii_text = st.text(st.characters(codec="ascii"), max_size=8)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_text, inner, max_size=4),
    max_leaves=12,
)
details = st.dictionaries(ascii_text, values, max_size=4)
kinds = st.from_regex(r"[a-z]{1,10}(-[a-z]{1,10})?", fullmatch=True)
times = st.datetimes(timezones=st.just(UTC))


@given(values)
def test_canonical_json_comes_back(value: Any) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (canonical.decode, entry.decode):
        with suppress(VerificationError):
            read(data)


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":2}',
        '{"a": 1}',
        '{"a":1,"a":1}',
        "1.0",
        "1e3",
        "NaN",
        "-0",
        "9007199254740992",
        '"\\u0041"',
        '"\\ud800"',
        '{"é":1}',
        "[" * 40 + "]" * 40,
        "[" * 200_000,
        "",
        "1" * 5000,
    ],
)
def test_json_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        canonical.decode(text.encode())


@given(kinds, times, st.binary(min_size=32, max_size=32), details)
def test_an_entry_comes_back_and_fits_only_its_detail(
    kind: str, time: datetime, salt: bytes, detail: dict[str, Any]
) -> None:
    made = entry.Entry(kind, time, entry.salted_hash(salt, detail))
    assert entry.decode(entry.encode(made)) == made
    entry.check_opening(made, salt, detail)
    other_salt = bytes(32) if any(salt) else b"1" * 32
    for given_salt, other in ((other_salt, detail), (salt, {**detail, "x": "new"})):
        if (given_salt, other) != (salt, detail):
            with pytest.raises(VerificationError, match="does not fit"):
                entry.check_opening(made, given_salt, other)


@given(st.data(), kinds, times)
def test_no_flipped_bit_of_an_entry_goes_unnoticed(data: st.DataObject, kind: str, time: datetime) -> None:
    leaf = entry.encode(entry.Entry(kind, time, b"s" * 32))
    bit = data.draw(st.integers(0, len(leaf) * 8 - 1))
    flipped = bytearray(leaf)
    flipped[bit // 8] ^= 1 << bit % 8
    with suppress(VerificationError):
        assert entry.decode(bytes(flipped)) != entry.decode(leaf)


def test_a_time_is_written_in_utc() -> None:
    east = datetime(2026, 3, 5, 14, 7, tzinfo=timezone(timedelta(hours=5)))
    leaf = entry.encode(entry.Entry("trace", east, bytes(32)))
    assert b'"2026-03-05T09:07:00.000000Z"' in leaf
    with pytest.raises(VerificationError, match="zone"):
        entry.encode(entry.Entry("trace", datetime(2026, 1, 1), bytes(32)))
