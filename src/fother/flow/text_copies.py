"""Copies of a document whose text is marked: which places are rewritten, and the marks read back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fother.channels.text.carriers import TextCarriers
from fother.channels.text.observe import observe
from fother.codes.observations import Observations
from fother.errors import CopyCheckError
from fother.flow.readback import enough, found_evidence, possible_evidence, require_marks
from fother.model.prose import Rewrite, moved, rewritten

#: Places that are read back in each copy; which ones changes from copy to copy, so that all get their turn.
_PLACES_READ = 40
_AROUND = 200  # code points on both sides of them


class TextCopies:
    """Says what the copies of one edition rewrite.

    `probabilities` and the `symbols` of its methods are those of the carriers' own columns (m,).
    """

    def __init__(self, carriers: TextCarriers, strength: float, probabilities: NDArray[np.float64]) -> None:
        self._carriers = carriers
        self._strength = strength
        self._probabilities = probabilities

    def rewrites(self, symbols: NDArray[np.uint8]) -> list[Rewrite]:
        """What the copy with these symbols rewrites in the original."""
        return self._carriers.rewrites(symbols, self._strength)

    def read_back(self, copy: str, index: int, symbols: NDArray[np.uint8], text: str) -> float:
        """log10 likelihood ratio for the copy's own symbols against another copy's, read from its text.

        `text` is what the finished file says. A part of it is read as if it had leaked; all of it must be
        what was to be written. Raises CopyCheckError when it is not, or when the marks cannot be read.
        """
        rewrites = self.rewrites(symbols)
        if text != rewritten(self._carriers.text, rewrites):
            raise CopyCheckError(f"Copy {copy} does not say what it was to say, so it was not issued.")
        places = self._carriers.places
        rounds = max(1, -(-len(places) // _PLACES_READ))
        first = (index % rounds) * _PLACES_READ
        chosen = range(first, min(first + _PLACES_READ, len(places)))
        found, possible = self._read(self._excerpt(text, rewrites, chosen), symbols, chosen)
        if not enough(found, possible):
            # An excerpt of text that stands in the document several times says little; all of it says more.
            found, possible = self._read(text, symbols, range(len(places)))
        require_marks(copy, found, possible)
        return found

    def _read(self, text: str, symbols: NDArray[np.uint8], places: range) -> tuple[float, float]:
        """Evidence found in a text, and the most that these places could give, both in decades."""
        reading = observe(self._carriers, text, strength=self._strength)
        seen = Observations.empty() if reading is None else reading.observations
        columns = self._carriers.columns_used(places, self._strength)
        return (
            found_evidence(self._probabilities, symbols, seen),
            possible_evidence(self._probabilities, symbols, columns),
        )

    def _excerpt(self, text: str, rewrites: Sequence[Rewrite], chosen: range) -> str:
        """The part of a copy's text that holds these places."""
        places = self._carriers.places
        start, end = (moved(at, rewrites) for at in (places[chosen[0]].start, places[chosen[-1]].end))
        return text[max(0, start - _AROUND) : end + _AROUND]
