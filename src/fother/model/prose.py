"""The words of a document that can be rewritten in place, between the formats and the channels of text.

Offsets are code points of `Prose.text`, spans are half-open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fother.model.match import Span

BlockKind = Literal["paragraph", "heading", "item", "cell", "header", "footer", "note", "subject", "caption"]


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

    `text` is exactly what the file says, letter by letter (a look-alike space is itself). Blocks are disjoint,
    in order, and separated by one line end each; a line end inside a block stands for one of the file's own
    (wrapped plain text, a line break). `seams` are offsets inside blocks where the look changes: a rewrite
    never reaches over one, though it may begin or end there.
    """

    text: str
    blocks: tuple[Block, ...]
    fixed: tuple[Fixed, ...] = ()
    seams: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()  #: what cannot be marked, one sentence each


@dataclass(frozen=True)
class Rewrite:
    """Write `text` in place of what `Prose.text[start:end]` says."""

    start: int
    end: int
    text: str


def rewritten(text: str, rewrites: Iterable[Rewrite]) -> str:
    """The text with disjoint rewrites, in order, carried out."""
    pieces, at = [], 0
    for change in rewrites:
        pieces += [text[at : change.start], change.text]
        at = change.end
    return "".join([*pieces, text[at:]])
