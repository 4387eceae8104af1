"""Records become JSON and come back the same; what is no record is told in words."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.model.bodies import from_body, to_body
from fother.model.case import KINDS, Deadline, Exposure, Outreach, Planned, Task

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
st.register_type_strategy(datetime, st.datetimes(timezones=zones))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@given(st.sampled_from([*KINDS.values(), Planned]).flatmap(st.builds))
def test_every_record_comes_back_through_json(record: Any) -> None:
    body = json.loads(json.dumps(to_body(record)))
    assert from_body(type(record), body) == record
    assert from_body(type(record), {**body, "of a newer version": [1]}) == record


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*KINDS.values()]), st.data())
def test_any_json_is_a_record_or_a_sentence(kind: type, data: st.DataObject) -> None:
    names = st.sampled_from(sorted(kind.__dataclass_fields__))  # type: ignore[attr-defined]
    body = data.draw(st.dictionaries(names, json_values, max_size=5))
    try:
        record = from_body(kind, body)
    except ValueError:
        return
    assert from_body(kind, to_body(record)) == record


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (Task, {}, "'title' is missing"),
        (Task, {"title": 3}, "'title' is 3, not a text"),
        (Task, {"title": "x", "due": "2026-03-05T14:07"}, "a time without its zone"),
        (Task, {"title": "x", "due": "soon"}, "not a time"),
        (Task, {"title": "x", "tlp": "PINK"}, "not one of"),
        (Deadline, {"title": "x", "due": None}, "not a time"),
        (Exposure, {"party": "P", "source": "L", "quotes": "x"}, "no list"),
        (Exposure, {"party": "P", "source": "L", "quotes": ["x"]}, "no table"),
        (Exposure, {"party": "P", "source": "L", "quotes": [{"start": True, "end": 1, "text": ""}]}, "whole"),
        (Outreach, {"party": "P", "meeting": 3}, "no table"),
        (Task, [], "no table"),
    ],
)
def test_what_is_wrong_is_said(kind: type, body: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_body(kind, body)


def test_only_what_differs_from_the_default_is_written() -> None:
    assert to_body(Task("x", due=datetime(2026, 3, 5, tzinfo=UTC))) == {
        "title": "x",
        "due": "2026-03-05T00:00:00+00:00",
    }
    assert to_body(Planned("x", date(2026, 3, 5))) == {"text": "x", "start": "2026-03-05"}
