"""Changed, covered and added places are found in captures; faithful captures show none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from displaced_page import Sheet, photographed, picture, sheet, tilted

from fother.vision.differences import Comparison, compare
from fother.vision.find import Capture, find_pages
from fother.vision.measure import measure
from fother.vision.reference import DPI


def compared(page: Sheet, capture: np.ndarray) -> Comparison:
    found = find_pages({0: page.index}, Capture(capture))[0]
    seen = measure(page.reference, 0, found.location, found.image)
    assert seen is not None
    return compare(page.reference, found, seen, page.carriers.text, sheet=4)


def a_word(page: Sheet) -> int:
    """A long word in the middle of the page."""
    box = page.reference.boxes
    long = (box[:, 2] - box[:, 0] > 2.5 * page.reference.em) & (box[:, 2] - box[:, 0] < 6 * page.reference.em)
    middle = np.array(page.reference.shape[::-1]) / 2
    distance = np.hypot(*(page.reference.centres - middle).T)
    return int(np.argmin(np.where(long, distance, np.inf)))


@pytest.mark.parametrize("dpi", [96.0, 150.0])
def test_faithful_captures_of_marked_copies_show_no_difference(dpi: float) -> None:
    page = sheet(1)
    copy = picture(page.copy(page.displacement(3, 0.25)), dpi)
    for capture in (copy, 255 - copy):
        outcome = compared(page, capture)
        assert outcome.regions == ()
        assert np.nanmin(outcome.agreement) > 0.3
        assert np.nanmedian(outcome.agreement) > 0.8


def test_a_faithful_photo_shows_no_difference() -> None:
    page = sheet(1)
    flat = picture(page.data, DPI).astype(np.float32)
    photo = photographed(flat, tilted(page.reference.shape), (1650, 1250)).astype(np.float32)
    photo = cv2.GaussianBlur(photo, (0, 0), 0.8) * np.linspace(0.6, 1.0, 1250, dtype=np.float32)
    photo += np.random.default_rng(7).normal(0, 4, photo.shape)
    assert compared(page, np.clip(photo, 0, 255).astype(np.uint8)).regions == ()


def test_a_changed_word_is_found_where_it_is() -> None:
    page, dpi = sheet(1), 150.0
    capture = picture(page.data, dpi)
    word = a_word(page)
    x0, y0, x1, y1 = (page.reference.boxes[word] * dpi / DPI).astype(int)
    capture[y0:y1, x0:x1] = capture[y0:y1, x0:x1][:, ::-1].copy()
    outcome = compared(page, capture)
    assert [region.kind for region in outcome.regions] == ["changed"]
    region = outcome.regions[0]
    assert page.carriers.text[word] in region.words
    assert (region.sheet, region.page) == (4, 0)
    assert outcome.agreement[word] < 0.5
    corners = np.array(region.sheet_outline)
    assert (corners.min(0) <= [x0 + 3, y0 + 3]).all()
    assert (corners.max(0) >= [x1 - 3, y1 - 3]).all()


@pytest.mark.parametrize("paint", [0, 255])
def test_paint_over_a_word_is_found(paint: int) -> None:
    page, dpi = sheet(1), 150.0
    capture = picture(page.data, dpi)
    word = a_word(page)
    x0, y0, x1, y1 = (page.reference.boxes[word] * dpi / DPI).astype(int)
    capture[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2] = paint
    outcome = compared(page, capture)
    assert any(r.kind == "covered" and page.carriers.text[word] in r.words for r in outcome.regions)
    assert outcome.agreement[word] < 0.1


def test_a_pasted_line_is_found_as_added() -> None:
    page, dpi = sheet(1), 150.0
    capture = picture(page.data, dpi)
    ink = cv2.dilate((page.reference.image < 200).astype(np.uint8), np.ones((60, 220), np.uint8))
    free = np.argwhere(ink[400:1800, 300:1200] == 0)
    if not len(free):
        pytest.skip("the sample page has no blank place")
    y, x = ((free[len(free) // 2] + [400, 300]) * dpi / DPI).astype(int)
    cv2.putText(
        capture, "Approved", (int(x) - 60, int(y) + 8), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2, cv2.LINE_AA
    )
    assert "added" in {region.kind for region in compared(page, capture).regions}
