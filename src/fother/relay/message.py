"""What the relay must know of a message: its trace lines, its id, whether it can be handed on as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import format_datetime

MOST_HOPS = 100  #: Received lines; RFC 5321, 6.3
MOST_OWN_HOPS = 4  #: of which so many may be ours: a list may have a member that is a list
MOST_LINE = 998  #: bytes without CRLF; RFC 5321, 4.5.3.1.6

# A server may take a bare line feed for the end of a line and see two messages where we see one
# ("SMTP smuggling", CVE-2023-51764); RFC 5321, 2.3.8 forbids both characters alone.
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_LONG = re.compile(rb"[^\n]{%d}" % (MOST_LINE + 2))


@dataclass(frozen=True)
class Envelope:
    """Who sent a message to whom, as SMTP said it."""

    sender: str  #: empty for notices, to which nobody answers
    recipients: tuple[str, ...]
    utf8: bool  #: SMTPUTF8 (RFC 6531) was asked for
    client: str  #: name and address of who handed it in
    protocol: str  #: ESMTP, ESMTPS, …; RFC 3848
    taken_at: datetime


def headers(raw: bytes) -> Message:
    """The header lines of a message."""
    return BytesHeaderParser().parsebytes(raw)


def fault(raw: bytes, name: str) -> str:
    """Why a message cannot be taken, as an SMTP answer; empty when it can."""
    if _BARE.search(raw):
        return "550 5.6.11 The message holds a bare CR or LF; lines end in CRLF"
    hops = headers(raw).get_all("Received", [])
    own = sum(f"by {name} (Fother" in " ".join(str(hop).split()) for hop in hops)
    if len(hops) > MOST_HOPS or own > MOST_OWN_HOPS:
        return "554 5.4.6 Too many hops, the mail goes in circles"
    return ""


def can_be_sent(raw: bytes) -> bool:
    """Whether lines are what RFC 5321 wants: they end in CRLF and none is too long."""
    return not _BARE.search(raw) and not _LONG.search(raw)


def trace_line(envelope: Envelope, name: str, id: str, message_id: bool) -> bytes:
    """The lines that a relay adds at the top (RFC 5321, 4.4): where the message came from and when.

    All recipients get the same. A message without Message-ID gets one, the same for all and for ever.
    """
    protocol = f"UTF8{envelope.protocol.removeprefix('E')}" if envelope.utf8 else envelope.protocol
    line = (
        f"Received: from {envelope.client}\r\n by {name} (Fother) with {protocol} id {id};\r\n"
        f" {format_datetime(envelope.taken_at)}\r\n"
    )
    if not message_id:
        line += f"Message-ID: <{id}@{name}>\r\n"
    return line.encode("utf-8" if envelope.utf8 else "ascii", "replace")
