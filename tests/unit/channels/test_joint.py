"""Soft symbols from the joint model: calibrated, weaker with noise, silent about unmarked pages."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from fother.channels.layout.joint import PageModel, SoftSymbols, estimate, predicted_separation
from fother.codes.code import FingerprintingCode
from fother.codes.decoder import decode
from fother.codes.observations import Observations

Array = NDArray[np.float64]
LINES, WORDS = 16, 9
GAPS = WORDS - 1
AMPLITUDE = 0.2


def page(probabilities: Array, lines: int = LINES) -> PageModel:
    """Lines of equally wide words; each symbol moves what follows it, and the line's ends stay put."""
    centres = np.array([(60.0 + 50 * w, 60.0 + 14 * r) for r in range(lines) for w in range(WORDS)])
    gap = np.tril(np.ones((WORDS, WORDS)), -1)[:, :GAPS]
    along = np.linspace(0, 1, WORDS)[:, None]
    one_line = AMPLITUDE * (gap - along)
    response = np.kron(np.eye(lines), one_line)
    return PageModel(
        centres=centres,
        axes=np.tile([1.0, 0.0], (len(centres), 1)),
        lines=np.repeat(np.arange(lines, dtype=np.int32), WORDS),
        response=response,
        mean=2 * probabilities - 1,
        variance=4 * probabilities * (1 - probabilities),
    )


def warp(points: Array, rng: np.random.Generator, size: float, length: float) -> Array:
    distance2 = ((points[:, None] - points[None]) ** 2).sum(-1)
    root = np.linalg.cholesky(np.exp(-distance2 / (2 * length**2)) + 1e-8 * np.eye(len(points)))
    return size * root @ rng.normal(size=(len(points), 2)) + rng.normal(0, 5, 2)


def captured(
    model: PageModel, symbols: NDArray[np.uint8] | None, rng: np.random.Generator, noise: float, curl: float
) -> Array:
    """(n, 2) displacements of a page in a capture: marks, warp, noise."""
    shift = warp(model.centres, rng, curl, 110.0) if curl else np.zeros_like(model.centres)
    if symbols is not None:
        shift[:, 0] += model.response @ (2.0 * symbols - 1)
    return shift + rng.normal(0, noise, shift.shape)


def seen(model: PageModel, shift: Array) -> SoftSymbols:
    soft = estimate(model, shift, np.full(len(shift), 0.01))
    assert soft is not None
    return soft


@pytest.mark.parametrize(("noise", "curl"), [(0.03, 0.3), (0.07, 1.0), (0.12, 3.0)])
def test_soft_symbols_are_calibrated(noise: float, curl: float) -> None:
    rng = np.random.default_rng(round(1000 * noise))
    rest = []
    for turn in range(4):
        code = FingerprintingCode(bytes([turn] * 32), LINES * GAPS)
        model = page(code.probabilities)
        symbols = code.symbols(turn)
        soft = seen(model, captured(model, symbols, rng, noise, curl))
        rest.append(soft.value - (2.0 * symbols - 1) * soft.separation / 2)
        assert soft.separation.min() > 0.1
    z = np.concatenate(rest)  # 512 values, hardly correlated
    assert abs(z.mean()) < 0.15
    assert 0.85 < z.std() < 1.15


def test_separation_falls_with_noise_and_with_curl() -> None:
    code = FingerprintingCode(bytes(32), LINES * GAPS)
    model = page(code.probabilities)
    every = np.ones(len(model.lines), bool)
    means = [
        predicted_separation(model, every, s, (1.0, 110.0), 0.03).mean() for s in (0.02, 0.06, 0.15, 0.3)
    ]
    assert all(a > 1.2 * b for a, b in pairwise(means))
    flat = predicted_separation(model, every, 0.06, (0.0, 110.0), 0.01)
    curled = predicted_separation(model, every, 0.06, (6.0, 90.0), 0.06)
    assert (flat >= curled).all()
    rng = np.random.default_rng(1)
    found = [seen(model, captured(model, code.symbols(3), rng, s, 0.3)) for s in (0.03, 0.1, 0.25)]
    assert found[0].separation.mean() > found[1].separation.mean() > found[2].separation.mean()
    assert found[0].noise < found[1].noise < found[2].noise


