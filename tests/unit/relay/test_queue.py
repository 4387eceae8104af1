"""The queue: whole or absent, known again, encrypted, and the same after any kill."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relay_lab import NOW, mail

from fother.errors import StorageError
from fother.relay.message import Envelope
from fother.relay.queue import (
    DELIVERED,
    FAILED,
    WAITING,
    NewDelivery,
    Queue,
    _applied,
    _difference,
    in_state,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the relay runs on POSIX systems")
ENVELOPE = Envelope("ann@org.example", ("b@org.example",), False, "pc ([10.0.0.1])", "ESMTP", NOW)


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    made = Queue(tmp_path / "queue", bytes(32), secrets.token_bytes)
    made.make()
    return made


def test_a_message_goes_through_its_states(queue: Queue) -> None:
    id, new = queue.take(ENVELOPE, mail())
    assert new
    assert queue.where(id) == "incoming"
    assert queue.mail(id).envelope == ENVELOPE
    assert queue.mail(id).raw == mail()
    deliveries = [
        NewDelivery("a@x.example", mail() + b"mark"),
        NewDelivery("b@x.example"),
        NewDelivery("c@x.example", refused="550 5.7.1 no"),
    ]
    assert queue.make_ready(id, deliveries) == 3
    plan = queue.plan(id)
    assert [queue.content(id, k, plan[k], mail()) for k in (0, 1)] == [mail() + b"mark", mail()]
    assert queue.states(id) == WAITING + WAITING + FAILED
    assert queue.said(id, 2, plan[2]) == "550 5.7.1 no"
    queue.set_state(id, 1, DELIVERED)
    queue.fail(id, 0, "550 5.1.1 nobody")
    assert queue.states(id) == FAILED + DELIVERED + FAILED
    assert queue.said(id, 0, plan[0]) == "550 5.1.1 nobody"
    queue.finish(id)
    assert queue.where(id) == "done"
    assert queue.take(ENVELOPE, mail()) == (id, False)
    queue.clean(NOW + timedelta(days=10_000))
    assert queue.where(id) == ""


def test_a_message_without_an_id_is_never_taken_for_another(queue: Queue) -> None:
    raw = b"Subject: alarm\r\n\r\nagain\r\n"
    first, second = queue.take(ENVELOPE, raw), queue.take(ENVELOPE, raw)
    assert first[1]
    assert second[1]
    assert first[0] != second[0]


def test_other_recipients_are_another_message(queue: Queue) -> None:
    other = Envelope("ann@org.example", ("c@org.example",), False, "pc", "ESMTP", NOW)
    assert queue.take(ENVELOPE, mail())[0] != queue.take(other, mail())[0]


def test_nothing_is_readable_on_the_disk(queue: Queue) -> None:
    id, _ = queue.take(ENVELOPE, mail())
    queue.make_ready(id, [NewDelivery("secret@x.example", mail() + b"mark")])
    queue.fail(id, 0, "550 5.1.1 secret@x.example")
    files = [p for p in queue.folder.rglob("*") if p.is_file()]
    content = b"".join(p.read_bytes() for p in files)
    assert not any(word in content for word in (b"org.example", b"x.example", b"Good morning", b"Paper"))
    assert all(p.stat().st_mode & 0o077 == 0 for p in queue.folder.rglob("*"))
    stranger = Queue(queue.folder, bytes(31) + b"x", secrets.token_bytes)
    with pytest.raises(StorageError, match="damaged, or belongs to another registry"):
        stranger.mail(id)


def test_files_put_in_the_place_of_others_are_refused(queue: Queue) -> None:
    (first, _), (second, _) = queue.take(ENVELOPE, mail(1)), queue.take(ENVELOPE, mail(2))
    place = queue.folder / "incoming"
    (place / first / "mail").write_bytes((place / second / "mail").read_bytes())
    with pytest.raises(StorageError, match="damaged"):
        queue.mail(first)


def test_a_kill_while_copies_are_written_is_gone_on_from(queue: Queue) -> None:
    id, _ = queue.take(ENVELOPE, mail())

    def killed():  # type: ignore[no-untyped-def]
        yield NewDelivery("a@x.example", mail() + b"mark")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        queue.make_ready(id, killed())
    assert queue.where(id) == "incoming"
    queue.make_ready(id, [NewDelivery("a@x.example", mail() + b"mark")])
    assert queue.content(id, 0, queue.plan(id)[0], mail()) == mail() + b"mark"


def test_notes_stay_as_they_were_first(queue: Queue) -> None:
    id = queue.derived_id("x", "notice")
    assert queue.post(id, ENVELOPE, mail())
    assert not queue.post(id, ENVELOPE, mail(2))
    queue.note(id, "bounce-0", b"one")
    queue.note(id, "bounce-0", b"two")
    assert queue.noted(id, "bounce-0") == b"one"
    assert queue.noted(id, "bounce-1") is None


def test_one_process_at_a_time(queue: Queue) -> None:
    with queue.locked("relay") as first, queue.locked("relay") as second:
        assert first
        assert not second
    with queue.locked("relay") as third:
        assert third


def test_what_cannot_be_written_is_told(queue: Queue) -> None:
    for folder in ("incoming", "new"):
        (queue.folder / folder).rmdir()
        (queue.folder / folder).write_text("in the way")
    with pytest.raises(StorageError, match="cannot be written"):
        queue.take(ENVELOPE, mail())


def test_states_are_found() -> None:
    assert in_state(b".s+-?.", WAITING) == [0, 5]


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_differences_give_the_copy_again(raw: bytes, copy: bytes) -> None:
    assert _applied(raw, _difference(raw, copy)) == copy


@given(st.binary(max_size=50), st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=50))
def test_what_is_alike_is_not_kept_again(before: bytes, old: bytes, new: bytes, after: bytes) -> None:
    before, after = before * 4000, after * 4000
    kept = _difference(before + old + after, before + new + after)
    assert len(kept) <= 16 + max(len(old), len(new))
    assert _applied(before + old + after, kept) == before + new + after


@pytest.mark.parametrize("plain", [False, True])
def test_a_message_that_reached_nobody_is_taken_again(queue: Queue, plain: bool) -> None:
    id, _ = queue.take(ENVELOPE, mail(), plain=plain)
    if not plain:
        queue.make_ready(id, [NewDelivery("a@x.example", refused="550 5.7.1 no")])
    assert queue.take(ENVELOPE, mail(), plain=plain) == (id, False)
    queue.finish(id, failed=True)
    queue.empty_done()
    assert queue.take(ENVELOPE, mail(), plain=plain) == (id, True)
    assert queue.where(id) == ("ready" if plain else "incoming")
    assert queue.take(ENVELOPE, mail(), plain=plain) == (id, False)
    assert list((queue.folder / "new").iterdir()) == []


def test_a_message_that_reached_nobody_is_forgotten_in_time(queue: Queue) -> None:
    id, _ = queue.take(ENVELOPE, mail(), plain=True)
    queue.finish(id, failed=True)
    assert not queue.post(id, ENVELOPE, mail())
    queue.clean(NOW + timedelta(days=10_000))
    assert queue.where(id) == ""
