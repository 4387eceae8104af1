"""How a space is written: the alphabet of the characters channel, and what programs make of it.

Every symbol is a change of its own, so a program that flattens one kind of change takes one symbol and leaves
the others readable. Measured by `bench/character_survival.py`; why these: docs/adr/0018.
"""

from __future__ import annotations

SPACE = " "
PUNCTUATION_SPACE = "\u2008"  #: as wide as a full stop, which is as wide as a space in most text faces
NON_JOINER = "\u200c"
JOINER = "\u200d"
WORD_JOINER = "\u2060"

#: What symbol j of a place does when it is 1: (what is written before the space, the space, what after it).
_SYMBOLS: tuple[tuple[str, str, str], ...] = (
    ("", SPACE, NON_JOINER),
    ("", PUNCTUATION_SPACE, ""),
    (WORD_JOINER, SPACE, ""),
    ("", SPACE, JOINER),
)


def _form(number: int) -> str:
    chosen = [change for j, change in enumerate(_SYMBOLS) if number >> j & 1]
    before = "".join(change[0] for change in chosen)
    base = next((change[1] for change in chosen if change[1] != SPACE), SPACE)
    return before + base + "".join(change[2] for change in chosen)


#: Form number Σ symbol_j·2^j of a space; form 0 is the space itself.
FORMS: tuple[str, ...] = tuple(_form(number) for number in range(1 << len(_SYMBOLS)))
#: The character by which each symbol shows.
MARKS: tuple[str, ...] = (NON_JOINER, PUNCTUATION_SPACE, WORD_JOINER, JOINER)
