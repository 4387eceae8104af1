"""Pages in pictures: found where they are, and not found where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from displaced_page import photographed, picture, sheet, tilted

from fother.vision.find import Capture, find_pages
from fother.vision.locate import MIN_INLIERS, CaptureFeatures, locate, normalise_contrast
from fother.vision.warp import project

SIZE = (1650, 1250)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    page = sheet(1)
    return photographed(page.reference.image, tilted(page.reference.shape), SIZE)


def corners(shape: tuple[int, int]) -> np.ndarray:
    height, width = shape
    return np.array([[0, 0], [width, 0], [width, height], [0, height], [width / 2, height / 2]], float)


def test_a_page_is_found_to_less_than_a_pixel(photo: np.ndarray) -> None:
    page = sheet(1)
    found = locate(page.index.features(), page.index.shape, CaptureFeatures(photo))
    assert found is not None
    assert found.inliers > 5 * MIN_INLIERS
    truth = tilted(page.reference.shape)
    error = project(found.homography, corners(page.reference.shape)) - project(
        truth, corners(page.reference.shape)
    )
    # In pixels of a picture that shows the page at two thirds of the reference's size.
    assert np.hypot(*error.T).max() < 1.0


def test_mirrored_and_foreign_pages_are_not_found(photo: np.ndarray) -> None:
    page, other = sheet(1), sheet(2)
    mirrored = np.ascontiguousarray(photo[:, ::-1])
    assert locate(page.index.features(), page.index.shape, CaptureFeatures(mirrored)) is None
    assert locate(other.index.features(), other.index.shape, CaptureFeatures(photo)) is None
    noise = np.random.default_rng(0).integers(0, 255, (330, 250), dtype=np.uint8)
    assert find_pages({0: page.index, 1: other.index}, Capture(noise)) == []
    assert find_pages({0: page.index}, Capture(np.full((330, 250), 255, np.uint8))) == []


def test_the_right_page_of_several_is_found_even_faint_or_inverted(photo: np.ndarray) -> None:
    pages = {1: sheet(1).index, 2: sheet(2).index}
    assert [f.page for f in find_pages(pages, Capture(photo))] == [1]
    faint = (200 + photo.astype(np.float32) * 0.03).astype(np.uint8)
    assert [f.page for f in find_pages(pages, Capture(faint))] == [1]
    assert [f.page for f in find_pages(pages, Capture(255 - photo))] == [1]


def test_two_pages_in_one_picture_are_both_found() -> None:
    first, second = sheet(1), sheet(2)
    left = photographed(first.reference.image, tilted(first.reference.shape, 900, 30), (1400, 1960))
    right = photographed(second.reference.image, tilted(second.reference.shape, 900, 1000), (1400, 1960))
    both = np.where(np.arange(1960) < 965, left, right)
    found = {f.page: f for f in find_pages({1: first.index, 2: second.index}, Capture(both))}
    assert sorted(found) == [1, 2]
    for number, page, place in ((1, first, 30), (2, second, 1000)):
        truth = tilted(page.reference.shape, 900, place)
        error = project(found[number].location.homography, corners(page.index.shape)) - project(
            truth, corners(page.index.shape)
        )
        assert np.hypot(*error.T).max() < 2.0


def test_contrast_normalisation_keeps_size_and_spreads_values() -> None:
    faint = (220 + picture(sheet(1).data, 60).astype(np.float32) / 50).astype(np.uint8)
    clear = normalise_contrast(faint)
    assert clear.shape == faint.shape
    assert clear.std() > 4 * faint.std()
