"""Tags, texts and character references of HTML with where they stand in the source.

Follows the tokenizer of the WHATWG HTML standard (13.2.5), in which every text is a page and nothing is an
error. Own code because lxml and html5lib tell no positions, and the parser of the standard library reads
pages differently from one release of Python to the next, while places in a registered page must stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5
from types import MappingProxyType
from typing import Literal

_RAW = frozenset(
    ("script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "textarea", "title", "plaintext")
)
_SPACE = r"[ \t\n\f\r]"
_MARKUP = re.compile(
    r"""
    (?P<comment> <!--(?:-?>|(?s:.*?)(?:--!?>|\Z)) | <[!?][^>]*(?:>|\Z) | </[^a-zA-Z>][^>]*(?:>|\Z) | </> )
  | <(?P<close>/?)(?P<name>[a-zA-Z][^ \t\n\f\r/>]*+)
    """,
    re.X,
)
_ATTRIBUTE = re.compile(
    rf"(?:{_SPACE}|/)*+(?:(?P<end>>)|(?P<name>=?[^ \t\n\f\r/>=]*+)"
    rf"(?:{_SPACE}*+={_SPACE}*+(?:\"(?P<double>[^\"]*+)(?:\"|\Z)|'(?P<single>[^']*+)(?:'|\Z)"
    rf"|(?P<bare>[^ \t\n\f\r>\"'][^ \t\n\f\r>]*+)?))?)"
)
_SCRIPT = re.compile(r"<!--|-->|</?script(?=[ \t\n\f\r/>])", re.I)
_REFERENCE = re.compile(r"&(?:#(?:\d+|[xX][0-9a-fA-F]+);?|[A-Za-z][A-Za-z0-9]*;?)")
_LONGEST = max(map(len, html5))
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Token:
    """A stretch of the source: text, a start or end tag, or what is never shown (comments, scripts)."""

    kind: Literal["text", "open", "close", "unseen"]
    start: int
    end: int
    name: str = ""  #: of a tag, in small letters
    attributes: Mapping[str, str] = field(default_factory=lambda: _NONE)


def tokens(source: str) -> Iterator[Token]:
    """All of the source, in order and without gaps."""
    at = text = 0
    while found := _MARKUP.search(source, at):
        if found.start() > text:
            yield Token("text", text, found.start())
        if found["comment"] is not None:
            at = found.end()
            yield Token("unseen", found.start(), at)
        else:
            tag, at = _tag(source, found)
            yield tag
            if tag.kind == "open" and tag.name in _RAW:
                end = _raw_end(source, at, tag.name)
                if end > at:
                    yield Token("unseen", at, end)
                at = end
        text = at
    if text < len(source):
        yield Token("text", text, len(source))


def letters(source: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Pieces (what is said, where it begins, where it ends) of a text: its own letters and references."""
    at = start
    for found in _REFERENCE.finditer(source, start, end):
        said, stop = _said(found.group(), found.start())
        if stop == found.start():
            continue
        if at < found.start():
            yield source[at : found.start()], at, found.start()
        yield said, found.start(), stop
        at = stop
    if at < end:
        yield source[at:end], at, end


def _tag(source: str, found: re.Match[str]) -> tuple[Token, int]:
    attributes: dict[str, str] = {}
    at = found.end()
    while True:
        one = _ATTRIBUTE.match(source, at)
        if one is None or (one.end() == at and not one["end"]):
            return Token("unseen", found.start(), len(source)), len(source)  # the file ends inside the tag
        at = one.end()
        if one["end"]:
            break
        value = one["double"] or one["single"] or one["bare"] or ""
        attributes.setdefault(one["name"].lower(), unescape(value))
    kind: Literal["open", "close"] = "close" if found["close"] else "open"
    return Token(kind, found.start(), at, found["name"].lower(), attributes), at


def _raw_end(source: str, at: int, name: str) -> int:
    if name == "plaintext":
        return len(source)
    if name != "script":
        end = re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.I).search(source, at)
        return end.start() if end else len(source)
    # A script inside a comment inside a script is one of its own (13.2.5.27 and on).
    commented = nested = False
    for found in _SCRIPT.finditer(source, at):
        sign = found.group().lower()
        if sign == "</script" and not nested:
            return found.start()
        commented = (commented or sign == "<!--") and sign != "-->"
        nested = commented and (sign == "<script" or (nested and sign != "</script"))
    return len(source)


def _said(reference: str, start: int) -> tuple[str, int]:
    """What a reference says and where it ends; of a name without its semicolon the longest that is known."""
    if reference.startswith("&#"):
        return unescape(reference), start + len(reference)
    name = reference[1 : _LONGEST + 1]
    for length in range(len(name), 1, -1):
        if name[:length] in html5:
            return html5[name[:length]], start + 1 + length
    return "", start
