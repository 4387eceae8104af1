"""Joint decoding of pairs: each copy of a short list is tested given each other one as an accomplice.

Given the observations and the codeword of copy k, the symbols of an innocent copy i are as random as ever, so
the score of i given k obeys the same tails. The list is the `K` best copies; without copy i itself it is a
subset of the K best *other* copies, which do not depend on i. Hence at most n·K true null hypotheses are
tested, and each may use 1/(n·K) of the budget. (Meerwald & Furon 2012, joint decoding of a pruned list.)
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .hypotheses import DEFAULT_FAMILY, Hypothesis
from .observations import Observations
from .product import DEPTH, product
from .stage import MARGIN, Stage

FAMILY: tuple[Hypothesis, ...] = tuple(
    h for h in DEFAULT_FAMILY if 1 < h.colluders <= 3 or (h.model == "interleave" and h.colluders == 5)
)


def list_length(carriers: int) -> int:
    """Length K of the short list: 1000, less for very many carriers to keep the time of a trace."""
    return int(min(1000, max(250, math.sqrt(2.5e10 / (2 * max(1, carriers) * len(FAMILY))))))


def passing_pairs(
    observations: Observations,
    probabilities: NDArray[np.float64],
    symbols: NDArray[np.uint8],
    log_threshold: float,
) -> list[tuple[int, int, float, Hypothesis, Stage]]:
    """Ordered pairs (i, k) of the list such that i given k is significant, with log p and what shows it.

    `symbols` (K, k) codewords of the list; `log_threshold` natural log of the largest p-value accepted.
    """
    screened = _screen(observations, probabilities, symbols) >= -log_threshold - MARGIN
    np.fill_diagonal(screened, False)
    found = []
    for k in np.flatnonzero(screened.any(axis=0)):
        stage = Stage.prepare(FAMILY, observations, probabilities, symbols[k : k + 1])
        for i in np.flatnonzero(screened[:, k]):
            log_p, hypothesis = stage.log_p(symbols[i], (log_threshold, log_threshold + MARGIN))
            if log_p <= log_threshold:
                found.append((int(i), int(k), log_p, hypothesis, stage))
    return found


def _screen(
    observations: Observations, probabilities: NDArray[np.float64], symbols: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """How significant row i is given column k, largest over the hypotheses, prior included: (K, K).

    The larger of the log e-value and z²/2 (which also sees pairs where the noise was misjudged). The score of
    i given k is bilinear in their symbols: Σ a + b·x_i + c·x_k + d·x_i·x_k; so are its null moments in x_k.
    """
    absent = np.zeros((1, len(probabilities)), dtype=np.uint8)
    given0 = Stage.prepare(FAMILY, observations, probabilities, absent)
    given1 = Stage.prepare(FAMILY, observations, probabilities, absent + 1)
    x, p = symbols.astype(np.float32), probabilities
    padded = np.zeros((len(x), -(-len(p) // DEPTH) * DEPTH), dtype=np.float32)
    padded[:, : len(p)] = x
    scaled, turned = np.zeros_like(padded), np.ascontiguousarray(padded.T)
    columns = np.zeros((len(turned), 4), dtype=np.float32)
    best = np.full((len(x), len(x)), -np.inf, dtype=np.float32)
    for prior, e0, e1 in zip(given0.prior, given0.evidence, given1.evidence, strict=True):
        b, c = e0.g1 - e0.g0, e1.g0 - e0.g0
        d = e1.g1 - e1.g0 - b
        scaled[:, : len(p)] = x * d.astype(np.float32)
        score = product(scaled, turned)
        spread = p * (1 - p)
        # products with x that are needed once for every row or column
        columns[: len(p)] = np.stack([b, c, c + d * p, spread * ((b + d) ** 2 - b * b)], axis=1)
        of_row, of_column, of_mean, of_variance = product(padded, columns).T
        score += of_row[:, None]
        score += of_column + np.float32(e0.g0.sum())
        mean = of_mean + np.float32((e0.g0 + b * p).sum())
        variance = of_variance + np.float32((spread * b * b).sum())
        z = (score - mean) / np.sqrt(np.maximum(variance, np.float32(1e-6)))
        np.maximum(score, np.float32(0.5) * z * np.maximum(z, np.float32(0)), out=score)
        np.maximum(best, score + np.float32(math.log(prior)), out=best)
    return best
