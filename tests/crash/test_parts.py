"""Unfinished files: swept when their writer is dead, left alone while it lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fother.flow.parts import sweep, write_whole

WRITER = """
import os, sys
from pathlib import Path
from fother.flow import parts
def wait(handle):
    print("writing", flush=True)
    sys.stdin.read()
os.fsync = wait
parts.write_whole(Path(sys.argv[1]), b"x" * 1000)
"""


def test_a_file_is_written_and_replaced_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "C-1.pdf", b"one")
    write_whole(tmp_path / "C-1.pdf", b"two")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"C-1.pdf": b"two"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kill -9")
@pytest.mark.parametrize("killed", [True, False])
def test_the_part_of_a_dead_writer_goes_at_once_and_that_of_a_living_one_stays(
    tmp_path: Path, killed: bool
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "C-1.pdf")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        if killed:
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()
        sweep(tmp_path, "C-*")
        assert [p.name.endswith(".part") for p in tmp_path.iterdir()] == ([] if killed else [True])
    # leaving the block closes the writer's input, and a living one finishes its file
    assert writer.returncode == (-signal.SIGKILL if killed else 0)
    assert [p.name for p in tmp_path.iterdir()] == ([] if killed else ["C-1.pdf"])


def test_a_part_swept_between_opening_and_locking_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    lock, raced = fcntl.flock, []

    def late(file: object, how: int) -> None:
        if not raced:
            raced.append(True)
            sweep(tmp_path, "C-*")
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    write_whole(tmp_path / "C-1.pdf", b"whole")
    assert raced
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("C-1.pdf", b"whole")]
