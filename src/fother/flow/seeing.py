"""Registered pages inside the pictures of a leak: is that word, seen there, the original's own?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.table import CarrierTable
from fother.flow.leaks import LeakedFile
from fother.flow.original import Original, open_original
from fother.model.capture import WordBoxes
from fother.model.match import Region, Span
from fother.registry import Document, Registry
from fother.vision.differences import Comparison, compare
from fother.vision.find import Found, find_pages
from fother.vision.measure import Measured, measure
from fother.vision.reference import Reference
from fother.vision.warp import Warp, project

_OTHER = 0.05  # inside a region that differs
_DRAWN = 0.9  # where the page has something like it that is no word of its text
_ALIKE = 0.55  # correlation of what is drawn
_BLANK = 6.0  # standard deviation of grey levels: less is blank paper


@dataclass(frozen=True)
class SeenPage:
    """One registered page found in one sheet."""

    sheet: int
    page: int  #: 0-based
    image: NDArray[np.uint8]  #: the sheet
    agreement: NDArray[np.float64]  #: (clusters of the page,) 0…1, NaN where nothing can be said
    boxes: NDArray[np.float64]  #: (clusters, 4) points from the top left of the page as shown, y down
    #: (words of the leak,) how surely the page has the same where each stands, NaN where unknown
    shown: NDArray[np.float64]
    regions: tuple[Region, ...]
    warp: Warp  #: from pixels of the reference to pixels of the sheet

    def on_sheet(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 4) where boxes of the page, in pixels of its reference, are seen in the sheet."""
        return _bounds(self.warp, boxes)


@contextmanager
def opened(registry: Registry, document: Document) -> Iterator[Original | None]:
    """The document's pages as references; None when it was registered without carriers in its layout."""
    carriers = _layout(registry, document)
    if carriers is None:
        yield None
        return
    data = registry.get_blob(document.blobs["original"])
    with open_original(data, carriers, registry.home / "cache") as original:
        yield original


def _layout(registry: Registry, document: Document) -> LayoutCarriers | None:
    if "carriers" not in document.blobs:
        return None
    table = CarrierTable.from_bytes(registry.get_blob(document.blobs["carriers"]))
    return next((carriers for _, where, carriers in table.layouts() if not where), None)


def look(original: Original, file: LeakedFile, wanted: Mapping[int, set[int]]) -> list[SeenPage]:
    """Find pages in the pictures of a leak; `wanted` says which pages to look for in which sheet."""
    seen = []
    sheets = [s for s in file.sighting.sheets if wanted.get(s.number)]
    for sheet, capture in file.pictures(sheets):
        pages = dict(original.index(wanted[sheet.number]))
        for found in find_pages(pages, capture) if capture and pages else ():
            reference = original.reference(found.page)
            measured = measure(reference, found.page, found.location, found.image)
            if measured is not None:
                shown = compare(reference, found, measured, original.words(found.page), sheet.number)
                boxes = original.shown_boxes(found.page)
                same = _words_shown(file.sighting.words, sheet.number, reference, found, measured, shown)
                seen.append(
                    SeenPage(
                        sheet.number,
                        found.page,
                        found.image,
                        shown.agreement,
                        boxes,
                        same,
                        shown.regions,
                        measured.warp,
                    )
                )
    return seen


def _words_shown(
    words: WordBoxes, sheet: int, reference: Reference, found: Found, measured: Measured, shown: Comparison
) -> NDArray[np.float64]:
    """(words,) how surely (0…1) the page has, where each word of a leak stands in the sheet, what is seen
    there; NaN where that is unknown, and for words of other sheets."""
    places = _bounds(measured.warp, reference.boxes)
    differing = region_boxes(shown.regions)
    out = np.full(len(words), np.nan)
    for k in np.flatnonzero(words.sheet == sheet):
        box = words.box[k]
        inside = overlap(places, box) > 0.2
        if (overlap(differing, box) > 0.3).any():
            out[k] = _OTHER
        elif inside.any():
            out[k] = np.nanmin(np.r_[shown.agreement[inside], np.inf])
        else:
            out[k] = _drawn(box, found, measured)
    out[np.isinf(out)] = np.nan
    return out


def _bounds(warp: Warp, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    corners = warp(boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)).reshape(-1, 4, 2)
    return np.concatenate([corners.min(1), corners.max(1)], 1)


