"""SMTP in (RFC 5321): a message is acknowledged when it is on the disk, and not before.

What cannot be kept, and mail to be marked while marking does not work, is put off with a 4xx answer: the
client keeps it. Only known networks may hand in mail, so this is never an open relay.
"""

from __future__ import annotations

import asyncio
import ssl
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from fother.errors import FotherError, InputFileError
from fother.relay.message import Envelope, fault
from fother.relay.policy import Listen, Policy, Rule
from fother.relay.queue import Queue
from fother.relay.telling import Tell

_IDLE = 300.0  #: seconds until a silent client is let go; RFC 5321, 4.5.3.2.7
_NO_ADDRESS = "501 5.1.7 This is no address that mail can be sent to"
_WRITERS = 8  #: messages that are put on the disk at the same time

#: Says why mail of a rule cannot be marked now; empty when it can.
Hindrance = Callable[[Rule], str]


def tls_context(listen: Listen) -> ssl.SSLContext | None:
    """What STARTTLS is answered with. Raises InputFileError for a certificate that cannot be used."""
    if listen.tls == "off" or listen.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(listen.certificate, listen.key)
    except (OSError, ssl.SSLError) as error:
        raise InputFileError(
            f"The certificate {listen.certificate} with its key cannot be used ({error})."
        ) from None
    return context


class Intake:
    """The answers to a client; methods are named as aiosmtpd calls them."""

    def __init__(
        self, policy: Policy, queue: Queue, hindrance: Hindrance, clock: Callable[[], datetime], tell: Tell
    ) -> None:
        self._policy, self._queue, self._hindrance = policy, queue, hindrance
        self._clock, self._tell = clock, tell
        self._writers = ThreadPoolExecutor(_WRITERS, "intake")
        self._taken: Callable[[], None] = lambda: None
        self.open = 0  #: connections

    def on_taken(self, call: Callable[[], None]) -> None:
        """Call this, from any thread, after each message."""
        self._taken = call

    def greet(self, peer: str) -> str:
        """Why a client is turned away before it says anything; empty when it may speak."""
        if not self._policy.may_hand_in(peer):
            self._tell("refused", client=peer)
            return "554 5.7.1 This client may not hand in mail here"
        if self.open >= self._policy.listen.connections:
            return "421 4.7.0 Too many connections, try again later"
        return ""

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # Clients are known by their networks; there are no accounts here.
        return [line for line in responses if not line.startswith("250-AUTH")]

    async def handle_MAIL(
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if session.altered or not _is_plain(address):
            return _NO_ADDRESS
        if self._queue.free_bytes() < self._policy.queue.free_bytes:
            self._tell("disk full")
            return "452 4.3.1 There is no room for mail now, try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if session.altered or not _is_plain(address):
            return _NO_ADDRESS
        if len(envelope.rcpt_tos) >= self._policy.listen.recipients:
            return "452 4.5.3 Too many recipients, send the rest separately"
        if address.casefold() == "postmaster":  # every server has one; RFC 5321, 4.5.1
            address = self._policy.notices.postmaster
        if "@" not in address:
            return "550 5.1.3 An address needs a domain"
        rule = self._policy.rule(address)
        if rule is not None and self._hindrance(rule):
            self._tell("put off", reason=self._hindrance(rule))
            return "451 4.3.0 Mail to this address cannot be marked now, try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        raw: bytes = envelope.original_content
        refused = fault(raw, self._policy.listen.name)
        if refused:
            return refused
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        protocol = ("ESMTP" if session.extended_smtp else "SMTP") + ("S" if session.ssl else "")
        taken = Envelope(
            sender,
            tuple(dict.fromkeys(envelope.rcpt_tos)),
            bool(envelope.smtp_utf8),
            f"{_plain(session.host_name)} ([{_literal(session.peer[0])}])",
            protocol,
            self._clock(),
        )
        plain = not any(map(self._policy.rule, taken.recipients))
        keep = partial(self._queue.take, taken, raw, plain=plain)
        loop = asyncio.get_running_loop()
        try:
            id, new = await loop.run_in_executor(self._writers, keep)
        except FotherError as error:
            self._tell("not taken", reason=str(error))
            return "451 4.3.0 The message cannot be kept now, try again later"
        self._tell("taken" if new else "known", id=id, recipients=len(taken.recipients), bytes=len(raw))
        self._taken()
        return f"250 2.0.0 Taken as {id}"

    async def handle_exception(self, error: Exception) -> str:
        self._tell("mistake", kind=type(error).__name__)
        return "451 4.3.0 Something went wrong here, try again later"

    def close(self) -> None:
        self._writers.shutdown()


def _is_plain(address: str) -> bool:
    """Whether an address is free of controls, line ends and bytes that are no UTF-8."""
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in address)


def _plain(name: str) -> str:
    """What a client calls itself, as it may stand in a trace line."""
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-._:[]"))[:255] or "unknown"


def _literal(address: str) -> str:
    """An IP address as RFC 5321, 4.1.3 writes it."""
    return f"IPv6:{address}" if ":" in address else address


class _Session(SMTP):
    """One connection; those of strangers end before they begin."""

    _refused = False

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        # aiosmtpd reads addresses as those of a header and decodes words such as =?utf-8?q?=0D=0A?= in them.
        address, rest = super()._getaddr(arg)
        sent = arg[: len(arg) - len(rest or "")].strip()
        if sent.startswith("<") and sent.endswith(">") and sent != "<>":
            sent = sent[1:-1].strip()
        session: Any = self.session
        session.altered = address is not None and address != sent
        return address, rest

    def connection_made(self, transport: Any) -> None:
        if self._original_transport is None:
            peer = transport.get_extra_info("peername")
            answer = self.event_handler.greet(peer[0] if peer else "")
            if answer:
                self._refused = True
                transport.write(answer.encode() + b"\r\n")
                transport.close()
                return
            self.event_handler.open += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._refused:
            self.event_handler.open -= 1
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if not self._refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._refused else super().eof_received()


class Server(Controller):
    """Listens in a thread of its own, from `start` to `stop`."""

    def __init__(self, intake: Intake, listen: Listen) -> None:
        self._context = tls_context(listen)
        self._require = listen.tls == "required"
        self._intake, self._listen = intake, listen
        super().__init__(intake, hostname=listen.host, port=listen.port)

    def factory(self) -> SMTP:
        return _Session(
            self._intake,
            data_size_limit=self._listen.message_bytes,
            enable_SMTPUTF8=True,
            hostname=self._listen.name,
            ident="Fother",
            tls_context=self._context,
            require_starttls=self._require,
            timeout=_IDLE,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=self.loop,
        )

    def _trigger_server(self) -> None:
        # The parent connects to itself to see an error of the factory early; ours is told by `tls_context`,
        # and a client that is not on the list would be refused.
        self._factory_invoked.set()
        self.smtpd = self.factory()

    @property
    def port_taken(self) -> int:
        """The port that it listens on."""
        listening: Any = self.server
        return int(listening.sockets[0].getsockname()[1])
