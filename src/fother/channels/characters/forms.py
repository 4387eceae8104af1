"""How a space is written: the alphabet of the characters channel, and what programs make of it.

A space is followed by up to three zero width joiners and up to three zero width non-joiners; in strong copies
it may itself be a punctuation space. The three kinds of mark are independent, so whatever takes one kind away
leaves the symbols of the others readable. Measured by `bench/character_survival.py` and
`bench/character_effects.py`; why these and no others: docs/adr/0018.
"""

from __future__ import annotations

from dataclasses import dataclass

SPACE = " "
NON_JOINER = "\u200c"
JOINER = "\u200d"
PUNCTUATION_SPACE = "\u2008"  #: as wide as a full stop, which is as wide as a space in most text faces


@dataclass(frozen=True)
class Mark:
    """One kind of mark: the symbols of a place that show by it, and who takes it away.

    A mark of several symbols is repeated Σ symbol·2^k times, symbols counted from its own first. `lost_in`
    are classes of routes, as in `LOSSES`.
    """

    character: str
    symbols: tuple[int, ...]
    lost_in: frozenset[str]


#: What flattens marks, as classes of programs; each makes the plain space of them.
LOSSES: dict[str, str] = {
    "white space": "white space made spaces: NFKC, regular expressions, html2text, poppler's text of PDFs",
    "zero width": "zero-width characters dropped: clean-up tools, PDFium's text of PDFs",
    "terminal": "terminals that join what ZWJ joins: tmux",
    "all": "ASCII and cp1252 files, Unidecode, trafilatura, NFKC_Casefold, recognised or typed text",
}
#: Symbols 0 and 1, symbols 2 and 3, symbol 4 of a space.
MARKS: tuple[Mark, ...] = (
    Mark(NON_JOINER, (0, 1), frozenset({"zero width", "all"})),
    Mark(JOINER, (2, 3), frozenset({"zero width", "terminal", "all"})),
    Mark(PUNCTUATION_SPACE, (4,), frozenset({"white space", "all"})),
)


def _form(number: int) -> str:
    non_joiners, joiners, base = number & 3, number >> 2 & 3, number >> 4
    # Joiners first: no line may break right behind one (UAX 14, LB8a).
    return (PUNCTUATION_SPACE if base else SPACE) + JOINER * joiners + NON_JOINER * non_joiners


#: Form number Σ symbol_j·2^j of a space; form 0 is the space itself.
FORMS: tuple[str, ...] = tuple(_form(number) for number in range(32))


def without(form: str, loss: str) -> str:
    """What a loss of this class leaves of a form. Raises KeyError for one that is not in `LOSSES`."""
    if loss not in LOSSES:
        raise KeyError(loss)
    for mark in MARKS:
        if loss in mark.lost_in:
            form = form.replace(mark.character, SPACE if mark.character == PUNCTUATION_SPACE else "")
    return form
