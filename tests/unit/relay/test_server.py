"""What clients are told: mail is taken when it is on the disk; else put off, or refused where it must be."""

from __future__ import annotations

import secrets
import smtplib
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from relay_lab import NOW, Waiter, certificate, hand_in, mail, policy

from fother.errors import InputFileError, StorageError
from fother.relay.queue import Queue
from fother.relay.server import Intake, Server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the relay runs on POSIX systems")


class Listening:
    def __init__(self, port: int, queue: Queue, told: Waiter, intake: Intake) -> None:
        self.port, self.queue, self.told, self.intake = port, queue, told, intake


@contextmanager
def listening(folder: Path, hindrance: str = "", **changes: Any) -> Iterator[Listening]:
    settings = policy(folder, 25, **changes)
    queue = Queue(settings.queue.folder, bytes(32), secrets.token_bytes)
    queue.make()
    told = Waiter()
    intake = Intake(settings, queue, lambda _: hindrance, lambda: NOW, told)
    server = Server(intake, settings.listen)
    server.start()
    try:
        yield Listening(server.port_taken, queue, told, intake)
    finally:
        server.stop()
        intake.close()


def test_a_taken_message_is_in_the_queue_with_its_envelope(tmp_path: Path) -> None:
    with listening(tmp_path) as server:
        hand_in(server.port, mail(), "board@org.example", "x@far.example", "board@org.example")
        (id,) = server.queue.ids("incoming")
        taken = server.queue.mail(id)
    assert taken.raw == mail()
    assert taken.envelope.sender == "ann@org.example"
    assert taken.envelope.recipients == ("board@org.example", "x@far.example")
    assert taken.envelope.client == "pc.org.example ([127.0.0.1])"
    facts = server.told.of("taken")[0]
    assert "example" not in str(facts)


def test_the_postmaster_needs_no_domain(tmp_path: Path) -> None:
    with listening(tmp_path) as server:
        hand_in(server.port, mail(), "Postmaster")
        taken = server.queue.mail(server.queue.ids("ready")[0])
        assert taken.envelope.recipients == ("postmaster@relay.org.example",)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            hand_in(server.port, mail(), "somebody")


def test_ended_connections_are_counted_once_also_encrypted_ones(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    listen = f'certificate = "{cert.name}"\nkey = "{key.name}"'
    with listening(tmp_path, listen=listen) as server:
        for encrypted in (True, False, True):
            with smtplib.SMTP("127.0.0.1", server.port) as client:
                if encrypted:
                    client.starttls(context=ssl.create_default_context(cafile=str(cert)))
                client.ehlo()
        for _ in range(100):
            if server.intake.open == 0:
                break
            time.sleep(0.02)
        assert server.intake.open == 0


def test_a_return_path_may_be_empty(tmp_path: Path) -> None:
    with listening(tmp_path) as server:
        hand_in(server.port, mail(), sender="")
        assert server.queue.mail(server.queue.ids("incoming")[0]).envelope.sender == ""


def test_strangers_are_turned_away(tmp_path: Path) -> None:
    with listening(tmp_path, listen='clients = ["10.0.0.0/8"]') as server:
        with pytest.raises(smtplib.SMTPConnectError, match="554"):
            hand_in(server.port, mail())
        assert server.queue.ids("incoming") == []


def test_more_connections_than_allowed_are_put_off(tmp_path: Path) -> None:
    with listening(tmp_path, listen="connections = 1") as server:
        with smtplib.SMTP("127.0.0.1", server.port), pytest.raises(smtplib.SMTPConnectError, match="421"):
            smtplib.SMTP("127.0.0.1", server.port)
        for _ in range(50):  # the first one's place is free again once its end was seen
            try:
                hand_in(server.port, mail())
                break
            except smtplib.SMTPConnectError:
                continue
        assert len(server.queue.ids("incoming")) == 1


def test_too_large_messages_are_refused_at_once_and_at_the_end(tmp_path: Path) -> None:
    large = mail(1, "x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 15_000)
    with listening(tmp_path, listen="message_mib = 1") as server:
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            hand_in(server.port, large)
        with smtplib.SMTP("127.0.0.1", server.port) as client:
            client.ehlo()
            client.mail("ann@org.example")
            client.rcpt("board@org.example")
            assert client.data(large)[0] == 552
        assert server.queue.ids("incoming") == []


def test_too_many_recipients_are_to_come_separately(tmp_path: Path) -> None:
    with listening(tmp_path, listen="recipients = 2") as server, smtplib.SMTP("127.0.0.1", server.port) as c:
        refused = c.sendmail("ann@org.example", [f"a{k}@x.example" for k in range(3)], mail())
        assert refused["a2@x.example"][0] == 452
        assert len(server.queue.mail(server.queue.ids("ready")[0]).envelope.recipients) == 2


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (mail() + b"one\n.\r\nMAIL FROM:<x@x.example>\r\n", 550),
        (mail(1, "x" * 1200 + "\r\n"), 500),
        (b"Received: by relay.org.example (Fother) with ESMTP id x; now\r\n" * 5 + mail(), 554),
    ],
)
def test_what_must_not_be_handed_on_is_refused(tmp_path: Path, raw: bytes, code: int) -> None:
    with listening(tmp_path) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        client.ehlo()
        client.mail("ann@org.example")
        client.rcpt("board@org.example")
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send(raw.replace(b"\r\n.\r\n", b"\r\n..\r\n") + b"\r\n.\r\n")
        assert client.getreply()[0] == code
        assert server.queue.ids("incoming") == []


