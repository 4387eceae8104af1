"""What is kept of a page: the cells of its words, line by line, and the keys of runs of them.

A word's cell is the word with half of the white on both sides, so that thick or blurred print changes it
little. A run of neighbouring cells is known by the ratios of their widths, which neither scale nor, within
so short a run, perspective changes much. Hashing of local arrangements and voting after Nakai, Kise and
Iwamura 2006 (LLAH), with word widths along a line in place of arrangements of centroids in the plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Cells of one run, and the step of the logarithm of width ratios.
RUN = 6
STEP = 0.34
_BINS = 16
UNIT = 0.25  #: points; the precision of stored positions
_LIMIT = 0xFFFF
_MARGIN = 1000.0  # points; text may begin outside the page
_END = 0.16  # white given to a cell at the end of a line, em
_COLUMN_GAP = 0.95  # em; wider white ends a line
_MERGE_GAP = 0.10  # em; narrower white does not part words
_MAX_WORDS = 6000
_LEADER = 0.5  # a word narrower than this share of its height may be a dot of a leader,
_LEADER_DOTS = 4  # as are so many of them in a row


@dataclass(frozen=True)
class Cells:
    """Word cells (n): `x0`, `x1` ends and `y` middle, `line` number; a line's cells stand together."""

    x0: NDArray[np.float64]
    x1: NDArray[np.float64]
    y: NDArray[np.float64]
    line: NDArray[np.int64]


