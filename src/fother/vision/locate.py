"""Find an original page in a capture: SIFT features, ratio test, MAGSAC homography.

Lowe 2004 (SIFT and the ratio test); Barath et al. 2020 (MAGSAC++). Right pages give hundreds of inliers,
wrong pages of the same document at most about 16, so a page counts as found from `MIN_INLIERS` on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.vision.reference import DPI

MIN_INLIERS = 24
_PLENTY = 120
_RATIO = 0.82
_LOOSE_RATIO = 0.9
_VOTE_RATIO = 0.85
_FEATURE_DPI = 110.0
_FEATURES = 5000
_SEED = 1
#: Long sides, in pixels, to which a capture is scaled before features are taken; tried in this order.
_SCALES = (1300, 900, 2000, 600)

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """SIFT keypoints: `points` (n, 2) in pixels of the full image, `descriptors` (n, 128) float32,
    `strength` (n,)."""

    points: Points
    descriptors: NDArray[np.float32]
    strength: NDArray[np.float32]

    @cached_property
    def matcher(self) -> cv2.FlannBasedMatcher:
        """An approximate nearest-neighbour index over the descriptors, built once."""
        return _trees(self.descriptors, 40)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """For a cache; SIFT descriptors are whole numbers up to 255."""
        return {
            "points": self.points,
            "descriptors": self.descriptors.astype(np.uint8),
            "strength": self.strength,
        }

    def strongest(self, count: int) -> Features:
        """The `count` features of highest contrast."""
        keep = np.argsort(-self.strength, kind="stable")[:count]
        return Features(self.points[keep], self.descriptors[keep], self.strength[keep])


@dataclass(frozen=True)
class Location:
    """Where a page lies in a capture.

    `homography` (3, 3) maps reference pixels to capture pixels. `reference_points`, `capture_points`
    (k, 2) are all matches that passed the ratio test, inliers or not: paper is not flat.
    """

    homography: NDArray[np.float64]
    inliers: int
    reference_points: Points
    capture_points: Points


def _detect(image: NDArray[np.uint8], scale: float) -> Features | None:
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=interpolation)
    keys, descriptors = cv2.SIFT.create(_FEATURES, contrastThreshold=0.02).detectAndCompute(small, None)
    if descriptors is None or len(keys) < 12:
        return None
    points = (np.array([k.pt for k in keys], np.float64) + 0.5) / scale - 0.5
    return Features(points, descriptors, np.array([k.response for k in keys], np.float32))


def page_features(image: NDArray[np.uint8]) -> Features | None:
    """Features of an original page rendered at `DPI`; None when it has next to nothing printed on it."""
    return _detect(image, _FEATURE_DPI / DPI)


def normalise_contrast(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Divide by the local brightness and stretch by the local contrast: rescues faint or shaded text."""
    value = image.astype(np.float32)
    sigma = max(image.shape) / 60
    mean = cv2.GaussianBlur(value, (0, 0), sigma)
    spread = np.sqrt(np.maximum(cv2.GaussianBlur((value - mean) ** 2, (0, 0), sigma), 4.0))
    out: NDArray[np.uint8] = np.clip(200 + 45 * (value - mean) / spread, 0, 255).astype(np.uint8)
    return out


class CaptureFeatures:
    """Features of one capture at several scales, taken when first asked for."""

    def __init__(self, image: NDArray[np.uint8], hidden: tuple[NDArray[np.float32], ...] = ()) -> None:
        self.image = image
        self._hidden = hidden
        self._cache: dict[int, Features | None] = {}

    def __len__(self) -> int:
        return len(_SCALES)

    def at(self, step: int) -> Features | None:
        """Features at the `step`-th scale; None when there are none or the scale would enlarge too much."""
        if step not in self._cache:
            scale = _SCALES[step] / max(self.image.shape)
            self._cache[step] = None if step and scale > 2.5 else self._visible(_detect(self.image, scale))
        return self._cache[step]

    def without(self, outline: NDArray[np.float32]) -> CaptureFeatures:
        """The same capture with the features inside a convex outline (k, 2) left out."""
        other = CaptureFeatures(self.image, (*self._hidden, outline))
        other._cache = {step: other._visible(found) for step, found in self._cache.items()}
        return other

    def _visible(self, found: Features | None) -> Features | None:
        if found is None or not self._hidden:
            return found
        keep = np.ones(len(found.points), bool)
        for outline in self._hidden:
            x, y = found.points.T[:, :, None]
            a, b = outline, np.roll(outline, -1, 0)
            side = (b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])
            keep &= ~((side >= 0).all(1) | (side <= 0).all(1))
        if keep.sum() < 12:
            return None
        return Features(found.points[keep], found.descriptors[keep], found.strength[keep])


