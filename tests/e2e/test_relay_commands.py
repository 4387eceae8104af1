"""`fother relay` as people run it: real marks, and a copy that is traced back to its recipient."""

from __future__ import annotations

import email
import hashlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from fother_command import fother

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "unit" / "relay"), str(ROOT / "bench")]

from relay_lab import NOW, Sink, config, hand_in, mail, running  # noqa: E402

from fother.flow.relay.serve import open_queue  # noqa: E402
from fother.registry import open_registry  # noqa: E402
from fother.relay.message import Envelope  # noqa: E402
from fother.relay.policy import read_policy  # noqa: E402
from fother.relay.queue import NewDelivery  # noqa: E402
from relay_texts import body  # noqa: E402

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the relay runs on POSIX systems")


TABLE = b"PK\x03\x04 no table that can be marked"


def _with_a_table() -> bytes:
    made = EmailMessage(policy=email_policy.SMTP)
    made["From"], made["To"], made["Subject"] = "ann@org.example", "board@org.example", "Figures"
    made["Message-ID"] = "<3@org.example>"
    made.set_content(body(150, 9).replace("\r\n", "\n"))
    kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    made.add_attachment(TABLE, maintype="application", subtype=kind, filename="figures.xlsx")
    return made.as_bytes()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running(Sink()) as made:
        yield made


def test_a_list_gets_real_marks_and_a_leaked_copy_is_named(tmp_path: Path, sink: Sink) -> None:
    home, path = tmp_path / "home", config(tmp_path, sink.port, members=3)
    raw = mail(1, body(200), "MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii")
    words = ["from fother.cli import main; main()", "relay", "serve", str(path), "--home", str(home)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path.write_text(path.read_text().replace("port = 0\n", f"port = {port}\n"))
    relay = subprocess.Popen([sys.executable, "-c", *words], stderr=subprocess.PIPE, text=True)
    try:
        assert relay.stderr is not None
        assert "listening" in relay.stderr.readline()
        hand_in(port, raw)
        hand_in(port, mail(2, "Too short.\r\n"))
        hand_in(port, _with_a_table())
        arrived = sink.wait(11, 100.0)
    finally:
        relay.send_signal(signal.SIGTERM)
        said = relay.communicate(timeout=60)[1]
    assert relay.returncode == 0, said
    assert not any(word in said for word in ("far.example", "ann@", "Paper", "Traceback"))
    copies = {a.recipient: a.body for a in arrived if b"<1@" in a.content}
    assert len(set(copies.values())) == 3
    assert raw not in copies.values()
    assert [a.body for a in arrived if a.recipient == "m1@far.example" and b"<2@" in a.content] == [
        mail(2, "Too short.\r\n")
    ]
    notices = [a.content for a in arrived if a.recipient == "ann@org.example"]
    assert sorted(b"figures.xlsx" in notice for notice in notices) == [False, True]
    assert all(b"could not be marked" in notice for notice in notices)
    with_table = [a.body for a in arrived if a.recipient.startswith("m") and b"<3@" in a.content]
    assert len(set(with_table)) == 3
    for copy in with_table:
        text, table = email.message_from_bytes(copy, policy=email_policy.default).iter_parts()
        assert table.get_content() == TABLE
        assert text.get_content_type() == "text/plain"
    leak = tmp_path / "leak.eml"
    leak.write_bytes(copies["m2@far.example"])
    verdict = fother("trace", leak, home=home).json
    with open_registry(home) as registry:
        digest = hashlib.sha256(leak.read_bytes()).hexdigest()
        (own,) = (c for c in registry.copies(recipient="m2@far.example") if c.sha256 == digest)
        assert registry.commitment(own.issue) is not None
        assert all(d.title.startswith("Mail ") for d in registry.documents())
    assert own.id in str(verdict)
    assert fother("relay", "status", path, home=home).json["to_hand_on"] == 0


def test_a_configuration_is_checked(tmp_path: Path, sink: Sink) -> None:
    path = config(tmp_path, sink.port)
    found = fother("relay", "check", path, home=tmp_path / "home").json
    assert found["lists"] == {"board@org.example": 3}
    assert "size" in found["next_hop"]["offers"]
    path.write_text(path.read_text().replace('tls = "off"', 'tls = "required"'))
    ran = fother("relay", "check", path, home=tmp_path / "home")
    assert ran.status == 11
    assert "offers no encryption" in ran.stderr
    (tmp_path / "board.csv").write_text("name\nNobody\n")
    assert fother("relay", "check", path, home=tmp_path / "home").status == 5
    path.write_text("[listen]")
    assert fother("relay", "check", path, home=tmp_path / "home").status == 3


@pytest.mark.parametrize("answer", ["--arrived", "--resend"])
def test_deliveries_in_doubt_are_listed_and_decided(tmp_path: Path, sink: Sink, answer: str) -> None:
    home, path = tmp_path / "home", config(tmp_path, sink.port)
    with open_registry(home) as registry:
        queue = open_queue(registry, read_policy(path))
        envelope = Envelope("ann@org.example", ("board@org.example",), False, "pc", "ESMTP", NOW)
        id, _ = queue.take(envelope, mail())
        queue.make_ready(id, [NewDelivery("m1@far.example"), NewDelivery("m2@far.example")])
        queue.set_state(id, 1, b"?")
        told = fother("relay", "status", path, home=home).json
        assert told["to_hand_on"] == 1
        (doubt,) = told["in_doubt"]
        assert (doubt["recipient"], doubt["message_id"]) == ("m2@far.example", "<1@org.example>")
        assert fother("relay", "resolve", path, doubt["delivery"], home=home).status == 2
        assert fother("relay", "resolve", path, "nosuch", answer, home=home).status == 6
        done = fother("relay", "resolve", path, doubt["delivery"], answer, home=home).json
        assert [d["delivery"] for d in done["resolved"]] == [doubt["delivery"]]
        assert queue.states(id) == (b".+" if answer == "--arrived" else b"..")
        assert fother("relay", "status", path, home=home).json["in_doubt"] == []


def test_two_relays_never_serve_one_queue(tmp_path: Path, sink: Sink) -> None:
    home, path = tmp_path / "home", config(tmp_path, sink.port)
    with open_registry(home) as registry:
        queue = open_queue(registry, read_policy(path))
        with queue.locked("relay"):
            ran = fother("relay", "serve", path, home=home)
    assert ran.status == 2
    assert "Another relay serves the queue" in ran.stderr
