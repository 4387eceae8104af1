"""Expected evidence, against what is known in closed form and against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from fother.codes.observations import NOISE_FREE, Observations
from fother.codes.power import expected_evidence, recipients_told_apart


def test_a_noise_free_fair_carrier_gives_one_bit() -> None:
    mean, deviation = expected_evidence(np.full(100, NOISE_FREE), np.full(100, 0.5))
    # One bit each, less what the floor of read errors takes.
    assert mean == pytest.approx(100 * np.log10(2), rel=0.01)
    assert deviation < 1


def test_expected_evidence_agrees_with_simulation() -> None:
    generator = np.random.default_rng(11)
    count, runs = 60, 400
    p = generator.choice([0.25, 0.75], count)
    separation = generator.uniform(0.5, 4, count)
    mean, deviation = expected_evidence(separation, p)
    found = []
    for _ in range(runs):
        symbols = (generator.random(count) < p).astype(int)
        value = (2 * symbols - 1) * separation / 2 + generator.normal(size=count)
        zeros = np.zeros(count, np.int32)
        likelihood = Observations(np.arange(count), value, separation, zeros, zeros).likelihood([0.0, 1.0])
        chosen = likelihood[np.arange(count), symbols]
        found.append(np.log10(chosen / ((1 - p) * likelihood[:, 0] + p * likelihood[:, 1])).sum())
    assert np.mean(found) == pytest.approx(mean, abs=4 * deviation / runs**0.5)
    assert np.std(found) == pytest.approx(deviation, rel=0.2)


def test_nothing_read_tells_nobody_apart() -> None:
    assert expected_evidence(np.zeros(0), np.zeros(0)) == (0.0, 0.0)
    assert recipients_told_apart(0.0, 0.0, 1e-6) < 0
    assert recipients_told_apart(30.0, 2.0, 1e-6) > recipients_told_apart(30.0, 3.0, 1e-6)
