"""What the recogniser reads on the document's own page: text that it reads there as well was not altered.

The text of a PDF is not always what its page shows: fonts without a true encoding say "ο.λ" where everybody
sees "5.1". Against such text a faithful picture looks altered. So before a difference counts, the registered
page is read by the same recogniser, and the difference falls when it reads the same at the same place. Where
it reads neither the document's text nor quite the leak's, as in a logo, words may differ by a slip; figures
may not.

It is a third witness the other way round too: where the pixels differ, the page reads as the document has it
and the leak reads as another word, that word was put there, and the change counts whatever it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from fother.flow.original import Original
from fother.flow.seeing import SeenPage, overlap, region_boxes
from fother.identify.compare.tokens import flat
from fother.identify.genuine import SURE
from fother.intake.recognise import Recognised, recognise
from fother.model.capture import Sighting
from fother.model.match import Change, ChangeKind
from fother.vision.reference import DPI

_SAME_PLACE = 0.5  # share of the smaller box
_SLIP = 0.6  # likeness of two readings of one word
_SURE_WORDING = 0.9  # confidence
_OTHER = 0.5  # likeness below which two readings are of different words
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

    Nothing is read when no change could make the leak an altered one.
    """
    words = sighting.words
    put_there = [_differs(sighting, seen, c) for c in changes]
    doubtful = [c for c, put in zip(changes, put_there, strict=True) if _grave(c) or put]
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

    def same(change: Change, said: list[str], read_there: list[str]) -> bool:
        if not any(said):
            return False
        if said == read_there:
            return True
        one, other = "".join(said), "".join(read_there)
        slip = change.kind not in _EXACT and other != flat(change.document_text)
        return slip and Indel.normalized_similarity(one, other) >= _SLIP

    def other_word(change: Change, read_there: list[str]) -> bool:
        own = flat(change.document_text)
        alike = Indel.normalized_similarity(flat(change.leak_text), own)
        return bool(own) and own in "".join(read_there) and alike < _OTHER

    stand = []
    for change, put in zip(changes, put_there, strict=True):
        inside = np.flatnonzero(_inside(sighting, change)).tolist()
        said = [flat(sighting.text[words.start[word] : words.end[word]]) for word in inside]
        read_there = [read_at(word) for word in inside]
        if not same(change, said, read_there):
            stand.append(replace(change, grave=True) if put and other_word(change, read_there) else change)
    return stand


def _differs(sighting: Sighting, seen: Sequence[SeenPage], change: Change) -> bool:
    """Whether the pixels differ from the page's where a sure change of plain wording stands."""
    if change.grave or change.kind != "wording" or change.confidence < _SURE_WORDING:
        return False
    words = sighting.words
    for word in np.flatnonzero(_inside(sighting, change)):
        for page in (p for p in seen if p.sheet == words.sheet[word]):
            boxes = region_boxes([r for r in page.regions if r.kind == "changed"])
            if (overlap(boxes, words.box[word]) > _SAME_PLACE).any():
                return True
    return False


def _grave(change: Change) -> bool:
    return change.grave and change.confidence >= SURE and bool(change.leak_text)


def _inside(sighting: Sighting, change: Change) -> NDArray[np.bool_]:
    """(words,) which words of the leak a change is made of."""
    start, end = change.leak or (0, 0)
    inside: NDArray[np.bool_] = (sighting.words.start < end) & (sighting.words.end > start)
    return inside
