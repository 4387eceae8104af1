"""Letters that the relay writes itself: what could not be marked or delivered, and what is in doubt.

All have an empty return path and say that no person wrote them (RFC 3834), so that no two machines write to
each other for ever. A report of failed deliveries has the form of RFC 3464 within RFC 6522.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Any

from fother.relay.message import Envelope, headers

_STATUS = re.compile(r"\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b")
_SMTP = policy.SMTP.clone(max_line_length=998)
_SHOWN = 200  #: parts or recipients in one letter


def envelope(recipient: str, now: datetime, name: str) -> Envelope:
    """Under which a letter of ours travels."""
    return Envelope("", (recipient,), not recipient.isascii(), f"{name} ([127.0.0.1])", "LOCAL", now)


def wanted(mail: Envelope, raw: bytes) -> bool:
    """Whether the sender of a message is somebody to whom a machine may write (RFC 3834, 2)."""
    if not mail.sender or mail.sender.partition("@")[0].casefold() in ("mailer-daemon", "postmaster"):
        return False
    head = headers(raw)
    automatic = str(head.get("Auto-Submitted", "no")).strip().casefold() != "no"
    bulk = str(head.get("Precedence", "")).strip().casefold() in ("bulk", "junk", "list")
    return not (automatic or bulk)


class Rate:
    """At most so many letters an hour to one address."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._sent: dict[str, deque[datetime]] = {}

    def allows(self, address: str, now: datetime) -> bool:
        """Whether one more may be sent now, which then counts."""
        for known in [a for a, times in self._sent.items() if times[-1] <= now - timedelta(hours=1)]:
            del self._sent[known]
        times = self._sent.get(address, deque())
        while times and times[0] <= now - timedelta(hours=1):
            times.popleft()
        if len(times) >= self._per_hour:
            return False
        times.append(now)
        self._sent[address] = times
        return True


def unmarked(to: str, raw: bytes, left: Sequence[str], whole: bool, name: str, now: datetime) -> bytes:
    """Tells a sender what went through without marks."""
    what = (
        "Your message was handed on without any marks, as nothing in it can be marked:"
        if whole
        else "Your message was handed on with individual marks. These parts of it could not be marked and "
        "were left as they are:"
    )
    lines = [what, "", *(f"  - {sentence}" for sentence in left[:_SHOWN]), *_which(raw)]
    return _letter(to, "Parts of your message could not be marked", lines, name, now)


def in_doubt(
    to: str, id: str, entries: Sequence[tuple[str, str]], raw: bytes, name: str, now: datetime
) -> bytes:
    """Tells the postmaster which deliveries wait for a decision: (delivery, recipient)."""
    lines = [
        f"The connection to the next mail server ended when mail {id} was sent and not answered yet.",
        "So it is not known whether these deliveries arrived, and they are held:",
        "",
        *(f"  {delivery}  {recipient}" for delivery, recipient in entries[:_SHOWN]),
        *_which(raw),
        "",
        "Look for the Message-ID and the recipient in the log of the next mail server. Then say",
        "",
        "  fother relay resolve CONFIG DELIVERY --arrived",
        "  fother relay resolve CONFIG DELIVERY --resend",
        "",
        "Nothing is lost and nothing is sent twice until you do.",
    ]
    return _letter(to, f"Deliveries in doubt: {id}", lines, name, now)


def bounce(
    mail: Envelope, raw: bytes, failures: Sequence[tuple[str, str]], id: str, name: str, now: datetime
) -> bytes:
    """Tells the sender which recipients a message did not reach, and why: (recipient, SMTP answer)."""
    form = _form(mail.sender)
    report = MIMEMultipart("report", policy=form)
    report.set_param("report-type", "delivery-status")
    _head(report, mail.sender, "Your message was not delivered", name, now)
    text = [
        f"This is the mail system at {name}.",
        "",
        "Your message could not be delivered to:",
        "",
        *(f"  {recipient}\r\n      {said}" for recipient, said in failures[:_SHOWN]),
    ]
    if len(failures) > _SHOWN:
        text += [f"  … and {len(failures) - _SHOWN} more; all are listed in the attached report."]
    report.attach(MIMEText("\r\n".join([*text, ""]), "plain", "utf-8"))
    status: list[Message | str] = [_fields(("Reporting-MTA", f"dns; {name}"), ("X-Fother-Queue-ID", id))]
    status += [
        _fields(
            ("Final-Recipient", f"{'rfc822' if recipient.isascii() else 'utf-8'}; {recipient}"),
            ("Action", "failed"),
            ("Status", _status(said)),
            ("Diagnostic-Code", f"smtp; {said}"),
        )
        for recipient, said in failures
    ]
    part = MIMEBase("message", "delivery-status", policy=form)
    part.set_payload(status)
    report.attach(part)
    original = MIMEText(_header_text(raw), "rfc822-headers", "utf-8")
    report.attach(original)
    return report.as_bytes(policy=form)


def _status(said: str) -> str:
    found = _STATUS.match(said)
    return found[1] if found else f"{said[:1] if said[:1] in '45' and said else '5'}.0.0"


def _fields(*pairs: tuple[str, str]) -> Message:
    block = Message(policy=policy.compat32)
    for key, value in pairs:
        plain = " ".join("".join(c if c.isprintable() else " " for c in value).split())
        block[key] = "".join(c if c.isascii() else f"\\x{{{ord(c):X}}}" for c in plain)  # RFC 6533, 3
    return block


def _header_text(raw: bytes) -> str:
    head = raw.partition(b"\r\n\r\n")[0]
    return head.decode("utf-8", "replace") + "\r\n"


def _which(raw: bytes) -> list[str]:
    head = headers(raw)
    shown = ((key, " ".join(str(head.get(key, "")).split())) for key in ("Subject", "Date", "Message-ID"))
    return ["", *(f"{key}: {value}" for key, value in shown if value)]


def _letter(to: str, subject: str, lines: Sequence[str], name: str, now: datetime) -> bytes:
    letter = EmailMessage(policy=_form(to))
    _head(letter, to, subject, name, now)
    letter.set_content("\r\n".join([f"This is the mail system at {name}.", "", *lines, ""]))
    return letter.as_bytes()


def _form(to: str) -> Any:
    return _SMTP.clone(utf8=not to.isascii())


def _head(letter: Message, to: str, subject: str, name: str, now: datetime) -> None:
    letter["From"] = f"Mail system <postmaster@{name}>"
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = format_datetime(now)
    letter["Auto-Submitted"] = "auto-replied"
