"""What found pages say about the words of a leak."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from fother.flow.seeing import SeenPage, explained, sheets_show
from fother.model.capture import WordBoxes
from fother.vision.warp import Warp

WORDS = WordBoxes(
    start=np.array([0, 4, 8, 12]),
    end=np.array([3, 7, 11, 15]),
    sheet=np.array([0, 0, 0, 1]),
    box=np.zeros((4, 4)),
    confidence=np.ones(4),
)

NOWHERE = cast(Warp, None)  # not asked for here


def page(shown: list[float], sheet: int = 0) -> SeenPage:
    none: NDArray[np.float64] = np.zeros((0, 4))
    return SeenPage(sheet, 0, np.zeros((1, 1), np.uint8), np.zeros(0), none, np.array(shown), (), NOWHERE)


NAN = float("nan")


def test_a_stretch_shows_the_page_when_every_word_does() -> None:
    same = sheets_show(WORDS, [page([0.95, 0.9, 0.1, NAN])])
    assert same((0, 7)) == 0.9
    assert same((0, 11)) == 0.1
    assert same((4, 15)) is None  # of one word nothing is known
    assert same((3, 4)) is None  # no word


def test_any_page_of_the_sheet_may_show_a_word() -> None:
    same = sheets_show(WORDS, [page([0.1, 0.9, NAN, NAN]), page([0.95, NAN, NAN, NAN])])
    assert same((0, 7)) == 0.9
    assert sheets_show(WORDS, [])((0, 7)) is None


def test_explained_words() -> None:
    assert explained(WORDS, [page([0.95, 0.5, NAN, NAN])]) == [(0, 3)]
    assert explained(WORDS, []) == []
