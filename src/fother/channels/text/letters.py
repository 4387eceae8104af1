"""A text as it is compared: without what retyping, recognising or pasting changes and nobody notices.

Two views of a text. *Flat*: no case, no accents, no invisible characters, one kind of quote mark and dash,
one space between words, words joined again that a line end divided. *Letters*: what remains of it without
anything but letters and digits. Both know where in the text each of their characters stands.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_QUOTES = dict.fromkeys("‘’‚‛′`´ʼ＇", "'") | dict.fromkeys("“”„‟″«»＂", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_HYPHENS = (0x2D, 0xAD, 0x2010)
_MOST = 4  # letters of one character; the few that stand for whole phrases stay as they are


class _Folded(dict[int, str]):
    """What remains of each code point; filled as they are met."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        if character.isspace():
            flat = " "
        elif same := (_QUOTES.get(character) or _DASHES.get(character)):
            flat = same
        else:
            decomposed = unicodedata.normalize("NFKD", character).casefold()
            flat = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Cc", "Cs"))
            flat = " " if flat.isspace() else flat if len(flat) <= _MOST else character
        self[point] = flat
        return flat


_FOLDED = _Folded()


def flat(text: str) -> str:
    """The flat view of a short text of one line, without spaces at its ends."""
    return " ".join(text.translate(_FOLDED).split())


@dataclass(frozen=True)
class Flat:
    """The flat view of a whole text: `text`, and where in the source each of its characters stands."""

    text: str
    source: NDArray[np.int64]  #: (len(text),) offsets

    @cached_property
    def letter_at(self) -> NDArray[np.int64]:
        """(n_letters,) where in `text` the letters and digits stand."""
        return np.flatnonzero(_is_letter(_points(self.text)))

    @cached_property
    def letters(self) -> NDArray[np.uint32]:
        """(n_letters,) the letters and digits."""
        return _points(self.text)[self.letter_at]

    @cached_property
    def letter_source(self) -> NDArray[np.int64]:
        """(n_letters,) where in the source they stand."""
        return self.source[self.letter_at]


def flatten(text: str) -> Flat:
    """The flat view of a text, at most `_MOST` times as long. Linear in its length."""
    points = _points(text)
    where = np.flatnonzero(~_dividing(points))
    if len(where) < len(points):
        points = points[where]
        text = string(points)
    lengths = np.zeros(0x110000, np.int64)
    for character in set(text):
        lengths[ord(character)] = len(_FOLDED[ord(character)])
    folded = text.translate(_FOLDED)
    source = np.repeat(where, lengths[points])
    space = _points(folded) == 32
    single = ~(space & np.concatenate([[True], space[:-1]]))
    if single.all():
        return Flat(folded, source)
    return Flat(string(_points(folded)[single]), source[single])


def _dividing(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """(n,) characters from a hyphen at a line end to the word on the next line.

    The hyphen may be the word's or the line's, nobody can tell.
    """
    padded = np.concatenate([points, np.zeros(2, np.uint32)])
    blank = (padded == 32) | (padded == 9) | (padded == 13)
    at = np.arange(len(padded))
    at[blank] = len(padded) - 1
    following = np.minimum.accumulate(at[::-1])[::-1]  # the next character that is no blank, from here on
    hyphens = np.flatnonzero(np.isin(points, _HYPHENS))
    line_end = following[hyphens + 1]
    word = following[np.minimum(line_end + 1, len(padded) - 1)]
    divides = (padded[line_end] == 10) & _is_letter(padded[word]) & (hyphens > 0)
    divides &= _is_letter(padded[np.maximum(hyphens - 1, 0)])
    change = np.zeros(len(padded), np.int64)
    change[hyphens[divides]] = 1
    change[word[divides]] = -1
    return np.asarray(np.cumsum(change)[: len(points)] > 0)


def _is_letter(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """(n,) whether each is a letter or digit."""
    known = np.zeros(0x110000, np.bool_)
    present = np.flatnonzero(np.bincount(points)) if len(points) else points
    known[present] = [chr(point).isalnum() for point in present.tolist()]
    return known[points]


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def string(letters: NDArray[np.uint32]) -> str:
    """Code points as a string."""
    return letters.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
