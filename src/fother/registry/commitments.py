"""Decoys, copies that are ready to be sent, and commitments. Every function works inside the caller's
transaction.

A decoy is a copy that nobody gets: it takes an index among those of an issue and is committed like the
others. What is ready has been made and read back, but not written anywhere; the commitment of an issue binds
all that is ready, and only then are files written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from fother.errors import RegistryError
from fother.registry import schema
from fother.registry.records import CommitmentRecord, CommittedLeaf, Decoy, ReadyCopy

_LEAF = 8 + 32 + 32
_NOBODY = bytes(32)  # in place of an identity


def enter_decoys(connection: Connection, decoys: Iterable[Decoy]) -> None:
    values = [{"id": d.id, "edition": d.edition, "number": d.index, "issue": d.issue} for d in decoys]
    if values:
        connection.execute(insert(schema.decoy), values)


def decoys(connection: Connection, *, edition: str | None = None, issue: str | None = None) -> list[Decoy]:
    """Decoys of an edition, of an issue or of all, by edition and index."""
    table = schema.decoy
    query = select(table).order_by(table.c.edition, table.c.number)
    for column, wanted in (("edition", edition), ("issue", issue)):
        if wanted is not None:
            query = query.where(table.c[column] == wanted)
    return [Decoy(row.id, row.edition, row.number, row.issue) for row in connection.execute(query)]


def numbers(connection: Connection, issue: str) -> dict[int, str]:
    """The ids of all that an issue reserved, decoys included, by index."""
    copy, decoy = schema.copy.c, schema.decoy.c
    given = select(copy.number, copy.id).where(copy.issue == issue)
    nobody = select(decoy.number, decoy.id).where(decoy.issue == issue)
    return {row.number: row.id for row in connection.execute(given.union_all(nobody))}


def ready(connection: Connection, issue: str) -> dict[int, ReadyCopy]:
    """What has been made for an issue, by index."""
    table = schema.ready
    query = select(table).where(table.c.issue == issue)
    return {
        row.number: ReadyCopy(row.number, row.sha256, row.size, row.log10_lr)
        for row in connection.execute(query)
    }


def make_ready(connection: Connection, issue: Row[Any], made: Sequence[ReadyCopy]) -> None:
    """Note copies that were made and read back; the last making counts until the issue is committed.

    Raises RegistryError for indices that the issue did not reserve, and after its commitment.
    """
    reserved = numbers(connection, issue.id)
    if any(copy.index not in reserved for copy in made):
        raise RegistryError(f"Issue {issue.id} did not reserve all these copies.")
    if of_issue(connection, issue.id) is not None:
        raise RegistryError(f"Issue {issue.id} is committed, so its copies can no more be made anew.")
    for copy in made:
        facts = {"issue": issue.id, "sha256": copy.sha256, "size": copy.size, "log10_lr": copy.log10_lr}
        entry = upsert(schema.ready).values(edition=issue.edition, number=copy.index, **facts)
        connection.execute(entry.on_conflict_do_update(["edition", "number"], set_=facts))


def commit(
    connection: Connection,
    issue: Row[Any],
    digest: str,
    header: bytes,
    leaves: Sequence[CommittedLeaf],
    entry: int,
    now: datetime,
) -> None:
    """Enter the commitment of an issue; `entry` is the number of its entry in the log.

    Raises RegistryError unless it is about exactly the copies that are ready.
    """
    made = {index: copy.sha256 for index, copy in ready(connection, issue.id).items()}
    nobody = {decoy.index for decoy in decoys(connection, issue=issue.id)}
    told = {leaf.index: leaf.sha256 for leaf in leaves}
    unnamed = {leaf.index for leaf in leaves if leaf.identity is None}
    if told != made or told.keys() != numbers(connection, issue.id).keys() or unnamed != nobody:
        raise RegistryError(f"The commitment of issue {issue.id} is not about the copies that are ready.")
    connection.execute(
        insert(schema.commitment).values(
            digest=digest,
            issue=issue.id,
            edition=issue.edition,
            header=header,
            leaves=encode_leaves(leaves),
            entry=entry,
            made_at=now,
        )
    )


def of_issue(connection: Connection, issue: str) -> CommitmentRecord | None:
    query = select(schema.commitment).where(schema.commitment.c.issue == issue)
    row = connection.execute(query).one_or_none()
    return None if row is None else record(row)


def listed(connection: Connection, edition: str | None = None) -> tuple[CommitmentRecord, ...]:
    """Commitments in the order of the log."""
    table = schema.commitment
    query = select(table).order_by(table.c.entry)
    if edition is not None:
        query = query.where(table.c.edition == edition)
    return tuple(record(row) for row in connection.execute(query))


def record(row: Row[Any]) -> CommitmentRecord:
    """Raises RegistryError when the leaves are damaged."""
    fields = dict(row._mapping)
    return CommitmentRecord(leaves=decode_leaves(fields.pop("leaves")), **fields)


def encode_leaves(leaves: Sequence[CommittedLeaf]) -> bytes:
    """Index (8 bytes), identity (32, zeros for nobody) and file (32) of each, by index."""
    return b"".join(
        leaf.index.to_bytes(8, "big") + (leaf.identity or _NOBODY) + bytes.fromhex(leaf.sha256)
        for leaf in sorted(leaves, key=lambda leaf: leaf.index)
    )


def decode_leaves(untrusted: bytes) -> tuple[CommittedLeaf, ...]:
    if len(untrusted) % _LEAF:
        raise RegistryError("A commitment is damaged; restore the registry from your backup.")
    parts = (untrusted[at : at + _LEAF] for at in range(0, len(untrusted), _LEAF))
    return tuple(
        CommittedLeaf(
            int.from_bytes(part[:8], "big"), None if part[8:40] == _NOBODY else part[8:40], part[40:].hex()
        )
        for part in parts
    )


def clear_ready(connection: Connection, issue: str) -> None:
    """Forget what is ready of an issue that is complete: the copies themselves say it now."""
    connection.execute(delete(schema.ready).where(schema.ready.c.issue == issue))


def named(connection: Connection, edition: str, index: int) -> str | None:
    """The id of the decoy at an index of an edition; None where there is none."""
    table = schema.decoy.c
    query = select(table.id).where(table.edition == edition, table.number == index)
    return connection.execute(query).scalar_one_or_none()
