"""Forecast for marks in the text: how many recipients an excerpt tells apart, pasted or retyped."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fother.channels.text.carriers import TextCarriers
from fother.codes.observations import NOISE_FREE
from fother.codes.power import expected_evidence, recipients_told_apart

EXTENTS = (50, 100, 300)  #: words; and the whole text
#: Wordings that a retyped or recognised excerpt shows wrongly: the cautious side of `bench/retype.py`.
_MISREAD = 0.05
ROUTES = ("copied and pasted", "retyped, or read in a picture")
_SAMPLES = 9  # excerpts, evenly spread; the forecast is their median
_CAP = 9.0


def forecast_text(
    text: TextCarriers, probabilities: NDArray[np.float64], strength: float, alphas: tuple[float, ...]
) -> dict[str, Any]:
    """JSON values: words, places by family, and for each route and number of words the columns read and
    per α the number of recipients told apart with 95 % probability, as a decimal logarithm.

    `probabilities` (m,) are the code's for the columns of `text`.
    """
    words = [match.span() for match in re.finditer(r"\S+", text.text)]
    families = Counter(place.family for place in text.places)
    rows = []
    for route in ROUTES:
        for extent in [*(e for e in EXTENTS if e < len(words)), len(words)]:
            found = [
                _evidence(text, columns, probabilities, route, strength)
                for columns in _excerpts(text, words, extent)
            ]
            rows.append(
                {
                    "route": route,
                    "words": extent,
                    "symbols": float(np.median([count for count, _, _ in found])) if found else 0.0,
                    "recipients_log10": {
                        f"{alpha:g}": float(
                            np.clip(
                                np.median([recipients_told_apart(m, s, alpha) for _, m, s in found])
                                if found
                                else -_CAP,
                                -_CAP,
                                _CAP,
                            )
                        )
                        for alpha in alphas
                    },
                }
            )
    return {"words": len(words), "places": dict(sorted(families.items())), "table": rows}


def _excerpts(text: TextCarriers, words: list[tuple[int, int]], extent: int) -> list[range]:
    """Numbers of the places inside excerpts of so many words, evenly spread over the text."""
    if not words:
        return []
    starts = np.array([place.start for place in text.places])
    last = max(0, len(words) - extent)
    found = []
    for first in np.unique(np.linspace(0, last, _SAMPLES).astype(int)).tolist():
        begin, end = words[first][0], words[min(first + extent, len(words)) - 1][1]
        inside = np.searchsorted(starts, [begin, end])
        found.append(range(int(inside[0]), int(inside[1])))
    return found


def _evidence(
    text: TextCarriers, places: range, probabilities: NDArray[np.float64], route: str, strength: float
) -> tuple[int, float, float]:
    """Columns read, and mean and standard deviation of the evidence in decades."""
    read = [k for k in places if route == ROUTES[0] or text.places[k].channel == "wording"]
    columns = text.columns_used(read, strength)
    separation = NOISE_FREE if route == ROUTES[0] else math.sqrt(2 * math.log((1 - _MISREAD) / _MISREAD))
    mean, deviation = expected_evidence(np.full(len(columns), separation), probabilities[columns])
    return len(columns), mean, deviation
