"""What a rule sees and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence


@dataclass(frozen=True)
class Change:
    """Another wording of code points [start, end) of the parsed text."""

    start: int
    end: int
    text: str
    throughout: bool = False  #: every occurrence in the document changes alike


@dataclass(frozen=True)
class Usage:
    """What the document itself does, so that no copy stands out."""

    contracts: bool = False  #: writes "it's", "don't"
    british: bool = False  #: writes "colour", "organisation", "whilst"
    words: frozenset[str] = frozenset()  #: all its words, as they are written


@dataclass(frozen=True)
class Family:
    """A rule and what people are told of it."""

    name: str
    note: str  #: why the meaning stays
    changes: Callable[[Sentence, Usage], Iterable[Change]]
    legal: bool = False  #: may be used in sentences that bind: with "shall", "hereby" and the like
