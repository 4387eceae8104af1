"""Proofs of entries and of growth, as files that are checked without the log."""

from __future__ import annotations

from fother.errors import LogError
from fother.evidence.log.interface import LogSource
from fother.verify import checkpoint, merkle, tlogproof
from fother.verify.checkpoint import Checkpoint


def prove(source: LogSource, number: int, signed: bytes, *, opened: bool = False) -> bytes:
    """A proof (C2SP tlog-proof) that an entry is in the log of a signed checkpoint.

    `opened` also shows what the entry is about. Raises LogError when the checkpoint is older than the entry
    or not of this log.
    """
    found, _ = checkpoint.read(signed)
    if not 0 <= number < found.size:
        raise LogError(f"The log has no entry {number}; its checkpoint counts {found.size}, from 0.")
    entries = source.log_entries(0, found.size)
    leaves = [merkle.leaf_hash(item.leaf) for item in entries]
    require_same(leaves, found)
    extra = tlogproof.extra_of(entries[number].leaf)
    if opened:
        opening = source.log_opening(number)
        extra = tlogproof.extra_of(entries[number].leaf, opening.salt, opening.detail)
    path = tuple(merkle.inclusion_path(leaves, number))
    return tlogproof.Proof(number, path, signed, extra).encode()


def growth(source: LogSource, old_size: int, signed: bytes) -> list[bytes]:
    """The hashes that prove that the log of a signed checkpoint grew from its first `old_size` entries.

    Raises LogError when it is smaller or not of this log.
    """
    found, _ = checkpoint.read(signed)
    if not 0 <= old_size <= found.size:
        raise LogError(f"The log has {found.size} entries, so it did not grow from {old_size}.")
    leaves = [merkle.leaf_hash(item.leaf) for item in source.log_entries(0, found.size)]
    require_same(leaves, found)
    return merkle.consistency_path(leaves, old_size)


def require_same(leaves: list[bytes], found: Checkpoint) -> None:
    """Raises LogError unless these leaf hashes are the log of a checkpoint."""
    if len(leaves) != found.size or merkle.root(leaves) != found.root:
        raise LogError(
            f"The log of this registry is not the one of the checkpoint of {found.size} entries; "
            "one of them was altered."
        )
