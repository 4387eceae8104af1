"""Stretches of a text: rounded to words, measured in words, put together."""

from __future__ import annotations

from collections.abc import Iterable

from fother.model.match import Span

_LONGEST_WORD = 32  #: characters; no rounding goes further
_UNSPACED = "\u2e80"  #: from here on scripts mostly write no spaces
_TYPICAL = 15  #: characters a word, more means that spaces do not part the words


def whole_words(text: str, span: Span) -> Span:
    """The span with words at its ends taken whole when at least half of them lies inside, else left out."""
    start, end = span
    first, after = start, start
    while first > 0 and start - first < _LONGEST_WORD and _joined(text, first):
        first -= 1
    if first < start:
        while after < end and _joined(text, after + 1):
            after += 1
        start = first if 2 * (after + 1 - start) >= after + 1 - first else after + 1
    last, before = end, end
    while last < len(text) and last - end < _LONGEST_WORD and _joined(text, last):
        last += 1
    if last > end:
        while before > start and _joined(text, before - 1):
            before -= 1
        before = max(start, before - 1)
        end = last if 2 * (end - before) >= last - before else before
    while start < end and not text[start].isalnum() and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else span


def _joined(text: str, place: int) -> bool:
    """No word ends between the characters before and after `place`."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left.isalnum() and right.isalnum() and left < _UNSPACED and right < _UNSPACED


def with_marks(leak_text: str, leak: Span, document_text: str, document: Span) -> tuple[Span, Span]:
    """Both spans with the punctuation next to them that both texts have: brackets, quotes, a full stop."""
    (a, b), (c, d) = leak, document
    while b < len(leak_text) and d < len(document_text) and _same_mark(leak_text[b], document_text[d]):
        b, d = b + 1, d + 1
    while a > 0 and c > 0 and _same_mark(leak_text[a - 1], document_text[c - 1]):
        a, c = a - 1, c - 1
    return (a, b), (c, d)


def _same_mark(one: str, other: str) -> bool:
    return one == other and not one.isspace() and not one.isalnum()


def word_count(text: str) -> int:
    """Words between spaces; in scripts without spaces, characters that are none."""
    words = text.split()
    letters = sum(map(len, words))
    return letters if letters > _TYPICAL * len(words) else len(words)


def covered_share(text: str, spans: Iterable[Span]) -> float:
    """Share (0…1) of the words of a text that the spans cover."""
    united = union(spans)
    if not united:
        return 0.0
    words = text.split()
    letters = sum(map(len, words))
    parts = [text[start:end].split() for start, end in united]
    if letters > _TYPICAL * len(words):
        covered = sum(len(word) for part in parts for word in part)
        return min(1.0, covered / max(1, letters))
    return min(1.0, sum(map(len, parts)) / max(1, len(words)))


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans put together, in order, none touching another."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        elif end > start:
            united.append((start, end))
    return united


def gaps(length: int, spans: Iterable[Span]) -> list[Span]:
    """What the spans leave uncovered of 0…length."""
    left, at = [], 0
    for start, end in [*union(spans), (length, length)]:
        if start > at:
            left.append((at, start))
        at = max(at, end)
    return left
