"""Sightings and identifications. Every function works inside the caller's transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from fother.errors import RegistryError
from fother.registry import rows, schema
from fother.registry.documents import note_blob
from fother.registry.ids import Entropy
from fother.registry.records import Artefact, IdentificationRecord, SightingRecord
from fother.registry.traces import finite


def storable(untrusted_text: str) -> str:
    """Text that a database takes: what is no character (half a surrogate pair) is written as its code."""
    return untrusted_text.encode("utf-8", "backslashreplace").decode()


def add(
    connection: Connection,
    *,
    blob: tuple[str, int],
    text_blob: tuple[str, int] | None,
    name: str,
    media_type: str,
    source: str,
    found_at: datetime | None,
    isolation: str,
    metadata: Mapping[str, str],
    notes: Sequence[str],
    parent: str | None,
    now: datetime,
    entropy: Entropy,
) -> tuple[SightingRecord, bool]:
    """Enter a sighting; the same one, unchanged, when there is one. Also tells whether it is new.

    `blob` and `text_blob` are the SHA-256 and size of what is already stored.
    Raises NotFoundError for an unknown parent.
    """
    table = schema.sighting
    owner = None if parent is None else rows.by_id(connection, table, parent, shorten=False).id
    source = storable(source).strip()
    same = (
        (table.c.sha256 == blob[0])
        & (table.c.source == source)
        & table.c.found_at.is_not_distinct_from(found_at)
        & table.c.parent.is_not_distinct_from(owner)
    )
    known = connection.execute(select(table).where(same)).one_or_none()
    if known is not None:
        return rows.sighting(known), False
    for stored in (blob, text_blob):
        if stored is not None:
            note_blob(connection, *stored, now)
    (made,) = rows.fresh_ids(connection, table, "L", 1, entropy)
    connection.execute(
        insert(table).values(
            id=made,
            sha256=blob[0],
            name=storable(name),
            media_type=storable(media_type),
            size=blob[1],
            received_at=now,
            source=source,
            found_at=found_at,
            isolation=storable(isolation),
            text=None if text_blob is None else text_blob[0],
            metadata={storable(key): storable(value) for key, value in metadata.items()},
            notes=[storable(note) for note in notes],
            parent=owner,
        )
    )
    return rows.sighting(rows.exact(connection, table, made)), True


def listed(connection: Connection) -> tuple[SightingRecord, ...]:
    table = schema.sighting
    found = connection.execute(select(table).order_by(table.c.received_at, table.c.id))
    return tuple(rows.sighting(row) for row in found)


def record_identification(
    connection: Connection,
    *,
    artefacts: Sequence[Artefact],
    result: Mapping[str, Any],
    report: str | None,
    now: datetime,
    entropy: Entropy,
) -> IdentificationRecord:
    """Enter an identification; `report` is the SHA-256 of a blob that is entered already.

    Raises NotFoundError for an unknown sighting, RegistryError for the sighting of another file.
    """
    for artefact in artefacts:
        if artefact.sighting is not None:
            kept = rows.by_id(connection, schema.sighting, artefact.sighting, shorten=False)
            if kept.sha256 != artefact.sha256:
                raise RegistryError(f"Sighting {kept.id} is not of {artefact.name}; give its own.")
    table = schema.identification
    (made,) = rows.fresh_ids(connection, table, "M", 1, entropy)
    connection.execute(
        insert(table).values(
            id=made,
            made_at=now,
            artefacts=[dataclasses.asdict(artefact) for artefact in artefacts],
            result=finite(result),
            report=report,
        )
    )
    return rows.identification(connection.execute(select(table).where(table.c.id == made)).one())


def identifications(connection: Connection) -> tuple[IdentificationRecord, ...]:
    table = schema.identification
    found = connection.execute(select(table).order_by(table.c.made_at, table.c.id))
    return tuple(rows.identification(row) for row in found)
