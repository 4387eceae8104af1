from __future__ import annotations

import numpy as np
import pytest

from fother.codes.observations import READ_ERROR, Observations
from fother.errors import UsageError


def _soft(position: np.ndarray, value: np.ndarray, separation: np.ndarray) -> Observations:
    zeros = np.zeros(len(position))
    return Observations(position, value, separation, zeros, zeros)


def test_no_carrier_counts_more_than_a_read_error() -> None:
    value = np.concatenate([np.linspace(-200, 200, 401), [10.0]])
    seen = _soft(np.arange(402), value, np.full(402, 20.0)).likelihood([0.0, 0.2, 0.5, 1.0])
    assert seen.min() >= READ_ERROR
    assert (seen.max(axis=1) / seen.min(axis=1)).max() <= 1 / READ_ERROR
    assert seen[401].tolist() == pytest.approx([READ_ERROR, READ_ERROR, READ_ERROR, 1.0], rel=1e-6)
    # far from both symbols: counts for neither
    assert seen[0] == pytest.approx(READ_ERROR, rel=1e-6)


def test_gaussian_where_it_matters() -> None:
    y = np.array([-1.0, 0.0, 0.4, 1.5])
    d = np.array([0.5, 1.0, 1.0, 0.8])
    seen = np.log(_soft(np.arange(4), y, d).likelihood([0.0, 1.0]))
    assert seen[:, 1] - seen[:, 0] == pytest.approx(d * y, abs=0.02)


@pytest.mark.parametrize("error", [0.01, 0.1, 0.4])
def test_hard_symbols_with_read_errors(error: float) -> None:
    seen = Observations.hard([1, 5], [0, 1], error=error).likelihood([0.0, 1.0])
    assert seen[0, 1] / seen[0, 0] == pytest.approx(error / (1 - error), abs=READ_ERROR)
    assert seen[1, 0] / seen[1, 1] == pytest.approx(error / (1 - error), abs=READ_ERROR)


def test_combined_readings_add_their_evidence() -> None:
    rng = np.random.default_rng(0)
    first = _soft(np.array([2, 4, 9]), rng.normal(size=3), np.array([1.0, 0.5, 0.0]))
    second = _soft(np.array([1, 4, 9]), rng.normal(size=3), np.array([1.0, 0.7, 0.0]))
    both = Observations.combine([first, second])
    assert both.position.tolist() == [1, 2, 4, 9]
    # the Gaussian log-likelihood ratio is d·y
    ratios = dict(zip(both.position.tolist(), both.separation * both.value, strict=True))
    assert ratios[4] == pytest.approx(0.5 * first.value[1] + 0.7 * second.value[1])
    assert ratios[2] == pytest.approx(first.value[0])
    assert ratios[9] == 0.0
    assert both.separation.tolist() == pytest.approx([1, 1, np.hypot(0.5, 0.7), 0])
    assert len(Observations.combine([])) == 0


def test_original_levels_survive() -> None:
    seen = Observations.hard([1, 2], [0, 1], original=[0.0, 0.0])
    both = Observations.combine([seen, Observations.hard([3], [1])]).select(np.array([True, False, True]))
    assert both.levels_of_original.tolist() == [0.0, 0.5]
    assert seen.likelihood_of_original()[0] > 0.99
    assert seen.likelihood_of_original()[1] < 2 * READ_ERROR


@pytest.mark.parametrize(("noise", "contrast"), [(1.0, 1.0), (1.8, 1.0), (0.6, 1.0), (1.0, 0.6)])
def test_refit_finds_noise_and_contrast(noise: float, contrast: float) -> None:
    rng = np.random.default_rng(7)
    d = rng.uniform(1, 5, 3000)
    sign = rng.choice([-1, 1], 3000)
    y = sign * contrast * d / 2 + noise * rng.normal(size=3000)
    fitted = _soft(np.arange(3000), y, d).refit()
    assert fitted.value / y == pytest.approx(1 / noise, rel=0.12)
    assert fitted.separation / d == pytest.approx(contrast / noise, rel=0.12)


def test_refit_leaves_too_little_alone() -> None:
    few = _soft(np.arange(5), np.ones(5), np.ones(5))
    assert few.refit() is few


@pytest.mark.parametrize(
    ("position", "value", "separation"),
    [
        ([1, 1], [0, 0], [1, 1]),
        ([2, 1], [0, 0], [1, 1]),
        ([-1, 1], [0, 0], [1, 1]),
        ([1, 2], [0, np.nan], [1, 1]),
        ([1, 2], [0, 0], [1, np.inf]),
        ([1, 2], [0, 0], [1, -1]),
        ([1, 2], [0], [1, 1]),
    ],
)
def test_bad_observations(position: list[int], value: list[float], separation: list[float]) -> None:
    zeros = np.zeros(len(position))
    with pytest.raises(UsageError):
        Observations(np.array(position), np.array(value), np.array(separation), zeros, zeros)


def test_bad_read_error() -> None:
    with pytest.raises(UsageError):
        Observations.hard([1], [1], error=0.5)
