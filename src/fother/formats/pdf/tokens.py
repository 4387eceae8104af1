"""Content streams cut into operations that remember their bytes (ISO 32000-1, 7.2 and 7.8.2).

The writer patches the original bytes of a stream, so an operation carries the offsets of its operands and of
its operator. Nothing is normalised: what is not patched stays as the producer wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SPACE = rb"[\x00\t\n\f\r ]"
_REGULAR = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_STRING_BODY = rb"(?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S])*+\))*+"
# Runs of path operators are swallowed whole: they make up most of a drawing and move no text.
_PATHS = (
    rb"(?:(?:[-+.\d]++" + _SPACE + rb"++)*+(?:[mlcvyhfFBbSsnW]|re|f\*|B\*|b\*|W\*)(?=" + _SPACE + rb")"
    rb"[\x00\t\n\f\r ]*+)++"
)
_TOKEN = re.compile(
    rb"("
    + _PATHS
    + rb")|([-+]?(?:\d+\.?\d*|\.\d+)(?!"
    + _REGULAR
    + rb"))|(\("
    + _STRING_BODY
    + rb"\))|(<[0-9A-Fa-f\x00\t\n\f\r ]*>)|(/"
    + _REGULAR
    + rb"*)|(\[|\]|<<|>>)|(%[^\r\n]*)|("
    + _REGULAR
    + rb"+)|([({<>})])"
)
_PATH, _NUMBER, _STRING, _HEX, _NAME, _BRACKET, _COMMENT, _WORD, _STRAY = range(1, 10)
_LOOSE_NUMBER = re.compile(rb"^[-+]*(\d*\.?\d*)")
_END_OF_IMAGE = re.compile(rb"EI(?=" + _SPACE + rb"|$)")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])|\r\n?")
_ESCAPES = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r": b"",
    b"\r\n": b"",
}


class Token(NamedTuple):
    """One operand: its kind ("number", "string", "hex", "name", "bracket", "word") and its bytes."""

    kind: str
    start: int
    end: int
    raw: bytes


class Operation(NamedTuple):
    """One operator with its operands; `start` is the first byte of the first operand."""

    operator: bytes
    operands: list[Token]
    start: int
    end: int


_KINDS = {_NUMBER: "number", _STRING: "string", _HEX: "hex", _NAME: "name", _BRACKET: "bracket"}
_CONSTANTS = {b"true", b"false", b"null"}


def operations(data: bytes) -> Iterator[Operation]:
    """Operations of a decoded content stream in order.

    A run of path operators comes as one `Operation` with the operator ``b"path"``; an inline image as one
    ``b"BI"``. Damaged parts are skipped the way viewers do; nothing is raised.
    """
    operands: list[Token] = []
    position = 0
    size = len(data)
    while position < size:
        jump = -1
        for match in _TOKEN.finditer(data, position):
            kind = match.lastindex
            if kind == _WORD:
                raw = match.group()
                if raw in _CONSTANTS or raw[:1] in b"+-.0123456789":
                    # Numbers with slips such as "--5" or "12-3" that viewers read all the same.
                    kind_name = "word" if raw in _CONSTANTS else "number"
                    operands.append(Token(kind_name, match.start(), match.end(), raw))
                    continue
                start = operands[0].start if operands else match.start()
                if raw == b"ID":
                    jump = _inline_image_end(data, match.end(), operands)
                    yield Operation(b"BI", operands, start, jump)
                    operands = []
                    break
                if raw == b"BI":
                    operands = []
                    continue
                yield Operation(raw, operands, start, match.end())
                operands = []
            elif kind == _PATH:
                yield Operation(b"path", [], match.start(), match.end())
                operands = []
            elif kind == _STRAY:
                if match.group() == b"(":
                    jump = _deep_string_end(data, match.start())
                    operands.append(Token("string", match.start(), jump, data[match.start() : jump]))
                    break
            elif kind is not None and kind != _COMMENT:
                operands.append(Token(_KINDS[kind], match.start(), match.end(), match.group()))
        if jump < 0:
            return
        position = jump


def number(token: Token) -> float:
    """Value of a number token; raises ValueError for anything else."""
    if token.kind != "number":
        raise ValueError(f"expected a number, found {token.kind}")
    try:
        return float(token.raw)
    except ValueError:
        match = _LOOSE_NUMBER.match(token.raw)
        digits = match.group(1) if match else b""
        value = float(digits) if digits not in (b"", b".") else 0.0
        return -value if token.raw.startswith(b"-") else value


def string_value(token: Token) -> bytes:
    """Decoded bytes of a literal or hexadecimal string token."""
    if token.kind == "hex":
        digits = bytes(token.raw[1:-1].translate(None, b"\x00\t\n\f\r "))
        return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))
    body = token.raw[1:-1]
    if b"\\" in body or b"\r" in body:
        return _ESCAPE.sub(_unescape, body)
    return body


def name_value(token: Token) -> str:
    """Name with its slash and with #xx sequences resolved, as pikepdf spells dictionary keys."""
    raw = token.raw
    if b"#" in raw:
        raw = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), raw)
    return raw.decode("utf-8", "surrogateescape")


