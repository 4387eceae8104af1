"""Sub-pixel displacement of every word of an original page in a capture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.model.capture import Displacements
from fother.vision.grow import Anchors, grow, subpixel_peak
from fother.vision.locate import Location
from fother.vision.reference import DPI, PX_PER_PT, Reference
from fother.vision.warp import Grid, Points, Warp, fit_field, fit_selected, project

#: A mark moves a word by at most this much in points; the search radius follows it.
MAX_SHIFT_PT = 1.7
_MIN_WORDS = 6
_STIFF = (4, 4, 30.0)


@dataclass(frozen=True)
class Measured:
    """Displacements of the words, with what is needed to measure smaller things in the same capture.

    `flat` (h, w) is the capture seen in reference pixels, `blurred` (h, w) the reference at about the
    sharpness of the capture, `shift` (n, 2) what was found for each word beyond `warp`, reference pixels.
    """

    displacements: Displacements
    warp: Warp
    flat: NDArray[np.float32]
    blurred: NDArray[np.float32]
    shift: Points


def measure(
    reference: Reference, page: int, location: Location, capture: NDArray[np.uint8]
) -> Measured | None:
    """Register the capture to the page and measure every word; None when too little is legible.

    Registration and selection use the unmarked original only.
    """
    image = capture.astype(np.float32)
    warp, seeds = _initial_warp(reference, location)
    visible = _visible(reference, warp, image.shape)
    if visible.sum() < _MIN_WORDS:
        return None
    scale = warp.scale_at(reference.centres[visible].mean(0))
    density = scale * DPI
    if scale > 1.2:  # the capture has more pixels than the reference: avoid aliasing
        image = cv2.GaussianBlur(image, (0, 0), 0.45 * scale)
    blurred = cv2.GaussianBlur(reference.image, (0, 0), max(0.3, 0.45 * DPI / density) if scale < 1 else 0.5)

    anchors = grow(reference, blurred, image, location.homography, seeds)
    if anchors is None:
        return None
    warp = _coarse_field(reference, warp, anchors)

    height_width = reference.shape
    shift = np.zeros((len(reference.boxes), 2))
    for final, radius in ((False, MAX_SHIFT_PT + 0.3), (True, MAX_SHIFT_PT)):
        visible = _visible(reference, warp, image.shape)
        flat = warp.sample(image, height_width)
        shift, similarity = _correlate(reference, blurred, flat, visible, round(radius * PX_PER_PT))
        legible = visible & (similarity > 0.4)
        if legible.sum() < _MIN_WORDS:
            return None
        if not final:
            warp = _refit(reference, warp, shift, similarity, legible)
    shift, variance, similarity = refine(reference.boxes, reference.axes, blurred, flat, shift, legible)
    legible &= np.isfinite(variance)
    if legible.sum() < _MIN_WORDS:
        return None
    total: Points = np.full(shift.shape, np.nan)
    total[legible] = (warp.field(reference.centres[legible]) + shift[legible]) / PX_PER_PT
    sigma = np.full(len(shift), np.inf)
    sigma[legible] = np.sqrt(variance[legible]) / PX_PER_PT
    displacements = Displacements(
        page=page,
        shift=total,
        sigma=sigma,
        similarity=similarity,
        density=float(density),
        method="pixels",
        inliers=location.inliers,
        places=project(location.homography, reference.centres + PX_PER_PT * total),
    )
    return Measured(displacements, warp, flat, blurred, shift)


def _initial_warp(reference: Reference, location: Location) -> tuple[Warp, Anchors]:
    """Homography plus, where enough feature matches agree, a field for the curl of the paper."""
    inverse = np.linalg.inv(location.homography).astype(np.float64)
    back = project(inverse, location.capture_points)
    points, residuals = location.reference_points, back - location.reference_points
    size = np.hypot(*residuals.T)
    inlier = size < 1.5 * PX_PER_PT
    if inlier.sum() < 15:
        inlier = size < 3 * PX_PER_PT
    warp = Warp(location.homography)
    height, width = reference.shape
    grid = Grid(5, 6, float(width), float(height))
    if inlier.sum() >= 15:
        for tolerance in (3, 3, 4, 4, 3, 2, 1.5, 1.5):
            chosen = points[inlier]
            coefficients = fit_field(grid, chosen, residuals[inlier], np.ones(len(chosen)), 0.2, rounds=2)
            warp = warp.with_field(grid, coefficients)
            near = np.hypot(*(residuals - grid.evaluate(points, coefficients)).T) < tolerance * PX_PER_PT
            if near.sum() < 15:
                break
            inlier = near
    return warp, Anchors(points[inlier], residuals[inlier], np.full(int(inlier.sum()), 0.15))


def _visible(reference: Reference, warp: Warp, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Words that lie wholly inside the capture."""
    corners = reference.boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    mapped = warp(corners).reshape(-1, 4, 2)
    inside = (mapped > 1) & (mapped < np.array([shape[1], shape[0]]) - 2)
    out: NDArray[np.bool_] = np.logical_and.reduce(inside.reshape(-1, 8), axis=1)
    return out


