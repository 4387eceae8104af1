"""Variants that rules propose for a document: nothing of it is used before a person approves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fother.channels.wording.obstacles import Obstacles, mask
from fother.channels.wording.own import own_places
from fother.channels.wording.places import everywhere, exact_forms
from fother.channels.wording.protect import binds, mostly_english, ordinary, protected
from fother.channels.wording.rules.families import FAMILIES
from fother.channels.wording.rules.grammar import article, like
from fother.channels.wording.rules.interface import Change, Family, Usage
from fother.channels.wording.variant import Suggestion, change, identity
from fother.channels.wording.view import View, view
from fother.language.english import parse
from fother.model.match import Span
from fother.model.prose import Prose

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence

_MOST = 3  # in one sentence
_MOST_IN_LONG = 4
_LONG = 30  # words
_KINDS = ("paragraph", "item", "cell", "note")
_SHORT = re.compile(r"(?i)\b(?:\w+n['’]t|(?:it|that|there|he|she)['’]s|\w+['’](?:re|ll|ve|m))\b")
_BRITISH = re.compile(
    r"(?i)\b(?:\w+isation\w*|colou?r(?<=our)\w*|favour\w*|behaviour\w*|labour|centres?|whilst|programmes?|defence)\b"
)
_ARTICLE = re.compile(r"(?i)\b(an?) $")


def suggest(prose: Prose) -> list[Suggestion]:
    """Variants in the order of the text, at most three in a sentence, four in a long one; none overlap.

    Deterministic. Blocks that are no running text and those that are not English get none. Raises
    InputFileError as `own_places` does.
    """
    own, _ = own_places(prose)
    seen = view(prose, own)
    doc = parse(seen.text)
    usage = _usage(seen.text)
    obstacles = Obstacles(prose, [(p.start, p.end) for p in own])
    kept = _Kept(prose, seen, obstacles, mask(len(doc.text), protected(doc)))
    for sentence in doc.sents:
        block = seen.block(sentence.start_char)
        if block < len(prose.blocks) and prose.blocks[block].kind in _KINDS and ordinary(sentence):
            kept.take(sentence, block, usage)
    return sorted(kept.found, key=lambda s: s.start)


def _usage(text: str) -> Usage:
    contractions, words = len(_SHORT.findall(text)), re.findall(r"[\w-]+", text)
    return Usage(
        contracts=contractions * 400 >= len(words) and contractions > 0,
        british=_BRITISH.search(text) is not None,
        words=frozenset(words),
    )


@dataclass
class _Kept:
    """Suggestions so far, and what they and others take up of the document."""

    prose: Prose
    seen: View
    obstacles: Obstacles
    guarded: bytearray  #: 1 for each letter that stays as it is

    def __post_init__(self) -> None:
        self.found: list[Suggestion] = []
        self._ids: set[str] = set()

    def take(self, sentence: Sentence, block: int, usage: Usage) -> None:
        """The families in turn, each change that is free, until the sentence has enough."""
        legal, count = binds(sentence), 0
        most = _MOST_IN_LONG if len(sentence) > _LONG else _MOST
        for family in FAMILIES:
            if legal and not family.legal:
                continue
            for one in family.changes(sentence, usage):
                if count == most:
                    return
                suggestion = self._suggestion(sentence, block, family, one)
                if suggestion is not None and suggestion.id not in self._ids:
                    self.found.append(suggestion)
                    self._ids.add(suggestion.id)
                    count += 1

    def _suggestion(self, sentence: Sentence, block: int, family: Family, one: Change) -> Suggestion | None:
        text = self.seen.text
        if any(self.guarded[one.start : one.end]):
            return None
        first, last = _trimmed(text, sentence.start_char, sentence.end_char)
        start, other = _agreeing(text, one)
        said = text[first:last]
        told = text[first:start] + other + text[one.end : last]
        differs = change(said, told)
        if differs is None:
            return None
        (a, b), words = differs
        span = self.seen.span(first + a, first + b)
        forms = exact_forms(self.prose.text[slice(*span)], words)
        if forms is None or self.obstacles.told(span):
            return None
        spans = [span]
        if one.throughout:
            spans = [self.seen.span(*found) for found in everywhere(self.seen, said[a:b])]
            if any(self.obstacles.told(found) for found in spans):
                return None
        self.obstacles.take(spans)
        name = identity(family.name, said, told)
        return Suggestion(name, family.name, said, told, *span, forms, family.note, block, one.throughout)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _agreeing(text: str, one: Change) -> tuple[int, str]:
    """The change with the article before it, where that must become another."""
    found = _ARTICLE.search(text, max(0, one.start - 4), one.start)
    if found is None or article(one.text) == found[1].lower() or not one.text[:1].isalpha():
        return one.start, one.text
    return found.start(1), f"{like(found[1], article(one.text))} {one.text}"


def english(text: str) -> bool:
    """Whether a text is mainly English: then a fifth of its words are among the commonest ones."""
    return mostly_english(re.findall(r"[^\W\d_]+", text))
