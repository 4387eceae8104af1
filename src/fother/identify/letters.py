"""A text's letters and digits as alignment needs them: one string, the place of each, and its words.

Spaces, line breaks, hyphens and punctuation come and go between a document and a leak of it; letters and
digits stay (`folding`). Alignment therefore runs on them alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.identify.folding import fold

#: Ideographs, kana and Hangul syllables: scripts where one sign carries a syllable or a word.
_SIGNS = ((0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


@dataclass(frozen=True)
class Letters:
    """The letters and digits of a text, folded. Arrays are parallel to `text`, length n.

    `offset` (n,) int64 is where in the original text each letter comes from, never falling; `word` (n,) int64
    numbers the words from 0; `sign` (n,) bool tells the signs of scripts that write no alphabet, each of
    which is a word by itself.
    """

    text: str
    offset: NDArray[np.int64]
    word: NDArray[np.int64]
    sign: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.text)


def letters_of(text: str, shift: int = 0) -> Letters:
    """The letters of a text; `shift` is added to the offsets (for a window of a longer text)."""
    folded = fold(text)
    points = folded.characters
    sign = np.zeros(len(points), bool)
    if not text.isascii():
        for first, last in _SIGNS:
            sign |= (points >= first) & (points <= last)
    word = np.cumsum(folded.word_start | sign, dtype=np.int64) - 1
    string = points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return Letters(string, folded.offset + shift, word, sign)
