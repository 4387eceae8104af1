"""Start the sandboxed reader, hand it one file, collect what it says."""

from __future__ import annotations

import io
import json
import struct
import sys
import threading
from typing import Any, BinaryIO, cast

from numpy.typing import NDArray

from fother.errors import InputFileError, PasswordError, SandboxError
from fother.intake.limits import Limits
from fother.intake.sandbox import start
from fother.intake.wire import read_message

_TOLD = (
    *("memory_bytes", "cpu_seconds", "pixels", "kept_pixels", "sheets", "characters", "total_bytes"),
    *("text", "members", "unpacked_bytes", "part_bytes", "ratio"),
)
_OTHER_MESSAGES = 64
_HEADERS = 8 << 20  # bytes of all headers together
Message = tuple[dict[str, Any], list[NDArray[Any]]]


def ask(name: str, data: bytes, request: dict[str, Any], limits: Limits) -> list[Message]:
    """Let a child process answer one request about a file's bytes.

    `name` is for error messages only. Raises InputFileError, PasswordError or SandboxError.
    """
    options = {
        **request,
        **{k: getattr(limits, k) for k in _TOLD},
    }
    with start([sys.executable, "-P", "-m", "fother.intake.child"]) as child:
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


def printable(untrusted: str, most: int) -> str:
    """At most `most` characters on one line, without those that would steer a terminal or turn its text."""
    return " ".join("".join(c if c.isprintable() else " " for c in untrusted[:most]).split())


class _Counted(io.RawIOBase):
    """A stream that knows how much was taken from it: headers cost the parent memory as well."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.taken += len(data)
        return data


def _collect(name: str, stdout: BinaryIO, limits: Limits) -> list[Message]:
    messages: list[Message] = []
    stream = _Counted(stdout)
    while True:
        message = read_message(cast(BinaryIO, stream), 8 * limits.kept_pixels)
        if message is None:
            raise ValueError("no end")
        header = message[0]
        if header.get("end"):
            return messages
        if "refused" in header:
            reason = printable(str(header["refused"]), 300)
            if reason == "password":
                raise PasswordError(f"{name} is encrypted; give its password with --password.")
            if header.get("locked"):
                raise PasswordError(f"{name} cannot be used: {reason}.")
            raise InputFileError(f"{name} cannot be used: {reason}.")
        messages.append(message)
        if stream.taken > limits.total_bytes + 8 * limits.kept_pixels + _HEADERS:
            raise ValueError("too much")
        if len(messages) > limits.sheets + limits.members + _OTHER_MESSAGES:
            raise ValueError("too many messages")
