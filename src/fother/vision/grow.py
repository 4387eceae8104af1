"""Coarse registration of curled, folded or cropped captures, word group by word group.

Starting from the feature matches, each run of words is looked for where its already found neighbours say
it must be, sampled through a local affine map of its own, until nothing new is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.vision.reference import PX_PER_PT, Reference
from fother.vision.warp import Points, project

_ROUNDS = 25
_NEIGHBOURS = 14
_REACH = 75 * PX_PER_PT
_KERNEL = 45 * PX_PER_PT


@dataclass(frozen=True)
class Anchors:
    """Corresponding places: `points` (k, 2) reference pixels, `residuals` (k, 2) = field values there,
    `weights` (k,)."""

    points: Points
    residuals: Points
    weights: NDArray[np.float64]


def subpixel_peak(surface: NDArray[np.float32]) -> tuple[float, float, float, bool]:
    """Highest value of a correlation surface with parabolic refinement: (x, y, value, at the border)."""
    _, value, _, (px, py) = cv2.minMaxLoc(surface)
    height, width = surface.shape
    border = not (0 < px < width - 1 and 0 < py < height - 1)
    x, y = float(px), float(py)
    if 0 < px < width - 1:
        a, b, c = (float(v) for v in surface[py, px - 1 : px + 2])
        x += 0.5 * (a - c) / min(a - 2 * b + c, -1e-6)
    if 0 < py < height - 1:
        a, b, c = (float(v) for v in surface[py - 1 : py + 2, px])
        y += 0.5 * (a - c) / min(a - 2 * b + c, -1e-6)
    return x, y, float(value), border


def grow(
    reference: Reference,
    blurred: NDArray[np.float32],
    capture: NDArray[np.float32],
    homography: NDArray[np.float64],
    seeds: Anchors,
) -> Anchors | None:
    """Find runs of words all over the page, outwards from the seeds.

    `blurred` (h, w) is the reference image at about the sharpness of the capture. Returns None when fewer
    than four runs were found.
    """
    chunks = reference.chunks
    centres = (chunks[:, :2] + chunks[:, 2:]) / 2
    count = len(chunks)
    found = np.zeros(count, bool)
    total = np.zeros((count, 2))
    quality = np.zeros(count)
    seen = np.full(count, -1)
    known = seeds
    previous = -1
    for turn in range(_ROUNDS):
        distance = np.hypot(*(centres[:, None] - known.points[None]).transpose(2, 0, 1))
        for c in np.flatnonzero(~found) if turn else range(count):
            if seen[c] == len(known.points) or (distance[c].min() > _REACH and turn < _ROUNDS - 1):
                continue
            seen[c] = len(known.points)
            predicted = _predict(known, distance[c], centres[c])
            if predicted is None:
                continue
            hit = _look(reference, blurred, capture, homography, chunks[c], predicted, wide=turn == 0)
            if hit is None:
                continue
            offset, value = hit
            near = np.hypot(*offset) < (2.2 if turn else 3.5) * PX_PER_PT
            if near and value > (0.55 if turn < 2 else 0.48):
                constant, slope = predicted
                total[c] = constant + offset + offset @ slope
                quality[c] = value
                found[c] = True
        _drop_inconsistent(found, centres, total)
        good = np.flatnonzero(found)
        if len(good) >= 12:
            known = Anchors(centres[good], total[good], quality[good] ** 2)
        if len(good) <= previous and turn > 2:
            break
        previous = len(good)
    good = np.flatnonzero(found)
    return None if len(good) < 4 else Anchors(centres[good], total[good], quality[good] ** 2)


def _predict(
    known: Anchors, distance: NDArray[np.float64], centre: Points
) -> tuple[Points, NDArray[np.float64]] | None:
    """Local affine prediction of the field at a place: value (2,) and slope (2, 2)."""
    near = (
        np.argpartition(distance, _NEIGHBOURS)[:_NEIGHBOURS] if len(distance) > _NEIGHBOURS else slice(None)
    )
    offset = known.points[near] - centre
    weights = known.weights[near] * np.exp(-((distance[near] / _KERNEL) ** 2)) + 1e-6
    design = np.c_[np.ones(len(offset)), offset]
    # A slope is only believed when the neighbours are spread over more than about 12 points.
    ridge = np.diag([0, 1.0, 1.0]) * weights.sum() * (12 * PX_PER_PT) ** 2 * 0.5 + 1e-12 * np.eye(3)
    solution = np.linalg.solve(
        design.T @ (design * weights[:, None]) + ridge,
        design.T @ (known.residuals[near] * weights[:, None]),
    )
    if not np.isfinite(solution).all() or np.abs(solution[1:]).max() > 0.35:
        return None
    return solution[0], solution[1:]


def _look(
    reference: Reference,
    blurred: NDArray[np.float32],
    capture: NDArray[np.float32],
    homography: NDArray[np.float64],
    box: NDArray[np.float64],
    predicted: tuple[Points, NDArray[np.float64]],
    wide: bool,
) -> tuple[Points, float] | None:
    """Correlate one run of words near its predicted place: offset in reference pixels and correlation."""
    constant, slope = predicted
    radius = round((4.0 if wide else 2.5) * PX_PER_PT)
    height, width = reference.shape
    x0, y0 = max(int(box[0]), 0), max(int(box[1]), 0)
    x1, y1 = min(int(np.ceil(box[2])), width), min(int(np.ceil(box[3])), height)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    centre = (box[:2] + box[2:]) / 2
    left, top = x0 - radius, y0 - radius
    w, h = x1 + radius - left, y1 + radius - top
    corners = np.array([[left, top], [left + w, top], [left, top + h]], float)
    target = project(homography, corners + constant + (corners - centre) @ slope)
    middle = project(homography, (centre + constant)[None])[0]
    rows, columns = capture.shape
    limit = np.array([columns, rows])
    if not np.isfinite(target).all() or (target < -0.25 * limit).any() or (target > 1.25 * limit).any():
        return None
    if not ((middle > 0) & (middle < limit)).all():
        return None
    local = cv2.getAffineTransform(target.astype(np.float32), np.array([[0, 0], [w, 0], [0, h]], np.float32))
    patch = cv2.warpAffine(capture, local, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x, y, value, border = subpixel_peak(cv2.matchTemplate(patch, blurred[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED))
    return None if border else (np.array([x - radius, y - radius]), value)


def _drop_inconsistent(found: NDArray[np.bool_], centres: Points, total: Points) -> None:
    """Forget runs whose displacement fits neither a local plane nor the median of their neighbours."""
    good = np.flatnonzero(found)
    if len(good) < 8:
        return
    points, values = centres[good], total[good]
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    nearest = np.argsort(distance, 1, kind="stable")[:, 1:9]
    offset = (points[nearest] - points[:, None]) / (60 * PX_PER_PT)
    design = np.concatenate([np.ones((*offset.shape[:2], 1)), offset], 2)
    normal = np.einsum("nki,nkj->nij", design, design) + np.diag([0, 0.3, 0.3])
    right = np.einsum("nki,nkc->nic", design, values[nearest])
    plane = np.linalg.solve(normal, right)[:, 0]
    median = np.median(values[nearest], 1)
    error = np.minimum(np.hypot(*(values - plane).T), np.hypot(*(values - median).T))
    found[good[error > 1.6 * PX_PER_PT]] = False
