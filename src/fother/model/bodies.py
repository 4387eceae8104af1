"""Frozen records to JSON values and back, checked against the types of their fields.

Fields may be str, bool, int, float, datetime (with zone), date, a Literal, another record, any of these or
None, and tuples of them. JSON of an older version may lack fields that have a default; fields that are not
known are left alone, so that an older program can read what a newer one wrote.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def to_body(record: Any) -> dict[str, Any]:
    """The record as JSON values; fields that have their default are left out."""
    body = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if field.default is dataclasses.MISSING or value != field.default:
            body[field.name] = _plain(value)
    return body


def from_body(kind: type[Record], body: Mapping[str, Any]) -> Record:
    """The record of JSON values. Raises ValueError with what is wrong, for example "'due' is no time"."""
    if not isinstance(body, Mapping):
        raise ValueError(f"{body!r} is no table")
    values = {}
    for name, (hint, required) in _fields(kind).items():  # type: ignore[arg-type]
        if name in body:
            values[name] = _read(hint, body[name], name)
        elif required:
            raise ValueError(f"'{name}' is missing")
    return kind(**values)


@cache
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    hints = get_type_hints(kind)
    missing = dataclasses.MISSING
    return {
        f.name: (hints[f.name], f.default is missing and f.default_factory is missing)
        for f in dataclasses.fields(kind)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, str):  # most are; large cases hold many thousands
        return value
    if dataclasses.is_dataclass(value):
        return to_body(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _read(hint: Any, value: Any, name: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (inner,) = (a for a in arguments if a is not type(None))
        return _read(inner, value, name)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"'{name}' is no list")
        return tuple(_read(arguments[0], item, name) for item in value)
    if origin is Literal:
        if value not in arguments:
            raise ValueError(f"'{name}' is {value!r} and not one of {', '.join(map(str, arguments))}")
        return value
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ValueError(f"'{name}' is no table")
        return from_body(hint, value)  # type: ignore[arg-type]
    if hint in (datetime, date):
        return _moment(hint, value, name)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise ValueError(f"'{name}' is {value!r}, not {_WORDS.get(hint, hint)}")
    return value


_WORDS = {str: "a text", bool: "yes or no", int: "a whole number", float: "a number"}


def _moment(hint: type[date], value: Any, name: str) -> date:
    try:
        moment = hint.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"'{name}' is {value!r}, not a {'time' if hint is datetime else 'date'}") from None
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise ValueError(f"'{name}' is {value!r}, a time without its zone")
    return moment
