"""Who may get copies: one entry for one identity, over all issues."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from fother.errors import NotFoundError, RecipientListError
from fother.registry import ids, rows, schema
from fother.registry.ids import Entropy
from fother.registry.records import Recipient, RecipientRow

_FIELDS = ("name", "email", "organisation", "partner", "role")


def folded(text: str) -> str:
    """Text for comparison: compatibility forms, case and runs of white space do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def identity(row: RecipientRow) -> str:
    """What makes two rows the same recipient: the e-mail address, else the name and the organisation."""
    if row.email.strip():
        return f"email|{folded(row.email)}"
    return f"name|{folded(row.name)}|{folded(row.organisation)}"


def check_rows(given: Sequence[RecipientRow]) -> None:
    """Refuse rows that no issue can be made of: none at all, without name and e-mail, or the same twice.

    Raises RecipientListError.
    """
    if not given:
        raise RecipientListError("The recipient list is empty; give at least one recipient.")
    seen: dict[str, int] = {}
    numbers: set[int] = set()
    for row in given:
        if not (row.name.strip() or row.email.strip()):
            raise RecipientListError(f"Row {row.row} has neither name nor e-mail; give one of them.")
        who = identity(row)
        if who in seen:
            raise RecipientListError(
                f"Rows {seen[who]} and {row.row} are the same recipient ({row.email or row.name}); drop one."
            )
        if row.row in numbers or row.row < 1:
            raise RecipientListError(
                f"Row number {row.row} is used twice or below 1; number the rows from 1."
            )
        seen[who] = row.row
        numbers.add(row.row)


def enter(
    connection: Connection, given: Sequence[RecipientRow], now: datetime, entropy: Entropy
) -> dict[str, Recipient]:
    """The recipients of rows by identity; new ones are entered, known ones take over newer field values."""
    table = schema.recipient
    wanted = {identity(row): row for row in given}
    known: dict[str, Any] = {}
    for part in rows.chunks(list(wanted)):
        for row in connection.execute(select(table).where(table.c.identity.in_(part))):
            known[row.identity] = row
    new = [who for who in wanted if who not in known]
    made = rows.fresh_ids(connection, table, "R", len(new), entropy) if new else []
    added = [
        {"id": name, "identity": who, "added_at": now} | _fields(wanted[who], None)
        for name, who in zip(made, new, strict=True)
    ]
    if added:
        connection.execute(insert(table), added)
    changed = []
    for who, row in known.items():
        fields = _fields(wanted[who], row)
        if any(fields[name] != getattr(row, name) for name in fields):
            changed.append({"b_id": row.id} | fields)
    if changed:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values({name: bindparam(name) for name in (*_FIELDS, "extra")}),
            changed,
        )
    found: dict[str, Recipient] = {}
    for part in rows.chunks(list(wanted)):
        for row in connection.execute(select(table).where(table.c.identity.in_(part))):
            found[row.identity] = rows.recipient(row)
    return found


def _fields(row: RecipientRow, known: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: getattr(row, name).strip() or ("" if known is None else getattr(known, name))
        for name in _FIELDS
    }
    newer = {key: value for key, value in row.extra.items() if value}
    fields["extra"] = ({} if known is None else dict(known.extra)) | newer
    return fields


def listed(connection: Connection) -> tuple[Recipient, ...]:
    table = schema.recipient
    found = connection.execute(select(table).order_by(table.c.added_at, table.c.id))
    return tuple(rows.recipient(row) for row in found)


def some(connection: Connection, wanted: Iterable[str]) -> dict[str, Recipient]:
    table = schema.recipient
    found: dict[str, Recipient] = {}
    for part in rows.chunks(list(dict.fromkeys(wanted))):
        for row in connection.execute(select(table).where(table.c.id.in_(part))):
            found[row.id] = rows.recipient(row)
    return found


def find(connection: Connection, reference: str) -> Recipient:
    """The recipient with this id or e-mail address. Raises NotFoundError with near matches."""
    table = schema.recipient
    if ids.normalise(reference) is None:
        who = f"email|{folded(reference)}"
        row = connection.execute(select(table).where(table.c.identity == who)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"No recipient has the id or e-mail address '{reference}'; list them all to see."
            )
        return rows.recipient(row)
    return rows.recipient(rows.by_id(connection, table, reference))
