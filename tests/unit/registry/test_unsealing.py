"""Asking, approving, telling and erasing: who may, for how long, how often, and what is noticed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fother.errors import NotFoundError, PasswordError, RegistryError, UsageError
from fother.flow.seals import ask, read_keys, set_up
from fother.registry import (
    AgeKey,
    Copy,
    FolderRegistry,
    IssuedFile,
    Policy,
    RecipientRow,
    new_key,
    open_registry,
    write_key_file,
)

ROWS = [RecipientRow(n, n + 1, f"Person {n}", f"p{n}@example.org") for n in (1, 2, 3)]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path, clock: Clock) -> Iterator[FolderRegistry]:
    with open_registry(tmp_path / "home", clock=clock, actor="Kim") as made:
        document = made.add_document(
            b"original",
            file_name="a.pdf",
            media_type="application/pdf",
            pages=1,
            carriers=b"c",
            template=b"t",
        )
        edition = made.edition(document.id, 3, 0.02)
        reserved = made.reserve(edition.id, ROWS, source="list.csv")
        made.mark_issued(*(IssuedFile(e.copy.id, "a" * 64, 1, "x.pdf", 9.0) for e in reserved.entries))
        made.complete_issue(reserved.issue.id)
        yield made


@pytest.fixture
def approvers(registry: FolderRegistry) -> list[AgeKey]:
    keys = [new_key() for _ in range(3)]
    registry.change_seal_setup(Policy(2, tuple(key.public for key in keys)))
    return keys


def errors(registry: FolderRegistry) -> str:
    return "\n".join(f.sentence for f in registry.check() if f.severity == "error")


def change(registry: FolderRegistry, statement: str, *values: object) -> None:
    with sqlite3.connect(registry.home / "registry.sqlite") as connection:
        connection.execute(statement, values)
    connection.close()


def first(registry: FolderRegistry) -> Copy:
    return registry.copies()[0]


def test_requests_expire(registry: FolderRegistry, approvers: list[AgeKey], clock: Clock) -> None:
    request = registry.request_unseal(first(registry).id, "a leak", timedelta(days=2))
    registry.approve_unseal(request.id, approvers[0])
    registry.approve_unseal(request.id, approvers[1])
    clock.now += timedelta(days=2)
    with pytest.raises(UsageError, match="has expired"):
        registry.unseal(request.id)
    with pytest.raises(UsageError, match="has expired"):
        registry.approve_unseal(request.id, approvers[2])
    (closed,) = registry.unseal_requests()
    assert (closed.state, closed.closed_at) == ("expired", clock.now)
    # What was approved is gone, not only refused.
    with sqlite3.connect(registry.home / "registry.sqlite") as connection:
        rows = connection.execute(
            "SELECT secret FROM unseal_request UNION ALL SELECT sealed FROM unseal_approval"
        )
        assert {value for (value,) in rows} == {None}
    connection.close()


@pytest.mark.parametrize("lasting", [timedelta(0), timedelta(days=91)])
def test_a_request_lasts_a_reasonable_time(registry: FolderRegistry, lasting: timedelta) -> None:
    with pytest.raises(UsageError, match="between a minute and 90 days"):
        registry.request_unseal(first(registry).id, "a leak", lasting)


def test_what_is_asked_of_the_registry_is_entered_without_words(
    registry: FolderRegistry, approvers: list[AgeKey]
) -> None:
    request = registry.request_unseal(first(registry).id, "because of Person 1")
    for key in approvers[:2]:
        registry.approve_unseal(request.id, key)
    assert registry.unseal(request.id).given == ROWS[0]
    told = [registry.log_opening(e.number).detail for e in registry.log_entries()][-3:]
    assert [sorted(d) for d in told] == [
        ["actor", "approver", "copy", "reason", "request"],
        ["actor", "approver", "copy", "reason", "request"],
        ["actor", "approvers", "copy", "reason", "request"],
    ]
    assert "Person" not in str(told)
    assert {d["actor"] for d in told} == {"Kim"}


def test_the_registry_alone_opens_nothing_once_others_approve(
    registry: FolderRegistry, approvers: list[AgeKey]
) -> None:
    assert not [name for name in registry._keys.ring.secrets() if name.startswith("approver")]
    request = registry.request_unseal(first(registry).id, "a leak")
    with pytest.raises(UsageError, match="takes an approver's key"):
        registry.approve_unseal(request.id)
    with pytest.raises(UsageError, match="takes the keys of 2 of the 3"):
        registry.change_seal_setup(None, approvers[:1])
    back = registry.change_seal_setup(None, approvers[1:])
    assert (back.own, back.number) == (True, 3)
    assert ask(registry, first(registry).id, "a leak", timedelta(days=1), checked=True).told is not None
    assert errors(registry) == ""


def test_one_recipients_approval_opens_no_other(registry: FolderRegistry, approvers: list[AgeKey]) -> None:
    one, other = registry.copies()[:2]
    request = registry.request_unseal(one.id, "a leak")
    for key in approvers[:2]:
        registry.approve_unseal(request.id, key)
    # Somebody with the database puts another copy in the request's place after it was approved.
    change(registry, "UPDATE unseal_request SET copy = ?", other.id)
    with pytest.raises(RegistryError, match="does not open"):
        registry.unseal(request.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE row = 2) WHERE row = 1",
        "UPDATE copy SET identity = zeroblob(32) WHERE row = 1",
        "UPDATE recipient SET locked = (SELECT locked FROM recipient ORDER BY id LIMIT 1), "
        "public = (SELECT public FROM recipient ORDER BY id DESC LIMIT 1)",
        "UPDATE unseal_request SET secret = zeroblob(60)",
        "UPDATE unseal_approval SET sealed = zeroblob(200)",
    ],
)
def test_what_was_exchanged_in_the_database_is_noticed(registry: FolderRegistry, statement: str) -> None:
    owners = {copy.recipient: copy for copy in registry.copies()}
    copy = owners[max(owners)] if "locked" in statement else first(registry)
    request = registry.request_unseal(copy.id, "a leak")
    registry.approve_unseal(request.id)
    change(registry, statement)
    with pytest.raises(RegistryError, match=r"does not open|database is damaged"):
        registry.unseal(request.id)


def test_an_owner_given_another_copy_is_noticed(registry: FolderRegistry) -> None:
    """Who alters whose copy it is, with the right row sealed for somebody else, breaks log and commitment."""
    one, other = registry.copies()[:2]
    change(registry, "UPDATE copy SET recipient = 'x' || recipient WHERE id = ?", other.id)
    assert "was altered" in errors(registry)
    change(registry, "UPDATE copy SET recipient = substr(recipient, 2) WHERE id = ?", other.id)
    assert errors(registry) == ""
    change(registry, "UPDATE copy SET identity = zeroblob(32) WHERE id = ?", one.id)
    assert "identities was altered" in errors(registry)


@pytest.mark.usefixtures("approvers")
def test_approvers_put_in_behind_the_log_are_found(registry: FolderRegistry) -> None:
    assert errors(registry) == ""
    with sqlite3.connect(registry.home / "registry.sqlite") as connection:
        connection.execute("DROP TRIGGER seal_setup_fixed")
        connection.execute("UPDATE seal_setup SET threshold = 1 WHERE number = 2")
    connection.close()
    assert "are not those that the log names" in errors(registry)


def test_erasing_leaves_log_and_copies_but_no_name(registry: FolderRegistry) -> None:
    copy = first(registry)
    committed = registry.identity_commitment(copy)
    open_request = registry.request_unseal(copy.id, "a leak")
    with pytest.raises(UsageError, match="takes a reason"):
        registry.erase_recipient("P1@example.org", " ")
    erased = registry.erase_recipient("P1@example.org", "asked for it")
    assert erased.erased_at == START
    assert registry.erase_recipient(erased.id, "again") == erased
    assert registry.unseal_request(open_request.id).state == "void"
    with pytest.raises(NotFoundError, match="was erased"):
        registry.request_unseal(copy.id, "a leak")
    with pytest.raises(NotFoundError):
        registry.recipient("p1@example.org")
    assert registry.copy(copy.id) == copy
    assert registry.identity_commitment(copy) == committed
    assert errors(registry) == ""
    # In a new list the same person is somebody new, with a copy of their own.
    again = registry.reserve(copy.edition, ROWS[:1], source="new.csv")
    assert again.entries[0].recipient.id != erased.id
    assert again.entries[0].copy.index == 3
    # The others can still be seen, and moved on to other approvers.
    set_up(registry, [new_key().public], 1, ())
    assert errors(registry) == ""


def test_who_still_waits_for_a_copy_is_not_erased(registry: FolderRegistry) -> None:
    registry.reserve(first(registry).edition, [RecipientRow(1, 2, "New")], source="new.csv")
    newest = registry.copies()[-1].recipient
    with pytest.raises(UsageError, match="is unfinished"):
        registry.erase_recipient(newest, "asked for it")


def test_key_files_with_and_without_passphrase(tmp_path: Path) -> None:
    key, plain, locked = new_key(), tmp_path / "plain.key", tmp_path / "locked.key"
    write_key_file(plain, key, None, START)
    write_key_file(locked, key, "several random words", START)
    assert [path.stat().st_mode & 0o777 for path in (plain, locked)] == [0o600] * 2
    assert key.secret.encode() not in locked.read_bytes()
    assert read_keys([plain, locked], lambda _: "several random words") == (key, key)
    with pytest.raises(PasswordError, match="is wrong"):
        read_keys([locked], lambda _: "something else")
    with pytest.raises(PasswordError, match="is encrypted"):
        read_keys([locked], lambda _: None)
    with pytest.raises(UsageError, match="exists already"):
        write_key_file(plain, key, None, START)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"nothing", "0 secret keys"),
        (b"\xff\xfe", "not text"),
        (b"AGE-SECRET-KEY-1QQQQ", "no secret key of age"),
        (b"x" * 70_000, "too large"),
        (b"age-encryption.org/v1\n-> scrypt x\n", "is wrong"),
    ],
)
def test_files_that_are_no_key_files(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "a.key"
    file.write_bytes(content)
    with pytest.raises((UsageError, PasswordError), match=said):
        read_keys([file], lambda _: "pass")
