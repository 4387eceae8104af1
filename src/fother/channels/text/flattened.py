"""Kinds of forms that a program or a rewriter made all alike, told from the leak alone.

A text saved as plain text shows the plain form of every look-alike; a house style may put the same comma
everywhere. Such readings look certain and say nothing. Along the readings of one kind, in the order of the
leak, a hidden state is either live (both sides ½, as symbols are drawn) or flattened to one side; how
probable the second is, is worked out at every reading by the forward-backward algorithm (Rabiner, "A tutorial
on hidden Markov models", Proc. IEEE 77, 1989). So one reading of the other side is enough to believe all
around it, a few alike are believed in part, many alike not at all, and a leak may be pasted here and retyped
there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: probability beforehand that a kind is flattened to its plain side, and to the other
BEFORE = {"characters": (0.3, 0.02), "wording": (0.005, 0.005)}
#: probability that a reading of a flattened kind shows the other side all the same
_EXCEPTION = {"characters": 1e-4, "wording": 0.03}
_SWITCH = 0.002  # probability that the state changes from one reading to the next


def probability(plain: NDArray[np.bool_], channel: str) -> Floats:
    """(n,) probability that each reading of one kind was flattened.

    `plain` (n,) says which readings show the plain side, in the order of the leak.
    """
    first, second = BEFORE[channel]
    start = np.array([1 - first - second, first, second])
    change = (1 - _SWITCH) * np.eye(3) + _SWITCH * start
    exception = _EXCEPTION[channel]
    shows_plain = np.array([0.5, 1 - exception, exception])
    emitted = np.where(plain[:, None], shows_plain, 1 - shows_plain)
    forward = np.empty((len(plain), 3))
    backward = np.ones((len(plain), 3))
    state = start
    for k in range(len(plain)):
        state = emitted[k] * (state @ change if k else start)
        state = state / state.sum()
        forward[k] = state
    for k in range(len(plain) - 2, -1, -1):
        state = change @ (emitted[k + 1] * backward[k + 1])
        backward[k] = state / state.sum()
    both = forward * backward
    return np.asarray(1.0 - both[:, 0] / both.sum(axis=1))


def tempered(log_ratio: Floats, flattened: Floats) -> Floats:
    """Log-likelihood ratios of readings (n,) that say nothing with probability `flattened` (n,).

    A flattened reading is as probable under either symbol, and likelier than a live one by as much as the
    state says already: P(reading | symbol) = (1 - w)·P_live + w/2, the two live likelihoods adding up to 1.
    """
    one = 1.0 / (1.0 + np.exp(-log_ratio))
    mixed = (1 - flattened) * one + flattened / 2
    return np.asarray(np.log(mixed) - np.log1p(-mixed))
