"""What one party may be shown of a leak: the passages that concern it, everything else blacked out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Span = tuple[int, int]

BLACK = "█████"  #: of one length whatever it hides, since lengths give names away
OMITTED = "[…]"
#: a sentence ends after its mark and any closing quotes, before white space; a paragraph ends it as well
_ENDS = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|\n\s*\n")


def redacted_excerpt(
    text: str, shown: Iterable[Span], hidden: Iterable[Span] = (), left_out: Iterable[Span] = ()
) -> str:
    """The sentences of `text` that `shown` touches, with `hidden` blacked out in them; "" for none.

    Spans are code points [start, end). What is both shown and hidden is hidden: a passage that names two
    parties shows each of them nothing of the other. Sentences that `left_out` touches are not shown, nor are
    those in between; they become "[…]".
    """
    sentences = sentences_of(text, shown)
    out = list(left_out)
    kept = [sentence for sentence in sentences if not any(touches(sentence, place) for place in out)]
    black = _merged(span for span in hidden if _inside(text, span))
    if not kept:
        return ""
    parts: list[str] = []
    last = 0
    for start, end in kept:
        if text[last:start].strip():
            parts.append(OMITTED)
        parts.append(_blacked(text, (start, end), black).strip())
        last = end
    if text[last:].strip():
        parts.append(OMITTED)
    return " ".join(parts)


def sentences_of(text: str, shown: Iterable[Span]) -> list[Span]:
    """The sentences that `shown` touches, in order, those that run into each other as one."""
    return _merged(_sentence(text, span) for span in shown if _inside(text, span))


def touches(span: Span, place: Span) -> bool:
    """Whether a place lies in a span at least in part; an empty place also at its ends."""
    if place[0] == place[1]:
        return span[0] <= place[0] <= span[1]
    return span[0] < place[1] and place[0] < span[1]


def scrubbed(text: str, names: Iterable[str]) -> str:
    """`text` with every whole-word occurrence of the names blacked out, whatever their case."""
    words = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    if not words:
        return text
    pattern = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)
    return re.sub(pattern, BLACK, text, flags=re.IGNORECASE)


def _inside(text: str, span: Span) -> bool:
    return 0 <= span[0] < span[1] <= len(text)


def _sentence(text: str, span: Span) -> Span:
    ends = [match.span() for match in _ENDS.finditer(text)]
    start = max((after for before, after in ends if before <= span[0]), default=0)
    end = min((before for before, _ in ends if before >= span[1]), default=len(text))
    # A span that begins in the white space between two sentences belongs to the one before.
    return min(start, span[0]), max(end, span[1])


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _blacked(text: str, kept: Span, black: Sequence[Span]) -> str:
    parts = []
    at = kept[0]
    for start, end in black:
        start, end = max(start, at), min(end, kept[1])
        if start < end:
            # Half a word that stays readable would tell the other half.
            start, end = _word_start(text, start, at), _word_end(text, end, kept[1])
            parts += [text[at:start], BLACK]
            at = end
    return "".join([*parts, text[at : kept[1]]])


def _word_start(text: str, start: int, least: int) -> int:
    while start > least and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    return start


def _word_end(text: str, end: int, most: int) -> int:
    while end < most and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return end
