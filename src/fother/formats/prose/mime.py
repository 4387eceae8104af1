"""A message's tree of parts with where each stands, so that one part can be written anew and no other byte.

Own code because the standard library's parser tells no positions and its writer folds headers anew. Headers
are understood by the standard library; only the tree is cut here (RFC 5322, RFC 2046).
"""

from __future__ import annotations

import base64
import binascii
import email.message
import email.parser
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fother.errors import InputFileError

_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]|From ")
_SPACED = re.compile(rb"(?m)^([!-9;-~]+)[ \t]+:")  # an old way of writing fields (RFC 5322, 4.5)
_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
_PARTED = re.compile(rb"(?:\A|\n)\r?\n\Z")
_MOST_DEPTH = 30
_MOST_PARTS = 1000
_LONGEST_LINE = 998  # bytes, RFC 5322 2.1.1
#: Also in the ways of RFC 2231: `charset*=`, `charset*0=`, `charset*1*=`.
_CHARSET = re.compile(rb"(?i)(;\s*)charset(?:\*\d*\*?)?\s*=\s*(?:\"[^\"]*\"|[^\s;\"]+)")
_HEADERS = email.parser.BytesHeaderParser(policy=email.policy.compat32)


@dataclass(frozen=True, eq=False)
class Part:
    """A message or a part of one: its head is `data[start:body]`, its body `data[body:end]`."""

    start: int
    body: int
    end: int
    head: email.message.Message
    kind: str  #: media type in small letters
    parts: tuple[Part, ...] = ()
    signed: bool = False  #: inside something that is digitally signed

    @property
    def leaves(self) -> Iterator[Part]:
        """Parts that hold something, in order; messages inside are not entered."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves

    def payload(self, data: bytes) -> bytes:
        """The content, its transfer encoding undone as far as it is known and whole."""
        holder = email.message.Message(policy=email.policy.compat32)
        holder["Content-Transfer-Encoding"] = self.transfer
        holder.set_payload(data[self.body : self.end].decode("ascii", "surrogateescape"))
        content = holder.get_payload(decode=True)
        return content if isinstance(content, bytes) else b""

    @property
    def transfer(self) -> str:
        """Transfer encoding in small letters, "7bit" where none is named."""
        return str(self.head.get("Content-Transfer-Encoding", "7bit")).strip().lower() or "7bit"

    @property
    def charset(self) -> str | None:
        """As the head names it."""
        try:
            return self.head.get_content_charset()
        except (ValueError, LookupError, TypeError):
            return None


def parse(data: bytes) -> Part:
    """The tree of a message. Raises InputFileError for what is none, or is nested or cut without end."""
    return _part(data, 0, len(data), [0], 0, signed=False)


def _part(
    data: bytes,
    start: int,
    end: int,
    count: list[int],
    depth: int,
    *,
    signed: bool,
    untyped: str = "text/plain",
) -> Part:
    """`untyped` is the media type of a part that names none."""
    count[0] += 1
    if depth > _MOST_DEPTH or count[0] > _MOST_PARTS:
        sentence = (
            f"The message has more than {_MOST_PARTS} parts or nests them more than {_MOST_DEPTH} deep."
        )
        raise InputFileError(f"{sentence[:-1]}; send its parts as messages of their own.")
    body = _body(data, start, end)
    head = _HEADERS.parsebytes(_SPACED.sub(rb"\1:", data[start:body]))
    head.set_default_type(untyped)
    kind = head.get_content_type()
    boundary = head.get_boundary() if kind.startswith("multipart/") else None
    inner = signed or kind == "multipart/signed"
    held = "message/rfc822" if kind == "multipart/digest" else "text/plain"  # RFC 2046, 5.1.5
    parts = tuple(
        _part(data, first, last, count, depth + 1, signed=inner, untyped=held)
        for first, last in (_between(data, body, end, boundary) if boundary else ())
    )
    return Part(start, body, end, head, kind, parts, signed)


def _body(data: bytes, start: int, end: int) -> int:
    """Behind the blank line, or at the first line that is no field."""
    at = start
    while at < end:
        line = _LINE.match(data, at, end)
        if line is None or not line.group().strip(b"\r\n"):
            return min(line.end() if line else end, end)
        if not _FIELD.match(line.group()):
            return at
        at = line.end()
    return end


def _between(data: bytes, body: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Spans between the lines that part a multipart; the line end before such a line belongs to it."""
    mark = re.escape(boundary.encode("utf-8", "surrogateescape"))
    line = re.compile(rb"(?:\A|(?<=\n))--" + mark + rb"(?P<last>--)?[ \t]*(?:\r?\n|\Z)")
    spans, first = [], None
    at = body
    while found := line.search(data, at, end):
        if first is not None:
            stop = found.start() - (2 if data[found.start() - 2 : found.start()] == b"\r\n" else 1)
            spans.append((first, max(first, stop)))
        first = None if found["last"] else found.end()
        if found["last"]:
            break
        at = max(found.end(), at + 1)
    if first is not None:
        spans.append((first, end))
    return spans


