"""Find the pages of one document in a leak, and read their marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout import glyphs
from fother.channels.layout.glyphs import TextIndex
from fother.channels.layout.observe import PageReading, observe
from fother.errors import SandboxError
from fother.flow.original import Original
from fother.flow.progress import Progress
from fother.intake.parent import render_pages
from fother.model.capture import Displacements, Sheet, Sighting
from fother.vision.find import Capture, Found, find_pages
from fother.vision.measure import measure
from fother.vision.pixelgrid import measure_on_grid

_RENDER_BATCH = 8  # pages of a leaked PDF rendered at a time, to bound memory
_KEPT_CAPTURES = 24  # pictures kept from one document to the next, with their features


@dataclass(frozen=True)
class LeakedFile:
    """One artefact: where it lies and what the sandbox made of it.

    `captures` keeps the pictures that were looked at, by sheet, while documents are tried one after another;
    `claimed` the documents (by any key) to whose text a sheet belongs.
    """

    path: Path
    sighting: Sighting
    password: str
    captures: dict[int, Capture] = field(default_factory=dict)
    claimed: dict[int, set[str]] = field(default_factory=dict)


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


def claim(key: str, text: TextIndex, files: Sequence[LeakedFile]) -> None:
    """Note which sheets have text of the document `key`, so that others need not look at their pictures."""
    for file in files:
        for sheet in file.sighting.sheets:
            if sheet.characters is not None and text.best(sheet.characters, 1):
                file.claimed.setdefault(sheet.number, set()).add(key)


def match_leak(key: str, original: Original, files: Sequence[LeakedFile], progress: Progress) -> Match:
    """Find the document's pages: through glyph positions where the leak has text, else through pixels.

    Sheets whose text belongs to other documents alone (see `claim`) are passed over. Registration and
    selection use the unmarked original only.
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
        matched += _by_pixels(original, file, pictures, progress)
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
    original: Original, file: LeakedFile, sheets: Sequence[Sheet], progress: Progress
) -> list[MatchedPage]:
    if not sheets:
        return []
    index = dict(original.index())
    if not index:
        return []
    matched = []
    for start in range(0, len(sheets), _RENDER_BATCH):
        batch = sheets[start : start + _RENDER_BATCH]
        _load(file, batch)
        for sheet in batch:
            capture = file.captures.get(sheet.number)
            if capture is None:
                progress.step()
                continue
            for found in find_pages(index, capture):
                seen = measure_page(original, found)
                if seen:
                    matched.append(MatchedPage(file, sheet.number, seen, capture.image))
            progress.step()
        if len(sheets) > _KEPT_CAPTURES:
            file.captures.clear()
    return matched


def _load(file: LeakedFile, sheets: Sequence[Sheet]) -> None:
    """Fetch the pictures of some sheets that are not there yet; pages that cannot be rendered stay out."""
    missing = [s for s in sheets if s.number not in file.captures]
    hidden = [s.number for s in missing if s.image is None]
    rendered = _rendered(file, hidden)
    for sheet in missing:
        image = rendered.get(sheet.number) if sheet.image is None else sheet.image
        if image is not None:
            file.captures[sheet.number] = Capture(image)


def _rendered(file: LeakedFile, pages: Sequence[int]) -> dict[int, NDArray[np.uint8]]:
    """Pictures of some pages. A page that makes the reader fail must not hide the others."""
    if not pages:
        return {}
    try:
        return render_pages(file.path, pages, password=file.password)
    except SandboxError:
        if len(pages) == 1:
            return {}
    return {number: image for page in pages for number, image in _rendered(file, [page]).items()}


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
