"""Upper tail of an integer score, exact and in pure Python: P(Σ_j w_j·x_j ≥ s), x_j ~ Bernoulli(p_j).

Under the exponentially tilted distribution (Esscher) P(S ≥ s) = M(θ)·e^(-θs)·E_θ[e^(-θ(S-s)); S ≥ s] for any
θ > 0. The expectation of e^(-θ((S-s) mod N)), which is never smaller, is a finite sum over the N-th roots of
unity of the characteristic function, since S is an integer (discrete Fourier inversion; compare Daniels,
"Saddlepoint approximations in statistics", 1954). Terms of equal weight and probability share one factor.
What wraps around N is below 1e-5 of the result and makes it larger, the rounding errors of the sum are
bounded and added: the result is an upper bound, exact to five digits or more.
"""

from __future__ import annotations

import cmath
import math
from collections import Counter
from collections.abc import Sequence

#: added to every natural logarithm, for the rounding of the logarithms themselves
SLACK = 1e-9
_EPSILON = 2.0**-52
_FAINT = 1e-20  # a product below this is left out and counted as error
_OVER = 40.0  # e^-40: what wraps around the period is left over


class Tail:
    """The distribution of one score, ready to tell its tail at any value.

    `weights` and `probabilities` (strictly between 0 and 1) of the terms, in parallel.
    """

    def __init__(self, weights: Sequence[int], probabilities: Sequence[float]) -> None:
        pairs = zip(weights, probabilities, strict=True)
        # w·x = w + |w|·(1 - x) for w < 0, so that every term is 0 or a positive size.
        groups = Counter((abs(w), p if w > 0 else 1.0 - p) for w, p in pairs if w)
        self._groups = sorted(groups.items(), key=lambda item: -item[1] * item[0][0] ** 2)
        self._terms = sum(groups.values())
        self._offset = sum(w for w in weights if w < 0)
        self._top = sum(size * count for (size, _), count in self._groups)
        self._known: tuple[tuple[float, int], list[complex], list[complex]] | None = None

    def log_tail(self, score: int) -> float:
        """Natural logarithm of an upper bound of P(S ≥ score), ≤ 0; -inf if no symbols reach it."""
        target = score - self._offset
        if target <= 0:
            return 0.0
        if target > self._top:
            return -math.inf
        theta = self._tilt(target)
        expected = self._expectation(theta, target)
        log_moment = math.fsum(count * _log_mix(p, theta * size) for (size, p), count in self._groups)
        return min(0.0, log_moment - theta * target + math.log(expected) + SLACK)

    @staticmethod
    def _odds(size: int, p: float, theta: float) -> float:
        """Tilted probability of the larger value."""
        return 1.0 / (1.0 + (1.0 - p) / p * math.exp(-min(theta * size, 700.0)))

    def _moments(self, theta: float) -> tuple[float, float]:
        mean = variance = 0.0
        for (size, p), count in self._groups:
            up = self._odds(size, p, theta)
            mean += count * size * up
            variance += count * size * size * up * (1.0 - up)
        return mean, variance

    def _tilt(self, target: int) -> float:
        """θ at which the tilted mean is the target; not too small, so that the period stays short."""
        mean, variance = self._moments(0.0)
        smallest = 2.0 / math.sqrt(variance)
        if target <= mean:
            return smallest
        largest = (20.0 + math.log(self._terms)) / min(size for (size, _), _ in self._groups)
        low, high = 0.0, min(largest, smallest)
        while high < largest and self._moments(high)[0] < target:
            low, high = high, min(largest, 2 * high)
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if self._moments(middle)[0] < target else (low, middle)
        return max(high, smallest)

    def _expectation(self, theta: float, target: int) -> float:
        """Upper bound of E_θ[e^(-θ((S - target) mod N))], at least of E_θ[e^(-θ(S - target)); S ≥ target]."""
        mean, variance = self._moments(theta)
        below = max(0.0, target - mean) + 9.0 * math.sqrt(variance)
        period = min(self._top + 1, math.ceil(below + _OVER / theta) + 2)
        roots, products = self._transform(theta, period)
        decay = math.exp(-theta)
        full = 1.0 - math.exp(-theta * period)
        total = modulus = left_out = 0.0
        for k, product in enumerate(products):
            twice = 1.0 if k == 0 or 2 * k == period else 2.0
            weight = full / (1.0 - decay * roots[-k % period])
            total += twice * (product * weight * roots[-(k * target) % period]).real
            modulus += twice * abs(product) * abs(weight)
            left_out += 0.0 if product else twice * _FAINT * abs(weight)
        # Each of the products has fewer than 16 roundings for every term of the score.
        error = modulus * 16 * _EPSILON * (self._terms + len(self._groups) + 4) + left_out
        return (total + error) / period

    def _transform(self, theta: float, period: int) -> tuple[list[complex], list[complex]]:
        """The roots of unity, and the tilted characteristic function at the first half of them; values below
        `_FAINT` as 0. Kept for the next score: those below two standard deviations share it."""
        if self._known is None or self._known[0] != (theta, period):
            roots = [cmath.rect(1.0, 2 * math.pi * k / period) for k in range(period)]
            factors = [
                (size % period, self._odds(size, p, theta), count) for (size, p), count in self._groups
            ]
            products = []
            for k in range(period // 2 + 1):
                product = complex(1.0)
                for size, up, count in factors:
                    product *= (1.0 - up + up * roots[k * size % period]) ** count
                    if abs(product) < _FAINT:
                        product = 0j
                        break
                products.append(product)
            self._known = (theta, period), roots, products
        return self._known[1], self._known[2]


def _log_mix(p: float, exponent: float) -> float:
    """ln(1 - p + p·e^exponent) for exponent ≥ 0, without overflow."""
    return exponent + math.log(p + (1.0 - p) * math.exp(-exponent))
