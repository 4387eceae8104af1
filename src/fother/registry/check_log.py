"""What is wrong with the log in the database, and with the rows that it binds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from fother.errors import RegistryError
from fother.registry import log, log_details, schema
from fother.registry.records import Finding
from fother.verify import entry, merkle
from fother.verify.errors import VerificationError

_RESTORE = "restore the registry from your backup"


def kept(connection: Connection) -> Iterator[Finding]:
    """Findings about entries that are missing, or that contradict their own leaf or opening."""
    expected = 0
    query = select(schema.log_entry).order_by(schema.log_entry.c.number)
    for row in connection.execute(query):
        if row.number != expected:
            yield Finding(
                "error", "log", f"The log lacks entries {expected} to {row.number - 1}; {_RESTORE}."
            )
        expected = row.number + 1
        fault = _fault(row)
        if fault:
            yield Finding("error", f"log entry {row.number}", f"{fault}; {_RESTORE}.")
    if expected == 0:
        yield Finding("error", "log", f"The log is empty, yet it begins with the registry; {_RESTORE}.")


def _fault(row: Row[Any]) -> str | None:
    try:
        told = entry.decode(row.leaf)
        log.opened(row)
    except (VerificationError, RegistryError):
        return f"Entry {row.number} of the log was altered, or the database is damaged"
    if (told.kind, told.time) != (row.kind, row.made_at):
        return f"Entry {row.number} of the log is listed with another kind or time than its own"
    if merkle.leaf_hash(row.leaf) != row.leaf_hash:
        return f"Entry {row.number} of the log is listed with another hash than its own"
    return None


def bound(connection: Connection) -> Iterator[Finding]:
    """Findings about rows that are not what the log says of them, or of which it says nothing."""
    said = _said(connection)
    for kind, subject, detail in log_details.present(connection):
        entered = said.get((kind, subject, log_details.stage(detail)))
        if entered is None:
            yield Finding(
                "error", subject, f"{subject} is not in the log, so it was not made by fother; {_RESTORE}."
            )
            continue
        altered = [name for name, value in detail.items() if entered.get(name) != value]
        if altered:
            yield Finding(
                "error",
                subject,
                f"{subject} is not what the log says of it: {', '.join(altered)} was altered; {_RESTORE}.",
            )


def _said(connection: Connection) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the log said first of each thing; later entries about a document are about its changes."""
    said: dict[tuple[str, str, str], dict[str, Any]] = {}
    table = schema.log_entry.c
    wanted = select(schema.log_entry).where(table.kind.in_(log_details.SUBJECTS)).order_by(table.number)
    for row in connection.execute(wanted):
        try:
            detail = dict(log.opened(row).detail)
        except RegistryError:
            continue  # `kept` tells of it
        subject = detail.get(log_details.SUBJECTS[row.kind])
        if isinstance(subject, str):
            said.setdefault((row.kind, subject, log_details.stage(detail)), detail)
    return said
