"""Kill -9 and two writers: the passage index opens whole and keeps every change that was reported done."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from pathlib import Path
from typing import Any

import index_processes as processes
import pytest

from fother.identify.index import PassageIndex

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")

KILLS = 8


@pytest.fixture(scope="module")
def children() -> Any:
    """A server that imports once and forks children that start within milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fother.identify.index"])
    return context


def promised(diary: Path) -> tuple[set[int], set[int]]:
    """Documents whose addition and whose removal were reported; a line that a kill cut short is dropped."""
    text = diary.read_text() if diary.exists() else ""
    lines = [line.split(" ") for line in text[: text.rfind("\n") + 1].splitlines()]
    added = {int(number) for kind, number in lines if kind == "added"}
    return added, {int(number) for kind, number in lines if kind == "removed"}


def assert_found(index: PassageIndex, number: int) -> None:
    hits = [h for h in index.search(processes.text(number)[200:500]) if h.document == f"D-{number}"]
    assert {h.route for h in hits} == {"characters", "words"}


def test_an_index_is_whole_after_kills_at_random_moments(tmp_path: Path, children: Any) -> None:
    folder, diary = tmp_path / "index", tmp_path / "diary"
    diary.touch()
    dice = random.Random(7)
    amid: set[int] = set()
    killed_amid = 0
    for turn in range(KILLS):
        first = 1000 * turn
        child = children.Process(target=processes.write_for_ever, args=(str(folder), str(diary), first))
        child.start()
        # By progress, not by time alone, so that the kills hit amid the writing on a busy machine too.
        enough = diary.stat().st_size + 11 * dice.randint(1, 5)
        deadline = time.monotonic() + 20
        while diary.stat().st_size < enough and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.05))
        child.kill()
        child.join()
        assert child.exitcode == -9
        added, removed = promised(diary)
        diary.write_text(diary.read_text()[: diary.read_text().rfind("\n") + 1])
        index = PassageIndex.open(folder, processes.KEY)
        assert index.verify() == []
        held = {int(id.removeprefix("D-")) for id in index.ids()}
        amid.add(max(added, default=0))  # its removal may be done already
        assert (added - removed) - held <= amid
        assert removed & held == set()
        assert len(held - added) <= turn + 1
        killed_amid += len(list(folder.glob("segment-*"))) != 2 * len(index._current().segments)
        for number in dice.sample(sorted(held), min(4, len(held))):
            assert_found(index, number)
        index.add([(f"D-{first + 999}", processes.text(first + 999))])
        with diary.open("a") as lines:
            lines.write(f"added {first + 999}\n")
        assert_found(index, first + 999)
        assert len(list(folder.glob("segment-*"))) == 2 * len(index._current().segments)
    assert killed_amid >= 1, "the kills missed the moments that matter"


def test_two_processes_write_at_once(tmp_path: Path, children: Any) -> None:
    folder = tmp_path / "index"
    diaries = [tmp_path / f"diary-{n}" for n in range(2)]
    writers = [
        children.Process(target=processes.write_for_ever, args=(str(folder), str(diary), 100 * n, 12))
        for n, diary in enumerate(diaries)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    index = PassageIndex.open(folder, processes.KEY)
    assert index.verify() == []
    done = [promised(diary) for diary in diaries]
    held = set().union(*(added - removed for added, removed in done))
    assert index.ids() == {f"D-{number}" for number in held}
    assert len(held) == 18
    for number in held:
        assert_found(index, number)
