"""A Word file as prose, and copies of it: letters are written into the text elements that hold them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fother.errors import InputFileError
from fother.formats.prose.docx.container import Container
from fother.formats.prose.docx.looks import Looks
from fother.formats.prose.docx.slots import Slots
from fother.formats.prose.docx.story import Passage, Piece, Story
from fother.formats.prose.docx.styles import Styles
from fother.formats.text.sniff import WORD
from fother.model.prose import Block, BlockKind, Fixed, Prose, Rewrite, require_writable

#: Kinds of related parts that hold text, in the order in which they follow the body.
_STORIES: tuple[tuple[str, BlockKind], ...] = (
    ("header", "header"),
    ("footer", "footer"),
    ("footnotes", "note"),
    ("endnotes", "note"),
)
_LEFT = (
    ({"comments"}, "Comments are left as they are, unmarked."),
    ({"chart", "diagramData"}, "Text in charts and diagrams is left as it is, unmarked."),
    (
        {"oleObject", "package", "subDocument"},
        "Files that are embedded or linked are left as they are, unmarked.",
    ),
)
_NUMBER = re.compile(r"\d+")


class Docx:
    """Word files without macros. Copies of one file are made without reading it again."""

    media_type = WORD
    ending = ".docx"

    def __init__(self) -> None:
        self._original: tuple[bytes, DocxTemplate] | None = None

    def read(self, data: bytes) -> Prose:
        """The text of its body, headers, footers, notes and text boxes.

        Raises InputFileError, PasswordError for an encrypted file, SignedFileError for a signed one.
        """
        if self._original is None:
            return self._template(data).prose
        # A copy that is read back must not take the place of the original that copies are made of.
        return (self._original[1] if self._original[0] == data else DocxTemplate(data)).prose

    def write(self, data: bytes, rewrites: Sequence[Rewrite]) -> bytes:
        """The file with rewrites carried out; raises as `read` does, and ValueError for what must stay."""
        return self._template(data).write(rewrites)

    def _template(self, data: bytes) -> DocxTemplate:
        original = self._original
        if original is None or original[0] != data:
            original = self._original = (data, DocxTemplate(data))
        return original[1]


@dataclass(frozen=True)
class _Part:
    name: str
    slots: Slots
    story: Story
    passages: list[Passage]


@dataclass(frozen=True)
class _Way:
    """One of the places where a block is written."""

    part: int
    passage: Passage


class DocxTemplate:
    """One file, read once, of which many copies are written."""

    def __init__(self, data: bytes) -> None:
        """Raises InputFileError, PasswordError or SignedFileError."""
        self._container = Container(data)
        self._parts = self._read()
        self._ways = self._written_once()
        self.prose = self._joined()
        self._starts = [block.start for block in self.prose.blocks]
        self._free_starts = [start for start, _ in self.prose.free]

    def write(self, rewrites: Sequence[Rewrite]) -> bytes:
        """The file with rewrites of `prose.text` carried out; raises ValueError for what is not allowed."""
        require_writable(self.prose, rewrites)
        edits: dict[int, dict[int, list[Rewrite]]] = defaultdict(lambda: defaultdict(list))
        for change in rewrites:
            # An insertion goes with the letter before it, where that may change, else with the one after.
            letter = change.start
            if change.start == change.end and self._is_free(change.start - 1):
                letter -= 1
            block = bisect_right(self._starts, letter) - 1
            for way in self._ways[block]:
                for slot, edit in _edits(way.passage.pieces, change, self._starts[block], letter):
                    edits[way.part][slot].append(edit)
        changed = {}
        for number, of_part in edits.items():
            part = self._parts[number]
            changed[part.name] = part.slots.rewritten(of_part, part.story.bare)
        return self._container.written(changed)

    def _read(self) -> list[_Part]:
        """The body, headers, footers and notes."""
        container = self._container
        styles = Styles(container.xml(next((t for k, t in container.related if k == "styles"), "")))
        named: list[tuple[str, BlockKind]] = [(container.main, "paragraph")]
        for wanted, kind in _STORIES:
            names = {target for k, target in container.related if k == wanted and target in container.names}
            named += [(name, kind) for name in sorted(names, key=_order)]
        parts = [self._part(name, kind, styles, Looks(styles)) for name, kind in named]
        letters = sum(part.story.letters for part in parts)
        if 2 * sum(part.story.monospace for part in parts) > letters:
            # A text that is set as on a typewriter is no code.
            looks = Looks(styles, monospace_is_code=False)
            parts = [self._part(name, kind, styles, looks) for name, kind in named]
        return parts

    def _part(self, name: str, kind: BlockKind, styles: Styles, looks: Looks) -> _Part:
        root = self._container.xml(name)
        try:
            if root is None:
                raise ValueError("it is empty")
            slots = Slots(self._container.part(name))
            story = Story(root, slots, styles, looks)
            return _Part(name, slots, story, story.passages(kind))
        except ValueError as reason:
            raise InputFileError(f"The Word file cannot be used, for its part {name}: {reason}.") from None

    def _written_once(self) -> list[list[_Way]]:
        """The blocks. Headers and footers that sections repeat are one text written in several places."""
        blocks: list[list[_Way]] = []
        seen: dict[tuple[str, ...], list[list[_Way]]] = {}
        for number, part in enumerate(self._parts):
            ways = [[_Way(number, way) for way in (p, *p.twins)] for p in part.passages]
            kinds = {p.kind for p in part.passages}
            if kinds in ({"header"}, {"footer"}):
                said = (*kinds, *(p.text for p in part.passages))
                if (before := seen.get(said)) is not None:
                    for earlier, same in zip(before, ways, strict=True):
                        earlier += same
                    continue
                seen[said] = ways
            blocks += ways
        return blocks

    def _joined(self) -> Prose:
        blocks, texts = [], []
        fixed: list[Fixed] = []
        seams: list[int] = []
        at = 0
        for ways in self._ways:
            passage = ways[0].passage
            blocks.append(Block(at, at + len(passage.text), passage.kind))
            texts.append(passage.text)
            stays = {replace(f, start=f.start + at, end=f.end + at) for w in ways for f in w.passage.fixed}
            fixed += sorted(stays, key=lambda f: (f.start, f.end, f.reason))
            inner = {s for w in ways for s in w.passage.seams if 0 < s < len(passage.text)}
            seams += sorted(at + s for s in inner)
            at += len(passage.text) + 1
        return Prose("\n".join(texts), tuple(blocks), tuple(fixed), tuple(seams), self._notes())

    def _notes(self) -> tuple[str, ...]:
        kinds = {kind for kind, _ in self._container.related}
        notes = [note for part in self._parts for note in part.story.notes]
        notes += [note for some, note in _LEFT if some & kinds]
        return tuple(dict.fromkeys(notes))

    def _is_free(self, letter: int) -> bool:
        found = bisect_right(self._free_starts, letter)
        return found > 0 and letter < self.prose.free[found - 1][1]


def _edits(pieces: Sequence[Piece], change: Rewrite, base: int, letter: int) -> list[tuple[int, Rewrite]]:
    """(slot, edit of its content) for a change; `base` is where the passage begins.

    `letter`, which is in the first piece, and all places of the change count from the start of the text.
    """
    start, end, said = change.start - base, change.end - base, change.text
    edits: list[tuple[int, Rewrite]] = []
    for piece in pieces[bisect_right(pieces, letter - base, key=lambda p: p.start) - 1 :]:
        if edits and piece.start >= end:
            break
        shift = piece.skip - piece.start
        first, last = max(start, piece.start), min(end, piece.end)
        edits.append((piece.slot, Rewrite(first + shift, max(first, last) + shift, said)))
        said = ""
    return edits


def _order(name: str) -> tuple[int, str]:
    number = _NUMBER.search(name.rpartition("/")[2])
    return (int(number.group()[:9]) if number else 0), name
