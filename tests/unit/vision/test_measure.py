"""Words moved by known amounts are measured to a fraction of a pixel, through perspective and blur."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from displaced_page import Sheet, photographed, picture, sheet, tilted

from fother.model.capture import Displacements
from fother.vision.locate import CaptureFeatures, locate
from fother.vision.measure import measure
from fother.vision.reference import DPI


def measured(page: Sheet, capture: np.ndarray) -> Displacements | None:
    location = locate(page.index.features(), page.index.shape, CaptureFeatures(capture))
    assert location is not None
    seen = measure(page.reference, 0, location, capture)
    return None if seen is None else seen.displacements


def along(page: Sheet, seen: Displacements) -> np.ndarray:
    return (seen.shift * page.reference.axes).sum(1)


@pytest.mark.parametrize(("dpi", "limit"), [(150.0, 0.05), (300.0, 0.05)])
def test_known_displacements_are_recovered_from_a_scan(dpi: float, limit: float) -> None:
    page = sheet(1)
    truth = page.displacement(5)
    seen = measured(page, picture(page.copy(truth), dpi))
    assert seen is not None
    assert seen.density == pytest.approx(dpi, rel=0.02)
    read = np.isfinite(seen.shift).all(1)
    moved = page.carriers.marked()
    assert read[moved].mean() > 0.95
    error = (along(page, seen) - page.template.realised(truth))[read & moved]
    assert np.median(np.abs(error - np.median(error))) < limit / 2
    assert np.sqrt(np.mean(np.sort((error - np.median(error)) ** 2)[: int(0.97 * len(error))])) < limit


def test_an_unmoved_page_shows_no_displacement_beyond_the_error_it_claims() -> None:
    page = sheet(1)
    seen = measured(page, picture(page.data, 150))
    assert seen is not None
    read = np.isfinite(seen.shift).all(1)
    still = along(page, seen)[read]
    assert np.abs(still - np.median(still)).mean() < 0.03
    assert (seen.sigma[read] < 0.1).mean() > 0.9
    assert np.isinf(seen.sigma[~read]).all()
    assert np.isnan(seen.shift[~read]).all()


def test_perspective_blur_and_uneven_light_leave_the_displacements_legible() -> None:
    page = sheet(1)
    truth = page.displacement(6)
    flat = picture(page.copy(truth), DPI).astype(np.float32)
    photo = photographed(flat, tilted(page.reference.shape), (1650, 1250)).astype(np.float32)
    photo = cv2.GaussianBlur(photo, (0, 0), 0.8) * np.linspace(0.6, 1.0, 1250, dtype=np.float32)
    photo += np.random.default_rng(7).normal(0, 4, photo.shape)
    seen = measured(page, np.clip(photo, 0, 255).astype(np.uint8))
    assert seen is not None
    good = np.isfinite(seen.shift).all(1) & page.carriers.marked()
    assert good.mean() > 0.8
    expected = page.template.realised(truth)
    error = (along(page, seen) - expected)[good]
    assert np.median(np.abs(error - np.median(error))) < 0.05
    assert np.corrcoef(along(page, seen)[good], expected[good])[0, 1] > 0.9


def test_a_crop_measures_only_what_it_shows() -> None:
    page = sheet(1)
    whole = picture(page.data, 150)
    height = whole.shape[0]
    seen = measured(page, np.ascontiguousarray(whole[height // 3 : 2 * height // 3]))
    assert seen is not None
    read = np.isfinite(seen.shift).all(1)
    middle = page.reference.centres[:, 1] / page.reference.shape[0]
    assert read.any()
    assert middle[read].min() > 0.32
    assert middle[read].max() < 0.68
