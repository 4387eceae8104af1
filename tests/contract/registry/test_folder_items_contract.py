"""The registry in a folder keeps the contract of versioned entries, and its database guards them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from item_contract import ItemContract
from registry_contract import Ticker

from fother.registry import Registry, open_registry

COPY = "INSERT INTO item SELECT {}, body, blob, 0, made_at, at, actor, why FROM item"


class TestFolderItems(ItemContract):
    @pytest.fixture
    def open_store(self) -> Callable[[Path, str], Registry]:
        clock = Ticker()
        return lambda home, actor: open_registry(home, actor=actor, clock=clock)

    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            ("UPDATE item SET body = '{}'", "never changes"),
            ("DELETE FROM item", "never deleted"),
            (COPY.format("id, 3, number, kind, NULL"), "follows"),
            (COPY.format("id, 2, number, 'task', NULL"), "follows"),
            (COPY.format("'NO-1', 1, 9, 'note', 'K-1'"), "a case"),
        ],
    )
    def test_the_database_itself_refuses_to_rewrite(self, home: Path, statement: str, reason: str) -> None:
        with open_registry(home) as registry:
            held = registry.put_item("note", {"text": "kept"})
        connection = sqlite3.connect(home / "registry.sqlite")
        with pytest.raises(sqlite3.IntegrityError, match=reason), connection:
            connection.execute(statement)
        connection.close()
        with open_registry(home) as registry:
            assert registry.items() == (held,)

    def test_a_check_finds_what_was_removed_behind_its_back(self, home: Path) -> None:
        with open_registry(home) as registry:
            case = registry.put_item("case", {})
            note = registry.put_item("note", {}, case=case.id)
            registry.put_item("note", {}, case=case.id, id=note.id, expected_version=1)
        connection = sqlite3.connect(home / "registry.sqlite")
        with connection:
            connection.execute("DROP TRIGGER item_kept")
            connection.execute("DELETE FROM item WHERE version = 1")
        connection.close()
        with open_registry(home) as registry:
            assert {f.subject for f in registry.check() if f.severity == "error"} == {note.id}
            assert len([f for f in registry.check() if f.severity == "error"]) == 2
