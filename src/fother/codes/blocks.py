"""Evidence against copies of which only some lines or pages were used (cut-and-paste coalitions).

Within a block (a line, a page) everything comes from one copy; which blocks came from copy i is unknown.
With S_ib the one-copy score of block b, Π_b (1 - ρ + ρ·exp(S_ib)) has expectation 1 for an innocent copy,
for every share ρ, because blocks are disjoint; so has its average over several ρ. Markov's inequality turns
it into a p-value: P(E ≥ 1/p) ≤ p.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .hypotheses import Evidence

SHARES = (0.5, 0.3, 0.15)
_ROUNDING = 1e-2  # float32 sums of up to 1e6 scores within ±7 stay this close (natural log)


def log_e_values(
    symbols: NDArray[np.uint8], evidence: Evidence, block: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Natural-log e-values of n copies: (n,).

    `symbols` (n, k) of 0 and 1, `evidence` of the one-copy hypothesis, `block` (k,) block ids in any order.
    """
    if symbols.shape[1] == 0:
        return np.zeros(len(symbols))
    order = np.argsort(block, kind="stable")
    starts = np.flatnonzero(np.diff(block[order], prepend=block[order[0]] - 1))
    gain = (evidence.g1 - evidence.g0)[order].astype(np.float32)
    base = np.add.reduceat(evidence.g0[order], starts)
    out = np.empty(len(symbols))
    rows = max(1, 2**18 // symbols.shape[1])
    for first in range(0, len(symbols), rows):
        piece = symbols[first : first + rows, order]
        scores = np.add.reduceat(piece * gain, starts, axis=1) + base
        products = [np.logaddexp(np.log1p(-r), np.log(r) + scores).sum(axis=1) for r in SHARES]
        out[first : first + rows] = np.logaddexp.reduce(products, axis=0) - np.log(len(SHARES))
    return out - _ROUNDING