def _coarse_field(reference: Reference, warp: Warp, anchors: Anchors) -> Warp:
    height, width = reference.shape
    columns, rows, smoothing = (9, 11, 0.01) if len(anchors.points) > 25 else _STIFF
    grid = Grid(columns, rows, float(width), float(height))
    return warp.with_field(
        grid, fit_field(grid, anchors.points, anchors.residuals, anchors.weights, smoothing)
    )


def _refit(
    reference: Reference,
    warp: Warp,
    shift: Points,
    similarity: NDArray[np.float64],
    legible: NDArray[np.bool_],
) -> Warp:
    points = reference.centres[legible]
    residuals = warp.field(points) + shift[legible]
    weights = np.clip(similarity[legible], 0.05, 1) ** 2
    if len(points) > 40:
        across = reference.across[legible]
        grid, coefficients = fit_selected(
            reference.shape, points, residuals, weights, across, 0.01 * PX_PER_PT
        )
    else:
        grid = Grid(_STIFF[0], _STIFF[1], float(reference.shape[1]), float(reference.shape[0]))
        coefficients = fit_field(grid, points, residuals, weights, _STIFF[2])
    return warp.with_field(grid, coefficients)


def _pixel_box(box: NDArray[np.float64], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    return (
        max(0, int(box[0])),
        max(0, int(box[1])),
        min(shape[1], int(np.ceil(box[2]))),
        min(shape[0], int(np.ceil(box[3]))),
    )


def _correlate(
    reference: Reference,
    blurred: NDArray[np.float32],
    flat: NDArray[np.float32],
    use: NDArray[np.bool_],
    radius: int,
) -> tuple[Points, NDArray[np.float64]]:
    """Normalised cross-correlation of every word: displacement in reference pixels and similarity.

    The search reaches `radius` along the text and 0.6 of it across.
    """
    count = len(reference.boxes)
    shift = np.zeros((count, 2))
    similarity = np.zeros(count)
    height, width = reference.shape
    for i in np.flatnonzero(use):
        x0, y0, x1, y1 = _pixel_box(reference.boxes[i], reference.shape)
        upright = abs(reference.axes[i, 0]) >= abs(reference.axes[i, 1])
        rx, ry = (radius, max(3, round(0.6 * radius)))[:: 1 if upright else -1]
        if x0 < rx or y0 < ry or x1 + rx > width or y1 + ry > height or x1 - x0 < 4 or y1 - y0 < 4:
            continue
        surface = cv2.matchTemplate(
            flat[y0 - ry : y1 + ry, x0 - rx : x1 + rx], blurred[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED
        )
        x, y, value, border = subpixel_peak(surface)
        shift[i] = x - rx, y - ry
        similarity[i] = 0.5 * value if border else value
    return shift, similarity


def refine(
    boxes: NDArray[np.float64],
    axes: NDArray[np.float64],
    blurred: NDArray[np.float32],
    flat: NDArray[np.float32],
    start: Points,
    use: NDArray[np.bool_],
    iterations: int = 3,
) -> tuple[Points, NDArray[np.float64], NDArray[np.float64]]:
    """Gauss–Newton for translation, gain and offset (Lucas and Kanade 1981), box by box.

    `boxes` (n, 4) and `axes` (n, 2) in reference pixels. Returns displacement (n, 2) in pixels, its variance
    along the text (n,), infinite where it failed, and the correlation (n,).
    """
    count = len(boxes)
    shift = start.copy()
    variance = np.full(count, np.inf)
    similarity = np.zeros(count)
    gradient_x = cv2.Sobel(blurred, cv2.CV_32F, 1, 0, ksize=3) / 8
    gradient_y = cv2.Sobel(blurred, cv2.CV_32F, 0, 1, ksize=3) / 8
    for i in np.flatnonzero(use):
        x0, y0, x1, y1 = _pixel_box(boxes[i], blurred.shape)
        w, h = x1 - x0, y1 - y0
        if w < 4 or h < 4:
            continue
        window = np.s_[y0:y1, x0:x1]
        design = np.empty((w * h, 4))
        design[:, 0] = gradient_x[window].ravel()
        design[:, 1] = gradient_y[window].ravel()
        design[:, 2] = blurred[window].ravel()
        design[:, 3] = 1
        inverse = np.linalg.inv(design.T @ design + np.diag([1e-3, 1e-3, 1e-3, 1e-6]))
        place = shift[i].copy()
        gain = 0.0
        for _ in range(iterations):
            patch = cv2.getRectSubPix(
                flat, (w, h), (x0 + place[0] + (w - 1) / 2, y0 + place[1] + (h - 1) / 2)
            )
            values = patch.ravel().astype(np.float64)
            solution = inverse @ (design.T @ values)
            gain = float(solution[2])
            if gain < 1e-3:
                break
            # gain·T(x+e) ≈ gain·T + gain·e·∇T: the content sits e further left than assumed
            step = -solution[:2] / gain
            place += step / max(1.0, float(np.hypot(*step)))
        if gain < 1e-3 or np.hypot(*(place - start[i])) > 2.5:
            continue
        residual = values - design @ solution
        along = axes[i]
        variance[i] = residual.var() * float(along @ inverse[:2, :2] @ along) / gain**2
        spread = values.std() * design[:, 2].std()
        centred = (values - values.mean()) @ (design[:, 2] - design[:, 2].mean())
        similarity[i] = centred / (len(values) * spread + 1e-12)
        shift[i] = place
    return shift, variance, similarity
