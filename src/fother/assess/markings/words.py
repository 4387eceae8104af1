"""Pieces of a marking with their place in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rapidfuzz import process

from fother.assess.markings.vocabulary import COUNTRIES, TETRAGRAPHS
from fother.errors import MarkingError


@dataclass(frozen=True)
class Piece:
    """A part of a marking without the space around it; `start` counts from the start of the marking."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def split(self, separator: str) -> list[Piece]:
        """The parts between separators, empty ones too."""
        found, place = [], 0
        for part in self.text.split(separator):
            lead = len(part) - len(part.lstrip())
            found.append(Piece(part.strip(), self.start + place + lead))
            place += len(part) + len(separator)
        return found

    def after(self, count: int) -> Piece:
        """What follows the first `count` characters."""
        rest = self.text[count:]
        return Piece(rest.strip(), self.start + count + len(rest) - len(rest.lstrip()))

    def words(self) -> Iterator[Piece]:
        """The words, one after the other."""
        for found in re.finditer(r"\S+", self.text):
            yield Piece(found[0], self.start + found.start())


def fail(piece: Piece, what: str, like: Collection[str] = ()) -> MarkingError:
    """An error that says where, and what was perhaps meant."""
    near = process.extractOne(piece.text, like, score_cutoff=75) if like and piece.text else None
    hint = f"; {near[0]} is near" if near else ""
    return MarkingError(
        f"“{piece.text}” at character {piece.start + 1} {what}{hint}.", start=piece.start, end=piece.end
    )


def is_code(text: str) -> bool:
    """Whether this is a country trigraph or a known code of a group."""
    return text in COUNTRIES or text in TETRAGRAPHS


def looks_like_code(text: str) -> bool:
    """Whether this may be a code: of a country, or four capital letters, a group that need not be known."""
    return text in COUNTRIES or text in TETRAGRAPHS or re.fullmatch(r"[A-Z]{4}", text) is not None


def in_order(codes: list[str], *, first: str = "") -> bool:
    """Whether codes are in the register's order: `first`, then countries, then groups, by the alphabet."""
    return codes == sorted(codes, key=lambda c: code_order(c, first))


def code_order(code: str, first: str = "") -> tuple[bool, bool, str]:
    """Sort key of codes in a list."""
    return (code != first, len(code) != 3, code)
