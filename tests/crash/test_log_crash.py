"""Two processes at once, and kill -9: one log, nothing lost, no checkpoint that a later one contradicts."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from pathlib import Path
from typing import Any

import log_processes as processes
import pytest

from fother.flow.log import publish, verify
from fother.registry import Registry, open_registry
from fother.verify import merkle

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


@pytest.fixture(scope="module")
def children() -> Any:
    """A server that imports once and forks children that start within milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fother.registry", "fother.flow.log", "pytest"])
    return context


def assert_kept(registry: Registry, diaries: list[Path]) -> None:
    """The log holds, and grew from every checkpoint that any process ever had on disk."""
    assert [f for f in registry.check() if f.severity == "error"] == []
    publish(registry)
    assert verify(registry).faults == ()
    leaves = [item.leaf_hash for item in registry.log_entries()]
    for diary in diaries:
        for line in diary.read_text().splitlines():
            size, _, root = line.partition(" ")
            if len(root) == 64:  # a kill may cut the last line short
                assert merkle.root(leaves[: int(size)]).hex() == root


def test_two_processes_at_once_make_one_log(tmp_path: Path, children: Any) -> None:
    home, diaries = tmp_path / "home", [tmp_path / "0", tmp_path / "1"]
    started = [
        children.Process(target=processes.act_for_ever, args=(str(home), str(diary), seed, 30))
        for seed, diary in enumerate(diaries)
    ]
    for child in started:
        child.start()
    for child in started:
        child.join(120)
        assert child.exitcode == 0
    with open_registry(home) as registry:
        assert registry.log_size() == 61
        assert_kept(registry, diaries)
        actors = [registry.log_opening(number).detail["actor"] for number in range(61)]
        assert actors.count("p0") + actors.count("p1") >= 60


def test_killed_processes_leave_a_log_that_goes_on(tmp_path: Path, children: Any) -> None:
    home, rng = tmp_path / "home", random.Random(5)
    open_registry(home).close()
    diaries = []
    for turn in range(12):
        pair = [tmp_path / f"{turn}-{number}" for number in range(2)]
        diaries += pair
        started = [
            children.Process(target=processes.act_for_ever, args=(str(home), str(diary), seed))
            for seed, diary in enumerate(pair)
        ]
        for child in started:
            child.start()
        time.sleep(rng.uniform(0.05, 0.6))
        for child in started:
            child.kill()
        for child in started:
            child.join()
        with open_registry(home) as registry:
            diary_files = [diary for diary in diaries if diary.exists()]
            assert_kept(registry, diary_files)
    assert sum(len(diary.read_text()) for diary in diaries if diary.exists()) > 0
