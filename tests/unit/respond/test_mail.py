"""Letters go to a real SMTP server; what it refuses was not sent."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email import policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from case_files import NOW

from fother.errors import MailError, UsageError
from fother.respond.drafts import Letter
from fother.respond.mail import Server, message, send, server_of

LETTER = Letter("About you – Ärger", "A letter.\n.\nwith a lone dot and █████\n")


class Box:
    """Keeps what arrives; refuses who is called nobody@…"""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _: Any) -> str:
        if address.startswith("nobody@"):
            return "550 there is nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.letters.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def box() -> Iterator[tuple[Box, Server]]:
    handler = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, server_of(f"smtp://127.0.0.1:{port}")
    controller.stop()


def mail(to: str = "desk@vestria.example") -> Any:
    return message(LETTER, sender="Desk <desk@port.example>", to=to, id="OU-1-2", now=NOW)


def test_a_letter_arrives_as_written(box: tuple[Box, Server]) -> None:
    handler, server = box
    send(server, mail())
    (arrived,) = handler.letters
    assert arrived["Subject"] == LETTER.subject
    assert arrived["Message-ID"] == "<OU-1-2@port.example>"
    assert arrived["Date"].datetime == NOW
    assert arrived.get_content().replace("\r\n", "\n") == LETTER.text


def test_a_refused_letter_is_told_with_the_servers_words(box: tuple[Box, Server]) -> None:
    handler, server = box
    with pytest.raises(MailError, match="550 there is nobody here"):
        send(server, mail("nobody@vestria.example"))
    assert handler.letters == []


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(MailError, match="cannot be reached"):
        send(server_of("smtp://127.0.0.1:1"), mail())


def test_a_password_is_never_sent_in_clear_to_another_machine(
    box: tuple[Box, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, server = box
    monkeypatch.setattr("fother.respond.mail._HERE", ())
    with pytest.raises(MailError, match="no encryption"):
        send(server, mail())
    assert handler.letters == []


@pytest.mark.parametrize("address", ["nobody", "", "a@b.example\r\nBcc: c@d.example"])
def test_addresses_that_are_none_are_refused(address: str) -> None:
    with pytest.raises(UsageError, match="no mail address"):
        mail(address)


def test_servers_are_read() -> None:
    assert server_of("smtps://a%40b:p%3A@mail.example") == Server("mail.example", 465, "a@b", "p:", True)
    assert server_of("smtp://mail.example").port == 587
    for wrong in ("mail.example", "http://mail.example", "smtp://", "smtp://x:99999999"):
        with pytest.raises(UsageError):
            server_of(wrong)
