"""Two texts side by side: the passages of a match cut into rows, with the changes marked on both sides.

Long stretches without a difference are left out, and of what surrounds a passage only a little is shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from fother.model.match import Change, DocumentMatch, Passage, Span

CONTEXT = 300  #: characters shown around passages and changes
_LEAST_HIDDEN = 200  #: characters; hiding fewer saves nothing
_LONGEST_PIECE = 4000
#: embeddings, overrides and isolates of the Unicode bidirectional algorithm (UAX #9)
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Side = Literal["document", "leak"]
_SIDES: tuple[Side, Side] = ("document", "leak")
Look = Literal["same", "context", "only", "moved", "minor", "nothing"]


@dataclass(frozen=True)
class Numbered:
    """A change with the number that it has on the page."""

    number: int
    change: Change

    def span(self, side: Side) -> Span | None:
        return self.change.document if side == "document" else self.change.leak


@dataclass(frozen=True)
class Piece:
    """A stretch of one side. `number` is that of its change; "nothing" is where the other side has text."""

    look: Look
    text: str
    number: int = 0


@dataclass(frozen=True)
class Row:
    """Document and leak beside each other; `hidden` equal characters come before it."""

    document: tuple[Piece, ...]
    leak: tuple[Piece, ...]
    hidden: int = 0


@dataclass(frozen=True)
class PassageView:
    """One passage with its changes; `passage` is None for changes that stand in no passage."""

    passage: Passage | None
    rows: tuple[Row, ...]
    changes: tuple[Numbered, ...]


def visible(untrusted_text: str) -> str:
    """Text without characters that would hide or reorder what stands beside them: those become U+FFFD."""
    return "".join(
        "\ufffd" if c in _REORDERING or (c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs")) else c
        for c in untrusted_text
    )


def plain(untrusted_text: str) -> str:
    """Visible text as paragraphs: single line breaks become spaces, empty lines the end of a paragraph."""
    flowed, gap = [], ""
    lines = untrusted_text.split("\n")
    for number, line in enumerate(lines):
        body = line.lstrip() if number else line
        body = body.rstrip() if number < len(lines) - 1 else body
        if body:
            flowed += [gap, body]
            gap = ""
        if number < len(lines) - 1:
            gap = "\n" if gap else " "
    flowed.append(gap)
    return visible("".join(flowed).replace("\t", " ").replace("\r", " "))


def passage_views(
    match: DocumentMatch, numbered: Sequence[Numbered], document_text: str, leak_text: str
) -> tuple[PassageView, ...]:
    """The passages of a match in the order of the leak, then the changes that stand in none of them."""
    passages = sorted(match.passages, key=lambda p: p.leak)
    left = list(numbered)
    views = []
    for place, passage in enumerate(passages):
        inside = [n for n in left if _inside(n.change, passage)]
        left = [n for n in left if n not in inside]
        before = passages[place - 1].leak[1] if place else 0
        after = passages[place + 1].leak[0] if place + 1 < len(passages) else len(leak_text)
        around = (
            _free(document_text, passage.document, [p.document for p in passages]),
            (min(before, passage.leak[0]), max(after, passage.leak[1])),
        )
        views.append(
            PassageView(
                passage, tuple(_rows(passage, inside, (document_text, leak_text), around)), tuple(inside)
            )
        )
    views += [PassageView(None, (_alone(n, document_text, leak_text),), (n,)) for n in left]
    return tuple(views)


def quote(text: str, span: Span, most: int = 2 * CONTEXT) -> str:
    """A stretch of a text; of a long one the beginning and the end."""
    start, end = _clip(span, len(text))
    if end - start <= most + _LEAST_HIDDEN:
        return plain(text[start:end]).strip()
    head = text[start : _word_end(text, start + most // 2, end)]
    tail = text[_word_start(text, end - most // 2, start) : end]
    return f"{plain(head).strip()} … {plain(tail).strip()}"


def _inside(change: Change, passage: Passage) -> bool:
    if change.document is None and change.leak is None:
        return False
    return _within(change.document, passage.document) and _within(change.leak, passage.leak)


def _within(inner: Span | None, outer: Span) -> bool:
    return inner is None or (outer[0] <= inner[0] and inner[1] <= outer[1])


def _free(text: str, span: Span, taken: Sequence[Span]) -> Span:
    """How far the context of a span may reach before it meets another one."""
    before = max((end for _, end in taken if end <= span[0]), default=0)
    after = min((start for start, _ in taken if start >= span[1]), default=len(text))
    return before, after


def _clip(span: Span, length: int) -> Span:
    start = max(0, min(span[0], length))
    return start, max(start, min(span[1], length))


def _rows(
    passage: Passage, inside: Sequence[Numbered], texts: tuple[str, str], around: tuple[Span, Span]
) -> Iterator[Row]:
    spans = _clip(passage.document, len(texts[0])), _clip(passage.leak, len(texts[1]))
    cuts = list(_cuts(inside, texts, spans))
    starts = [(spans[0][0], spans[1][0])] + [(document[1], leak[1]) for document, leak in cuts]
    ends = [(document[0], leak[0]) for document, leak in cuts] + [(spans[0][1], spans[1][1])]
    hidden = [0] + [leak[1] - leak[0] for _, leak in cuts]
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        sides = []
        for k, side in enumerate(_SIDES):
            pieces = list(_pieces(texts[k], (start[k], end[k]), inside, side, last=place == len(cuts)))
            if place == 0:
                pieces = [*_before(texts[k], start[k], around[k][0]), *pieces]
            if place == len(cuts):
                pieces += _after(texts[k], end[k], around[k][1])
            sides.append(tuple(pieces))
        yield Row(sides[0], sides[1], hidden[place])


def _cuts(
    inside: Sequence[Numbered], texts: tuple[str, str], spans: tuple[Span, Span]
) -> Iterator[tuple[Span, Span]]:
    """Stretches of document and leak, in order, that may be left out since nothing differs in them."""
    anchors = [(c.document, c.leak) for c in (n.change for n in inside) if c.document and c.leak]
    anchors.sort(key=lambda pair: pair[1])
    anchors.append(((spans[0][1],) * 2, (spans[1][1],) * 2))
    reached = spans[0][0], spans[1][0]
    for pair in anchors:
        hidden = []
        for k in (0, 1):
            start = _word_end(texts[k], reached[k] + CONTEXT, pair[k][0])
            end = _word_start(texts[k], pair[k][0] - CONTEXT, start)
            hidden.append((start, end))
        if all(end - start >= _LEAST_HIDDEN for start, end in hidden) and not any(
            _meets(n.span(side), hidden[k]) for n in inside for k, side in enumerate(_SIDES)
        ):
            yield hidden[0], hidden[1]
        reached = max(reached[0], pair[0][1]), max(reached[1], pair[1][1])


def _meets(span: Span | None, other: Span) -> bool:
    return span is not None and span[0] <= other[1] and other[0] <= span[1]


def _pieces(text: str, span: Span, inside: Sequence[Numbered], side: Side, last: bool) -> Iterator[Piece]:
    """One side of a row: its changes, and what lies between them."""
    at = span[0]
    held = [(s, n) for n in inside if (s := n.span(side)) is not None]
    for (start, end), item in sorted(held, key=lambda pair: (pair[0], pair[1].number)):
        if start < span[0] or start > span[1] or (start == span[1] and end > start) or end < at:
            continue
        if start == span[1] and not last:
            continue
        start, end = max(start, at), min(end, span[1])
        if start > at:
            yield Piece("same", _shortened(text[at:start]))
        yield _marked(item, text[start:end])
        at = end
    if at < span[1]:
        yield Piece("same", _shortened(text[at : span[1]]))


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_PIECE:
        return plain(text)
    left_out = len(text) - 2 * CONTEXT
    return f"{plain(text[:CONTEXT])} … [{left_out:,} characters are left out here] … {plain(text[-CONTEXT:])}"


def _marked(item: Numbered, text: str) -> Piece:
    if not text.strip():
        return Piece("nothing", "", item.number)
    look: Look = "only" if item.change.grave else "minor"
    if item.change.kind == "order":
        look = "moved"
    return Piece(
        look, plain(text[:_LONGEST_PIECE]) + ("…" if len(text) > _LONGEST_PIECE else ""), item.number
    )


def _before(text: str, start: int, least: int, most: int = CONTEXT) -> list[Piece]:
    begin = min(start, max(least, _word_start(text, start - most, least)))
    shown = plain(text[begin:start])
    if begin > 0:
        shown = "… " + shown.lstrip()
    return [Piece("context", shown)] if shown.strip() else []


def _after(text: str, end: int, limit: int, most: int = CONTEXT) -> list[Piece]:
    stop = max(end, min(limit, _word_end(text, end + most, limit)))
    shown = plain(text[end:stop])
    if text[stop:].strip():
        shown = shown.rstrip() + " …"
    return [Piece("context", shown)] if shown.strip() else []


def _alone(item: Numbered, document_text: str, leak_text: str) -> Row:
    """A change that stands in no passage, with a little of what is around it."""
    change = item.change
    sides: list[tuple[Piece, ...]] = []
    for text, span, own in (
        (document_text, change.document, change.document_text),
        (leak_text, change.leak, change.leak_text),
    ):
        if span is None:
            sides.append((_marked(item, own),))
            continue
        start, end = _clip(span, len(text))
        pieces = [*_before(text, start, 0, CONTEXT // 2), _marked(item, text[start:end])]
        sides.append((*pieces, *_after(text, end, len(text), CONTEXT // 2)))
    return Row(sides[0], sides[1])


def _word_start(text: str, wanted: int, least: int) -> int:
    """The beginning of the word at or before `wanted`, not before `least`; at most 40 characters away."""
    wanted = max(least, wanted)
    for place in range(wanted, max(least, wanted - 40), -1):
        if text[place - 1 : place].isspace():
            return place
    return wanted


def _word_end(text: str, wanted: int, most: int) -> int:
    wanted = min(most, wanted)
    for place in range(wanted, min(most, wanted + 40)):
        if text[place : place + 1].isspace():
            return place
    return wanted
