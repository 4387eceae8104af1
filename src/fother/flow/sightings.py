"""Intake: leaked files kept as received, with what the sandbox found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fother.flow.leaks import LeakedFile, receive_leaks, with_text
from fother.flow.library import text_of
from fother.flow.progress import Progress, Silent
from fother.model.capture import Sighting
from fother.registry import Registry, SightingRecord


@dataclass(frozen=True)
class TakenIn:
    """One sighting as kept and as seen."""

    record: SightingRecord
    sighting: Sighting

    @property
    def sentence(self) -> str:
        """What it is, in one line."""
        seen = self.sighting
        facts = [seen.media_type or "unknown kind"]
        if seen.sheets:
            facts.append(f"{len(seen.sheets)} page{'s' if len(seen.sheets) > 1 else ''}")
        words = len(seen.text.split())
        facts.append(f"{words} words{' recognised in pictures' if seen.recognised else ''}")
        return f"{self.record.id}: {self.record.name} ({', '.join(facts)})"


def take_in(
    registry: Registry,
    paths: Sequence[Path],
    *,
    source: str = "",
    found_at: datetime | None = None,
    password: str = "",
    progress: Progress | None = None,
) -> list[TakenIn]:
    """Keep leaked files, and what is inside archives and mails, as sightings.

    Raises InputFileError, PasswordError, SandboxError, StorageError, UsageError.
    """
    listener = progress or Silent()
    files = [with_text(f, "full", listener) for f in receive_leaks(paths, password, listener)]
    return keep(registry, files, source, found_at)


def keep(
    registry: Registry, files: Sequence[LeakedFile], source: str, found_at: datetime | None
) -> list[TakenIn]:
    """Enter files that were read as sightings; members after the container that they came out of."""
    taken: list[TakenIn] = []
    ids: dict[str, str] = {}  # by name, containers before what was inside them
    for file in files:
        seen = file.sighting
        record = registry.add_sighting(
            file.data,
            name=file.name,
            media_type=seen.media_type,
            isolation=seen.isolation,
            source=source,
            found_at=found_at,
            text=text_of(seen).to_bytes() if seen.text else None,
            metadata=seen.metadata,
            notes=seen.notes,
            parent=next((i for n, i in reversed(ids.items()) if file.name.startswith(f"{n}/")), None),
        )
        ids[file.name] = record.id
        taken.append(TakenIn(record, seen))
    return taken
