from __future__ import annotations

import math

import numpy as np
import pytest

from fother.codes import blocks
from fother.codes.hypotheses import DEFAULT_FAMILY, Hypothesis, chosen_one, emission, evidence
from fother.codes.observations import Observations


def _observations(rng: np.random.Generator, k: int = 40) -> Observations:
    """Anything goes: noise, constants, outliers, noise-free values."""
    value = np.concatenate([rng.normal(size=k // 2), np.full(k // 4, 1.7), rng.normal(size=k // 4) * 30])
    separation = rng.choice([0.0, 0.3, 1.0, 4.0, 20.0], k)
    return Observations(np.arange(k), value, separation, np.arange(k) // 7, np.arange(k) // 20)


def test_weights_of_the_family_sum_to_one() -> None:
    assert sum(h.weight for h in DEFAULT_FAMILY) == pytest.approx(1)
    assert len({h.name for h in DEFAULT_FAMILY}) == len(DEFAULT_FAMILY)


@pytest.mark.parametrize("hypothesis", DEFAULT_FAMILY, ids=lambda h: h.name)
def test_every_factor_has_null_mean_one(hypothesis: Hypothesis) -> None:
    """(1-p)·exp(g0) + p·exp(g1) = 1 for each carrier, whatever was observed and whoever is accused."""
    rng = np.random.default_rng(2)
    p = rng.choice([0.125, 0.25, 0.5, 0.75], 40)
    emitted = emission(_observations(rng), hypothesis)
    for accused in range(min(hypothesis.colluders, 4)):
        ones = rng.integers(0, accused + 1, 40)
        found = evidence(emitted, p, ones, accused)
        assert (1 - p) * np.exp(found.g0) + p * np.exp(found.g1) == pytest.approx(1, abs=1e-12)


def test_e_value_of_innocents_averages_to_one() -> None:
    rng = np.random.default_rng(3)
    k = 12
    p = rng.choice([0.25, 0.5, 0.75], k)
    seen = Observations(
        np.arange(k), rng.normal(size=k), np.full(k, 0.8), np.arange(k) // 3, np.arange(k) // 6
    )
    every = (np.arange(2**k)[:, None] >> np.arange(k)) & 1
    chance = np.where(every, p, 1 - p).prod(axis=1)
    for hypothesis in DEFAULT_FAMILY[:8]:
        found = evidence(emission(seen, hypothesis), p)
        assert chance @ np.exp(found.score(every.astype(np.uint8))) == pytest.approx(1, abs=1e-9)
    one_copy = evidence(emission(seen, DEFAULT_FAMILY[0]), p)
    for block in (seen.block, seen.page, rng.permutation(seen.block)):
        log_e = blocks.log_e_values(every.astype(np.uint8), one_copy, block)
        # the rounding allowance of float32 sums makes it slightly less, never more
        assert 0.98 < chance @ np.exp(log_e) <= 1.0


def test_one_copy_reduces_to_the_likelihood_ratio() -> None:
    """Laarhoven 2014, eq. for c = 1: g_x = ln f_x - ln((1-p)f_0 + p·f_1)."""
    seen = Observations.hard(np.arange(3), [1, 0, 1])
    p = np.array([0.5, 0.25, 0.25])
    found = evidence(emission(seen, DEFAULT_FAMILY[0]), p)
    assert np.exp([found.g1[0], found.g0[1], found.g1[2]]) == pytest.approx([2, 4 / 3, 4], rel=5e-3)


def test_interleaving_of_many_is_the_universal_decoder() -> None:
    """Oosterwijk-Škorić-Doumen 2013: for large c the optimal score against interleaving becomes
    proportional to (1-p)/p, -1 for symbol 1 seen and -1, p/(1-p) for symbol 0 seen."""
    c = 400
    seen = Observations.hard(np.arange(2), [1, 0])
    for p in (0.2, 0.5, 0.7):
        found = evidence(emission(seen, Hypothesis("interleave", c, 1.0)), np.full(2, p))
        expected = np.array([[-1, (1 - p) / p], [p / (1 - p), -1]]) / c
        assert np.stack([found.g0, found.g1], axis=1) == pytest.approx(expected, rel=0.02, abs=2e-5)


@pytest.mark.parametrize("model", ["interleave", "majority", "minority", "coin flip", "all 1", "all 0"])
def test_marking_assumption(model: str) -> None:
    for c in range(1, 6):
        chance = chosen_one(model, c)
        assert chance.shape == (c + 1,)
        assert (chance[0], chance[-1]) == (0.0, 1.0)
        assert np.all((chance >= 0) & (chance <= 1))


def test_unknown_model() -> None:
    with pytest.raises(ValueError, match="unknown collusion model"):
        chosen_one("telepathy", 3)


def test_averaging_sees_levels() -> None:
    seen = Observations(
        np.arange(3), np.array([-10.0, 0.0, 10.0]), np.full(3, 20.0), np.zeros(3), np.zeros(3)
    )
    emitted = emission(seen, Hypothesis("average", 2, 1.0))
    assert emitted.argmax(axis=1).tolist() == [0, 1, 2]
    assert math.isclose(emitted[1, 1], 1.0, rel_tol=1e-6)