def test_an_unmarked_page_speaks_for_no_symbol() -> None:
    rng = np.random.default_rng(5)
    values = []
    for turn in range(4):
        code = FingerprintingCode(bytes([50 + turn] * 32), LINES * GAPS)
        model = page(code.probabilities)
        soft = seen(model, captured(model, None, rng, 0.07, 1.0))
        values.append(soft.value)
        # Nor does it speak for the symbol that the biases make likely.
        assert abs(np.corrcoef(soft.value, code.probabilities)[0, 1]) < 0.3
    value = np.concatenate(values)
    assert abs(np.median(value)) < 0.15
    assert abs((value > 0).mean() - 0.5) < 0.06


@pytest.mark.parametrize("marked", [False, True])
def test_scores_of_innocent_copies_are_standardised(marked: bool) -> None:
    code = FingerprintingCode(bytes(range(32)), LINES * GAPS)
    model = page(code.probabilities)
    rng = np.random.default_rng(8)
    soft = seen(model, captured(model, code.symbols(7) if marked else None, rng, 0.07, 1.0))
    numbers = np.arange(LINES * GAPS)
    read = Observations(numbers, soft.value, soft.separation, numbers // GAPS, np.zeros_like(numbers))
    result = decode(code, 3000, read, alpha=1e-6, family=3000)
    innocent = np.delete(result.scores, 7)
    assert abs(innocent.mean()) < 0.1
    assert 0.92 < innocent.std() < 1.08
    assert innocent.max() < 5.5
    assert [named.index for named in result.named] == ([7] if marked else [])


def test_gross_errors_are_left_out() -> None:
    code = FingerprintingCode(bytes(32), LINES * GAPS)
    model = page(code.probabilities)
    shift = captured(model, code.symbols(1), np.random.default_rng(2), 0.05, 0.3)
    wrong = np.array([17, 60, 113])
    shift[wrong] += [1.5, -0.9]
    soft = seen(model, shift)
    assert not soft.used[wrong].any()
    assert soft.used.mean() > 0.95
    assert np.isnan(soft.mark[wrong]).all()


def test_marks_are_freed_from_the_warp() -> None:
    code = FingerprintingCode(bytes(32), LINES * GAPS)
    model = page(code.probabilities)
    symbols = code.symbols(4)
    shift = captured(model, symbols, np.random.default_rng(3), 0.03, 0.3)
    soft = seen(model, shift)
    truth = model.response @ (2.0 * symbols - 1)
    assert np.corrcoef(soft.mark[soft.used], truth[soft.used])[0, 1] > 0.9


def test_words_that_were_not_measured_erase_their_symbols() -> None:
    code = FingerprintingCode(bytes(32), LINES * GAPS)
    model = page(code.probabilities)
    shift = captured(model, code.symbols(1), np.random.default_rng(2), 0.05, 0.3)
    hidden = model.lines >= LINES // 2
    shift[hidden] = np.nan
    soft = seen(model, shift)
    column = np.arange(LINES * GAPS) // GAPS >= LINES // 2
    assert (soft.separation[column] == 0).all()
    assert (soft.value[column] == 0).all()
    assert (soft.separation[~column] > 0.1).all()
    shift[5:] = np.nan
    assert estimate(model, shift, np.full(len(shift), 0.01)) is None


def test_a_turned_page_reads_the_same() -> None:
    code = FingerprintingCode(bytes(32), 8 * GAPS)
    model = page(code.probabilities, 8)
    shift = captured(model, code.symbols(2), np.random.default_rng(4), 0.05, 0.3)
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    turned = replace(model, centres=model.centres @ turn.T, axes=model.axes @ turn.T)
    np.testing.assert_allclose(seen(turned, shift @ turn.T).value, seen(model, shift).value, atol=1e-6)
