"""A copy must show its own marks before it is committed: what was read in it against its codeword."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fother.codes.observations import Observations
from fother.errors import CopyCheckError

_ENOUGH = 6.0  # decades of evidence for the copy's own codeword
_SHARE = 0.5  # of the evidence its carriers can give, when that is less


def found_evidence(
    probabilities: NDArray[np.float64], symbols: NDArray[np.uint8], seen: Observations
) -> float:
    """log10 likelihood ratio for the copy's own symbols (m,) against another copy's."""
    likelihood = seen.likelihood([0.0, 1.0])
    ones, chosen = probabilities[seen.position], symbols[seen.position]
    expected = (1 - ones) * likelihood[:, 0] + ones * likelihood[:, 1]
    return float(np.log10(likelihood[np.arange(len(seen)), chosen] / expected).sum())


def possible_evidence(
    probabilities: NDArray[np.float64], symbols: NDArray[np.uint8], columns: NDArray[np.int64]
) -> float:
    """The most that these columns could give, in decades."""
    p = probabilities[columns]
    return float(-np.log10(np.where(symbols[columns] == 1, p, 1 - p)).sum())


def enough(found: float, possible: float) -> bool:
    """Whether what was read speaks clearly enough for the copy."""
    return found >= min(_ENOUGH, _SHARE * possible)


def require_marks(copy: str, found: float, possible: float) -> None:
    """Raises CopyCheckError for a copy that does not show its own marks."""
    if not enough(found, possible):
        raise CopyCheckError(
            f"Copy {copy} does not show its own marks (evidence 10^{found:.1f} of 10^{possible:.1f}), so it "
            "was not issued."
        )
