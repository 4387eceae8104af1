"""Runs of letters that a leak and the original share: the seeds of their alignment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_FEWEST, _MOST = 8, 14  # letters of a seed
_REPEATS = (64, 16, 4, 1)  # a piece that the original says more often tells nothing
_PAIRS = 2_000_000  # pairs of equal pieces looked at in one chunk
_CHUNK = 1 << 20  # letters of the leak taken at once
_RUNS = 100_000  # runs kept, longest first


def size_of_seed(leak: int, document: int) -> int:
    """Letters that a run must have for few of them to be accidents.

    A written alphabet is worth about six letters of equal probability, hence the base of the logarithm.
    """
    return min(_MOST, max(_FEWEST, math.ceil(math.log(max(2, leak * document), 6)) - 1))


def common_runs(leak: NDArray[np.uint32], document: NDArray[np.uint32], hidden: NDArray[np.bool_]) -> Ints:
    """Maximal common runs outside of hidden letters: (r, 3) leak letter, document letter, length.

    Pieces of at least `size_of_seed` letters count. Time is bounded whatever the texts are: pieces that are
    said too often are passed over, and of very many runs the longest are kept.
    """
    size = size_of_seed(len(leak), len(document))
    if min(len(leak), len(document)) < size:
        return np.zeros((0, 3), np.int64)
    covered = np.concatenate([[0], np.cumsum(hidden)])
    places = np.flatnonzero(covered[size:] == covered[:-size])
    hashes = _pieces(document, size)[places]
    order = np.argsort(hashes, kind="stable")
    hashes, places = hashes[order], places[order]
    found = [
        _runs(start, _pieces(leak[start : start + _CHUNK + size - 1], size), hashes, places, size)
        for start in range(0, len(leak) - size + 1, _CHUNK)
    ]
    runs = np.concatenate(found)
    if len(runs) > _RUNS:
        runs = runs[np.sort(np.argsort(-runs[:, 2], kind="stable")[:_RUNS])]
    return runs


def _runs(start: int, leak: NDArray[np.uint64], hashes: NDArray[np.uint64], places: Ints, size: int) -> Ints:
    first = np.searchsorted(hashes, leak, "left")
    count = np.searchsorted(hashes, leak, "right") - first
    for limit in _REPEATS:
        count[count > limit] = 0
        if count.sum() <= _PAIRS:
            break
    at = np.repeat(np.arange(len(leak)), count)
    if not len(at):
        return np.zeros((0, 3), np.int64)
    within = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    place = places[np.repeat(first, count) + within]
    turn = np.lexsort((at, place - at))
    at, place = at[turn], place[turn]
    breaks = np.flatnonzero((np.diff(place - at) != 0) | (np.diff(at) != 1)) + 1
    begin = np.concatenate([[0], breaks])
    length = np.diff(np.concatenate([begin, [len(at)]])) + size - 1
    return np.stack([at[begin] + start, place[begin], length], axis=1)


def _pieces(letters: NDArray[np.uint32], size: int) -> NDArray[np.uint64]:
    """Hash of every piece of `size` letters, (n - size + 1,)."""
    count = len(letters) - size + 1
    value = np.zeros(count, np.uint64)
    for index in range(size):
        value *= np.uint64(0x9E3779B97F4A7C15)
        value += letters[index : index + count]
        value += np.uint64(1)
    return value
