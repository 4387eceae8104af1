"""Spellings and hyphens that are both standard: "judgement" / "judgment", "co-operate" / "cooperate".

A copy that mixes two spellings of one word would stand out. So the word changes everywhere in the document at
once, as one carrier, and only if it occurs in one form alone; and spellings that belong to a system, British
or American (colour/color, centre/center, -ise/-ize), are never offered: other words would give the mix away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import like
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence

_WORD = re.compile(r"\w+(?:-\w+)*")


@lru_cache(maxsize=2)
def _pairs(name: str) -> Mapping[str, tuple[str, frozenset[str]]]:
    """By spelling: the other one, and all forms of the word in both."""
    text = resources.files(__package__).joinpath(f"{name}.txt").read_text("utf-8")
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        left, right = (side.split(",") for side in line.split("="))
        forms = [(a.strip(), b.strip()) for a, b in zip(left, right, strict=True)]
        family = frozenset(word for pair in forms for word in pair)
        for a, b in forms:
            found[a], found[b] = (b, family), (a, family)
    return found


def _changes(sentence: Sentence, usage: Usage, *, name: str) -> Iterator[Change]:
    pairs = _pairs(name)
    for start, word in _words(sentence):
        other, family = pairs.get(word.lower(), ("", frozenset()))
        if not other or not (word.islower() or word.istitle()):
            continue
        used = {w for w in usage.words if w.lower() in family}
        if used == {word}:
            yield Change(start, start + len(word), like(word, other), throughout=True)


def _words(sentence: Sentence) -> Iterator[tuple[int, str]]:
    """Words with their hyphens, which the parser takes apart."""
    for match in _WORD.finditer(sentence.text):
        yield sentence.start_char + match.start(), match[0]


def _spelling(sentence: Sentence, usage: Usage) -> Iterator[Change]:
    yield from _changes(sentence, usage, name="spellings")


def _hyphen(sentence: Sentence, usage: Usage) -> Iterator[Change]:
    yield from _changes(sentence, usage, name="hyphens")


SPELLING = Family("spelling", "Both spellings are standard.", _spelling, legal=True)
HYPHEN = Family("hyphen", "The word is written with and without a hyphen.", _hyphen, legal=True)
