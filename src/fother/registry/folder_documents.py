"""The part of the registry in a folder that is about documents, their editions and the keys of those."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection

from fother.errors import NotFoundError, RegistryError, UsageError
from fother.registry import documents, issues, keys, log_details, rows, schema
from fother.registry.blobs import sha256_hex
from fother.registry.folder_commitments import FolderCommitments
from fother.registry.records import BlobRole, Document, Edition
from fother.registry.rows import exact
from fother.registry.texts import DocumentText
from fother.registry.traces import finite


class FolderDocuments(FolderCommitments):
    """See the parts "Documents" and "Editions and keys" of `interface.Registry`."""

    def _master(self, connection: Connection) -> bytes:
        return self._keys.master(connection)

    def add_document(
        self,
        original: bytes,
        *,
        file_name: str,
        media_type: str,
        pages: int,
        title: str | None = None,
        carriers: bytes | None = None,
        template: bytes | None = None,
        plan: Mapping[str, Any] | None = None,
        public: bool = False,
        text: bytes | None = None,
    ) -> Document:
        if text is not None:
            DocumentText.from_bytes(text)
        with self._database.reading() as connection:
            self._master(connection)
            known = documents.with_sha256(connection, sha256_hex(original))
        if known is not None:
            return known
        parts: dict[BlobRole, bytes | None] = {
            "original": original,
            "carriers": carriers,
            "template": template,
            "plan": None if plan is None else plan_bytes(plan),
            "text": text,
        }
        blobs = {role: (self._blobs.put(data), len(data)) for role, data in parts.items() if data is not None}
        with self._database.writing() as connection:
            made, new = documents.add(
                connection,
                title=(title or "").strip() or PurePath(file_name).stem or file_name,
                file_name=file_name,
                media_type=media_type,
                pages=pages,
                public=public,
                blobs=blobs,
                now=self._now(),
                entropy=self._entropy,
            )
            if new:
                row = exact(connection, schema.document, made.id)
                self._log(connection, "register", log_details.document(row))
            return made

    def set_public(self, document: str, public: bool) -> Document:
        with self._database.writing() as connection:
            owner = documents.find(connection, document)
            documents.set_public(connection, owner.id, public)
            if public != owner.public:
                self._log(connection, "register", {"document": owner.id, "public": public})
            return documents.find(connection, owner.id)

    def document_with_bytes(self, original: bytes) -> Document | None:
        with self._database.reading() as connection:
            return documents.with_sha256(connection, sha256_hex(original))

    def documents(self) -> tuple[Document, ...]:
        with self._database.reading() as connection:
            return documents.listed(connection)

    def media_types(self) -> dict[str, str]:
        with self._database.reading() as connection:
            return documents.media_types(connection)

    def document(self, reference: str) -> Document:
        with self._database.reading() as connection:
            return documents.find(connection, reference)

    def put_blob(self, document: str, role: BlobRole, data: bytes) -> Document:
        if role == "original":
            raise RegistryError("The original of a document never changes; register the other file instead.")
        if role == "text":
            DocumentText.from_bytes(data)
        owner = self.document(document)
        sha256 = self._blobs.put(data)
        with self._database.writing() as connection:
            documents.set_blob(connection, owner.id, role, sha256, len(data), self._now())
            if owner.blobs.get(role) != sha256:
                self._log(connection, "register", {"document": owner.id, "role": role, "sha256": sha256})
            return documents.find(connection, owner.id)

    def get_blob(self, sha256: str) -> bytes:
        return self._blobs.get(sha256)

    def plan(self, document: Document) -> dict[str, Any]:
        sha256 = document.blobs.get("plan")
        if sha256 is None:
            raise NotFoundError(f"Document {document.id} has no plan; register its file again.")
        plan: dict[str, Any] = json.loads(self._blobs.get(sha256))
        return plan

    def document_text(self, document: Document) -> DocumentText:
        sha256 = document.blobs.get("text")
        if sha256 is None:
            raise NotFoundError(f"Document {document.id} has no stored text yet; reindex the registry.")
        return DocumentText.from_bytes(self._blobs.get(sha256))

    # Editions and keys

    def edition(self, document: str, resistance: int, strength: float) -> Edition:
        if resistance < 1 or not 0 < strength < float("inf"):
            raise UsageError(f"Resistance {resistance} and strength {strength} must both be above zero.")
        with self._database.writing() as connection:
            self._master(connection)
            owner = documents.find(connection, document)
            return documents.edition(connection, owner, resistance, float(strength), self._now())

    def editions(self, document: str) -> tuple[Edition, ...]:
        with self._database.reading() as connection:
            return documents.editions(connection, documents.find(connection, document).id)

    def document_secret(self, document: str) -> bytes:
        with self._database.reading() as connection:
            owner = documents.find(connection, document)
            return keys.document_secret(self._master(connection), owner.id)

    def edition_key(self, edition: Edition) -> bytes:
        with self._database.reading() as connection:
            return self._edition_key(connection, edition)

    def _edition_key(self, connection: Connection, edition: Edition) -> bytes:
        secret = keys.document_secret(self._master(connection), edition.document)
        return keys.edition_key(secret, edition.resistance, edition.strength, edition.carriers)

    def _edition(self, connection: Connection, edition: str) -> Edition:
        return rows.edition(rows.by_id(connection, schema.edition, edition, shorten=False))

    def copies_count(self, edition: str) -> int:
        with self._database.reading() as connection:
            return issues.copies_count(connection, self._edition(connection, edition).id)

    def queue_key(self) -> bytes:
        with self._database.reading() as connection:
            return keys.queue_key(self._master(connection))

    def index_key(self) -> bytes:
        with self._database.reading() as connection:
            return keys.index_key(self._master(connection))


def plan_bytes(plan: Mapping[str, Any]) -> bytes:
    """A plan as the bytes that `put_blob(…, "plan", …)` takes: JSON in UTF-8 with sorted keys."""
    return json.dumps(finite(plan), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
