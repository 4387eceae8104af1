"""What is wrong with a registry, found without trusting any part of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection, func, null, select

from fother.registry import ids, keys, log, remains, schema
from fother.registry.blobs import FolderBlobs
from fother.registry.records import Finding


def private(folder: Path, database: Path) -> Iterator[Finding]:
    """Findings about who else may read the names of recipients."""
    if os.name != "posix":
        return
    mode = stat.S_IMODE(database.stat().st_mode)
    if mode & 0o077 and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding(
            "warning",
            str(database),
            f"Others may read the registry's database (mode {mode:04o}); chmod it to 600.",
        )


def sound(connection: Connection) -> Iterator[Finding]:
    """Findings of SQLite about its own file, and rows that refer to nothing."""
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield Finding(
                "error", "database", f"The database is damaged: {line}; restore it from your backup."
            )
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding(
            "error", f"table {table}", f"Row {row} of {table} refers to an entry of {parent} that is missing."
        )


def stored(connection: Connection, blobs: FolderBlobs) -> Iterator[Finding]:
    """Findings about blobs that the database counts on, and about files it does not know."""
    files = set()
    for name, size in connection.execute(select(schema.blob.c.sha256, schema.blob.c.size)):
        files.add(blobs.name(name))
        fault = blobs.fault(name, size)
        if fault:
            yield Finding("error", _users(connection, name), fault)
    for name in blobs.names():
        if name not in files:
            yield Finding("note", name, f"The stored file {name} belongs to nothing; it is safe to collect.")


def sealed(connection: Connection) -> Iterator[Finding]:
    """Findings about recipients that no number of approvers could unseal, though they were not erased."""
    person, share, entry, copy = schema.recipient.c, schema.seal_share.c, schema.entry.c, schema.copy.c
    approvers = {s.number: len(s.approvers) for s in connection.execute(select(schema.seal_setup))}
    newest = max(approvers, default=0)
    held = func.count(share.number)
    query = (
        select(person.id, person.setup, person.locked, held)
        .select_from(schema.recipient.outerjoin(schema.seal_share, share.recipient == person.id))
        .where(person.erased_at.is_(None))
        .group_by(person.id)
    )
    for name, setup, locked, count in connection.execute(query):
        if setup != newest or locked is None or count != approvers.get(newest):
            yield Finding(
                "error", name, f"The seal of {name} is incomplete; restore the registry from your backup."
            )
    lost = (
        select(entry.issue, entry.row)
        .join_from(schema.entry, schema.copy, entry.copy == copy.id)
        .join(schema.recipient, copy.recipient == person.id)
        .where(entry.sealed.is_(None), person.erased_at.is_(None))
    )
    for issue, row in connection.execute(lost):
        yield Finding(
            "error",
            issue,
            f"Row {row} of {issue} has lost whom it is about; restore the registry from your backup.",
        )
    for name in connection.execute(select(copy.id).where(copy.identity.is_(None))).scalars():
        yield Finding("error", name, f"Copy {name} does not say what was committed of whom it belongs to.")


def approved(connection: Connection) -> Iterator[Finding]:
    """Findings about setups of seals that the log does not know, so that nobody is sealed for a stranger."""
    told = {}
    for opening in log.openings(connection, "seal-setup"):
        told[opening.detail.get("setup")] = (opening.detail.get("threshold"), opening.detail.get("approvers"))
    for setup in connection.execute(select(schema.seal_setup).order_by(schema.seal_setup.c.number)):
        first = setup.number == 1 and setup.own  # made with the registry
        if not first and told.get(setup.number) != (setup.threshold, setup.approvers):
            yield Finding(
                "error",
                "seals",
                f"The approvers of setup {setup.number} are not those that the log names; restore the "
                "registry from your backup.",
            )
    if remains.marked(connection) is not None:
        yield Finding(
            "warning",
            "database",
            "What was sealed, moved or erased may still be readable in the database's files; it is removed "
            "as soon as no other process uses them.",
        )


def in_clear(blobs: FolderBlobs) -> Iterator[Finding]:
    """Findings about stored files that are not encrypted."""
    for path in blobs.in_clear():
        yield Finding(
            "error",
            path.name,
            f"The stored file {path} is in clear and damaged; restore it from your backup.",
        )


def left_over(paths: Iterable[Path]) -> Iterator[Finding]:
    """Findings about temporary files."""
    for path in paths:
        yield Finding(
            "note", path.name, f"{path.name} was left by a process that was killed; it is safe to collect."
        )


def _users(connection: Connection, sha256: str) -> str:
    roles = schema.document_blob.c
    found = connection.execute(select(roles.document, roles.role).where(roles.sha256 == sha256)).all()
    editions = connection.execute(
        select(schema.edition.c.id).where(
            (schema.edition.c.carriers == sha256) | (schema.edition.c.template == sha256)
        )
    ).scalars()
    sighting = schema.sighting.c
    leaks = select(sighting.id).where((sighting.sha256 == sha256) | (sighting.text == sha256))
    users = [f"{owner} {role}" for owner, role in found] + list(editions)
    users += connection.execute(leaks).scalars()
    for table in (schema.trace, schema.identification):
        users += connection.execute(select(table.c.id).where(table.c.report == sha256)).scalars()
    users += connection.execute(
        select(schema.item.c.id).where(schema.item.c.blob == sha256).distinct()
    ).scalars()
    return ", ".join(users) or sha256


def numbered(connection: Connection, master: bytes | None) -> Iterator[Finding]:
    """Findings about indices, ids and stamps of copies; stamps only when the master key is at hand."""
    copy = schema.copy.c
    for edition in connection.execute(select(schema.edition).order_by(schema.edition.c.id)).all():
        if edition.id != ids.edition_id(edition.document, edition.number):
            yield Finding(
                "error", edition.id, f"Edition {edition.id} does not have the id that its number makes."
            )
        key = None
        if master is not None:
            secret = keys.document_secret(master, edition.document)
            key = keys.edition_key(secret, edition.resistance, edition.strength, edition.carriers)
        query = select(copy.id, copy.number, copy.stamp_hash).where(copy.edition == edition.id)
        decoy = schema.decoy.c
        nobody = select(decoy.id, decoy.number, null()).where(decoy.edition == edition.id)
        expected = 0
        for row in connection.execute(query.union_all(nobody).order_by("number")):
            if row.number != expected:
                yield Finding(
                    "error", edition.id, f"Edition {edition.id} has no copies {expected} to {row.number - 1}."
                )
            expected = row.number + 1
            if row.id != ids.copy_id(edition.id, row.number):
                yield Finding("error", row.id, f"Copy {row.id} does not have the id that its index makes.")
            if row.stamp_hash is None:
                continue  # decoys are never sent
            if key is not None and row.stamp_hash != keys.stamp_hash(keys.stamp(key, row.number)):
                yield Finding(
                    "error", row.id, f"Copy {row.id} has a stamp that does not follow from the master key."
                )


def finished(connection: Connection) -> Iterator[Finding]:
    """Findings about issues that were interrupted, and about copies and rows that contradict each other."""
    issue, entry, copy = schema.issue, schema.entry, schema.copy
    waiting = func.count().filter(copy.c.state == "reserved")
    query = (
        select(issue.c.id, issue.c.state, waiting, func.count(copy.c.id))
        .select_from(
            issue.outerjoin(entry, entry.c.issue == issue.c.id).outerjoin(copy, entry.c.copy == copy.c.id)
        )
        .group_by(issue.c.id)
        .order_by(issue.c.made_at)
    )
    for name, state, missing, total in connection.execute(query):
        if not total:
            yield Finding("error", name, f"Issue {name} has no rows.")
        elif state == "complete" and missing:
            yield Finding(
                "error", name, f"Issue {name} is complete, yet {missing} of its copies are not issued."
            )
        elif state == "open" and not missing:
            yield Finding(
                "warning",
                name,
                f"Issue {name} was interrupted after its last copy; run the same command again to close it.",
            )
        elif state == "open":
            yield Finding(
                "warning",
                name,
                f"Issue {name} is unfinished: {missing} of {total} copies are still to be made; "
                "run the same command again to resume it.",
            )
    lost = select(copy.c.id).where(
        ~select(entry.c.copy).where(entry.c.copy == copy.c.id, entry.c.issue == copy.c.issue).exists()
    )
    for name in connection.execute(lost).scalars():
        yield Finding("error", name, f"Copy {name} is not among the rows of the issue that reserved it.")
    originals = (
        select(schema.document.c.id)
        .outerjoin(
            schema.document_blob,
            (schema.document_blob.c.document == schema.document.c.id)
            & (schema.document_blob.c.role == "original")
            & (schema.document_blob.c.sha256 == schema.document.c.sha256),
        )
        .where(schema.document_blob.c.sha256.is_(None))
    )
    for name in connection.execute(originals).scalars():
        yield Finding("error", name, f"Document {name} does not refer to its own original.")


def named(connection: Connection) -> Iterator[Finding]:
    """Findings about artefacts of identifications and traces that name a sighting which is not theirs."""
    sightings = connection.execute(select(schema.sighting.c.id, schema.sighting.c.sha256))
    kept = {row.id: row.sha256 for row in sightings}
    for table in (schema.identification, schema.trace):
        for owner, artefacts in connection.execute(
            select(table.c.id, table.c.artefacts).order_by(table.c.id)
        ):
            for artefact in artefacts:
                name = artefact.get("sighting")
                if name is not None and kept.get(name) != artefact["sha256"]:
                    yield Finding(
                        "error",
                        owner,
                        f"{owner} names sighting {name}, which is missing or of another file; "
                        "restore the registry from your backup.",
                    )


def searchable(connection: Connection) -> Iterator[Finding]:
    """A note about documents whose text is not kept yet: those registered before it was."""
    roles = schema.document_blob.c
    query = (
        select(schema.document.c.id)
        .where(
            ~select(roles.document)
            .where(roles.document == schema.document.c.id, roles.role == "text")
            .exists()
        )
        .order_by(schema.document.c.id)
    )
    missing = connection.execute(query).scalars().all()
    if missing:
        subject = missing[0] if len(missing) == 1 else f"{len(missing)} documents"
        yield Finding(
            "note",
            subject,
            f"The text of {subject} is not stored yet; it will be indexed at the next identify or reindex.",
        )
