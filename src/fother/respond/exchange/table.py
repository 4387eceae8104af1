"""CSV (RFC 4180): one row for each entry, the same columns for all kinds; the first row is the case.

Lists are JSON. A cell that a spreadsheet would take for a formula gets an apostrophe before it, which is
taken away again when the file is read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from fother.errors import InputFileError
from fother.respond.exchange.entries import bundle_of, case_fields, entry_fields
from fother.respond.exchange.model import GROUPS, Bundle

_CASE = ("id", "title", "organisation", "summary", "tlp", "made_at")
COLUMNS = tuple(
    dict.fromkeys(["kind", *_CASE, *(f.name for _, kind in GROUPS.values() for f in fields(kind))])
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_LISTS = ("quotes", "chain", "aliases")


def write_csv(bundle: Bundle) -> bytes:
    """A table in UTF-8 with a byte order mark, which spreadsheets want."""
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    table.writeheader()
    for row in (case_fields(bundle), *map(entry_fields, bundle.entries())):
        table.writerow({name: _cell(value) for name, value in row.items()})
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def read_csv(data: str, name: str) -> Bundle:
    """The bundle that Fother wrote as a table. Raises InputFileError."""
    try:
        return bundle_of(_rows(data), name)
    except (csv.Error, json.JSONDecodeError, RecursionError) as error:
        raise InputFileError(f"{name} is no table that Fother wrote ({error}).") from None


def _rows(data: str) -> Iterator[dict[str, Any]]:
    for row in csv.DictReader(io.StringIO(data, newline=""), strict=True):
        found: dict[str, Any] = {}
        for column, cell in row.items():
            if column in COLUMNS and cell:
                text = cell[1:] if cell.startswith("'") else cell
                found[column] = json.loads(text) if column in _LISTS else text
        yield found
