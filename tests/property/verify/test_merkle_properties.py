"""Roots and proofs agree with the definitions of RFC 6962 section 2.1 on trees of every small size."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.verify import merkle
from fother.verify.errors import VerificationError


def tree(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([number])) for number in range(size)]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it is written there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return merkle.node_hash(defined_root(leaves[:half]), defined_root(leaves[half:]))


@pytest.mark.parametrize("size", range(68))
def test_all_proofs_of_small_trees_hold(size: int) -> None:
    leaves = tree(size)
    root = merkle.root(leaves)
    assert root == defined_root(leaves)
    for index in range(size):
        path = merkle.inclusion_path(leaves, index)
        merkle.check_inclusion(leaves[index], index, size, path, root)
    assert merkle.consistency_path(leaves, 0) == []
    for old in range(1, size + 1):
        path = merkle.consistency_path(leaves, old)
        merkle.check_consistency(old, size, path, merkle.root(leaves[:old]), root)


@given(st.data(), st.integers(2, 70))
def test_no_altered_inclusion_proof_holds(data: st.DataObject, size: int) -> None:
    leaves = tree(size)
    index = data.draw(st.integers(0, size - 1))
    path, root = merkle.inclusion_path(leaves, index), merkle.root(leaves)
    place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    flipped = bytearray(path[place])
    flipped[bit // 8] ^= 1 << bit % 8
    other = data.draw(st.integers(0, size).filter(lambda other: other != index))
    changes = [
        (leaves[index], index, [*path[:place], bytes(flipped), *path[place + 1 :]]),
        (leaves[index], index, path[:place] + path[place + 1 :]),
        (leaves[index], index, [*path, bytes(flipped)]),
        (leaves[index], other, path),
        (leaves[(index + 1) % size], index, path),
    ]
    for leaf, number, changed in changes:
        with pytest.raises(VerificationError):
            merkle.check_inclusion(leaf, number, size, changed, root)


@given(st.data(), st.integers(2, 70))
def test_no_altered_consistency_proof_holds(data: st.DataObject, size: int) -> None:
    leaves = tree(size)
    old = data.draw(st.integers(1, size - 1))
    path, old_root, new_root = (
        merkle.consistency_path(leaves, old),
        merkle.root(leaves[:old]),
        merkle.root(leaves),
    )
    place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    flipped = bytearray(path[place])
    flipped[bit // 8] ^= 1 << bit % 8
    for changed in (
        [*path[:place], bytes(flipped), *path[place + 1 :]],
        path[:place] + path[place + 1 :],
        [*path, bytes(flipped)],
        [],
    ):
        with pytest.raises(VerificationError):
            merkle.check_consistency(old, size, changed, old_root, new_root)
    rewritten = [merkle.leaf_hash(b"other"), *leaves[1:]]
    with pytest.raises(VerificationError):
        merkle.check_consistency(
            old, size, merkle.consistency_path(rewritten, old), old_root, merkle.root(rewritten)
        )


hashes = st.lists(st.one_of(st.binary(min_size=32, max_size=32), st.binary(max_size=40)), max_size=70)
sizes = st.integers(-2, 2**64)


@given(sizes, sizes, hashes, st.binary(min_size=32, max_size=32))
def test_any_proof_is_checked_or_refused(first: int, second: int, proof: list[bytes], root: bytes) -> None:
    for check in (merkle.check_inclusion, None):
        try:
            if check:
                check(root, first, second, proof, root)
            else:
                merkle.check_consistency(first, second, proof, root, root)
        except VerificationError:
            pass
