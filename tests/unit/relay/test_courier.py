"""The courier: what an earlier one left, what cannot be handed on, what is given up."""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from relay_lab import Sink, Waiter, mail, policy, running

from fother.relay.courier import Courier
from fother.relay.message import Envelope
from fother.relay.policy import Policy
from fother.relay.queue import DELIVERED, SENDING, NewDelivery, Queue

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the relay runs on POSIX systems")
ENVELOPE = Envelope("ann@org.example", ("b@org.example",), False, "pc", "ESMTP", datetime.now(UTC))


@dataclass
class Scene:
    queue: Queue
    told: Waiter

    def ready(self, *to: str, envelope: Envelope = ENVELOPE, number: int = 1) -> str:
        id, _ = self.queue.take(envelope, mail(number))
        self.queue.make_ready(id, [NewDelivery(address, mail(number) + b"mark\r\n") for address in to])
        return id

    def wait(self, holds: Callable[[], bool]) -> None:
        limit = time.monotonic() + 15
        while not holds() and time.monotonic() < limit:
            time.sleep(0.02)
        assert holds(), self.told.events


@contextmanager
def courier(settings: Policy) -> Iterator[Scene]:
    """A queue that a courier works on from the first `start`."""
    queue = Queue(settings.queue.folder, bytes(32), secrets.token_bytes)
    queue.make()
    scene = Scene(queue, Waiter())
    working = Courier(settings, queue, scene.told, lambda: datetime.now(UTC), time.monotonic)
    scene.start = lambda: thread.start()  # type: ignore[attr-defined]
    thread = threading.Thread(target=working.run)
    try:
        yield scene
    finally:
        working.stop()
        thread.join()


@pytest.mark.parametrize("rule", ["hold", "resend"])
def test_what_a_killed_courier_was_sending_is_held_or_sent_again(tmp_path: Path, rule: str) -> None:
    with (
        running(Sink()) as sink,
        courier(policy(tmp_path, sink.port, queue=f'in_doubt = "{rule}"')) as scene,
    ):
        id = scene.ready("a@far.example", "b@far.example")
        scene.queue.set_state(id, 0, SENDING)
        scene.start()
        sink.wait(2)
        if rule == "resend":
            scene.wait(lambda: scene.queue.where(id) == "done")
            assert sorted(a.recipient for a in sink.arrived) == ["a@far.example", "b@far.example"]
        else:
            scene.wait(lambda: scene.queue.states(id) == b"?+")
            recipients = sorted(a.recipient for a in sink.arrived)
            assert recipients == ["b@far.example", "postmaster@relay.org.example"]
            scene.queue.set_state(id, 0, b".")  # as `fother relay resolve --resend` does
            scene.wait(lambda: scene.queue.where(id) == "done")
            assert "a@far.example" in {a.recipient for a in sink.arrived}


def test_the_note_before_the_dot_comes_before_the_message(tmp_path: Path) -> None:
    seen: list[bytes] = []
    with running(Sink()) as sink, courier(policy(tmp_path, sink.port)) as scene:
        id = scene.ready("a@far.example")

        def answer(_: str) -> str:
            seen.append(scene.queue.states(id))
            return "250 OK"

        sink.answer = answer
        scene.start()
        scene.wait(lambda: scene.queue.where(id) == "done")
    assert seen == [SENDING]


def test_a_message_that_is_too_old_comes_back(tmp_path: Path) -> None:
    old = replace(ENVELOPE, taken_at=datetime.now(UTC) - timedelta(days=9))
    with (
        running(Sink(answer=lambda to: "250 OK" if to.startswith("ann@") else "451 4.2.0 no")) as sink,
        courier(policy(tmp_path, sink.port)) as scene,
    ):
        id = scene.ready("a@far.example", envelope=old)
        scene.start()
        (report,) = sink.wait(1)
        scene.wait(lambda: scene.queue.where(id) == "done")
    assert report.recipient == "ann@org.example"
    assert b"4.4.7" in report.content
    assert b"451 4.2.0 no" in report.content


def test_failures_are_told_once_even_by_the_next_courier(tmp_path: Path) -> None:
    sink = Sink(answer=lambda to: "550 5.1.1 no" if to == "a@far.example" else "250 OK")
    sink.refuse = lambda to: "451 4.2.0 later" if to == "b@far.example" else None
    with running(sink):
        settings = policy(tmp_path, sink.port)
        with courier(settings) as scene:
            id = scene.ready("a@far.example", "b@far.example")
            scene.start()
            sink.wait(1)
        sink.refuse = lambda to: "550 5.1.1 gone" if to == "b@far.example" else None
        with courier(settings) as scene:
            scene.start()
            scene.wait(lambda: scene.queue.where(id) == "done")
            sink.wait(2)
    first, second = (a.content for a in sink.arrived)
    assert b"a@far.example" in first
    assert b"b@far.example" not in first
    assert b"b@far.example" in second
    assert b"a@far.example" not in second


