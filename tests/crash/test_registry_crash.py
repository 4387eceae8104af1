"""Kill -9, two writers, a full disk, missing rights: the registry loses nothing and says what is wrong."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import registry_processes as processes

from fother.errors import RegistryError
from fother.flow.seals import ask
from fother.registry import Entry, RecipientRow, Registry, open_registry

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX")

KILLS = 25


@pytest.fixture(scope="module")
def children() -> Any:
    """A server that imports once and forks children that start within milliseconds."""
    context = multiprocessing.get_context("forkserver")
    # Modules of the tests' own folder are not found yet when the server starts; these take the time.
    context.set_forkserver_preload(["fother.registry", "pytest"])
    return context


def tidy(diary: Path) -> None:
    """Drop a last line that the kill cut short."""
    text = diary.read_text()
    diary.write_text(text[: text.rfind("\n") + 1])


def promises(diary: Path) -> list[tuple[str, str, str]]:
    lines = diary.read_text().splitlines()
    return [(kind, name, value) for kind, name, value in (line.split(" ") for line in lines)]


def assert_kept(registry: Registry, diary: Path) -> None:
    """Nothing is wrong, and everything that a killed process was promised is there."""
    assert [f for f in registry.check() if f.severity == "error"] == []
    documents = {document.id: document for document in registry.documents()}
    issues = {issue.id: issue for issue in registry.issues()}
    copies = {copy.id: copy for copy in registry.copies()}
    for kind, name, value in promises(diary):
        if kind == "document":
            assert documents[name].sha256 == value
        elif kind == "copy":
            assert registry.recipient(value).id == copies[name].recipient
        elif kind == "issued":
            assert copies[name].sha256 == value
        else:
            assert issues[name].state == "complete"
    indices: dict[str, list[int]] = defaultdict(list)
    for copy in copies.values():
        indices[copy.edition].append(copy.index)
    for edition, taken in indices.items():
        assert sorted(taken) == list(range(len(taken))), edition
    assert len({(copy.edition, copy.recipient) for copy in copies.values()}) == len(copies)


def row_of(registry: Registry, entry: Entry) -> RecipientRow:
    """The row that an entry stands for, unsealed: it says the same in every list."""
    told = ask(registry, entry.copy.id, "to resume", timedelta(days=1), checked=True).told
    assert told is not None
    return dataclasses.replace(told.given, row=entry.row, line=entry.row + 1)


def resume(registry: Registry) -> int:
    """Finish every open issue by asking for its rows again, as the same command would; returns how many."""
    opened = [issue for issue in registry.issues() if issue.state == "open"]
    for issue in opened:
        before = registry.reservation(issue.id)
        rows = [row_of(registry, entry) for entry in before.entries]
        again = registry.reserve(issue.edition, rows, source="again.csv")
        assert again == before
        for entry in again.pending:
            registry.mark_issued(processes.file_of(registry, entry.copy.id))
        assert registry.complete_issue(issue.id).state == "complete"
    return len(opened)


def test_nothing_is_lost_or_doubled_by_kills_at_random_moments(tmp_path: Path, children: Any) -> None:
    home, diary = tmp_path / "home", tmp_path / "diary"
    diary.touch()
    rng = random.Random(20)
    interrupted = 0
    for turn in range(KILLS):
        child = children.Process(target=processes.write_for_ever, args=(str(home), str(diary), turn))
        child.start()
        # By progress, not by time alone, so that the kills hit amid the writing on a busy machine too.
        enough = diary.stat().st_size + rng.randint(1, 1200)
        deadline = time.monotonic() + 20
        while diary.stat().st_size < enough and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.01))
        child.kill()
        child.join()
        assert child.exitcode == -9
        tidy(diary)
        with open_registry(home) as registry:
            assert_kept(registry, diary)
            interrupted += resume(registry)
            assert_kept(registry, diary)
            assert [f for f in registry.check() if f.severity == "warning"] == []
    assert interrupted >= 3, "the kills missed the moments that matter"


def test_a_kill_before_any_step_on_files_is_made_good_by_running_again(tmp_path: Path, children: Any) -> None:
    for step in range(1, 500):
        home = tmp_path / f"home-{step}"
        child = children.Process(target=processes.die_before_step, args=(str(home), step))
        child.start()
        child.join()
        with open_registry(home) as registry:
            assert {f.severity for f in registry.check()} <= {"note", "warning"}, step
            processes.work_once(registry)
            assert {f.severity for f in registry.check()} <= {"note"}, step
            assert [copy.index for copy in registry.copies()] == [0, 1]
            assert len(registry.documents()) == len(registry.issues()) == len(registry.sightings()) == 1
            assert {len(registry.items("note", case=case.id)) for case in registry.items("case")} <= {0, 3}
        if child.exitcode == 0:
            break
        assert child.exitcode == -9
    assert 15 < step < 499


def test_writers_at_once_share_the_indices(tmp_path: Path, children: Any) -> None:
    home = tmp_path / "home"
    diaries = [tmp_path / f"diary-{n}" for n in range(3)]
    writers = [
        children.Process(target=processes.write_for_ever, args=(str(home), str(diary), seed, 12))
        for seed, diary in enumerate(diaries)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with open_registry(home, create=False) as registry:
        for diary in diaries:
            assert_kept(registry, diary)
        assert len(registry.documents()) <= 4
        assert registry.check() == ()


def test_writers_of_one_list_get_one_issue(tmp_path: Path, children: Any) -> None:
    home = tmp_path / "home"
    diaries = [tmp_path / f"diary-{n}" for n in range(2)]
    writers = [
        children.Process(target=processes.write_for_ever, args=(str(home), str(diary), 7, 5))
        for diary in diaries
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert promises(diaries[0]) != []
    named = [{p for p in promises(diary) if p[0] != "issued"} for diary in diaries]
    assert named[0] == named[1]


def test_no_change_of_an_entry_is_lost_between_processes(tmp_path: Path, children: Any) -> None:
    home = tmp_path / "home"
    with open_registry(home) as registry:
        entry = registry.put_item("note", {"n": 0}).id
    writers = [
        children.Process(target=processes.count_up, args=(str(home), entry, times)) for times in (20, 20, 20)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with open_registry(home) as registry:
        assert [version.body["n"] for version in registry.history(entry)] == list(range(61))
        assert registry.check() == ()


def test_a_lasting_lock_is_told(tmp_path: Path) -> None:
    open_registry(tmp_path).close()
    other = sqlite3.connect(tmp_path / "registry.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_registry(tmp_path, patience=0.1) as registry:
        assert registry.documents() == ()  # readers go on
        with pytest.raises(RegistryError, match="Another process keeps writing"):
            registry.add_document(b"x", file_name="x", media_type="x", pages=1, text=processes.TEXT)
        other.execute("ROLLBACK")
        other.close()
        registry.add_document(b"x", file_name="x", media_type="x", pages=1, text=processes.TEXT)
        assert [f.severity for f in registry.check()] == []


def answer_of(children: Any, target: Any, home: Path, *args: Any) -> str:
    answer = home.parent / "answer"
    answer.touch()
    answer.chmod(0o666)
    child = children.Process(target=target, args=(str(home), str(answer), *args))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    return answer.read_text()


@pytest.mark.parametrize("what", ["document", "issue"])
def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path, children: Any, what: str) -> None:
    home = tmp_path / "home"
    with open_registry(home) as registry:
        registry.add_document(
            b"x", file_name="x", media_type="x", pages=1, carriers=b"c", text=processes.TEXT
        )
        kept = sorted(path for path in (home / "blobs").rglob("*") if path.is_file())
    said = answer_of(children, processes.fill_small_disk, home, 400_000, what)
    assert said.startswith("StorageError: ")
    assert "room left" in said
    with open_registry(home) as registry:
        assert registry.check() == ()
        assert len(registry.documents()) == 1
        assert (registry.issues(), registry.copies(), registry.recipients()) == ((), (), ())
        assert sorted(path for path in (home / "blobs").rglob("*") if path.is_file()) == kept
        edition = registry.edition(registry.documents()[0].id, 3, 0.02)
        assert len(registry.reserve(edition.id, processes.rows_of([1, 2]), source="s").entries) == 2


root_only = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become a stranger"
)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@root_only
def test_a_stranger_is_told_about_missing_rights(public_folder: Path, children: Any) -> None:
    home = public_folder / "home"
    open_registry(home).close()
    said = answer_of(children, processes.work_as_stranger, home)
    assert said.startswith("RegistryError: ")
    assert "check its owner" in said
    with open_registry(home) as registry:
        assert registry.check() == ()


@root_only
@pytest.mark.parametrize("locked", [".", "blobs"])
def test_a_folder_made_read_only_is_told(public_folder: Path, children: Any, locked: str) -> None:
    home = public_folder / "home"
    with open_registry(home, unlocking=processes.own_key(home)) as registry:
        registry.add_document(b"old", file_name="o", media_type="x", pages=1, text=processes.TEXT)
    for path in [home, *home.rglob("*"), home.parent / "registry.key"]:
        os.chown(path, processes.STRANGER, processes.STRANGER)
    (home / locked).chmod(0o500)
    said = answer_of(children, processes.work_as_stranger, home)
    assert said.startswith("StorageError: ")
    assert "check its owner" in said
    (home / locked).chmod(0o700)
    assert answer_of(children, processes.work_as_stranger, home) == ""
    with open_registry(home, unlocking=processes.own_key(home)) as registry:
        assert registry.check() == ()
        assert [d.file_name for d in registry.documents()] == ["o", "n"]


@root_only
def test_a_home_that_cannot_be_made_is_told(public_folder: Path, children: Any) -> None:
    said = answer_of(children, processes.work_as_stranger, public_folder / "home")
    assert said.startswith("StorageError: ")
    assert not (public_folder / "home").exists()
