"""The capture simulator: shapes, determinism, and that stronger settings degrade more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fother.demo import simulate
from fother.demo.paper import aim, curled
from fother.errors import UsageError

Picture = NDArray[np.uint8]
DPI = 200.0


@pytest.fixture(scope="module")
def page() -> Picture:
    """A6-sized page at 200 dpi: lines of words as dark bars with gaps, in three paragraphs."""
    rng = np.random.default_rng(1)
    picture = np.full((1166, 826), 255, dtype=np.uint8)
    top = 90
    for line in range(24):
        left = 80
        while left < 700:
            width = int(rng.integers(20, 70))
            for stroke in range(left, left + width, 7):
                picture[top : top + 16, stroke : stroke + 3] = 0
            left += width + 14
        top += 40 if line % 8 != 7 else 60
    return picture


def generator() -> np.random.Generator:
    return np.random.default_rng(20)


def fine(picture: Picture) -> float:
    """Energy of fine detail: variance of the Laplacian."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


STILL = simulate.Photo(
    curl=0.0,
    tilt=0.0,
    roll=0.0,
    distortion=0.0,
    gradient=0.0,
    vignette=0.0,
    shadow=0.0,
    shake=0.0,
    defocus=0.0,
    photons=20.0,
    denoise=0.0,
    sharpen=0.0,
    quality=(95, 95),
    colour=False,
    desk="grey",
)

CAPTURES: dict[str, Callable[[Picture, np.random.Generator], Picture]] = {
    "print_scan": lambda page, rng: simulate.print_scan(page, 100, rng, page_dpi=DPI),
    "phone_photo": lambda page, rng: simulate.phone_photo(page, 80, rng, page_dpi=DPI),
    "folded": lambda page, rng: simulate.folded(page, 80, rng, "quarters", page_dpi=DPI),
    "hand": lambda page, rng: simulate.partly_covered(page, 80, rng, "hand", page_dpi=DPI),
    "thumb": lambda page, rng: simulate.partly_covered(page, 80, rng, "thumb", page_dpi=DPI),
    "pen": lambda page, rng: simulate.partly_covered(page, 80, rng, "pen", page_dpi=DPI),
    "coffee": lambda page, rng: simulate.partly_covered(page, 80, rng, "coffee", page_dpi=DPI),
    "mug": lambda page, rng: simulate.partly_covered(page, 80, rng, "mug", page_dpi=DPI),
    "close_up": lambda page, rng: simulate.close_up(page, 100, rng, page_dpi=DPI),
    "phone_of_screen": lambda page, rng: simulate.phone_of_screen(page, 80, rng, page_dpi=DPI),
    "screenshot": lambda page, _: simulate.screenshot(page, 60, 0.5),
    "crop_lines": lambda page, rng: simulate.crop_lines(page, rng, 4),
}


@pytest.mark.parametrize("name", CAPTURES)
def test_a_capture_is_a_picture_and_its_seed_decides_it(name: str, page: Picture) -> None:
    before = page.copy()
    first, second = (CAPTURES[name](page, generator()) for _ in range(2))
    assert first.dtype == np.uint8
    assert first.ndim in (2, 3)
    assert min(first.shape[:2]) > 50
    assert float(first.std()) > 5
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(page, before)


@pytest.mark.parametrize("name", ["print_scan", "phone_photo", "close_up", "phone_of_screen"])
def test_another_seed_makes_another_capture(name: str, page: Picture) -> None:
    first, second = (CAPTURES[name](page, np.random.default_rng(seed)) for seed in (1, 2))
    assert first.shape != second.shape or not np.array_equal(first, second)


def test_colour_follows_the_page_and_the_settings(page: Picture) -> None:
    colour = cv2.cvtColor(page, cv2.COLOR_GRAY2RGB)
    assert simulate.print_scan(page, 100, generator(), page_dpi=DPI).ndim == 2
    assert simulate.print_scan(colour, 100, generator(), page_dpi=DPI).shape[2] == 3
    assert simulate.phone_photo(page, 80, generator(), STILL, DPI).ndim == 2
    assert simulate.phone_photo(page, 80, generator(), page_dpi=DPI).shape[2] == 3
    assert simulate.phone_photo(colour, 80, generator(), STILL, DPI).ndim == 2


def test_a_scan_has_the_size_of_the_page_at_its_density(page: Picture) -> None:
    scan = simulate.print_scan(page, 100, generator(), page_dpi=DPI)
    assert scan.shape == (583, 413)


def test_a_still_photo_shows_the_page_at_the_density_asked_for(page: Picture) -> None:
    settings = replace(STILL, margin=(0.05, 0.05), aspect=None)
    photo = simulate.phone_photo(page, 100, generator(), settings, DPI)
    reduced = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    score = cv2.matchTemplate(photo, reduced, cv2.TM_CCOEFF_NORMED)
    assert score.max() > 0.95


