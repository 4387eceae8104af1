"""Glyphs of a PDF page that know the bytes they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fother.formats.pdf.tokens import Token
from fother.model.page import PageGlyphs

Box = tuple[float, float, float, float]


class PartKey(NamedTuple):
    """A stream that holds content: element `index` of a page's /Contents, or the form XObject `number`."""

    kind: str  #: "page" or "form"
    number: int  #: page index, or object number
    element: int  #: index within /Contents, or generation number


@dataclass(frozen=True, slots=True)
class ShowOperation:
    """One Tj, TJ, ' or " with the byte range it takes in its stream."""

    part: PartKey
    operator: bytes
    operands: tuple[Token, ...]  #: of ": word spacing, character spacing, string; else the elements shown
    start: int
    end: int


@dataclass(frozen=True)
class PdfPage(PageGlyphs):
    """Glyphs of a PDF page with their source addresses, parallel arrays of length n.

    `show` indexes `operations`; `element` is the index within the operands, `offset` the byte within the
    decoded string, `unit` the points that one TJ unit moves a glyph against the text direction.
    """

    show: NDArray[np.int32]
    element: NDArray[np.int32]
    offset: NDArray[np.int32]
    unit: NDArray[np.float64]
    operations: tuple[ShowOperation, ...]
    parts: dict[PartKey, bytes]
