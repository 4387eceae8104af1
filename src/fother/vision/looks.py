"""How places of a page look in a capture: whole words, and windows about a letter wide.

Each word is compared with the original at the capture's own sharpness after it found its own place, since
marks and rounding of renderers move words and letters. `fother.vision.differences` judges what is left over.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fother.vision.find import Found
from fother.vision.grow import subpixel_peak
from fother.vision.measure import Measured
from fother.vision.reference import DPI, Reference

Picture = NDArray[np.float32]
Values = NDArray[np.float64]

LEAST_WORDS = 12  #: fewer tell too little of the capture's own quality
_SIGMAS = (0.5, 0.8, 1.2, 1.7, 2.3, 3.0, 4.0, 5.2)  # px of the reference: sharpness of captures
_WINDOW, _STEP = 0.62, 0.31  # em
_FLAT = 0.08  # em; a capture whose warp departs less than this from a plane is flat
_REACH = 0.5  # square em: how far from other text, times the departure from a plane, a warp is believed
_APART = 3.0  # em from other text: further, the warp is extrapolated
_TURN = 0.08  # how far a word there may be turned, stretched or sheared against it


@dataclass(frozen=True)
class Looks:
    """Comparisons of places of the page with the capture: whole clusters, and windows a letter wide (m).

    `owner` (m,) cluster of each, `whole` (m,) is it one; `centre` (m, 2) reference pixels; `ncc` (m,)
    correlation at the best place; `spread` (m,) and `wanted` (m,) standard deviation of the capture's and of
    the original's pixels; `gain` (m,) contrast of the capture relative to the original.
    """

    owner: NDArray[np.int64]
    whole: NDArray[np.bool_]
    centre: Values
    ncc: Values
    spread: Values
    wanted: Values
    gain: Values
    core: Values  #: (m,) range of the inner pixels of a whole cluster relative to the original's
    visible: NDArray[np.bool_]  #: (n,)
    flat: Picture

    @classmethod
    def take(cls, reference: Reference, found: Found, seen: Measured) -> Looks | None:
        distance = _distance(reference, seen)
        visible = _visible(reference, seen, found.image.shape) & ~_uncertain(reference, seen, distance)
        if visible.sum() < LEAST_WORDS:
            return None
        flat = cv2.GaussianBlur(seen.flat, (0, 0), 0.5)
        bank = [cv2.GaussianBlur(reference.image, (0, 0), s) for s in _SIGMAS]
        density = max(seen.displacements.density, 20.0)
        slack = int(np.clip(np.ceil(0.6 * DPI / density), 1, 5))
        sharp = _sharpness(reference, seen, flat, bank, visible)
        rows: list[tuple[float, ...]] = []
        for i in np.flatnonzero(visible):
            free = bool(distance[i] > _APART)
            rows += _look(reference, int(i), flat, bank[sharp[i]], slack, seen.shift[i], free)
        if not rows:
            return None
        table = np.array(rows)
        return cls(
            owner=table[:, 0].astype(np.int64),
            whole=table[:, 1] > 0,
            centre=table[:, 2:4],
            ncc=table[:, 4],
            spread=table[:, 5],
            wanted=table[:, 6],
            gain=table[:, 4] * table[:, 5] / np.maximum(table[:, 6], 1e-6),
            core=table[:, 7],
            visible=visible,
            flat=flat,
        )


def _distance(reference: Reference, seen: Measured) -> Values:
    """(n,) em from each cluster to the nearest legible one in a line of several; 0 where there is none."""
    legible = seen.displacements.similarity > 0.6
    lines, count = np.unique(reference.lines[legible], return_counts=True)
    trusted = legible & np.isin(reference.lines, lines[count >= 3])
    if legible.sum() < LEAST_WORDS or not trusted.any():
        return np.zeros(len(legible))
    distance, _ = cKDTree(reference.centres[trusted]).query(reference.centres)
    out: Values = distance / float(np.median(reference.em))
    return out


def _uncertain(reference: Reference, seen: Measured, distance: Values) -> NDArray[np.bool_]:
    """(n,) clusters that lie apart from all legible ones on paper that is not flat: the warp is only guessed
    there, and a running title out of place would pass for another."""
    legible = seen.displacements.similarity > 0.6
    if not distance.any():
        return np.zeros(len(legible), np.bool_)
    field = seen.warp.field(reference.centres[legible])
    design = np.c_[reference.centres[legible], np.ones(int(legible.sum()))]
    plane, *_ = np.linalg.lstsq(design, field, rcond=None)
    bend = float(np.sqrt(np.mean((field - design @ plane) ** 2))) / float(np.median(reference.em))
    far = ((bend > _FLAT) & (distance > _APART)) | (bend * distance > _REACH)
    apart: NDArray[np.bool_] = far & (seen.displacements.similarity < 0.75)
    return apart


def _visible(reference: Reference, seen: Measured, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Clusters that lie wholly inside the capture, with room to move."""
    pad = 0.3 * reference.em
    x0, y0, x1, y1 = reference.boxes.T + np.stack([-pad, -pad, pad, pad])
    mapped = seen.warp(np.stack([x0, y0, x1, y0, x1, y1, x0, y1], 1).reshape(-1, 2)).reshape(-1, 4, 2)
    inside = (mapped > 1) & (mapped < np.array([shape[1], shape[0]]) - 2)
    height, width = reference.shape
    on_page = (x0 > 6) & (y0 > 6) & (x1 < width - 6) & (y1 < height - 6)
    big = (x1 - x0 - 2 * pad > 5) & (y1 - y0 - 2 * pad > 5)
    out: NDArray[np.bool_] = inside.all((1, 2)) & on_page & big
    return out


