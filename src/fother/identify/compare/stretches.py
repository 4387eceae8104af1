"""From matched passages to stretches of leak and document that are aligned as wholes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fother.identify.compare.tokens import Token

Range = tuple[int, int]  #: tokens

_FOREIGN = 90  # tokens of leak between two passages that end a stretch
_EXCERPT = 40  # tokens of document, with some of leak against them, that end a stretch
_SOME = 3  # words between two quotations: "it goes on"
_EDGE = 4  # tokens before the first or after the last passage of the whole leak that still belong to it


@dataclass(frozen=True)
class Stretch:
    """Tokens of document and leak to be aligned; `moved` are passages out of the document's order."""

    document: Range
    leak: Range
    moved: tuple[tuple[Range, Range], ...]


def _range(starts: Sequence[int], ends: Sequence[int], span: tuple[int, int]) -> Range:
    low, high = bisect_right(ends, span[0]), bisect_left(starts, span[1])
    return low, max(low, high)


def stretches(
    document: Sequence[Token], leak: Sequence[Token], pairs: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> list[Stretch]:
    """Joins passages that follow one another in the leak with little between them."""
    places = [token.start for token in document], [token.end for token in document]
    leak_places = [token.start for token in leak], [token.end for token in leak]
    ranges = [(_range(*places, there), _range(*leak_places, here)) for there, here in pairs]
    ranges = [(there, here) for there, here in ranges if there[1] > there[0] and here[1] > here[0]]
    ranges.sort(key=lambda pair: pair[1])
    runs: list[list[tuple[Range, Range]]] = []
    for pair in ranges:
        if runs:
            (_, before_document), (_, before_leak) = runs[-1][-1]
            gap, jump = pair[1][0] - before_leak, pair[0][0] - before_document
            if gap <= _FOREIGN and not (gap > _SOME and (jump > _EXCERPT or jump < -_EXCERPT)):
                runs[-1].append(pair)
                continue
        runs.append([pair])
    result = [_stretch(run) for run in runs]
    wide = [
        _widened(stretch, len(document), len(leak), place == 0, place == len(result) - 1)
        for place, stretch in enumerate(result)
    ]
    if not any(_portion(token) for token in leak):
        return wide  # a leak that shows none of them is a quotation rather than a forgery
    return [
        replace(stretch, document=(stretch.document[0] - 1, stretch.document[1]))
        if stretch.document[0] and _portion(document[stretch.document[0] - 1])
        else stretch
        for stretch in wide
    ]


def _portion(token: Token) -> bool:
    """Whether the token is the marking of one paragraph, as (S//NF)."""
    return token.kind == "marking" and token.text.startswith("(")


def _widened(stretch: Stretch, documents: int, leaks: int, first: bool, last: bool) -> Stretch:
    """The first words of a leak may be altered, so that its passage starts after them; likewise the last."""
    (i0, i1), (j0, j1) = stretch.document, stretch.leak
    if first and j0 <= _EDGE:
        step = min(i0, j0)
        i0, j0 = i0 - step, j0 - step
    if last and leaks - j1 <= _EDGE:
        step = min(documents - i1, leaks - j1)
        i1, j1 = i1 + step, j1 + step
    return Stretch((i0, i1), (j0, j1), stretch.moved)


def _stretch(run: list[tuple[Range, Range]]) -> Stretch:
    """Keeps the heaviest part of the run that is in the document's order; the rest was moved."""
    count = len(run)
    weight = [here[1] - here[0] for _, here in run]
    best, before = weight.copy(), [-1] * count
    for place in range(count):
        for earlier in range(max(0, place - 200), place):
            ordered = run[earlier][0][0] < run[place][0][0] and run[earlier][0][1] <= run[place][0][1]
            if ordered and best[earlier] + weight[place] > best[place]:
                best[place], before[place] = best[earlier] + weight[place], earlier
    place = max(range(count), key=lambda index: best[index])
    kept: list[int] = []
    while place >= 0:
        kept.append(place)
        place = before[place]
    chain = [run[index] for index in reversed(kept)]
    moved = tuple(pair for index, pair in enumerate(run) if index not in set(kept))
    return Stretch(
        (chain[0][0][0], max(there[1] for there, _ in chain)),
        (chain[0][1][0], max(here[1] for _, here in chain)),
        moved,
    )
