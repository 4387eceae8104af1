"""Which original pages does a sheet show, and where? Votes first, then geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.vision.locate import (
    CaptureFeatures,
    Features,
    Location,
    locate,
    normalise_contrast,
    vote,
)
from fother.vision.warp import project

_SHORTLIST = 5
_SURE = 120
#: A second page in the same picture must leave at least this share of the features unexplained.
_REMAINDER = 0.2
_MAX_PAGES = 6


@dataclass(frozen=True)
class PageIndex:
    """What is needed to recognise a page: `features` in pixels of the reference, `shape` of the reference
    (height, width)."""

    features: Features
    shape: tuple[int, int]


@dataclass(frozen=True)
class Found:
    """One page found in a sheet; `image` is the sheet, possibly with its contrast normalised or inverted."""

    page: int
    location: Location
    image: NDArray[np.uint8]


def find_pages(pages: dict[int, PageIndex], image: NDArray[np.uint8]) -> list[Found]:
    """All original pages that the sheet shows, best first; empty when it shows none.

    Faint or shaded captures are tried again with normalised contrast, then light-on-dark ones inverted.
    Selection uses the unmarked originals only.
    """
    variants: tuple[Callable[[NDArray[np.uint8]], NDArray[np.uint8]], ...] = (
        lambda a: a,
        normalise_contrast,
        lambda a: 255 - a,
    )
    for variant in variants:
        shown = variant(image)
        found = list(_find(pages, shown))
        if found:
            return found
    return []


def _find(pages: dict[int, PageIndex], image: NDArray[np.uint8]) -> Iterator[Found]:
    capture = CaptureFeatures(image)
    total = _count(capture)
    remaining = dict(pages)
    for _ in range(_MAX_PAGES):
        if not remaining or _count(capture) < max(20, _REMAINDER * total):
            return
        best: tuple[int, Location] | None = None
        ranked = vote({n: p.features for n, p in remaining.items()}, capture)
        for number in ranked[:_SHORTLIST]:
            location = locate(remaining[number].features, remaining[number].shape, capture)
            if location is not None and (best is None or location.inliers > best[1].inliers):
                best = number, location
                if location.inliers >= _SURE:
                    break
        if best is None:
            return
        number, location = best
        yield Found(number, location, image)
        capture = capture.without(_outline(location, remaining.pop(number).shape))


def _count(capture: CaptureFeatures) -> int:
    found = capture.at(0)
    return 0 if found is None else len(found.points)


def _outline(location: Location, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The page's corners in the capture, (4, 2)."""
    height, width = shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    hull = cv2.convexHull(project(location.homography, corners).astype(np.float32))
    out: NDArray[np.float32] = hull.reshape(-1, 2)
    return out
