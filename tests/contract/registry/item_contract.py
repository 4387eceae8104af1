"""What every store behind `fother.registry.Registry` must do with the entries of cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fother.errors import ConflictError, NotFoundError, RegistryError, UsageError
from fother.registry import Item, NewItem, Registry, as_dict


class ItemContract:
    """The tests; `open_store(home, actor)` opens or makes the store that is put to them."""

    @pytest.fixture
    def open_store(self) -> Callable[[Path, str], Registry]:
        raise NotImplementedError

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        return tmp_path / "home"

    @pytest.fixture
    def store(self, open_store: Callable[[Path, str], Registry], home: Path) -> Iterator[Registry]:
        registry = open_store(home, "ann")
        yield registry
        assert [f for f in registry.check() if f.severity == "error"] == []
        registry.close()

    @pytest.fixture
    def case(self, store: Registry) -> Item:
        return store.put_item("case", {"title": "Harbour papers"})

    def test_an_entry_comes_back_after_reopening(
        self, store: Registry, case: Item, home: Path, open_store: Callable[[Path, str], Registry]
    ) -> None:
        made = store.put_item(
            "note",
            {"text": "Zoë said\ud800 so", "chance": math.nan, "rows": (1, 2)},
            case=case.id[:6].lower(),
            why=" told by telephone ",
            blob=b"scan",
        )
        again = open_store(home, "bob")
        assert again.item(made.id) == again.item(made.id[:7].lower()) == again.show(made.id) == made
        again.close()
        assert (made.version, made.kind, made.case, made.actor) == (1, "note", case.id, "ann")
        assert made.body == {"text": "Zoë said\ud800 so", "chance": None, "rows": [1, 2]}
        assert made.why == "told by telephone"
        assert made.at == made.made_at
        assert made.at.utcoffset() == timedelta(0)
        assert made.blob is not None
        assert store.get_blob(made.blob) == b"scan"
        assert made.id.startswith("NO-")
        assert case.id.startswith("K-")
        assert as_dict(made)["at"] == made.at.isoformat()

    def test_a_change_is_a_version_and_overwrites_nothing(
        self, store: Registry, case: Item, home: Path, open_store: Callable[[Path, str], Registry]
    ) -> None:
        first = store.put_item("task", {"title": "Call them"}, case=case.id, blob=b"one")
        other = open_store(home, "bob")
        second = other.put_item(
            "task", {"title": "Call them", "done": True}, case=case.id, id=first.id, expected_version=1
        )
        other.close()
        assert (second.version, second.actor, second.number) == (2, "bob", first.number)
        assert (second.made_at, second.blob) == (first.made_at, first.blob)
        assert second.at > first.at
        assert store.item(first.id) == second
        assert store.item(first.id, 1) == first
        assert store.history(first.id) == (first, second)
        assert store.items("task", case=case.id) == (second,)
        assert store.changes(case.id) == (case, first, second)
        with pytest.raises(NotFoundError, match="no version 3"):
            store.item(first.id, 3)

    def test_who_was_slower_is_refused_and_loses_nothing(self, store: Registry, case: Item) -> None:
        note = store.put_item("note", {"text": "a"}, case=case.id)
        store.put_item("note", {"text": "b"}, case=case.id, id=note.id, expected_version=1)
        for stale in (1, 3):
            with pytest.raises(ConflictError, match="by ann"):
                store.put_item("note", {"text": "c"}, case=case.id, id=note.id, expected_version=stale)
        with pytest.raises(ConflictError, match=note.id):
            store.withdraw(note.id, "wrong", expected_version=1)
        assert [version.body["text"] for version in store.history(note.id)] == ["a", "b"]

    def test_what_is_withdrawn_stays_readable_and_can_come_back(self, store: Registry, case: Item) -> None:
        note = store.put_item("note", {"text": "a"}, case=case.id)
        with pytest.raises(UsageError, match="reason"):
            store.withdraw(note.id, "  ")
        gone = store.withdraw(note.id, "written twice")
        assert (gone.withdrawn, gone.version, gone.why, gone.body) == (True, 2, "written twice", note.body)
        assert store.withdraw(note.id, "again") == gone
        assert store.items("note") == ()
        assert store.items("note", withdrawn=True) == (gone,)
        assert store.item(note.id) == gone
        back = store.put_item("note", {"text": "a"}, case=case.id, id=note.id, expected_version=2)
        assert store.items("note") == (back,)

    def test_entries_are_listed_by_kind_and_case_in_the_order_of_their_making(
        self, store: Registry, case: Item
    ) -> None:
        other = store.put_item("case", {"title": "Other"})
        shared = store.put_item("party", {"name": "Norland"})
        first = store.put_item("note", {"n": 1}, case=case.id)
        second, third = store.put_items(
            [NewItem("task", {"n": 2}, case.id), NewItem("note", {"n": 3}, other.id)]
        )
        first = store.put_item("note", {"n": 4}, case=case.id, id=first.id, expected_version=1)
        assert store.items(case=case.id) == (first, second)
        assert store.items(("note", "task"), case=case.id) == (first, second)
        assert store.items("note") == (first, third)
        assert store.items() == (case, other, shared, first, second, third)
        assert store.items(()) == ()
        moved = store.put_item("note", {"n": 4}, case=other.id, id=first.id, expected_version=2)
        assert store.items("note", case=case.id) == ()
        assert moved in store.items("note", case=other.id)
        assert first in store.changes(case.id)

    def test_entries_made_together_can_name_each_other_and_stand_or_fall_together(
        self, store: Registry, case: Item
    ) -> None:
        (report,) = store.new_item_ids("report", 1)
        statements = store.new_item_ids("statement", 3)
        assert len(set(statements)) == 3
        made = store.put_items(
            [
                NewItem("report", {"statements": list(statements)}, case.id, report, 0),
                *(NewItem("statement", {"report": report}, case.id, name, 0) for name in statements),
            ]
        )
        assert [item.id for item in made] == [report, *statements]
        assert [item.number for item in made] == list(range(made[0].number, made[0].number + 4))
        assert len({item.at for item in made}) == 1
        before = store.items()
        with pytest.raises(ConflictError, match="there already"):
            store.put_items([NewItem("note", {}), NewItem("report", {}, None, report, 0)])
        assert store.items() == before

    @pytest.mark.parametrize(
        ("new", "error"),
        [
            ({"kind": "rumour"}, UsageError),
            ({"case": "K-00000000"}, NotFoundError),
            ({"case": "NOTE"}, UsageError),
            ({"id": "NO-00000000", "expected_version": 1}, NotFoundError),
            ({"id": "TA-00000000", "expected_version": 0}, UsageError),
            ({"id": "no-0000000o", "expected_version": 0}, UsageError),
            ({"id": "NOTE"}, UsageError),
            ({"id": "NOTE", "expected_version": 1, "kind": "task"}, UsageError),
            ({"expected_version": 1}, UsageError),
        ],
    )
    def test_bad_entries_change_nothing(
        self, store: Registry, case: Item, new: dict[str, Any], error: type[Exception]
    ) -> None:
        note = store.put_item("note", {}, case=case.id)
        meant = {key: note.id if value == "NOTE" else value for key, value in new.items()}
        given: dict[str, Any] = {"kind": "note", "body": {}, **meant}
        with pytest.raises(error):
            store.put_item(**given)
        assert store.items() == (case, note)
        assert store.history(note.id) == (note,)

    def test_a_mistyped_id_names_near_ones(self, store: Registry, case: Item) -> None:
        wrong = case.id[:-1] + ("0" if case.id[-1] != "0" else "1")
        for look in (store.item, store.history, store.changes, store.show):
            with pytest.raises(NotFoundError, match=case.id):
                look(wrong)
        with pytest.raises(UsageError, match="rumour"):
            store.items("rumour")

    def test_a_title_that_looks_like_an_id_is_still_found(self, store: Registry) -> None:
        made = store.add_document(b"x", file_name="x.pdf", media_type="x", pages=1, title="NO-Smoking")
        assert store.show("no-smoking") == made

    def test_bytes_of_an_entry_are_neither_collected_nor_lost_unnoticed(
        self, store: Registry, case: Item
    ) -> None:
        made = store.put_item("note", {}, case=case.id, blob=b"scan")
        assert store.collect() == ()
        assert made.blob is not None
        with pytest.raises(RegistryError):
            store.get_blob("0" * 64)
        assert store.get_blob(made.blob) == b"scan"
