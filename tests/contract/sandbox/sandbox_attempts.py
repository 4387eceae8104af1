# ruff: noqa: PTH101, PTH102, PTH104, PTH106, PTH108, PTH118, PTH120, PTH123, PTH208, PTH211
# ruff: noqa: SIM115, S103, S108, S606 - an attacker calls the system as it comes
"""What a reader that was taken over might try. Runs inside the sandbox, in place of the parsing.

The text of this file is handed to Python with `-c`; it cannot be read from there.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any


def attempts(told: dict[str, Any]) -> dict[str, str]:
    """Name of the attempt → "done" or the name of the error."""
    results: dict[str, str] = {}

    def attempt(name: str, action: Callable[[], object]) -> None:
        try:
            action()
            results[name] = "done"
        except OSError as error:
            results[name] = errno.errorcode.get(error.errno or 0, str(error))
        except Exception as error:
            results[name] = type(error).__name__

    for name in ("secret", "registry"):
        attempt(f"read {name}", lambda name=name: open(told[name]).read())
    attempt("list home", lambda: os.listdir(os.path.dirname(told["secret"])))
    attempt("read passwords", lambda: open("/etc/passwd").read())

    for place in ("/", "/tmp", "/dev/shm", "/var/tmp", sys.prefix, os.path.dirname(told["secret"])):
        attempt(f"write {place}", lambda place=place: _leave(os.path.join(place, "fother-left-behind")))
        attempt(f"mkdir {place}", lambda place=place: _folder(os.path.join(place, "fother-left-folder")))
    attempt("write append", lambda: open(told["secret"], "a").write("x"))
    attempt("write unlink", lambda: os.unlink(told["victim_file"]))
    attempt("write rename", lambda: os.rename(told["victim_file"], told["victim_file"] + "2"))
    attempt("write chmod", lambda: os.chmod(told["victim_file"], 0o777))
    attempt("write truncate", lambda: os.truncate(told["victim_file"], 0))
    attempt("write symlink", lambda: os.symlink("/etc", told["victim_file"] + "3"))
    attempt("write times", lambda: os.utime(told["victim_file"], (0, 0)))

    for name, family, address in (
        ("ipv4", socket.AF_INET, ("127.0.0.1", told["port"])),
        ("ipv6", socket.AF_INET6, ("::1", told["port6"])),
        ("unix", socket.AF_UNIX, told["unix"]),
        ("abstract", socket.AF_UNIX, "\0" + told["abstract"]),
    ):
        attempt(f"connect {name}", lambda f=family, a=address: _connect(f, a))
    attempt("connect udp", _send_datagram)

    attempt("process fork", _fork)
    attempt("process run", lambda: subprocess.run([sys.executable, "-c", ""], check=True, close_fds=False))
    attempt("process spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))

    attempt("signal kill", lambda: os.kill(told["victim"], signal.SIGKILL))
    attempt("signal probe", lambda: os.kill(told["victim"], 0))
    attempt("signal ptrace", lambda: _call("ptrace", 16, told["victim"], 0, 0))
    attempt("signal memory", lambda: open(f"/proc/{told['victim']}/mem", "rb").read(1))

    attempt("thread", _thread)
    attempt("descriptors", _require_no_descriptors)
    attempt("memory", lambda: bytearray(told["memory_bytes"]))
    machine = os.uname().machine
    for name, numbers in _RARE.items():
        if machine in numbers:
            attempt(f"rare {name}", lambda n=numbers[machine]: _raw(n))
    return results


_RARE = {  # x86_64, aarch64
    "bpf": {"x86_64": 321, "aarch64": 280},
    "perf_event_open": {"x86_64": 298, "aarch64": 241},
    "keyctl": {"x86_64": 250, "aarch64": 219},
    "userfaultfd": {"x86_64": 323, "aarch64": 282},
    "unshare": {"x86_64": 272, "aarch64": 97},
    "io_uring_setup": {"x86_64": 425, "aarch64": 425},
    "clone3": {"x86_64": 435, "aarch64": 435},
    "x32 socket": {"x86_64": 0x40000000 + 41},
    "unknown call": {"x86_64": 480, "aarch64": 480},
}


def _leave(path: str) -> None:
    # Without a byte, which the limit on file sizes would stop.
    with open(path, "w"):
        os.unlink(path)


def _folder(path: str) -> None:
    os.mkdir(path)
    os.rmdir(path)


def _connect(family: int, address: Any) -> None:
    with socket.socket(family) as one:
        one.settimeout(5)
        one.connect(address)


def _send_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", 9))


def _fork() -> None:
    if (pid := os.fork()) == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _thread() -> None:
    ran: list[int] = []
    thread = threading.Thread(target=lambda: ran.append(1))
    thread.start()
    thread.join()
    if not ran:
        raise RuntimeError("the thread did not run")


def _require_no_descriptors() -> None:
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.fstat(number)
            raise RuntimeError(f"{number} is open")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int) -> None:
    if getattr(_libc(), name)(*(ctypes.c_long(a) for a in arguments)) == -1:
        raise OSError(ctypes.get_errno(), "refused")


def _raw(number: int) -> None:
    if _libc().syscall(*(ctypes.c_long(a) for a in (number, 0, 0, 0, 0, 0, 0))) == -1:
        raise OSError(ctypes.get_errno(), "refused")


def main() -> None:
    """Run the reader as it is up to where it has confined itself, then try instead of parsing."""
    import fother.intake.child as child

    confine = child.confine

    def confine_and_try(options: dict[str, Any]) -> list[str]:
        said = confine(options)
        told = options["told"]
        if told.get("only") == "spin":
            while True:
                pass
        if told.get("only") == "say":
            os.write(1, json.dumps(said).encode())
            os._exit(0)
        if told.get("only") == "exec":
            os.execv("/bin/echo", ["echo", "another program runs"])
        results = attempts(told | {"memory_bytes": options["memory_bytes"]})
        os.write(1, json.dumps({"said": said, "results": results}).encode())
        os._exit(0)

    child.confine = confine_and_try  # type: ignore[assignment]
    child.main()


if __name__ == "__main__":
    main()
