"""Which spaces of a text may be written with look-alikes.

A space is taken when it stands alone between two plain words of one sentence or of two neighbouring ones.
Whatever a reader may copy to use it (a number, a name, an address, a command, a reference) and whatever says
how to handle the text (a marking) keeps its own spaces, as do headings and subject lines, which programs copy
into lists, links and file names.

Names are told by their capitals. That errs on the cautious side: "The Cuban view" is given up as well.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from fother.channels.text.carriers import Place
from fother.model.match import Span
from fother.model.prose import Block, BlockKind, Prose

from .forms import FORMS

FAMILY = "space"
_KINDS: frozenset[BlockKind] = frozenset({"paragraph", "item", "cell", "note", "caption"})
#: Latin, Greek and Cyrillic: scripts that put spaces between words and do not join letters.
_LETTER = r"[^\W\d_ªºͰ-\U0010ffff]|[Ͱ-ԯḀ-ỿἀ-῿]|[\u0300-\u036f]"
_CORE = rf"(?:{_LETTER})+(?:['’‘\-‐‑](?:{_LETTER})+)*['’]?"
_WORD = re.compile(rf"[\"“”„‘'«»(]{{0,2}}({_CORE})[,;:.!?…\"”“’'»)]{{0,3}}")
_TOKEN = re.compile(r"\S+")
_MIXED_CASE = re.compile(r"[a-z][A-Z]")
_PORTION = re.compile(r"\([A-Z]{1,3}\)")
_ROMAN = re.compile(r"[IVXLCDM]{2,}|[ivx]{2,}")

_WORDS = {
    kind: frozenset(words.split())
    for kind, words in tomllib.loads(
        (files("fother.channels.characters") / "words.toml").read_text(encoding="utf-8")
    ).items()
}
_MARKING_LINE = 7  # words; a longer line that speaks of secrets is a sentence


@dataclass(frozen=True)
class _Word:
    """A token between white space: `core` without its punctuation, empty where it is no plain word."""

    start: int
    end: int
    text: str
    core: str

    @property
    def capital(self) -> bool:
        return self.core[:1].isupper()

    @property
    def low(self) -> str:
        return self.core.lower()

    @property
    def stops(self) -> bool:
        """Whether a sentence or clause ends here."""
        return self.text[-1] in ',;:.!?…)"”»'


def places(prose: Prose, taken: Sequence[Span]) -> list[Place]:
    """Single spaces that may be written with look-alikes, each a `Place` of `FORMS`, in order.

    `taken` are spans that other channels use; a place may touch one, not overlap it. The same prose gives the
    same places.
    """
    closed = bytearray(len(prose.text))
    for start, end in (*taken, *((fixed.start, fixed.end) for fixed in prose.fixed)):
        closed[start:end] = b"\x01" * (end - start)
    return [
        Place(at, at + 1, FORMS, "characters", FAMILY, number)
        for number, block in enumerate(prose.blocks)
        if block.kind in _KINDS
        for at in _spaces(prose.text, block)
        if not closed[at]
    ]


def _spaces(text: str, block: Block) -> Iterator[int]:
    """Offsets of the spaces of a block that may be written otherwise."""
    at = block.start
    for line in text[block.start : block.end].splitlines(keepends=True):
        words = [_word(found, at) for found in _TOKEN.finditer(line)]
        at += len(line)
        if _is_marking(words):
            continue
        for k in range(len(words) - 1):
            left, right = words[k], words[k + 1]
            if text[left.end : right.start] == " " and _may_change(words, k):
                yield left.end


def _word(found: re.Match[str], offset: int) -> _Word:
    text = found.group()
    whole = _WORD.fullmatch(text)
    core = whole.group(1) if whole and not _MIXED_CASE.search(text) and not _PORTION.fullmatch(text) else ""
    return _Word(offset + found.start(), offset + found.end(), text, core)


def _is_marking(words: list[_Word]) -> bool:
    """Whether a line marks the text, or is set in capitals like a marking or a heading."""
    cores = [word.core for word in words if word.core]
    if not any(core != core.upper() for core in cores):
        return True
    return len(words) <= _MARKING_LINE and any(core.lower() in _WORDS["markings"] for core in cores)


def _may_change(words: list[_Word], k: int) -> bool:
    """Whether the space after word k may: no name, number or reference goes on across it."""
    left, right = words[k], words[k + 1]
    if not left.core or not right.core:
        return False
    return not (
        _in_name(words, k)
        or (right.core == "et" and k + 2 < len(words) and words[k + 2].core == "al")
        or _in_number(left, right)
        or any(word.low in _WORDS["markings"] and word.core.isupper() for word in (left, right))
        or (len(left.core) == 1 and left.core not in "aAIO")
        or (len(right.core) == 1 and right.core not in "aI")
    )


def _in_name(words: list[_Word], k: int) -> bool:
    """Whether a name goes on: capitals on both sides, small words between capitals, titles."""
    left, right = words[k], words[k + 1]
    if left.capital and right.capital:
        begins = k == 0 or words[k - 1].text[-1] in ".!?"
        return not (begins and left.low in _WORDS["openers"] and not left.core.isupper())
    if right.capital and left.low in _WORDS["titles"] and not left.stops:
        return True
    first, last = k, k + 1
    while first > 0 and words[first].core in _WORDS["links"] and not words[first - 1].stops:
        first -= 1
    while last < len(words) - 1 and words[last].core in _WORDS["links"] and not words[last].stops:
        last += 1
    linked = last - first > 1
    return linked and not left.stops and words[first].capital and words[last].capital


def _in_number(left: _Word, right: _Word) -> bool:
    """Whether a number or reference goes on across the space."""
    if left.low in _WORDS["references"] and (left.text.endswith(".") or right.low in _WORDS["numbers"]):
        return True
    if right.low in _WORDS["references"] and right.text.endswith("."):
        return True
    if left.low in _WORDS["numbers"] and (right.low in _WORDS["numbers"] or right.low in _WORDS["units"]):
        return True
    return any(_ROMAN.fullmatch(word.core) for word in (left, right))
