"""The marking desk: who gets what, what is put off, who is told, and that a second try gives the same."""

from __future__ import annotations

import secrets
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from relay_lab import NOW, SimulatedMarker, Waiter, config, mail, marked

from fother.errors import CopyCheckError, RecipientListError
from fother.flow.relay.desk import Desk
from fother.flow.relay.lists import ListFaultError, Lists
from fother.relay.message import Envelope
from fother.relay.policy import read_policy
from fother.relay.queue import Queue

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the relay runs on POSIX systems")
ENVELOPE = Envelope("ann@org.example", ("board@org.example",), False, "pc", "ESMTP", NOW)
SECOND = """
[[mark]]
list = "staff@org.example"
recipients = "staff.csv"
unmarkable = "refuse"
unmarkable_parts = "refuse"
alternatives = true
[[mark]]
outside = ["org.example"]
"""


class Scene:
    def __init__(self, folder: Path) -> None:
        path = config(folder, 25, members=2)
        path.write_text(path.read_text() + SECOND)
        (folder / "staff.csv").write_text("email\nm2@far.example\ns1@org.example\n")
        self.policy = read_policy(path)
        self.queue = Queue(self.policy.queue.folder, bytes(32), secrets.token_bytes)
        self.queue.make()
        self.marker = SimulatedMarker(folder / "registered.jsonl")
        self.told, self.seconds, self.now = Waiter(), 0.0, NOW
        self.desk = Desk(
            self.policy,
            self.queue,
            self.marker,
            Lists(),
            tell=self.told,
            now=lambda: self.now,
            seconds=lambda: self.seconds,
        )

    def work(self, *to: str, raw: bytes = b"", **changes: object) -> dict[str, object]:
        """Mark a message; by recipient what they get: content, or the refusal."""
        envelope = replace(ENVELOPE, recipients=to or ENVELOPE.recipients, **changes)  # type: ignore[arg-type]
        self.id, _ = self.queue.take(envelope, raw or mail())
        assert self.desk.work()
        return self.plan(self.id)

    def plan(self, id: str) -> dict[str, object]:
        if self.queue.where(id) != "ready":
            return {}
        raw, plan = self.queue.mail(id).raw, self.queue.plan(id)
        return {d.address: d.refused or self.queue.content(id, k, d, raw) for k, d in enumerate(plan)}

    def notices(self) -> list[bytes]:
        return [self.queue.mail(id).raw for id in self.queue.ids("ready") if id != self.id]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_who_is_on_two_lists_gets_one_copy_and_nobody_both(scene: Scene) -> None:
    to = ("board@org.example", "Staff@ORG.example", "M1@far.example", "x@org.example", "s1@org.example")
    got = scene.work(*to)
    expected = {a: marked(mail(), a) for a in ("m1@far.example", "m2@far.example", "s1@org.example")}
    assert got == expected | {"x@org.example": mail()}
    assert not scene.desk.work()


def test_everybody_outside_gets_a_copy(scene: Scene) -> None:
    got = scene.work("a@x.example", "b@org.example", "c@y.example")
    assert [got[a] == mail() for a in ("a@x.example", "b@org.example", "c@y.example")] == [False, True, False]


def test_each_rule_decides_for_its_recipients(scene: Scene) -> None:
    blank = mail().replace(b"Subject: Paper 1", b"Subject: Blank")
    got = scene.work("board@org.example", "staff@org.example", raw=blank)
    # m2 is on both lists; the board's rule was first, and it lets pass.
    assert got["m1@far.example"] == got["m2@far.example"] == blank
    assert str(got["staff@org.example"]).startswith("550 5.7.1")
    assert "s1@org.example" not in got
    assert len(scene.notices()) == 1


def test_refused_parts_are_not_registered(scene: Scene, tmp_path: Path) -> None:
    got = scene.work("staff@org.example", raw=mail(1, "x\r\n", "X-Table: y"))
    assert str(got["staff@org.example"]).startswith("550 5.7.1")
    assert not (tmp_path / "registered.jsonl").exists()
    assert scene.notices() == []


def test_copies_that_fail_their_check_are_like_what_cannot_be_marked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> object:
        raise CopyCheckError("It does not show its own marks.")

    monkeypatch.setattr("relay_lab.SimulatedMail.copies", failing)
    assert scene.work()["m1@far.example"] == mail()
    assert str(scene.work("staff@org.example")["staff@org.example"]).startswith("550 5.7.1")


def test_what_is_not_the_messages_fault_puts_it_off_longer_each_time(scene: Scene) -> None:
    scene.marker.trouble = "The registry is locked."
    rule = scene.policy.rules[0]
    assert scene.work() == {}
    assert scene.desk.hindrance(rule) == "The registry is locked."
    rests = []
    for _ in range(3):
        assert not scene.desk.work()
        rests.append(scene.told.of("not marked")[-1]["seconds"])
        scene.seconds += rests[-1]
        assert scene.desk.work()
    assert rests == [2.0, 4.0, 8.0]
    scene.marker.trouble = ""
    scene.seconds += 300
    assert scene.desk.work()
    assert set(scene.plan(scene.id)) == {"m1@far.example", "m2@far.example"}
    assert scene.desk.hindrance(rule) == ""


def test_what_can_never_be_marked_goes_back_and_the_rest_goes_on(scene: Scene) -> None:
    scene.marker.trouble = "The registry is locked."
    scene.now = NOW + timedelta(days=6)
    got = scene.work("board@org.example", "x@org.example")
    assert str(got["board@org.example"]).startswith("550 4.4.7")
    assert got["x@org.example"] == mail()


