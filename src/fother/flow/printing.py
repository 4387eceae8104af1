"""A Word file printed with some wordings of its own: the PDF, and which of its gaps are which columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import plan
from fother.channels.layout.printed import Print, WordGaps
from fother.channels.table import CarrierTable
from fother.channels.text.carriers import TextCarriers
from fother.channels.text.observe import TextReading
from fother.channels.text.shown import EVERY_FORM, shown_symbols
from fother.formats.office import Office
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.template import CopyTemplate
from fother.formats.prose.docx import Docx


@dataclass(frozen=True)
class Laid:
    """A print whose words are where LibreOffice put them: the PDF, its gaps, and what moves its words."""

    pdf: bytes
    shown: Print
    template: CopyTemplate


@dataclass(frozen=True)
class Printer:
    """Prints one Word file with whatever wordings. `text` and `gaps` are its carriers."""

    original: bytes
    text: TextCarriers
    gaps: WordGaps
    office: Office

    @classmethod
    def of(cls, original: bytes, table: CarrierTable, office: Office) -> Printer:
        """The printer of a document registered to be printed."""
        printed = table.printed()
        assert printed is not None  # noqa: S101 - it was registered so
        return cls(original, next(table.text())[1], printed[1], office)

    def pdfs(self, wordings: Sequence[NDArray[np.uint8]], strength: float) -> list[bytes]:
        """The print of each copy, for the symbols (m_text,) of its wordings; together much sooner than apart.

        Raises InputFileError, MissingProgramError.
        """
        form = Docx()
        rewrites = (self.text.rewrites(symbols, strength) for symbols in wordings)
        return self.office.print([form.write(self.original, changes) for changes in rewrites])

    def laid(self, pdf: bytes, wordings: NDArray[np.uint8], strength: float) -> Laid:
        """Which gaps the print of a copy with these wordings shows."""
        return lay(pdf, self.text, self.gaps, wordings, strength)


def lay(pdf: bytes, text: TextCarriers, gaps: WordGaps, wordings: NDArray[np.uint8], strength: float) -> Laid:
    """`Printer.laid` for a print that exists."""
    source = PdfSource.open(pdf)
    pages = list(source.pages())
    layout, moved = plan(pages)
    shown = gaps.laid_out(text, wordings, strength, layout, moved)
    return Laid(pdf, shown, CopyTemplate.build(source, pages, moved, len(layout.page)))


def reference_prints(
    original: bytes, table: CarrierTable, leaks: Sequence[Sequence[TextReading]]
) -> list[Laid]:
    """For the readings of each leak a print of the unmarked original with the wordings that the leak shows.

    Its lines break where the leak's do, so the leak's words can be measured against it. Wordings that are
    unclear or not there are as in the original. Nothing here knows any copy: the reference follows from the
    leak and the original alone. Raises InputFileError, MissingProgramError.
    """
    text = next(table.text())[1]
    wordings = {symbols.tobytes(): symbols for symbols in (shown_symbols(text, leak) for leak in leaks)}
    with Office() as office:
        printer = Printer.of(original, table, office)
        pdfs = printer.pdfs(list(wordings.values()), EVERY_FORM) if leaks else []
    laid = {
        key: printer.laid(pdf, wordings[key], EVERY_FORM) for key, pdf in zip(wordings, pdfs, strict=True)
    }
    return [laid[shown_symbols(text, leak).tobytes()] for leak in leaks]