def page_signature(words: NDArray[np.float64]) -> NDArray[np.uint64]:
    """The word cells of a page, (m,) uint64, m ≤ n, to be stored.

    `words` (n, 4) are x0, y0, x1, y1 of every word in points from the top left of the page as shown, y down,
    in any order. Positions are kept to a quarter of a point. Text that runs along y is turned.
    """
    boxes = np.asarray(words, np.float64).reshape(-1, 4)
    boxes = boxes[np.isfinite(boxes).all(1) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
    boxes = boxes[:_MAX_WORDS]
    if _along_y(boxes):
        boxes = boxes[:, [1, 0, 3, 2]]
    lines = [part for whole in _lines(boxes) for part in _without_leaders(boxes, whole)]
    x, y, width, first = [], [], [], []
    em = 1.35 * float(np.median(boxes[:, 3] - boxes[:, 1])) if len(boxes) else 10.0
    for members in lines:
        part = boxes[members]
        own = max(float(np.median(part[:, 3] - part[:, 1])) * 1.35, 0.6 * em)
        gap = part[1:, 0] - np.maximum.accumulate(part[:, 2])[:-1]
        keep = gap > _MERGE_GAP * own
        left = part[np.r_[True, keep], 0]
        right = np.maximum.accumulate(part[:, 2])[np.r_[keep, True]]
        middle = (right[:-1] + left[1:]) / 2
        edges = np.r_[left[0] - _END * own, middle, right[-1] + _END * own]
        x.append(edges[:-1])
        width.append(np.diff(edges))
        y.append(np.full(len(left), float(np.median((part[:, 1] + part[:, 3]) / 2))))
        first.append(np.arange(len(left)) == 0)
    if not x:
        return np.zeros(0, np.uint64)
    columns = [_whole(np.concatenate(v) + shift) for v, shift in ((x, _MARGIN), (y, _MARGIN), (width, 0.0))]
    packed = columns[0] << np.uint64(48) | columns[1] << np.uint64(32) | columns[2] << np.uint64(16)
    signature: NDArray[np.uint64] = packed | np.concatenate(first).astype(np.uint64)
    return signature


def unpack(signature: NDArray[np.uint64]) -> Cells:
    """Cells of a stored signature, points."""
    column = [
        ((signature >> np.uint64(shift)) & np.uint64(_LIMIT)).astype(np.float64) * UNIT
        for shift in (48, 32, 16)
    ]
    line = np.cumsum((signature & np.uint64(1)).astype(np.int64))
    return Cells(column[0] - _MARGIN, column[0] - _MARGIN + column[2], column[1] - _MARGIN, line)


def runs(
    line: NDArray[np.int64], width: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """First cells (r,) of all runs of `RUN` cells within a line, and the logarithms of their width ratios
    in steps (r, RUN - 1)."""
    count = len(line) - RUN + 1
    if count <= 0:
        return np.zeros(0, np.int64), np.zeros((0, RUN - 1))
    first = np.flatnonzero(line[:count] == line[RUN - 1 :])
    logs = np.log(np.maximum(width, 1e-3))
    ratio = np.stack([logs[first + k + 1] - logs[first + k] for k in range(RUN - 1)], 1) / STEP
    return first, ratio


def keys(ratio: NDArray[np.float64]) -> NDArray[np.uint32]:
    """(r,) the key of each run."""
    return _join(np.floor(ratio))


def probes(ratio: NDArray[np.float64], flips: int = 3) -> NDArray[np.uint32]:
    """(r, 2**flips) keys of a measured run: the nearest, and those across the closest borders of bins."""
    whole = np.floor(ratio)
    part = ratio - whole
    border = np.minimum(part, 1 - part)
    other = np.where(part < 0.5, whole - 1, whole + 1)
    nearest = np.argsort(border, 1, kind="stable")[:, :flips]
    out = []
    for choice in range(2**flips):
        bins = whole.copy()
        for bit in range(flips):
            if choice >> bit & 1:
                place = nearest[:, bit : bit + 1]
                np.put_along_axis(bins, place, np.take_along_axis(other, place, 1), 1)
        out.append(_join(bins))
    return np.stack(out, 1) if out else np.zeros((len(ratio), 0), np.uint32)


def _join(bins: NDArray[np.float64]) -> NDArray[np.uint32]:
    digits = (np.clip(bins, -_BINS // 2, _BINS // 2 - 1) + _BINS // 2).astype(np.uint32)
    total = np.zeros(len(digits), np.uint32)
    for column in digits.T:
        total = total * np.uint32(_BINS) + column
    return total


def _whole(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    return np.clip(np.round(values / UNIT), 0, _LIMIT).astype(np.uint64)


def _along_y(boxes: NDArray[np.float64]) -> bool:
    """Does the text run along y? Its longest words tell: dots of leaders are higher than wide anyway."""
    if not len(boxes):
        return False
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    long = np.maximum(width, height)
    words = long >= 0.5 * np.sort(long)[-min(len(long), 10)]
    return bool((height > 1.5 * width)[words].mean() > 0.5)


def _without_leaders(boxes: NDArray[np.float64], line: list[int]) -> list[list[int]]:
    """The stretches of a line between leaders: rows of dots are alike on all pages."""
    part = boxes[line]
    narrow = part[:, 2] - part[:, 0] < _LEADER * (part[:, 3] - part[:, 1])
    edges = np.flatnonzero(np.diff(np.r_[0, narrow.astype(np.int8), 0]))
    out, begin = [], 0
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if b - a >= _LEADER_DOTS:
            out.append(line[begin:a])
            begin = int(b)
    return [stretch for stretch in (*out, line[begin:]) if stretch]


def _lines(boxes: NDArray[np.float64]) -> list[list[int]]:
    """Indices of the words of each line, from left to right; white wider than about an em ends a line."""
    if not len(boxes):
        return []
    order = np.argsort(boxes[:, 0], kind="stable")
    x0, y0, x1, y1 = boxes[order].T
    height, middle = y1 - y0, (y0 + y1) / 2
    typical = float(np.median(height))
    centre = (x0 + x1) / 2
    em = 1.35 * np.maximum(height, 0.8 * typical)
    stops = np.searchsorted(x0, x1 + _COLUMN_GAP * em)
    least = np.maximum(x1 - 0.1 * em, centre)
    away = 0.6 * np.maximum(height, typical)
    following = np.full(len(boxes), -1)
    for i, stop in enumerate(stops):
        rest = slice(i + 1, stop)
        overlap = np.minimum(y1[i], y1[rest]) - np.maximum(y0[i], y0[rest])
        good = (overlap > 0.5 * np.minimum(height[i], height[rest])) & (centre[rest] > least[i])
        good &= np.abs(middle[rest] - middle[i]) < away[i]
        if good.any():
            following[i] = i + 1 + np.argmax(good)
    seen = np.zeros(len(boxes), bool)
    lines = []
    for i in range(len(boxes)):
        if seen[i]:
            continue
        chain = []
        at = i
        while at >= 0 and not seen[at]:
            seen[at] = True
            chain.append(int(order[at]))
            at = int(following[at])
        lines.append(chain)
    top = (boxes[:, 1] + boxes[:, 3]) / 2
    lines.sort(key=lambda chain: (float(top[chain[0]]), float(boxes[chain[0], 0])))
    return lines