def test_a_bounce_that_cannot_be_written_does_not_keep_the_message(tmp_path: Path) -> None:
    odd = replace(ENVELOPE, sender="ann\r\nX: y@org.example")
    with (
        running(Sink(refuse=lambda _: "550 5.1.1 no")) as sink,
        courier(policy(tmp_path, sink.port)) as scene,
    ):
        id, _ = scene.queue.take(odd, mail())
        scene.queue.make_ready(id, [NewDelivery("a@far.example", refused="550 5.7.1 no")])
        scene.start()
        scene.wait(lambda: scene.queue.where(id) == "done")
        scene.told.wait("notice not written")


def test_a_message_all_of_whose_deliveries_failed_goes_out_when_it_is_handed_in_again(tmp_path: Path) -> None:
    sink = Sink(refuse=lambda to: "550 5.1.1 no" if to == "a@far.example" else None)
    with running(sink), courier(policy(tmp_path, sink.port)) as scene:
        first = scene.ready("a@far.example")
        scene.start()
        scene.wait(lambda: scene.queue.where(first) == "done")
        sink.wait(1)
        again = replace(ENVELOPE, taken_at=ENVELOPE.taken_at + timedelta(hours=1))
        assert scene.ready("a@far.example", envelope=again) == first
        sink.wait(2)  # the sender is told of this failure too
        scene.wait(lambda: scene.queue.where(first) == "done")
        sink.refuse = lambda _: None
        assert scene.ready("a@far.example", envelope=replace(again, taken_at=datetime.now(UTC))) == first
        sink.wait(3)
        scene.wait(lambda: scene.queue.where(first) == "done")
        assert scene.queue.take(again, mail()) == (first, False)
    assert sorted(a.recipient for a in sink.arrived) == [
        "a@far.example",
        "ann@org.example",
        "ann@org.example",
    ]


def test_a_notice_that_cannot_be_delivered_ends_there(tmp_path: Path) -> None:
    sink = Sink(answer=lambda _: "550 5.1.1 no")
    with running(sink), courier(policy(tmp_path, sink.port)) as scene:
        scene.ready("a@far.example")
        scene.start()
        scene.told.wait("notice not delivered")
        scene.wait(lambda: scene.queue.count("ready") == 0)
    assert sink.arrived == []


def test_a_server_without_smtputf8_gets_no_international_mail(tmp_path: Path) -> None:
    utf8 = replace(ENVELOPE, utf8=True)
    with running(Sink(), enable_SMTPUTF8=False) as sink, courier(policy(tmp_path, sink.port)) as scene:
        scene.ready("ä@far.example", envelope=utf8)
        scene.start()
        (report,) = sink.wait(1)
    assert b"5.6.7" in report.content


def test_international_addresses_and_8bit_text_arrive(tmp_path: Path) -> None:
    with running(Sink(), enable_SMTPUTF8=True) as sink, courier(policy(tmp_path, sink.port)) as scene:
        id, _ = scene.queue.take(replace(ENVELOPE, utf8=True), mail(1, "Grüße\r\n"))
        scene.queue.make_ready(id, [NewDelivery("ä@far.example")])
        scene.start()
        (arrived,) = sink.wait(1)
    assert arrived.recipient == "ä@far.example"
    assert arrived.body == mail(1, "Grüße\r\n")


@pytest.mark.parametrize("file", ["copies", "mail", "plan", "states"])
def test_a_damaged_message_holds_up_no_other(tmp_path: Path, file: str) -> None:
    with running(Sink()) as sink, courier(policy(tmp_path, sink.port)) as scene:
        damaged, well = scene.ready("a@far.example"), scene.ready("b@far.example", number=2)
        (scene.queue.folder / "ready" / damaged / file).write_bytes(b"x" * 80)
        scene.start()
        scene.wait(lambda: scene.queue.where(well) == "done")
        assert scene.queue.where(damaged) == "ready"
    assert [a.recipient for a in sink.arrived] == ["b@far.example"]


def test_what_was_delivered_is_never_sent_again(tmp_path: Path) -> None:
    with running(Sink()) as sink, courier(policy(tmp_path, sink.port)) as scene:
        id = scene.ready("a@far.example", "b@far.example")
        scene.queue.set_state(id, 0, DELIVERED)
        scene.start()
        scene.wait(lambda: scene.queue.where(id) == "done")
    assert [a.recipient for a in sink.arrived] == ["b@far.example"]
