"""Issues and copies: an index is reserved before its file is made, and never given to anyone else.

A reservation is idempotent: the same rows for the same edition give the same issue, in whatever state it is,
so a command that was interrupted at any moment is resumed by running it again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from fother.errors import CopyCheckError, NotFoundError, RegistryError
from fother.registry import commitments, ids, keys, recipients, rows, schema
from fother.registry.ids import Entropy
from fother.registry.recipients import Sealing
from fother.registry.records import (
    Copy,
    Decoy,
    Edition,
    Entry,
    Issue,
    IssuedFile,
    RecipientRow,
    Reservation,
)
from fother.registry.seals import envelope
from fother.registry.seals.envelope import Envelope
from fother.verify import identity as identities


def request_hash(given: Sequence[RecipientRow]) -> str:
    """What makes two reservations of an edition the same: all that the rows say, in their order."""
    # A blank line more or less in the file does not make it another list.
    plain = [dataclasses.asdict(dataclasses.replace(row, line=0)) for row in given]
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def reserve(
    connection: Connection,
    edition: Edition,
    key: bytes,
    given: Sequence[RecipientRow],
    sealing: Sealing,
    *,
    source: str,
    parameters: Mapping[str, Any],
    now: datetime,
    entropy: Entropy,
    decoys: int = 0,
) -> tuple[Reservation, bool]:
    """The issue of these rows, and whether it is new.

    Who has a copy of the edition keeps it, the others get the next indices; so many `decoys` lie among them,
    none when nobody gets a new copy.

    Raises RecipientListError for rows that no issue can be made of.
    """
    recipients.check_rows(given)
    request = sealing.mark(request_hash(given))
    same = (schema.issue.c.edition == edition.id) & (schema.issue.c.request == request)
    known = connection.execute(select(schema.issue.c.id).where(same)).scalar_one_or_none()
    if known is not None:
        return reservation(connection, known), False

    people = recipients.enter(connection, given, sealing, now, entropy)
    (issue,) = rows.fresh_ids(connection, schema.issue, "I", 1, entropy)
    connection.execute(
        insert(schema.issue).values(
            id=issue,
            document=edition.document,
            edition=edition.id,
            made_at=now,
            parameters=dict(parameters),
            request=request,
            state="open",
        )
    )
    owners = {row.row: people[recipients.identity(row)] for row in given}
    copies = _copies_of(connection, edition.id, [owner.id for owner in owners.values()])
    next_index = copies_count(connection, edition.id)
    newcomers = len({owner.id for owner in owners.values()} - copies.keys())
    hidden = keys.decoy_places(key, next_index, newcomers, decoys if newcomers else 0)
    new, entries = [], []
    for row in given:
        owner, salt = owners[row.row], b""
        if owner.id not in copies:
            while next_index in hidden:
                next_index += 1
            copies[owner.id] = ids.copy_id(edition.id, next_index)
            salt = entropy(identities.SALT_BYTES)
            new.append(
                {
                    "id": copies[owner.id],
                    "document": edition.document,
                    "edition": edition.id,
                    "number": next_index,
                    "recipient": owner.id,
                    "issue": issue,
                    "row": row.row,
                    "stamp_hash": keys.stamp_hash(keys.stamp(key, next_index)),
                    "reserved_at": now,
                    "state": "reserved",
                    "identity": identities.commitment(salt, envelope.identity(row)),
                }
            )
            next_index += 1
        sealed = envelope.seal(Envelope(issue, copies[owner.id], source, row, salt), owner.public)
        entries.append({"issue": issue, "row": row.row, "copy": copies[owner.id], "sealed": sealed})
    if new:
        connection.execute(insert(schema.copy), new)
    commitments.enter_decoys(
        connection, (Decoy(ids.copy_id(edition.id, k), edition.id, k, issue) for k in sorted(hidden))
    )
    connection.execute(insert(schema.entry), entries)
    return reservation(connection, issue), True


def _copies_of(connection: Connection, edition: str, owners: Sequence[str]) -> dict[str, str]:
    table = schema.copy
    found: dict[str, str] = {}
    for part in rows.chunks(owners):
        query = select(table.c.recipient, table.c.id).where(
            table.c.edition == edition, table.c.recipient.in_(part)
        )
        found.update((owner, name) for owner, name in connection.execute(query))
    return found


def copies_count(connection: Connection, edition: str) -> int:
    """How many indices of an edition are taken, reserved ones and decoys included; the next free one."""
    tops = (select(func.max(t.c.number)).where(t.c.edition == edition) for t in (schema.copy, schema.decoy))
    found = (connection.execute(top).scalar_one() for top in tops)
    return max((int(top) + 1 for top in found if top is not None), default=0)


def reservation(connection: Connection, issue: str) -> Reservation:
    """An issue by its exact id with all its rows."""
    made = rows.issue(connection.execute(select(schema.issue).where(schema.issue.c.id == issue)).one())
    entry = schema.entry.c
    links = connection.execute(
        select(entry.row, entry.copy).where(entry.issue == issue).order_by(entry.row)
    ).all()
    table = schema.copy
    query = select(table).where(table.c.id.in_(select(entry.copy).where(entry.issue == issue)))
    copies = {row.id: rows.copy(row) for row in connection.execute(query)}
    people = recipients.some(connection, [copy.recipient for copy in copies.values()])
    return Reservation(
        made,
        tuple(Entry(link.row, copies[link.copy], people[copies[link.copy].recipient]) for link in links),
    )


def mark_issued(connection: Connection, files: Sequence[IssuedFile], now: datetime) -> tuple[Copy, ...]:
    """Turn reserved copies into issued ones; a copy issued before with the same bytes stays as it is.

    Raises NotFoundError for an unknown copy, RegistryError when a copy was issued with other bytes,
    CopyCheckError when the evidence is not a number.
    """
    table = schema.copy
    before = some(connection, [file.copy for file in files])
    changes: dict[str, dict[str, Any]] = {}
    for file in files:
        if not math.isfinite(file.log10_lr):
            raise CopyCheckError(f"Copy {file.copy} gave no evidence of its own marks, so it was not issued.")
        copy = before.get(file.copy)
        if copy is None:
            raise NotFoundError(
                f"No copy has the id '{file.copy}'"
                f"{rows.near_sentence(rows.near_ids(connection, table, file.copy))}."
            )
        earlier = copy.sha256 or changes.get(copy.id, {}).get("sha256")
        if earlier not in (None, file.sha256):
            raise RegistryError(
                f"Copy {copy.id} was issued before with other bytes; the file made now must not be sent."
            )
        if copy.state == "reserved":
            changes[copy.id] = {"b_id": copy.id, "state": "issued", "issued_at": now} | {
                name: getattr(file, name) for name in ("sha256", "size", "file_name", "log10_lr")
            }
    if changes:
        names = ("state", "issued_at", "sha256", "size", "file_name", "log10_lr")
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values({name: bindparam(name) for name in names}),
            list(changes.values()),
        )
    after = some(connection, [file.copy for file in files])
    return tuple(after[file.copy] for file in files)


def complete(connection: Connection, issue: str, now: datetime) -> Issue:
    """Close an issue (again is fine). Raises RegistryError while copies of it are still to be made."""
    entry, copy = schema.entry.c, schema.copy.c
    waiting = connection.execute(
        select(func.count())
        .select_from(schema.entry.join(schema.copy, entry.copy == copy.id))
        .where(entry.issue == issue, copy.state == "reserved")
    ).scalar_one()
    if waiting:
        raise RegistryError(
            f"Issue {issue} still has {waiting} copies to be made; run the same command again to resume it."
        )
    table = schema.issue
    connection.execute(
        update(table)
        .where(table.c.id == issue, table.c.state == "open")
        .values(state="complete", completed_at=now)
    )
    return rows.issue(connection.execute(select(table).where(table.c.id == issue)).one())


def listed(connection: Connection, document: str | None) -> tuple[Issue, ...]:
    table = schema.issue
    query = select(table).order_by(table.c.made_at, table.c.id)
    if document is not None:
        query = query.where(table.c.document == document)
    return tuple(rows.issue(row) for row in connection.execute(query))


def identity_commitment(connection: Connection, copy: str) -> bytes:
    """What is committed of whom a copy belongs to, 32 bytes; `copy` is its exact id."""
    query = select(schema.copy.c.identity).where(schema.copy.c.id == copy)
    return bytes(connection.execute(query).scalar_one())


def some(connection: Connection, wanted: Sequence[str]) -> dict[str, Copy]:
    table = schema.copy
    found: dict[str, Copy] = {}
    for part in rows.chunks(list(dict.fromkeys(wanted))):
        for row in connection.execute(select(table).where(table.c.id.in_(part))):
            found[row.id] = rows.copy(row)
    return found


def copies(
    connection: Connection,
    *,
    document: str | None = None,
    edition: str | None = None,
    recipient: str | None = None,
) -> tuple[Copy, ...]:
    """Copies that fit all given ids, by document, edition and index."""
    table = schema.copy
    query = select(table)
    for column, wanted in (("document", document), ("edition", edition), ("recipient", recipient)):
        if wanted is not None:
            query = query.where(table.c[column] == wanted)
    order = (table.c.document, func.length(table.c.edition), table.c.edition, table.c.number)
    return tuple(rows.copy(row) for row in connection.execute(query.order_by(*order)))


def at(connection: Connection, edition: str, index: int) -> Copy:
    table = schema.copy
    row = connection.execute(
        select(table).where(table.c.edition == edition, table.c.number == index)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"Edition {edition} has no copy with index {index}.")
    return rows.copy(row)


def with_stamp(connection: Connection, hashed: str) -> Copy | None:
    table = schema.copy
    row = connection.execute(select(table).where(table.c.stamp_hash == hashed)).one_or_none()
    return None if row is None else rows.copy(row)
