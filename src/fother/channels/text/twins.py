"""The same words in several parts of a mail are written alike: their places become one.

Each two parts (body, HTML, attachments) that share words are aligned by words: stretches of five words that
each part has once anchor the alignment, and what lies between two anchors by its longest common subsequence
(as in patience diff).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from rapidfuzz.distance import Indel

from fother.channels.text.carriers import Place
from fother.model.match import Span
from fother.model.prose import Prose

_BODIES = {"plain", "html"}
_WORD = re.compile(r"\w+")
_ANCHOR = 5  # words
_SURE = 4  # words in a row; fewer may be alike by chance, and a wording fits its own sentence only
_FAR = 1 << 62
_MOST_CELLS = 25_000_000  # of one alignment between two anchors; larger stretches have little in common


def join(places: Sequence[Place], prose: Prose) -> list[Place]:
    """The places of a mail, those that several parts have made one with twins, in order.

    Words that stand in several parts are places only where all of them can be written, so that no copy says
    one thing in its plain part and another in its HTML. A space that is a line end in another part has no
    twin there. Places of other documents stay as they are, and so do those that have twins already.
    """
    words = _Words.of(prose)
    if len(words.parts) < 2:
        return list(places)
    passages = _Passages(prose, words, places)
    kept = [place for place in places if place.twins]
    taken = bytearray(len(prose.text))
    for place in kept:
        _take(taken, sorted([(place.start, place.end), *place.twins]))
    done: set[Span] = set()
    # Where two would change the same words, only one can stay: wordings go before spaces.
    for place in sorted(places, key=lambda p: (p.channel != "wording", -p.start)):
        if place.twins or (place.start, place.end) in done:
            continue
        spans, writable = passages.alike(place)
        like = [p for span in spans if (p := passages.place_at(span, place)) is not None]
        done.update((p.start, p.end) for p in like)
        if writable and _take(taken, spans):
            kept.append(replace(like[0], start=spans[0][0], end=spans[0][1], twins=tuple(spans[1:])))
    return sorted(kept, key=lambda place: place.start)


def _take(taken: bytearray, spans: Sequence[Span]) -> bool:
    """Whether all of the spans, which are in order, were free and disjoint; then they are taken."""
    if any(any(taken[slice(*span)]) for span in spans) or any(a[1] > b[0] for a, b in pairwise(spans)):
        return False
    for start, end in spans:
        taken[start:end] = b"\1" * (end - start)
    return True


@dataclass(frozen=True)
class _Words:
    """The words of all parts in order, where they stand, and the numbers of those of each part."""

    words: list[str]
    spans: list[Span]
    parts: dict[str, list[int]]

    @classmethod
    def of(cls, prose: Prose) -> _Words:
        spans: list[Span] = []
        parts: dict[str, list[int]] = defaultdict(list)
        for block in prose.blocks:
            found = [m.span() for m in _WORD.finditer(prose.text, block.start, block.end)]
            if found:
                parts[block.part] += range(len(spans), len(spans) + len(found))
                spans += found
        return cls([prose.text[slice(*span)] for span in spans], spans, dict(parts))

    def around(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last word that a stretch reaches into, or stands between; None at the ends of a part."""
        first = bisect_right(self.spans, (start, _FAR)) - 1
        last = bisect_left(self.spans, (end, 0))
        if last > 0 and start <= self.spans[last - 1][0]:
            last -= 1  # the last word that is all inside
        return (first, last) if 0 <= first <= last < len(self.spans) else None

    def links(self) -> dict[int, list[int]]:
        """The numbers of the same word in other parts, for each word that has any."""
        linked: dict[int, list[int]] = defaultdict(list)
        stretches = {part: self._stretches(numbers) for part, numbers in self.parts.items()}
        for mine, other in combinations(self.parts, 2):
            if {mine, other} != _BODIES and stretches[mine].isdisjoint(stretches[other]):
                continue
            ours, theirs = self.parts[mine], self.parts[other]
            there = _alignment([self.words[n] for n in ours], [self.words[n] for n in theirs])
            for a, b in there.items():
                linked[ours[a]].append(theirs[b])
                linked[theirs[b]].append(ours[a])
        return dict(linked)

    def _stretches(self, numbers: Sequence[int]) -> set[tuple[str, ...]]:
        words = [self.words[n] for n in numbers]
        return {tuple(words[at : at + _SURE]) for at in range(max(1, len(words) - _SURE + 1))}


class _Passages:
    """Which stretches of the parts say the same."""

    def __init__(self, prose: Prose, words: _Words, places: Sequence[Place]) -> None:
        self._prose, self._words, self._links = prose, words, words.links()
        self._places = {(place.start, place.end): place for place in places if not place.twins}

    def place_at(self, span: Span, like: Place) -> Place | None:
        """The place of a stretch if it has the same forms."""
        found = self._places.get(span)
        return found if found is not None and found.forms == like.forms else None

    def alike(self, place: Place) -> tuple[list[Span], bool]:
        """A place and its like in all parts, in order, and whether all of them can be written.

        Unless the words around make sure that two are one passage, both must be places.
        """
        text, writable = self._prose.text, True
        found = [(place.start, place.end)]
        seen = set(found)
        for start, end in found:  # which grows
            around = self._words.around(start, end)
            if around is None:
                continue
            here = self._stretch(*around)
            known = self.place_at((start, end), place) is not None
            for first, last, run in self._images(*around):
                there = self._stretch(first, last)
                twin = (start + there[0] - here[0], end + there[0] - here[0])
                sure = run >= _SURE
                if twin in seen or not (sure or (known and self.place_at(twin, place) is not None)):
                    continue
                if text[slice(*here)] == text[slice(*there)]:
                    writable = writable and _inside(self._prose.free, twin)
                    found.append(twin)
                    seen.add(twin)
                elif sure and place.channel == "wording":
                    writable = False
        return sorted(found), writable

    def _stretch(self, first: int, last: int) -> Span:
        return self._words.spans[first][0], self._words.spans[last][1]

    def _images(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Where these words stand in a row elsewhere: first and last, and how many around them do too."""
        for image in self._links.get(first, ()):
            shift = image - first
            if not all(self._shifted(number, shift) for number in range(first + 1, last + 1)):
                continue
            begin, end = first, last
            while first - begin < _SURE and self._shifted(begin - 1, shift):
                begin -= 1
            while end - last < _SURE and self._shifted(end + 1, shift):
                end += 1
            yield image, last + shift, end - begin + 1

    def _shifted(self, number: int, shift: int) -> bool:
        return number + shift in self._links.get(number, ())


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
