"""Is what is said of a document in it? Verbatim, as a paraphrase, or not at all.

A first answer for an analyst, by words and not by meaning: a paraphrase is a stretch of the document that has
most of the claim's words and all of its numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from fother.press.cues import words_of

Support = Literal["verbatim", "paraphrase", "not in the document"]
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_FEWEST = 3  # words of a claim that can be looked for
_VERBATIM = 96.0  # rapidfuzz similarity, 0…100: a slip of a letter is no paraphrase
_SHARE = 0.6  # of a claim's content words that a paraphrase has
_REACH = 3.0  # how much longer than the claim the stretch of a document may be
_EMPTY = words_of(
    """
    the and that this with from have has had was were are been for not but its their his her they
    would could will which who what when than then into over about there said says also more some
    any all
    """
)


@dataclass(frozen=True)
class Supported:
    """Where a claim stands in a document: code points [start, end) of its text, None when it does not."""

    verdict: Support
    start: int | None
    end: int | None
    score: float  #: 0…1


def support(claim: str, text: str) -> Supported:
    """How far a document's text bears out some words said about it."""
    words = [m.group().casefold() for m in _WORD.finditer(claim)]
    if len(words) < _FEWEST or not text:
        return Supported("not in the document", None, None, 0.0)
    exact = _verbatim(words, text)
    return exact if exact is not None else _paraphrase(words, text)


def _verbatim(words: list[str], text: str) -> Supported | None:
    tokens = list(_WORD.finditer(text))
    plain = " ".join(m.group().casefold() for m in tokens)
    starts: list[int] = []
    place = 0
    for m in tokens:
        starts.append(place)
        place += len(m.group().casefold()) + 1
    aligned = fuzz.partial_ratio_alignment(" ".join(words), plain, score_cutoff=_VERBATIM)
    if aligned is None or aligned.dest_end - aligned.dest_start < 0.8 * len(" ".join(words)):
        return None
    first = max(0, bisect_right(starts, aligned.dest_start) - 1)
    last = max(first, bisect_right(starts, max(aligned.dest_start, aligned.dest_end - 1)) - 1)
    return Supported("verbatim", tokens[first].start(), tokens[last].end(), aligned.score / 100)


def _paraphrase(words: list[str], text: str) -> Supported:
    wanted = Counter(_stem(w) for w in words if _tells(w))
    numbers = {w for w in words if any(c.isdigit() for c in w)}
    nothing = Supported("not in the document", None, None, 0.0)
    if len(wanted) < _FEWEST:
        return nothing
    tokens = list(_WORD.finditer(text))
    stems = [_stem(m.group().casefold()) for m in tokens]
    reach = max(12, int(_REACH * len(words)))
    best, place = 0.0, 0
    held: Counter[str] = Counter()
    shared = 0
    for i, stem in enumerate(stems):
        if held[stem] < wanted.get(stem, 0):
            shared += 1
        held[stem] += 1
        if i >= reach:
            gone = stems[i - reach]
            held[gone] -= 1
            if held[gone] < wanted.get(gone, 0):
                shared -= 1
        if shared / wanted.total() > best:
            best, place = shared / wanted.total(), i
    first = max(0, place - reach + 1)
    window = {m.group().casefold() for m in tokens[first : place + 1]}
    if best < _SHARE or not numbers <= window:
        return Supported("not in the document", None, None, best)
    while first < place and wanted.get(stems[first], 0) == 0:
        first += 1
    return Supported("paraphrase", tokens[first].start(), tokens[place].end(), best)


def _tells(word: str) -> bool:
    return any(c.isdigit() for c in word) or (len(word) > 2 and word not in _EMPTY)


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