def rewritten_part(
    data: bytes, part: Part, content: bytes, charset: str = "", *, root: bool = False
) -> bytes:
    """The part with other content, and only those fields of its head changed that must be.

    The transfer encoding stays when it can hold the content. `charset` is named when it is another one than
    before. Raises ValueError for a head so damaged that it would not be understood.
    """
    head, old = data[part.start : part.body], data[part.body : part.end]
    newline = b"\r\n" if b"\r\n" in data[part.start : part.body] or b"\r\n" in old else b"\n"
    body, transfer = _encoded(content, part, newline)
    if part.transfer in ("base64", "quoted-printable") or transfer != part.transfer:
        body = body.rstrip(b"\r\n") + old[len(old.rstrip(b"\r\n")) :]
    if transfer != part.transfer:
        head = with_field(head, b"Content-Transfer-Encoding", transfer.encode(), newline)
    if charset:
        head = _with_charset(head, part, charset, newline)
    if root and head != data[part.start : part.body] and "MIME-Version" not in part.head:
        head = with_field(head, b"MIME-Version", b"1.0", newline)
    if "size" in str(part.head.get("Content-Disposition", "")):
        head = re.sub(rb"(?i)(;\s*size\s*=\s*\"?)\d+", rb"\g<1>%d" % len(content), head)
    if not _PARTED.search(head):
        head += newline  # a head that ended at a line that is no field; the new words might look like one
    written = head + body
    again = _part(written, 0, len(written), [0], 0, signed=False, untyped=part.head.get_default_type())
    named = charset or part.charset
    if again.payload(written).rstrip() != content.rstrip() or (again.kind, again.charset) != (
        part.kind,
        named,
    ):
        raise ValueError("a rewrite would be read as something else: the head of its part is damaged")
    if charset:
        again.payload(written).decode(charset)  # UnicodeDecodeError is a ValueError
    return written


def with_field(head: bytes, name: bytes, value: bytes, newline: bytes) -> bytes:
    """A head with a field of this value, in place of the one that it has or at its end."""
    field = name + b": " + value + newline
    pattern = re.compile(rb"(?im)^" + re.escape(name) + rb"[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
    if pattern.search(head):
        return pattern.sub(lambda _: field, head, count=1)
    fields = head.rstrip(b"\r\n")
    rest = head[len(fields) :]
    if not fields:
        return field + (rest or newline)
    first_end = re.match(rb"\r?\n", rest)
    after = rest[first_end.end() :] if first_end else newline
    return fields + newline + field + (after or newline)


def _encoded(content: bytes, part: Part, newline: bytes) -> tuple[bytes, str]:
    short = all(len(line) <= _LONGEST_LINE for line in content.split(b"\n")) and b"\0" not in content
    bare = part.transfer in ("7bit", "8bit", "binary")
    if bare and short and (content.isascii() or part.transfer != "7bit"):
        return content, part.transfer
    packed = base64.encodebytes(content).replace(b"\n", newline)
    if part.kind.startswith("text/") and part.transfer != "base64":
        quoted = _quoted(content, newline)
        if part.transfer == "quoted-printable" or len(quoted) < 2 * len(packed):
            return quoted, "quoted-printable"
    return packed, "base64"


def _quoted(content: bytes, newline: bytes) -> bytes:
    """Quoted-printable; other line ends than the message's own are encoded too, so that they come back."""
    lines = (binascii.b2a_qp(line, istext=False) for line in content.split(newline))
    return newline.join(line.replace(b"=\n", b"=" + newline) for line in lines)


def _with_charset(head: bytes, part: Part, charset: str, newline: bytes) -> bytes:
    field = re.compile(rb"(?im)^Content-Type[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*")
    found = field.search(head)
    if found is None:
        return with_field(head, b"Content-Type", f'{part.kind}; charset="{charset}"'.encode(), newline)
    whole = found.group()
    if first := _CHARSET.search(whole):
        rest = _CHARSET.sub(b"", whole[first.end() :])
        new = whole[: first.start()] + first[1] + b'charset="' + charset.encode() + b'"' + rest
    else:
        kept = whole.rstrip(b"\r; \t")
        new = kept + b'; charset="' + charset.encode() + b'"' + (b"\r" if whole.endswith(b"\r") else b"")
    return head[: found.start()] + new + head[found.end() :]
