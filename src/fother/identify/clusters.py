"""Matching fingerprints gathered into stretches: same document, same diagonal, close together in the leak.

The diagonal of a match is its place in the document minus its place in the leak; an excerpt keeps it but for
what misreading inserts and drops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fother.identify.fingerprints import Marks, Numbers

WIDTH = 96  #: characters of diagonal that count as one; bins overlap by half
_GAP = 400  #: characters of the leak without a match that end a stretch
_REACH = 300  #: characters that a stretch may extend beyond its outermost matches
_BLOCK = 100  #: characters of the leak within which at most `limit` documents are kept
_NUMBER_BITS, _BIN_BITS, _MARK_BITS = 24, 24, 16
MOST_MARKS = 1 << _MARK_BITS  #: of one piece of the leak
_SHIFT = 1 << 22  #: bins that keep negative diagonals positive


@dataclass(frozen=True)
class Stretch:
    """A stretch of the leak that agrees with a part of one document."""

    document: int  #: its number in the index
    start: int  #: in the leak
    end: int
    diagonal: int  #: place in the document minus place in the leak
    score: float
    matches: int


def stretches(
    marks: Marks,
    document: Numbers,
    place: Numbers,
    mark: Numbers,
    weight: NDArray[np.float64],
    least: int,
    most: int,
) -> list[Stretch]:
    """Stretches of at least `least` matches, the `most` best, best first.

    `marks` are at most MOST_MARKS of the leak; `document`, `place` and `mark` (m,) say which document holds
    which mark where; `weight` (len(marks),) is what one match counts.
    """
    if len(mark) == 0:
        return []
    diagonal_bin = np.clip((place - marks.offset[mark]) // (WIDTH // 2) + _SHIFT, 0, (1 << _BIN_BITS) - 2)
    key = document.astype(np.uint64) << np.uint64(_BIN_BITS + _MARK_BITS)
    key |= ((diagonal_bin << _MARK_BITS) | mark).astype(np.uint64)
    key = np.concatenate((key, key + np.uint64(1 << _MARK_BITS)))
    key.sort()
    key = key[np.concatenate(([True], key[1:] != key[:-1]))]
    group = key >> np.uint64(_MARK_BITS)
    at = (key & np.uint64(MOST_MARKS - 1)).astype(np.int64)
    where = marks.offset[at]
    first = np.flatnonzero(
        np.concatenate(([True], (group[1:] != group[:-1]) | (where[1:] - where[:-1] > _GAP)))
    )
    last = np.append(first[1:], len(key)) - 1
    score = np.add.reduceat(weight[at], first)
    matches = last - first + 1
    enough = np.flatnonzero(matches >= least)
    if len(enough) > most:
        enough = enough[np.argpartition(-score[enough], most)[:most]]
    enough = enough[np.argsort(-score[enough], kind="stable")]
    low = (1 << _BIN_BITS) - 1
    return [
        Stretch(
            document=int(group[f]) >> _BIN_BITS,
            start=int(where[f]),
            end=int(marks.end[at[e]]),
            diagonal=((int(group[f]) & low) - _SHIFT) * (WIDTH // 2),
            score=float(s),
            matches=int(m),
        )
        for f, e, s, m in zip(
            first[enough].tolist(), last[enough].tolist(), score[enough], matches[enough], strict=True
        )
    ]


def merged(found: Iterable[Stretch]) -> list[Stretch]:
    """Stretches of one document that continue each other made one; best first.

    The two bins that every match falls into give the same stretch twice; misreading lets a long stretch drift
    from bin to bin.
    """
    kept: dict[int, list[Stretch]] = {}
    for new in sorted(found, key=lambda s: -s.score):
        others = kept.setdefault(new.document, [])
        for nth, old in enumerate(others):
            apart = max(new.start - old.end, old.start - new.end)
            drift = 2 * WIDTH + max(old.end - old.start, new.end - new.start) // 20
            if apart <= _GAP and abs(new.diagonal - old.diagonal) <= drift:
                overlap = min(1.0, max(0, -apart) / max(1, new.end - new.start))
                # The diagonal that the start of the joined stretch has.
                diagonal = new.diagonal if new.start < old.start and overlap < 0.5 else old.diagonal
                others[nth] = replace(
                    old,
                    start=min(old.start, new.start),
                    end=max(old.end, new.end),
                    diagonal=diagonal,
                    score=old.score + new.score * (1 - overlap),
                    matches=old.matches + round(new.matches * (1 - overlap)),
                )
                break
        else:
            others.append(new)
    return sorted((s for others in kept.values() for s in others), key=lambda s: -s.score)


def extended(stretch: Stretch, length: int) -> Stretch:
    """The stretch with what may belong to it on both sides: the fewer its matches, the more."""
    reach = min(_REACH, 3 * (stretch.end - stretch.start) // max(1, stretch.matches) + 12)
    if stretch.matches < 4:
        reach = _REACH
    return replace(stretch, start=max(0, stretch.start - reach), end=min(length, stretch.end + reach))


def strongest(found: Iterable[Stretch], length: int, limit: int) -> list[Stretch]:
    """Of stretches that come best first, those that are among the `limit` best somewhere in the leak."""
    taken = np.zeros(length // _BLOCK + 1, np.int64)
    kept = []
    for stretch in found:
        blocks = taken[stretch.start // _BLOCK : max(stretch.end - 1, stretch.start) // _BLOCK + 1]
        if int(blocks.min()) < limit:
            blocks += 1
            kept.append(stretch)
    return kept
