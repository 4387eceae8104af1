"""The seccomp filter as a program of classic BPF, built from tables of system calls.

Refused with "not permitted": everything that opens the way to a network, another process, a program, the
kernel's rarer parts, or changes a file. Calls newer than the table are refused as unknown, so that a new
kernel cannot offer what was not thought of.
"""

from __future__ import annotations

import errno
import struct

from fother.intake.sandbox.calls import CALLS, REFUSED

__all__ = ["CALLS", "KILL_PROCESS", "build"]

KILL_PROCESS, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_LOAD, _IF_EQUAL, _IF_GREATER, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEWEST = 462  # mseal, Linux 6.10; above 423 the numbers are the same everywhere
_WRITES = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
_CLONE_THREAD = 0x00010000
_HARMLESS_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIO(N)CLEX
_OWNER_FCNTLS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: they make the kernel send signals
_PRCTLS = (1, 4, 35, 0x59616D61)  # PR_SET_PDEATHSIG, _DUMPABLE, _MM, _PTRACER: undo what is set before

Instruction = tuple[int, int, int, int]


def build(machine: str, own_pid: int) -> bytes:
    """The filter for "x86_64" or "aarch64", 8 bytes an instruction; signals may go to `own_pid` only."""
    calls = CALLS[machine]
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_GREATER, 0, 1, _NEWEST),  # also the x32 calls, which have bit 30 set
        _refuse(errno.ENOSYS),
    ]
    # Refused as unknown: the C library then uses clone and openat, whose flags can be looked at here.
    for name in ("clone3", "openat2"):
        program += _when(calls[name], [_refuse(errno.ENOSYS)])
    for name in sorted(REFUSED & calls.keys()):
        program += _when(calls[name], [_refuse(errno.EPERM)])
    for name, place in (("open", 1), ("openat", 2)):
        if name in calls:
            program += _when(calls[name], _unless_bits(place, _WRITES))
    program += _when(calls["clone"], _only_bits(0, _CLONE_THREAD))
    for name in ("kill", "tgkill"):
        program += _when(calls[name], _only(0, (own_pid,), errno.EPERM))
    program += _when(calls["prlimit64"], _only(0, (0, own_pid), errno.EPERM))
    program += _when(calls["ioctl"], _only(1, _HARMLESS_IOCTLS, errno.ENOTTY))
    program += _when(calls["fcntl"], _not(1, _OWNER_FCNTLS))
    program += _when(calls["prctl"], _not(0, _PRCTLS))
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)


def _refuse(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


def _when(call: int, then: list[Instruction]) -> list[Instruction]:
    """`then`, which always returns, for one system call."""
    return [(_IF_EQUAL, 0, len(then), call), *then]


def _argument(place: int) -> Instruction:
    """Its low half, little-endian: all arguments looked at here are 32 bits wide in the kernel too."""
    return (_LOAD, 0, 0, 16 + 8 * place)


def _only(place: int, values: tuple[int, ...], error: int) -> list[Instruction]:
    tests = [(_IF_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(place), *tests, _refuse(error), (_RETURN, 0, 0, _ALLOW)]


def _not(place: int, values: tuple[int, ...]) -> list[Instruction]:
    tests = [(_IF_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(place), *tests, (_RETURN, 0, 0, _ALLOW), _refuse(errno.EPERM)]


def _only_bits(place: int, bits: int) -> list[Instruction]:
    return [_argument(place), (_IF_ANY_BIT, 1, 0, bits), _refuse(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]


def _unless_bits(place: int, bits: int) -> list[Instruction]:
    return [_argument(place), (_IF_ANY_BIT, 0, 1, bits), _refuse(errno.EACCES), (_RETURN, 0, 0, _ALLOW)]