def test_a_messenger_leaves_at_most_1600_pixels(page: Picture) -> None:
    large = cv2.resize(page, None, fx=3, fy=3)
    settings = replace(STILL, messenger=True)
    photo = simulate.phone_photo(large, 290, generator(), settings, 600.0)
    assert max(photo.shape[:2]) == 1600


@pytest.mark.parametrize(
    ("field", "mild", "strong"),
    [("defocus", 0.4, 2.0), ("shake", 0.5, 4.0), ("sharpen", 1.0, 0.0)],
)
def test_stronger_blur_leaves_less_detail(page: Picture, field: str, mild: float, strong: float) -> None:
    values = [
        fine(simulate.phone_photo(page, 100, generator(), replace(STILL, **{field: value}), DPI))
        for value in (mild, strong)
    ]
    assert values[1] < values[0]


def test_denoising_takes_noise_off_blank_paper() -> None:
    blank = np.full((800, 600), 255, dtype=np.uint8)
    settings = replace(STILL, margin=(-0.1, -0.1), aspect=None, photons=0.5)
    noisy, clean = (
        float(simulate.phone_photo(blank, 100, generator(), replace(settings, denoise=d), DPI).std())
        for d in (0.0, 1.0)
    )
    assert clean < 0.8 * noisy


def test_fewer_photons_are_more_noise() -> None:
    blank = np.full((800, 600), 255, dtype=np.uint8)
    settings = replace(STILL, margin=(-0.1, -0.1), aspect=None)
    spread = [
        float(simulate.phone_photo(blank, 100, generator(), replace(settings, photons=p), DPI).std())
        for p in (20.0, 2.0, 0.4)
    ]
    assert spread[0] < spread[1] < spread[2]


def test_lower_jpeg_quality_is_further_from_the_original(page: Picture) -> None:
    errors = [
        float(np.abs(simulate.screenshot(page, quality).astype(int) - page).mean())
        for quality in (95, 60, 20)
    ]
    assert errors[0] < errors[1] < errors[2]
    np.testing.assert_array_equal(simulate.screenshot(page), page)


def test_a_mug_hides_text_and_a_stain_does_not(page: Picture) -> None:
    settings = replace(STILL, margin=(0.02, 0.02))
    plain, stained, hidden = (
        simulate.phone_photo(page, 100, generator(), replace(settings, cover=cover), DPI)
        for cover in ("none", "coffee", "mug")
    )
    assert fine(hidden) < 0.97 * fine(plain)
    assert fine(stained) > 0.8 * fine(plain)


def test_crop_lines_cuts_as_many_lines_as_asked(page: Picture) -> None:
    for lines in (1, 3, 7):
        crop = simulate.crop_lines(page, generator(), lines)
        dark = (crop < 128).any(axis=1).astype(np.int8)
        assert int((np.diff(dark, prepend=0) == 1).sum()) == lines


def test_crop_lines_refuses_more_lines_than_there_are(page: Picture) -> None:
    with pytest.raises(UsageError, match="fewer than"):
        simulate.crop_lines(page, generator(), 30)


def test_a_capture_finer_than_its_page_is_refused(page: Picture) -> None:
    with pytest.raises(UsageError, match="needs a page"):
        simulate.print_scan(page, 300, generator(), page_dpi=DPI)
    with pytest.raises(UsageError, match="uint8"):
        simulate.phone_photo(page.astype(np.float64), 100, generator(), page_dpi=DPI)  # type: ignore[arg-type]


def test_the_inverse_of_a_curled_view_lands_on_the_pixel_it_came_from() -> None:
    size = (8.0, 11.0)
    view = aim(
        profiles=curled(size, 1.0, generator()),
        box=(0.0, 0.0, *size),
        density=60.0,
        angles=(20.0, -15.0, 8.0),
        distance=14.0,
        margins=(0.2, 0.2, 0.2, 0.2),
        aspect=None,
        distortion=0.0,
    )
    x, y, _ = view.maps(2)
    u, v = view.project(x.astype(float), y.astype(float))
    rows, columns = np.mgrid[0 : x.shape[0], 0 : x.shape[1]]
    inside = (x > 0) & (x < size[0]) & (y > 0) & (y < size[1])
    error = np.hypot(u - ((columns + 0.5) / 2 - 0.5), v - ((rows + 0.5) / 2 - 0.5))[inside]
    assert np.percentile(error, 99) < 0.02


def test_curled_paper_keeps_its_length() -> None:
    for profile in curled((8.0, 11.0), 1.0, generator()):
        along = np.arange(len(profile.slope)) * 0.01
        steps = np.hypot(np.diff(along + profile.shortening), np.diff(profile.height))
        np.testing.assert_allclose(steps.sum(), along[-1], rtol=1e-6)
