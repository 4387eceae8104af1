"""Recipient lists as people export them, read strictly: every problem is told, with its line, before
anything is made.

A list is CSV (RFC 4180) with a header. Comma, semicolon or tab separate the columns; the order and the case
of the headers do not matter, and common names of the columns are understood. Columns that are not understood
are kept as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from fother.errors import RecipientListError
from fother.registry.recipients import folded, identity
from fother.registry.records import RecipientRow

DELIMITERS = (",", ";", "\t")
SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "recipient", "recipientname", "displayname", "contact", "contactname"),
    "email": ("email", "mail", "emailaddress", "mailaddress", "emailaddr", "recipientemail", "mailto"),
    "organisation": (
        "organisation",
        "organization",
        "org",
        "company",
        "companyname",
        "firm",
        "employer",
        "institution",
        "affiliation",
    ),
    "partner": ("partner", "partnername", "partnerorganisation", "partnerorganization"),
    "role": ("role", "function", "position", "jobtitle"),
    "first name": ("firstname", "givenname", "forename"),
    "last name": ("lastname", "surname", "familyname"),
}
MAX_BYTES = 64 * 1024 * 1024
MAX_SHOWN = 100  #: problems in one message

_FIELD_OF = {synonym: field for field, synonyms in SYNONYMS.items() for synonym in synonyms}
_MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3 less the angle brackets
_LOCAL = r"[^\s@,;:<>()\[\]\"\\\x00-\x20\x7f]+"
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_EMAIL = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
# NUL and other control characters never belong into a name; tabs and line breaks may be quoted.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Tell = Callable[[str], None]


@dataclass(frozen=True)
class _Record:
    """One non-blank line of the file, or several when a quoted field holds line breaks."""

    line: int
    cells: list[str]


def read_recipients(path: Path, tell: Tell | None = None) -> list[RecipientRow]:
    """The rows of a recipient list.

    Rows are numbered from 1 as CSV readers do: lines without any character do not count, lines of
    nothing but separators do, though both are skipped. The text is UTF-8 with or without a byte order mark
    (UTF-16 with one). A file in another encoding is read as Windows-1252 only when `tell` can be called to
    say so, as names might come out wrong; without it, it is refused.

    Raises RecipientListError with every problem of the file and its lines: no header, no rows, rows without
    name and e-mail, malformed e-mail addresses, the same e-mail address twice, the same name and organisation
    twice where an e-mail address is missing to tell them apart, too many columns, broken quotes.
    """
    text = _decode(path, _bytes(path), tell)
    delimiter, body = _delimiter(text)
    problems: list[str] = []
    records = _records(body, delimiter, problems)
    header = next(records, None)
    if header is None:
        _refuse(path, problems or ["The file is empty; give a header line and one line for each recipient."])
    columns = _columns(header, problems)
    if columns is None:
        _refuse(path, problems)
    rows = []
    number = 0
    for record in records:
        number += 1
        if not any(cell.strip() for cell in record.cells):
            continue
        rows.append(_row(number, record, header, columns, problems))
    if not rows and not problems:
        problems.append("There is a header but no recipient; add one line for each.")
    problems += _duplicates(rows)
    if problems:
        _refuse(path, problems)
    return rows


def _refuse(path: Path, problems: Sequence[str]) -> NoReturn:
    if len(problems) == 1:
        raise RecipientListError(f"{path.name}: {problems[0]} Nothing was made.")
    shown = [f"  {problem}" for problem in problems[:MAX_SHOWN]]
    if len(problems) > MAX_SHOWN:
        shown.append(f"  … and {len(problems) - MAX_SHOWN} more.")
    lines = "\n".join(shown)
    raise RecipientListError(f"{path.name} has {len(problems)} problems; nothing was made:\n{lines}")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise RecipientListError(f"There is no recipient list {path}; check the name.") from error
    except OSError as error:
        raise RecipientListError(f"The recipient list {path} cannot be read ({error.strerror}).") from error
    if len(data) > MAX_BYTES:
        raise RecipientListError(
            f"The recipient list {path} is larger than {MAX_BYTES >> 20} MiB; split it into several."
        )
    return data


def _decode(path: Path, data: bytes, tell: Tell | None) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            _refuse(path, ["The text is broken UTF-16; save it as UTF-8."])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = None
    if text is None or tell is None:
        _refuse(path, [f"Line {line} is not UTF-8; save the file as UTF-8."])
    tell(
        f"{path.name} is not UTF-8 (line {line}) and was read as Windows-1252; "
        "check the names, or save the file as UTF-8."
    )
    return text


def _delimiter(text: str) -> tuple[str, str]:
    """The separator of the columns, and the text with Excel's "sep=" line emptied, so that lines count."""
    announced = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    if announced:
        return announced[1], text[announced.end(1) :]

    def understood(delimiter: str) -> tuple[int, int]:
        header = next(_records(text, delimiter, []), None)
        cells = header.cells if header else []
        return sum(_key(cell) in _FIELD_OF for cell in cells), len(cells)

    return max(DELIMITERS, key=understood), text


