"""Messages (RFC 5322, MIME) and mailboxes of them (RFC 4155): subject, body, attachments."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import email.policy
import re
from collections import Counter

from fother.formats.text.charset import decode
from fother.formats.text.content import Content, Refused
from fother.formats.text.html import read_html, text_of

_HEADERS = (
    *("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject", "Message-ID", "In-Reply-To", "X-Mailer"),
    *("User-Agent", "X-Originating-IP", "Return-Path", "Importance", "Sensitivity"),
)
_KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|received|return-path|mime-version|message-id|content-type|delivered-to|"
    rb"reply-to|x-[a-z0-9-]{1,60}|dkim-signature|authentication-results|importance|sender)[ \t]{0,9}:",
    re.I,
)
_FIELD = re.compile(rb"^[!-9;-~]{1,80}[ \t]{0,9}:")
_NEXT_MESSAGE = re.compile(rb"(?:\A|\n\r?\n)From [^\r\n]{1,500}\r?\n(?=[!-9;-~]{1,80}:)")
_WORD = re.compile(r"\w+")
_MOST_PARTS = 1000
_MOST_MESSAGES = 100_000
_SAME = 0.9  # share of the words of the HTML body that the plain one has


def looks_like_mail(data: bytes) -> bool:
    """A head of fields, at least two of which mail has."""
    known = 0
    for line in data[:16384].lstrip(b"\r\n").split(b"\n")[:200]:
        line = line.rstrip(b"\r")
        if not line:
            break
        if line[:1] in (b" ", b"\t"):
            continue
        if not _FIELD.match(line):
            return False
        known += _KNOWN.match(line) is not None
    return known >= 2


def looks_like_mailbox(data: bytes) -> bool:
    head = data[:8192]
    start = _NEXT_MESSAGE.match(head)
    return start is not None and looks_like_mail(head[start.end() :])


def read_mail(data: bytes, content: Content) -> None:
    """One message; its headers become metadata, its attachments members."""
    _read_message(data, content, "")
    if content.empty and not content.metadata:
        raise Refused("the message holds nothing that can be read")


def read_mailbox(data: bytes, content: Content) -> None:
    """Every message of a mailbox, labelled by its number."""
    starts = [m.span() for m in _NEXT_MESSAGE.finditer(data)]
    content.say("messages", len(starts))
    if len(starts) > _MOST_MESSAGES:
        content.note(f"It holds {len(starts):,} messages; the first {_MOST_MESSAGES:,} were read.")
    for number, (_, begin) in enumerate(starts[:_MOST_MESSAGES]):
        if content.full:
            return
        end = starts[number + 1][0] if number + 1 < len(starts) else len(data)
        # Writers of mailboxes put ">" before lines that would look like the start of a message.
        body = re.sub(rb"(?m)^>(>*From )", rb"\1", data[begin:end])
        _read_message(body, content, f"message {number + 1}")


def _read_message(data: bytes, content: Content, label: str) -> None:
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = list(_leaves(message))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError, AssertionError):
        content.note("A message is nested too deeply or damaged; it was read as plain text.")
        content.add("body", decode(data), label)
        return
    for name in _HEADERS:
        if value := header(message, name):
            if name == "Subject":
                content.add("subject", value, label)
            if not label:
                content.say(name.lower(), value)
    if len(parts) >= _MOST_PARTS:
        content.note(f"A message has more than {_MOST_PARTS} parts; the others were not read.")
    _read_bodies([p for p in parts if _is_body(p)], content, label)
    for number, part in enumerate((p for p in parts if not _is_body(p)), 1):
        if part.get_content_type() in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            content.note("A part of the message is encrypted or sealed (S/MIME) and was not read.")
        elif not content.take(_name(part, number), _payload(part)):
            return
    if message.get_content_type() == "multipart/encrypted":
        content.note("The message is encrypted (PGP/MIME); its text cannot be read.")


def header(message: email.message.Message, name: str) -> str:
    """Decoded text of a header, "" when it is missing or makes no sense."""
    try:
        raw = message.get(name)
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""
    return decoded(str(raw)[:4000]) if raw is not None else ""


def decoded(raw: str) -> str:
    """Words of RFC 2047 decoded, and bytes above ASCII that were sent as they are."""
    try:
        pieces = []
        for text, charset in email.header.decode_header(raw):
            if isinstance(text, str):
                text = text.encode("utf-8", "surrogateescape")
            pieces.append(decode(text, charset))
        return " ".join("".join(pieces).split())
    except (ValueError, LookupError, TypeError, AssertionError, email.errors.HeaderParseError):
        return " ".join(raw.encode("utf-8", "replace").decode().split())


def _leaves(message: email.message.Message) -> list[email.message.Message]:
    """Parts that hold something, in order; messages inside are attachments and stay whole."""
    found: list[email.message.Message] = []
    left = [message]
    while left and len(found) < _MOST_PARTS:
        part = left.pop()
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            left += [p for p in reversed(payload) if isinstance(p, email.message.Message)]
        else:
            found.append(part)
    return found


def _is_body(part: email.message.Message) -> bool:
    if part.is_multipart() or part.get_content_type() not in ("text/plain", "text/html"):
        return False
    try:
        return part.get_content_disposition() != "attachment"
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return True


def _read_bodies(parts: list[email.message.Message], content: Content, label: str) -> None:
    plain = [p for p in parts if p.get_content_type() == "text/plain"]
    texts = [decode(_payload(p), _charset(p)) for p in plain]
    for text in texts:
        content.add("body", text, label)
    said = Counter(word for text in texts for word in _WORD.findall(text.casefold()))
    for part in parts:
        if part.get_content_type() != "text/html":
            continue
        raw, charset = _payload(part), _charset(part)
        words = Counter(_WORD.findall(text_of(raw, charset).casefold())) if said else Counter()
        if said and (words & said).total() >= _SAME * words.total():
            continue  # the plain text says the same
        inner = Content(content.budget)
        try:
            read_html(raw, inner, charset)
        except Refused:
            content.add("body", decode(raw, charset), label)
            continue
        for piece in inner.pieces:
            content.add(piece.kind, piece.text, label)


def _charset(part: email.message.Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return None


def _payload(part: email.message.Message) -> bytes:
    """Bytes of a part as its transfer encoding says; of a message inside a message, its source."""
    try:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            return payload
        inner = part.get_payload()
        if isinstance(inner, list):
            return b"\n".join(m.as_bytes() for m in inner if isinstance(m, email.message.Message))
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError, AssertionError):
        pass
    raw = part.get_payload()
    return str(raw).encode("utf-8", "replace") if isinstance(raw, str) else b""


def _name(part: email.message.Message, number: int) -> str:
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        name = None
    if not name and part.get_content_type() == "message/rfc822":
        return f"message {number}.eml"
    return decoded(str(name)[:400]) if name else f"part {number}"
