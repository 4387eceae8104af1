"""Documents, their blobs and their editions. Every function works inside the caller's transaction."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import TypeGuard

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from fother.errors import NotFoundError, RegistryError
from fother.registry import ids, rows, schema
from fother.registry.ids import Entropy
from fother.registry.records import BlobRole, Document, Edition


def note_blob(connection: Connection, sha256: str, size: int, now: datetime) -> None:
    """Enter a stored blob, so that rows may refer to it and a check looks for it."""
    entry = upsert(schema.blob).values(sha256=sha256, size=size, added_at=now)
    connection.execute(entry.on_conflict_do_nothing())


def with_sha256(connection: Connection, sha256: str) -> Document | None:
    found = connection.execute(select(schema.document).where(schema.document.c.sha256 == sha256))
    return next(iter(rows.documents(connection, found)), None)


def add(
    connection: Connection,
    *,
    title: str,
    file_name: str,
    media_type: str,
    pages: int,
    public: bool,
    blobs: Mapping[BlobRole, tuple[str, int]],
    now: datetime,
    entropy: Entropy,
) -> tuple[Document, bool]:
    """Enter a document; `blobs` are the SHA-256 and size of what is already stored, with the original.

    Returns the document that has the same original, unchanged, when there is one; and whether it is new.
    """
    sha256, size = blobs["original"]
    known = with_sha256(connection, sha256)
    if known is not None:
        return known, False
    for name, length in blobs.values():
        note_blob(connection, name, length, now)
    (made,) = rows.fresh_ids(connection, schema.document, "D", 1, entropy)
    connection.execute(
        insert(schema.document).values(
            id=made,
            title=title,
            file_name=file_name,
            sha256=sha256,
            size=size,
            media_type=media_type,
            pages=pages,
            registered_at=now,
            public=public,
        )
    )
    connection.execute(
        insert(schema.document_blob),
        [{"document": made, "role": role, "sha256": name} for role, (name, _) in blobs.items()],
    )
    document = with_sha256(connection, sha256)
    assert document is not None  # noqa: S101  # just inserted in this transaction
    return document, True


def set_blob(
    connection: Connection, document: str, role: BlobRole, sha256: str, size: int, now: datetime
) -> None:
    """Give a document another blob of a role; its editions keep the ones they have."""
    note_blob(connection, sha256, size, now)
    entry = upsert(schema.document_blob).values(document=document, role=role, sha256=sha256)
    connection.execute(entry.on_conflict_do_update(["document", "role"], set_={"sha256": sha256}))


def set_public(connection: Connection, document: str, public: bool) -> None:
    table = schema.document
    connection.execute(update(table).where(table.c.id == document).values(public=public))


def listed(connection: Connection) -> tuple[Document, ...]:
    table = schema.document
    query = select(table).order_by(table.c.registered_at, table.c.id)
    return rows.documents(connection, connection.execute(query))


def media_types(connection: Connection) -> dict[str, str]:
    table = schema.document.c
    return {row.id: row.media_type for row in connection.execute(select(table.id, table.media_type))}


def find(connection: Connection, reference: str) -> Document:
    """The document with this id, title or file name (case does not matter), or the only one whose id starts
    like this (three characters after "D-" are enough, "D-" may be left out).

    Raises NotFoundError with near matches, or with the ids that fit when there are several.
    """
    table = schema.document
    wanted = ids.normalise(reference)
    exact = connection.execute(select(table).where(table.c.id == wanted)).all()
    if not exact:
        named = reference.strip().casefold()
        everything = connection.execute(select(table.c.id, table.c.title, table.c.file_name)).all()
        for column in ("title", "file_name"):
            found = [row.id for row in everything if getattr(row, column).casefold() == named]
            if len(found) > 1:
                raise NotFoundError(rows.ambiguous(reference, found))
            if found:
                exact = connection.execute(select(table).where(table.c.id == found[0])).all()
                break
    if not exact:
        short = wanted or ids.normalise(f"D-{reference.strip()}")
        fitting = rows.starting_with(connection, table, short) if _may_be_short(short) else []
        if len(fitting) > 1:
            raise NotFoundError(rows.ambiguous(reference, [row.id for row in fitting]))
        if not fitting:
            raise NotFoundError(_nothing_called(connection, reference, short))
        exact = fitting
    (document,) = rows.documents(connection, exact)
    return document


def _may_be_short(wanted: str | None) -> TypeGuard[str]:
    return wanted is not None and wanted.startswith("D-") and len(wanted) >= 2 + rows.MIN_PREFIX


def _nothing_called(connection: Connection, reference: str, short: str | None) -> str:
    table = schema.document
    typed = short or reference.strip().upper()
    near = rows.near_ids(connection, table, typed) if typed.startswith("D-") else []
    titles = connection.execute(select(table.c.title, table.c.id)).all()
    by_title = {title.casefold(): f"'{title}' ({owner})" for title, owner in titles}
    close = difflib.get_close_matches(reference.strip().casefold(), list(by_title), n=3, cutoff=0.6)
    near += [by_title[title] for title in close if not any(known in by_title[title] for known in near)]
    return f"No document has the id or title '{reference}'{rows.near_sentence(near[:3])}."


def edition(
    connection: Connection, document: Document, resistance: int, strength: float, now: datetime
) -> Edition:
    """The edition of the document's present carriers under these parameters, made when there is none.

    Raises RegistryError when the document has no carriers.
    """
    carriers = document.blobs.get("carriers")
    if carriers is None:
        raise RegistryError(f"Document {document.id} has no carriers yet; register its file again.")
    table = schema.edition
    same = (
        (table.c.document == document.id)
        & (table.c.resistance == resistance)
        & (table.c.strength == strength)
        & (table.c.carriers == carriers)
    )
    known = connection.execute(select(table).where(same)).one_or_none()
    if known is None:
        number = connection.execute(
            select(func.count()).select_from(table).where(table.c.document == document.id)
        ).scalar_one()
        connection.execute(
            insert(table).values(
                id=ids.edition_id(document.id, number),
                document=document.id,
                number=number,
                resistance=resistance,
                strength=strength,
                carriers=carriers,
                template=document.blobs.get("template"),
                made_at=now,
            )
        )
        known = connection.execute(select(table).where(same)).one()
    elif known.template is None and document.blobs.get("template") is not None:
        # It was asked for before the template was ready, so no copy of it has been made yet.
        change = update(table).where(table.c.id == known.id)
        connection.execute(change.values(template=document.blobs["template"]))
        known = connection.execute(select(table).where(same)).one()
    return rows.edition(known)


def editions(connection: Connection, document: str) -> tuple[Edition, ...]:
    table = schema.edition
    found = connection.execute(select(table).where(table.c.document == document).order_by(table.c.number))
    return tuple(rows.edition(row) for row in found)
