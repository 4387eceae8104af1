"""Commit before send: what an issue reserved is made, bound by a commitment in the log, and published.

Nothing leaves before: the copies are made in memory, read back and thrown away. They come out the same when
they are written, which their committed SHA-256 makes sure of. Interrupted anywhere, it is resumed by doing it
again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from fother.channels.table import CarrierTable
from fother.evidence.commitment import CommittedCopy, CommittedEdition, EditionSecrets
from fother.flow.copies import CopyJob
from fother.flow.log import publish
from fother.flow.making import Makers
from fother.flow.progress import Progress
from fother.registry import (
    CommitmentRecord,
    CommittedLeaf,
    Copy,
    Decoy,
    Document,
    Edition,
    ReadyCopy,
    Registry,
)

DECOYS = 16  #: copies that nobody gets, in every issue with new copies
_BATCH = 16  # copies that a kill at the worst moment makes the next run repeat


def committed_edition(registry: Registry, document: Document, edition: Edition) -> CommittedEdition:
    """What the commitments of an edition have in common."""
    key = registry.edition_key(edition)
    table = registry.get_blob(edition.carriers)
    return CommittedEdition(
        code=CarrierTable.from_bytes(table).code(key, edition.resistance),
        secrets=EditionSecrets(key),
        original=hashlib.sha256(registry.get_blob(document.blobs["original"])).digest(),
        table=hashlib.sha256(table).digest(),
        strength=edition.strength,
    )


def commit_issues(
    registry: Registry, issues: list[str], shared: CommittedEdition, makers: Makers, progress: Progress
) -> dict[str, CommitmentRecord]:
    """Commit all that these issues of one edition reserved, if it is not yet, and publish the log.

    Issues that reserved nothing have no commitment. Raises CopyCheckError, StorageError, LogError.
    """
    made: dict[str, CommitmentRecord] = {}
    for issue in issues:
        known = registry.commitment(issue) or _commit(registry, issue, shared, makers, progress)
        if known is not None:
            made[issue] = known
    publish(registry)
    return made


def _commit(
    registry: Registry, issue: str, shared: CommittedEdition, makers: Makers, progress: Progress
) -> CommitmentRecord | None:
    edition = registry.reservation(issue).issue.edition
    copies = [copy for copy in registry.copies(edition=edition) if copy.issue == issue]
    decoys = registry.decoys(issue=issue)
    ready = registry.ready(issue)
    everything: list[Copy | Decoy] = [*copies, *decoys]
    jobs = [
        CopyJob(each.id, each.index, registry.stamp(each), each.sha256 if isinstance(each, Copy) else None)
        for each in everything
        if each.index not in ready
    ]
    progress.stage("Making copies", len(jobs))
    with _kept(registry, issue) as keep:
        for copy in makers.make("ready", jobs):
            keep(copy)
            progress.step()
    ready = registry.ready(issue)
    if not ready:
        return None
    leaves = [
        *(CommittedLeaf(c.index, registry.identity_commitment(c), ready[c.index].sha256) for c in copies),
        *(CommittedLeaf(d.index, None, ready[d.index].sha256) for d in decoys),
    ]
    return registry.commit(issue, shared.header(committed_copies(leaves)).encode(), leaves)


def committed_copies(leaves: list[CommittedLeaf] | tuple[CommittedLeaf, ...]) -> list[CommittedCopy]:
    """What the registry keeps of a commitment, as its header is made from."""
    return [CommittedCopy(leaf.index, leaf.identity, bytes.fromhex(leaf.sha256)) for leaf in leaves]


class _Keeper:
    def __init__(self, registry: Registry, issue: str) -> None:
        self._registry, self._issue = registry, issue
        self._batch: list[ReadyCopy] = []

    def __call__(self, copy: ReadyCopy) -> None:
        self._batch.append(copy)
        if len(self._batch) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if self._batch:
            self._registry.make_ready(self._issue, *self._batch)
            self._batch.clear()


@contextmanager
def _kept(registry: Registry, issue: str) -> Iterator[_Keeper]:
    """Notes what is ready in batches, and at the end whatever happens."""
    keeper = _Keeper(registry, issue)
    try:
        yield keeper
    finally:
        keeper.flush()
