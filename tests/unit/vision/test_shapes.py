"""A page is found by the shapes of its words alone; the index survives what befalls its folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from displaced_page import picture, sheet
from scipy.stats import binom

from fother.errors import InputFileError
from fother.vision.shapes import ShapeIndex, page_signature, word_blobs
from fother.vision.shapes.check import log10_tail

Words = np.ndarray


@cache
def signature_of(seed: int) -> np.ndarray:
    return page_signature(page_of_words(seed))


def page_of_words(seed: int) -> Words:
    """Word boxes of a page of prose, points."""
    rng = np.random.default_rng(seed)
    boxes = []
    for line in range(36):
        x, y = 70.0, 80.0 + 17 * line
        while x < 500:
            width = float(rng.integers(2, 11)) * 5.2
            boxes.append((x, y, x + width, y + 8.5))
            x += width + 3.4
    return np.array(boxes)


def drawn(words: Words, dpi: float, blur: float = 0.0) -> np.ndarray:
    """Words as grey bars: nothing that could be read."""
    large = np.full(((792 * 4), (612 * 4)), 255, np.uint8)
    for x0, y0, x1, y1 in (words * 4).astype(int):
        cv2.rectangle(large, (x0, y0), (x1, y1), 60, -1)
    size = (round(8.5 * dpi), round(11 * dpi))
    small = cv2.resize(large, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), blur) if blur else small


@pytest.fixture
def index(tmp_path: Path) -> ShapeIndex:
    index = ShapeIndex.open(tmp_path / "shapes")
    index.add_many({f"d{k}": {p: signature_of(10 * k + p) for p in range(4)} for k in range(10)})
    return index


@pytest.mark.parametrize("turn", [None, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE])
@pytest.mark.parametrize(("dpi", "blur"), [(60.0, 0.8), (110.0, 2.0)])
def test_the_page_of_a_blurred_capture_is_found(
    index: ShapeIndex, dpi: float, blur: float, turn: int | None
) -> None:
    capture = drawn(page_of_words(32), dpi, blur)
    hits = index.search(capture if turn is None else cv2.rotate(capture, turn))
    assert (hits[0].document, hits[0].page) == ("d3", 2)
    assert hits[0].score > 20
    assert all(hit.score < 8 for hit in hits[1:])


def test_a_light_on_dark_crop_is_found(index: ShapeIndex) -> None:
    capture = 255 - drawn(page_of_words(71), 90)[300:600]
    assert (index.search(capture)[0].document, index.search(capture)[0].page) == ("d7", 1)


def test_an_unknown_page_scores_low(index: ShapeIndex) -> None:
    for seed in range(900, 906):
        assert all(hit.score < 8 for hit in index.search(drawn(page_of_words(seed), 75)))


def test_blank_and_noisy_pictures_show_nothing(index: ShapeIndex) -> None:
    assert index.search(np.full((300, 200), 255, np.uint8)) == []
    noise = np.random.default_rng(0).integers(0, 256, (300, 200)).astype(np.uint8)
    assert all(hit.score < 8 for hit in index.search(noise))


def test_a_real_page_is_found_at_60_dpi(index: ShapeIndex) -> None:
    page = sheet(1)
    reference = page.reference
    boxes = reference.boxes * 72 / 200
    index.add("sample", {1: page_signature(boxes)})
    hits = index.search(picture(page.data, 60))
    assert (hits[0].document, hits[0].page) == ("sample", 1)


def test_documents_are_replaced_and_removed(index: ShapeIndex, tmp_path: Path) -> None:
    index.add("d3", {0: page_signature(page_of_words(500))})
    assert len(index) == 37
    index.remove("d4")
    assert index.ids() == {f"d{k}" for k in range(10)} - {"d4"}
    again = ShapeIndex.open(tmp_path / "shapes")
    assert (len(again), again.ids()) == (len(index), index.ids())
    hits = again.search(drawn(page_of_words(32), 75))
    assert all(hit.score < 8 for hit in hits)


def test_segments_are_merged_and_removed_pages_leave_the_disk(tmp_path: Path) -> None:
    index = ShapeIndex.open(tmp_path)
    for k in range(20):
        index.add("same" if k % 2 else f"d{k}", {0: page_signature(page_of_words(k))})
    assert len(index) == 11
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) < 12


def test_what_a_killed_writer_left_is_swept(index: ShapeIndex, tmp_path: Path) -> None:
    folder = tmp_path / "shapes"
    (folder / "s99999999").mkdir()
    (folder / "manifest.json.part").write_text("{")
    assert len(ShapeIndex.open(folder)) == 40
    index.add("more", {0: page_signature(page_of_words(1000))})
    assert not (folder / "s99999999").exists()
    assert len(index) == 41


@pytest.mark.usefixtures("index")
def test_a_damaged_manifest_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / "shapes" / "manifest.json").write_text("[1")
    with pytest.raises(InputFileError, match="rebuild"):
        ShapeIndex.open(tmp_path / "shapes")


def test_signatures_of_odd_pages() -> None:
    assert len(page_signature(np.zeros((0, 4)))) == 0
    assert len(page_signature(np.array([[5.0, 5, 1, 1], [np.nan, 0, 1, 1]]))) == 0
    assert len(word_blobs(np.zeros((3, 3), np.uint8))) == 0


@pytest.mark.parametrize("chance", [0.02, 0.13, 0.5, 0.9])
def test_the_probability_by_chance_is_the_binomial_tail(chance: float) -> None:
    for tested in (1, 3, 40, 1000, 6000):
        for met in {0, 1, tested // 9, tested // 2, tested - 1, tested}:
            expected = binom.logsf(met - 1, tested, chance) / np.log(10)
            assert log10_tail(met, tested, chance) == pytest.approx(max(expected, -300.0), rel=1e-6, abs=1e-9)


def test_leaders_leave_no_cells() -> None:
    words = np.array([(72.0, y, 140.0, y + 8.0) for y in range(100, 700, 12)])
    dots = np.array(
        [(x, y, x + 2.6, y + 8.0) for y in range(100, 700, 12) for x in np.arange(145.0, 500.0, 4.1)]
    )
    assert np.array_equal(page_signature(np.concatenate([words, dots])), page_signature(words))
