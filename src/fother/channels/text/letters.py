"""A text as it is compared: without what retyping, recognising or pasting changes and nobody notices.

Two views of a text. *Flat*: no case, no accents, no invisible characters, one kind of quote mark and dash,
one space between words, words joined again that a line end divided. *Letters*: what remains of it without
anything but letters and digits. Both know where in the text each of their characters stands.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_QUOTES = dict.fromkeys("‘’‚‛′`´ʼ＇", "'") | dict.fromkeys("“”„‟″«»＂", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
#: a hyphen at a line end: of the word or of the line, nobody can tell
_DIVIDED = re.compile(r"(?<=\w)[-\u00ad\u2010][ \t]{0,8}\r?\n[ \t]{0,8}(?=\w)")


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
            flat = " " if flat.isspace() else flat
        self[point] = flat
        return flat


_FOLDED = _Folded()


def flat(text: str) -> str:
    """The flat view of a short text, without spaces at its ends."""
    return " ".join(_DIVIDED.sub("", text).translate(_FOLDED).split())


@dataclass(frozen=True)
class Flat:
    """The flat view of a whole text: `text`, and where in the source each of its characters stands."""

    text: str
    source: NDArray[np.int64]  #: (len(text),) offsets

    @cached_property
    def letter_at(self) -> NDArray[np.int64]:
        """(n_letters,) where in `text` the letters and digits stand."""
        letter = np.zeros(0x110000, np.bool_)
        for character in set(self.text):
            letter[ord(character)] = character.isalnum()
        return np.flatnonzero(letter[_points(self.text)])

    @cached_property
    def letters(self) -> NDArray[np.uint32]:
        """(n_letters,) the letters and digits."""
        return _points(self.text)[self.letter_at]

    @cached_property
    def letter_source(self) -> NDArray[np.int64]:
        """(n_letters,) where in the source they stand."""
        return self.source[self.letter_at]


def flatten(text: str) -> Flat:
    """The flat view of a text. Linear in its length."""
    points = _points(text)
    kept = np.ones(len(points), np.bool_)
    for divided in _DIVIDED.finditer(text):
        kept[divided.start() : divided.end()] = False
    where = np.flatnonzero(kept)
    lengths = np.zeros(0x110000, np.int64)
    for character in set(text):
        lengths[ord(character)] = len(_FOLDED[ord(character)])
    folded = _DIVIDED.sub("", text).translate(_FOLDED)
    source = np.repeat(where, lengths[points[where]])
    space = _points(folded) == 32
    single = ~(space & np.concatenate([[True], space[:-1]]))
    if single.all():
        return Flat(folded, source)
    return Flat(string(_points(folded)[single]), source[single])


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def string(letters: NDArray[np.uint32]) -> str:
    """Code points as a string."""
    return letters.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
