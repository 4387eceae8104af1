"""Words of a text set in lines, as a print shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.model.page import PageGlyphs

_ADVANCE, _SPACE, _EM = 5.0, 3.0, 10.0


def page(lines: Sequence[Sequence[str]], number: int = 0, left: Sequence[float] = ()) -> PageGlyphs:
    """Lines of words in content order; `left` are their starts where not all begin at the margin."""
    origin, end, text = [], [], []
    for row, line in enumerate(lines):
        x = left[row] if left else 72.0
        for word in line:
            for letter in word:
                # Lines that stand beside each other have one baseline.
                y = 700.0 - 14 * (row if not left else row % (len(lines) // 2))
                origin.append((x, y))
                x += _ADVANCE
                end.append((x, y))
                text.append(letter)
            x += _SPACE
    n = len(text)
    return PageGlyphs(
        number=number,
        box=(0, 0, 612, 792),
        rotation=0,
        origin=np.array(origin, float).reshape(n, 2),
        end=np.array(end, float).reshape(n, 2),
        ascent=np.tile([[0.0, _EM]], (n, 1)),
        text=tuple(text),
        space=np.zeros(n, bool),
        movable=np.ones(n, bool),
        fixed_reason={},
    )


def printed(words: Sequence[str], per_line: int) -> tuple[LayoutCarriers, list[NDArray[np.int32]]]:
    """A print of a text on one page, so many words in a line."""
    return plan([page([words[k : k + per_line] for k in range(0, len(words), per_line)])])
