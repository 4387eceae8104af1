"""A mail server that keeps what it gets, a client, certificates, and a marker that is quick: for tests and
benches of the relay."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
import os
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fother.errors import RegistryError, UnmarkableError
from fother.registry import RecipientRow
from fother.relay.policy import Policy, read_policy

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Arrived:
    sender: str
    recipient: str
    content: bytes
    at: float

    @property
    def body(self) -> bytes:
        """What the relay was given to hand on, without its own trace lines."""
        lines = self.content.split(b"\r\n")
        end = next(n for n in range(1, len(lines)) if not lines[n].startswith(b" "))
        return b"\r\n".join(lines[end:])


@dataclass
class Sink:
    """A mail server. `answer` may refuse after the dot, `refuse` before it, `drop` breaks the line off
    instead of answering; the message is kept even so."""

    answer: Callable[[str], str] = lambda _: "250 OK"
    refuse: Callable[[str], str | None] = lambda _: None
    drop: Callable[[str], bool] = lambda _: False
    delay: float = 0.0
    arrived: list[Arrived] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _o: Any) -> str:
        refused = self.refuse(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (recipient,) = envelope.rcpt_tos
        if self.delay:
            await asyncio.sleep(self.delay)
        answer = self.answer(recipient)
        if answer.startswith("2"):
            sender = "" if envelope.mail_from == "<>" else envelope.mail_from
            self.arrived.append(Arrived(sender, recipient, envelope.content, time.time()))
            self.tls.append(session.ssl is not None)
        if self.drop(recipient):
            server.transport.abort()
        return answer

    def wait(self, count: int, seconds: float = 20.0) -> list[Arrived]:
        """What arrived, once there is so much of it."""
        limit = time.monotonic() + seconds
        while len(self.arrived) < count and time.monotonic() < limit:
            time.sleep(0.02)
        assert len(self.arrived) >= count, f"{len(self.arrived)} of {count} arrived"
        return list(self.arrived)


class _Controller(Controller):
    def _trigger_server(self) -> None:
        self._factory_invoked.set()
        self.smtpd = self.factory()

    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def running(sink: Sink, context: ssl.SSLContext | None = None, **options: Any) -> Iterator[Sink]:
    """A sink on a free port, or on the one that it had."""
    controller = _Controller(sink, hostname="127.0.0.1", port=sink.port, tls_context=context, **options)
    controller.start()
    listening: Any = controller.server
    sink.port = listening.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A self-signed certificate for a name and 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


def config(
    folder: Path,
    hop_port: int,
    *,
    listen: str = "",
    hop: str = 'tls = "off"',
    queue: str = "",
    mark: str = "",
    members: int = 3,
) -> Path:
    """A configuration with the list board@org.example, whose members are m1@far.example, …"""
    rows = "".join(f"Member {k},m{k}@far.example\n" for k in range(1, members + 1))
    (folder / "board.csv").write_text("name,email\n" + rows)
    path = folder / "relay.toml"
    path.write_text(
        f"""
[listen]
host = "127.0.0.1"
port = 0
name = "relay.org.example"
{listen}
[next_hop]
host = "127.0.0.1"
port = {hop_port}
connections = 4
{hop}
[queue]
folder = "queue"
free_mib = 0
first_retry_seconds = 0.2
longest_retry_seconds = 0.5
{queue}
[[mark]]
list = "board@org.example"
recipients = "board.csv"
{mark}
"""
    )
    return path


def policy(folder: Path, hop_port: int, **changes: Any) -> Policy:
    return read_policy(config(folder, hop_port, **changes))


def mail(number: int = 1, body: str = "Good morning.\r\n.\r\n..two dots\r\n", *head: str) -> bytes:
    lines = [
        "From: Ann <ann@org.example>",
        "To: Board <board@org.example>",
        f"Subject: Paper {number}",
        f"Message-ID: <{number}@org.example>",
        *head,
        "",
        body,
    ]
    return "\r\n".join(lines).encode()


def hand_in(port: int, raw: bytes, *to: str, sender: str = "ann@org.example", **more: Any) -> None:
    """As a mail client does it. Raises smtplib's errors."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="pc.org.example", timeout=20) as client:
        client.sendmail(sender, list(to) or ["board@org.example"], raw, **more)


class SimulatedMarker:
    """Appends a line to each copy that only its recipient has, and registers it in a file before, durably.

    `trouble` is raised as a registry's, `unmarkable` says which messages it cannot mark, `left` what of a
    message it leaves alone.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.trouble = ""
        self.unmarkable: Callable[[bytes], bool] = lambda raw: b"Subject: Blank" in raw
        self.left: Callable[[bytes], list[str]] = lambda raw: ["table.xlsx"] if b"X-Table" in raw else []
        self.titles: list[str] = []
        self.alternatives: list[bool] = []

    def read(self, raw: bytes, title: str, *, alternatives: bool) -> SimulatedMail:
        if self.trouble:
            raise RegistryError(self.trouble)
        if self.unmarkable(raw):
            raise UnmarkableError("The message has 0 carriers.")
        self.titles.append(title)
        self.alternatives.append(alternatives)
        return SimulatedMail(self._file, raw, self.left(raw))


@dataclass(frozen=True)
class SimulatedMail:
    file: Path
    raw: bytes
    left: Sequence[str]

    @property
    def plain(self) -> bytes:
        return self.raw

    def copies(self, rows: Sequence[RecipientRow]) -> Iterator[bytes]:
        lines = [
            json.dumps([row.email, hashlib.sha256(marked(self.raw, row.email)).hexdigest()]) for row in rows
        ]
        with self.file.open("a") as out:
            out.write("\n".join(lines) + "\n")
            out.flush()
            os.fsync(out.fileno())
        yield from (marked(self.raw, row.email) for row in rows)


def marked(raw: bytes, address: str) -> bytes:
    return raw + f"mark {hashlib.sha256(raw + address.encode()).hexdigest()}\r\n".encode()


def registered(file: Path) -> set[tuple[str, str]]:
    """What the simulated marker registered: address and SHA-256 of the copy."""
    return {tuple(json.loads(line)) for line in file.read_text().splitlines()} if file.exists() else set()


class Waiter:
    """Collects what the relay tells."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._lock = threading.Lock()

    def __call__(self, event: str, /, **facts: Any) -> None:
        with self._lock:
            self.events.append((event, facts))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [facts for name, facts in list(self.events) if name == event]

    def wait(self, event: str, count: int = 1, seconds: float = 20.0) -> dict[str, Any]:
        limit = time.monotonic() + seconds
        while len(self.of(event)) < count and time.monotonic() < limit:
            time.sleep(0.02)
        assert len(self.of(event)) >= count, f"no '{event}' among {self.events}"
        return self.of(event)[-1]