def test_a_full_disk_puts_mail_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Queue, "free_bytes", lambda _: -1)
    with listening(tmp_path) as server, pytest.raises(smtplib.SMTPSenderRefused, match="452"):
        hand_in(server.port, mail())


def test_what_cannot_be_kept_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise StorageError("There is no room.")

    monkeypatch.setattr(Queue, "take", full)
    with listening(tmp_path) as server:
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            hand_in(server.port, mail())
        assert server.told.of("not taken") == [{"reason": "There is no room."}]


def test_a_mistake_of_ours_puts_mail_off_and_tells_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: Any, **__: Any) -> Any:
        raise ValueError("ann@org.example")

    monkeypatch.setattr(Queue, "take", wrong)
    with listening(tmp_path) as server:
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            hand_in(server.port, mail())
        assert server.told.of("mistake") == [{"kind": "ValueError"}]


def test_mail_that_cannot_be_marked_now_is_put_off_and_other_mail_is_taken(tmp_path: Path) -> None:
    with listening(tmp_path, hindrance="locked") as server:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            hand_in(server.port, mail())
        assert refused.value.recipients["board@org.example"][0] == 451
        hand_in(server.port, mail(), "x@far.example")
        assert len(server.queue.ids("ready")) == 1


def test_ordinary_mail_does_not_wait_for_marking(tmp_path: Path) -> None:
    with listening(tmp_path) as server:
        hand_in(server.port, mail(), "x@far.example", "y@far.example")
        hand_in(server.port, mail(), "x@far.example", "y@far.example")
        (id,) = server.queue.ids("ready")
        assert [d.address for d in server.queue.plan(id)] == ["x@far.example", "y@far.example"]
        assert server.queue.states(id) == b".."
        hand_in(server.port, mail(2), "x@far.example", "board@org.example")
        assert len(server.queue.ids("incoming")) == 1


def test_a_connection_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with listening(tmp_path) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            line.sendall(b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: half\r\n")
            line.recv(100)
        hand_in(server.port, mail())
        assert len(server.queue.ids("incoming")) == 1


def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nothing")
    settings = policy(tmp_path, 25, listen='certificate = "cert.pem"')
    queue = Queue(settings.queue.folder, bytes(32), secrets.token_bytes)
    intake = Intake(settings, queue, lambda _: "", lambda: NOW, Waiter())
    with pytest.raises(InputFileError, match="cannot be used"):
        Server(intake, settings.listen)


@pytest.mark.parametrize(
    "address",
    [
        "=?utf-8?q?ann=0D=0AX?=@org.example",
        "=?utf-8?q?ann?=@org.example",
        '"=?utf-8?q?a=E2=80=A8n?="@org.example',
        "a\u2028n@org.example",
        "a\u2029n@org.example",
        "a\x85n@org.example",
        "a\x01n@org.example",
        "a\udcffn@org.example",
        "ann(note)@org.example",
    ],
)
def test_addresses_that_are_not_what_was_sent_or_hold_controls_are_refused(
    tmp_path: Path, address: str
) -> None:
    sent = address.encode("utf-8", "surrogateescape")
    with listening(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as line:
        file = line.makefile("rwb")

        def say(command: bytes) -> bytes:
            file.write(command + b"\r\n")
            file.flush()
            return file.readline()[:3]

        assert file.readline().startswith(b"220")
        assert say(b"HELO pc") == b"250"
        assert say(b"MAIL FROM:<" + sent + b">") in (b"501", b"553")
        assert say(b"MAIL FROM:<ann@org.example>") == b"250"
        assert say(b"RCPT TO:<" + sent + b">") in (b"501", b"553")
        assert say(b'RCPT TO:<"b c"@far.example>') == b"250"
        assert say("RCPT TO: <jürgen@far.example>".encode()) == b"250"
