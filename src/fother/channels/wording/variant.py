"""A variant: a sentence and another of equal meaning, shown to people in full, and what differs in them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from fother.model.match import Span

_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Suggestion:
    """What a rule proposes to the author: both sentences in full, white space as one space.

    `start`, `end` are code points of `Prose.text`, at least one word; `forms` what the document says there
    and what it would say. With `throughout` every occurrence in the document changes with it (a spelling).
    """

    id: str  #: the same as long as the sentence and the change stay
    family: str
    sentence: str
    other: str
    start: int
    end: int
    forms: tuple[str, str]
    note: str  #: why the meaning stays
    block: int
    throughout: bool = False


@dataclass(frozen=True)
class Approved:
    """A variant that a person approved."""

    id: str
    family: str
    sentence: str
    other: str
    throughout: bool = False


def identity(family: str, sentence: str, other: str) -> str:
    """Id of a variant: it stays when the rest of the document is edited. 12 hexadecimal digits."""
    told = "\0".join((family, sentence, other)).encode()
    return hashlib.sha256(told).hexdigest()[:12]


def change(sentence: str, other: str) -> tuple[Span, str] | None:
    """The smallest stretch of whole words that differs, and what stands there in the other sentence.

    Neither is empty: where words are only added or left out, a neighbour is taken in. None when nothing
    differs or one of the two has no words.
    """
    before = list(_WORD.finditer(sentence))
    after = list(_WORD.finditer(other))
    if not before or not after or [w[0] for w in before] == [w[0] for w in after]:
        return None
    same = 0
    while same < min(len(before), len(after)) and before[same][0] == after[same][0]:
        same += 1
    tail = 0
    while tail < min(len(before), len(after)) - same and before[-1 - tail][0] == after[-1 - tail][0]:
        tail += 1
    if min(len(before), len(after)) == same + tail:  # words only added, or only left out
        if same and (not tail or before[same - 1][0][-1].isalnum()):
            same -= 1
        else:
            tail -= 1
    first, last = before[same], before[len(before) - 1 - tail]
    start, end = first.start(), last.end()
    text = other[after[same].start() : after[len(after) - 1 - tail].end()]
    return _without_marks(sentence, start, end, text)


def _without_marks(sentence: str, start: int, end: int, text: str) -> tuple[Span, str]:
    """The same without brackets and punctuation around both that do not change."""
    while end - start > 1 and len(text) > 1 and sentence[start] == text[0] and not text[0].isalnum():
        start, text = start + 1, text[1:]
    while end - start > 1 and len(text) > 1 and sentence[end - 1] == text[-1] and not text[-1].isalnum():
        end, text = end - 1, text[:-1]
    return (start, end), text
