"""SMTP out (RFC 5321): one message to one recipient at the next mail server, and what became of it.

The moment that matters is the final dot: before it, a broken connection means that nothing was delivered;
between it and the answer nobody can know (RFC 1047). So `before_dot` is called right before it, to note that
the delivery is about to be in doubt.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fother.errors import InputFileError
from fother.relay.policy import NextHop

Kind = Literal["delivered", "deferred", "failed", "in doubt", "unreachable"]
_CONNECT, _COMMAND, _DOT = 30.0, 300.0, 600.0  #: seconds; RFC 5321, 4.5.3.2
_CRLF = b"\r\n"


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery, and what the server said: "550 5.1.1 No such user"."""

    kind: Kind
    said: str = ""


class Unreachable(Exception):
    """The next mail server cannot be talked to now; the message says why."""


class Connection:
    """A connection to the next mail server, made when it is needed and used as long as it holds."""

    def __init__(self, hop: NextHop) -> None:
        self._hop = hop
        self._smtp: smtplib.SMTP | None = None

    def features(self) -> dict[str, str]:
        """What the server offers. Raises Unreachable."""
        return dict(self._ready().esmtp_features)

    def close(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp = None

    def send(
        self, sender: str, recipient: str, content: bytes, utf8: bool, before_dot: Callable[[], None]
    ) -> Outcome:
        """Hand on one message. Errors of `before_dot` end the connection and are raised."""
        try:
            smtp = self._ready()
        except Unreachable as error:
            return Outcome("unreachable", str(error))
        try:
            refused = _offer(smtp, sender, recipient, content, utf8)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            return Outcome("deferred", f"451 4.4.2 The connection broke off ({error})")
        if refused is not None:
            self._after(refused)
            return refused
        try:
            before_dot()
        except BaseException:
            self._drop()
            raise
        return self._finish(smtp)

    def _finish(self, smtp: smtplib.SMTP) -> Outcome:
        try:
            _patience(smtp, _DOT)
            smtp.send(b"." + _CRLF)
            code, text = smtp.getreply()
            _patience(smtp, _COMMAND)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome("in doubt", f"no answer after the message was sent ({error})")
        outcome = _outcome(code, text)
        self._after(outcome)
        return outcome

    def _after(self, outcome: Outcome) -> None:
        """Leave the connection ready for the next message, or closed."""
        if outcome.kind in ("failed", "deferred") and self._smtp is not None:
            try:
                if outcome.said.startswith("421") or self._smtp.rset()[0] != 250:
                    self._drop()
            except (smtplib.SMTPException, OSError):
                self._drop()
        elif outcome.kind == "in doubt":
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = _connect(self._hop)
            except (smtplib.SMTPException, OSError) as error:
                raise Unreachable(f"{self._hop.host}:{self._hop.port}: {_words(error)}") from None
        return self._smtp


def _connect(hop: NextHop) -> smtplib.SMTP:
    smtp = smtplib.SMTP(hop.host, hop.port, local_hostname=hop.name, timeout=_CONNECT)
    try:
        smtp.ehlo()
        if hop.tls != "off" and smtp.has_extn("starttls"):
            smtp.starttls(context=_context(hop))
            smtp.ehlo()
        elif hop.tls == "required":
            raise smtplib.SMTPException("it offers no encryption, and tls = 'required'")
        if hop.password_file is not None:
            smtp.login(hop.user, _password(hop.password_file))
        _patience(smtp, _COMMAND)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _context(hop: NextHop) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=hop.roots)
    if hop.tls == "offered":
        # Encryption without knowing to whom is still better than none, which is what "offered" accepts.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _patience(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    smtp.sock.settimeout(seconds)
    # The dot follows the message in a packet of its own, which must not wait for an acknowledgement.
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _password(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise smtplib.SMTPException(f"its password file cannot be read ({error})") from None


def check_files(hop: NextHop) -> None:
    """Raises InputFileError for certificates or a password file that cannot be used."""
    try:
        _context(hop)
        if hop.password_file is not None:
            hop.password_file.read_text("utf-8")
    except (OSError, ssl.SSLError, UnicodeDecodeError) as error:
        raise InputFileError(
            f"The files named in [next_hop] cannot be used ({error}); check roots and password_file."
        ) from None


def _offer(smtp: smtplib.SMTP, sender: str, recipient: str, content: bytes, utf8: bool) -> Outcome | None:
    """Everything up to the final dot; an outcome when the server did not want it."""
    options = []
    if smtp.has_extn("size"):
        options.append(f"SIZE={len(content)}")
    if not content.isascii():
        if not smtp.has_extn("8bitmime"):
            return Outcome("failed", "554 5.6.3 The next mail server takes no 8-bit messages")
        options.append("BODY=8BITMIME")
    if utf8 or not (sender + recipient).isascii():
        if not smtp.has_extn("smtputf8"):
            return Outcome("failed", "553 5.6.7 The next mail server takes no international addresses")
        options.append("SMTPUTF8")
        smtp.command_encoding = "utf-8"
    else:
        smtp.command_encoding = "ascii"
    for command in (" ".join([f"MAIL FROM:<{sender}>", *options]), f"RCPT TO:<{recipient}>"):
        code, text = smtp.docmd(command)
        if code not in (250, 251):
            return _refusal(code, text)
    code, text = smtp.docmd("DATA")
    if code != 354:
        return _refusal(code, text)
    smtp.send(re.sub(rb"(?m)^\.", b"..", content))
    if not content.endswith(_CRLF):
        smtp.send(_CRLF)
    return None


def _refusal(code: int, text: bytes) -> Outcome:
    """An answer before the dot; one that is neither 4xx nor 5xx has no place there, and nothing was sent."""
    outcome = _outcome(code, text)
    return outcome if outcome.kind in ("failed", "deferred") else Outcome("deferred", f"451 {outcome.said}")


def _outcome(code: int, text: bytes) -> Outcome:
    said = f"{code} {' '.join(text.decode(errors='replace').split())}"
    if 200 <= code < 300:
        return Outcome("delivered", said)
    if 400 <= code < 500:
        return Outcome("deferred", said)
    if 500 <= code < 600:
        return Outcome("failed", said)
    return Outcome("in doubt", "an answer that is none")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    return str(error) or type(error).__name__
