"""What the recogniser reads on the document's own page: text that it reads there as well was not altered.

The text of a PDF is not always what its page shows: fonts without a true encoding say "ο.λ" where everybody
sees "5.1". Against such text a faithful picture looks altered. So before a difference counts, the registered
page is read by the same recogniser, and the difference falls when it reads the same at the same place. Where
it reads neither the document's text nor quite the leak's, as in a logo, words may differ by a slip; figures
may not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from fother.flow.original import Original
from fother.flow.seeing import SeenPage, overlap
from fother.identify.compare.tokens import flat
from fother.identify.genuine import SURE
from fother.intake.recognise import Recognised, recognise
from fother.model.capture import Sighting
from fother.model.match import Change, ChangeKind
from fother.vision.reference import DPI

_SAME_PLACE = 0.5  # share of the smaller box
_SLIP = 0.6  # likeness of two readings of one word
_EXACT: tuple[ChangeKind, ...] = ("number", "date", "negation", "marking")

Reader = Callable[[Sequence[NDArray[np.uint8]]], Sequence[Recognised]]


def standing(
    original: Original,
    sighting: Sighting,
    seen: Sequence[SeenPage],
    changes: Sequence[Change],
    read: Reader = recognise,
) -> list[Change]:
    """The changes that stand: all but those whose text of the leak is read on the original's page as well.

    Nothing is read when no change would make the leak an altered one.
    """
    words, doubtful = sighting.words, [c for c in changes if _grave(c)]
    concerned = {int(s) for c in doubtful for s in words.sheet[_inside(sighting, c)]}
    pages = [page for page in seen if page.sheet in concerned]
    if not pages:
        return list(changes)
    readings = read([original.picture(page.page, DPI) for page in pages])
    places = [page.on_sheet(reading.words.box) for page, reading in zip(pages, readings, strict=True)]

    def read_at(word: int) -> str:
        """What is read on the original where a word of the leak stands."""
        for page, reading, boxes in zip(pages, readings, places, strict=True):
            if page.sheet == words.sheet[word]:
                there = np.flatnonzero(overlap(boxes, words.box[word]) > _SAME_PLACE)
                if len(there):
                    own = reading.words
                    return flat("".join(reading.text[own.start[k] : own.end[k]] for k in there))
        return ""

    def same(change: Change) -> bool:
        inside = np.flatnonzero(_inside(sighting, change)).tolist()
        said = [flat(sighting.text[words.start[word] : words.end[word]]) for word in inside]
        read_there = [read_at(word) for word in inside]
        if not any(said):
            return False
        if said == read_there:
            return True
        one, other = "".join(said), "".join(read_there)
        slip = change.kind not in _EXACT and other != flat(change.document_text)
        return slip and Indel.normalized_similarity(one, other) >= _SLIP

    return [change for change in changes if not same(change)]


def _grave(change: Change) -> bool:
    return change.grave and change.confidence >= SURE and bool(change.leak_text)


def _inside(sighting: Sighting, change: Change) -> NDArray[np.bool_]:
    """(words,) which words of the leak a change is made of."""
    start, end = change.leak or (0, 0)
    inside: NDArray[np.bool_] = (sighting.words.start < end) & (sighting.words.end > start)
    return inside
