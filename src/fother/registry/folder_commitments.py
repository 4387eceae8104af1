"""The part of the registry in a folder that is about commitments; see `commitments`."""

from __future__ import annotations

from collections.abc import Sequence

from fother.registry import commitments, log_details, rows, schema
from fother.registry.folder_seals import FolderSeals
from fother.registry.records import CommitmentRecord, CommittedLeaf, Decoy, ReadyCopy
from fother.verify.commitment import header_digest


class FolderCommitments(FolderSeals):
    """See the part "Commitments" of `interface.Registry`."""

    def decoys(self, *, edition: str | None = None, issue: str | None = None) -> tuple[Decoy, ...]:
        with self._database.reading() as connection:
            return tuple(commitments.decoys(connection, edition=edition, issue=issue))

    def decoy_at(self, edition: str, index: int) -> str | None:
        with self._database.reading() as connection:
            return commitments.named(connection, edition, index)

    def ready(self, issue: str) -> dict[int, ReadyCopy]:
        with self._database.reading() as connection:
            return commitments.ready(connection, rows.exact(connection, schema.issue, issue).id)

    def make_ready(self, issue: str, *made: ReadyCopy) -> None:
        with self._database.writing() as connection:
            commitments.make_ready(connection, rows.exact(connection, schema.issue, issue), made)

    def commit(self, issue: str, header: bytes, leaves: Sequence[CommittedLeaf]) -> CommitmentRecord:
        digest = header_digest(header).hex()
        with self._database.writing() as connection:
            row = rows.exact(connection, schema.issue, issue)
            known = commitments.of_issue(connection, issue)
            if known is None:
                detail = log_details.committed(digest, row.id, row.edition, leaves)
                entry = self._log(connection, "issue", detail)
                commitments.commit(connection, row, digest, header, leaves, entry, self._now())
                known = commitments.of_issue(connection, issue)
                assert known is not None  # noqa: S101  # just inserted in this transaction
            return known

    def commitment(self, issue: str) -> CommitmentRecord | None:
        with self._database.reading() as connection:
            return commitments.of_issue(connection, issue)

    def record_export(self, trace: str, digest: str) -> int:
        with self._database.writing() as connection:
            return self._log(connection, "export", {"trace": trace, "pack": digest})

    def commitments(self, edition: str | None = None) -> tuple[CommitmentRecord, ...]:
        with self._database.reading() as connection:
            return commitments.listed(connection, edition)
