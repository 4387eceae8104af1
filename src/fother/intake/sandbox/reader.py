"""Start the reader in the strongest sandbox, and end it and all that belongs to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fother.intake.sandbox.choice import choose
from fother.intake.sandbox.interface import Sandbox
from fother.intake.sandbox.places import environment

_LOOKS = 1000  # at a process that has been told to stop; the first nearly always suffices


class Reader(subprocess.Popen[bytes]):
    """A reader with pipes to input and output. `kill` also ends what runs behind a wrapping program."""

    def kill(self) -> None:
        # bubblewrap ties the process inside to its own life only once it has set the sandbox up; killed
        # before, it would leave it behind, and the parent would wait for its output.
        if sys.platform.startswith("linux") and self.poll() is None:
            for inside in _children(self.pid):
                _send(inside, signal.SIGKILL)
        super().kill()


def start(argv: Sequence[str], sandbox: Sandbox | None = None) -> Reader:
    """Run Python (`argv`) in `sandbox`, by default the strongest that works here.

    Nothing is inherited but three descriptors (errors go nowhere) and a minimal environment.
    """
    return Reader(
        (sandbox or choose()).command(argv),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        cwd="/" if os.name == "posix" else None,
    )


def _children(pid: int) -> list[int]:
    """Children of a process, which is stopped so that it makes no more meanwhile."""
    _send(pid, signal.SIGSTOP)
    try:
        for _ in range(_LOOKS):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state in "TtZX":
                break
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, IndexError, ValueError):
        return []  # it has ended, or the kernel does not list children


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        return  # it has ended
