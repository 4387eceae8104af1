"""Sending a letter by SMTP (RFC 5321), always encrypted unless the server is this machine."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from fother.errors import MailError, UsageError
from fother.respond.drafts import Letter

_PORTS = {"smtp": 587, "smtps": 465}
_HERE = ("localhost", "127.0.0.1", "::1")
_PATIENCE = 30.0  #: seconds


@dataclass(frozen=True)
class Server:
    """Where letters are handed in: smtp:// (STARTTLS) or smtps:// (TLS from the start)."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool


def server_of(address: str) -> Server:
    """`smtp://user:password@host:587`. Raises UsageError."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise UsageError(
            "The mail server is given as smtp://user:password@host:587 or smtps://…:465."
        ) from None
    if not parts.hostname:
        raise UsageError("The address of the mail server lacks its host.")
    return Server(
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "smtps",
    )


def message(letter: Letter, *, sender: str, to: str, id: str, now: datetime) -> EmailMessage:
    """A letter as a mail. `id` makes its Message-ID, the same for the same letter, so that a copy is noticed.

    Raises UsageError for addresses that are none.
    """
    for name, address in (("sender", sender), ("recipient", to)):
        if "@" not in parseaddr(address)[1] or any(c in address for c in "\r\n"):
            raise UsageError(f"The {name}'s address '{address}' is no mail address.")
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail.set_content(letter.text)
    return mail


def send(server: Server, mail: EmailMessage, connect: Callable[[Server], smtplib.SMTP] | None = None) -> None:
    """Hand a mail to the server. Raises MailError with what the server said; nothing was sent then."""
    try:
        connection = (connect or _connect)(server)
        try:
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(mail)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
    except smtplib.SMTPException as error:
        raise MailError(f"The mail server {server.host} refused the letter ({_said(error)}).") from error
    except OSError as error:
        raise MailError(
            f"The mail server {server.host}:{server.port} cannot be reached ({error})."
        ) from error


def _connect(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.implicit_tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_PATIENCE, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=context)
    elif server.host not in _HERE:
        connection.close()
        raise smtplib.SMTPException("it offers no encryption")
    return connection


def _said(error: smtplib.SMTPException) -> str:
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return str(error)
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
