"""Kill -9 of `fother issue` with its workers: resumed, it loses nothing, doubles nothing, changes no byte."""

from __future__ import annotations

import sys
from pathlib import Path

import issue_kills
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

KILLS, COPIES, WORKERS = 3, 24, 2  # bench/faults.py kills 20 runs of 60 copies


def test_killed_issues_resume_to_the_same_copies(tmp_path: Path) -> None:
    scene = issue_kills.set_up(tmp_path / "scene", COPIES, WORKERS)
    killed, wrong = issue_kills.kill_until(scene, tmp_path, KILLS, seed=7)
    assert len(killed) == KILLS
    assert [fault for kill in killed for fault in kill.wrong] == []
    assert wrong == []


def test_the_examination_sees_what_it_is_for(tmp_path: Path) -> None:
    issue_kills.set_up(tmp_path, 2, 1)
    home, out = tmp_path / "whole", tmp_path / "whole-out"
    assert issue_kills.examine(home, out) == []
    first, second = sorted(out.glob("C-*.pdf"))
    first.write_bytes(first.read_bytes() + b"\n")
    second.rename(out / "C-unknown.pdf")
    wrong = " ".join(issue_kills.examine(home, out))
    assert "other bytes" in wrong
    assert "is lost" in wrong
    assert "not registered" in wrong
