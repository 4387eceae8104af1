"""Near-duplicate reports: one wire story in several outlets, cut, retitled or with a paragraph added.

Texts are compared by their runs of five words (w-shingling; A. Broder, On the resemblance and containment of
documents, 1997): containment, so that a cut story belongs to the whole one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_RUN = 5
_WORD = re.compile(r"\w+")
#: Share of the shorter text's runs that the other one has. Two reports of one event share names and
#: quotations, which are far below this; a wire story printed with changes is above.
ALIKE = 0.5
_FEWEST = 20  # runs; shorter texts must be the same


Runs = frozenset[tuple[str, ...]]


def runs(text: str) -> Runs:
    """The runs of five words of a text, case and punctuation aside."""
    words = _WORD.findall(text.casefold())
    return frozenset(tuple(words[i : i + _RUN]) for i in range(max(1, len(words) - _RUN + 1)))


def likeness(one: Runs, other: Runs) -> float:
    """Share of the shorter text that the longer one has, 0…1."""
    shorter = min(len(one), len(other))
    if not shorter:
        return 0.0
    if shorter < _FEWEST:
        return float(one == other)
    return len(one & other) / shorter


def most_alike(text: str, others: Mapping[str, str]) -> tuple[str, float] | None:
    """The text (by its key) that is most like one, with the likeness; None when none is alike."""
    own = runs(text)
    rated = [(likeness(own, runs(other)), key) for key, other in others.items()]
    best = max(rated, default=(0.0, ""))
    return (best[1], best[0]) if best[0] >= ALIKE else None
