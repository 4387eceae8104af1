"""The frame of a report: its text with every quoted clause put aside, so that the parser sees who speaks.

A parser trained on whole sentences stumbles over long quotations: sentences end inside them, and the words
that tell the speaker are left as a fragment. In the frame each quotation that could stand alone is a short
clause of the same shape, “It is so,”. Whatever the parser finds there has a place in the canonical text.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fother.language.english import parse
from fother.language.quotes import Quotation, quotations
from fother.model.press import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_PLACEHOLDER = "It is so"
_CLAUSE_WORDS = 4
_ENDS = ".?!,…;:—–-"


@dataclass(frozen=True)
class Aside:
    """A quotation put aside: tokens [first, last) of the frame stand for it, `root` is their head."""

    quotation: Quotation
    first: int
    last: int
    root: int

    @property
    def span(self) -> Span:
        """Its place in the canonical text, marks included."""
        return Span(self.quotation.start, self.quotation.end)


class Frame:
    """A parsed text whose tokens have a place in the canonical text.

    `text` is the canonical text, `doc` the parsed frame, `quotations` all quotations of the text and `asides`
    those put aside.
    """

    def __init__(self, text: str, quoted: tuple[Quotation, ...], *, aside: bool = True) -> None:
        self.text = text
        self.quotations = quoted
        put = [q for q in quoted if aside and stands_alone(text, q)]
        self._edges: list[tuple[int, int, bool]] = []  # start in frame, start in text, whether put aside
        pieces: list[str] = []
        place = length = 0
        for q in put:
            self._edges.append((length, place, False))
            before = text[place : q.start]
            self._edges.append((length + len(before), q.start, True))
            words = _words_for(text, q)
            pieces += [before, words]
            length += len(before) + len(words)
            place = q.end
        self._edges.append((length, place, False))
        pieces.append(text[place:])
        self._starts = [edge[0] for edge in self._edges]
        self._ends = [q.end for q in put]
        self.doc: Doc = parse("".join(pieces))
        self.asides = self._find_asides(put)
        self._aside_tokens = {i: one for one in self.asides for i in range(one.first, one.last)}

    def _find_asides(self, put: list[Quotation]) -> tuple[Aside, ...]:
        starts = {edge[1]: edge[0] for edge in self._edges if edge[2]}
        found = []
        for q in put:
            start = starts[q.start]
            words = len(_words_for(self.text, q))
            span = self.doc.char_span(start, start + words, alignment_mode="expand")
            if span is not None and len(span):
                is_ = next((t for t in span if t.lower_ == "is"), span.root)
                found.append(Aside(q, span.start, span.end, is_.i))
        return tuple(found)

    def aside_of(self, token: Token) -> Aside | None:
        """The quotation that a token stands for, if any."""
        return self._aside_tokens.get(token.i)

    def span(self, first: int, last: int) -> Span:
        """The place of tokens [first, last) in the canonical text."""
        start = self.doc[first].idx
        token = self.doc[last - 1]
        return Span(self._start(start), self._end(token.idx + len(token)))

    def _start(self, place: int) -> int:
        index = bisect_right(self._starts, place) - 1
        frame, text, aside = self._edges[index]
        return text if aside else text + place - frame

    def _end(self, place: int) -> int:
        index = bisect_right(self._starts, place - 1) - 1
        frame, text, aside = self._edges[index]
        return self._ends[index // 2] if aside else text + place - frame


def framed(text: str) -> Frame:
    """The text with its quoted clauses put aside."""
    return Frame(text, quotations(text))


def plain(text: str, quoted: tuple[Quotation, ...]) -> Frame:
    """The text as it is, for what is said inside quotations."""
    return Frame(text, quoted, aside=False)


def stands_alone(text: str, q: Quotation) -> bool:
    """Whether a quotation is a clause of its own and not a part of the sentence around it."""
    inner = text[q.inner_start : q.inner_end].strip()
    words = len(inner.split())
    if not inner or not any(c.isalpha() for c in inner):
        return False
    before = text[max(0, q.start - 3) : q.start]
    opens = q.start == 0 or "\n" in before or before.rstrip()[-1:] in (",", ":", ".", "?", "!", "—", "–")
    capital = next(c for c in inner if c.isalpha()).isupper()
    ends = inner[-1] in _ENDS
    if opens and (ends or words >= _CLAUSE_WORDS):
        return True
    if capital and (words >= _CLAUSE_WORDS or ends):
        # A title between marks, "the “Winter Stores” file", is a part of the sentence.
        lower = sum(1 for w in inner.split() if w[:1].islower())
        return ends or lower >= 2
    return False


def _words_for(text: str, q: Quotation) -> str:
    """What stands for a quotation; it ends as the quotation does, so that sentences end where they did."""
    inner = text[q.inner_start : q.inner_end].rstrip()
    after = text[q.end : q.end + 1]
    last = inner[-1:]
    end = last if last in ".?!," else "" if after in (",", ".") else ","
    rest = text[q.end : q.end + 2]
    if not rest or rest.startswith("\n"):
        end = end if end in (".", "?", "!") else "."
    return f"“{_PLACEHOLDER}{end}”"


def with_marks(frame: Frame, span: Span) -> Span:
    """Take in a quotation mark that belongs to what the span holds."""
    start, end = span.start, span.end
    for q in frame.quotations:
        if q.inner_start == start and q.end <= end + 2:
            start = q.start
        if q.start >= start and q.start < end < q.end <= end + 2:
            end = q.end
    return Span(start, end)
