"""Which original pages does a sheet show, and where? Votes first, then geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

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
_SHORTLIST_AGAIN = 3
_LONG_LIST = 40
_DARK = 110  # median grey level below which a capture may be light text on dark
_SURE = 120
#: A second page in the same picture must leave at least this share of the features unexplained.
_REMAINDER = 0.2
_MAX_PAGES = 6


@dataclass(frozen=True)
class PageIndex:
    """What is needed to recognise a page: its strongest features for the vote, a function that gives all of
    them, in pixels of the reference, and the `shape` of the reference (height, width)."""

    strongest: Features
    features: Callable[[], Features]
    shape: tuple[int, int]


@dataclass(frozen=True)
class Found:
    """One page found in a sheet; `image` is the sheet, possibly with its contrast normalised or inverted."""

    page: int
    location: Location
    image: NDArray[np.uint8]


class Capture:
    """One sheet as received, with the features of its variants, taken when first asked for.

    Kept while a leak is compared with many documents: features cost more than anything else.
    """

    def __init__(self, image: NDArray[np.uint8]) -> None:
        self.image = image

    @cached_property
    def plain(self) -> CaptureFeatures:
        """As received."""
        return CaptureFeatures(self.image)

    @cached_property
    def normalised(self) -> CaptureFeatures:
        """With local contrast normalised: for faint, shaded or unevenly lit captures."""
        return CaptureFeatures(normalise_contrast(self.image))

    @cached_property
    def inverted(self) -> CaptureFeatures | None:
        """Light text on dark turned round; None where most of the capture is light anyway."""
        return CaptureFeatures(255 - self.image) if np.median(self.image) < _DARK else None


def find_pages(pages: dict[int, PageIndex], capture: Capture) -> list[Found]:
    """All original pages that the sheet shows, best first; empty when it shows none.

    Selection uses the unmarked originals only.
    """
    found = list(_find(pages, capture.plain, _SHORTLIST))
    if not found:
        found = list(_find(pages, capture.normalised, _SHORTLIST_AGAIN))
    if not found and capture.inverted is not None:
        found = list(_find(pages, capture.inverted, _SHORTLIST_AGAIN))
    return found


def _find(pages: dict[int, PageIndex], capture: CaptureFeatures, shortlist: int) -> Iterator[Found]:
    total = _count(capture)
    remaining = dict(pages)
    for _ in range(_MAX_PAGES):
        if not remaining or _count(capture) < max(20, _REMAINDER * total):
            return
        best: tuple[int, Location] | None = None
        ranked = vote({n: p.strongest for n, p in remaining.items()}, capture)
        for place, number in enumerate(ranked[:_LONG_LIST]):
            # Unless a page is found beyond doubt, the others get a quick look: pages of one document share
            # running titles, and the vote of a poor capture may go astray.
            scales = None if place < shortlist else 1
            location = locate(remaining[number].features(), remaining[number].shape, capture, scales)
            if location is not None and (best is None or location.inliers > best[1].inliers):
                best = number, location
                if location.inliers >= _SURE:
                    break
        if best is None:
            return
        number, location = best
        yield Found(number, location, capture.image)
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
