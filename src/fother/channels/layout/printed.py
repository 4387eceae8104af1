"""Word gaps of a text that is printed anew for each copy.

Where a copy has its own wordings, its lines break where no other copy's do, so no rendering can say which
gaps there are. The columns of the code are therefore the gaps between neighbouring words of the *plain* text;
a print shows those that do not fall on the end of a line, wherever they lie on its pages. Which gap of a
print is which column is found from the words themselves and from which word of the copy is which of the plain
text.

A leak is read against a print of the unmarked original with the wordings that the leak itself shows. That is
a function of the leak and of the original, of no codeword, so the bound on naming an innocent copy holds as
it does for a fixed original.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fother.channels.archive import write_member
from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.text.carriers import TextCarriers
from fother.codes.observations import Observations
from fother.model.match import Span

Ints = NDArray[np.int64]

_VERSION = 1
_CONTENTS = "word gaps.json"
_STILL = 1e-9  # points; a gap that carries nothing keeps its width, and the words beside it move together
_WORD = re.compile(r"\S+")
#: Between words of one line; a line end or a tab is no gap that could be widened.
_GAP = re.compile(r"(?<=\S)[^\S\n\t]+(?=\S)")


@dataclass(frozen=True)
class Print:
    """The pages of one print, and which column each of its carriers (c) is.

    Carriers of `layout` that are no column (-1) do not change: their amplitude is next to nothing.
    """

    layout: LayoutCarriers
    columns: Ints  #: (c,)

    def symbols(self, symbols: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(c,) symbol of each carrier, from those of all columns (m,)."""
        return np.where(self.columns < 0, 0, np.append(symbols, 0)[self.columns]).astype(np.uint8)

    def displacement(self, symbols: NDArray[np.uint8], strength: float) -> NDArray[np.float64]:
        """(n,) points that each cluster moves, for the symbols (m,) of all columns."""
        return self.layout.displacement(self.symbols(symbols), strength)

    def biases(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """(c,) probability of symbol 1 of each carrier, from those of all columns (m,)."""
        return np.where(self.columns < 0, 0.5, np.append(probabilities, 0.5)[self.columns])

    def observed(self, seen: Observations) -> Observations:
        """Observations of carriers of the print as observations of columns."""
        column = self.columns[seen.position]
        order = np.argsort(column, kind="stable")
        order = order[column[order] >= 0]
        return Observations(
            column[order], seen.value[order], seen.separation[order], seen.block[order], seen.page[order],
            seen.levels_of_original[order],
        )  # fmt: skip

    def without(self, segments: Sequence[int]) -> Print:
        """Without the carriers of some lines."""
        keep = ~np.isin(self.layout.carrier_segment, np.array(segments, np.int64))
        return Print(self.layout.freeze(segments), self.columns[keep])


@dataclass(frozen=True)
class WordGaps:
    """The m word gaps of a plain text. `example` is the print of the unmarked original: for forecasts."""

    left: Ints  #: (m,) number of the word before each gap, increasing
    example: Print

    @property
    def count(self) -> int:
        """m"""
        return len(self.left)

    @classmethod
    def of(cls, text: TextCarriers, layout: LayoutCarriers, moved: Sequence[NDArray[np.int32]]) -> WordGaps:
        """The gaps of `text.plain`, with its own print as example; arguments as for `laid_out`."""
        bare = cls(_gaps(text.plain), Print(layout, np.full(len(layout.left), -1, np.int64)))
        return replace(bare, example=bare.laid_out(text, np.zeros(text.count, np.uint8), 1.0, layout, moved))

    def laid_out(
        self,
        text: TextCarriers,
        symbols: NDArray[np.uint8],
        strength: float,
        layout: LayoutCarriers,
        moved: Sequence[NDArray[np.int32]],
    ) -> Print:
        """Which gaps a print shows of the copy whose wordings have these symbols.

        `layout` and `moved` are what `carriers.plan` finds in the print. A gap beside a word that is found in
        the print and in the plain text is that of the plain text (the other may be half of a hyphenated
        word); where both words are known, both must agree.
        """
        words, known = copy_words(text, symbols, strength)
        shown, known = _words_of_clusters(words, layout, moved), np.append(known, -1)
        after = np.full(len(_WORD.findall(text.plain)) + 1, -1, np.int64)
        after[self.left] = np.arange(self.count)
        a, b = shown[layout.left], shown[layout.left + 1]
        left = np.where(a < 0, -1, known[a])
        right = np.where(b < 0, -1, known[b])
        # after[-1] is never a gap: the last entry stands for a word that is not known.
        by_left, by_right = after[left], after[np.where(right < 0, -1, right - 1)]
        column = np.where(left < 0, by_right, np.where(right < 0, by_left, by_left))
        column[(left >= 0) & (right >= 0) & (by_left != by_right)] = -1
        column[(a >= 0) & (b >= 0) & (b != a + 1)] = -1
        column = _once(column)
        amplitude = np.where(column < 0, _STILL, layout.amplitude)
        return Print(replace(layout, amplitude=amplitude), column)

    def to_bytes(self) -> bytes:
        """Frozen form for the registry: the same bytes for the same gaps."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            write_member(archive, _CONTENTS, json.dumps({"version": _VERSION}).encode())
            for name, array in (("left", self.left), ("columns", self.example.columns)):
                packed = io.BytesIO()
                np.lib.format.write_array(packed, array, allow_pickle=False)
                write_member(archive, name, packed.getvalue())
            write_member(archive, "layout", self.example.layout.to_bytes())
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> WordGaps:
        """Inverse of `to_bytes`; raises ValueError for another version."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            version = json.loads(archive.read(_CONTENTS))["version"]
            if version != _VERSION:
                raise ValueError(f"word gaps of version {version} are not known here")
            left, columns = (
                np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in ("left", "columns")
            )
            layout = LayoutCarriers.from_bytes(archive.read("layout"))
        return cls(left, Print(layout, columns))

    @staticmethod
    def is_in(archive: zipfile.ZipFile) -> bool:
        """Whether an archive is the frozen form of word gaps."""
        return _CONTENTS in archive.namelist()


def copy_words(
    text: TextCarriers, symbols: NDArray[np.uint8], strength: float = 1.0
) -> tuple[list[str], Ints]:
    """Words of the copy with these symbols, and the number of each in the plain text, -1 where it has none.

    Where a wording is another one than the plain text's, its words are numbered if there are as many of them.
    """
    plain, copy, changes = _both(text, text.forms(symbols, strength))
    own, canonical = _spans(copy), _spans(plain)
    starts, number = [s for s, _ in canonical], np.full(len(own), -1, np.int64)
    own_starts = [s for s, _ in own]
    free = 0
    shift = 0
    for (p0, p1), (c0, c1) in (*changes, ((len(plain),) * 2, (len(copy),) * 2)):
        first, last = _touched(own, own_starts, c0, c1)
        for k in range(free, first):
            at = bisect_left(starts, own[k][0] - shift)
            # Both ends must agree: half of a word may have been written anew.
            if at < len(canonical) and canonical[at] == (own[k][0] - shift, own[k][1] - shift):
                number[k] = at
        begin, end = _touched(canonical, starts, p0, p1)
        if end - begin == last - first:
            number[first:last] = np.arange(begin, end)
        free, shift = max(free, last), c1 - p1
    return [copy[start:end] for start, end in own], number


def _gaps(plain: str) -> Ints:
    """Number of the word before each gap."""
    ends = {end: k for k, (_, end) in enumerate(_spans(plain))}
    return np.array([ends[gap.start()] for gap in _GAP.finditer(plain)], np.int64)


def _spans(text: str) -> list[Span]:
    return [word.span() for word in _WORD.finditer(text)]


def _touched(spans: Sequence[Span], starts: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """First and last + 1 of the words that share a letter with a stretch, or that have it inside."""
    first = bisect_left(starts, start)
    if first and spans[first - 1][1] > start:
        first -= 1
    return first, max(first, bisect_left(starts, end))


def _both(text: TextCarriers, forms: Sequence[int]) -> tuple[str, str, list[tuple[Span, Span]]]:
    """The plain text, the copy with these forms, and the stretches in which they differ, in order."""
    stretches = sorted(
        (start, end, number)
        for number, place in enumerate(text.places)
        for start, end in ((place.start, place.end), *place.twins)
    )
    plain, copy, changes = "", "", []
    pieces: tuple[list[str], list[str]] = ([], [])
    at = p = c = 0
    for start, end, number in stretches:
        between = text.text[at:start]
        old, new = text.places[number].forms[0], text.places[number].forms[forms[number]]
        pieces[0].extend((between, old))
        pieces[1].extend((between, new))
        p, c, at = p + len(between) + len(old), c + len(between) + len(new), end
        if old != new:
            changes.append(((p - len(old), p), (c - len(new), c)))
    plain, copy = ("".join([*piece, text.text[at:]]) for piece in pieces)
    return plain, copy, changes


def _words_of_clusters(
    words: Sequence[str], layout: LayoutCarriers, moved: Sequence[NDArray[np.int32]]
) -> Ints:
    """(n,) number of the word of the copy that each cluster of a print is, -1 where it is none or several.

    Lines are compared in the order in which they were written, so columns of text and cells stay together.
    """
    order = _written(layout, moved)
    shown = np.full(len(layout.page), -1, np.int64)
    said = [_plain_letters(layout.text[k]) for k in order.tolist()]
    known = [_plain_letters(word) for word in words]
    for step in Levenshtein.opcodes(said, known):
        if step.tag == "equal":
            shown[order[step.src_start : step.src_end]] = np.arange(step.dest_start, step.dest_end)
    return shown


def _written(layout: LayoutCarriers, moved: Sequence[NDArray[np.int32]]) -> Ints:
    """Clusters of lines that carry something, line after line as the file's content has them."""
    first: dict[int, tuple[int, int]] = {}
    for page, clusters in enumerate(moved):
        glyphs = np.flatnonzero(clusters >= 0)
        segments, where = np.unique(layout.segment[clusters[glyphs]], return_index=True)
        for segment, k in zip(segments.tolist(), glyphs[where].tolist(), strict=True):
            first[segment] = (page, k)
    lines = sorted(first, key=lambda segment: first[segment])
    begin = np.searchsorted(layout.segment, lines)
    stop = np.searchsorted(layout.segment, lines, side="right")
    ranges = [np.arange(a, b) for a, b in zip(begin.tolist(), stop.tolist(), strict=True)]
    return np.concatenate([np.zeros(0, np.int64), *ranges]).astype(np.int64)


def _plain_letters(word: str) -> str:
    """A word without what fonts and hyphens make of it."""
    return unicodedata.normalize("NFKC", word).replace("\u00ad", "")


def _once(column: Ints) -> Ints:
    """Every column once: only where it is met first."""
    found, first = np.unique(column, return_index=True)
    out = np.full(len(column), -1, np.int64)
    out[first] = found
    return out
