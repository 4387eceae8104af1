"""A text with its typography taken out, and where each of its characters came from.

What is taken out: compatibility forms (NFKC: ligatures, full-width letters), kinds of quotes, dashes and
spaces, invisible characters, superscript footnote marks, letters of another script that look Latin inside a
Latin word. What remains differs only if somebody wrote something else.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_SAME = {chr(code) for code in range(0x20, 0x7F)} | {"\n"}
_TABLE = (
    dict.fromkeys("‘’‚‛′´`ʼʹ＇", "'")
    | dict.fromkeys("“”„‟″«»〝〞", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-")
    | dict.fromkeys("\r\f\v\x85\u2028\u2029", "\n")
    | dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹†‡", "")
    | {"\t": " ", "…": "...", "⁄": "/", "∕": "/"}
)


@dataclass(frozen=True)
class Normal:
    """`text` of m characters; `origin[k]` is the code point of the source that made character k."""

    text: str
    origin: list[int]
    length: int  #: code points of the source

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source's code points behind characters start…end of the text, end > start."""
        return self.origin[start], self.origin[end - 1] + 1


def _plain(character: str) -> str:
    if character in _TABLE:
        return _TABLE[character]
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in ("Cf", "Cc"):
        return ""
    return unicodedata.normalize("NFKC", character)


def normalise(text: str) -> Normal:
    """Takes typography out of a text. Linear in its length."""
    characters: list[str] = []
    origin: list[int] = []
    cache: dict[str, str] = {}
    for place, character in enumerate(text):
        if character in _SAME:
            characters.append(character)
            origin.append(place)
            continue
        plain = cache.get(character)
        if plain is None:
            plain = cache[character] = _plain(character)
        if characters and plain and unicodedata.combining(plain[0]):
            joined = unicodedata.normalize("NFC", characters[-1] + plain)
            if len(joined) == 1:
                characters[-1] = joined
                continue
        characters.extend(plain)
        origin.extend([place] * len(plain))
    return Normal("".join(characters), origin, len(text))


_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһАВЕКМНОРСТУХαοιρνΑΒΕΗΙΚΜΝΟΡΤΥΧΖ", "aeopcyxijsdhABEKMHOPCTYXaoipvABEHIKMNOPTYXZ"
)


def fold(word: str) -> str:
    """Key of a word: caseless; letters that only look Latin become Latin where the word has Latin letters."""
    if not word.isascii() and any("a" <= letter <= "z" for letter in word.lower()):
        word = word.translate(_LOOKALIKES)
    return word.casefold()


def without_accents(word: str) -> str:
    """The word without combining marks."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
