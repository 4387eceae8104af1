"""Registered pages inside the pictures of a leak: is that word, seen there, the original's own?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.flow.leaks import LeakedFile
from fother.flow.original import Original, open_original
from fother.model.capture import WordBoxes
from fother.model.match import Passage, Region, Span
from fother.registry import Document, Registry
from fother.vision.differences import compare
from fother.vision.find import find_pages
from fother.vision.measure import Measured, measure

_OTHER = 0.05  # inside a region that differs
_NOTHING_ADDED = 0.9  # where the page has no words and no region differs


@dataclass(frozen=True)
class SeenPage:
    """One registered page found in one sheet."""

    sheet: int
    page: int  #: 0-based
    image: NDArray[np.uint8]  #: the sheet
    agreement: NDArray[np.float64]  #: (clusters of the page,) 0…1, NaN where nothing can be said
    boxes: NDArray[np.float64]  #: (clusters, 4) points from the top left of the page as shown, y down
    places: NDArray[
        np.float64
    ]  #: (clusters, 4) where they lie in the sheet, pixels, upright boxes around them
    regions: tuple[Region, ...]


@contextmanager
def opened(registry: Registry, document: Document) -> Iterator[Original | None]:
    """The document's pages as references; None when it was registered without carriers."""
    if "carriers" not in document.blobs:
        yield None
        return
    carriers = LayoutCarriers.from_bytes(registry.get_blob(document.blobs["carriers"]))
    data = registry.get_blob(document.blobs["original"])
    with open_original(data, carriers, registry.home / "cache") as original:
        yield original


def look(original: Original, file: LeakedFile, wanted: Mapping[int, set[int]]) -> list[SeenPage]:
    """Find pages in the pictures of a leak; `wanted` says which pages to look for in which sheet."""
    seen = []
    sheets = [s for s in file.sighting.sheets if s.number in wanted]
    for sheet, capture in file.pictures(sheets):
        pages = dict(original.index(wanted[sheet.number]))
        for found in find_pages(pages, capture) if capture and pages else ():
            reference = original.reference(found.page)
            measured = measure(reference, found.page, found.location, found.image)
            if measured is not None:
                shown = compare(reference, found, measured, original.words(found.page), sheet.number)
                boxes = original.shown_boxes(found.page)
                places = _around(measured, reference.boxes)
                seen.append(
                    SeenPage(
                        sheet.number, found.page, found.image, shown.agreement, boxes, places, shown.regions
                    )
                )
    return seen


def _around(measured: Measured, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) upright boxes in the sheet around boxes (n, 4) of the reference."""
    corners = measured.warp(boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)).reshape(-1, 4, 2)
    return np.concatenate([corners.min(1), corners.max(1)], 1)


def sheets_of(file: LeakedFile, passages: Sequence[Passage]) -> dict[int, set[int]]:
    """Which pages (0-based) of a document the passages show on which sheet that is a picture."""
    wanted: dict[int, set[int]] = {}
    for part in file.sighting.parts:
        if part.sheet is None:
            continue
        for passage in passages:
            start, end = passage.leak
            if passage.page is not None and start < part.end and end > part.start:
                wanted.setdefault(part.sheet, set()).add(passage.page - 1)
    return wanted


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
    """How surely (0…1) the page has, where words of the leak's text (a stretch of it) stand in the picture,
    the same as the picture; None where no page was found or the picture is too poor to tell."""
    by_sheet: dict[int, list[SeenPage]] = {}
    for page in seen:
        by_sheet.setdefault(page.sheet, []).append(page)

    def same(span: Span) -> float | None:
        chosen = np.flatnonzero((words.start < span[1]) & (words.end > span[0]))
        values = [
            _shown(page, words.box[k]) for k in chosen for page in by_sheet.get(int(words.sheet[k]), [])
        ]
        known = [v for v in values if v is not None]
        return min(known) if known and len(known) == len(values) else None

    return same


def _shown(page: SeenPage, box: NDArray[np.float64]) -> float | None:
    """Whether the page's own content is seen in a box (x0, y0, x1, y1) of the sheet."""
    for region in page.regions:
        outline = np.array(region.sheet_outline)
        if _overlap(np.r_[outline.min(0), outline.max(0)][None], box)[0] > 0.3:
            return _OTHER
    inside = _overlap(page.places, box) > 0.2
    if not inside.any():
        # The page has no words there: a rule, a figure, an emblem, or nothing; and nothing was added.
        return _NOTHING_ADDED if _within(page, box) else None
    values = page.agreement[inside]
    values = values[np.isfinite(values)]
    return float(values.min()) if len(values) else None


def _overlap(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) area that boxes (n, 4) share with a box, as a share of the smaller of both."""
    across = np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0])
    down = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])
    areas = np.minimum(
        (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), (box[2] - box[0]) * (box[3] - box[1])
    )
    shared: NDArray[np.float64] = np.maximum(across, 0) * np.maximum(down, 0) / np.maximum(areas, 1e-6)
    return shared


def _within(page: SeenPage, box: NDArray[np.float64]) -> bool:
    """Whether a box of the sheet lies among the page's legible words, where additions are looked for."""
    legible = page.places[np.isfinite(page.agreement)]
    if not len(legible):
        return False
    (x0, y0), (x1, y1) = legible[:, :2].min(0), legible[:, 2:].max(0)
    return bool(box[0] >= x0 and box[1] >= y0 and box[2] <= x1 and box[3] <= y1)


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
