from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from fother.codes import FingerprintingCode, Observations, decode, expected_score
from fother.codes.hypotheses import DEFAULT_FAMILY, emission, evidence
from fother.codes.tail import integer_weights, log_tail
from fother.errors import UsageError

KEY = bytes(range(32))


def leak(
    rng: np.random.Generator,
    code: FingerprintingCode,
    members: list[int],
    attack: str = "interleave",
    separation: float = 20.0,
    noise: bool = True,
) -> Observations:
    """Observations of every carrier of a leak made by the members; lines of 12 carriers, pages of 120."""
    k = code.length
    held = np.stack([code.symbols(i) for i in members]).astype(float)
    if attack == "average":
        level = held.mean(axis=0)
    elif attack == "majority":
        level = np.where(held.mean(axis=0) == 0.5, rng.integers(0, 2, k), held.mean(axis=0) > 0.5)
    elif attack == "minority":
        mean = held.mean(axis=0)
        level = np.where(mean % 1 == 0, mean, mean < 0.5)
    else:
        run = {"interleave": 1, "lines": 12}[attack]
        source = np.repeat(rng.integers(0, len(members), k), run)[:k]
        level = held[source, np.arange(k)]
    y = (2 * level - 1) * separation / 2 + noise * rng.normal(size=k)
    return Observations(np.arange(k), y, np.full(k, separation), np.arange(k) // 12, np.arange(k) // 120)


def test_the_source_is_named_with_its_bound() -> None:
    code = FingerprintingCode(KEY, 500)
    seen = leak(np.random.default_rng(0), code, [77], separation=1.0)
    found = decode(code, 5000, seen)
    (named,) = found.named
    assert (named.index, named.step, named.hypothesis) == (77, "single", "1 copy")
    assert named.log10_bound <= -6
    assert named.log10_p < named.log10_bound < named.log10_p + 5
    assert named.log10_lr_copy > 8
    assert named.log10_lr_original > 8
    assert found.ranking[0][0] == 77
    assert len(found.ranking) == 20
    assert found.scores.shape == (5000,)
    assert int(found.scores.argmax()) == 77
    innocent = np.delete(found.scores, 77)
    assert abs(innocent.mean()) < 5 / math.sqrt(5000)
    assert innocent.std() == pytest.approx(1, abs=0.05)
    assert abs(found.scores[77] - found.expected_score) < 4
    assert found.hypotheses_tried > len(DEFAULT_FAMILY)


def test_the_same_copy_however_many_there_are() -> None:
    code = FingerprintingCode(KEY, 500)
    seen = leak(np.random.default_rng(0), code, [77], separation=1.0)
    few, many = decode(code, 78, seen, family=70_000), decode(code, 70_000, seen)
    assert [(n.index, n.log10_p, n.log10_bound) for n in few.named] == [
        (n.index, n.log10_p, n.log10_bound) for n in many.named
    ]


def test_a_larger_family_costs_what_it_must() -> None:
    code = FingerprintingCode(KEY, 300)
    seen = leak(np.random.default_rng(0), code, [3])
    one, more = decode(code, 10, seen), decode(code, 10, seen, family=10**6)
    assert more.named[0].log10_bound - one.named[0].log10_bound == pytest.approx(5)
    assert decode(code, 10, seen, alpha=1e-90).named == ()


def test_marks_needed_by_one_copy() -> None:
    """n = 1e5, family-wise 1e-6. Noise-free, p = ½: 2^-37 < 1e-11 < 2^-36, plus what the other steps and
    hypotheses take from the budget (.35 · .44: 2.7 bits)."""
    half = np.full(37, 0.5)
    assert log_tail(np.ones(37, dtype=np.int64), half, 37) < math.log(1e-11)
    assert log_tail(np.ones(36, dtype=np.int64), half[1:], 36) > math.log(1e-11)
    for carriers, named in ((39, 0), (40, 1)):
        code = FingerprintingCode(KEY, carriers, 1)
        seen = Observations.hard(np.arange(carriers), code.symbols(5))
        assert len(decode(code, 20, seen, family=100_000).named) == named


@pytest.mark.parametrize(
    ("resistance", "separation", "enough", "too_few"),
    [(3, 20.0, 50, 42), (5, 20.0, 59, 49), (1, 1.0, 274, 190), (3, 1.0, 348, 250)],
)
def test_published_lengths(resistance: int, separation: float, enough: int, too_few: int) -> None:
    """Marks for 90 % detection at p ≤ 1e-11 (1e5 copies, family-wise 1e-6)."""
    rng = np.random.default_rng(11)
    detected = {}
    for carriers in (too_few, enough):
        hits = 0
        for trial in range(50):
            code = FingerprintingCode(bytes([trial, carriers % 256]) + KEY[2:], carriers, resistance)
            x, p = code.symbols(0), code.probabilities
            seen = leak(rng, code, [0], separation=separation)
            found = evidence(emission(seen, DEFAULT_FAMILY[0]), p)
            weights = integer_weights(found.g1 - found.g0)
            hits += log_tail(weights, p, int(weights @ x.astype(np.int64))) <= math.log(1e-11)
        detected[carriers] = hits / 50
    assert detected[enough] >= 0.78
    assert detected[too_few] <= 0.6


@pytest.mark.parametrize(
    ("attack", "members", "carriers"),
    [
        ("interleave", 2, 250),
        ("interleave", 3, 700),
        ("majority", 3, 330),
        ("minority", 3, 500),
        ("average", 3, 150),
        ("lines", 3, 400),
    ],
)
def test_coalitions_are_found(attack: str, members: int, carriers: int) -> None:
    """Sizes about a fifth above those that find all members in 90 % of cases for 1e5 copies."""
    rng = np.random.default_rng(5)
    whole = 0
    for trial in range(5):
        code = FingerprintingCode(bytes([trial]) + KEY[1:], carriers)
        guilty = [3, 90, 140][:members]
        found = {n.index for n in decode(code, 150, leak(rng, code, guilty, attack), family=100_000).named}
        assert found <= set(guilty)
        whole += found == set(guilty)
    assert whole >= 4


def test_pairs_are_found_where_no_single_copy_stands_out() -> None:
    rng = np.random.default_rng(1)
    steps = []
    for trial in range(12):
        code = FingerprintingCode(bytes([trial]) + KEY[1:], 180 + 4 * trial)
        seen = leak(rng, code, [3, 90])
        found = decode(code, 150, seen, family=100_000)
        assert {n.index for n in found.named} <= {3, 90}
        assert all(n.log10_bound <= -6 for n in found.named)
        steps += [n.step for n in found.named]
    assert "pair" in steps
    assert any(step.startswith("conditional") for step in steps)


def test_lines_of_a_copy() -> None:
    """A few lines from one of the copies, the rest from elsewhere."""
    rng = np.random.default_rng(2)
    code = FingerprintingCode(KEY, 600)
    level = rng.random(600) < code.probabilities
    level[120:240] = code.symbols(8)[120:240]
    seen = Observations.hard(np.arange(600), level, np.arange(600) // 12, np.arange(600) // 120)
    (named,) = decode(code, 1000, seen).named
    assert named.index == 8
    assert named.step in ("lines", "pages")


@pytest.mark.parametrize("copies", [0, 1, 2, 300])
@pytest.mark.parametrize("kind", ["empty", "one", "erased", "noise", "constant", "huge"])
def test_nothing_to_name(copies: int, kind: str) -> None:
    code = FingerprintingCode(KEY, 200)
    position = np.arange({"empty": 0, "one": 1}.get(kind, 200))
    k = len(position)
    value = {
        "noise": np.random.default_rng(0).normal(size=k),
        "constant": np.full(k, 3.0),
        "huge": np.full(k, -1e9),
    }.get(kind, np.ones(k))
    separation = np.zeros(k) if kind == "erased" else np.ones(k)
    found = decode(code, copies, Observations(position, value, separation, position // 12, position // 99))
    assert found.named == ()
    assert found.scores.shape == (copies,)
    assert np.isfinite(found.scores).all()
    assert len(found.ranking) == (min(20, copies) if kind not in ("empty", "erased") else 0)
    assert math.isnan(found.expected_score) == (kind in ("empty", "erased") or copies == 0)


def test_unmarked_original_and_other_keys_name_nobody() -> None:
    code, other = FingerprintingCode(KEY, 800), FingerprintingCode(KEY[::-1], 800)
    rng = np.random.default_rng(3)
    zeros = np.zeros(800)
    unmarked = Observations(np.arange(800), rng.normal(size=800), np.full(800, 2.0), zeros, zeros)
    assert decode(code, 2000, unmarked).named == ()
    assert decode(code, 2000, leak(rng, other, [5], separation=2.0)).named == ()


def test_innocents_are_named_no_more_often_than_alpha_allows() -> None:
    """100 leaks by two copies of 10 at α = 0.1: runs go through single, pair and conditional steps."""
    alpha, runs = 0.1, 100
    rng = np.random.default_rng(9)
    wrong, right = 0, 0
    for trial in range(runs):
        code = FingerprintingCode(trial.to_bytes(4, "big") + KEY[4:], 40)
        seen = leak(rng, code, [0, 1], separation=float(rng.choice([1.5, 3.0, 20.0])))
        named = {n.index for n in decode(code, 10, seen, alpha=alpha).named}
        wrong += bool(named - {0, 1})
        right += bool(named & {0, 1})
    assert wrong <= binom.ppf(0.9999, runs, alpha)
    assert right > runs / 4


def test_p_values_of_innocents_are_honest() -> None:
    """The smallest p-value over hypotheses, over 40,000 innocents and foreign observations."""
    rates = np.zeros(3)
    for trial in range(8):
        code = FingerprintingCode(trial.to_bytes(4, "big") + KEY[4:], 120)
        rng = np.random.default_rng(trial)
        position = np.arange(120)
        seen = Observations(
            position, rng.normal(size=120) * 2, rng.uniform(0, 4, 120), position // 9, position
        )
        found = decode(code, 5000, seen)
        one_copy = evidence(emission(seen, DEFAULT_FAMILY[0]), code.probabilities)
        weights = integer_weights(one_copy.g1 - one_copy.g0)
        deviation = math.sqrt(float((weights**2 * code.probabilities * (1 - code.probabilities)).sum()))
        mean = float((weights * code.probabilities).sum())
        for at, rate in enumerate((0.1, 0.01, 0.001)):
            # the score whose exact tail is the largest not above the rate
            low, high = int(mean), int(np.maximum(weights, 0).sum()) + 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (
                    (low, middle)
                    if log_tail(weights, code.probabilities, middle) <= math.log(rate)
                    else (middle, high)
                )
            rates[at] += np.mean(found.scores >= (high - 0.5 - mean) / deviation) / 8
    for seen_rate, rate in zip(rates, (0.1, 0.01, 0.001), strict=True):
        assert abs(seen_rate - rate) < 4.5 * math.sqrt(rate / 40_000) + 0.02 * rate


def test_expected_score_is_what_sources_score() -> None:
    rng = np.random.default_rng(6)
    scores, expected = [], []
    for trial in range(40):
        code = FingerprintingCode(trial.to_bytes(4, "big") + KEY[4:], 300)
        found = decode(code, 3, leak(rng, code, [1], separation=1.2))
        scores.append(found.scores[1])
        expected.append(found.expected_score)
    assert np.mean(scores) == pytest.approx(np.mean(expected), abs=0.5)
    # noise-free, p = ½: every carrier adds ½ to the mean and ¼ to the variance, so √k
    half = FingerprintingCode(KEY, 400, 1)
    hard = Observations.hard(np.arange(400), half.symbols(0))
    assert expected_score(hard, half.probabilities) == pytest.approx(20, rel=1e-2)


def test_more_carriers_never_hurt_much_and_less_noise_helps() -> None:
    code = FingerprintingCode(KEY, 400)
    position = np.arange(400)
    clean = Observations.hard(position, code.symbols(4))
    found = [decode(code, 50, clean.select(position < k)).ranking[0] for k in (50, 100, 200, 400)]
    assert [row[0] for row in found] == [4, 4, 4, 4]
    assert np.all(np.diff([row[1] for row in found]) < 0)
    levels = code.symbols(4) * 2.0 - 1
    noise = np.random.default_rng(0).normal(size=400)
    bounds = [
        decode(code, 50, Observations(position, levels * d / 2 + noise, np.full(400, d), position, position))
        .ranking[0][1]
        for d in (1.0, 2.0, 4.0)
    ]  # fmt: skip
    assert np.all(np.diff(bounds) < 0)


def test_bad_calls() -> None:
    code = FingerprintingCode(KEY, 10)
    seen = Observations.hard([3, 12], [1, 1])
    with pytest.raises(UsageError, match="Carrier 12"):
        decode(code, 5, seen)
    with pytest.raises(UsageError, match="number of copies"):
        decode(code, -1, Observations.empty())
    for alpha in (0.0, 1.0, math.nan):
        with pytest.raises(UsageError, match="between 0 and 1"):
            decode(code, 5, Observations.empty(), alpha=alpha)
