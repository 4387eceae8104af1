"""What the log says of each act: ids, numbers and hashes that bind the rows of the database.

Whatever a person wrote (titles, names of files, sources) and whatever is long enters as a SHA-256. Each
function takes a row of the table that it is about, so that a check can make the same detail again from the
row of today and see whether somebody altered it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from fother.registry import schema
from fother.registry.commitments import encode_leaves, listed
from fother.registry.records import CommittedLeaf

Detail = dict[str, Any]

#: For each kind of entry about a row, the field of its detail that is the row's id.
SUBJECTS = {
    "register": "document",
    "issue": "issue",
    "receive": "sighting",
    "identify": "identification",
    "trace": "trace",
}


def digest(value: Any) -> str:
    """The SHA-256 of JSON values as the registry stores them, fractions included; 64 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value)


def moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def document(row: Row[Any]) -> Detail:
    return {
        "document": row.id,
        "sha256": row.sha256,
        "size": row.size,
        "media_type": row.media_type,
        "pages": row.pages,
        "registered_at": moment(row.registered_at),
        "named": digest([row.title, row.file_name]),
    }


def issue(connection: Connection, row: Row[Any]) -> Detail:
    """An issue as reserved: of which edition, which row gets which copy, and whose that copy is."""
    table = schema.edition
    edition = connection.execute(select(table).where(table.c.id == row.edition)).one()
    entry, copy = schema.entry.c, schema.copy.c
    query = (
        select(entry.row, copy.id, copy.recipient)
        .join_from(schema.entry, schema.copy, entry.copy == copy.id)
        .where(entry.issue == row.id)
        .order_by(entry.row)
    )
    copies = [list(link) for link in connection.execute(query)]
    whose = select(copy.id, copy.identity).where(copy.issue == row.id).order_by(copy.number)
    decoy = schema.decoy.c
    nobody = connection.execute(select(decoy.id).where(decoy.issue == row.id).order_by(decoy.number))
    decoys = list(nobody.scalars())
    return ({"decoys": digest(decoys)} if decoys else {}) | {
        "issue": row.id,
        "document": row.document,
        "edition": row.edition,
        "resistance": edition.resistance,
        "strength": repr(edition.strength),
        "carriers": edition.carriers,
        "made_at": moment(row.made_at),
        "parameters": digest(row.parameters),
        "rows": len(copies),
        "copies": digest(copies),
        "identities": digest(
            [[name, (identity or b"").hex()] for name, identity in connection.execute(whose)]
        ),
    }


def issued(connection: Connection, row: Row[Any]) -> Detail:
    """An issue as completed: the files of its copies."""
    entry, copy = schema.entry.c, schema.copy.c
    query = (
        select(copy.id, copy.sha256)
        .join_from(schema.entry, schema.copy, entry.copy == copy.id)
        .where(entry.issue == row.id)
        .order_by(entry.row)
    )
    files = [list(link) for link in connection.execute(query)]
    return {"issue": row.id, "completed_at": moment(row.completed_at), "files": digest(files)}


def committed(digest: str, issue: str, edition: str, leaves: Sequence[CommittedLeaf]) -> Detail:
    """A commitment: the digest of its header, and what the registry needs to open it again."""
    return {
        "commitment": digest,
        "issue": issue,
        "edition": edition,
        "copies": len(leaves),
        "leaves": hashlib.sha256(encode_leaves(leaves)).hexdigest(),
    }


def sighting(row: Row[Any]) -> Detail:
    return {
        "sighting": row.id,
        "sha256": row.sha256,
        "size": row.size,
        "received_at": moment(row.received_at),
        "found_at": moment(row.found_at),
        "text": row.text,
        "parent": row.parent,
        "told": digest([row.name, row.media_type, row.source, row.isolation, row.metadata, row.notes]),
    }


def identification(row: Row[Any]) -> Detail:
    return {
        "identification": row.id,
        "made_at": moment(row.made_at),
        "artefacts": _artefacts(row.artefacts),
        "result": digest(row.result),
        "report": row.report,
    }


def trace(row: Row[Any]) -> Detail:
    return {
        "trace": row.id,
        "made_at": moment(row.made_at),
        "document": row.document,
        "artefacts": _artefacts(row.artefacts),
        "parameters": digest(row.parameters),
        "verdict": digest(row.verdict),
        "report": row.report,
    } | ({} if row.evidence is None else {"evidence": row.evidence})


def stage(detail: Mapping[str, Any]) -> str:
    """An issue enters the log when it is reserved, committed and completed; other things once."""
    return next((name for name in ("commitment", "completed_at") if name in detail), "")


def _artefacts(stored: Sequence[Mapping[str, Any]]) -> list[list[str | None]]:
    return [[artefact["sha256"], artefact.get("sighting")] for artefact in stored]


def present(connection: Connection) -> Iterator[tuple[str, str, Detail]]:
    """Kind, subject and detail of what the tables tell of, each after what it may refer to."""
    for row in connection.execute(select(schema.document).order_by(schema.document.c.registered_at)):
        yield "register", row.id, document(row)
    for row in connection.execute(select(schema.issue).order_by(schema.issue.c.made_at)).all():
        yield "issue", row.id, issue(connection, row)
        if row.state == "complete":
            yield "issue", row.id, issued(connection, row)
    for made in listed(connection):
        yield "issue", made.issue, committed(made.digest, made.issue, made.edition, made.leaves)
    for row in connection.execute(select(schema.sighting).order_by(schema.sighting.c.received_at)):
        yield "receive", row.id, sighting(row)
    for row in connection.execute(select(schema.identification).order_by(schema.identification.c.made_at)):
        yield "identify", row.id, identification(row)
    for row in connection.execute(select(schema.trace).order_by(schema.trace.c.made_at)):
        yield "trace", row.id, trace(row)
