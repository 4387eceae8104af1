"""Put recognised lines into reading order: columns of prose one after the other, tables row by row.

A recursive cut in the manner of G. Nagy & S. Seth, "Hierarchical representation of optically scanned
documents", ICPR 1984, along gaps between columns; a line that crosses the gap (a title, a footer) divides
what is above it from what is below.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fother.intake.ocr.interface import Line

Block = list[Line]

_COLUMN_ROWS = 4  # a column has at least as many rows
_COLUMN_WIDTH = 8.0  # and half of its rows are at least this wide, line heights
_NARROW_WIDTH = 4.5  # or this wide in columns of like width whose rows fill them: prose, not cells of a table
_ALIKE = 1.4  # most that widths of such columns differ
_FULL = 0.8  # share of the width of the widest row that begins at the same x
_CROSSING = 0.25  # share of the rows that may cross the gap between columns
_GUTTER = 0.6  # of a line height: the least width of the gap
_DEPTH = 4
_PARAGRAPH = 1.45  # times the usual pitch of rows: a new block


def in_reading_order(lines: Sequence[Line]) -> list[Block]:
    """Blocks of rows from first to last read; pieces that stand on one row are joined to one line."""
    if not lines:
        return []
    boxes = np.array([line.box for line in lines])
    blocks: list[Block] = []
    for part in _columns(boxes, np.arange(len(lines)), _DEPTH):
        blocks += _paragraphs([_joined([lines[i] for i in row]) for row in _rows(boxes, part)])
    return blocks


def _columns(boxes: NDArray[np.float64], part: NDArray[np.int64], depth: int) -> list[NDArray[np.int64]]:
    gap = _gutter(boxes[part]) if depth and len(part) >= 2 * _COLUMN_ROWS else None
    if gap is None:
        return [part]
    x0, x1, middle = boxes[part, 0], boxes[part, 2], (boxes[part, 1] + boxes[part, 3]) / 2
    crossing = part[(x0 < gap) & (x1 > gap)]
    bands = np.searchsorted(np.sort((boxes[crossing, 1] + boxes[crossing, 3]) / 2), middle)
    ordered: list[NDArray[np.int64]] = []
    titles = crossing[np.argsort(boxes[crossing, 1] + boxes[crossing, 3], kind="stable")]
    for band in range(len(crossing) + 1):
        inside = part[(bands == band) & ~np.isin(part, crossing)]
        for side in (inside[boxes[inside, 2] <= gap], inside[boxes[inside, 2] > gap]):
            if len(side):
                ordered += _columns(boxes, side, depth - 1)
        if band < len(crossing):
            ordered.append(titles[band : band + 1])
    return _with_neighbours_joined(ordered, set(crossing.tolist()))


def _with_neighbours_joined(parts: list[NDArray[np.int64]], titles: set[int]) -> list[NDArray[np.int64]]:
    """Titles that follow each other are one part, so that their rows and paragraphs are found together."""
    joined: list[NDArray[np.int64]] = []
    for part in parts:
        if joined and set(part.tolist()) <= titles and set(joined[-1].tolist()) <= titles:
            joined[-1] = np.concatenate([joined[-1], part])
        else:
            joined.append(part)
    return joined


def _gutter(boxes: NDArray[np.float64]) -> float | None:
    """x of the gap between two columns of prose, None when there is none."""
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    left, right = float(boxes[:, 0].min()), float(boxes[:, 2].max())
    if right - left < 2 * _NARROW_WIDTH * height:
        return None
    x = np.linspace(left, right, 400)[40:-40]
    reach = _GUTTER * height / 2
    crossed = ((boxes[:, 0, None] < x + reach) & (boxes[:, 2, None] > x - reach)).sum(axis=0)
    best = None
    for place in x[np.lexsort((np.abs(x - (left + right) / 2), crossed))[:200:10]].tolist():
        sides = boxes[boxes[:, 2] <= place + reach], boxes[boxes[:, 0] >= place - reach]
        over = len(boxes) - len(sides[0]) - len(sides[1])
        if over > _CROSSING * len(boxes):
            continue
        if _are_columns(sides, height) and _side_by_side(*sides):
            best = place
            break
    return best


def _are_columns(sides: Sequence[NDArray[np.float64]], height: float) -> bool:
    if min(len(side) for side in sides) < _COLUMN_ROWS:
        return False
    narrow, wide = sorted(float(np.median(side[:, 2] - side[:, 0])) for side in sides)
    if narrow >= _COLUMN_WIDTH * height:
        return True
    alike = narrow >= _NARROW_WIDTH * height and wide <= _ALIKE * narrow
    return alike and all(_filled(side, height) for side in sides)


def _filled(boxes: NDArray[np.float64], height: float) -> bool:
    """Whether most rows end where the widest row that begins at the same x does."""
    width = boxes[:, 2] - boxes[:, 0]
    together = np.abs(boxes[:, 0, None] - boxes[:, 0]) < height
    widest = np.where(together, width, 0.0).max(axis=1)
    return float((width >= _FULL * widest).mean()) >= 0.6


def _side_by_side(left: NDArray[np.float64], right: NDArray[np.float64]) -> bool:
    top = max(left[:, 1].min(), right[:, 1].min())
    bottom = min(left[:, 3].max(), right[:, 3].max())
    shorter = min(np.ptp(left[:, [1, 3]]), np.ptp(right[:, [1, 3]]))
    return bool(bottom - top > 0.5 * shorter)


def _rows(boxes: NDArray[np.float64], part: NDArray[np.int64]) -> list[list[int]]:
    """Rows from the top down, each from left to right."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    rows: list[list[int]] = []
    for i in part[np.argsort(middle[part], kind="stable")].tolist():
        if rows and _same_row(boxes, middle, rows[-1], i):
            rows[-1].append(i)
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: float(boxes[i, 0])) for row in rows]


def _same_row(boxes: NDArray[np.float64], middle: NDArray[np.float64], row: list[int], i: int) -> bool:
    near = min(row, key=lambda j: abs(float(boxes[j, 0] + boxes[j, 2] - boxes[i, 0] - boxes[i, 2])))
    height = min(boxes[near, 3] - boxes[near, 1], boxes[i, 3] - boxes[i, 1])
    apart = all(min(boxes[j, 2], boxes[i, 2]) - max(boxes[j, 0], boxes[i, 0]) < 0.5 * height for j in row)
    return bool(abs(middle[near] - middle[i]) < 0.5 * height and apart)


def _joined(pieces: list[Line]) -> Line:
    return Line(tuple(word for piece in pieces for word in piece.words))


def _paragraphs(rows: list[Line]) -> list[Block]:
    tops = np.array([row.box[1] + row.box[3] for row in rows]) / 2
    heights = np.array([row.box[3] - row.box[1] for row in rows])
    pitch = np.diff(tops)
    usual = float(np.median(pitch)) if len(pitch) else 0.0
    blocks: list[Block] = []
    for i, row in enumerate(rows):
        if i and pitch[i - 1] <= max(_PARAGRAPH * usual, 1.2 * heights[i]):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks
