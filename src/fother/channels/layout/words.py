"""Glyphs → words → rigid clusters → line segments.

Thresholds are fractions of the em: a gap above 0.14 em ends a word, clusters less than 0.2 em apart must stay
rigid (their gap is not a word space), and a gap above 1 em ends a segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.model.page import PageGlyphs

WORD_GAP = 0.14
CLUSTER_GAP = 0.2
SEGMENT_GAP = 1.0
SAME_LINE = 0.2  #: baselines this close (em) are one line
MAX_SIZE_RATIO = 1.67
MIN_SIZE, MAX_SIZE = 4.5, 80.0  #: points; outside, text is ornament or too fine to shift unseen
_WORDLIKE = "\ufffd–—&"  #: signs that stand between words like a word
_BELOW, _ABOVE = 0.25, 0.8  #: box of a glyph below and above its baseline, em


@dataclass
class Cluster:
    """Words that move as one. Positions along and across the text in points of user space."""

    glyphs: list[int]
    axis: tuple[float, float]
    start: float
    end: float
    baseline: float
    em: float
    text: str
    movable: bool
    words: int
    segment: int = -1


def words(page: PageGlyphs) -> list[NDArray[np.intp]]:
    """Glyph indices of each word, in content order; spaces belong to none."""
    n = len(page.text)
    if n == 0:
        return []
    advance = page.end - page.origin
    em = np.maximum(np.hypot(page.ascent[:, 0], page.ascent[:, 1]), 1e-9)
    # The text direction of a glyph without an advance (a combining mark) is its ascent, turned clockwise.
    length = np.hypot(advance[:, 0], advance[:, 1])
    turned = np.column_stack([page.ascent[:, 1], -page.ascent[:, 0]]) / em[:, None]
    axis = np.where((length > 1e-6 * em)[:, None], advance / np.maximum(length, 1e-12)[:, None], turned)
    blank = page.space | np.array([text.isspace() for text in page.text])
    step = page.origin[1:] - page.end[:-1]
    before = axis[:-1]
    along = (step * before).sum(1)
    across = step[:, 1] * before[:, 0] - step[:, 0] * before[:, 1]
    size = np.maximum(em[1:], em[:-1])
    apart = (
        ((axis[1:] * before).sum(1) < 0.999)
        | (np.abs(across) > 0.45 * size)
        | (along > WORD_GAP * size)
        | (along < -np.maximum(0.35 * size, 0.8 * length[:-1]))
        | blank[1:]
        | blank[:-1]
        | (page.movable[1:] != page.movable[:-1])
    )
    cuts = np.flatnonzero(apart) + 1
    return [group for group in np.split(np.arange(n), cuts) if not blank[group[0]]]


def clusters(page: PageGlyphs) -> list[Cluster]:
    """Rigid clusters of a page ordered by segment (reading order), then along the text.

    `segment` numbers segments of the page from 0. A cluster that cannot move is the last of its segment.
    """
    pieces = [_cluster(page, group) for group in words(page)]
    by_direction: dict[int, list[Cluster]] = {}
    for piece in pieces:
        degrees = round(float(np.degrees(np.arctan2(piece.axis[1], piece.axis[0]))))
        by_direction.setdefault(degrees % 360, []).append(piece)
    ordered: list[Cluster] = []
    segment = -1
    for direction in sorted(by_direction):
        for line in _lines(by_direction[direction]):
            previous: Cluster | None = None
            for cluster in _merge(line):
                if previous is None or _ends_segment(previous, cluster):
                    segment += 1
                cluster.segment = segment
                ordered.append(cluster)
                previous = cluster
    return ordered


def box(page: PageGlyphs, cluster: Cluster) -> tuple[float, float, float, float]:
    """User-space box around a cluster's glyphs, descenders and ascenders included."""
    index = np.array(cluster.glyphs)
    ends = np.concatenate([page.origin[index], page.end[index]])
    up = np.concatenate([page.ascent[index]] * 2)
    corners = np.concatenate([ends - _BELOW * up, ends + _ABOVE * up])
    x0, y0 = corners.min(0)
    x1, y1 = corners.max(0)
    return float(x0), float(y0), float(x1), float(y1)


def _cluster(page: PageGlyphs, group: NDArray[np.intp]) -> Cluster:
    origin, end = page.origin[group], page.end[group]
    direction = (end - origin).sum(0)
    length = float(np.hypot(*direction))
    up = page.ascent[group[0]]
    if length < 1e-9:
        direction = np.array([up[1], -up[0]])
        length = max(float(np.hypot(*direction)), 1e-9)
    axis = (float(direction[0]) / length, float(direction[1]) / length)
    along = np.concatenate([origin, end]) @ np.array(axis)
    sizes = np.hypot(page.ascent[group, 0], page.ascent[group, 1])
    return Cluster(
        glyphs=group.tolist(),
        axis=axis,
        start=float(along.min()),
        end=float(along.max()),
        baseline=float(origin[0, 1] * axis[0] - origin[0, 0] * axis[1]),
        em=float(sizes.max()),
        text="".join(page.text[i] for i in group),
        movable=bool(page.movable[group[0]]),
        words=int(any(char.isalnum() or char == "\ufffd" for i in group for char in page.text[i])),
    )


def _lines(pieces: list[Cluster]) -> list[list[Cluster]]:
    """Pieces on one baseline, lines from top to bottom, each sorted along the text."""
    lines: list[list[Cluster]] = []
    for piece in sorted(pieces, key=lambda item: -item.baseline):
        for line in reversed(lines[-8:]):
            if abs(line[0].baseline - piece.baseline) < SAME_LINE * min(line[0].em, piece.em):
                line.append(piece)
                break
        else:
            lines.append([piece])
    for line in lines:
        line.sort(key=lambda item: item.start)
    return lines


def _merge(line: list[Cluster]) -> list[Cluster]:
    """Join neighbours closer than CLUSTER_GAP, overlapping ones included (text drawn twice)."""
    merged: list[Cluster] = []
    for piece in line:
        if merged and piece.start < merged[-1].end + 0.999 * CLUSTER_GAP * max(piece.em, merged[-1].em):
            last = merged[-1]
            last.glyphs += piece.glyphs
            last.end = max(last.end, piece.end)
            last.em = max(last.em, piece.em)
            last.text += piece.text
            last.movable &= piece.movable
            last.words += piece.words
        else:
            merged.append(piece)
    return merged


def carries(cluster: Cluster) -> bool:
    """Whether a cluster may move: letters or digits in it, a usual size, and the writer can shift it."""
    return (
        cluster.movable
        and MIN_SIZE <= cluster.em <= MAX_SIZE
        and any(char.isalnum() or char in _WORDLIKE for char in cluster.text)
    )


def _ends_segment(left: Cluster, right: Cluster) -> bool:
    gap = (right.start - left.end) / max(left.em, right.em)
    ratio = right.em / left.em if left.em > 0 else 1.0
    odd_size = not 1 / MAX_SIZE_RATIO < ratio < MAX_SIZE_RATIO
    # Something that cannot move may still close a segment as its anchor, but opens a new one after it.
    return gap > SEGMENT_GAP or odd_size or not carries(left)
