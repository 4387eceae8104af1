"""Geometry of the page drawing: an arrow for every word, as long as the word was moved, much exaggerated."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fother.model.verdict import PageEvidence

Direction = Literal["left", "right"]

#: length of an ordinary arrow, as a share of the page width
_ARROW = 0.026
#: words drawn on one page; the densest newspaper page has fewer
_MOST_WORDS = 5000
#: an uncertain word is drawn fainter, in steps of 1/5
_OPACITY_STEPS = 5
#: lines shown enlarged
_ZOOM_ROWS = 4


@dataclass(frozen=True)
class Arrows:
    """All arrows of one direction and one faintness, as a single SVG path."""

    direction: Direction
    opacity: float
    path: str


@dataclass(frozen=True)
class PageDrawing:
    """What the template draws over the page, in points of the page from its top left."""

    width: float
    height: float
    arrows: tuple[Arrows, ...]
    unread: str  #: SVG path of the boxes of words that could not be read; may be empty
    read: int
    total: int
    exaggeration: int  #: arrows are this many times longer than the displacement
    legend_points: float  #: displacement of the arrow in the legend, points
    legend_arrow: str  #: SVG path of that arrow, tail at (0, 0)
    legend_length: float
    typical_sigma: float  #: median standard deviation of the words read, points; NaN if none
    zoom: tuple[float, float, float, float]  #: x, y, width, height of the lines shown enlarged


def _arrow(x: float, y: float, length: float, thickness: float, vertical: bool = False) -> str:
    """SVG path of an arrow that starts at (x, y); head and shaft share `length` when it is short."""
    sign = math.copysign(1.0, length)
    # a short arrow keeps its shape and becomes smaller as a whole
    thickness *= min(1.0, max(0.35, abs(length) / (thickness * 3.4)))
    head = min(abs(length), thickness * 2.6)
    shaft = abs(length) - head
    half, wing = thickness / 2, thickness * 1.05
    steps = (
        (sign * shaft, 0.0),
        (0.0, -wing),
        (sign * head, half + wing),
        (-sign * head, half + wing),
        (0.0, -wing),
        (-sign * shaft, 0.0),
    )
    start = (x, y - half) if not vertical else (x - half, y)
    turned = [(b, a) if vertical else (a, b) for a, b in steps]
    return f"M{start[0]:.1f} {start[1]:.1f}" + "".join(f"l{a:.1f} {b:.1f}" for a, b in turned) + "z"


def _round_down(value: float) -> int:
    """Largest integer of one figure and zeros that is not above `value`, at least 1: 67 → 60."""
    if value < 1.0:
        return 1
    scale = 10.0 ** math.floor(math.log10(value))
    return int(value // scale * scale)


def _zoom_window(
    boxes: NDArray[np.float64], read: NDArray[np.bool_], width: float, height: float
) -> tuple[float, float, float, float]:
    """The strip of a few whole lines and most of their width that holds most of the words read."""
    if not boxes.size:
        return 0.0, 0.0, width, min(height, width / 4)
    line = float(np.median(boxes[:, 3] - boxes[:, 1]))
    order = np.argsort(boxes[:, 1], kind="stable")
    # a new row starts where the next word stands more than half a line lower
    row_of_sorted = np.concatenate(([0], np.cumsum(np.diff(boxes[order, 1]) > line / 2)))
    rows = int(row_of_sorted[-1]) + 1
    per_row = np.bincount(row_of_sorted, weights=read[order].astype(np.float64), minlength=rows)
    held = np.convolve(per_row, np.ones(min(_ZOOM_ROWS, rows)), mode="valid")
    first = int(np.argmax(held))
    inside = boxes[order][(row_of_sorted >= first) & (row_of_sorted < first + _ZOOM_ROWS)]
    top = max(0.0, float(inside[:, 1].min()) - line * 0.1)
    bottom = min(height, float(inside[:, 3].max()) + line * 0.35)
    left = max(0.0, float(inside[:, 0].min()) - line)
    across = min(
        width - left, float(inside[:, 2].max()) + line - left, max((bottom - top) * 4.4, width * 0.5)
    )
    return left, top, across, bottom - top


def page_drawing(evidence: PageEvidence) -> PageDrawing:
    """Lay out the arrows of one page; they fade as the uncertainty of a word nears the size of the marks."""
    width, height = evidence.page_size
    boxes = np.asarray(evidence.boxes, dtype=np.float64).reshape(-1, 4)
    mark = np.asarray(evidence.mark, dtype=np.float64)
    sigma = np.asarray(evidence.sigma, dtype=np.float64)
    read = np.isfinite(mark) & np.isfinite(sigma)
    strength = np.abs(mark[read])
    typical = float(np.percentile(strength, 90)) if strength.size else 0.0
    exaggeration = min(_round_down(width * _ARROW / typical), 10_000) if typical > 0 else 1
    longest = width * _ARROW * 2.5
    reference = max(float(np.sqrt(np.mean(strength**2))), 1e-6) if strength.size else 1.0
    heights, widths = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    line = float(np.median(heights)) if heights.size else 10.0
    thickness = max(1.0, line * 0.17)

    paths: dict[tuple[Direction, int], list[str]] = defaultdict(list)
    unread: list[str] = []
    for i, (x0, y0, x1, y1) in enumerate(boxes[:_MOST_WORDS].tolist()):
        if not read[i]:
            unread.append(f"M{x0:.1f} {y0:.1f}h{x1 - x0:.1f}v{y1 - y0:.1f}h{x0 - x1:.1f}z")
            continue
        upright = bool(heights[i] > 2.5 * line and heights[i] > 2.2 * widths[i])
        length = max(-longest, min(longest, float(mark[i]) * exaggeration))
        along = (y0 + y1) / 2 if upright else (x0 + x1) / 2
        tail = along - length / 2
        path = _arrow(x1, tail, length, thickness, True) if upright else _arrow(tail, y1, length, thickness)
        certainty = float(np.clip(1.2 - float(sigma[i]) / reference, 0.2, 1.0))
        direction: Direction = "right" if mark[i] >= 0 else "left"
        paths[direction, round(certainty * _OPACITY_STEPS)].append(path)

    steps = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
    legend = next((v for v in steps if v * exaggeration >= width * 0.02), steps[-1])
    return PageDrawing(
        width=width,
        height=height,
        arrows=tuple(
            Arrows(direction, step / _OPACITY_STEPS, "".join(path))
            for (direction, step), path in sorted(paths.items(), key=lambda item: (item[0][1], item[0][0]))
        ),
        unread="".join(unread),
        read=int(read.sum()),
        total=int(mark.size),
        exaggeration=exaggeration,
        legend_points=legend,
        legend_arrow=_arrow(0.0, 0.0, legend * exaggeration, thickness),
        legend_length=legend * exaggeration,
        typical_sigma=float(np.median(sigma[read])) if read.any() else math.nan,
        zoom=_zoom_window(boxes, read, width, height),
    )
