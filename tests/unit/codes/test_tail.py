from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from fother.codes.tail import Envelope, integer_weights, log_chernoff, log_tail


def _enumerated(weights: np.ndarray, p: np.ndarray) -> dict[int, float]:
    found: dict[int, float] = {}
    for x in itertools.product((0, 1), repeat=len(weights)):
        score = int(np.dot(x, weights))
        found[score] = found.get(score, 0.0) + float(np.prod(np.where(x, p, 1 - p)))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_exact_tail_equals_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.integers(-40, 41, 11)
    p = rng.choice([1 / 8, 3 / 16, 0.25, 0.5, 0.75], 11)
    masses = _enumerated(weights, p)
    envelope = Envelope.of(weights, p)
    for score in sorted(masses):
        exact = math.fsum(mass for value, mass in masses.items() if value >= score)
        tail = log_tail(weights, p, score)
        assert math.log(exact) - 1e-12 <= tail <= min(0.0, math.log(exact) + 2e-9)
        assert log_chernoff(weights, p, score) >= math.log(exact) - 1e-12
        assert envelope.log_bound(np.array([score]))[0] >= math.log(exact) - 1e-12
    assert log_tail(weights, p, max(masses) + 1) == -math.inf
    assert log_tail(weights, p, min(masses)) == 0.0


@pytest.mark.parametrize(("carriers", "p", "unit"), [(300, 0.5, 7), (2000, 0.25, 100), (4000, 0.125, -3)])
def test_exact_tail_equals_binomial_at_any_depth(carriers: int, p: float, unit: int) -> None:
    weights, biases = np.full(carriers, unit), np.full(carriers, p)
    for hits in np.linspace(0, carriers, 17).astype(int):
        reference = binom.logsf(hits - 1, carriers, p) if unit > 0 else binom.logcdf(hits, carriers, p)
        if np.isfinite(reference):
            assert log_tail(weights, biases, int(hits) * unit) == pytest.approx(reference, rel=1e-7, abs=1e-8)
    extreme = carriers * unit if unit > 0 else 0
    every = carriers * (math.log(p) if unit > 0 else math.log1p(-p))
    assert log_tail(weights, biases, extreme) == pytest.approx(every, rel=1e-9)


def test_far_beyond_what_a_float_holds() -> None:
    """All of 3,000 fair coins: 2^-3000, about 1e-903."""
    tail = log_tail(np.arange(1, 3001), np.full(3000, 0.5), 3000 * 3001 // 2)
    assert tail == pytest.approx(-3000 * math.log(2), rel=1e-9)


def test_observed_rates_equal_the_tail() -> None:
    rng = np.random.default_rng(3)
    p = rng.choice([0.25, 0.5, 0.75], 150)
    weights = integer_weights(rng.normal(size=150))
    scores = (rng.random((100_000, 150)) < p) @ weights
    for rate in (0.3, 0.01, 0.001):
        threshold = int(np.quantile(scores, 1 - rate))
        predicted = math.exp(log_tail(weights, p, threshold))
        observed = float(np.mean(scores >= threshold))
        assert abs(observed - predicted) < 5 * math.sqrt(predicted / 100_000)


def test_bounds_are_ordered_and_close() -> None:
    rng = np.random.default_rng(4)
    p = rng.choice([3 / 16, 0.5, 13 / 16], 400)
    weights = integer_weights(rng.normal(size=400))
    mean, deviation = (weights * p).sum(), math.sqrt((weights**2 * p * (1 - p)).sum())
    scores = (mean + deviation * np.linspace(-3, 15, 40)).astype(np.int64)
    envelope = Envelope.of(weights, p).log_bound(scores)
    exact = np.array([log_tail(weights, p, int(s)) for s in scores])
    best = np.array([log_chernoff(weights, p, int(s)) for s in scores])
    assert np.all(np.diff(exact) <= 0)
    assert np.all(np.diff(envelope) <= 0)
    assert np.all(exact <= best + 1e-9)
    assert np.all(best <= envelope + 1e-6)
    # the margins by which the decoder screens copies before it computes exact tails
    assert np.all(envelope - exact < 3.5 * math.log(10))


def test_weights_that_say_nothing() -> None:
    assert not integer_weights(np.zeros(5)).any()
    assert log_tail(np.zeros(5, dtype=np.int64), np.full(5, 0.5), 0) == 0.0
    assert Envelope.of(np.zeros(5, dtype=np.int64), np.full(5, 0.5)).log_bound(np.array([0, 0])).tolist() == [
        0,
        0,
    ]
