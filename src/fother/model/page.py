"""What a format reader tells about a page: geometry and glyphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

PageState = Literal["markable", "weak", "unmarkable"]


@dataclass(frozen=True)
class PageGlyphs:
    """Visible glyphs of one page in content order, as parallel arrays of length n.

    All positions are in PDF user space of the page (points, y upwards, before /Rotate).

    - `origin`, `end`: (n, 2) float64, glyph origin and origin plus advance.
    - `ascent`: (n, 2) float64, vector from the baseline to one em above it (its length is the font size).
    - `text`: n strings; U+FFFD where the font tells no Unicode.
    - `space`: (n,) bool, white space.
    - `movable`: (n,) bool; False where the writer cannot shift the glyph (a form drawn twice,
      an unsupported font, …). Immovable glyphs still serve as references for measurements.
    - `fixed_reason`: for people, why glyphs of this page are not movable, with counts.
    """

    number: int  #: 0-based page index
    box: tuple[float, float, float, float]  #: crop box x0, y0, x1, y1
    rotation: int  #: 0, 90, 180 or 270, clockwise when shown
    origin: NDArray[np.float64]
    end: NDArray[np.float64]
    ascent: NDArray[np.float64]
    text: tuple[str, ...]
    space: NDArray[np.bool_]
    movable: NDArray[np.bool_]
    fixed_reason: dict[str, int]


@dataclass(frozen=True)
class PageReport:
    """How well one page can be marked, for `register` and `forecast`."""

    number: int  #: 0-based
    state: PageState
    reason: str  #: one sentence; empty when the page is simply markable
    words: int
    marked_words: int
    carriers: int  #: code symbols (bits before coding) that the page holds
