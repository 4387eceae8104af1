"""The unmarked original as a leak is compared with it: its letters, and where among them its places stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fother.channels.text.carriers import Place, TextCarriers
from fother.channels.text.letters import Flat, flat, flatten
from fother.channels.text.seeds import Ints

HIDDEN = 0x10FFFF  #: stands for a hidden letter; no character


@dataclass(frozen=True)
class Occurrence:
    """A place where it stands in the plain text; a place with twins occurs several times.

    `before` and `after` are the letters of the original next to it.
    """

    place: int
    start: int
    end: int
    before: int  #: may be -1
    after: int  #: may be the number of letters
    firm_before: bool = True  #: whether that letter is the same in whichever form a wording next to it has
    firm_after: bool = True


@dataclass(frozen=True)
class Reference:
    """Plain text of carriers, its flat view, and its places in order.

    `hidden` (n_letters,) are letters that other forms of a wording do not have. Where a leak comes from is
    found without them, so that no form is found more easily than another.
    """

    carriers: TextCarriers
    plain: str
    flat: Flat
    occurrences: tuple[Occurrence, ...]
    hidden: NDArray[np.bool_]
    gaps: Ints  #: letters before which other forms of a wording have more, in order
    #: (n_letters,) the same letter where the text is written first, as far as its twins tell
    first_written: Ints

    @property
    def places(self) -> tuple[Place, ...]:
        return self.carriers.places

    @classmethod
    def of(cls, carriers: TextCarriers) -> Reference:
        """Reads the carriers of one document."""
        plain, spans = _plain(carriers)
        flattened = flatten(plain)
        source = flattened.letter_source
        hidden = np.zeros(len(source), np.bool_)
        starts, ends = np.array([s[1] for s in spans], np.int64), np.array([s[2] for s in spans], np.int64)
        before = (np.searchsorted(source, starts) - 1).tolist()
        after = np.searchsorted(source, ends).tolist()
        occurrences, gaps = [], []
        for (number, start, end), u, v in zip(spans, before, after, strict=True):
            place = carriers.places[number]
            if place.channel == "wording":
                common_before, common_after = _shared(place.forms)
                hidden[u + 1 + common_before : v - common_after] = True
                if u + 1 + common_before == v - common_after and len({*map(letters_of, place.forms)}) > 1:
                    gaps.append(v - common_after)
            occurrences.append(Occurrence(number, start, end, u, v))
        firm = _firm(occurrences, carriers.places)
        first_written = _first_written(firm, len(source))
        return cls(carriers, plain, flattened, firm, hidden, np.array(gaps, np.int64), first_written)

    def between(self, first: int, last: int) -> tuple[Occurrence, ...]:
        """Occurrences that stand between letters first … last - 1."""
        low = int(np.searchsorted(self._before, first, "left"))
        return tuple(o for o in self.occurrences[low : int(np.searchsorted(self._before, last))])

    @cached_property
    def _before(self) -> Ints:
        return np.maximum.accumulate(np.array([o.before for o in self.occurrences], np.int64))

    @cached_property
    def shown(self) -> NDArray[np.uint32]:
        """(n_letters,) the letters, with what no letter equals for those that are hidden."""
        return np.where(self.hidden, np.uint32(HIDDEN), self.letters)

    @property
    def letters(self) -> NDArray[np.uint32]:
        return self.flat.letters

    @property
    def letter_source(self) -> Ints:
        return self.flat.letter_source


def _plain(carriers: TextCarriers) -> tuple[str, list[tuple[int, int, int]]]:
    """What the unmarked original says, and (place, start, end) of every place and twin in it, in order."""
    stretches = sorted(
        (start, end, number)
        for number, place in enumerate(carriers.places)
        for start, end in ((place.start, place.end), *place.twins)
    )
    pieces: list[str] = []
    spans = []
    at = length = 0
    for start, end, number in stretches:
        between, form = carriers.text[at:start], carriers.places[number].forms[0]
        pieces += [between, form]
        length += len(between) + len(form)
        spans.append((number, length - len(form), length))
        at = end
    return "".join([*pieces, carriers.text[at:]]), spans


def letters_of(form: str) -> str:
    """The letters and digits of a form."""
    return "".join(c for c in flat(form) if c.isalnum())


def _firm(occurrences: list[Occurrence], places: tuple[Place, ...]) -> tuple[Occurrence, ...]:
    """The occurrences, with what is known of the letters next to them."""
    found = occurrences[:]
    for k, (left, right) in enumerate(pairwise(occurrences)):
        if left.after != right.after and left.before != right.before:
            continue  # letters stand between them
        if places[left.place].channel == "wording":
            found[k + 1] = replace(found[k + 1], firm_before=False)
        if places[right.place].channel == "wording":
            found[k] = replace(found[k], firm_after=False)
    return tuple(found)


def _first_written(occurrences: tuple[Occurrence, ...], letters: int) -> Ints:
    """Every letter moved back as far as the nearest place is from where that place occurs first."""
    first: dict[int, int] = {}
    moved = [o.before - first.setdefault(o.place, o.before) for o in occurrences]
    if not any(moved):
        return np.arange(letters)
    at = np.array([o.before for o in occurrences], np.int64)
    nearest = np.searchsorted((at[1:] + at[:-1]) / 2, np.arange(letters))
    return np.arange(letters) - np.array(moved, np.int64)[nearest]


def _shared(forms: tuple[str, ...]) -> tuple[int, int]:
    """How many letters all forms begin with and, of the rest, how many all end with."""
    words = [letters_of(form) for form in forms]
    shortest = min(map(len, words))
    before = 0
    while before < shortest and len({word[before] for word in words}) == 1:
        before += 1
    after = 0
    while after < shortest - before and len({word[-1 - after] for word in words}) == 1:
        after += 1
    return before, after
