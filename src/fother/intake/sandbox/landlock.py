"""Landlock: a Linux process gives up access to files it has no business with, without any privilege.

Interface: linux/landlock.h, Documentation/userspace-api/landlock.rst of the kernel, ABI 1 (5.13) to 7 (6.15).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from fother.intake.sandbox import seccomp, system
from fother.intake.sandbox.interface import Promise
from fother.intake.sandbox.limits import Limits

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION, _RULE_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
#: Number of access rights to files that exist, by ABI: rename across folders, truncation, device controls.
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_FS_RIGHTS_NEWEST = 16
_NET_RIGHTS = 0b11  # bind and connect, TCP
_SCOPES = 0b11  # abstract UNIX sockets, signals


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


@cache
def abi() -> int:
    """Version of Landlock's interface in the running kernel, 0 when it has none or it is switched off."""
    if not system.is_linux():
        return 0
    return max(0, system.syscall(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION))


def restrict(readable: Iterable[Path]) -> bool:
    """Let this process read below `readable` only, write nowhere, and (ABI 4, 6) neither use TCP nor signal
    others.

    For good. Needs `renounce_privileges` before. False, with nothing changed, when the kernel refuses or
    other threads run, which it would not bind.
    """
    version = abi()
    if version < 1 or system.threads() != 1:
        return False
    wanted = _Ruleset(
        (1 << _FS_RIGHTS.get(version, _FS_RIGHTS_NEWEST)) - 1,
        _NET_RIGHTS if version >= 4 else 0,
        _SCOPES if version >= 6 else 0,
    )
    size = 8 if version < 4 else 16 if version < 6 else 24  # older kernels refuse fields they do not know
    ruleset = system.syscall(_CREATE_RULESET, ctypes.byref(wanted), size, 0)
    if ruleset < 0:
        return False
    try:
        for place in readable:
            _allow_reading(ruleset, place)
        return system.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, place: Path) -> None:
    try:
        there = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what cannot be opened need not be allowed
    try:
        rights = _READ_FILE | (_READ_DIR if place.is_dir() else 0)
        rule = _PathBeneath(rights, there)
        system.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(there)


class Landlock:
    """Landlock, with seccomp and the limits on top as far as they go. No program needed."""

    name = "landlock"
    level = 3

    @property
    def promises(self) -> frozenset[Promise]:
        promises = Limits().promises | {Promise.READING, Promise.WRITING}
        return promises | (seccomp.PROMISES if seccomp.usable() else frozenset())

    def unavailable(self) -> str | None:
        if not system.is_linux():
            return "Landlock is of Linux; this system has nothing like it that needs no administrator."
        if not abi():
            return (
                "this kernel has no Landlock or it is switched off; use Linux 5.13 or newer and, where "
                "/sys/kernel/security/lsm does not name landlock, add it to the lsm= boot option."
            )
        return None

    def command(self, argv: Sequence[str]) -> list[str]:
        return [*argv, self.name]
