"""Every fault: one clear sentence, the documented exit status, no traceback, the registry unharmed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import fault_cases
import pytest
from fault_cases import CASES, Case, World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and users are POSIX")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    # Not pytest's folder, which others may not enter: one case runs as nobody.
    folder = Path(tempfile.mkdtemp(prefix="fother-faults-"))
    folder.chmod(0o755)
    try:
        yield World.make(folder, fault_cases.in_this_process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fault(case: Case, world: World) -> None:
    if case.stranger and os.name == "posix" and os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    if case.small and not fault_cases.can_mount(world.place / "mount"):
        pytest.skip("this process may not mount a small file system")
    outcome = fault_cases.meet(case, world)
    assert outcome.wrong == (), outcome.sentence
