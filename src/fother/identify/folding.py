"""Text reduced to what survives retyping, layout and recognition: letters and digits of every script.

`fold` maps code points through tables (Unicode Standard Annex 15: compatibility decomposition; section 3.13:
case folding) and keeps where each one stood. Marks with a combining class are dropped (accents, Arabic and
Hebrew points, viramas), so are soft hyphens and zero-width characters; vowel signs of class 0 stay, since
they carry the text of the Indic scripts. Anything but a letter, a digit or such a sign separates words.

With `shapes`, characters that look alike are made one as well: what an OCR engine confuses (0 and o; 1, l, i
and |; 5 and s; c and e …) and what a forger swaps (Cyrillic and Greek letters in Latin words).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CodePoints = NDArray[np.uint32]

_SEPARATOR, _IGNORED = 0, 1  # no letter or digit has these code points
_LONGEST = 3  # letters that one character may stand for, as in the ligature "ffi"
_CODE_POINTS = 0x110000

# Letters without a decomposition that recognition and keyboards spell with plain ones.
_SPELLED = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t"}

_LOOK_ALIKE = {
    **dict(zip("01l56829qcv", "oiisbbzggey", strict=True)),
    # Cyrillic and Greek letters drawn as Latin ones, lower or upper case; then as classes above have them.
    **dict(zip("аеорсухіѕјкмтвнԁԛԝ", "aeopeyxisjkmtbhdgw", strict=True)),
    **dict(zip("αβεζηικμορτυχν", "abezhikmoptyxy", strict=True)),
}
_SIGNS_AS_LETTERS = {"|": "i", "!": "i", "$": "s", "€": "e", "¢": "e"}


@dataclass(frozen=True)
class Folded:
    """Parallel arrays of length n: folded characters, their places in the text, and where words begin."""

    characters: CodePoints
    offset: NDArray[np.int64]  #: code points of the text
    word_start: NDArray[np.bool_]  #: something separates this character from the one before

    def __len__(self) -> int:
        return len(self.characters)


def _one(character: str, shapes: bool) -> str | int:
    """What one character becomes: up to three letters, or _SEPARATOR or _IGNORED."""
    if shapes and character in _SIGNS_AS_LETTERS:
        return _SIGNS_AS_LETTERS[character]
    if "\uac00" <= character <= "\ud7a3":
        return character  # a Hangul syllable; its decomposition would be three letters
    category = unicodedata.category(character)
    if category == "Cf" or unicodedata.combining(character) or _variation_selector(character):
        return _IGNORED
    letters: list[str] = []
    for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()):
        digit = unicodedata.decimal(part, None)
        part = part if digit is None else str(digit)
        if unicodedata.combining(part) or unicodedata.category(part)[0] not in "LNM":
            continue
        letters.extend(_SPELLED.get(part, part))
    if shapes:
        letters = [_LOOK_ALIKE.get(letter, letter) for letter in letters]
    return "".join(letters[:_LONGEST]) or _SEPARATOR


def _variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


class _Table:
    """The folding of each code point, worked out when it is first met."""

    def __init__(self, shapes: bool) -> None:
        self._shapes = shapes
        # `np.zeros` touches no memory before it is used. Row 0 holds what `_one` says plus 1, 0 if not met.
        self._letters = np.zeros((_LONGEST, _CODE_POINTS), np.uint32)
        self._count = np.zeros(_CODE_POINTS, np.uint8)

    def lookup(self, text: CodePoints) -> tuple[CodePoints, NDArray[np.uint8]]:
        """(n,) first letters (or _SEPARATOR, _IGNORED) and how many letters each character stands for."""
        first = self._letters[0][text]
        if not first.all():
            for code in np.unique(text[first == 0]).tolist():
                self._learn(code)
            first = self._letters[0][text]
        return first - 1, self._count[text]

    def further(self, text: CodePoints, nth: int) -> CodePoints:
        letters: CodePoints = self._letters[nth][text]
        return letters

    def _learn(self, code: int) -> None:
        folded = _one(chr(code), self._shapes)
        if isinstance(folded, int):
            self._letters[0, code] = folded + 1
            return
        for nth, letter in enumerate(folded[1:], 1):
            self._letters[nth, code] = ord(letter)
        self._count[code] = len(folded)
        self._letters[0, code] = ord(folded[0]) + 1  # last: whoever sees it finds the rest in place


_PLAIN, _SHAPES = _Table(shapes=False), _Table(shapes=True)


def code_points(text: str) -> CodePoints:
    """(n,) the text as numbers; lone surrogates count as one character each."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def fold(text: str, *, shapes: bool = False) -> Folded:
    """Letters and digits of a text, folded, with their places. Takes linear time."""
    table = _SHAPES if shapes else _PLAIN
    codes = code_points(text)
    first, count = table.lookup(codes)
    kept = np.flatnonzero(first > _IGNORED)
    word = np.cumsum(first == _SEPARATOR, dtype=np.int32)[kept]
    start = np.ones(len(kept), np.bool_)
    start[1:] = word[1:] != word[:-1]
    letters, lengths = first[kept], count[kept]
    if len(kept) == 0 or int(lengths.max()) == 1:
        return Folded(letters, kept, start)
    source = np.repeat(np.arange(len(kept)), lengths)
    nth = np.arange(len(source)) - np.repeat(np.cumsum(lengths, dtype=np.int64) - lengths, lengths)
    letters = letters[source]
    for further in range(1, _LONGEST):
        here = nth == further
        letters[here] = table.further(codes[kept[source[here]]], further)
    return Folded(letters, kept[source], start[source] & (nth == 0))
