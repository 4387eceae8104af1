"""The half of the registry in a folder that is about leaks: sightings, identifications, traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from fother.errors import NotFoundError, UsageError
from fother.registry import documents, log_details, rows, schema, sightings, traces
from fother.registry.blobs import FolderBlobs
from fother.registry.database import Database
from fother.registry.folder_log import Clock, FolderLog, software
from fother.registry.ids import Entropy
from fother.registry.records import Artefact, IdentificationRecord, SightingRecord, Trace
from fother.registry.texts import DocumentText


class FolderLeaks(FolderLog):
    """See the part "Leaks" of `interface.Registry`."""

    def __init__(
        self, database: Database, blobs: FolderBlobs, clock: Clock, entropy: Entropy, actor: str
    ) -> None:
        super().__init__(database, clock, entropy, actor)
        self._blobs = blobs

    def _note(self, connection: Connection, sha256: str | None, data: bytes | None) -> None:
        if sha256 is not None and data is not None:
            documents.note_blob(connection, sha256, len(data), self._now())

    def add_sighting(
        self,
        original: bytes,
        *,
        name: str,
        media_type: str,
        isolation: str,
        source: str = "",
        found_at: datetime | None = None,
        text: bytes | None = None,
        metadata: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
        parent: str | None = None,
    ) -> SightingRecord:
        if found_at is not None and found_at.tzinfo is None:
            raise UsageError(
                "The time when a leak was found needs a zone, for example 2026-03-05T14:07+01:00."
            )
        if text is not None:
            DocumentText.from_bytes(text)
        blob = self._blobs.put(original), len(original)
        text_blob = None if text is None else (self._blobs.put(text), len(text))
        with self._database.writing() as connection:
            made, new = sightings.add(
                connection,
                blob=blob,
                text_blob=text_blob,
                name=name,
                media_type=media_type,
                source=source,
                found_at=found_at,
                isolation=isolation,
                metadata=metadata or {},
                notes=notes,
                parent=parent,
                now=self._now(),
                entropy=self._entropy,
            )
            if new:
                row = rows.exact(connection, schema.sighting, made.id)
                self._log(connection, "receive", log_details.sighting(row))
            return made

    def sightings(self) -> tuple[SightingRecord, ...]:
        with self._database.reading() as connection:
            return sightings.listed(connection)

    def sighting(self, reference: str) -> SightingRecord:
        with self._database.reading() as connection:
            return rows.sighting(rows.by_id(connection, schema.sighting, reference))

    def sighting_text(self, sighting: SightingRecord) -> DocumentText:
        if sighting.text is None:
            raise NotFoundError(f"Sighting {sighting.id} has no text.")
        return DocumentText.from_bytes(self._blobs.get(sighting.text))

    def record_identification(
        self,
        *,
        artefacts: Sequence[Artefact],
        result: Mapping[str, Any],
        report: bytes | None = None,
    ) -> IdentificationRecord:
        sha256 = None if report is None else self._blobs.put(report)
        with self._database.writing() as connection:
            self._note(connection, sha256, report)
            made = sightings.record_identification(
                connection,
                artefacts=artefacts,
                result=result,
                report=sha256,
                now=self._now(),
                entropy=self._entropy,
            )
            row = rows.exact(connection, schema.identification, made.id)
            self._log(connection, "identify", log_details.identification(row) | {"software": software()})
            return made

    def identifications(self) -> tuple[IdentificationRecord, ...]:
        with self._database.reading() as connection:
            return sightings.identifications(connection)

    def record_trace(
        self,
        *,
        artefacts: Sequence[Artefact],
        parameters: Mapping[str, Any],
        verdict: Mapping[str, Any],
        document: str | None = None,
        report: bytes | None = None,
        evidence: bytes | None = None,
    ) -> Trace:
        sha256 = None if report is None else self._blobs.put(report)
        kept = None if evidence is None else self._blobs.put(evidence)
        with self._database.writing() as connection:
            self._note(connection, sha256, report)
            self._note(connection, kept, evidence)
            made = traces.record(
                connection,
                document=None if document is None else documents.find(connection, document).id,
                artefacts=artefacts,
                parameters=parameters,
                verdict=verdict,
                report=sha256,
                evidence=kept,
                now=self._now(),
                entropy=self._entropy,
            )
            row = rows.exact(connection, schema.trace, made.id)
            self._log(connection, "trace", log_details.trace(row) | {"software": software()})
            return made

    def traces(self) -> tuple[Trace, ...]:
        with self._database.reading() as connection:
            return traces.listed(connection)
