"""How a coalition may have made the leak, and the evidence weights that follow.

A hypothesis says how many copies were combined and how. Its weights are null-normalised log-likelihood
ratios: for a copy that had no part in the leak E[exp(score)] = 1 under every hypothesis, right or wrong.
Sources: Laarhoven, "Capacities and capacity-achieving decoders for various fingerprinting games" (IH&MMSec
2014); Furon & Desoubeaux, "Tardos codes for real" (WIFS 2014); Meerwald & Furon, "Towards practical joint
decoding of binary Tardos fingerprinting codes" (IEEE TIFS 2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .observations import Observations


@dataclass(frozen=True)
class Hypothesis:
    """`colluders` ≥ 1 copies combined as `model` says; `weight` is its share of the error budget.

    Models: interleave, majority, minority, coin flip, all 1, all 0 choose one of the symbols in each place;
    average mixes the copies themselves (pixels, positions).
    """

    model: str
    colluders: int
    weight: float

    @property
    def name(self) -> str:
        return "1 copy" if self.colluders == 1 else f"{self.model} of {self.colluders}"


def _family() -> tuple[Hypothesis, ...]:
    rare = [
        *(("majority", c) for c in (3, 5)),
        *(("minority", c) for c in (3, 4, 5)),
        *(("coin flip", c) for c in (3, 5)),
        *(("all 1", c) for c in (2, 3)),
        *(("all 0", c) for c in (2, 3)),
    ]
    return (
        Hypothesis("interleave", 1, 0.35),
        *(Hypothesis("interleave", c, 0.30 / 4) for c in (2, 3, 5, 8)),
        *(Hypothesis("average", c, 0.20 / 4) for c in (2, 3, 4, 5)),
        *(Hypothesis(model, c, 0.15 / len(rare)) for model, c in rare),
    )


DEFAULT_FAMILY: tuple[Hypothesis, ...] = _family()


@dataclass(frozen=True)
class Evidence:
    """Weights of one hypothesis, each (k,): a copy with symbol x_j scores Σ_j g_{x_j}[j].

    `log_marginal` is the log-likelihood of each observation under the hypothesis when the copy's symbol is
    unknown, on the scale of `Observations.likelihood`.
    """

    g0: NDArray[np.float64]
    g1: NDArray[np.float64]
    log_marginal: NDArray[np.float64]

    def score(self, symbols: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Natural-log e-values of codewords (…, k) → (…)."""
        return np.asarray(self.g0.sum() + symbols @ (self.g1 - self.g0), dtype=np.float64)


def chosen_one(model: str, colluders: int) -> NDArray[np.float64]:
    """Probability of symbol 1 given that k = 0 … colluders of them hold it: (colluders + 1,)."""
    k = np.arange(colluders + 1)
    inner: NDArray[np.float64]
    if model == "interleave":
        inner = k / colluders
    elif model == "majority":
        inner = np.where(2 * k > colluders, 1.0, np.where(2 * k == colluders, 0.5, 0.0))
    elif model == "minority":
        inner = np.where(2 * k < colluders, 1.0, np.where(2 * k == colluders, 0.5, 0.0))
    elif model == "coin flip":
        inner = np.full(colluders + 1, 0.5)
    elif model == "all 1":
        inner = np.ones(colluders + 1)
    elif model == "all 0":
        inner = np.zeros(colluders + 1)
    else:
        raise ValueError(f"unknown collusion model {model!r}")
    # Marking assumption: where all colluders agree, their symbol is shown.
    return np.concatenate([[0.0], inner[1:-1], [1.0]])


def emission(observations: Observations, hypothesis: Hypothesis) -> NDArray[np.float64]:
    """Likelihood of each observation given k of c colluders with symbol 1: (k, c + 1)."""
    c = hypothesis.colluders
    if hypothesis.model == "average":
        return observations.likelihood(np.arange(c + 1) / c)
    both = observations.likelihood([0.0, 1.0])
    one = chosen_one(hypothesis.model, c)
    return both[:, 1:] * one + both[:, :1] * (1 - one)


def evidence(
    emitted: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    ones: NDArray[np.int64] | None = None,
    accused: int = 0,
) -> Evidence:
    """Weights for one more member of the coalition.

    `emitted` (k, c + 1) from `emission`; `probabilities` (k,) of symbol 1; `accused` < c members are taken as
    known, `ones` (k,) of which hold symbol 1. With q = Binomial(c - 1 - accused, p) for the unknown rest,
    F_x = Σ_t q_t · emitted[t + ones + x] and g_x = ln F_x - ln((1 - p)F_0 + pF_1).
    """
    rest = emitted.shape[1] - 2 - accused
    known = np.zeros(len(probabilities), dtype=np.int64) if ones is None else ones
    rows = np.arange(len(probabilities))
    f0 = np.zeros(len(probabilities))
    f1 = np.zeros(len(probabilities))
    for t in range(rest + 1):
        share = math.comb(rest, t) * probabilities**t * (1 - probabilities) ** (rest - t)
        f0 += share * emitted[rows, known + t]
        f1 += share * emitted[rows, known + t + 1]
    log_marginal = np.log((1 - probabilities) * f0 + probabilities * f1)
    return Evidence(np.log(f0) - log_marginal, np.log(f1) - log_marginal, log_marginal)
