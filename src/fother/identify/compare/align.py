"""Alignment of two token sequences: exact runs first, dynamic programming between them.

Exact runs are n-grams that occur once in both (the idea of patience diff), in the longest common order; the
stretches between them are small. There, tokens may be replaced, left out, added, and one token may stand
for up to three (a word split by a line end or by a recogniser).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from rapidfuzz.distance import Indel, Levenshtein

from fother.identify.compare.normal import without_accents
from fother.identify.compare.tokens import Token

Step = tuple[int, int, int, int]  #: document i0, i1, leak j0, j1

GAP = 0.62  # cost of a token without partner: two of them cost more than one bad replacement
_MERGE = 0.08
_LARGEST = 40_000  # cells of one table

_CANON = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s", "8": "b", "6": "b", "h": "b", "2": "z",
     "9": "g", "q": "g", "c": "e", "v": "y", "u": "n", "t": "f", "j": "l", "$": "s"}
)  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ri", "n"), ("li", "h"), ("ii", "u"))
_ENTITIES = ("number", "date", "marking")


def canon(word: str) -> str:
    """A word with the shapes that recognisers confuse made one."""
    word = without_accents(word)
    for pair, single in _PAIRS:
        word = word.replace(pair, single)
    return word.translate(_CANON)


def word_cost(one: str, other: str) -> float:
    """0…1, how unlike two flat words are: edit distance, of which confusable shapes count little."""
    if one == other:
        return 0.0
    plain = Levenshtein.normalized_distance(one, other)
    shape = Levenshtein.normalized_distance(canon(one), canon(other))
    return 0.03 + 0.97 * min(1.0, 0.15 * plain + 0.85 * min(plain, shape + 0.02))


class Aligner:
    """Aligns stretches of one document and one leak."""

    def __init__(
        self, document: Sequence[Token], leak: Sequence[Token], same: Callable[[int, int], bool]
    ) -> None:
        """`same(i, j)` says of document token i and leak token j whether they are equal."""
        self.document, self.leak, self.same = document, leak, same
        self._costs: dict[tuple[str, str], float] = {}

    def align(self, i0: int, i1: int, j0: int, j1: int) -> list[Step]:
        """Steps that cover both stretches in order."""
        steps: list[Step] = []
        self._align(i0, i1, j0, j1, steps)
        return steps

    def _align(self, i0: int, i1: int, j0: int, j1: int, steps: list[Step]) -> None:
        while i0 < i1 and j0 < j1 and self.same(i0, j0):
            steps.append((i0, i0 + 1, j0, j0 + 1))
            i0, j0 = i0 + 1, j0 + 1
        tail: list[Step] = []
        while i0 < i1 and j0 < j1 and self.same(i1 - 1, j1 - 1):
            i1, j1 = i1 - 1, j1 - 1
            tail.append((i1, i1 + 1, j1, j1 + 1))
        if i0 < i1 or j0 < j1:
            self._inside(i0, i1, j0, j1, steps)
        steps.extend(reversed(tail))

    def _inside(self, i0: int, i1: int, j0: int, j1: int, steps: list[Step]) -> None:
        n, m = i1 - i0, j1 - j0
        if not n or not m:
            steps.extend((i, i + 1, j0, j0) for i in range(i0, i1))
            steps.extend((i1, i1, j, j + 1) for j in range(j0, j1))
            return
        if n * m > 36:
            for size in (4, 3, 2) if n * m <= _LARGEST else (6, 4, 3, 2, 1):
                anchors = self._anchors(i0, i1, j0, j1, size)
                if anchors:
                    self._between(i0, i1, j0, j1, anchors, steps)
                    return
        if n * m <= _LARGEST:
            self._table(i0, i1, j0, j1, steps)
            return
        blocks = self._blocks(i0, i1, j0, j1)
        if blocks:
            self._between(i0, i1, j0, j1, blocks, steps)
        else:
            steps.extend((i, i + 1, j0, j0) for i in range(i0, i1))
            steps.extend((i1, i1, j, j + 1) for j in range(j0, j1))

    def _between(
        self, i0: int, i1: int, j0: int, j1: int, anchors: list[tuple[int, int, int]], steps: list[Step]
    ) -> None:
        for i, j, length in anchors:
            if i < i0 or j < j0:  # overlaps the anchor before, which the common run already took
                cut = max(i0 - i, j0 - j)
                if cut >= length:
                    continue
                i, j, length = i + cut, j + cut, length - cut
            self._align(i0, i, j0, j, steps)
            steps.extend((i + k, i + k + 1, j + k, j + k + 1) for k in range(length))
            i0, j0 = i + length, j + length
        self._align(i0, i1, j0, j1, steps)

    def _anchors(self, i0: int, i1: int, j0: int, j1: int, size: int) -> list[tuple[int, int, int]]:
        def once(tokens: Sequence[Token], start: int, end: int) -> dict[tuple[str, ...], int]:
            keys = [token.key for token in tokens[start:end]]
            seen: dict[tuple[str, ...], int] = {}
            for place in range(len(keys) - size + 1):
                gram = tuple(keys[place : place + size])
                seen[gram] = -1 if gram in seen else start + place
            return seen

        there = once(self.leak, j0, j1)
        pairs = [
            (i, there[gram])
            for gram, i in once(self.document, i0, i1).items()
            if i >= 0 and there.get(gram, -1) >= 0
        ]
        pairs.sort()
        return [(i, j, size) for i, j in _longest_increasing(pairs)]

    def _blocks(self, i0: int, i1: int, j0: int, j1: int) -> list[tuple[int, int, int]]:
        """Common runs of at least two tokens, for stretches too large for a table."""
        one = [token.key for token in self.document[i0:i1]]
        other = [token.key for token in self.leak[j0:j1]]
        if len(one) * len(other) > 400_000_000:
            return []
        return [
            (i0 + op.src_start, j0 + op.dest_start, op.src_end - op.src_start)
            for op in Indel.opcodes(one, other)
            if op.tag == "equal" and op.src_end - op.src_start >= 2
        ]

    def cost(self, i: int, j: int) -> float:
        """0…1, cost of leak token j in place of document token i."""
        one, other = self.document[i], self.leak[j]
        if self.same(i, j):
            return 0.0
        value = self._word(one.flat, other.flat)
        if one.kind == other.kind and one.kind in _ENTITIES:
            value = min(value, 0.5)
        elif one.kind != other.kind and "marking" in (one.kind, other.kind):
            value = max(value, 0.5)
        return value

    def _word(self, one: str, other: str) -> float:
        pair = (one, other)
        value = self._costs.get(pair)
        if value is None:
            value = self._costs[pair] = word_cost(one, other)
        return value

    def _merge(self, one: str, others: Sequence[Token]) -> float:
        """Cost of several tokens that together are `one`; a large number when they are not."""
        joined = "".join(token.flat for token in others)
        if abs(len(joined) - len(one)) > 2 + len(one) // 4:
            return 9.0
        value = self._word(one, joined)
        if value >= 0.45 or value + _MERGE >= min(self._word(one, token.flat) for token in others):
            return 9.0
        return 0.0 if value == 0 else value + _MERGE

    def _table(self, i0: int, i1: int, j0: int, j1: int, steps: list[Step]) -> None:
        n, m = i1 - i0, j1 - j0
        document, leak = self.document, self.leak
        best = [[0.0] * (m + 1) for _ in range(n + 1)]
        move = [[(0, 0)] * (m + 1) for _ in range(n + 1)]
        for i in range(n + 1):
            for j in range(m + 1):
                if not i and not j:
                    continue
                value, how = 1e9, (0, 0)
                if i and j:
                    value, how = best[i - 1][j - 1] + self.cost(i0 + i - 1, j0 + j - 1), (1, 1)
                    for count in (2, 3, 4):
                        if j >= count:
                            other = best[i - 1][j - count] + self._merge(
                                document[i0 + i - 1].flat, leak[j0 + j - count : j0 + j]
                            )
                            if other < value:
                                value, how = other, (1, count)
                        if i >= count:
                            other = best[i - count][j - 1] + self._merge(
                                leak[j0 + j - 1].flat, document[i0 + i - count : i0 + i]
                            )
                            if other < value:
                                value, how = other, (count, 1)
                if i and best[i - 1][j] + GAP < value:
                    value, how = best[i - 1][j] + GAP, (1, 0)
                if j and best[i][j - 1] + GAP < value:
                    value, how = best[i][j - 1] + GAP, (0, 1)
                best[i][j], move[i][j] = value, how
        path: list[Step] = []
        i, j = n, m
        while i or j:
            a, b = move[i][j]
            path.append((i0 + i - a, i0 + i, j0 + j - b, j0 + j))
            i, j = i - a, j - b
        steps.extend(reversed(path))


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs (sorted by the first) whose second members increase too."""
    tops: list[int] = []
    top_index: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(tops, j)
        before.append(top_index[place - 1] if place else -1)
        if place == len(tops):
            tops.append(j)
            top_index.append(index)
        else:
            tops[place], top_index[place] = j, index
    result: list[tuple[int, int]] = []
    index = top_index[-1] if top_index else -1
    while index >= 0:
        result.append(pairs[index])
        index = before[index]
    return result[::-1]
