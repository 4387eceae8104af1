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
from fother.vision.measure import measure


@dataclass(frozen=True)
class SeenPage:
    """One registered page found in one sheet."""

    sheet: int
    page: int  #: 0-based
    image: NDArray[np.uint8]  #: the sheet
    agreement: NDArray[np.float64]  #: (clusters of the page,) 0…1, NaN where nothing can be said
    boxes: NDArray[np.float64]  #: (clusters, 4) points from the top left of the page as shown, y down
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
                seen.append(
                    SeenPage(sheet.number, found.page, found.image, shown.agreement, boxes, shown.regions)
                )
    return seen


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
