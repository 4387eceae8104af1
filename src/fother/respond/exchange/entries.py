"""Entries of a bundle from and to JSON values; what comes in is not trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fother.errors import InputFileError
from fother.model.bodies import from_body, to_body
from fother.respond.exchange.model import GROUPS, KIND_OF, Bundle, Entry

MOST_ENTRIES = 200_000
_CASE = ("id", "title", "organisation", "summary", "tlp")


def entry_fields(entry: Entry) -> dict[str, Any]:
    """An entry with its kind as JSON values; fields with their default are left out."""
    return {"kind": KIND_OF[type(entry)], **to_body(entry)}


def case_fields(bundle: Bundle) -> dict[str, Any]:
    """What a bundle says of the case itself."""
    fields = {name: getattr(bundle, name) for name in _CASE}
    return {"kind": "case", **fields, "made_at": bundle.made_at.isoformat()}


def bundle_of(untrusted: Iterable[Any], name: str) -> Bundle:
    """The bundle of JSON values with kinds. Raises InputFileError that says which entry is wrong."""
    found: dict[str, list[Entry]] = {field: [] for field, _ in GROUPS.values()}
    case: Mapping[str, Any] | None = None
    for number, fields in enumerate(untrusted, 1):
        if number > MOST_ENTRIES:
            raise InputFileError(f"{name} holds more than {MOST_ENTRIES} entries; split it.")
        if not isinstance(fields, Mapping):
            raise InputFileError(f"{name}, entry {number}: this is no entry.")
        kind = fields.get("kind")
        if kind == "case":
            case = fields
        elif isinstance(kind, str) and kind in GROUPS:
            field, record = GROUPS[kind]
            found[field].append(_entry(record, fields, f"{name}, entry {number}"))
        else:
            raise InputFileError(f"{name}, entry {number}: {str(kind)[:40]!r} is no kind of entry.")
    if case is None:
        raise InputFileError(f"{name} does not say which case it is about; it was not written by Fother.")
    try:
        return Bundle(
            str(case["id"]),
            str(case["title"]),
            _moment(case["made_at"]),
            str(case.get("organisation", "")),
            str(case.get("summary", "")),
            case.get("tlp", "AMBER"),
            **{field: tuple(entries) for field, entries in found.items()},  # type: ignore[arg-type]
        )
    except (KeyError, ValueError, TypeError) as error:
        raise InputFileError(f"{name}: the case is not described as it should be ({error}).") from None


def _entry(record: type[Entry], fields: Mapping[str, Any], name: str) -> Entry:
    try:
        return from_body(record, {k: v for k, v in fields.items() if k != "kind"})
    except (ValueError, TypeError) as error:
        raise InputFileError(f"{name}: {error}.") from None


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("its time has no zone")
    return moment
