"""What a statement is about, and when two mentions in different reports are one leaked document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fother.model.press import MentionedDocument, Statement

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_EMPTY = frozenset(
    (
        *("a", "an", "the", "this", "that", "these", "those", "its", "his", "her", "their", "our", "leaked"),
        *("secret", "top", "classified", "confidential", "internal", "stolen", "purported", "alleged", "of"),
        *(
            "about",
            "on",
            "in",
            "from",
            "to",
            "and",
            "for",
            "by",
            "with",
            "published",
            "was",
            "which",
            "marked",
        ),
        *("two", "page", "pages", "two-page", "new", "outlining", "describing", "detailing", "hacked"),
    )
)
_GENERAL = frozenset(
    ("document", "documents", "file", "files", "paper", "papers", "material", "leak", "report")
)
_SAME = {"memorandum": "memo", "memos": "memo", "cables": "cable", "slides": "slide", "emails": "email"}
_SHARE = 0.34


def topic_of(statement: Statement, documents: Sequence[MentionedDocument]) -> int | None:
    """The document that a statement is about: the one that speaks, that its words name, or the only one."""
    for number, document in enumerate(documents):
        if any(m.touches(statement.speaker.span) for m in document.mentions):
            return number
    for number, document in enumerate(documents):
        if any(m.touches(c) for m in document.mentions for c in statement.content):
            return number
    about = statement.stance in ("deny", "confirm", "decline", "reassure", "promise")
    return 0 if len(documents) == 1 and about else None


def words_of(mention: str) -> tuple[str, frozenset[str]]:
    """The noun that a document is called by ("" for a general one), and what distinguishes it."""
    words = [
        _SAME.get(w, w) for w in (m.group().casefold() for m in _WORD.finditer(mention)) if w not in _EMPTY
    ]
    cut = re.split(
        r"(?i)\b(?:outlin|describ|detail|about|on|that|which|of|from|in|to|showing|obtained)\w*\b", mention
    )[0]
    head = [_SAME.get(m.group().casefold(), m.group().casefold()) for m in _WORD.finditer(cut)]
    noun = head[-1] if head else ""
    return ("" if noun in _GENERAL else noun), frozenset(words) - {noun} - _GENERAL


def same_document(one: str, other: str) -> bool:
    """Whether two mentions can be one document: by the same kind of noun and words that agree."""
    noun, words = words_of(one)
    other_noun, other_words = words_of(other)
    if noun and other_noun and noun != other_noun:
        return False
    shared = len(words & other_words)
    if not words or not other_words:
        return bool(noun and noun == other_noun)
    return shared / min(len(words), len(other_words)) >= _SHARE if noun == other_noun else shared >= 2