def write_string(value: bytes, like: Token) -> bytes:
    """A string token for `value`, hexadecimal or literal as `like` was."""
    if like.kind == "hex":
        return b"<" + value.hex().upper().encode() + b">"
    escaped = value.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
    return b"(" + escaped + b")"


def _unescape(match: re.Match[bytes]) -> bytes:
    escape = match.group(1)
    if escape is None:
        return b"\n"
    if escape[:1] in b"01234567":
        return bytes([int(escape, 8) & 255])
    return _ESCAPES.get(escape, escape)


def _deep_string_end(data: bytes, start: int) -> int:
    """End of a literal string whose parentheses nest more than one deep, or that never ends."""
    depth = 0
    for match in re.compile(rb"\\[\s\S]|[()]").finditer(data, start):
        if match.group() == b"(":
            depth += 1
        elif match.group() == b")":
            depth -= 1
            if depth == 0:
                return match.end()
    return len(data)


def _inline_image_end(data: bytes, position: int, operands: list[Token]) -> int:
    """Offset after EI. Binary data may hold the letters EI, so the length is computed where it can be."""
    entries = {a.raw: b.raw for a, b in zip(operands[::2], operands[1::2], strict=False) if a.kind == "name"}
    start = position + 1
    if not entries.keys() & {b"/F", b"/Filter"}:
        length = _raw_image_length(entries)
        if length is not None:
            tail = _END_OF_IMAGE.search(data, start + length, start + length + 8)
            if tail:
                return tail.end()
    for match in _END_OF_IMAGE.finditer(data, start):
        before = data[match.start() - 1 : match.start()]
        following = data[match.end() : match.end() + 16]
        if before in b"\x00\t\n\f\r >" and all(c in b"\t\n\f\r" or 32 <= c < 127 for c in following):
            return match.end()
    return len(data)


def _raw_image_length(entries: dict[bytes, bytes]) -> int | None:
    """Bytes of an unfiltered inline image, if its dictionary tells."""
    try:
        width = int(entries.get(b"/W") or entries[b"/Width"])
        height = int(entries.get(b"/H") or entries[b"/Height"])
        if (entries.get(b"/IM") or entries.get(b"/ImageMask")) == b"true":
            return (width + 7) // 8 * height
        bits = int(entries.get(b"/BPC") or entries[b"/BitsPerComponent"])
        space = entries.get(b"/CS") or entries[b"/ColorSpace"]
    except (KeyError, ValueError):
        return None
    components = {b"/G": 1, b"/DeviceGray": 1, b"/RGB": 3, b"/DeviceRGB": 3, b"/CMYK": 4, b"/DeviceCMYK": 4}
    if space not in components:
        return None
    return (width * components[space] * bits + 7) // 8 * height
