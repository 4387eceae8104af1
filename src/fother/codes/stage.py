"""One set of hypotheses made ready to score copies: evidence, integer weights, tails."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .hypotheses import Evidence, Hypothesis, emission, evidence
from .observations import Observations
from .tail import Envelope, integer_weights, log_tail

LN10 = math.log(10)
#: Chernoff bounds are looser than exact tails by less than this (natural log)
MARGIN = 3.5 * LN10


@dataclass(frozen=True)
class Stage:
    """H hypotheses about k carriers, given the copies already accused.

    `weights` (H, k) int64 are the integer scores; `prior` (H,) sums to 1 and divides the error budget.
    """

    hypotheses: tuple[Hypothesis, ...]
    prior: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    evidence: tuple[Evidence, ...]
    weights: NDArray[np.int64]
    log_original: NDArray[np.float64]  #: (k,) log-likelihood of the unmarked original

    @classmethod
    def prepare(
        cls,
        family: Sequence[Hypothesis],
        observations: Observations,
        probabilities: NDArray[np.float64],
        accused: NDArray[np.uint8],
    ) -> Stage:
        """`accused` (a, k) symbols of the copies accused so far; hypotheses of more than a copies stay."""
        known = len(accused)
        ones = accused.sum(axis=0, dtype=np.int64)
        hypotheses = tuple(h for h in family if h.colluders > known)
        found = tuple(evidence(emission(observations, h), probabilities, ones, known) for h in hypotheses)
        weights = np.zeros((len(hypotheses), len(observations)), dtype=np.int64)
        for row, item in zip(weights, found, strict=True):
            row[:] = integer_weights(item.g1 - item.g0)
        share = np.array([h.weight for h in hypotheses])
        return cls(
            hypotheses=hypotheses,
            prior=share / share.sum() if len(share) else share,
            probabilities=probabilities,
            evidence=found,
            weights=weights,
            log_original=np.log(observations.likelihood_of_original()),
        )

    @cached_property
    def envelopes(self) -> tuple[Envelope, ...]:
        """Tail bounds of each hypothesis."""
        return tuple(Envelope.of(w, self.probabilities) for w in self.weights)

    def log_bounds(self, scores: NDArray[np.int32]) -> NDArray[np.float64]:
        """Natural log of an upper bound of each copy's p-value min_h P_h / prior_h: (n,), ≤ 0.

        `scores` (H, n) from `scan` with these weights.
        """
        best = np.zeros(scores.shape[1])
        for row, envelope, prior in zip(scores, self.envelopes, self.prior, strict=True):
            np.minimum(best, envelope.log_bound(row) - math.log(prior), out=best)
        return best

    def log_p(
        self, symbols: NDArray[np.uint8], between: tuple[float, float] = (-math.inf, math.inf)
    ) -> tuple[float, Hypothesis]:
        """A copy's p-value min_h P_h / prior_h (natural log, ≤ 0) and the hypothesis that gave it.

        `symbols` (k,). Every hypothesis gets a Chernoff bound, the two most promising ones their exact tail
        if the best bound lies `between`; the minimum is a valid p-value either way.
        """
        scores = self.weights @ symbols.astype(np.int64)
        bounds = [
            float(envelope.log_bound(scores[h : h + 1])[0]) - math.log(self.prior[h])
            for h, envelope in enumerate(self.envelopes)
        ]
        order = sorted(range(len(bounds)), key=bounds.__getitem__)
        if between[0] < bounds[order[0]] <= between[1]:
            for h in order[:2]:
                tail = log_tail(self.weights[h], self.probabilities, int(scores[h]))
                bounds[h] = min(bounds[h], tail - math.log(self.prior[h]))
        best = min(order, key=bounds.__getitem__)
        return min(0.0, bounds[best]), self.hypotheses[best]

    def log_e_value(self, symbols: NDArray[np.uint8]) -> float:
        """Likelihood ratio of this copy against another, averaged over the hypotheses (natural log)."""
        terms = [
            math.log(q) + float(e.score(symbols)) for q, e in zip(self.prior, self.evidence, strict=True)
        ]
        return float(np.logaddexp.reduce(terms))

    def log_ratio_to_original(self, symbols: NDArray[np.uint8]) -> float:
        """Likelihood ratio of "this copy took part" against "the unmarked original" (natural log)."""
        terms = [
            math.log(q) + float(e.score(symbols)) + float((e.log_marginal - self.log_original).sum())
            for q, e in zip(self.prior, self.evidence, strict=True)
        ]
        return float(np.logaddexp.reduce(terms))
