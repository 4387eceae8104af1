"""Do the words of a page stand where a capture has them? Alignment of cells and its probability by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import bdtrc

from fother.vision.shapes.signature import Cells

_PAIRS = 160
_ALONG, _ACROSS = 0.22, 0.4  # line pitches within which two ends of cells are the same
_ROUNDS = 4
#: Shifts of the page along its lines, in line pitches, that show how often ends of cells meet by chance.
_SHIFTS = (-4.3, -2.9, -1.7, 1.3, 2.3, 3.7)


@dataclass(frozen=True)
class Alignment:
    """`met` of `tested` ends of the page's word cells have one of the capture's at their place, by chance a
    share of `chance`; `log10_p` is the binomial probability of that many. `affine` (3, 2) maps points of
    the page to pixels of the capture."""

    met: int
    tested: int
    chance: float
    log10_p: float
    affine: NDArray[np.float64]


class CaptureCells:
    """Ends of a capture's word cells, ready to be compared: `start`, `end` (n, 2), `pitch` pixels."""

    def __init__(self, start: NDArray[np.float64], end: NDArray[np.float64], pitch: float) -> None:
        self.pitch = pitch
        direction = (end - start).sum(0)
        self.along = direction / max(float(np.hypot(*direction)), 1e-9)
        # Across the text a tolerance is wider than along it: distances are measured in tolerances.
        a = self.along
        self._frame = np.array([[a[0], -a[1]], [a[1], a[0]]]) / (np.array([_ALONG, _ACROSS]) * pitch)
        self.ends = np.unique(np.round(np.concatenate([start, end]), 2), axis=0)
        self.tree = cKDTree(self.ends @ self._frame)
        wide = np.linspace(0, 1, 5)[:, None, None]
        self._body = cKDTree((start * (1 - wide) + end * wide).reshape(-1, 2))

    def nearest(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Distances (k,) in tolerances to the nearest end of a cell, and which one it is."""
        distance, index = self.tree.query(points @ self._frame, distance_upper_bound=4.0)
        return distance, np.minimum(index, len(self.ends) - 1)

    def on_lines(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points (k, 2) lie on a line of the capture."""
        distance, _ = self._body.query(points, distance_upper_bound=1.2 * self.pitch)
        out: NDArray[np.bool_] = distance < 1.2 * self.pitch
        return out


def align(
    cells: Cells,
    capture: CaptureCells,
    page_runs: tuple[NDArray[np.float64], NDArray[np.float64]],
    capture_runs: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Alignment | None:
    """Align a page by corresponding runs: each is (start, end), both (k, 2); None when they do not agree."""
    (p0, p1), (c0, c1) = page_runs, capture_runs
    chosen = _thinned(len(p0))
    p0, p1, c0, c1 = p0[chosen], p1[chosen], c0[chosen], c1[chosen]
    first = _by_similarity(p0, p1, c0, c1, capture.pitch)
    if first is None:
        return None
    affine, inlier = first
    points = np.concatenate([np.c_[cells.x0, cells.y], np.c_[cells.x1, cells.y]])
    points = np.unique(np.round(points, 2), axis=0)
    source, target = np.concatenate([p0[inlier], p1[inlier]]), np.concatenate([c0[inlier], c1[inlier]])
    affine = _affine(source, target, affine)
    place = _map(affine, points)
    for turn in range(_ROUNDS):
        distance, index = capture.nearest(place)
        good = distance < (2.0, 1.5, 1.2, 1.0)[turn]
        if good.sum() < 8:
            break
        bent = turn >= 1 and good.sum() > 40
        place = (
            _bent(points, capture.ends[index], good)
            if bent
            else _map(_affine(points[good], capture.ends[index][good], affine), points)
        )
    inside = capture.on_lines(place)
    tested = int(inside.sum())
    if tested < 6:
        return None
    met = int((capture.nearest(place[inside])[0] < 1).sum())
    step = capture.along * capture.pitch
    # The largest of them, because rows of equal things meet at some shifts and not at others.
    shifted = [(capture.nearest(place[inside] + shift * step)[0] < 1).mean() for shift in _SHIFTS]
    chance = float(np.clip(max(shifted), 0.02, 0.95))
    # Neighbouring ends follow one another; half of them count as independent.
    return Alignment(met, tested, chance, log10_tail(met // 2, tested // 2, chance), affine)


def log10_tail(met: int, tested: int, chance: float) -> float:
    """log10 of the binomial probability of `met` or more of `tested`, not below -300."""
    if met <= 0:
        return 0.0
    return float(np.log10(max(float(bdtrc(met - 1, tested, chance)), 1e-300)))


def agreement(
    page_runs: tuple[NDArray[np.float64], NDArray[np.float64]],
    capture_runs: tuple[NDArray[np.float64], NDArray[np.float64]],
    pitch: float,
) -> int:
    """How many corresponding runs agree with one similarity: a quick test before `align`."""
    chosen = _thinned(len(page_runs[0]))
    p0, p1, c0, c1 = (p[chosen] for p in (*page_runs, *capture_runs))
    first = _by_similarity(p0, p1, c0, c1, pitch)
    return 0 if first is None else int(first[1].sum())


def _thinned(count: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, _PAIRS)).astype(np.int64)


def _by_similarity(
    p0: NDArray[np.float64],
    p1: NDArray[np.float64],
    c0: NDArray[np.float64],
    c1: NDArray[np.float64],
    pitch: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """The similarity, given by one pair of runs, with which most pairs agree."""
    if len(p0) < 2:
        return None
    a, b, u, v = (p[:, 0] + 1j * p[:, 1] for p in (p0, p1, c0, c1))
    turn = (v - u) / (b - a)
    offset = u - turn * a
    # Perspective and curl let far pairs drift, so the tolerance grows with the distance.
    slack = pitch * 0.8 + 0.03 * np.abs(u[None] - u[:, None])
    agree = (np.abs(turn[:, None] * a + offset[:, None] - u) < slack) & (
        np.abs(turn[:, None] * b + offset[:, None] - v) < slack
    )
    best = int(np.argmax(agree.sum(1)))
    if agree[best].sum() < 2:
        return None
    t, o = turn[best], offset[best]
    affine = np.array([[t.real, t.imag], [-t.imag, t.real], [o.real, o.imag]])
    return affine, agree[best]


def _map(affine: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = points @ affine[:2] + affine[2]
    return out


def _affine(
    source: NDArray[np.float64], target: NDArray[np.float64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Least squares with a weak pull to the prior, which fills in what a single line leaves open."""
    centre = source.mean(0)
    design = np.c_[source - centre, np.ones(len(source))]
    ridge = np.diag([40.0**2, 40.0**2, 1e-6]) * 0.5
    start = prior.copy()
    start[2] = _map(prior, centre[None])[0]
    change = np.linalg.solve(design.T @ design + ridge, design.T @ (target - design @ start))
    out = start + change
    out[2] -= centre @ out[:2]
    return out


def _bent(
    points: NDArray[np.float64], target: NDArray[np.float64], good: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Points mapped by a second-degree polynomial fitted to the good ones: perspective and gentle curl."""
    unit = (points - points[good].mean(0)) / (np.ptp(points[good], axis=0) + 20)
    x, y = unit.T
    design = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], 1)
    normal = design[good].T @ design[good] + np.diag([0, 0, 0, 0.5, 0.5, 0.5])
    out: NDArray[np.float64] = design @ np.linalg.solve(normal, design[good].T @ target[good])
    return out
