"""The log in the database: append-only, bound to the rows, begun late where the registry is older."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fother.errors import RegistryError
from fother.registry import Artefact, FolderRegistry, IssuedFile, RecipientRow, log, open_registry
from fother.registry.database import Database

TRIGGERS = ("log_entry_next", "log_entry_fixed", "log_entry_kept", "sighting_fixed")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[FolderRegistry]:
    with open_registry(tmp_path / "home", actor="ann") as made:
        document = made.add_document(
            b"original", file_name="a.pdf", media_type="x", pages=1, carriers=b"c", template=b"t"
        )
        edition = made.edition(document.id, 3, 0.02)
        reserved = made.reserve(edition.id, [RecipientRow(1, 2, "Ann"), RecipientRow(2, 3, "Bo")], source="l")
        made.mark_issued(*(IssuedFile(e.copy.id, "a" * 64, 1, "x.pdf", 9.0) for e in reserved.entries))
        made.complete_issue(reserved.issue.id)
        seen = made.add_sighting(b"leak", name="a", media_type="x", isolation="")
        made.record_identification(artefacts=[Artefact("a", seen.sha256, seen.id)], result={"score": 0.1})
        made.record_trace(artefacts=[], parameters={"alpha": 1e-6}, verdict={"accused": []})
        yield made


def altered(registry: FolderRegistry, *statements: str) -> list[str]:
    """What the check says after somebody worked on the database with another tool."""
    connection = sqlite3.connect(registry.home / "registry.sqlite")
    for trigger in TRIGGERS:
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return [f.sentence for f in registry.check() if f.severity == "error"]


def test_who_acts_is_in_every_entry(registry: FolderRegistry) -> None:
    assert registry.actor == "ann"
    assert {registry.log_opening(n).detail["actor"] for n in range(registry.log_size())} == {"ann"}


def test_a_user_name_that_is_no_text_is_written_as_its_code(tmp_path: Path) -> None:
    with open_registry(tmp_path / "home", actor="a\udce9") as registry:
        assert registry.log_opening(0).detail["actor"] == "a\\udce9"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET kind = 'trace' WHERE number = 1",
        "DELETE FROM log_entry WHERE number = 1",
        "INSERT INTO log_entry SELECT 99, kind, made_at, leaf, leaf_hash, opening FROM log_entry LIMIT 1",
        "INSERT OR REPLACE INTO log_entry SELECT 1, kind, made_at, leaf, leaf_hash, opening FROM log_entry",
    ],
)
def test_the_database_refuses_to_alter_the_log(registry: FolderRegistry, statement: str) -> None:
    connection = sqlite3.connect(registry.home / "registry.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="of the log"):
        connection.execute(statement)
    connection.close()
    assert registry.check() == () or {f.severity for f in registry.check()} == {"note"}


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE log_entry SET kind = 'trace' WHERE number = 1", "another kind or time"),
        (
            "UPDATE log_entry SET made_at = '2020-01-01T00:00:00+00:00' WHERE number = 1",
            "another kind or time",
        ),
        ("UPDATE log_entry SET leaf_hash = zeroblob(32) WHERE number = 1", "another hash"),
        ("UPDATE log_entry SET leaf = x'7b7d' WHERE number = 1", "Entry 1 of the log was altered"),
        ("UPDATE log_entry SET opening = '{}' WHERE number = 1", "Entry 1 of the log was altered"),
        ("UPDATE log_entry SET opening = replace(opening, 'ann', 'bob') WHERE number = 1", "was altered"),
        ("DELETE FROM log_entry WHERE number = 2", "lacks entries 2 to 2"),
        ("DELETE FROM log_entry", "The log is empty"),
        ("DELETE FROM log_entry WHERE kind = 'trace'", "is not in the log"),
        ("UPDATE document SET title = 'Other'", "named was altered"),
        (
            "UPDATE document SET registered_at = replace(registered_at, '20', '19')",
            "registered_at was altered",
        ),
        ("UPDATE edition SET strength = 0.5", "strength was altered"),
        ("UPDATE issue SET parameters = '{\"a\": 1}'", "parameters was altered"),
        ("UPDATE issue SET completed_at = replace(completed_at, '20', '19')", "completed_at was altered"),
        ("UPDATE copy SET sha256 = printf('%064d', 0)", "files was altered"),
        ("UPDATE sighting SET received_at = replace(received_at, '20', '19')", "received_at was altered"),
        ("UPDATE sighting SET source = 'elsewhere'", "told was altered"),
        ("UPDATE identification SET result = '{}'", "result was altered"),
        ("UPDATE trace SET verdict = '{\"accused\": [1]}'", "verdict was altered"),
        ("UPDATE trace SET parameters = '{\"alpha\": 0.1}'", "parameters was altered"),
        (
            "INSERT INTO trace "
            "SELECT 'T-00000000', made_at, document, artefacts, parameters, verdict, report, evidence "
            "FROM trace",
            "T-00000000 is not in the log",
        ),
    ],
)
def test_the_check_notices_what_was_altered(registry: FolderRegistry, statement: str, sentence: str) -> None:
    assert any(sentence in found for found in altered(registry, statement))


@pytest.mark.parametrize(("table", "column", "key"), [("entry", "copy", "row"), ("copy", "recipient", "id")])
def test_copies_swapped_between_recipients_are_noticed(
    registry: FolderRegistry, table: str, column: str, key: str
) -> None:
    connection = sqlite3.connect(registry.home / "registry.sqlite")
    (one, first), (two, second) = connection.execute(f"SELECT {key}, {column} FROM {table}")  # noqa: S608
    connection.close()
    swap = [
        f"UPDATE {table} SET {column} = '{value}' WHERE {key} = '{owner}'"  # noqa: S608
        for owner, value in ((one, "in between"), (two, first), (one, second))
    ]
    assert any("copies was altered" in found for found in altered(registry, *swap))


def test_a_frozen_log_takes_nothing_more(tmp_path: Path) -> None:
    open_registry(tmp_path / "home").close()
    database = Database(tmp_path / "home" / "registry.sqlite", 1.0)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with database.writing() as connection:
        assert log.append(connection, "freeze", {}, now, lambda n: bytes(n)) == 1
    with database.writing() as connection, pytest.raises(RegistryError, match="frozen"):
        log.append(connection, "read", {}, now, lambda n: bytes(n))
    database.close()
    with open_registry(tmp_path / "home") as registry:
        with pytest.raises(RegistryError, match="frozen"):
            registry.add_document(b"x", file_name="x", media_type="x", pages=1)
        assert registry.documents() == ()
        assert registry.log_size() == 2


@pytest.mark.parametrize(
    ("kind", "detail", "sentence"),
    [("gossip", {}, "no entries of the kind"), ("read", {"part": 0.5}, "no form for a float")],
)
def test_what_no_entry_can_be_made_of_is_refused(
    tmp_path: Path, kind: str, detail: dict[str, float], sentence: str
) -> None:
    open_registry(tmp_path / "home").close()
    database = Database(tmp_path / "home" / "registry.sqlite", 1.0)
    with database.writing() as connection, pytest.raises(RegistryError, match=sentence):
        log.append(connection, kind, detail, datetime(2026, 1, 1, tzinfo=UTC), lambda n: bytes(n))
    database.close()


def test_a_missing_key_of_the_log_is_found_and_leaves_the_rest_usable(registry: FolderRegistry) -> None:
    registry._keys.ring.put({"log": None}, secrets.token_bytes)
    *_, last = registry.log_keys()
    with pytest.raises(RegistryError, match="does not hold the key that the log names"):
        registry.log_private_key(last.key)
    registry.add_document(b"more", file_name="b.pdf", media_type="x", pages=1)
