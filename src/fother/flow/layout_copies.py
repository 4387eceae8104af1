"""Copies of a PDF: words moved by the template, and the marks read back from the finished file."""

from __future__ import annotations

import contextlib

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout import glyphs
from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.layout.observe import ReadBack
from fother.codes.observations import Observations
from fother.errors import CopyCheckError, FotherError
from fother.flow.original import Original, open_original
from fother.flow.readback import enough, found_evidence, possible_evidence, require_marks
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.render import open_renderer
from fother.formats.pdf.template import CopyTemplate

#: Pages that are read back in each copy; they change from copy to copy, so that all pages get their turn.
_PAGES_READ = 3
_TELLING = 30  # carriers
_RICHEST = 8


class LayoutCopies:
    """Makes the PDFs of one edition, one after the other; the same bytes each time.

    `probabilities` and the `symbols` of its methods are those of the carriers' own columns (m,).
    """

    def __init__(
        self,
        original: bytes,
        carriers: LayoutCarriers,
        template: CopyTemplate,
        strength: float,
        probabilities: NDArray[np.float64],
    ) -> None:
        self._carriers = carriers
        self._strength = strength
        self._probabilities = probabilities
        self._template = template
        self._reader = ReadBack(carriers, strength, probabilities)
        self._stack = contextlib.ExitStack()
        self._original: Original = self._stack.enter_context(open_original(original, carriers))
        per_page = np.bincount(carriers.carrier_page, minlength=len(carriers.facts))
        # Pages that can speak for themselves; in a document without any, the richest ones.
        telling = np.flatnonzero(per_page >= _TELLING)
        self._count = _PAGES_READ if len(telling) else _RICHEST
        self._pages = telling if len(telling) else np.argsort(-per_page, kind="stable")[:_RICHEST]

    def close(self) -> None:
        """Close the original."""
        self._stack.close()

    def write(self, symbols: NDArray[np.uint8], stamp: bytes) -> bytes:
        """The PDF with these symbols."""
        return self._template.copy(self._carriers.displacement(symbols, self._strength), stamp)

    def read_back(self, copy: str, index: int, symbols: NDArray[np.uint8], data: bytes) -> float:
        """log10 likelihood ratio for the copy's own symbols against another copy's, read from the file.

        Raises CopyCheckError when it is too small.
        """
        count = min(self._count, len(self._pages))
        pages = [int(self._pages[(index * count + k) % len(self._pages)]) for k in range(count)]
        columns = np.flatnonzero(np.isin(self._carriers.carrier_page, pages))
        possible = possible_evidence(self._probabilities, symbols, columns)
        try:
            found = self._found(symbols, self._through_pdfium(data, pages))
            if not enough(found, possible):
                found = self._found(symbols, self._through_content(data, pages))
        except FotherError as error:
            raise CopyCheckError(f"Copy {copy} could not be read back: {error}") from None
        require_marks(copy, found, possible)
        return found

    def _found(self, symbols: NDArray[np.uint8], seen: Observations) -> float:
        return found_evidence(self._probabilities, symbols, seen)

    def _through_pdfium(self, data: bytes, pages: list[int]) -> Observations:
        """The way a leaked file is read: glyph origins against those of the original."""
        readings = []
        with open_renderer(data) as renderer:
            for page in pages:
                shown = self._original.to_shown(page)
                seen = glyphs.displacements(
                    self._carriers,
                    page,
                    shown,
                    self._original.characters(page),
                    renderer.characters(page),
                    self._original.owners(page),
                )
                if seen is not None:
                    readings.append(self._reader.observe(seen, shown))
        return Observations.combine(readings)

    def _through_content(self, data: bytes, pages: list[int]) -> Observations:
        """For pages whose text pdfium cannot tell: glyph positions by our own reading of both files."""
        copy, original = PdfSource.open(data), PdfSource.open(self._original.data)
        readings = []
        for page in pages:
            shown = self._original.to_shown(page)
            seen = glyphs.displacements_by_order(
                self._carriers, page, shown, original.page(page), copy.page(page)
            )
            if seen is not None:
                readings.append(self._reader.observe(seen, shown))
        return Observations.combine(readings)
