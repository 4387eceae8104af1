"""A fault in the place of single system calls; `bench/crash_points.py` does it at every one."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fother.flow.log import publish
from fother.registry import open_registry

BENCH = Path(__file__).parents[2] / "bench" / "crash_points.py"


def strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    words = ["strace", "-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=1", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not strace_works(), reason="strace is not installed or may not trace here")


@pytest.fixture(scope="module")
def bench() -> Any:
    described = importlib.util.spec_from_file_location("crash_points", BENCH)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    sys.modules["crash_points"] = module
    described.loader.exec_module(module)
    return module


def test_a_key_of_the_log_is_replaced_wholly_or_not_at_all(tmp_path: Path, bench: Any) -> None:
    with open_registry(tmp_path / "base") as registry:
        publish(registry)
    scene = bench.Scene(
        "rotate",
        tmp_path / "base",
        lambda place: ["log", "rotate", "--home", str(place / "home"), "--json"],
    )
    found = bench.points(scene, bench.fresh(scene, tmp_path))
    assert len(found) > 20
    struck = 0
    chosen = zip(bench.spread(found, 6), ("SIGKILL", "EIO", "ENOSPC") * 2, strict=True)
    for point, kind in chosen:
        outcome, wrong = bench.fault(scene, tmp_path, point, kind, {})
        assert wrong == [], f"{kind} at {point}"
        struck += outcome != "not struck"
    assert struck >= 4
