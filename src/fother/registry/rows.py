"""Rows of the database as records, and ids as people type them to rows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.sql.selectable import NamedFromClause

from fother.errors import NotFoundError, RegistryError
from fother.registry import ids, schema
from fother.registry.ids import Entropy
from fother.registry.records import (
    Artefact,
    Copy,
    Document,
    Edition,
    IdentificationRecord,
    Issue,
    Item,
    Recipient,
    SightingRecord,
    Trace,
)

CHUNK = 500  #: values in one statement; the smallest limit among SQLite builds is 999
_NEAR_POOL = 2000
MIN_PREFIX = 3  #: characters after "D-" that make a short id

Value = TypeVar("Value")


def chunks(items: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def documents(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[Document, ...]:
    """Document records of rows of the document table, with their blobs."""
    found = list(rows)
    blobs: dict[str, dict[str, str]] = {row.id: {} for row in found}
    roles = schema.document_blob.c
    for part in chunks(list(blobs)):
        query = select(roles.document, roles.role, roles.sha256).where(roles.document.in_(part))
        for owner, role, sha256 in connection.execute(query.order_by(roles.role)):
            blobs[owner][role] = sha256
    return tuple(Document(**row._mapping, blobs=blobs[row.id]) for row in found)


def edition(row: Row[Any]) -> Edition:
    return Edition(**row._mapping)


def recipient(row: Row[Any]) -> Recipient:
    return Recipient(row.id, row.added_at, row.erased_at)


def issue(row: Row[Any]) -> Issue:
    fields = dict(row._mapping)
    del fields["request"]
    return Issue(**fields)


def copy(row: Row[Any]) -> Copy:
    fields = dict(row._mapping)
    del fields["stamp_hash"], fields["identity"]
    return Copy(index=fields.pop("number"), **fields)


def trace(row: Row[Any]) -> Trace:
    fields = dict(row._mapping)
    artefacts = tuple(Artefact(**item) for item in fields.pop("artefacts"))
    return Trace(artefacts=artefacts, **fields)


def sighting(row: Row[Any]) -> SightingRecord:
    fields = dict(row._mapping)
    return SightingRecord(notes=tuple(fields.pop("notes")), **fields)


def identification(row: Row[Any]) -> IdentificationRecord:
    fields = dict(row._mapping)
    artefacts = tuple(Artefact(**item) for item in fields.pop("artefacts"))
    return IdentificationRecord(artefacts=artefacts, **fields)


def item(row: Row[Any]) -> Item:
    # By position, in the order of the columns: there can be tens of thousands.
    return Item(*tuple(row))


def fresh_ids(connection: Connection, table: Table, prefix: str, count: int, entropy: Entropy) -> list[str]:
    """`count` ids that the table does not have yet; call it in the transaction that stores them."""
    made: set[str] = set()
    for _ in range(100):
        wanted = [ids.random_id(prefix, entropy) for _ in range(count - len(made))]
        candidates = list(dict.fromkeys(wanted))
        taken: set[str] = set()
        for part in chunks(candidates):
            taken.update(connection.execute(select(table.c.id).where(table.c.id.in_(part))).scalars())
        made.update(candidate for candidate in candidates if candidate not in taken)
        if len(made) == count:
            return sorted(made)
    raise RegistryError("No free id was found in 100 tries; the source of randomness is broken.")


def exact(connection: Connection, table: Table, wanted: str) -> Row[Any]:
    """The row with exactly this id, which exists."""
    return connection.execute(select(table).where(table.c.id == wanted)).one()


def by_id(connection: Connection, table: NamedFromClause, text: str, *, shorten: bool = True) -> Row[Any]:
    """The row with an id, typed in any case, or (`shorten`) with the only id that starts like that.

    Raises NotFoundError with near matches, or with the ids that a short form could mean.
    """
    wanted = ids.normalise(text) or text.strip()
    row = connection.execute(select(table).where(table.c.id == wanted)).one_or_none()
    if row is not None:
        return row
    if shorten and ids.is_start(wanted, MIN_PREFIX):
        fitting = starting_with(connection, table, wanted)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise NotFoundError(ambiguous(text, [row.id for row in fitting]))
    raise NotFoundError(
        f"No {table.name} has the id '{text}'{near_sentence(near_ids(connection, table, wanted))}."
    )


def starting_with(connection: Connection, table: NamedFromClause, prefix: str) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.id.startswith(prefix, autoescape=True)).order_by(table.c.id).limit(10)
    return connection.execute(query).all()


def near_ids(connection: Connection, table: NamedFromClause, wanted: str) -> list[str]:
    """Ids of the table that resemble the wanted one, best first, at most three."""
    # Comparing with a million copies would take minutes, so only ids with the longest common start compete.
    for length in range(len(wanted), 0, -1):
        query = select(table.c.id).where(table.c.id.startswith(wanted[:length], autoescape=True))
        pool = connection.execute(query.order_by(table.c.id).limit(_NEAR_POOL)).scalars().all()
        near = difflib.get_close_matches(wanted, pool, n=3, cutoff=0.7)
        if near:
            return near
    return []


def near_sentence(near: Sequence[str]) -> str:
    return f"; near are {', '.join(near)}" if near else ""


def ambiguous(text: str, fitting: Sequence[str]) -> str:
    shown = ", ".join(fitting[:5]) + (", …" if len(fitting) > 5 else "")
    return f"'{text}' fits several entries ({shown}); give one of these ids."
