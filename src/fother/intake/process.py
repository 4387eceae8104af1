"""Start the sandboxed reader, hand it one file, collect what it says."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from typing import Any, BinaryIO, cast

from numpy.typing import NDArray

from fother.errors import InputFileError, PasswordError, SandboxError
from fother.intake.limits import Limits
from fother.intake.wire import read_message

_TOLD = ("memory_bytes", "cpu_seconds", "pixels", "kept_pixels", "sheets", "characters", "total_bytes")
Message = tuple[dict[str, Any], list[NDArray[Any]]]


def ask(name: str, data: bytes, request: dict[str, Any], limits: Limits) -> list[Message]:
    """Let a child process answer one request about a file's bytes.

    `name` is for error messages only. Raises InputFileError, PasswordError or SandboxError.
    """
    options = {
        **request,
        **{k: getattr(limits, k) for k in _TOLD},
    }
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "PYTHONPATH", "SYSTEMROOT", "LANG")}
    # One thread: a reader has no business with more, and thread stacks count against the memory limit.
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "fother.intake.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/" if os.name == "posix" else None,
    ) as child:
        stdin, stdout = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
        timer = threading.Timer(limits.wall_seconds, child.kill)
        feeder = threading.Thread(target=_feed, args=(stdin, options, data), daemon=True)
        timer.start()
        feeder.start()
        try:
            return _collect(name, stdout, limits)
        except (ValueError, KeyError, TypeError):
            raise SandboxError(
                f"{name}: the reader stopped half-way; the file is damaged, hostile or too demanding."
            ) from None
        finally:
            timer.cancel()
            child.kill()


def _feed(stdin: BinaryIO, options: dict[str, Any], data: bytes) -> None:
    # Through the pipe, not as an argument: arguments are visible to everyone, and there is a password.
    request = json.dumps(options).encode()
    try:
        stdin.write(struct.pack("<I", len(request)) + request)
        stdin.write(data)
        stdin.close()
    except OSError:
        return  # the child has stopped reading; its answer tells why


def _collect(name: str, stdout: BinaryIO, limits: Limits) -> list[Message]:
    messages: list[Message] = []
    received = 0
    while True:
        message = read_message(stdout, 8 * limits.kept_pixels)
        if message is None:
            raise ValueError("no end")
        header = message[0]
        if header.get("end"):
            return messages
        if "refused" in header:
            reason = str(header["refused"])[:300]
            if reason == "password":
                raise PasswordError(f"{name} is encrypted; give its password with --password.")
            raise InputFileError(f"{name} cannot be used: {reason}.")
        messages.append(message)
        received += sum(array.nbytes for array in message[1])
        if received > limits.total_bytes + 8 * limits.kept_pixels:
            raise ValueError("too much")
        if len(messages) > limits.sheets + 8:
            raise ValueError("too many messages")
