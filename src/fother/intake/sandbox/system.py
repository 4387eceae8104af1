"""The few Linux system calls that Python's library does not offer, by ctypes.

Numbers and constants: linux/prctl.h, linux/capability.h, linux/sched.h, asm/unistd.h. The calls 424 and up
have the same number on every architecture.
"""

from __future__ import annotations

import ctypes
import platform
import signal
import sys
from functools import cache
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 1, 4, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_CAPABILITY_VERSION_3 = 0x20080522
_CAPSET = {"x86_64": 126, "aarch64": 91}


def is_linux() -> bool:
    return sys.platform.startswith("linux")


def machine() -> str | None:
    """ "x86_64" or "aarch64" when this process speaks the system calls of that machine, else None."""
    name = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    # A 32-bit process on a 64-bit kernel has other numbers.
    return name if name in _CAPSET and ctypes.sizeof(ctypes.c_void_p) == 8 else None


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: object) -> int:
    """Result of a system call, or minus the error number."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    call = _libc().syscall
    call.restype = ctypes.c_long
    result = int(call(ctypes.c_long(number), *words))
    return -ctypes.get_errno() if result == -1 else result


def prctl(option: int, value: int = 0) -> bool:
    words = [ctypes.c_ulong(w) for w in (value, 0, 0, 0)]
    return bool(_libc().prctl(ctypes.c_int(option), *words) == 0)


def end_with_parent() -> None:
    """Die when the parent does, and show one's memory to no other process of the same user."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(_PR_SET_DUMPABLE, 0)


def renounce_privileges() -> bool:
    """No program started from here gains privileges; needed before Landlock and seccomp."""
    return prctl(_PR_SET_NO_NEW_PRIVS, 1)


def leave_network() -> bool:
    """Move into a network of one's own, which has no interface. Many systems refuse user namespaces."""
    return bool(_libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def drop_capabilities() -> bool:
    """Give up every capability, of root too; file permissions bind it then like anyone."""
    words = [ctypes.c_ulong(w) for w in (_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)]
    _libc().prctl(ctypes.c_int(_PR_CAP_AMBIENT), *words)
    number = _CAPSET.get(machine() or "")
    if number is None:
        return False
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    return syscall(number, ctypes.byref(header), ctypes.byref(nothing)) == 0


def threads() -> int:
    """Threads of this process; 1 where that cannot be told."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return 1


def read_setting(path: str) -> str:
    """A kernel setting under /proc/sys, "" where it does not exist."""
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