def _records(text: str, delimiter: str, problems: list[str]) -> Iterator[_Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(f"Line {line}: the quotes or the length of a field are broken ({error}).")
            return
        if cells:
            yield _Record(line, cells)
        line = reader.line_num + 1


def _key(header: str) -> str:
    return re.sub(r"[\W_]", "", folded(header))


def _columns(header: _Record, problems: list[str]) -> list[str] | None:
    """For each column the field that it fills, or "" for an extra column; None when this is no header."""
    columns = [_FIELD_OF.get(_key(cell), "") for cell in header.cells]
    if not {"name", "email", "first name", "last name"} & set(columns):
        problems.append(
            f"Line {header.line} is no header with a column 'name' or 'email'; add one above the recipients."
        )
        return None
    for field, count in Counter(columns).items():
        if field and count > 1:
            twice = [
                cell.strip() for cell, column in zip(header.cells, columns, strict=True) if column == field
            ]
            problems.append(
                f"Line {header.line}: several columns mean '{field}' ({', '.join(twice)}); keep one."
            )
    extras = Counter(
        cell.strip()
        for cell, column in zip(header.cells, columns, strict=True)
        if not column and cell.strip()
    )
    for name, count in extras.items():
        if count > 1:
            problems.append(f"Line {header.line}: {count} columns are called '{name}'; rename them.")
    return columns


def _row(
    number: int, record: _Record, header: _Record, columns: Sequence[str], problems: list[str]
) -> RecipientRow:
    place = f"Line {record.line} (row {number})"
    cells = [cell.strip() for cell in record.cells]
    while len(cells) > len(columns) and not cells[-1]:
        cells.pop()
    if len(cells) > len(columns):
        problems.append(
            f"{place}: {len(cells)} columns, the header has {len(columns)}; "
            "put quotes around text that holds the separator."
        )
        cells = cells[: len(columns)]
    cells += [""] * (len(columns) - len(cells))

    fields: dict[str, str] = {}
    extra: dict[str, str] = {}
    for position, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        title = header.cells[position].strip()
        if _CONTROL.search(cell):
            problems.append(f"{place}: column {position + 1} holds control characters; type it anew.")
        if column:
            # A line break in a name is one of its lay-out, in an extra column it may be meant.
            fields.setdefault(column, " ".join(cell.split()))
        elif title:
            extra[title] = cell
        elif cell:
            problems.append(f"{place}: column {position + 1} holds '{cell[:40]}' but its header is empty.")
    joined = f"{fields.get('first name', '')} {fields.get('last name', '')}".strip()
    name, email = fields.get("name", "") or joined, fields.get("email", "")
    if not name and not email:
        problems.append(f"{place}: neither name nor e-mail; give one of them.")
    if email and not is_email(email):
        problems.append(f"{place}: '{email}' is no e-mail address.")
    return RecipientRow(
        row=number,
        line=record.line,
        name=name,
        email=email,
        organisation=fields.get("organisation", ""),
        partner=fields.get("partner", ""),
        role=fields.get("role", ""),
        extra=extra,
    )


def is_email(text: str) -> bool:
    """Whether a text looks like one e-mail address: local part, @, domain with a dot; nothing quoted."""
    local = text.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return len(text) <= _MAX_EMAIL and not dots and _EMAIL.fullmatch(text) is not None


def _duplicates(rows: Sequence[RecipientRow]) -> Iterator[str]:
    by_email: dict[str, RecipientRow] = {}
    by_name: dict[tuple[str, str], list[RecipientRow]] = {}
    for row in rows:
        who = f"Line {row.line} (row {row.row})"
        if row.email:
            first = by_email.setdefault(identity(row), row)
            if first is not row:
                yield f"{who}: the same e-mail address {row.email} as in line {first.line} (row {first.row})."
        if not row.name:
            continue
        namesakes = by_name.setdefault((folded(row.name), folded(row.organisation)), [])
        # Two people may share a name when their addresses tell them apart.
        first_like = next((other for other in namesakes if not (other.email and row.email)), None)
        if first_like is not None:
            of = f" of {row.organisation}" if row.organisation else ""
            yield (
                f"{who}: the same name {row.name}{of} as in line {first_like.line} (row {first_like.row}); "
                "give both an e-mail address to tell them apart, or drop one."
            )
        namesakes.append(row)
