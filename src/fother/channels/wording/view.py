"""A document's text as it reads: each own alternative says its first form, and white space is one space.

Line ends that only wrap, double and look-alike spaces make no difference to a sentence; the view knows where
in the document each of its letters stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fother.channels.text.carriers import Place
from fother.model.match import Span
from fother.model.prose import Prose


@dataclass(frozen=True)
class View:
    """`text` has one line for each block of the prose, in order; `lines` are their spans in `text`.

    `starts[i]` and `ends[i]` bound in `Prose.text` what letter i of `text` stands for.
    """

    text: str
    lines: tuple[Span, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the view, at least one letter, stands in the document."""
        return self.starts[start], self.ends[end - 1]

    def block(self, at: int) -> int:
        """Number of the block that holds a letter of the view."""
        return self.text.count("\n", 0, at)


def view(prose: Prose, own: Sequence[Place]) -> View:
    """How the document reads; `own` are the author's alternatives, in order."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    lines: list[Span] = []

    def put(letter: str, start: int, end: int) -> None:
        letters.append(letter)
        starts.append(start)
        ends.append(end)

    places = {place.start: place for place in own}
    for number, block in enumerate(prose.blocks):
        if number:
            put("\n", block.start, block.start)
        begin, at = len(letters), block.start
        while at < block.end:
            place = places.get(at)
            said, until = (place.forms[0], place.end) if place else (prose.text[at], at + 1)
            for letter in said:
                if not letter.isspace():
                    put(letter, at, until)
                elif len(letters) > begin and letters[-1] != " ":
                    put(" ", at, until)
                elif len(letters) > begin:
                    ends[-1] = max(ends[-1], until)
            at = until
        if len(letters) > begin and letters[-1] == " ":
            del letters[-1], starts[-1], ends[-1]
        lines.append((begin, len(letters)))
    return View("".join(letters), tuple(lines), tuple(starts), tuple(ends))
