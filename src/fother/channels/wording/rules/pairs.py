"""Tables of words and phrases that may stand for each other, and how they are applied.

A pair is written `left = right` (either way) or `left > right` (only so), then after a bar the names of
conditions that must hold; a condition with a leading `<` is asked only when the right one becomes the left,
with `>` only when the left one becomes the right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from fother.channels.wording.rules.conditions import CONDITIONS
from fother.channels.wording.rules.grammar import end, inflected, like
from fother.channels.wording.rules.interface import Change, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

Condition = Callable[["tuple[Token, ...]", str], bool]  #: the matched tokens, the argument


@dataclass(frozen=True)
class Phrase:
    """One direction of a pair: `words` of the text (lower case) become `other`.

    A word written in capitals is a lemma: `CARRY out` stands for all its forms, and the first word of the
    other side takes the same form.
    """

    words: tuple[str, ...]
    other: str
    conditions: tuple[tuple[Condition, str], ...]


Table = Mapping[str, tuple[Phrase, ...]]  #: by the first word, lower case


@lru_cache
def table(name: str) -> Table:
    """A table of this package, by its file's name without ending. Raises ValueError with the line."""
    text = resources.files(__package__).joinpath(f"{name}.txt").read_text("utf-8")
    found: dict[str, list[Phrase]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                phrases = list(_pair(line))
            except (KeyError, ValueError) as error:
                raise ValueError(f"{name}.txt, line {number}: {error}") from None
            for phrase in phrases:
                found.setdefault(phrase.words[0].lower(), []).append(phrase)
    return {word: tuple(sorted(p, key=lambda p: -len(p.words))) for word, p in found.items()}


def _pair(line: str) -> Iterator[Phrase]:
    pair, _, told = line.partition("|")
    sign = "=" if "=" in pair else ">"
    left, right = (side.strip() for side in pair.split(sign))
    names = told.split()
    yield Phrase(tuple(left.split()), right, _conditions(n.lstrip(">") for n in names if n[0] != "<"))
    if sign == "=":
        yield Phrase(tuple(right.split()), left, _conditions(n.lstrip("<") for n in names if n[0] != ">"))


def _conditions(names: Iterator[str]) -> tuple[tuple[Condition, str], ...]:
    found = []
    for name in names:
        word, _, argument = name.partition(":")
        found.append((CONDITIONS[word], argument))
    return tuple(found)


def changes(sentence: Sentence, _usage: Usage, *, name: str) -> Iterator[Change]:
    """What a table offers in a sentence."""
    entries = table(name)
    tokens = list(sentence)
    for at, token in enumerate(tokens):
        candidates = entries.get(token.lower_, ())
        if token.lemma_.lower() != token.lower_:
            candidates += entries.get(token.lemma_.lower(), ())
        for phrase in candidates:
            span = tuple(tokens[at : at + len(phrase.words)])
            if _matches(phrase, span) and all(holds(span, arg) for holds, arg in phrase.conditions):
                other = _other(phrase, span)
                if other is not None:
                    yield Change(token.idx, end(span[-1]), other)
                    break


def _matches(phrase: Phrase, span: tuple[Token, ...]) -> bool:
    return len(span) == len(phrase.words) and all(
        token.lemma_.lower() == word.lower() if word.isupper() else token.lower_ == word
        for token, word in zip(span, phrase.words, strict=True)
    )


def _other(phrase: Phrase, span: tuple[Token, ...]) -> str | None:
    words = phrase.other.split()
    lemma = next((n for n, word in enumerate(words) if word.isupper() and len(word) > 1), None)
    if lemma is not None:
        source = next(
            (t for t, w in zip(span, phrase.words, strict=True) if w.isupper() and len(w) > 1), span[0]
        )
        form = inflected(words[lemma].lower(), source.tag_)
        if form is None:
            return None
        words[lemma] = form
    return like(span[0].text, " ".join(words))
