"""seccomp: from here on the kernel refuses this process the system calls that a reader never needs.

Interface: seccomp(2), linux/seccomp.h. The filter itself is in `filter`.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

from fother.intake.sandbox import filter as program
from fother.intake.sandbox import system
from fother.intake.sandbox.interface import Promise
from fother.intake.sandbox.limits import Limits

_PR_GET_SECCOMP = 21
_SET_MODE_FILTER, _GET_ACTION_AVAIL, _ALL_THREADS = 1, 2, 1
PROMISES = frozenset({Promise.WRITING, Promise.NETWORK, Promise.PROCESSES, Promise.SIGNALS})


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def usable() -> bool:
    """Whether the kernel has filters and this machine's system calls are known."""
    calls = program.CALLS.get(system.machine() or "") if system.is_linux() else None
    if calls is None:
        return False
    action = ctypes.c_uint32(program.KILL_PROCESS)
    return system.syscall(calls["seccomp"], _GET_ACTION_AVAIL, 0, ctypes.byref(action)) == 0


def restrict() -> bool:
    """Put the filter on all threads, for good. Needs `renounce_privileges` before. False when refused."""
    machine = system.machine()
    if not usable() or machine is None:
        return False
    code = program.build(machine, os.getpid())
    held = ctypes.create_string_buffer(code, len(code))
    told = _Program(len(code) // 8, ctypes.addressof(held))
    number = program.CALLS[machine]["seccomp"]
    return system.syscall(number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(told)) == 0


class Seccomp:
    """seccomp and limits: for kernels without Landlock. Files can still be read."""

    name = "seccomp"
    level = 2

    @property
    def promises(self) -> frozenset[Promise]:
        return Limits().promises | PROMISES

    def unavailable(self) -> str | None:
        if not system.is_linux():
            return "seccomp is of Linux; this system has nothing like it that needs no administrator."
        if system.machine() is None:
            return "seccomp is used on x86_64 and aarch64 only; this is another machine."
        return None if usable() else "this kernel was built without seccomp filters."

    def command(self, argv: Sequence[str]) -> list[str]:
        return [*argv, self.name]