def test_a_list_that_cannot_be_read_puts_off_and_says_so(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "board.csv").write_text("name,email\nAnn,not an address\n")
    assert "board.csv, line 2" in scene.desk.hindrance(scene.policy.rules[0])
    assert scene.desk.hindrance(scene.policy.rules[1]) == ""
    assert scene.work() == {}
    (tmp_path / "board.csv").write_text("name\nAnn\n")
    assert "mail goes to addresses" in scene.desk.hindrance(scene.policy.rules[0])
    (tmp_path / "board.csv").unlink()
    assert "cannot be read" in scene.desk.hindrance(scene.policy.rules[0])


def test_a_changed_list_is_read_again(scene: Scene, tmp_path: Path) -> None:
    assert set(scene.work()) == {"m1@far.example", "m2@far.example"}
    (tmp_path / "board.csv").write_text("email\nnew@far.example\n")
    assert set(scene.work(raw=mail(2))) == {"new@far.example"}


def test_machines_are_not_told_and_people_not_too_often(scene: Scene) -> None:
    scene.work(raw=mail(1, "x\r\n", "X-Table: y", "Auto-Submitted: auto-generated"))
    assert scene.notices() == []
    for n in range(2, 25):
        scene.work(raw=mail(n, "x\r\n", "X-Table: y"))
    letters = [id for id in scene.queue.ids("ready") if not scene.queue.mail(id).envelope.sender]
    assert len(letters) == scene.policy.notices.per_hour
    assert len(scene.told.of("notice left out")) == 23 - scene.policy.notices.per_hour


def test_a_damaged_message_does_not_stop_others(scene: Scene) -> None:
    damaged, _ = scene.queue.take(ENVELOPE, mail(7))
    (scene.queue.folder / "incoming" / damaged / "mail").write_bytes(b"x" * 50)
    id, _ = scene.queue.take(ENVELOPE, mail(8))
    assert scene.desk.work()
    assert scene.desk.work()
    assert not scene.desk.work()
    assert scene.queue.where(id) == "ready"
    assert scene.queue.where(damaged) == "incoming"
    assert scene.desk.hindrance(scene.policy.rules[0]) == ""


def test_nobody_gets_an_expired_message_unmarked_while_a_list_cannot_be_read(
    scene: Scene, tmp_path: Path
) -> None:
    (tmp_path / "board.csv").write_text("name,email\nAnn,not an address\n")
    scene.now = NOW + timedelta(days=6)
    got = scene.work("board@org.example", "m1@org.example", "x@org.example")
    assert all(str(what).startswith("550 4.4.7") for what in got.values())
    assert len(got) == 3


def test_a_member_addressed_directly_gets_no_expired_message_unmarked(scene: Scene) -> None:
    scene.now = NOW + timedelta(days=6)
    got = scene.work("staff@org.example", "s1@org.example", "x@org.example")
    assert str(got["s1@org.example"]).startswith("550 4.4.7")
    assert got["x@org.example"] == mail()


@pytest.mark.parametrize(
    "rows",
    ["Ann,ann.secret.example\n", "Ann,a@secret.example\nBo,a@secret.example\n", "A,a@secret.example,1,2\n"],
)
def test_faults_of_lists_are_told_without_a_word_of_the_list(scene: Scene, tmp_path: Path, rows: str) -> None:
    (tmp_path / "board.csv").write_text("name,email\n" + rows)
    scene.work()
    told = [scene.desk.hindrance(scene.policy.rules[0]), scene.told.of("not marked")[-1]["reason"]]
    assert all("board.csv, line" in words and "secret" not in words for words in told)
    with pytest.raises(ListFaultError) as found:
        Lists().members(tmp_path / "board.csv")
    assert "secret" in found.value.fault.full or "columns" in found.value.fault.full


def test_errors_about_recipients_are_told_by_their_kind(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> object:
        raise RecipientListError("Rows 1 and 2 are the same recipient (a@secret.example); drop one.")

    monkeypatch.setattr("relay_lab.SimulatedMail.copies", failing)
    assert scene.work() == {}
    assert scene.told.of("not marked")[-1]["reason"] == "RecipientListError"


def test_a_mistake_that_comes_each_time_ends_by_policy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> object:
        raise ValueError("secret@far.example")

    monkeypatch.setattr("relay_lab.SimulatedMail.copies", failing)
    assert scene.work("board@org.example", "staff@org.example") == {}
    for _ in range(8):
        assert scene.queue.where(scene.id) == "incoming"
        scene.seconds += 300
        assert scene.desk.work()
    got = scene.plan(scene.id)
    assert got["m1@far.example"] == mail()
    assert str(got["staff@org.example"]).startswith("550 5.7.1")
    assert "secret" not in str(scene.told.events)


def test_errors_of_the_machine_do_not_end_a_message(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> object:
        raise OSError("The machine is busy.")

    monkeypatch.setattr("relay_lab.SimulatedMail.copies", failing)
    scene.work()
    for _ in range(12):
        scene.seconds += 300
        assert scene.desk.work()
    assert scene.queue.where(scene.id) == "incoming"


def test_marks_are_not_told_of_before_the_copies_are_made(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> object:
        raise CopyCheckError("It does not show its own marks.")

    monkeypatch.setattr("relay_lab.SimulatedMail.copies", failing)
    scene.work(raw=mail(1, "x\r\n", "X-Table: y"))
    (letter,) = scene.notices()
    assert b"without any marks" in letter
    assert b"individual marks" not in letter


def test_alternatives_are_resolved_when_all_rules_of_a_message_say_so(scene: Scene) -> None:
    scene.work("staff@org.example", "x@org.example")
    scene.work("board@org.example")
    scene.work("board@org.example", "staff@org.example")
    assert scene.marker.alternatives == [True, False, False]
