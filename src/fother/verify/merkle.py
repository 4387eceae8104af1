"""Merkle trees of RFC 6962: hashes, roots, and proofs that an entry is in a tree or that a tree only grew.

Every hash is 32 bytes, every list of hashes is in the order of the leaves. Making proofs follows the
definitions of RFC 6962 section 2.1, checking them the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fother.verify.errors import VerificationError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  #: the root of the tree without leaves


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over leaf hashes."""
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [node_hash(left, right) for left, right in pairs] + odd
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that prove leaf `index`, from the leaf up; at most 64. IndexError outside of the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} in a tree of {len(leaves)}.")
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if index < half:
        return [*inclusion_path(leaves[:half], index), root(leaves[half:])]
    return [*inclusion_path(leaves[half:], index - half), root(leaves[:half])]


def consistency_path(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The hashes that prove that the first `old_size` leaves are a tree that this one grew from.

    Empty for the empty tree and for the same tree. IndexError when the old tree is larger.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError(f"A tree of {len(leaves)} leaves did not grow from one of {old_size}.")
    return [] if old_size == 0 else _consistency(leaves, old_size, True)


def _consistency(leaves: Sequence[bytes], old_size: int, known: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if known else [root(leaves)]
    half = _split(len(leaves))
    if old_size <= half:
        return [*_consistency(leaves[:half], old_size, known), root(leaves[half:])]
    return [*_consistency(leaves[half:], old_size - half, False), root(leaves[:half])]


def _split(size: int) -> int:
    """The largest power of two below a size above one."""
    return 1 << ((size - 1).bit_length() - 1)


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root of the tree of `size` leaves that the proof leads to from a leaf hash at `index`.

    Raises VerificationError when a proof of that shape cannot exist.
    """
    if not 0 <= index < size:
        raise VerificationError(f"Entry {index} is outside of the log's {size} entries.")
    _whole([leaf, *proof])
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise VerificationError("The inclusion proof is longer than the tree is high.")
        if place % 2 or place == last:
            found = node_hash(sibling, found)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise VerificationError("The inclusion proof is shorter than the tree is high.")
    return found


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Raises VerificationError unless the leaf hash is at `index` in the tree with the expected root."""
    if root_from_inclusion(leaf, index, size, proof) != expected:
        raise VerificationError(f"The inclusion proof of entry {index} does not lead to the log's root.")


def check_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raises VerificationError unless the tree with the new root grew from the one with the old root.

    Any tree grew from the empty one, so that a proof of it proves nothing and is an error.
    """
    if not 0 <= old_size <= new_size:
        raise VerificationError(f"The log has {new_size} entries, fewer than the {old_size} it had before.")
    if old_size == 0:
        raise VerificationError("That a log grew from nothing proves nothing.")
    _whole(proof)
    if old_size == new_size:
        if proof:
            raise VerificationError("A consistency proof of one and the same tree must be empty.")
        if old_root != new_root:
            raise VerificationError(f"There are two different logs of {new_size} entries.")
        return
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise VerificationError("The consistency proof is empty.")
    place, last = old_size - 1, new_size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    from_old = from_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise VerificationError("The consistency proof is longer than the tree is high.")
        if place % 2 or place == last:
            from_old = node_hash(sibling, from_old)
            from_new = node_hash(sibling, from_new)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            from_new = node_hash(from_new, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise VerificationError("The consistency proof is shorter than the tree is high.")
    if from_old != old_root:
        raise VerificationError(f"The consistency proof does not lead to the old root of {old_size} entries.")
    if from_new != new_root:
        raise VerificationError(f"The consistency proof does not lead to the new root of {new_size} entries.")


def _whole(proof: Sequence[bytes]) -> None:
    if any(len(item) != HASH_BYTES for item in proof):
        raise VerificationError(f"A hash of the proof does not have {HASH_BYTES} bytes.")
