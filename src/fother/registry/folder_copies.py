"""The part of the registry in a folder that is about issues and the copies that they hand out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fother.registry import commitments, documents, issues, keys, log_details, rows, schema
from fother.registry.folder_documents import FolderDocuments
from fother.registry.records import Copy, Decoy, Issue, IssuedFile, RecipientRow, Reservation
from fother.registry.rows import exact
from fother.registry.traces import finite


class FolderCopies(FolderDocuments):
    """See the part "Issues and copies" of `interface.Registry`."""

    def reserve(
        self,
        edition: str,
        rows: Sequence[RecipientRow],
        *,
        source: str,
        parameters: Mapping[str, Any] | None = None,
        decoys: int = 0,
    ) -> Reservation:
        with self._database.writing() as connection:
            wanted = self._edition(connection, edition)
            made, new = issues.reserve(
                connection,
                wanted,
                self._edition_key(connection, wanted),
                rows,
                self._keys.sealing(connection),
                source=source,
                parameters=finite(parameters or {}),
                now=self._now(),
                entropy=self._entropy,
                decoys=decoys,
            )
            if new:
                row = exact(connection, schema.issue, made.issue.id)
                self._log(connection, "issue", log_details.issue(connection, row))
            elif made.issue.state == "complete":
                # Nothing is to be made: whoever gives the list again learns which row has which copy.
                self._log(connection, "read", {"issue": made.issue.id, "rows": len(made.entries)})
            return made

    def mark_issued(self, *files: IssuedFile) -> tuple[Copy, ...]:
        with self._database.writing() as connection:
            return issues.mark_issued(connection, files, self._now())

    def complete_issue(self, issue: str) -> Issue:
        with self._database.writing() as connection:
            found = rows.by_id(connection, schema.issue, issue)
            made = issues.complete(connection, found.id, self._now())
            if found.state == "open":
                row = exact(connection, schema.issue, found.id)
                self._log(connection, "issue", log_details.issued(connection, row))
                commitments.clear_ready(connection, found.id)
            return made

    def issues(self, document: str | None = None) -> tuple[Issue, ...]:
        with self._database.reading() as connection:
            owner = None if document is None else documents.find(connection, document).id
            return issues.listed(connection, owner)

    def reservation(self, issue: str) -> Reservation:
        with self._database.reading() as connection:
            return issues.reservation(connection, rows.by_id(connection, schema.issue, issue).id)

    def copies(
        self, document: str | None = None, *, edition: str | None = None, recipient: str | None = None
    ) -> tuple[Copy, ...]:
        with self._database.reading() as connection:
            return issues.copies(
                connection,
                document=None if document is None else documents.find(connection, document).id,
                edition=None if edition is None else self._edition(connection, edition).id,
                recipient=None if recipient is None else self.recipient(recipient).id,
            )

    def copy(self, copy: str) -> Copy:
        with self._database.reading() as connection:
            # A shortened id would name another person when a digit was forgotten.
            return rows.copy(rows.by_id(connection, schema.copy, copy, shorten=False))

    def copy_at(self, edition: str, index: int) -> Copy:
        with self._database.reading() as connection:
            return issues.at(connection, self._edition(connection, edition).id, index)

    def stamp(self, copy: Copy | Decoy) -> bytes:
        with self._database.reading() as connection:
            key = self._edition_key(connection, self._edition(connection, copy.edition))
        return keys.stamp(key, copy.index)

    def find_stamp(self, untrusted_stamp: bytes) -> Copy | None:
        if len(untrusted_stamp) != keys.STAMP_BYTES:
            return None
        with self._database.reading() as connection:
            return issues.with_stamp(connection, keys.stamp_hash(untrusted_stamp))
