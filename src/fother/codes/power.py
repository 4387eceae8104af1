"""How much evidence to expect of a leak before there is one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from .decoder import SINGLE
from .hypotheses import DEFAULT_FAMILY
from .observations import Observations

#: Share of α and weight of the one-copy hypothesis in `decoder`: what naming a copy costs beyond the family.
_SEARCH_COST = -math.log10(SINGLE * DEFAULT_FAMILY[0].weight)


def expected_evidence(
    separation: NDArray[np.float64], probabilities: NDArray[np.float64]
) -> tuple[float, float]:
    """Mean and standard deviation, in decades, of the true source's likelihood ratio against another copy.

    `separation` (k,) and `probabilities` (k,) of the carriers that will be read; Gauss–Hermite quadrature
    over the noise of each.
    """
    if not len(separation):
        return 0.0, 0.0
    nodes, shares = np.polynomial.hermite_e.hermegauss(21)
    shares = shares / shares.sum()
    mean = np.zeros(len(separation))
    square = np.zeros(len(separation))
    zeros = np.zeros(len(separation), np.int32)
    for node, share in zip(nodes, shares, strict=True):
        for symbol, chance in enumerate((1 - probabilities, probabilities)):
            seen = Observations(
                np.arange(len(separation)), (2 * symbol - 1) * separation / 2 + node, separation, zeros, zeros
            )
            likelihood = seen.likelihood([0.0, 1.0])
            expected = (1 - probabilities) * likelihood[:, 0] + probabilities * likelihood[:, 1]
            gain = np.log10(likelihood[:, symbol] / expected)
            mean += share * chance * gain
            square += share * chance * gain**2
    return float(mean.sum()), float(np.sqrt(np.maximum(square - mean**2, 0).sum()))


def recipients_told_apart(mean: float, deviation: float, alpha: float, power: float = 0.95) -> float:
    """log10 of the number of copies among which the source is named with probability `power`.

    Negative when not even a single copy could be named. Uses Markov's bound on the likelihood ratio, so the
    decoder does a little better.
    """
    return mean - float(ndtri(power)) * deviation + math.log10(alpha) - _SEARCH_COST
