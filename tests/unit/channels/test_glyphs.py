"""Displacements from the glyph positions of a leaked PDF: exact, whatever became of the page around them."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from test_layout_carriers import page as page_of_lines

from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.channels.layout.glyphs import TextIndex, displacements, displacements_by_order
from fother.model.capture import Characters
from fother.model.page import PageGlyphs

Array = NDArray[np.float64]
UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 792.0]])
_WORDS = ("copper", "silver", "iron", "zinc", "nickel", "cobalt", "tin", "lead", "argon", "neon", "xenon")


def text_of(number: int) -> list[str]:
    rng = np.random.default_rng(number)
    return [
        " ".join(f"{_WORDS[k]}{rng.integers(100)}" for k in rng.integers(0, len(_WORDS), 8))
        for _ in range(12)
    ]


PAGES = [page_of_lines(text_of(k), number=k) for k in range(3)]


@pytest.fixture(scope="module")
def carriers() -> LayoutCarriers:
    return plan(iter(PAGES))[0]


def characters(page: PageGlyphs) -> Characters:
    """What a renderer reports of a page: spaces and line ends where there are gaps."""
    text, origin = [], []
    for k, glyph in enumerate(page.text):
        if (
            k
            and np.abs(page.origin[k] - page.end[k - 1]).max() > 1
            and glyph != " "
            and page.text[k - 1] != " "
        ):
            same_line = page.origin[k, 1] == page.origin[k - 1, 1]
            text.append(" " if same_line else "\n")
            origin.append(page.origin[k - 1])
        text.append(glyph)
        origin.append(page.origin[k])
    return Characters("".join(text), np.array(origin))


def moved(page: PageGlyphs, carriers: LayoutCarriers, seed: int) -> tuple[PageGlyphs, Array]:
    """The page with its clusters displaced, and by how much each was."""
    clusters, columns, response = carriers.response(page.number)
    symbols = np.random.default_rng(seed).integers(0, 2, columns.stop - columns.start)
    along = response @ (2.0 * symbols - 1)
    origin = page.origin.copy()
    baseline, span = carriers.baseline[clusters], carriers.span[clusters]
    for k, (x, y) in enumerate(page.origin):
        inside = (np.abs(baseline - y) < 1) & (span[:, 0] - 0.1 <= x) & (x < span[:, 1] - 0.1)
        if inside.any():
            origin[k, 0] += along[inside.argmax()]
    return replace(page, origin=origin, end=page.end + origin - page.origin), along


def freed(carriers: LayoutCarriers, page: int, shift: Array) -> Array:
    """A displacement (n,) without what every capture leaves open: an affine map of the page."""
    box = carriers.box[carriers.response(page)[0]]
    read = np.isfinite(shift)
    design = np.c_[np.ones(len(box)), (box[:, :2] + box[:, 2:]) / 2]
    rest: Array = shift - design @ np.linalg.lstsq(design[read], shift[read], rcond=None)[0]
    return rest


def test_a_copy_is_read_exactly(carriers: LayoutCarriers) -> None:
    leaked, along = moved(PAGES[1], carriers, 1)
    seen = displacements(carriers, 1, UPRIGHT, characters(PAGES[1]), characters(leaked))
    assert seen is not None
    assert seen.method == "glyph origins"
    assert np.abs(along).max() > 0.1
    assert np.abs(freed(carriers, 1, seen.shift[:, 0] - along)).max() < 1e-3
    again = displacements_by_order(carriers, 1, UPRIGHT, PAGES[1], leaked)
    assert again is not None
    np.testing.assert_allclose(again.shift[:, 0], along, atol=1e-9)
    np.testing.assert_allclose(again.shift[:, 1], 0, atol=1e-9)


@pytest.mark.parametrize("scale", [1.0, 0.707, 1.41])
def test_scaled_turned_and_moved_pages_read_the_same(carriers: LayoutCarriers, scale: float) -> None:
    leaked, _ = moved(PAGES[0], carriers, 2)
    plain = displacements(carriers, 0, UPRIGHT, characters(PAGES[0]), characters(leaked))
    turn = scale * np.array([[0.0, -1.0], [1.0, 0.0]])
    printed = characters(leaked)
    printed = Characters(printed.text, printed.origin @ turn.T + [900.0, -40.0])
    seen = displacements(carriers, 0, UPRIGHT, characters(PAGES[0]), printed)
    assert plain is not None
    assert seen is not None
    np.testing.assert_allclose(seen.shift, plain.shift, atol=5e-3)


def test_half_a_page_among_other_text_gives_the_words_it_has(carriers: LayoutCarriers) -> None:
    leaked, along = moved(PAGES[2], carriers, 3)
    part = characters(leaked)
    half = part.text.index("\n", len(part.text) // 2)
    strange = "something else stands here now "
    mixed = Characters(
        strange + part.text[:half],
        np.concatenate([np.tile([5.0, 5.0], (len(strange), 1)), part.origin[:half]]),
    )
    seen = displacements(carriers, 2, UPRIGHT, characters(PAGES[2]), mixed)
    assert seen is not None
    read = np.isfinite(seen.shift).all(1)
    assert 0.3 < read.mean() < 0.7
    assert np.isinf(seen.sigma[~read]).all()
    assert np.nanmax(np.abs(freed(carriers, 2, seen.shift[:, 0] - along))) < 1e-3


def test_the_page_is_told_by_its_words(carriers: LayoutCarriers) -> None:
    index = TextIndex(carriers)
    for number, page in enumerate(PAGES):
        assert index.best(characters(page))[0] == number
    foreign = characters(page_of_lines(["quite another text about nothing in particular at all"] * 6))
    assert index.best(foreign) == []
    assert index.best(Characters("", np.zeros((0, 2)))) == []
    assert displacements(carriers, 0, UPRIGHT, characters(PAGES[0]), foreign) is None
    assert displacements_by_order(carriers, 0, UPRIGHT, PAGES[0], PAGES[1]) is None


def test_a_hostile_page_of_repeated_words_takes_no_long_time(carriers: LayoutCarriers) -> None:
    words = characters(PAGES[0]).text.split()[:20]
    flood = " ".join(words * 1600)[:200_000]
    started = time.process_time()
    displacements(carriers, 0, UPRIGHT, characters(PAGES[0]), Characters(flood, np.zeros((len(flood), 2))))
    assert time.process_time() - started < 20


def test_a_layer_of_recognised_text_is_not_taken_for_the_printed_letters(carriers: LayoutCarriers) -> None:
    original = characters(PAGES[0])
    jitter = np.random.default_rng(4).normal(scale=0.25, size=original.origin.shape)
    recognised = Characters(original.text, original.origin + jitter)
    assert displacements(carriers, 0, UPRIGHT, original, recognised) is None
