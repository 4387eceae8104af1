"""Is a denial one of the leaked document itself, or of something else?

"The memo is a forgery" cannot be true of a document that was found genuine. "Nobody broke a rule" can,
whatever the document says. Only wordings that speak of the document's authenticity or existence count; what
cannot be told is taken for a denial of something else.
"""

from __future__ import annotations

import re

_DOCUMENT = (
    r"(?:documents?|memos?|memorand(?:um|a)|files?|papers?|cables?|drafts?|slides?|e-?mails?|leaks?|texts?|"
    r"reports?|letters?|transcripts?|photos?|pages?|recordings?)"
)
_ITSELF = rf"(?:{_DOCUMENT}|it|this|that|these|those|they|all of it)"
_FAKE = (
    r"(?:fakes?|faked|forged|forger(?:y|ies)|fabricat(?:ed|ions?)|hoax(?:es)?|invented|inventions?|bogus|"
    r"counterfeits?)"
)
_REAL = r"(?:genuine|authentic|real|legitimate)"
_BE = r"(?:is|are|was|were|be|being)"
_FILL = r"(?:(?!not\b|n't\b)[\w-]+\s+){0,3}?"
_SAYS_FAKE = re.compile(
    rf"\b{_ITSELF}(?:\s+{_BE}|['’](?:s|re))\s+{_FILL}{_FAKE}\b"
    rf"|\b{_ITSELF}(?:\s+{_BE}\s+(?:not|never)|\s+{_BE}n['’]t|['’](?:s|re)\s+not)\s+{_FILL}{_REAL}\b"
    rf"|\b{_DOCUMENT}\s+as\s+{_FILL}{_FAKE}\b"
    rf"|\bno\s+such\s+{_DOCUMENT}\b"
    rf"|\b{_DOCUMENT}\s+(?:(?:do|does|did)\s+not|never|(?:do|does|did)n['’]t)\s+exist"
    rf"|^(?:[\w-]+\s+){{0,3}}{_FAKE}$",
    re.IGNORECASE,
)
#: What the verb "deny" needs after it: the document, that it is real, that there is one.
_SAYS_REAL = re.compile(
    rf"\b{_ITSELF}\s+{_BE}\s+{_FILL}{_REAL}\b"
    rf"|\b(?:authenticity|genuineness|existence)\s+of\s+(?:[\w-]+\s+){{0,4}}{_DOCUMENT}\b"
    rf"|\b{_DOCUMENT}['’]s?\s+(?:authenticity|genuineness|existence)\b"
    rf"|\b{_DOCUMENT}\s+exist(?:s|ed)\b"
    rf"|^(?:(?:the|this|that|these|those|a|an|any|its|leaked|alleged|published|such|all)\s+)*{_DOCUMENT}$",
    re.IGNORECASE,
)
_DENY = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|disput\w+|reject\w*|dismiss\w*|refut\w+|repudiat\w+|disown\w*)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    rf"\b(?:{_BE}|ha[sd]|have|do|does|did|will|would|can|could|exists?|existed)\b", re.IGNORECASE
)


def denies_the_document(words: str, cue: str = "") -> bool:
    """Whether words that deny something deny that the document is real.

    `cue` is the verb of saying in front of them: "denied" turns round what follows, "said" does not. Without
    one ("") the words count as they stand.
    """
    plain = _plain(words)
    if _DENY.search(cue):
        as_fake = re.search(rf"\b{_DOCUMENT}\s+as\s+", plain, re.IGNORECASE) is not None
        return bool(_SAYS_FAKE.search(plain) if as_fake else _SAYS_REAL.search(plain))
    return _SAYS_FAKE.search(plain) is not None


def told_denial(words: str, cue: str = "") -> str:
    """What was denied, to follow "denies": "that the memo is genuine", "the document (“a fake”)"."""
    plain = _plain(words)
    if not plain:
        return "the document"
    if _DENY.search(cue) and not words.strip().startswith(('"', "“", "‘", "«", "'")):
        return f"that {plain}" if _CLAUSE.search(plain) else plain
    return f"the document (“{plain}”)"


def _plain(words: str) -> str:
    return " ".join(words.split()).strip(' "“”‘’«».,;')
