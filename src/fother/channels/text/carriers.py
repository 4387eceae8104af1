"""Carriers of the text channels: places of a text that can be written in 2 to 32 ways of equal meaning.

A place with 2^k forms carries k symbols: form number Σ symbol_j·2^j. Form 0 is what the unmarked original
says. All places of a document, whichever channel found them, are columns of one code, in the order of the
text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fother.model.match import Span
from fother.model.prose import Rewrite, rewritten

Channel = Literal["characters", "wording"]
_VERSION = 1
#: Strength factor from which a place of the characters channel uses so many of its symbols.
_SYMBOLS = ((1.25, 5), (0.8, 4), (0.0, 2))


@dataclass(frozen=True)
class Place:
    """A stretch of the text that can be written as any of `forms`.

    `twins` are further stretches with the same words, written alike (the same sentence in another part of a
    mail). `block` numbers the paragraph. Symbols of later places in `forms` show more: see `symbols_used`.
    """

    start: int
    end: int
    forms: tuple[str, ...]  #: 2, 4, 8, 16 or 32, all different; forms[0] is what the original says
    channel: Channel
    family: str  #: what kind of choice, for people and reports: "space", "contraction", "own alternative"
    block: int
    twins: tuple[Span, ...] = ()

    @property
    def symbols(self) -> int:
        """How many code symbols it can carry: 1 to 5."""
        return len(self.forms).bit_length() - 1

    def symbols_used(self, strength: float) -> int:
        """How many of them copies of this strength use; a wording has but one."""
        limit = next(count for least, count in _SYMBOLS if strength >= least)
        return min(self.symbols, limit)


@dataclass(frozen=True)
class TextCarriers:
    """The places (n) of a document, disjoint and in order, and their m = Σ `Place.symbols` columns.

    `text` is `Prose.text` of the original as registered; where its author wrote alternatives, what the
    unmarked original says is `plain`. Raises ValueError for places that overlap or do not fit the text.
    """

    text: str
    places: tuple[Place, ...]

    def __post_init__(self) -> None:
        at = 0
        for place in self.places:
            if place.start < at or place.end > len(self.text) or place.end < place.start:
                raise ValueError("places of a text overlap or lie outside of it")
            if place.symbols not in (1, 2, 3, 4, 5) or len(set(place.forms)) != 1 << place.symbols:
                raise ValueError("a place has 2, 4, 8, 16 or 32 different forms")
            at = place.end

    @property
    def count(self) -> int:
        """m, how many columns of the code the places take."""
        return int(self.first_column[-1])

    @cached_property
    def first_column(self) -> NDArray[np.int64]:
        """(n + 1,) first column of each place, and m."""
        return np.concatenate([[0], np.cumsum([p.symbols for p in self.places])]).astype(np.int64)

    @property
    def even(self) -> NDArray[np.bool_]:
        """(m,) columns whose symbols are equally probable whatever the resistance: all of them.

        A place of a text is read without noise or not at all, and an excerpt holds few, so each must tell as
        much as it can. For coalitions that mix sentences even symbols are no worse, whatever their number
        (measured in `bench/paste.py`); those who compare copies can strip every place that differs.
        """
        return np.ones(self.count, np.bool_)

    @cached_property
    def unmarked(self) -> list[Rewrite]:
        """What must be rewritten in the file as registered so that it says what the unmarked original says:
        nothing, unless its author wrote alternatives."""
        return self.rewrites(np.zeros(self.count, np.uint8))

    @cached_property
    def plain(self) -> str:
        """What the unmarked original says."""
        return rewritten(self.text, self.unmarked)

    def forms(self, symbols: NDArray[np.uint8], strength: float = 1.0) -> list[int]:
        """Number of the form that each place takes in a copy with these symbols (m,)."""
        return [
            sum(int(symbols[first + j]) << j for j in range(place.symbols_used(strength)))
            for place, first in zip(self.places, self.first_column.tolist(), strict=False)
        ]

    def columns_used(self, places: Iterable[int], strength: float = 1.0) -> NDArray[np.int64]:
        """Columns of these places (by number) that copies of this strength use."""
        used = [self.first_column[k] + np.arange(self.places[k].symbols_used(strength)) for k in places]
        return np.concatenate([np.zeros(0, np.int64), *used])

    def rewrites(self, symbols: NDArray[np.uint8], strength: float = 1.0) -> list[Rewrite]:
        """What a writer must rewrite in the original to make the copy with these symbols, in order."""
        changes = []
        for place, form in zip(self.places, self.forms(symbols, strength), strict=True):
            for start, end in ((place.start, place.end), *place.twins):
                if self.text[start:end] != place.forms[form]:
                    changes.append(Rewrite(start, end, place.forms[form]))
        return sorted(changes, key=lambda change: change.start)

    def rendered(self, symbols: NDArray[np.uint8], strength: float = 1.0) -> str:
        """The text of the copy with these symbols."""
        return rewritten(self.text, self.rewrites(symbols, strength))

    def to_bytes(self) -> bytes:
        """Frozen form for the registry: the same bytes for the same carriers."""
        alphabets = list(dict.fromkeys(place.forms for place in self.places))  # thousands of places share one
        number = {forms: k for k, forms in enumerate(alphabets)}
        places = [
            [p.start, p.end, number[p.forms], p.channel, p.family, p.block, p.twins] for p in self.places
        ]
        value = {"version": _VERSION, "text": self.text, "forms": alphabets, "places": places}
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> TextCarriers:
        """Inverse of `to_bytes`; raises ValueError for another version."""
        value = json.loads(data)
        if value["version"] != _VERSION:
            raise ValueError(f"text carriers of version {value['version']} are not known here")
        return cls(value["text"], tuple(_place(row, value["forms"]) for row in value["places"]))


def _place(row: Sequence[Any], alphabets: Sequence[Sequence[str]]) -> Place:
    start, end, forms, channel, family, block, twins = row
    return Place(start, end, tuple(alphabets[forms]), channel, family, block, tuple((a, b) for a, b in twins))
