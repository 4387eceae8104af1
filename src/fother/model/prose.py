"""The words of a document that can be rewritten in place, between the formats and the channels of text.

Offsets are code points of `Prose.text`, spans are half-open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from fother.model.match import Span

BlockKind = Literal["paragraph", "heading", "item", "cell", "header", "footer", "note", "subject", "caption"]
#: What no rewrite may write: control characters, other line ends, surrogates, what XML 1.0 forbids.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Block:
    """A stretch that is written in one piece: a paragraph, a list item, a table cell, a subject line.

    `part` says where it stands in a container of several texts ("plain", "html", "attachment 2: a.docx");
    empty where there is only one. The same words in two parts of a mail are one text written twice.
    """

    start: int
    end: int
    kind: BlockKind = "paragraph"
    part: str = ""


@dataclass(frozen=True)
class Fixed:
    """A stretch that must stay as it is, and why, for people: "code", "a link", "a tracked change", …"""

    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Prose:
    """All text of a document that a writer can rewrite, block by block, in the order of the file.

    `text` is exactly what the file says, letter by letter (a look-alike space is itself). Blocks are
    disjoint, in order, and separated by one line end each; a line end inside a block stands for one of the
    file's own (wrapped plain text, a line break). `seams` are offsets inside blocks where the look changes:
    a rewrite never reaches over one, though it may begin or end there.
    """

    text: str
    blocks: tuple[Block, ...]
    fixed: tuple[Fixed, ...] = ()
    seams: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()  #: what cannot be marked, one sentence each

    @cached_property
    def free(self) -> tuple[Span, ...]:
        """The stretches in which a rewrite may lie, in order: blocks, cut at seams and without what is fixed.

        Two of them may touch, at a seam; none is empty.
        """
        cuts = sorted({*self.seams, *(at for f in self.fixed for at in (f.start, f.end))})
        fixed = sorted((f.start, f.end) for f in self.fixed)
        stretches, next_cut, next_fixed = [], 0, 0
        for block in self.blocks:
            start = block.start
            while start < block.end:
                while next_cut < len(cuts) and cuts[next_cut] <= start:
                    next_cut += 1
                end = min(block.end, cuts[next_cut]) if next_cut < len(cuts) else block.end
                while next_fixed < len(fixed) and fixed[next_fixed][1] <= start:
                    next_fixed += 1
                if next_fixed == len(fixed) or fixed[next_fixed][0] >= end:
                    stretches.append((start, end))
                start = end
        return tuple(stretches)


@dataclass(frozen=True)
class Rewrite:
    """Write `text` in place of what `Prose.text[start:end]` says."""

    start: int
    end: int
    text: str


def moved(offset: int, rewrites: Iterable[Rewrite]) -> int:
    """Where an offset of the text is after disjoint rewrites, in order; inside of one, at its end."""
    shift = 0
    for change in rewrites:
        if change.start >= offset:
            break
        shift = change.start + len(change.text) - change.end + shift
        if change.end > offset:
            return change.end + shift
    return offset + shift


def rewritten(text: str, rewrites: Iterable[Rewrite]) -> str:
    """The text with disjoint rewrites, in order, carried out."""
    pieces, at = [], 0
    for change in rewrites:
        pieces += [text[at : change.start], change.text]
        at = change.end
    return "".join([*pieces, text[at:]])


def require_writable(prose: Prose, rewrites: Sequence[Rewrite]) -> None:
    """Check that all rewrites are disjoint, in order, each within one free stretch, and say printable text.

    Line ends that a rewrite replaces may be written again, never more of them. Raises ValueError.
    """
    starts = [start for start, _ in prose.free]
    at = 0
    for change in rewrites:
        if change.start < at or change.end < change.start:
            raise ValueError("rewrites overlap, or are not in the order of the text")
        at = change.end
        found = bisect_right(starts, change.start)
        if not found or change.end > prose.free[found - 1][1]:
            raise ValueError(f"characters {change.start} to {change.end} of the text cannot be rewritten")
        if _FORBIDDEN.search(change.text):
            raise ValueError("a rewrite holds a control character or half a character")
        if change.text.count("\n") > prose.text.count("\n", change.start, change.end):
            raise ValueError("a rewrite adds a line end")
