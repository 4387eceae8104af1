"""The verifier's own arithmetic against the decoder's: two programs, one score, one probability."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fother.codes import DEFAULT_FAMILY, FingerprintingCode, Observations
from fother.codes import tail as decoder_tail
from fother.codes.blocks import log_e_values
from fother.codes.pairs import FAMILY as PAIRS
from fother.codes.stage import Stage
from fother.verify.commitment import Hypothesis
from fother.verify.errors import VerificationError
from fother.verify.score import Scorer, Seen, decode_seen, prior, step_share
from fother.verify.tail import Tail

LENGTH = 400


def observed(code: FingerprintingCode, source: int, seed: int = 1) -> Observations:
    rng = np.random.default_rng(seed)
    separation = rng.uniform(0.2, 3.0, code.length)
    value = (2.0 * code.symbols(source) - 1) * separation / 2 + rng.normal(size=code.length)
    lines = np.arange(code.length) // 10
    return Observations(np.arange(code.length), value, separation, lines, lines // 20).in_thousandths()


def seen_of(obs: Observations) -> Seen:
    return Seen(
        tuple(obs.position.tolist()),
        tuple(np.rint(1000 * obs.value).astype(int).tolist()),
        tuple(np.rint(1000 * obs.separation).astype(int).tolist()),
        tuple(obs.block.tolist()),
        tuple(obs.page.tolist()),
    )


@pytest.mark.parametrize(("terms", "size"), [(12, 30), (60, 16), (800, 16)])
@pytest.mark.parametrize("deviations", [-2.0, 0.0, 1.5, 4.0, 9.0])
def test_tails_agree_with_the_decoders(terms: int, size: int, deviations: float) -> None:
    rng = np.random.default_rng(terms)
    p = rng.choice([0.25, 0.5, 0.75], terms)
    w = np.rint(rng.normal(size=terms) * size).astype(np.int64)
    mean, spread = decoder_tail.moments(w, p)
    score = min(int(mean + deviations * spread), int(w[w > 0].sum()))
    ours = Tail(w.tolist(), p.tolist()).log_tail(score)
    theirs = decoder_tail.log_tail(w, p, score)
    assert theirs - 3e-9 <= ours <= theirs + 1e-4


def test_ends_of_the_distribution() -> None:
    tail = Tail([3, -2, 0, 5], [0.25, 0.5, 0.9, 0.75])
    assert tail.log_tail(-2) == 0.0
    assert tail.log_tail(9) == -math.inf
    assert tail.log_tail(8) == pytest.approx(math.log(0.25 * 0.5 * 0.75), abs=1e-6)
    assert Tail([], []).log_tail(0) == 0.0


@pytest.mark.parametrize("accused", [[], [3], [3, 5]])
def test_every_hypothesis_scores_as_in_the_decoder(accused: list[int]) -> None:
    code = FingerprintingCode(b"k" * 32, LENGTH)
    obs = observed(code, 7)
    given = np.array([code.symbols(i) for i in accused], dtype=np.uint8).reshape(len(accused), LENGTH)
    stage = Stage.prepare(DEFAULT_FAMILY, obs, code.probabilities, given)
    family = [Hypothesis(h.model, h.colluders, h.weight) for h in DEFAULT_FAMILY]
    for h, weights, evidence, share in zip(
        stage.hypotheses, stage.weights, stage.evidence, stage.prior, strict=True
    ):
        mine = Hypothesis(h.model, h.colluders, h.weight)
        scorer = Scorer(seen_of(obs), code.probabilities.tolist(), mine, given.tolist())
        assert scorer.weights == weights.tolist()
        assert prior(family, mine, "conditional 1", len(accused)) == pytest.approx(share)
        for copy in (7, 8):
            symbols = code.symbols(copy)
            score = scorer.score(symbols.tolist())
            assert score == int(weights @ symbols.astype(np.int64))
            exact = decoder_tail.log_tail(weights, code.probabilities, score)
            assert scorer.log_p(symbols.tolist()) == pytest.approx(exact, abs=1e-4)
            assert scorer.log_e_value(symbols.tolist()) == pytest.approx(float(evidence.score(symbols)))


def test_block_values_and_the_pair_family_are_the_decoders() -> None:
    code = FingerprintingCode(b"k" * 32, LENGTH)
    obs = observed(code, 7)
    stage = Stage.prepare(DEFAULT_FAMILY, obs, code.probabilities, np.zeros((0, LENGTH), np.uint8))
    scorer = Scorer(seen_of(obs), code.probabilities.tolist(), Hypothesis("interleave", 1, 0.35))
    symbols = code.symbols(7)
    theirs = float(log_e_values(symbols[None], stage.evidence[0], obs.block)[0])
    assert scorer.log_block_e_value(symbols.tolist(), obs.block.tolist()) == pytest.approx(theirs, abs=0.02)
    family = [Hypothesis(h.model, h.colluders, h.weight) for h in DEFAULT_FAMILY]
    total = sum(h.weight for h in PAIRS)
    for h in family:
        tried = any((p.model, p.colluders) == (h.model, h.colluders) for p in PAIRS)
        if tried:
            assert prior(family, h, "pair", 1) == pytest.approx(h.weight / total)
        else:
            with pytest.raises(VerificationError):
                prior(family, h, "pair", 1)


def test_a_step_that_the_decoder_does_not_have_is_refused() -> None:
    shares = {"single": "0.44", "conditional": "0.25", "pair": "0.25"}
    assert step_share(shares, "conditional 2") == 0.0625
    assert step_share(shares, "pair", 50) == 0.005
    for step in ("conditional", "single 1", "twice", "conditional -1", "", "conditional 1 1"):
        with pytest.raises(VerificationError):
            step_share(shares, step)


def test_observations_have_one_encoding() -> None:
    code = FingerprintingCode(b"k" * 32, 50)
    seen = seen_of(observed(code, 0))
    data = seen.encode()
    assert decode_seen(data) == seen
    lines = data.decode().splitlines(keepends=True)
    wrong = [
        data.replace(b"\n", b"\r\n"),
        data + b"\n",
        b"".join(x.encode() for x in (lines[0], lines[2], lines[1], *lines[3:])),
        data.replace(b"1,", b"01,", 1),
        data[:-1],
        b"",
        data.replace(b"carrier", b"Carrier"),
        data + b"50,1,0,1,1\n",
    ]
    for untrusted in wrong:
        with pytest.raises(VerificationError):
            decode_seen(untrusted)


def test_five_thousand_marks_are_checked_quickly_enough() -> None:
    # Not a timed test: it counts the roots of unity, which the time follows.
    code = FingerprintingCode(b"k" * 32, 5000)
    obs = observed(code, 7)
    scorer = Scorer(seen_of(obs), code.probabilities.tolist(), Hypothesis("interleave", 1, 0.35))
    scorer.log_p(code.symbols(7).tolist())
    assert scorer._tail._known is not None
    assert len(scorer._tail._known[1]) < 40_000
