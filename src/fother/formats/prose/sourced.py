"""Text together with where its letters stand in the source, so that a rewrite changes only those letters.

Readers of plain text, Markdown and HTML gather blocks letter by letter; the writer cuts new words into the
source. What no letter of the text came from (markup, comments, white space between blocks) is never touched.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from fother.model.prose import Block, BlockKind, Fixed, Prose, Rewrite, require_writable, rewritten

_EDGES = " \t\n\f\v\r"
_DAMAGED = re.compile("[\ud800-\udfff]")  # bytes that are no characters of the file's encoding
_LETTERS = re.compile(r"[\w \u00a0\u2000-\u200d\u202f\u205f\u2060'’,-]+")
_SPACES = {*" \u00a0\u202f\u205f", *map(chr, range(0x2000, 0x200B))}
_WITHOUT_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"


def require_unambiguous(
    prose: Prose,
    rewrites: Sequence[Rewrite],
    read_again: Callable[[], str],
    risky: re.Pattern[str],
    *,
    lines: bool = True,
) -> None:
    """Check that a written text will be read as it was meant. Raises ValueError.

    Some texts cannot be said in a format: a line without words, words that are markup, a space at an edge.
    Letters for letters are harmless, but at the start of a line where that can be markup (`lines`); so are
    look-alikes of a space, but beside `risky` characters; for all else the result is read again.
    """
    seams = set(prose.seams) if lines else set()
    if all(
        _is_harmless(prose.text, change, risky, lines) and not _at_mark(change, seams) for change in rewrites
    ):
        return
    if read_again() != rewritten(prose.text, rewrites):
        raise ValueError("a rewrite would be read as something else: as markup, or as white space between")


def _at_mark(change: Rewrite, seams: set[int]) -> bool:
    """Whether it brings a sort of letter beside a mark that may undo it (CommonMark 0.31, 6.2)."""
    return bool({change.start, change.end} & seams) and not (change.text.isalnum() or change.text.isspace())


def _is_harmless(text: str, change: Rewrite, risky: re.Pattern[str], lines: bool) -> bool:
    old = text[change.start : change.end]
    if not (_LETTERS.fullmatch(old) and _LETTERS.fullmatch(change.text)):
        return False
    around = text[change.start - 1 : change.start] + text[change.end : change.end + 1]
    if old == " " and change.text.strip(_WITHOUT_WIDTH) in _SPACES:
        return len(around) == 2 and not risky.search(around)
    line = text.rfind("\n", 0, change.start) + 1
    within = not text[line : change.start].isspace() and change.start > line
    return (
        (within or not lines) and old[0].isalpha() and change.text[0].isalpha() and change.text[-1].isalnum()
    )


@dataclass(frozen=True)
class Sourced:
    """`prose`, and for each of its n code points where it begins and ends in the source."""

    prose: Prose
    starts: array[int]  #: (n,) offsets in the source
    ends: array[int]  #: (n,)

    def spliced(
        self, source: str, rewrites: Sequence[Rewrite], escape: Callable[[str, str, str], str]
    ) -> str:
        """The source with rewrites carried out; raises ValueError for those that may not be.

        `escape(text, before, after)` is how the words are written in the source between what stands there.
        """
        require_writable(self.prose, rewrites)
        pieces: list[str] = []
        at = 0
        for change in rewrites:
            start, end = self._span(change)
            pieces.append(source[at:start])
            before = pieces[-1][-40:] or "".join(pieces[-3:])[-40:]
            pieces.append(escape(change.text, before, source[end : end + 1]))
            at = end
        return "".join([*pieces, source[at:]])

    def _span(self, change: Rewrite) -> tuple[int, int]:
        if change.start < change.end:
            return self.starts[change.start], self.ends[change.end - 1]
        block = next(b for b in self.prose.blocks if b.start <= change.start <= b.end)
        here = self.ends[change.start - 1] if change.start > block.start else self.starts[change.start]
        return here, here


@dataclass
class Gatherer:
    """Builds a `Sourced` block by block."""

    source: str
    _text: list[str] = field(default_factory=list)
    _starts: array[int] = field(default_factory=lambda: array("q"))
    _ends: array[int] = field(default_factory=lambda: array("q"))
    _blocks: list[Block] = field(default_factory=list)
    _fixed: list[Fixed] = field(default_factory=list)
    _seams: list[int] = field(default_factory=list)
    _length: int = 0  # code points of finished blocks, each with its line end
    _piece: list[str] = field(default_factory=list)
    _from: array[int] = field(default_factory=lambda: array("q"))
    _to: array[int] = field(default_factory=lambda: array("q"))
    _stretches: list[tuple[int, int, str]] = field(default_factory=list)
    _changes: list[int] = field(default_factory=list)

    @property
    def at(self) -> int:
        """Code points of the block under way."""
        return len(self._from)

    def take(self, start: int, end: int, reason: str = "") -> None:
        """The source's own letters; a carriage return and line feed are one line end."""
        begin = self.at
        while (cut := self.source.find("\r", start, end)) >= 0:
            self._plain(start, cut)
            wide = 2 if self.source[cut : cut + 2] == "\r\n" and cut + 2 <= end else 1
            self._say("\n", cut, cut + wide)
            start = cut + wide
        self._plain(start, end)
        self.fix(begin, self.at, reason)

    def say(self, text: str, start: int, end: int, reason: str = "") -> None:
        """`text` that the stretch of the source stands for; of several code points, none can be parted."""
        begin = self.at
        for letter in text:
            self._say(letter, start, end)
        if len(text) > 1:
            reason = reason or "one sign of several letters"
        self.fix(begin, self.at, reason)

    def fix(self, start: int, end: int, reason: str) -> None:
        """Keep a stretch of the block under way as it is; nothing without a reason."""
        if reason and start < end:
            self._stretches.append((start, end, reason))

    def seam(self) -> None:
        """The look changes here."""
        if not self._changes or self._changes[-1] != self.at:
            self._changes.append(self.at)

    def words(self) -> str:
        """What the block under way says so far."""
        return "".join(self._piece)

    def end(self, kind: BlockKind = "paragraph", part: str = "") -> None:
        """Finish the block under way; white space at its ends stays out, as does a block of nothing else."""
        text = self.words()
        for found in _DAMAGED.finditer(text):
            self._stretches.insert(0, (found.start(), found.end(), "damaged characters"))
        text = _DAMAGED.sub("\ufffd", text)
        left = len(text) - len(text.lstrip(_EDGES))
        right = len(text.rstrip(_EDGES))
        if left < right:
            shift = self._length - left
            self._text.append(text[left:right])
            if self._blocks:
                self._starts.append(self._ends[-1])  # the line end that parts two blocks stands for nothing
                self._ends.append(self._ends[-1])
            self._starts.extend(self._from[left:right])
            self._ends.extend(self._to[left:right])
            self._blocks.append(Block(left + shift, right + shift, kind, part))
            stretches = disjoint(self._stretches, len(text))
            within = [(max(a, left), min(b, right), why) for a, b, why in stretches]
            self._fixed += [Fixed(a + shift, b + shift, why) for a, b, why in within if a < b]
            self._seams += sorted({c + shift for c in self._changes if left < c < right})
            self._length = right + shift + 1
        self._piece, self._stretches, self._changes = [], [], []
        self._from, self._to = array("q"), array("q")

    def gathered(self, notes: Iterable[str] = ()) -> Sourced:
        """All blocks that were finished."""
        prose = Prose(
            "\n".join(self._text), tuple(self._blocks), tuple(self._fixed), tuple(self._seams), tuple(notes)
        )
        return Sourced(prose, self._starts, self._ends)

    def _plain(self, start: int, end: int) -> None:
        if start < end:
            self._piece.append(self.source[start:end])
            self._from.extend(range(start, end))
            self._to.extend(range(start + 1, end + 1))

    def _say(self, letter: str, start: int, end: int) -> None:
        self._piece.append(letter)
        self._from.append(start)
        self._to.append(end)


def disjoint(stretches: Iterable[tuple[int, int, str]], length: int) -> list[tuple[int, int, str]]:
    """In order and without overlaps; where several say why, the first given is heard."""
    painted: list[str] = [""] * length
    for start, end, reason in stretches:
        painted[start:end] = [why or reason for why in painted[start:end]]
    runs, at = [], 0
    for reason, run in groupby(painted):
        begin, at = at, at + len(list(run))
        if reason:
            runs.append((begin, at, reason))
    return runs
