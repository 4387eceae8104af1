"""The filter, run by a small interpreter of classic BPF: what is refused, by machine, without a kernel."""

from __future__ import annotations

import errno
import struct
from functools import cache

import pytest

from fother.intake.sandbox.calls import CALLS, REFUSED
from fother.intake.sandbox.filter import KILL_PROCESS, build

PID = 4711
ALLOWED, ARCHITECTURE = 0x7FFF0000, {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES = sorted(ARCHITECTURE)
# Numbers that readers need, from the same headers: read, write, mmap, futex, exit_group, getrandom, fstat.
NEEDED = {"x86_64": (0, 1, 9, 202, 231, 318, 5), "aarch64": (63, 64, 222, 98, 94, 278, 80)}


@cache
def instructions(machine: str) -> list[tuple[int, int, int, int]]:
    return list(struct.iter_unpack("<HBBI", build(machine, PID)))


def decide(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """Return value of the filter for one call (Documentation/networking/filter.rst)."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<iIQ6Q", number, architecture or ARCHITECTURE[machine], 0, *padded)
    program = instructions(machine)
    accumulator = at = 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return value
        else:
            met = {
                0x15: accumulator == value,
                0x25: accumulator > value,
                0x45: bool(accumulator & value),
            }[code]
            at += yes if met else no


def refused(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize("machine", MACHINES)
def test_what_readers_need_is_allowed(machine: str) -> None:
    assert {decide(machine, n) for n in NEEDED[machine]} == {ALLOWED}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_named_call_is_refused(machine: str) -> None:
    calls = CALLS[machine]
    names = REFUSED & calls.keys()
    assert {"socket", "connect", "execve", "ptrace", "bpf", "mount", "io_uring_setup"} <= names
    assert {decide(machine, calls[n]) for n in names} == {refused(errno.EPERM)}
    assert decide(machine, calls["clone3"]) == decide(machine, calls["openat2"]) == refused(errno.ENOSYS)


@pytest.mark.parametrize("machine", MACHINES)
def test_other_machines_and_unknown_calls(machine: str) -> None:
    assert decide(machine, 0, architecture=0x40000003) == KILL_PROCESS  # 32-bit x86
    assert decide(machine, 463) == decide(machine, 0x40000000 + 41) == refused(errno.ENOSYS)


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_that_depend_on_their_arguments(machine: str) -> None:
    calls = CALLS[machine]
    table = [
        ("openat", (0, 0, 0o2000000), ALLOWED),  # O_CLOEXEC
        ("openat", (0, 0, 0o1), refused(errno.EACCES)),
        ("openat", (0, 0, 0o2), refused(errno.EACCES)),
        ("openat", (0, 0, 0o100), refused(errno.EACCES)),
        ("clone", (0x003D0F00,), ALLOWED),  # what pthread_create asks for
        ("clone", (0x01200011,), refused(errno.EPERM)),  # what fork asks for
        ("kill", (PID,), ALLOWED),
        ("kill", (0,), refused(errno.EPERM)),
        ("kill", (0xFFFFFFFFFFFFFFFF,), refused(errno.EPERM)),
        ("tgkill", (PID, 1, 6), ALLOWED),
        ("tgkill", (1, 1, 6), refused(errno.EPERM)),
        ("prlimit64", (0,), ALLOWED),
        ("prlimit64", (1,), refused(errno.EPERM)),
        ("ioctl", (0, 0x5401), ALLOWED),
        ("ioctl", (0, 0x5412), refused(errno.ENOTTY)),  # TIOCSTI
        ("ioctl", (0, 0x100005412), refused(errno.ENOTTY)),
        ("fcntl", (0, 3), ALLOWED),
        ("fcntl", (0, 8), refused(errno.EPERM)),
        ("prctl", (15,), ALLOWED),
        ("prctl", (1,), refused(errno.EPERM)),
    ]
    for name, arguments, expected in table:
        assert decide(machine, calls[name], *arguments) == expected, (name, arguments)
    if machine == "x86_64":
        assert decide(machine, calls["open"], 0, 0o1) == refused(errno.EACCES)
        assert decide(machine, calls["open"], 0, 0) == ALLOWED
