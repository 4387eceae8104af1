"""What intake makes of a leak, and what vision measures in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Sheet:
    """One image of a leak: a photo, a screenshot, one frame of a TIFF, one rendered page of a PDF."""

    artefact: str  #: file name as received
    number: int  #: 0-based within the artefact
    #: (height, width) grey, 0 = black; None for a PDF page that is only rendered when needed
    image: NDArray[np.uint8] | None
    #: glyph origins when the artefact is a PDF with text, else empty
    characters: Characters | None = None


@dataclass(frozen=True)
class Characters:
    """Text of one leaked PDF page as its renderer places it: parallel arrays of length n."""

    text: str  #: n code points
    origin: NDArray[np.float64]  #: (n, 2) glyph origins, points, y upwards


@dataclass(frozen=True)
class GlyphBoxes:
    """Glyphs of an original page in pixels of its reference image, word by word from left to right.

    `boxes` (g, 4) x0, y0, x1, y1; `origin` (g,) where each glyph starts along the text; `owner` (g,) its
    cluster, counted from the first of the page. Only text that runs from left to right as shown.
    """

    boxes: NDArray[np.float64]
    origin: NDArray[np.float64]
    owner: NDArray[np.int64]


@dataclass(frozen=True)
class TextPart:
    """A stretch of a sighting's text that belongs together.

    `kind` is one of "page", "body", "header", "footer", "note" (footnotes and endnotes), "comment", "deleted"
    (what tracked changes took out), "hidden", "title", "subject", "slide", "notes" (of a speaker), "sheet"
    (of a workbook), "cell text", "alternative" (text of a picture).
    """

    kind: str
    start: int  #: code points of the sighting's text
    end: int
    sheet: int | None = None  #: number of the sheet that shows it
    label: str = ""  #: which one: a sheet's name, a comment's author


def _no_words() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class WordBoxes:
    """Where the words of a text are seen: parallel arrays of length n, in the order of the text.

    `box` (n, 4) is x0, y0, x1, y1 with y down: pixels of the sheet's picture where there is one, else points
    from the top left of the page as shown. `confidence` (n,) is 0…1 as the recogniser says, 1 for text that
    was read from a file and not recognised.
    """

    start: NDArray[np.int64] = field(default_factory=_no_words)  #: code points of the text
    end: NDArray[np.int64] = field(default_factory=_no_words)
    sheet: NDArray[np.int64] = field(default_factory=_no_words)
    box: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    confidence: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Sighting:
    """A leak as received, already reduced to pixels, text and integers by the sandbox.

    `text` is canonical: what all offsets count in. Parts do not overlap and are in order.
    """

    artefact: str
    sha256: str
    media_type: str
    sheets: tuple[Sheet, ...]
    #: copy stamps found in metadata (hex), before any check
    untrusted_stamps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    isolation: str = ""  #: how the bytes were parsed
    text: str = ""
    parts: tuple[TextPart, ...] = ()
    words: WordBoxes = field(default_factory=WordBoxes)
    recognised: bool = False  #: the text was recognised in pictures (OCR)
    #: what the file says about itself, untrusted: at most 64 names, values of at most 500 characters
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Displacements:
    """Where the rigid clusters of one original page were found in one sheet.

    Arrays are parallel to the page's clusters (n). `shift` is (n, 2): measured position minus position
    in the unmarked original, in points of the page, x to the right and y *down* as the page is shown,
    still containing the smooth warp of the capture. NaN where nothing was measured.
    `sigma` is (n,): standard deviation of the measurement along the text, points.
    """

    page: int
    shift: NDArray[np.float64]
    sigma: NDArray[np.float64]
    similarity: NDArray[np.float64]  #: (n,) normalised correlation, 0…1
    density: float  #: effective resolution of the sheet on this page, dots per inch of the page
    method: str  #: "glyph origins" or "pixels"
    inliers: int = 0
    #: (n, 2) where each cluster's centre was found in the sheet, pixels; NaN where it was not
    places: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
