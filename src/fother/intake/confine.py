"""What the reader's process does to itself before it looks at the first byte of a leaked file."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import Any


def confine(options: dict[str, Any]) -> list[str]:
    """Take on the limits that the parent asks for and give up the rest; returns what was given up."""
    _limit(options)
    return _renounce()


def _limit(options: dict[str, Any]) -> None:
    memory, cpu = int(options["memory_bytes"]), int(options["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


# linux/prctl.h and linux/sched.h
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def _renounce() -> list[str]:
    """Give up what a reader never needs, as far as this system lets a process do so; returns what was."""
    given_up = []
    bound = os.geteuid() != 0  # root is not bound by a limit on processes
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        # A network of its own has no interface; systems that forbid user namespaces refuse this.
        if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
            given_up.append("no network")
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            given_up.append("no new privileges")
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if bound:
        given_up.append("no further processes")
    return given_up
