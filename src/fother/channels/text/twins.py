"""The same words in the plain and the HTML part of a mail are written alike: their places become one.

The two parts are aligned by words: stretches of five words that each part has once anchor the alignment, and
what lies between two anchors by its longest common subsequence (as in patience diff).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel

from fother.channels.text.carriers import Place
from fother.model.match import Span
from fother.model.prose import Prose

_PARTS = ("plain", "html")
_WORD = re.compile(r"\w+")
_ANCHOR = 5  # words
_SURE = 4  # words in a row; fewer may be alike by chance, and a wording fits its own sentence only
_FAR = 1 << 62
_MOST_CELLS = 25_000_000  # of one alignment between two anchors; larger stretches have little in common


def join(places: Sequence[Place], prose: Prose) -> list[Place]:
    """The places of a mail, those that both parts have made one with twins, in order.

    Words that stand in both parts are places only where both can be written, so that no copy says one thing
    in its plain part and another in its HTML. A space that is a line end in the other part has no twin.
    Places of other documents stay as they are.
    """
    ours, theirs = (_Words.of(prose, part) for part in _PARTS)
    if not ours.spans or not theirs.spans:
        return list(places)
    there = _alignment(ours.words, theirs.words)
    back = {b: a for a, b in there.items()}
    kept = _Kept(prose, places)
    for mine, other, mapping in ((ours, theirs, there), (theirs, ours, back)):
        for place in places:
            found = mine.around(place) if mine.hold(place) and kept.has(place) else None
            if found is None or not (run := _run(mapping, *found)):
                continue
            first, last = found
            here = (mine.spans[first][0], mine.spans[last][1])
            there_too = (other.spans[mapping[first]][0], other.spans[mapping[last]][1])
            kept.pair(place, here, there_too, sure=run >= _SURE)
    return sorted(kept.places.values(), key=lambda place: place.start)


@dataclass(frozen=True)
class _Words:
    """The words of one part with where they stand."""

    words: list[str]
    spans: list[Span]
    blocks: list[Span]

    @classmethod
    def of(cls, prose: Prose, part: str) -> _Words:
        blocks = [(b.start, b.end) for b in prose.blocks if b.part == part]
        found = [m for start, end in blocks for m in _WORD.finditer(prose.text, start, end)]
        return cls([m.group() for m in found], [m.span() for m in found], blocks)

    def hold(self, place: Place) -> bool:
        """Whether a place stands in this part."""
        return _inside(self.blocks, (place.start, place.end))

    def around(self, place: Place) -> tuple[int, int] | None:
        """First and last word that a place reaches into, or stands between; None at the ends of a part."""
        first = bisect_right(self.spans, (place.start, _FAR)) - 1
        last = bisect_left(self.spans, (place.end, 0))
        if last > 0 and place.start <= self.spans[last - 1][0]:
            last -= 1  # the last word that is all inside
        return (first, last) if 0 <= first <= last < len(self.spans) else None


def _run(mapping: dict[int, int], first: int, last: int) -> int:
    """How many words around these are one after the other in both parts; 0 when these themselves are not."""
    met = [mapping.get(number, -9) for number in range(first, last + 1)]
    if met[0] < 0 or met != list(range(met[0], met[0] + len(met))):
        return 0
    begin, end = first, last
    while first - begin < _SURE and mapping.get(begin - 1) == mapping[begin] - 1:
        begin -= 1
    while end - last < _SURE and mapping.get(end + 1) == mapping[end] + 1:
        end += 1
    return end - begin + 1


class _Kept:
    """The places that are left, by where they start, and which one each letter belongs to."""

    def __init__(self, prose: Prose, places: Sequence[Place]) -> None:
        self._prose = prose
        self.places = {place.start: place for place in places}
        self._owner = {at: place.start for place in places for at in range(place.start, place.end)}

    def has(self, place: Place) -> bool:
        """Whether it is as it was: neither joined nor dropped."""
        return self.places.get(place.start) is place and not place.twins

    def pair(self, place: Place, here: Span, there: Span, *, sure: bool) -> None:
        """Join a place with its like in the other part, where `there` has the words of `here`; or drop it.

        Unless it is `sure` that both are one passage, only a place that is found in both is joined.
        """
        text, shift = self._prose.text, there[0] - here[0]
        twin = (place.start + shift, place.end + shift)
        same = text[slice(*here)] == text[slice(*there)]
        owners = {self._owner[at] for at in range(*twin) if at in self._owner} if same else set()
        partner = self.places[twin[0]] if owners == {twin[0]} else None
        fits = partner is None or (
            partner.end == twin[1] and partner.forms == place.forms and not partner.twins
        )
        if not sure and (partner is None or not fits):
            return
        if same and _inside(self._prose.free, twin) and (not owners or (partner is not None and fits)):
            self._drop(place)
            if partner is not None:
                self._drop(partner)
            spans = sorted([(place.start, place.end), twin])
            lead = partner if partner is not None and partner.start < place.start else place
            self._add(replace(lead, start=spans[0][0], end=spans[0][1], twins=(spans[1],)))
        elif same or place.channel == "wording":
            self._drop(place)

    def _add(self, place: Place) -> None:
        self.places[place.start] = place
        for start, end in ((place.start, place.end), *place.twins):
            self._owner.update(dict.fromkeys(range(start, end), place.start))

    def _drop(self, place: Place) -> None:
        del self.places[place.start]
        for at in range(place.start, place.end):
            del self._owner[at]


def _inside(spans: Sequence[Span], span: Span) -> bool:
    """Whether one of the spans, which are in order, holds all of a span."""
    at = bisect_right(spans, (span[0], _FAR)) - 1
    return at >= 0 and span[1] <= spans[at][1]


def _alignment(ours: Sequence[str], theirs: Sequence[str]) -> dict[int, int]:
    """Number of their word for each of ours that has one, increasing."""
    met: dict[int, int] = {}
    a = b = 0
    for next_a, next_b in (*_anchors(ours, theirs), (len(ours), len(theirs))):
        if (next_a - a) * (next_b - b) <= _MOST_CELLS:
            for block in Indel.opcodes(ours[a:next_a], theirs[b:next_b]):
                if block.tag == "equal":
                    for k in range(block.src_end - block.src_start):
                        met[a + block.src_start + k] = b + block.dest_start + k
        a, b = next_a, next_b
    return met


def _anchors(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Starts of stretches that both have once, the longest run of them that increases in both."""
    once = [_once(ours), _once(theirs)]
    pairs = sorted((a, once[1][key]) for key, a in once[0].items() if key in once[1])
    tails: list[int] = []  # patience sorting: index in pairs of the last of each length
    ends: list[int] = []
    before: list[int] = []
    for number, (_, b) in enumerate(pairs):
        length = bisect_left(ends, b)
        before.append(tails[length - 1] if length else -1)
        ends[length : length + 1] = [b]
        tails[length : length + 1] = [number]
    chain = []
    at = tails[-1] if tails else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    yield from reversed(chain)


def _once(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    twice = set()
    for at in range(len(words) - _ANCHOR + 1):
        key = tuple(words[at : at + _ANCHOR])
        if key in found:
            twice.add(key)
        found[key] = at
    return {key: at for key, at in found.items() if key not in twice}
