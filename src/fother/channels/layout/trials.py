"""Trial displacements for the closed loop at registration: the same for every document, tied to no copy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers

OVERSHOOT = 1.5  #: trials are marked this much more strongly than the strongest copy
_RANDOM = 8


def trials(carriers: LayoutCarriers) -> Iterator[NDArray[np.float64]]:
    """Displacements (n,) in points: the extremes of every line, then random symbols.

    Extremes: widening gaps first and narrowing ones after (the largest shift of words that a line allows),
    the reverse, and alternating gaps (the largest change from one gap to the next).
    """
    count = len(carriers.left)
    segment = carriers.carrier_segment
    starts = np.flatnonzero(np.r_[True, np.diff(segment) != 0]) if count else np.zeros(0, np.int64)
    lengths = np.diff(np.r_[starts, count])
    within = np.arange(count) - np.repeat(starts, lengths)
    half = (2 * within < np.repeat(lengths, lengths)).astype(np.uint8)
    alternating = (within % 2).astype(np.uint8)
    generator = np.random.default_rng(20240229)
    patterns = [half, 1 - half, alternating, 1 - alternating]
    patterns += [generator.integers(0, 2, count, dtype=np.uint8) for _ in range(_RANDOM)]
    for symbols in patterns:
        yield carriers.displacement(symbols, OVERSHOOT)
