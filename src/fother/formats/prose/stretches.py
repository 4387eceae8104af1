"""Stretches of running text that must stay as they are, whatever the file format."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ADDRESS = re.compile(
    r"""
    (?P<url> \b[a-z][a-z0-9+.-]{1,20}://[^\s<>]+ | \b(?:mailto:|www\.)[^\s<>]+ )
  | (?P<email> [\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8} )
  | (?P<domain> \b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24}/[^\s<>]* )
    """,
    re.X | re.I,
)
_REASONS = {"url": "a web address", "email": "an e-mail address", "domain": "a web address"}
_ATTRIBUTION = re.compile(r"\S.{0,300}(?:wrote|writes|schrieb|a écrit|escribió|ha scritto)\s?:\s*\Z", re.S)
_FORWARDED = re.compile(
    r"(?<!-)-{2,}+\s?(?:Original Message|Forwarded message|Ursprüngliche Nachricht)\s?-{2,}", re.I
)
_OUTLOOK = re.compile(
    r"(?:_{10,}\s+)?\*?From:.{1,200}\n\s*\*?(?:Sent|Date):.{1,200}\n\s*\*?(?:To|Subject|Cc):"
)
LINE_END = re.compile(r"(?<![ \t])[ \t]*+\n[ \t\n]*")
SPACES = re.compile(r"[ \t\f\v]{2,}|[\t\f\v]")


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Web and e-mail addresses, each with its reason."""
    if "." in text or "://" in text:
        for found in _ADDRESS.finditer(text):
            yield found.start(), found.end(), _REASONS[found.lastgroup or "url"]


def white_space(text: str) -> Iterator[tuple[int, int, str]]:
    """Line ends with the spaces around them, runs of spaces, tabs: only single spaces are left free."""
    for found in LINE_END.finditer(text):
        yield found.start(), found.end(), "a line end"
    for found in SPACES.finditer(text):
        yield found.start(), found.end(), "white space"


def begins_quotation(paragraph: str) -> bool:
    """Whether an earlier message stands from here to the end, as mail programs head it."""
    return _FORWARDED.search(paragraph) is not None or _OUTLOOK.match(paragraph.lstrip()) is not None


def attributes_words(paragraph: str) -> bool:
    """Whether it is the line that says whose words follow: "On Monday, … wrote:"."""
    return paragraph.count("\n") <= 3 and _ATTRIBUTION.match(paragraph) is not None
