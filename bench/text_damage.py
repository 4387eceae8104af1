"""What happens to a text on its way into the open, for the benches of the text channels. All from a seed.

Typing errors follow the neighbours on a keyboard; `recognised` is a simulator of a recogniser's confusions of
shapes, not a recogniser; `substituted` writes other words of the same document in place of words.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence

_NEAR = {
    "a": "qwsz", "b": "vghn", "c": "xdfv", "d": "serfcx", "e": "wrsd", "f": "drtgcv", "g": "ftyhvb",
    "h": "gyujbn", "i": "uojk", "j": "huiknm", "k": "jiolm", "l": "kop", "m": "njk", "n": "bhjm", "o": "ipkl",
    "p": "ol", "q": "wa", "r": "etdf", "s": "awedxz", "t": "ryfg", "u": "yihj", "v": "cfgb", "w": "qeas",
    "x": "zsdc", "y": "tugh", "z": "asx",
}  # fmt: skip
_SHAPES = {
    "m": ["rn"], "l": ["1", "I"], "1": ["l"], "I": ["l", "1"], "e": ["c"], "c": ["e"], "o": ["0", "c"],
    "0": ["o"], "h": ["b", "li"], "b": ["h", "6"], "n": ["ri", "u"], "u": ["n", "ii"], "t": ["f"], "f": ["t"],
    "i": ["l", "1", "j"], "a": ["o", "s"], "s": ["5", "a"], "d": ["cl"], "w": ["vv"], ",": [".", ""],
    ".": [",", ""], " ": ["", "  "], "g": ["q", "9"], "y": ["v"], "'": ["", "`"], "-": ["", "~"], "r": ["i"],
    "v": ["y"], "k": ["lc"], "S": ["5"], "B": ["8"], "O": ["0"], "T": ["7"],
}  # fmt: skip


def mistyped(text: str, rate: float, chance: random.Random) -> str:
    """Each character is mistyped with probability `rate`: a neighbour, left out, doubled, or exchanged."""
    out: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if chance.random() >= rate or character == "\n":
            out.append(character)
        else:
            kind = chance.random()
            if kind < 0.4:
                out.append(chance.choice(_NEAR.get(character.lower(), character + " ")))
            elif kind < 0.6:
                pass
            elif kind < 0.8:
                out.append(character + chance.choice(_NEAR.get(character.lower(), character)))
            elif at + 1 < len(text):
                out.append(text[at + 1] + character)
                at += 1
        at += 1
    return "".join(out)


def mistyped_words(text: str, rate: float, chance: random.Random) -> str:
    """Each word gets one typing error with probability `rate`."""

    def one(found: re.Match[str]) -> str:
        word = found.group()
        if chance.random() >= rate:
            return word
        at = chance.randrange(len(word))
        return word[:at] + mistyped(word[at : at + 2], 1.0, chance)[:3] + word[at + 2 :]

    return re.sub(r"\S+", one, text)


def recognised(text: str, rate: float, chance: random.Random) -> str:
    """Each character is read as one of like shape with probability `rate`. A simulator."""
    return "".join(
        chance.choice(_SHAPES.get(c, [c, ""])) if c != "\n" and chance.random() < rate else c for c in text
    )


def substituted(text: str, rate: float, words: Sequence[str], chance: random.Random) -> str:
    """Each word of four letters or more becomes one of `words` with probability `rate`."""
    return re.sub(
        r"\b[A-Za-z]{4,}\b", lambda m: chance.choice(words) if chance.random() < rate else m.group(), text
    )


def sentences(text: str) -> list[str]:
    """Sentences as a reader would cut them."""
    return [s for s in re.split(r"(?<=[.!?;:])\s+|\n\s*\n", text) if s.strip()]


def reordered(text: str, chance: random.Random) -> str:
    """The sentences in another order."""
    found = sentences(text)
    chance.shuffle(found)
    return " ".join(found)


def quoted(text: str, strange: Sequence[str], chance: random.Random) -> str:
    """Runs of two to four sentences as quotes between sentences of another text."""
    found, out = sentences(text), []
    while found:
        count = chance.randint(2, 4)
        out.append(f"{chance.choice(strange)} “{' '.join(found[:count])}” {chance.choice(strange)}")
        found = found[count:]
    chance.shuffle(out)
    return "\n\n".join(out)


def normalised(text: str) -> str:
    """As a program leaves it that knows ASCII only: NFKC, straight quotes and dashes, nothing invisible."""
    plain = unicodedata.normalize("NFKC", text)
    for old, new in (("‘’", "'"), ("“”", '"'), ("–—", "-")):
        for character in old:
            plain = plain.replace(character, new)
    return plain.encode("ascii", "ignore").decode()
