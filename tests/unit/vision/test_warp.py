"""B-spline fields: two ways to evaluate agree, fits recover known fields, maps sample where they say."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.vision.warp import Grid, Warp, fit_field, fit_selected, project

SHAPE = (1100, 800)
GRID = Grid(7, 9, 800.0, 1100.0)


def places(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform((0, 0), SHAPE[::-1], (count, 2))


def curl(points: np.ndarray) -> np.ndarray:
    x, y = points.T / 400
    return np.stack([4 * np.sin(1.3 * y), 3 * np.cos(x) + x * y], 1)


@settings(max_examples=25, deadline=None)
@given(st.integers(4, 9), st.integers(4, 9), st.integers(0, 2**31))
def test_design_and_evaluate_agree(columns: int, rows: int, seed: int) -> None:
    grid = Grid(columns, rows, 800.0, 1100.0)
    coefficients = np.random.default_rng(seed).normal(size=(columns * rows, 2))
    # Beyond the edge too, where the field goes on as it was at the edge.
    points = np.concatenate([places(50, seed), [[0, 0], [800, 1100], [-30, 500], [900, 1200]]])
    design = grid.design(points)
    np.testing.assert_allclose(design @ coefficients, grid.evaluate(points, coefficients), atol=1e-12)
    np.testing.assert_allclose(design.sum(1), 1, atol=1e-12)


def test_planes_are_free_of_penalty() -> None:
    i, j = np.meshgrid(np.arange(7), np.arange(9))
    plane = (3 + 0.5 * i - 0.25 * j).ravel()
    assert abs(plane @ GRID.penalty() @ plane) < 1e-9
    bent = ((i - 3) ** 2).ravel().astype(float)
    assert bent @ GRID.penalty() @ bent > 1


def test_a_known_field_is_recovered_in_spite_of_outliers() -> None:
    points, fresh = places(400), places(100, 1) * 0.9 + 40
    residuals = curl(points) + np.random.default_rng(2).normal(0, 0.1, (400, 2))
    residuals[::10] += 25  # one word in ten was mistaken for its neighbour
    coefficients = fit_field(GRID, points, residuals, np.ones(400), 1e-3)
    error = GRID.evaluate(fresh, coefficients) - curl(fresh)
    assert np.sqrt((error**2).mean()) < 0.1


def test_the_stiffest_field_that_explains_the_displacement_across_the_text_is_chosen() -> None:
    points = places(300)
    across = np.tile([0.0, 1.0], (300, 1))
    noise = np.random.default_rng(3).normal(0, 0.2, (300, 2))
    # Marks move words along the text as irregularly as one likes: the choice must not follow them.
    noise[:, 0] += np.random.default_rng(4).choice([-2.0, 2.0], 300)
    flat = fit_selected(SHAPE, points, noise, np.ones(300), across, 0.03)[0]
    curled = fit_selected(SHAPE, points, curl(points) + noise, np.ones(300), across, 0.03)[0]
    assert flat.columns * flat.rows == 16
    assert curled.columns * curled.rows > 16


def test_a_warp_samples_the_capture_where_it_maps_to() -> None:
    homography = np.array([[1.1, 0.05, 20], [-0.03, 1.05, 30], [2e-5, 1e-5, 1]])
    points = places(400)
    grid = Grid(9, 11, 800.0, 1100.0)
    warp = Warp(homography).with_field(grid, fit_field(grid, points, curl(points), np.ones(400), 1e-4))
    # Pictures whose values are their own coordinates: sampling them gives the map itself.
    y, x = np.mgrid[:1400, :1100].astype(np.float32)
    wanted = np.stack(np.meshgrid(np.arange(20, 780, 19), np.arange(20, 1080, 23)), -1).reshape(-1, 2)
    expected = warp(wanted.astype(float))
    inside = ((expected > 3) & (expected < [1096, 1396])).all(1)
    for axis, values in ((0, x), (1, y)):
        seen = warp.sample(values, SHAPE)[wanted[:, 1], wanted[:, 0]]
        assert np.abs(seen - expected[:, axis])[inside].max() < 0.06  # remap works in steps of 1/32
    assert Warp(homography).scale_at(np.array([0.0, 0.0])) == np.float64(
        np.sqrt(
            abs(np.linalg.det(np.diff(project(homography, np.array([[0, 0], [1, 0], [0, 1.0]])), axis=0)))
        )
    )
