"""Traces as they were run. Every function works inside the caller's transaction."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from fother.registry import rows, schema
from fother.registry.ids import Entropy
from fother.registry.records import Artefact, Trace


def finite(value: Any) -> Any:
    """JSON values with None for what JSON has no word for: NaN and the infinities."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [finite(item) for item in value]
    return value


def record(
    connection: Connection,
    *,
    document: str | None,
    artefacts: Sequence[Artefact],
    parameters: Mapping[str, Any],
    verdict: Mapping[str, Any],
    report: str | None,
    evidence: str | None,
    now: datetime,
    entropy: Entropy,
) -> Trace:
    """Enter a trace; `report` and `evidence` are the SHA-256 of blobs that are entered already."""
    (made,) = rows.fresh_ids(connection, schema.trace, "T", 1, entropy)
    connection.execute(
        insert(schema.trace).values(
            id=made,
            made_at=now,
            document=document,
            artefacts=[dataclasses.asdict(artefact) for artefact in artefacts],
            parameters=finite(parameters),
            verdict=finite(verdict),
            report=report,
            evidence=evidence,
        )
    )
    return rows.trace(connection.execute(select(schema.trace).where(schema.trace.c.id == made)).one())


def listed(connection: Connection) -> tuple[Trace, ...]:
    table = schema.trace
    found = connection.execute(select(table).order_by(table.c.made_at, table.c.id))
    return tuple(rows.trace(row) for row in found)