def _trees(descriptors: NDArray[np.float32], checks: int) -> cv2.FlannBasedMatcher:
    """Randomised k-d trees over descriptors (n, 128).

    They are grown with OpenCV's own random numbers, which go on from call to call; started at the same point
    each time, the same leak gives the same measurements, whatever was looked at before.
    """
    cv2.setRNGSeed(_SEED)
    matcher = cv2.FlannBasedMatcher({"algorithm": 1, "trees": 4}, {"checks": checks})
    matcher.add([descriptors])
    matcher.train()
    return matcher


def vote(pages: dict[int, Features], capture: CaptureFeatures) -> list[int]:
    """Pages in the order of how many of the capture's features resemble one of theirs and no other.

    A cheap shortlist for documents of many pages; `locate` decides. What several pages have in common, such
    as a running title, resembles two features alike and so does not vote.
    """
    if len(pages) <= 1:
        return list(pages)
    found = capture.at(0)
    if found is None:
        return []
    numbers = list(pages)
    owner = np.repeat(np.arange(len(numbers)), [len(p.points) for p in pages.values()])
    matcher = _trees(np.concatenate([p.descriptors for p in pages.values()]), 32)
    votes = np.zeros(len(numbers))
    for match in matcher.knnMatch(found.descriptors, k=2):
        if len(match) == 2 and match[0].distance < _VOTE_RATIO * match[1].distance:
            votes[owner[match[0].trainIdx]] += 1
    return [numbers[i] for i in np.argsort(-votes, kind="stable")]


def locate(
    page: Features, shape: tuple[int, int], capture: CaptureFeatures, scales: int | None = None
) -> Location | None:
    """Find the page in the capture, or None.

    `shape` is height and width of the reference; `scales` limits how many sizes of the capture are tried.
    Mirrored solutions are rejected.
    """
    best: Location | None = None
    for step in range(len(capture) if scales is None else scales):
        found = capture.at(step)
        if found is None:
            continue
        located = _match(page, shape, found, max(capture.image.shape) / _SCALES[step])
        if located is not None and (best is None or located.inliers > best.inliers):
            best = located
        if best is not None and best.inliers >= _PLENTY:
            break
    return best if best is not None and best.inliers >= MIN_INLIERS else None


def _match(page: Features, shape: tuple[int, int], found: Features, pixel: float) -> Location | None:
    """Homography of one scale; where features are poor, the likeness of an upright view or a flat scan."""
    pairs = [p for p in page.matcher.knnMatch(found.descriptors, k=2) if len(p) == 2]
    good = [a for a, b in pairs if a.distance < _RATIO * b.distance]
    location = _homography(page, shape, found, good, pixel)
    if location is not None and location.inliers >= MIN_INLIERS:
        return location
    loose = [a for a, b in pairs if a.distance < _LOOSE_RATIO * b.distance]
    return _similarity(page, found, loose, pixel)


def _homography(
    page: Features, shape: tuple[int, int], found: Features, matches: list[cv2.DMatch], pixel: float
) -> Location | None:
    if len(matches) < 12:
        return None
    source = page.points[[m.trainIdx for m in matches]]
    target = found.points[[m.queryIdx for m in matches]]
    homography, inlier = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, 4.0 * pixel, maxIters=10000, confidence=0.9999
    )
    if homography is None:
        return None
    height, width = shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    mapped = cv2.perspectiveTransform(corners, homography)
    if not np.isfinite(mapped).all() or cv2.contourArea(mapped.astype(np.float32), True) <= 0:
        return None
    return Location(homography.astype(np.float64), _places(target[inlier.ravel() > 0], pixel), source, target)


def _similarity(page: Features, found: Features, matches: list[cv2.DMatch], pixel: float) -> Location | None:
    """Two matches fix a similarity, four a homography: with one right match in ten this still finds it."""
    if len(matches) < 12:
        return None
    source = page.points[[m.trainIdx for m in matches]]
    target = found.points[[m.queryIdx for m in matches]]
    affine, inlier = cv2.estimateAffinePartial2D(
        source,
        target,
        method=cv2.RANSAC,
        ransacReprojThreshold=3.0 * pixel,
        maxIters=20000,
        confidence=0.9999,
    )
    if affine is None:
        return None
    homography = np.vstack([affine, [0.0, 0.0, 1.0]])
    return Location(homography, _places(target[inlier.ravel() > 0], pixel), source, target)


def _places(points: Points, pixel: float) -> int:
    """A collapsed map sends many features to a few places, so places are counted, not features."""
    return len(np.unique(np.round(points / (3 * pixel)), axis=0))
