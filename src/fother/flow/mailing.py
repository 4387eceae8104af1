"""A mail on its way to many: registered, one marked copy for each recipient, committed before any leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fother.flow.commit import DECOYS
from fother.flow.issuing import Issued, issue_to
from fother.flow.progress import Silent
from fother.flow.registering import MIN_CARRIERS, Registered, carrier_table, register_bytes
from fother.registry import RecipientRow, Registry


@dataclass(frozen=True)
class MarkedMail:
    """A registered mail and, if it can be marked, its copies."""

    registered: Registered
    issued: Issued | None  #: None when the mail has too few carriers for copies to be told apart

    @property
    def notes(self) -> tuple[str, ...]:
        """What went along unmarked, one sentence each."""
        return tuple(self.registered.plan["notes"])


def mark_mail(
    registry: Registry,
    message: bytes,
    rows: Sequence[RecipientRow],
    out: Path,
    *,
    name: str,
    title: str,
    source: str,
    resistance: int = 3,
    strength: str = "standard",
    decoys: int = DECOYS,
) -> MarkedMail:
    """Register a message and write one marked copy for each row into the folder `out`.

    The copies are committed in the log before the first is written. The same message with the same rows gives
    the same copies, byte for byte, however often it is asked for and wherever it was interrupted.

    Raises InputFileError, RecipientListError, CopyCheckError, StorageError, LogError, RegistryError.
    """
    listener = Silent()
    registered = register_bytes(registry, name, message, title=title, progress=listener)
    document = registered.document
    if "carriers" not in document.blobs or carrier_table(registry, document).count < MIN_CARRIERS:
        return MarkedMail(registered, None)
    issued = issue_to(
        registry,
        document,
        rows,
        out,
        source=source,
        resistance=resistance,
        strength=strength,
        decoys=decoys,
        progress=listener,
    )
    return MarkedMail(registered, issued)
