"""Find the pages of one document in a leak, and read their marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout import glyphs
from fother.channels.layout.observe import PageReading, observe
from fother.flow.leaks import LeakedFile
from fother.flow.original import Original
from fother.flow.progress import Progress
from fother.model.capture import Displacements, Sheet
from fother.vision.find import Capture, Found, find_pages
from fother.vision.measure import measure
from fother.vision.pixelgrid import measure_on_grid


@dataclass(frozen=True)
class MatchedPage:
    """One original page found in one sheet."""

    file: LeakedFile
    sheet: int
    #: at least one; where there are several, each is a way to measure the same words
    measurements: tuple[Displacements, ...]
    image: NDArray[np.uint8] | None  #: the sheet, when it was looked at as a picture

    @property
    def page(self) -> int:
        """Page of the original, 0-based."""
        return self.measurements[0].page


@dataclass(frozen=True)
class Match:
    """All places where a document's pages were found."""

    pages: tuple[MatchedPage, ...]


def match_leak(key: str, original: Original, files: Sequence[LeakedFile], progress: Progress) -> Match:
    """Find the document's pages: through glyph positions where the leak has text, else through pixels.

    Sheets that other documents alone have claimed are passed over. Registration and selection use the
    unmarked original only.
    """
    matched: list[MatchedPage] = []
    for file in files:
        pictures: list[Sheet] = []
        for sheet in file.sighting.sheets:
            claimed = file.claimed.get(sheet.number)
            found = _by_glyphs(original, sheet)
            if found is not None:
                matched.append(MatchedPage(file, sheet.number, (found,), None))
            if found is None and (not claimed or key in claimed):
                pictures.append(sheet)
            else:
                progress.step()
        matched += _by_pixels(key, original, file, pictures, progress)
    return Match(tuple(matched))


def _by_glyphs(original: Original, sheet: Sheet) -> Displacements | None:
    if sheet.characters is None:
        return None
    for page in original.text.best(sheet.characters):
        found = glyphs.displacements(
            original.carriers, page, original.to_shown(page), original.characters(page), sheet.characters
        )
        if found is not None:
            return found
    return None


def _by_pixels(
    key: str, original: Original, file: LeakedFile, sheets: Sequence[Sheet], progress: Progress
) -> list[MatchedPage]:
    matched = []
    for sheet, capture in file.pictures(sheets):
        likely = file.claimed.get(sheet.number, {}).get(key)
        if capture is not None:
            for found in _find(original, capture, likely):
                seen = measure_page(original, found)
                if seen:
                    matched.append(MatchedPage(file, sheet.number, seen, capture.image))
        progress.step()
    return matched


def _find(original: Original, capture: Capture, likely: set[int] | None) -> list[Found]:
    """Pages in a picture: the likely ones if any of them is there, else whichever."""
    if likely:
        found = find_pages(dict(original.index(likely)), capture)
        if found:
            return found
    return find_pages(dict(original.index()), capture)


def measure_page(original: Original, found: Found) -> tuple[Displacements, ...]:
    """Displacements of a page found in a picture: by pixels and, where glyphs stand on whole pixels, by the
    model of their rounding. Empty when too little is legible."""
    reference = original.reference(found.page)
    seen = measure(reference, found.page, found.location, found.image)
    if seen is None:
        return ()
    on_grid = measure_on_grid(reference, original.glyphs(found.page), seen, original.reach(found.page))
    return (seen.displacements,) if on_grid is None else (seen.displacements, on_grid)


def read_page(
    original: Original,
    measurements: Sequence[Displacements],
    strength: float,
    probabilities: NDArray[np.float64],
) -> PageReading | None:
    """Observations of one matched page under one edition's strength and biases.

    Of several measurements the one that tells most by its own account is taken: a choice by the leak alone.
    """
    to_shown = original.to_shown(measurements[0].page)
    readings = [observe(original.carriers, m, to_shown, strength, probabilities) for m in measurements]
    legible = [r for r in readings if r is not None]
    return max(legible, key=lambda r: float((r.observations.separation**2).sum()), default=None)


def read_pages(
    original: Original, match: Match, strength: float, probabilities: NDArray[np.float64]
) -> list[PageReading | None]:
    """`read_page` for every matched page, in the match's order."""
    return [read_page(original, page.measurements, strength, probabilities) for page in match.pages]
