"""The commands in the README and the tutorial work as written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIALS = ROOT / "docs" / "tutorial"
PAGES = [
    ROOT / "README.md",
    TUTORIALS / "first-trace.md",
    TUTORIALS / "first-case.md",
    TUTORIALS / "first-text.md",
]


def _commands(page: Path) -> str:
    """The console blocks, one after the other, without the set-up."""
    blocks = re.findall(r"^```console ?(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    return "\n".join(block for kind, block in blocks if kind not in ("setup", "tests"))


def _without_set_up(line: str) -> str:
    return line.rsplit("&&", 1)[-1].strip() if "-m venv" in line else line


@pytest.mark.skipif(os.name == "nt", reason="the blocks are for a POSIX shell")
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_work_as_written(page: Path, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    script = "\n".join(map(_without_set_up, _commands(page).splitlines()))
    assert "fother " in script
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOTHER_")}
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**environment, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "This leak derives from copy C-" in ran.stdout
