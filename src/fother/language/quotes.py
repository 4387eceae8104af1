"""Quotation marks in running text: curly, straight, single, angled, over several paragraphs, unclosed.

Printing practice as in the Chicago Manual of Style, 13.30 (a quotation of several paragraphs opens each with
a mark and closes only the last) and New Hart's Rules, 9.2 (single marks first in British use).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLOSERS = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "``": "''", "''": "''"}
_PARAGRAPH = re.compile(r"[^\n]+")
_OPENER = re.compile(r"``|''|[“„«»\"‘']")
_BEFORE_OPENING = re.compile(r"[\s(\[{—–\-:/,“\"]")
_MOST_QUOTED = 6000  # code points in one paragraph's quotation; longer ones are a lost mark


@dataclass(frozen=True)
class Quotation:
    """One stretch between marks within one paragraph; offsets are code points and take in the marks.

    `inner_start`, `inner_end` leave the marks out. `closed` is False when the closing mark is missing;
    `continues` is True when the mark at its start goes on with the quotation of the paragraph before.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool = True
    continues: bool = False

    def holds(self, place: int) -> bool:
        """Whether a code point lies within, marks included."""
        return self.start <= place < self.end


def quotations(text: str) -> tuple[Quotation, ...]:
    """All quotations of a text in their order; none lies within another."""
    found: list[Quotation] = []
    open_before = False  # the paragraph before ended within a quotation
    for paragraph in _PARAGRAPH.finditer(text):
        start, end = paragraph.span()
        first = len(found)
        place = start
        while match := _OPENER.search(text, place, end):
            one = _quotation(text, match, start, end)
            if one is None:
                place = match.end()
                continue
            found.append(one)
            place = one.end
        opened = found[first:]
        if open_before and opened and opened[0].start == start + _indent(text, start, end):
            one = opened[0]
            found[first] = Quotation(one.start, one.end, one.inner_start, one.inner_end, one.closed, True)
        open_before = bool(opened) and not opened[-1].closed and opened[-1].end == end
    return tuple(_without_strays(text, found))


def _indent(text: str, start: int, end: int) -> int:
    return len(text[start:end]) - len(text[start:end].lstrip())


def _quotation(text: str, opener: re.Match[str], start: int, end: int) -> Quotation | None:
    mark, at = opener.group(), opener.start()
    inner = opener.end()
    if inner >= end or (text[inner].isspace() and mark != "«"):  # French sets a space after «
        return None
    if mark in "‘'":
        close = _single_close(text, mark, inner, end) if _may_open(text, at, start) else -1
        return Quotation(at, close + 1, inner, close) if close > inner else None
    if mark == '"' and not _may_open(text, at, start):
        return None  # inches, seconds, a closing mark whose opening one is missing
    if mark in ("»", "''") and not _may_open(text, at, start):
        return None
    closers = _CLOSERS[mark]
    width = len(mark)
    places = [text.find(closers, inner, end)] if width == 2 else [text.find(c, inner, end) for c in closers]
    closing = min((p for p in places if p >= 0), default=-1)
    if closing < 0:
        return Quotation(at, end, inner, end, closed=False)
    if closing - inner > _MOST_QUOTED:
        return None
    return Quotation(at, closing + width, inner, closing)


def _may_open(text: str, at: int, start: int) -> bool:
    return at == start or _BEFORE_OPENING.match(text[at - 1]) is not None


def _single_close(text: str, mark: str, inner: int, end: int) -> int:
    """Place of the closing single mark, told from apostrophes; -1 when there is none."""
    closer = "’" if mark == "‘" else "'"
    if mark == "'" and re.match(r"\d0s|tis\b|twas\b|em\b|cause\b|til\b", text[inner : inner + 6], re.I):
        return -1
    again = re.compile(r"(?<![^\s(\[—–])" + mark + r"(?=\w)").search(text, inner, end)
    limit = again.start() if again else end
    candidates = [
        m.start() for m in re.compile(closer + r"(?!\w)").finditer(text, inner, limit) if m.start() > inner
    ]
    if not candidates:
        return -1
    ended = [c for c in candidates if text[c - 1] in ".,?!…;—–"]
    first = candidates[0]
    # "the officials’ files": a mark after s may be a possessive, when a better one follows.
    if text[first - 1] in "sS" and ended and ended[0] > first:
        return ended[0]
    return first


def _without_strays(text: str, found: list[Quotation]) -> list[Quotation]:
    """Unclosed ones count only where a quotation may start: with a paragraph, after a comma or a colon."""
    kept = []
    for one in found:
        before = text[max(0, one.start - 2) : one.start]
        begins = one.start == 0 or "\n" in before or before.rstrip()[-1:] in (",", ":")
        if one.closed or one.continues or begins:
            kept.append(one)
    return kept
