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
LINE_END = re.compile(r"[ \t]*\n[ \t\n]*")
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
