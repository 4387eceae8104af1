"""Letter by letter: which letter of the original each letter of a leak's passage is.

Between the long common runs of a chain, and past its ends, shorter ones are looked for. Hidden letters never
take part, so the alignment is the same whichever form of a wording the leak shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fother.channels.text.letters import string
from fother.channels.text.locate import Chain
from fother.channels.text.reference import HIDDEN, Reference
from fother.channels.text.seeds import Ints

_SHORTEST = 4  # letters in a row that are believed between two longer runs
_PAST = 6  # letters past a gap that show that nothing stands in it
_LARGEST = 1_500  # letters of a gap that is filled; in a longer one text is missing or strange
_STEP = 96  # letters looked at past an end, at once
_STEPS = 20  # of them, at most


@dataclass(frozen=True)
class Passage:
    """Runs (r, 3) of leak letter, document letter, length that belong together; see `Chain`."""

    runs: Ints
    doubtful: tuple[tuple[int, int], ...]

    @property
    def leak_letters(self) -> tuple[int, int]:
        """The stretch of leak letters from the first run to the last."""
        return int(self.runs[0, 0]), int(self.runs[-1, 0] + self.runs[-1, 2])

    def leak_letter(self, letter: int) -> int:
        """The leak letter that is this document letter, or -1."""
        row = int(np.searchsorted(self.runs[:, 1], letter, "right")) - 1
        if row < 0:
            return -1
        i, j, n = self.runs[row].tolist()
        return int(i + letter - j) if letter < j + n else -1

    def alike(self, first: int, last: int) -> float:
        """Share of the document letters first … last - 1, as far as they lie within, that runs cover."""
        starts, ends = self.runs[:, 1], self.runs[:, 1] + self.runs[:, 2]
        first, last = max(first, int(starts[0])), min(last, int(ends[-1]))
        rows = slice(int(np.searchsorted(ends, first, "right")), int(np.searchsorted(starts, last)))
        covered = np.minimum(ends[rows], last) - np.maximum(starts[rows], first)
        return float(covered.sum() / max(1, last - first))

    def is_doubtful(self, start: int, end: int) -> bool:
        """Whether leak letters start…end may come from elsewhere in the original."""
        return any(low < end and start < high for low, high in self.doubtful)


def all_aligned(leak: NDArray[np.uint32], reference: Reference, chains: list[Chain]) -> list[Passage]:
    """Every chain with all runs that can be told within it and past its ends, up to those of the others."""
    starts = np.sort(np.concatenate([c.runs[:, 0] for c in chains])) if chains else np.zeros(0, np.int64)
    ends = np.sort(np.concatenate([c.runs[:, 0] + c.runs[:, 2] for c in chains])) if chains else starts
    passages = []
    for chain in chains:
        first, last = int(chain.runs[0, 0]), int(chain.runs[-1, 0] + chain.runs[-1, 2])
        before, after = np.searchsorted(ends, first, "right"), np.searchsorted(starts, last)
        low = int(ends[before - 1]) if before else 0
        high = int(starts[after]) if after < len(starts) else len(leak)
        passages.append(_aligned(leak[:high], reference, chain, low))
    return passages


def _aligned(leak: NDArray[np.uint32], reference: Reference, chain: Chain, low: int) -> Passage:
    masked = reference.shown
    rows: list[tuple[int, int, int]] = []
    for i, j, n in chain.runs.tolist():
        if rows:
            last_i, last_j, last_n = rows[-1]
            rows += _between(leak, masked, (last_i + last_n, i), (last_j + last_n, j))
        rows.append((i, j, n))
    last_i, last_j, last_n = rows[-1]
    rows += [
        (last_i + last_n + i, last_j + last_n + j, n)
        for i, j, n in _grown(leak[last_i + last_n :], masked[last_j + last_n :])
    ]
    first_i, first_j, _ = rows[0]
    before = _grown(leak[low:first_i][::-1], masked[:first_j][::-1])
    rows = [(first_i - i - n, first_j - j - n, n) for i, j, n in reversed(before)] + rows
    return Passage(_cut(rows, leak, masked, reference.gaps), chain.doubtful)


def _cut(
    runs: list[tuple[int, int, int]], leak: NDArray[np.uint32], masked: NDArray[np.uint32], gaps: Ints
) -> Ints:
    """The runs without their ends that may belong to another form; the next run may take what is freed.

    Of "know that they" the letters "know th" equal the beginning of "know they": a few letters past a gap are
    no reason to believe that nothing stands in it.
    """
    rows: list[tuple[int, int, int]] = []
    for i, j, n in runs:
        i_end, j_end = (rows[-1][0] + rows[-1][2], rows[-1][1] + rows[-1][2]) if rows else (i, j)
        while i > i_end and j > j_end and leak[i - 1] == masked[j - 1]:
            i, j, n = i - 1, j - 1, n + 1
        low, high = np.searchsorted(gaps, [j, j + n], "right")
        for gap in gaps[low:high].tolist():
            if j + n - gap < _PAST:
                n = gap - j
                break
            if gap - j < _PAST:
                i, j, n = i + gap - j, gap, j + n - gap
        if n > 0:
            rows.append((i, j, n))
    return np.array(rows, np.int64).reshape(-1, 3)


def _between(
    leak: NDArray[np.uint32], masked: NDArray[np.uint32], ours: tuple[int, int], theirs: tuple[int, int]
) -> Iterator[tuple[int, int, int]]:
    (i, i1), (j, j1) = ours, theirs
    if min(i1 - i, j1 - j) < _SHORTEST or max(i1 - i, j1 - j) > _LARGEST:
        return
    blocks = Levenshtein.editops(string(leak[i:i1]), string(masked[j:j1])).as_matching_blocks()
    for block in blocks:
        if block.size >= _SHORTEST:
            yield i + block.a, j + block.b, block.size


def _grown(leak: NDArray[np.uint32], masked: NDArray[np.uint32]) -> list[tuple[int, int, int]]:
    """Runs at the beginning of both, as far as they go on alike."""
    rows: list[tuple[int, int, int]] = []
    i = j = 0
    for _ in range(_STEPS):
        ours, theirs = leak[i : i + _STEP], masked[j : j + _STEP]
        score = best = 0.0
        kept = len(rows)
        at_i, at_j = i, j
        for block in Levenshtein.editops(string(ours), string(theirs)).as_matching_blocks():
            if block.size < _SHORTEST:
                continue
            p, q = i + block.a, j + block.b
            hidden = int(np.count_nonzero(masked[at_j:q] == HIDDEN))
            gap = max(0 if hidden else p - at_i, q - at_j - hidden)
            score += block.size - (1 + gap / 2 if gap else 0)
            if score < -_SHORTEST:
                break
            rows.append((p, q, block.size))
            at_i, at_j = p + block.size, q + block.size
            if score > best:
                best, kept = score, len(rows)
        del rows[kept:]
        if best <= 0:
            break
        i, j = rows[-1][0] + rows[-1][2], rows[-1][1] + rows[-1][2]
    return rows