def _sharpness(
    reference: Reference, seen: Measured, flat: Picture, bank: list[Picture], visible: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """(n,) which picture of the bank is as sharp as the capture around each cluster."""
    chosen = np.flatnonzero(visible)
    scores = np.zeros((len(chosen), len(bank)))
    for row, i in enumerate(chosen):
        x0, y0, x1, y1 = _pixels(reference.boxes[i])
        patch = _patch(flat, x0, y0, x1, y1, seen.shift[i])
        for k, picture in enumerate(bank):
            scores[row, k] = _correlation(patch, picture[y0:y1, x0:x1])
    legible = scores.max(1) > 0.5
    out = np.zeros(len(visible), np.int64)
    if not legible.any():
        out[:] = int(scores.mean(0).argmax())
        return out
    scores, places = scores[legible], reference.centres[chosen[legible]]
    near = min(16, len(places))
    _, index = cKDTree(places).query(reference.centres, k=near)
    local = np.median(scores[index.reshape(len(visible), near)], 1)
    return np.asarray(local.argmax(1), np.int64)


def _look(
    reference: Reference, i: int, flat: Picture, original: Picture, slack: int, start: Values, free: bool
) -> list[tuple[float, ...]]:
    """A cluster as a whole and its windows: rows of (owner, whole, x, y, ncc, spread, wanted, core).

    `free`: it lies apart from other text, where the warp is extrapolated, so it may also be turned a little.
    """
    x0, y0, x1, y1 = _pixels(reference.boxes[i])
    template = original[y0:y1, x0:x1]
    best = None
    # The warp is least certain far from other text: what is not found is looked for wider.
    for shift, room in ((start, 3), (np.zeros(2), 4), (np.zeros(2), round(0.5 * float(reference.em[i])) + 3)):
        patch = _patch(flat, x0 - room, y0 - room, x1 + room, y1 + room, shift)
        x, y, value, _ = subpixel_peak(cv2.matchTemplate(patch, template, cv2.TM_CCOEFF_NORMED))
        if best is None or value > best[0]:
            best = value, shift + np.array([x - room, y - room])
        if value > 0.8:
            break
    assert best is not None  # noqa: S101
    shift = best[1]
    wide = _patch(flat, x0 - slack, y0 - slack, x1 + slack, y1 + slack, shift)
    if free:
        wide = _turned(wide, template, slack)
    patch = wide[slack:-slack, slack:-slack]
    inner = np.s_[round(0.15 * (y1 - y0)) : round(0.85 * (y1 - y0)) or 1, 1:-1]
    # Cover is looked for where the word should be: a search would go for the edge of the cover.
    still = _patch(flat, x0, y0, x1, y1, np.zeros(2))
    core = float(np.subtract(*np.percentile(still[inner], (92, 8)))) / max(
        float(np.subtract(*np.percentile(template[inner], (92, 8)))), 1e-3
    )
    centre = reference.centres[i]
    rows: list[tuple[float, ...]] = [
        (
            i,
            1.0,
            centre[0],
            centre[1],
            max(_correlation(patch, template), best[0]),
            patch.std(),
            template.std(),
            core,
        )
    ]
    em = float(reference.em[i])
    upright = abs(reference.axes[i, 0]) >= abs(reference.axes[i, 1])
    length = (x1 - x0) if upright else (y1 - y0)
    size = max(round(_WINDOW * em), 6)
    if length < 1.4 * size:
        return rows
    for a in np.linspace(0, length - size, max(int(np.ceil((length - size) / (_STEP * em))) + 1, 2)).astype(
        int
    ):
        part = np.s_[:, a : a + size] if upright else np.s_[a : a + size, :]
        around = np.s_[:, a : a + size + 2 * slack] if upright else np.s_[a : a + size + 2 * slack, :]
        small = template[part]
        if small.std() < 0.25 * template.std():
            continue
        surface = cv2.matchTemplate(wide[around], small, cv2.TM_CCOEFF_NORMED)
        _, value, _, (px, py) = cv2.minMaxLoc(surface)
        there = wide[around][py : py + small.shape[0], px : px + small.shape[1]]
        x, y = (x0 + a + size / 2, centre[1]) if upright else (centre[0], y0 + a + size / 2)
        rows.append((i, 0.0, x, y, value, there.std(), small.std(), 1.0))
    return rows


def _turned(wide: Picture, template: Picture, slack: int) -> Picture:
    """A patch, `slack` pixels wider than the template on every side, laid over it by the affine map of most
    correlation (Evangelidis and Psarakis, IEEE TPAMI 30, 2008); as it is where that finds nothing near."""
    start = np.array([[1, 0, slack], [0, 1, slack]], np.float32)
    rounds = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _, found = cv2.findTransformECC(template, wide, start, cv2.MOTION_AFFINE, rounds, None, 3)
    except cv2.error:  # it did not converge
        return wide
    if np.abs(found[:, :2] - np.eye(2)).max() > _TURN:
        return wide
    found[:, 2] -= found[:, :2] @ [slack, slack]
    height, width = wide.shape
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(wide, found, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _pixels(box: Values) -> tuple[int, int, int, int]:
    return int(box[0]), int(box[1]), int(np.ceil(box[2])), int(np.ceil(box[3]))


def _patch(picture: Picture, x0: int, y0: int, x1: int, y1: int, shift: Values) -> Picture:
    w, h = x1 - x0, y1 - y0
    out: Picture = cv2.getRectSubPix(
        picture, (w, h), (float(x0 + shift[0] + (w - 1) / 2), float(y0 + shift[1] + (h - 1) / 2))
    )
    return out


def _correlation(a: Picture, b: Picture) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-6))