def _drawn(box: NDArray[np.float64], found: Found, measured: Measured) -> float:
    """Whether the page has the same at a box of the sheet where none of its words are: an emblem, a figure
    with text in it. NaN where the page is blank or the capture too poor."""
    x0, y0, x1, y1 = box
    inverse = np.linalg.inv(found.location.homography).astype(np.float64)
    there = project(inverse, np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
    (a0, b0), (a1, b1) = there.min(0).astype(int), there.max(0).astype(int) + 1
    height, width = measured.blurred.shape
    a0, b0, a1, b1 = max(a0, 0), max(b0, 0), min(a1, width), min(b1, height)
    if a1 - a0 < 8 or b1 - b0 < 8:
        return float("nan")
    own = measured.blurred[b0:b1, a0:a1]
    room = max(4, (b1 - b0) // 2)  # the paper's curl is not in the homography
    around = measured.flat[max(b0 - room, 0) : b1 + room, max(a0 - room, 0) : a1 + room]
    if own.std() < _BLANK or around.std() < 1e-3:
        return float("nan")
    alike = float(cv2.matchTemplate(around, own, cv2.TM_CCOEFF_NORMED).max())
    return _DRAWN if alike > _ALIKE else float("nan")


def pixels_of(words: WordBoxes, seen: Sequence[SeenPage]) -> Callable[[Span], float | None]:
    """How surely (0…1) the pictures show the document's own words at a stretch of its text; None: unknown."""
    by_page: dict[int, list[SeenPage]] = {}
    for page in seen:
        by_page.setdefault(page.page, []).append(page)

    def same(span: Span) -> float | None:
        values = [v for v in _agreements(words, by_page, span) if v == v]
        return min(values) if values else None

    return same


def sheets_show(words: WordBoxes, seen: Sequence[SeenPage]) -> Callable[[Span], float | None]:
    """How surely (0…1) a page has, where words of the leak's text (a stretch of it) stand in the picture, the
    same as the picture; None where no page was found or the picture is too poor to tell."""
    best = _best(seen, len(words))

    def same(span: Span) -> float | None:
        values = best[(words.start < span[1]) & (words.end > span[0])]
        return float(values.min()) if len(values) and np.isfinite(values).all() else None

    return same


def explained(words: WordBoxes, seen: Sequence[SeenPage]) -> list[Span]:
    """Stretches of a leak's text that a page shows though the document's text does not have them, or not in
    this order: the lettering of emblems and figures."""
    best = _best(seen, len(words))
    chosen = np.flatnonzero(np.nan_to_num(best) >= _DRAWN)
    return [(int(words.start[k]), int(words.end[k])) for k in chosen]


def _best(seen: Sequence[SeenPage], count: int) -> NDArray[np.float64]:
    """(words,) the most that any page says for each."""
    best = np.full(count, np.nan)
    for page in seen:
        best = np.fmax(best, page.shown)
    return best


def region_boxes(regions: Sequence[Region]) -> NDArray[np.float64]:
    """(n, 4) upright boxes around regions in the sheet."""
    outlines = [np.array(region.sheet_outline) for region in regions]
    return np.array([[*o.min(0), *o.max(0)] for o in outlines]).reshape(-1, 4)


def overlap(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) area that boxes (n, 4) share with a box, as a share of the smaller of both."""
    across = np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0])
    down = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])
    areas = np.minimum(
        (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), (box[2] - box[0]) * (box[3] - box[1])
    )
    shared: NDArray[np.float64] = np.maximum(across, 0) * np.maximum(down, 0) / np.maximum(areas, 1e-6)
    return shared


def _agreements(words: WordBoxes, by_page: dict[int, list[SeenPage]], span: Span) -> Iterator[float]:
    for k in np.flatnonzero((words.start < span[1]) & (words.end > span[0])):
        x0, y0, x1, y1 = words.box[k]
        for page in by_page.get(int(words.sheet[k]), []):
            boxes = page.boxes
            across = np.minimum(boxes[:, 2], x1) - np.maximum(boxes[:, 0], x0)
            down = np.minimum(boxes[:, 3], y1) - np.maximum(boxes[:, 1], y0)
            inside = (across > 0.2 * (x1 - x0)) & (down > 0.3 * (y1 - y0))
            if inside.any():
                yield float(np.nanmin(np.r_[page.agreement[inside], np.inf]))
