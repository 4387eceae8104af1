"""Copies of a Word file as PDF: printed with their own wordings, then the words of that print moved."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.channels.table import CarrierTable
from fother.channels.text.observe import observe
from fother.codes.observations import Observations
from fother.flow.layout_copies import LayoutCopies
from fother.flow.printing import Laid, Printer
from fother.flow.readback import found_evidence, possible_evidence, require_marks
from fother.formats.pdf.check import Layout, settle
from fother.formats.pdf.render import open_renderer

Symbols = NDArray[np.uint8]


class PrintCopies:
    """Makes the PDFs of one edition, one after the other; the same bytes each time, as long as LibreOffice
    and its fonts are the same.

    `probabilities` and the symbols of its methods are those of all columns (m,) of `table`. Finished copies
    are kept in the folder `kept`, if any, as long as copies are made: to make one takes seconds.
    """

    def __init__(
        self,
        printer: Printer,
        table: CarrierTable,
        strength: float,
        probabilities: NDArray[np.float64],
        kept: Path | None,
    ) -> None:
        printed = table.printed()
        assert printed is not None  # noqa: S101 - the table is of a document whose copies are printed
        (first_word, words), (first_gap, gaps) = next(table.text()), printed
        self._words = slice(first_word, first_word + words.count)
        self._gaps = slice(first_gap, first_gap + gaps.count)
        self._printer, self._strength, self._probabilities, self._kept = (
            printer,
            strength,
            probabilities,
            kept,
        )
        self._ahead: dict[int, bytes] = {}
        self._latest: tuple[bytes, Laid] | None = None

    def print_ahead(self, copies: Mapping[int, Symbols]) -> None:
        """Print several copies, by index, with one start of LibreOffice; each is kept until it is made.

        Raises InputFileError, MissingProgramError.
        """
        missing = [k for k in copies if k not in self._ahead and self._known(k) is None]
        if missing:
            pdfs = self._printer.pdfs([copies[k][self._words] for k in missing], self._strength)
            self._ahead |= dict(zip(missing, pdfs, strict=True))

    def write(self, index: int, symbols: Symbols, stamp: bytes) -> bytes:
        """The PDF with these symbols. Raises as `print_ahead`."""
        known = self._known(index)
        if known is not None:
            return known.read_bytes()
        self.print_ahead({index: symbols})
        laid = self._printer.laid(self._ahead.pop(index), symbols[self._words], self._strength)
        data = self._moved(laid, symbols, stamp)
        if _texts(data) != _texts(laid.pdf):
            # Rare: a line whose moved words readers would take for other text stays as it is.
            laid = replace(laid, shown=laid.shown.without(self._unlike(laid, symbols)))
            data = self._moved(laid, symbols, stamp)
        self._latest = data, laid
        if self._kept is not None:
            (self._kept / f"{index}.pdf").write_bytes(data)
        return data

    def read_back(self, copy: str, index: int, symbols: Symbols, data: bytes) -> float:
        """log10 likelihood ratio for the copy's own symbols against another copy's, read from the PDF that
        was written last.

        Raises CopyCheckError when its words or its gaps do not show them.
        """
        assert self._latest is not None  # noqa: S101
        written, laid = self._latest
        assert data == written  # noqa: S101
        found = self._read_words(copy, symbols[self._words], data)
        layout, biases = laid.shown.layout, laid.shown.biases(self._probabilities[self._gaps])
        with closing(LayoutCopies(laid.pdf, layout, laid.template, self._strength, biases)) as pages:
            return found + pages.read_back(copy, index, laid.shown.symbols(symbols[self._gaps]), data)

    def _known(self, index: int) -> Path | None:
        kept = None if self._kept is None else self._kept / f"{index}.pdf"
        return kept if kept is not None and kept.exists() else None

    def _moved(self, laid: Laid, symbols: Symbols, stamp: bytes) -> bytes:
        return laid.template.copy(self._displacement(laid, symbols), stamp)

    def _displacement(self, laid: Laid, symbols: Symbols) -> NDArray[np.float64]:
        return laid.shown.displacement(symbols[self._gaps], self._strength)

    def _unlike(self, laid: Laid, symbols: Symbols) -> list[int]:
        """Lines with which the copy reads differently."""
        layout = laid.shown.layout
        where = Layout(layout.page, layout.segment, layout.box, layout.axis, layout.em)
        trial = self._displacement(laid, symbols)
        # pdfium alone: which lines stay must not depend on what else is installed.
        return sorted(settle(laid.pdf, laid.template, where, [trial], pdftotext="").segments)

    def _read_words(self, copy: str, symbols: Symbols, data: bytes) -> float:
        text, p = self._printer.text, self._probabilities[self._words]
        if not text.count:
            return 0.0
        reading = observe(text, "\n".join(_texts(data)), strength=self._strength)
        seen = Observations.empty() if reading is None else reading.observations
        columns = text.columns_used(range(len(text.places)), self._strength)
        found = found_evidence(p, symbols, seen)
        require_marks(copy, found, possible_evidence(p, symbols, columns))
        return found


def _texts(pdf: bytes) -> list[str]:
    """What readers find on each page."""
    with open_renderer(pdf) as renderer:
        return [renderer.text(page) for page in range(renderer.page_count)]
