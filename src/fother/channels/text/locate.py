"""Where in the original the stretches of a leak come from.

A leak may quote several passages in any order between words of others. Common runs of letters (`seeds`) that
follow each other in both texts are joined into chains, the best chains keep their stretch of the leak, and a
stretch that another part of the original explains as well is ambiguous. Method: chaining of anchors as in
Li, "Minimap2: pairwise alignment for nucleotide sequences", Bioinformatics 34 (2018), sections 2.1.1-2.1.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.channels.text.reference import Reference
from fother.channels.text.seeds import Ints, common_runs

_REACH = 700  # letters between two runs of a chain, at most
_BACK = 64  # runs looked back at
_CHAIN = 24  # letters of a chain that are worth its place: short ones are accidents or phrases
_APART = 60  # letters of both texts between two runs of one segment, at most
_COMPANY = 24  # letters by which the rest of its chain helps a segment, at most
_HOLE = 40  # letters between two runs that nothing else can explain
_TIMES = 2  # how often the whole original is read in one leak, at most
_RIVAL = 12  # letters by which the right part of the original must explain a stretch better


@dataclass(frozen=True)
class Chain:
    """A stretch of the leak that comes from one stretch of the original.

    `runs` (r, 3): leak letter, document letter, length; increasing and disjoint in both texts. `doubtful` are
    stretches of leak letters that another part of the original explains as well, and what is next to them:
    past a wording, a few letters are too short for a run and do not speak for the right part.
    """

    runs: Ints
    score: float
    doubtful: tuple[tuple[int, int], ...] = ()


def locate(leak: NDArray[np.uint32], reference: Reference) -> list[Chain]:
    """Chains in the order of the leak, disjoint there."""
    runs = common_runs(leak, reference.letters, reference.hidden)
    if not len(runs):
        return []
    runs = _telling(runs, len(leak))
    chains = _disjoint(_chains(runs), len(leak), reference.first_written)
    return sorted(_enough(chains, _TIMES * len(reference.letters)), key=lambda chain: int(chain.runs[0, 0]))


def _telling(runs: Ints, length: int) -> Ints:
    """Runs in the order of the leak without those in whose stretch another is twice as long."""
    longest = np.zeros(length, np.int64)
    for i, _, n in runs[np.argsort(runs[:, 2], kind="stable")].tolist():
        longest[i : i + n] = n
    lows = np.minimum.reduceat(longest, np.stack([runs[:, 0], runs[:, 0] + runs[:, 2] - 1], 1).ravel())[::2]
    kept = runs[2 * runs[:, 2] >= lows]
    return kept[np.lexsort((kept[:, 1], kept[:, 0]))]


def _chains(runs: Ints) -> list[Chain]:
    """Chains of runs, best first; each run belongs to one."""
    count = len(runs)
    i0, j0, n = (np.ascontiguousarray(column) for column in runs.T)
    i1, j1 = i0 + n, j0 + n
    score = n.astype(np.float64)
    before = np.full(count, -1)
    for r in range(1, count):
        low = max(0, r - _BACK)
        gap_i, gap_j = i0[r] - i1[low:r], j0[r] - j1[low:r]
        overlap = np.maximum(0, -np.minimum(gap_i, gap_j))
        bend = np.abs(gap_i - gap_j)
        gain = score[low:r] - overlap - np.minimum(0.2 * bend, 8 + 0.02 * bend)
        gain -= 0.15 * np.maximum(0, np.minimum(gap_i, gap_j)) + 0.02 * np.maximum(gap_i, gap_j)
        gain[(np.maximum(gap_i, gap_j) > _REACH) | (overlap >= np.minimum(n[low:r], n[r]))] = -1.0
        best = int(np.argmax(gain))
        if gain[best] > 0:
            score[r] = n[r] + gain[best]
            before[r] = low + best
    return _unravelled(runs, score, before)


def _unravelled(runs: Ints, score: NDArray[np.float64], before: Ints) -> list[Chain]:
    used = np.zeros(len(runs), np.bool_)
    chains: list[Chain] = []
    for end in np.argsort(-score, kind="stable").tolist():
        members = []
        r = end
        while r >= 0 and not used[r]:
            used[r] = True
            members.append(r)
            r = before[r]
        if members:
            chains += _segments(_trimmed(runs[members[::-1]]))
    return sorted(chains, key=lambda chain: -chain.score)


def _segments(runs: Ints) -> Iterator[Chain]:
    """A chain cut where both texts go on without each other: what follows need not belong to it.

    The score of a segment is what it explains itself, and a little for the company that it is in.
    """
    gaps = runs[1:, :2] - runs[:-1, :2] - runs[:-1, 2:]
    cuts = np.flatnonzero(gaps.min(axis=1) > _APART) + 1
    total = runs[:, 2].sum()
    for part in np.split(runs, cuts):
        own = part[:, 2].sum()
        if own >= _CHAIN or len(cuts) == 0:
            yield Chain(part, float(own + min(_COMPANY, total - own)))


def _trimmed(runs: Ints) -> Ints:
    """The runs without what overlaps with the run before, in either text."""
    rows = []
    i_end = j_end = 0
    for i, j, n in runs.tolist():
        cut = max(0, i_end - i, j_end - j)
        if cut < n:
            rows.append((i + cut, j + cut, n - cut))
            i_end, j_end = i + n, j + n
    return np.array(rows, np.int64)


def _disjoint(chains: list[Chain], length: int, first_written: Ints) -> list[Chain]:
    """The best chain of every stretch of the leak, with what its rivals make doubtful."""
    owner = np.full(length, -1, np.int32)
    letter = np.full(length, -1, np.int64)  # of the original, as far as runs tell
    taken: list[Chain] = []
    doubtful: list[list[tuple[int, int]]] = []
    for chain in chains:
        spans = [(i, i + n) for i, _, n in chain.runs.tolist()]
        free = np.ones(len(spans), np.bool_)
        for row, (i, j, n) in enumerate(chain.runs.tolist()):
            others = owner[i : i + n]
            free[row] = 2 * np.count_nonzero(others >= 0) < n
            elsewhere = letter[i : i + n] != first_written[j : j + n]
            for number in np.unique(others[(others >= 0) & elsewhere]).tolist():
                if chain.score >= taken[number].score - _RIVAL:
                    where = np.flatnonzero((others == number) & elsewhere)
                    low, high = i + int(where[0]) - _RIVAL, i + int(where[-1]) + 1 + _RIVAL
                    doubtful[number].append((low, high))
        if chain.runs[free, 2].sum() < min(_CHAIN, length):
            continue
        at = spans[int(np.argmax(free))][0]
        for i, j, n in chain.runs[free].tolist():
            owner[at if i - at <= _HOLE else i : i + n] = len(taken)
            letter[i : i + n] = first_written[j : j + n]
            at = i + n
        taken.append(Chain(chain.runs[free], chain.score))
        doubtful.append([])
    return [Chain(c.runs, c.score, tuple(sorted(d))) for c, d in zip(taken, doubtful, strict=True)]


def _enough(chains: list[Chain], letters: int) -> list[Chain]:
    """The first chains with so many letters: whoever repeats a document endlessly is not read endlessly."""
    total = np.cumsum([chain.runs[:, 2].sum() for chain in chains])
    return chains[: int(np.searchsorted(total, letters)) + 1]
