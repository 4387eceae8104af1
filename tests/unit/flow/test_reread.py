"""A difference that the recogniser finds on the document's own page is none of the leak's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from fother.flow.original import Original
from fother.flow.reread import standing
from fother.flow.seeing import SeenPage
from fother.intake.recognise import Recognised
from fother.model.capture import Sighting, WordBoxes
from fother.model.match import Change, ChangeKind, Region
from fother.vision.warp import Warp

IMAGE = np.zeros((1, 1), np.uint8)


class Page:
    """An original whose page nobody needs to see."""

    def picture(self, page: int, dpi: float) -> NDArray[np.uint8]:
        assert (page, dpi) == (2, 200.0)
        return IMAGE


def line(*texts: str) -> tuple[str, WordBoxes]:
    """Words side by side, ten pixels each."""
    start = np.cumsum([0, *(len(t) + 1 for t in texts[:-1])])
    count = np.arange(len(texts))
    box = np.stack([10.0 * count, 0.0 * count, 10.0 * count + 8, 0.0 * count + 8], 1)
    length = np.array([len(t) for t in texts])
    return " ".join(texts), WordBoxes(start, start + length, 0 * count, box, np.ones(len(texts)))


def stand(
    leak: Sequence[str],
    reading: Sequence[str],
    *changes: Change,
    sheet: int = 0,
    regions: tuple[Region, ...] = (),
) -> list[Change]:
    text, words = line(*leak)
    sighting = Sighting("leak.png", "", "image/png", (), text=text, words=words, recognised=True)
    same_place = cast(Warp, lambda points: points)
    seen = SeenPage(sheet, 2, IMAGE, np.zeros(0), np.zeros((0, 4)), np.zeros(len(words)), regions, same_place)
    read = [Recognised(*line(*reading), "rapidocr", 1.0, 0)]
    return standing(cast(Original, Page()), sighting, [seen], changes, read=lambda _: read)


def change(kind: ChangeKind, before: str, leak: Sequence[str], word: int, **more: float) -> Change:
    start = sum(len(t) + 1 for t in leak[:word])
    span = (start, start + len(leak[word]))
    return Change(kind, before, leak[word], (0, len(before)), span, "", True, more.get("confidence", 1.0))


LEAK = ("version", "5.1", "of", "TeX")


def test_what_the_page_shows_as_well_was_not_altered() -> None:
    assert stand(LEAK, LEAK, change("number", "ο.λ", LEAK, 1)) == []


def test_what_the_page_shows_otherwise_was_altered() -> None:
    altered = change("number", "5.7", LEAK, 1)
    assert stand(LEAK, ("version", "5.7", "of", "TeX"), altered) == [altered]


@pytest.mark.parametrize(
    ("kind", "before", "said", "read", "stands"),
    [
        ("name", "X TEEX", "XηTEX", "XªTEX", False),  # a logo, read with another slip
        ("number", "ο.λλλ", "5.1234", "5.1235", True),  # a figure must be the same
        ("name", "Smith", "Smyth", "Smith", True),  # the page has the document's own word
        ("name", "Smith", "Jones", "Smth", True),
    ],
)
def test_slips(kind: ChangeKind, before: str, said: str, read: str, stands: bool) -> None:
    leak = ("by", said)
    altered = change(kind, before, leak, 1)
    assert stand(leak, ("by", read), altered) == ([altered] if stands else [])


def test_nothing_is_read_where_the_page_was_not_found_or_nothing_is_at_stake() -> None:
    elsewhere = change("number", "ο.λ", LEAK, 1)
    assert stand(LEAK, LEAK, elsewhere, sheet=1) == [elsewhere]
    doubtful = change("number", "ο.λ", LEAK, 1, confidence=0.4)
    assert stand(LEAK, LEAK, doubtful) == [doubtful]


def test_what_was_left_out_stays_left_out() -> None:
    gone = Change("deletion", "not", "", (0, 3), (8, 8), "")
    number = change("number", "ο.λ", LEAK, 1)
    assert stand(LEAK, LEAK, number, gone) == [gone]


@pytest.mark.parametrize(
    ("read", "region", "grave"),
    [
        ("purpose", True, True),  # pixels, page and leak agree that another word was put there
        ("purpose", False, False),
        ("machine", True, None),  # the page reads so as well
        ("porp", True, False),  # the page is not read as the document has it
    ],
)
def test_another_word_put_in_the_picture_counts(read: str, region: bool, grave: bool | None) -> None:
    leak = ("the", "machine", "was")
    outline = ((9.0, -1.0), (19.0, -1.0), (19.0, 9.0), (9.0, 9.0))
    regions = (Region(0, 2, "changed", (0, 0, 1, 1), outline, "purpose", 17.0),) if region else ()
    wording = replace(change("wording", "purpose", leak, 1), grave=False, confidence=0.95)
    stood = stand(leak, ("the", read, "was"), wording, regions=regions)
    assert [c.grave for c in stood] == ([] if grave is None else [grave])
