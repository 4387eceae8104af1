"""Where a leak and a document agree: local alignments, grown from exact pieces both share.

Seed and extend with an X-drop, as BLAST does (Altschul, Gish, Miller, Myers, Lipman, "Basic local alignment
search tool", J. Mol. Biol. 215, 1990; gapped extension: Nucleic Acids Research 25, 1997), on letters instead
of bases: every maximal run of letters in both texts is a seed, the longest first; from each the alignment
grows both ways through typing errors, misread characters and replaced words, until the score has dropped
too far below its best. What is bridged block by block is a Levenshtein alignment, so a long passage costs
time in proportion to its length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein, Prefix

from fother.identify.letters import Letters

GAIN = 0.6  #: score of a letter that agrees
OPEN = 2.0  #: cost of a place where the texts differ
STRETCH = 0.3  #: cost of each further letter there
DROP = 24.0  #: an alignment ends where its score has fallen so far below its best
_WORTH = 0.5  # score that an end must add when it lies beyond a difference: less is an accident
SHORTEST_RUN = 3  #: letters; agreements shorter than this between two differences are accidents
_BLOCK, _TRUSTED = 192, 128  #: letters aligned at once; those far from the block's end are kept
_MOST_SEEDS = 400  #: tried in one pair of texts
_MOST_REPEATS = 24  #: a piece that stands more often in the document seeds nothing
_FEWEST_SEED, _MOST_SEED = 6, 14  #: letters
_LEAP = 1 << 14


@dataclass(frozen=True)
class Alignment:
    """One stretch of the leak laid beside one of the document; positions count letters.

    `runs` (r, 3) int64: where in the leak, where in the document, how many letters agree exactly; in order.
    `differences` counts the places between runs, `differing` the letters there (the longer side of each).
    """

    leak: tuple[int, int]
    document: tuple[int, int]
    runs: NDArray[np.int64]
    differences: int
    differing: int

    @property
    def agreeing(self) -> int:
        return int(self.runs[:, 2].sum())

    @property
    def similarity(self) -> float:
        """Share of letters that agree, 0…1 (Dice's coefficient over both stretches)."""
        total = self.leak[1] - self.leak[0] + self.document[1] - self.document[0]
        return 2 * self.agreeing / total if total else 0.0


def alignments(leak: Letters, document: Letters, least: float = 6.0) -> list[Alignment]:
    """All local alignments of score `least` or more, best first; none covers a place of the leak twice."""
    seeds = _seeds(leak, document)
    back = leak.text[::-1], document.text[::-1]
    taken = np.zeros(len(leak), bool)
    found: list[tuple[float, Alignment]] = []
    for start, place, length in seeds[:_MOST_SEEDS]:
        middle = start + length // 2
        if taken[middle]:
            continue
        right, score_right = _grow(leak.text, document.text, middle, place + length // 2)
        left, score_left = _grow(*back, len(leak) - middle, len(document) - place - length // 2)
        score = score_left + score_right
        if score < least:
            continue
        runs = [(len(leak) - i - n, len(document) - j - n, n) for i, j, n in reversed(left)] + right
        found.append((score, _alignment(runs)))
        taken[runs[0][0] : runs[-1][0] + runs[-1][2]] = True
    found.sort(key=lambda item: -item[0])
    return apart([item for _, item in found])


def apart(found: list[Alignment]) -> list[Alignment]:
    """Cut away what a better alignment already covers of the leak."""
    kept: list[Alignment] = []
    for item in found:
        runs = item.runs
        for other in kept:
            before, after = _up_to(runs, other.leak[0]), _from(runs, other.leak[1])
            whole = before[:, 2].sum() + after[:, 2].sum() == runs[:, 2].sum()
            if not whole or (len(before) and len(after)):
                runs = before if before[:, 2].sum() >= after[:, 2].sum() else after
        if np.array_equal(runs, item.runs):
            kept.append(item)
        elif len(runs) and runs[:, 2].sum() > _MOST_SEED:
            kept.append(_alignment([(int(i), int(j), int(n)) for i, j, n in runs]))
    return kept


def _up_to(runs: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """The part of runs (r, 3) that lies before a letter of the leak."""
    cut = runs.copy()
    cut[:, 2] = np.minimum(cut[:, 2], end - cut[:, 0])
    return cut[cut[:, 2] > 0]


def _from(runs: NDArray[np.int64], start: int) -> NDArray[np.int64]:
    """The part of runs (r, 3) that lies from a letter of the leak on."""
    cut = runs.copy()
    late = np.maximum(start - cut[:, 0], 0)
    cut[:, :2] += late[:, None]
    cut[:, 2] -= late
    return cut[cut[:, 2] > 0]


def _alignment(pieces: list[tuple[int, int, int]]) -> Alignment:
    runs: list[tuple[int, int, int]] = []
    differences = differing = 0
    for i, j, n in pieces:
        if runs:
            p, q, m = runs[-1]
            gap = max(i - p - m, j - q - m)
            if gap == 0:
                runs[-1] = (p, q, m + n)
                continue
            differences += 1
            differing += gap
        runs.append((i, j, n))
    (p, q, _), (i, j, n) = runs[0], runs[-1]
    return Alignment((p, i + n), (q, j + n), np.array(runs, np.int64), differences, differing)


def _grow(leak: str, document: str, i: int, j: int) -> tuple[list[tuple[int, int, int]], float]:
    """Runs that follow letter `i` of the leak and `j` of the document, up to the best score; that score."""
    runs: list[tuple[int, int, int]] = []
    score = best = top = 0.0
    kept = 0
    ended_i, ended_j = i, j
    while True:
        same = Prefix.similarity(leak[i : i + _LEAP], document[j : j + _LEAP])
        if same:
            pieces = [(0, 0, same)]
        else:
            one, two = leak[i : i + _BLOCK], document[j : j + _BLOCK]
            if not one or not two:
                break
            pieces = [(p, q, n) for p, q, n in Levenshtein.editops(one, two).as_matching_blocks() if n]
        moved = False
        for p, q, n in pieces:
            if n < SHORTEST_RUN and not same:
                continue
            if not same and p > _TRUSTED and moved:
                break
            gap = max(i + p - ended_i, j + q - ended_j)
            score += GAIN * n - (OPEN + STRETCH * (gap - 1) if gap else 0.0)
            runs.append((i + p, j + q, n))
            ended_i, ended_j = i + p + n, j + q + n
            moved = True
            if score > best + (_WORTH if gap else 0.0):
                best, kept = score, len(runs)
            top = max(top, score)
            if top - score > DROP:
                return runs[:kept], best
        if not moved:
            break
        i, j = ended_i, ended_j
    return runs[:kept], best


def _seeds(leak: Letters, document: Letters) -> list[tuple[int, int, int]]:
    """Maximal runs of letters in both texts (leak position, document position, length), longest first.

    Their least length grows with the texts, so that few of them are accidents: about six letters of equal
    probability describe a written alphabet, hence the base of the logarithm.
    """
    places = max(2, len(leak) * len(document))
    size = min(_MOST_SEED, max(_FEWEST_SEED, math.ceil(math.log(places, 6)) - 1))
    if leak.sign.sum() * 4 > len(leak):
        size = max(3, size // 2)
    if min(len(leak), len(document)) < size:
        return []
    one, two = pieces(leak.text, size), pieces(document.text, size)
    order = np.argsort(two, kind="stable")
    ordered = two[order]
    first = np.searchsorted(ordered, one, "left")
    count = np.searchsorted(ordered, one, "right") - first
    count[count > _MOST_REPEATS] = 0
    at = np.repeat(np.arange(len(one)), count)
    if not len(at):
        return []
    within = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    place = order[np.repeat(first, count) + within]
    diagonal = place - at
    turn = np.lexsort((at, diagonal))
    at, place, diagonal = at[turn], place[turn], diagonal[turn]
    breaks = np.flatnonzero((np.diff(diagonal) != 0) | (np.diff(at) != 1)) + 1
    begin = np.concatenate(([0], breaks))
    length = np.diff(np.concatenate((begin, [len(at)]))) + size - 1
    longest = np.argsort(-length, kind="stable")[: 4 * _MOST_SEEDS]
    begin = begin[longest]
    return list(zip(at[begin].tolist(), place[begin].tolist(), length[longest].tolist(), strict=True))


def pieces(text: str, size: int) -> NDArray[np.uint64]:
    """Hash of every piece of `size` letters, (n - size + 1,)."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = len(points) - size + 1
    value = np.zeros(count, np.uint64)
    for index in range(size):
        value = value * np.uint64(0x9E3779B97F4A7C15) + points[index : index + count] + np.uint64(1)
    return value
