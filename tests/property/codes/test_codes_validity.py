"""Whatever is observed, an innocent copy's p-value is a p-value: checked over every possible codeword."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.codes import DEFAULT_FAMILY, FingerprintingCode, Observations, decode
from fother.codes.stage import Stage

FINITE = st.floats(-1e6, 1e6, allow_nan=False, width=32)
BIASES = st.sampled_from([1 / 8, 3 / 16, 1 / 4, 1 / 2, 3 / 4, 13 / 16, 7 / 8])


@st.composite
def carriers(draw: st.DrawFn, most: int) -> tuple[Observations, np.ndarray]:
    k = draw(st.integers(1, most))
    row = st.tuples(FINITE | st.floats(-4, 4), st.floats(0, 30), BIASES, st.integers(0, 3))
    value, separation, bias, block = zip(*draw(st.lists(row, min_size=k, max_size=k)), strict=True)
    position = np.cumsum(draw(st.lists(st.integers(1, 99), min_size=k, max_size=k)))
    page = np.array(block) // 2
    return Observations(position, np.array(value), np.array(separation), np.array(block), page), np.array(
        bias
    )


def _every_codeword(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    words = ((np.arange(2 ** len(p))[:, None] >> np.arange(len(p))) & 1).astype(np.uint8)
    return words, np.where(words, p, 1 - p).prod(axis=1)


def _assert_valid(log_p: np.ndarray, chance: np.ndarray) -> None:
    order = np.argsort(log_p)
    reached = np.cumsum(chance[order])
    last = np.append(np.diff(log_p[order]) > 0, True)  # ties fall together
    assert np.all(reached[last] <= np.exp(log_p[order][last]) * (1 + 1e-8))


@settings(max_examples=15, deadline=None)
@given(carriers(4), st.integers(0, 2))
def test_exact_p_values(case: tuple[Observations, np.ndarray], accused: int) -> None:
    seen, p = case
    others = np.random.default_rng(accused).integers(0, 2, (accused, len(p))).astype(np.uint8)
    stage = Stage.prepare(DEFAULT_FAMILY, seen, p, others)
    words, chance = _every_codeword(p)
    _assert_valid(np.array([stage.log_p(word)[0] for word in words]), chance)


@settings(max_examples=60, deadline=None)
@given(carriers(9), st.integers(0, 2))
def test_bounds_of_all_copies(case: tuple[Observations, np.ndarray], accused: int) -> None:
    seen, p = case
    others = np.random.default_rng(accused).integers(0, 2, (accused, len(p))).astype(np.uint8)
    stage = Stage.prepare(DEFAULT_FAMILY, seen, p, others)
    words, chance = _every_codeword(p)
    scores = (stage.weights @ words.T.astype(np.int64)).astype(np.int32)
    _assert_valid(stage.log_bounds(scores), chance)
    e_values = np.exp([stage.log_e_value(word) for word in words])
    assert abs(chance @ e_values - 1) < 1e-6


@settings(max_examples=25, deadline=None)
@given(carriers(40), st.integers(0, 40), st.sampled_from([1, 3, 5, 8]))
def test_decode_takes_anything(case: tuple[Observations, np.ndarray], copies: int, resistance: int) -> None:
    seen, _ = case
    code = FingerprintingCode(bytes(32), int(seen.position[-1]) + 1, resistance)
    found = decode(code, copies, seen, alpha=1e-9)
    assert found.named == ()
    assert np.isfinite(found.scores).all()
    assert all(log_p <= 0 for _, log_p, _ in found.ranking)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 900), st.sampled_from([1, 3, 5, 8]), st.integers(1, 9))
def test_a_copy_has_one_codeword(index: int, length: int, resistance: int, count: int) -> None:
    code = FingerprintingCode(bytes(32), length, resistance)
    packed = code.codewords(index, count)
    alone = np.packbits(code.symbols(index + count - 1), bitorder="little")
    assert np.array_equal(packed[-1, : len(alone)], alone)
    assert not packed[:, len(alone) :].any()
