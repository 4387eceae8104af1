"""The forms that a leak shows, as one text: the original with what was clearly read in the leak."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fother.channels.text.carriers import TextCarriers
from fother.channels.text.observe import TextReading

#: Strength at which a copy uses every symbol of a place, so that every form can be said.
EVERY_FORM = 2.0
_CLEAR = math.log(10)  # the form must be so much likelier than any other


def shown_symbols(carriers: TextCarriers, readings: Iterable[TextReading]) -> NDArray[np.uint8]:
    """(m,) symbols of the forms that readings of one leak show, to be used at strength `EVERY_FORM`.

    Places that were not read, or not clearly, are as in the original. A function of the leak and of the
    original alone.
    """
    likelihoods: dict[int, NDArray[np.float64]] = {}
    for site in (site for reading in readings for site in reading.sites):
        likelihoods[site.place] = likelihoods.get(site.place, 0.0) + np.array(site.likelihoods)
    symbols = np.zeros(carriers.count, np.uint8)
    for place, seen in likelihoods.items():
        best = int(np.argmax(seen))
        if seen[best] - np.delete(seen, best).max() > _CLEAR:
            first, last = carriers.first_column[place : place + 2].tolist()
            symbols[first:last] = best >> np.arange(last - first) & 1
    return symbols
