"""What a reader of one file gives: its text in pieces, what it says about itself, the files inside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

MOST_METADATA = 64
MOST_METADATA_CHARACTERS = 500
_MOST_NOTES = 40
_LINE_ENDS = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_MANY_LINES = re.compile(r"\n{3,}")


class Refused(Exception):
    """The file cannot be read; the message is the end of a sentence for the user."""


class Locked(Refused):
    """The file is encrypted, and the password given does not open it (or none was given)."""


@dataclass(frozen=True)
class Budget:
    """What reading one file may cost.

    `text` code points; `unpacked` bytes of everything inside it together; `part` bytes of one thing inside
    it; `members` files taken out of it; `ratio` how many times larger than its packed size a thing may get
    (things below a megabyte are let through).
    """

    text: int = 20_000_000
    unpacked: int = 512 << 20
    part: int = 128 << 20
    members: int = 200
    ratio: int = 250


@dataclass(frozen=True)
class Words:
    """Where the words of a piece stand: `start`, `end` (w,) code points of the piece, `box` (w, 4) points."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    box: NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """A stretch of text; kinds are those of `model.capture.TextPart`."""

    kind: str
    text: str
    label: str = ""
    sheet: int | None = None
    words: Words | None = None


@dataclass(frozen=True)
class Member:
    """A file inside another, as it lies there: its name is not to be trusted."""

    name: str
    data: bytes


@dataclass
class Content:
    """Filled by a reader while it reads, so that what came before a fault is kept."""

    budget: Budget = field(default_factory=Budget)
    pieces: list[Piece] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  #: one clear sentence each
    members: list[Member] = field(default_factory=list)
    #: takes each member at once instead of keeping it in `members`
    hand_over: Callable[[Member], None] | None = None
    _used: int = 0  #: code points of text
    _taken: int = 0  #: members
    _bytes: int = 0  #: bytes of members

    def add(self, kind: str, text: str, label: str = "", sheet: int | None = None) -> None:
        """Append a piece, its line ends made \\n and white space at its ends removed; empty ones are dropped.

        Over the budget it is cut, with a note.
        """
        text = _MANY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text)).strip("\n\t ")
        self._append(Piece(kind, text, label[:100], sheet))

    def add_page(self, kind: str, text: str, sheet: int, words: Words) -> None:
        """Append a page's text as it is, because its words' places count in it; blank ones are dropped."""
        self._append(Piece(kind, text, sheet=sheet, words=words))

    def _append(self, piece: Piece) -> None:
        if not piece.text.strip():
            return
        room = self.budget.text - self._used
        if len(piece.text) > room:
            self.note(f"Only the first {self.budget.text:,} characters of its text were read.")
            piece = replace(piece, text=piece.text[:room], words=_cut(piece.words, room))
        self._used += len(piece.text)
        if piece.text:
            self.pieces.append(piece)

    @property
    def full(self) -> bool:
        """No more text is taken."""
        return self._used >= self.budget.text

    def say(self, name: str, value: object) -> None:
        """Keep what the file says about itself, cut to size; empty values are dropped."""
        text = " ".join(str(value).split())[:MOST_METADATA_CHARACTERS]
        if text and (name in self.metadata or len(self.metadata) < MOST_METADATA):
            self.metadata.setdefault(name[:60], text)

    def note(self, sentence: str) -> None:
        if sentence not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(sentence)

    def take(self, name: str, data: bytes) -> bool:
        """Take a member out; False, with a note, when there are more than the budget allows."""
        if self._taken >= self.budget.members:
            self.note(f"It holds more than {self.budget.members} files; the others were not read.")
            return False
        if self._bytes + len(data) > self.budget.unpacked:
            self.note(f"The files in it have more than {self.budget.unpacked >> 20} MB; not all were read.")
            return False
        if data:
            self._taken += 1
            self._bytes += len(data)
            member = Member(name, data)
            if self.hand_over is None:
                self.members.append(member)
            else:
                self.hand_over(member)
        return True

    @property
    def empty(self) -> bool:
        """Nothing was found so far, neither text nor files."""
        return not self.pieces and not self._taken


def _cut(words: Words | None, end: int) -> Words | None:
    if words is None:
        return None
    keep = words.end <= end
    return Words(words.start[keep], words.end[keep], words.box[keep])
