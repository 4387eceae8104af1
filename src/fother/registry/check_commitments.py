"""What is wrong with commitments, and with the copies that they bind."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from fother.errors import RegistryError
from fother.registry import commitments, log, schema
from fother.registry.records import CommitmentRecord, Finding
from fother.verify.commitment import header_digest

_RESTORE = "restore the registry from your backup"


def bound(connection: Connection) -> Iterator[Finding]:
    """Findings about commitments that the log does not know, and about copies with other files.

    Whether a header commits to the codewords can only be told with the code; `flow.health` does it.
    """
    committed: dict[tuple[str, int], str] = {}
    for row in connection.execute(select(schema.commitment)).all():
        try:
            made = commitments.record(row)
        except RegistryError as error:
            yield Finding("error", row.issue, str(error))
            continue
        fault = _fault(connection, made)
        if fault:
            yield Finding("error", made.issue, f"{fault}; {_RESTORE}.")
        committed |= {(made.edition, leaf.index): leaf.sha256 for leaf in made.leaves}
    copy = schema.copy.c
    issued = select(copy.id, copy.edition, copy.number, copy.sha256).where(copy.state == "issued")
    for row in connection.execute(issued):
        if committed.get((row.edition, row.number), row.sha256) != row.sha256:
            yield Finding(
                "error", row.id, f"Copy {row.id} is entered with another file than was committed; {_RESTORE}."
            )


def _fault(connection: Connection, made: CommitmentRecord) -> str:
    if header_digest(made.header).hex() != made.digest:
        return f"The commitment of {made.issue} is not the one that its digest names"
    try:
        told = log.opening(connection, made.entry).detail
    except RegistryError:
        told = {}
    if told.get("commitment") != made.digest:
        return f"The commitment of {made.issue} is not in the log where it says"
    return ""
