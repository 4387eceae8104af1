"""A reader that says what a test wants it to say, in place of the sandboxed one."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from fother.intake import process
from fother.intake.limits import Limits
from fother.intake.parent import Received, receive_bytes
from fother.intake.wire import write_message

LIMITS = Limits(kept_pixels=1000, total_bytes=20_000, sheets=10, members=3, depth=1, text=1000)


class SimulatedReader:
    """Stands for `sandbox.reader.Reader`: takes anything, says `stdout`."""

    def __init__(self, stdout: Any) -> None:
        self.stdin, self.stdout = io.BytesIO(), stdout

    def __enter__(self) -> SimulatedReader:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def kill(self) -> None:
        pass


class Endless(io.RawIOBase):
    """`start`, then zeros for ever; counts what is taken from it."""

    def __init__(self, start: bytes, repeat: bool = False) -> None:
        self._start, self._repeat = io.BytesIO(start), repeat
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "an endless stream must not be read to its end"
        data = self._start.read(size)
        while len(data) < size and self._repeat:
            self._start.seek(0)
            data += self._start.read(size - len(data))
        self.taken += size
        return data + bytes(size - len(data))


def told(stdout: Any, limits: Limits = LIMITS) -> tuple[Received, ...]:
    """What the parent makes of a reader that says `stdout`. Readers of members say nothing."""
    said = iter([stdout])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "start", lambda _: SimulatedReader(next(said, io.BytesIO())))
        return receive_bytes("leak", b"any", limits=limits)


def messages(headers: Iterable[tuple[dict[str, Any], list[Any]]]) -> bytes:
    stream = io.BytesIO()
    for header, arrays in headers:
        write_message(stream, header, *arrays)
    return stream.getvalue()


def framed(header: object, body: bytes = b"") -> bytes:
    data = json.dumps(header).encode()
    return struct.pack("<I", len(data)) + data + body


CODES = np.array([72, 101, 33], np.int32)
#: One of each kind of message, as an honest reader sends them.
HONEST: list[tuple[dict[str, Any], list[Any]]] = [
    ({"isolation": ["limits", "seccomp"]}, []),
    ({"kind": "application/pdf"}, []),
    ({"stamps": ["0" * 32], "pages": 2}, []),
    ({"page": 0, "readable": True}, [CODES, np.zeros((3, 2))]),
    ({"page": 1, "cut": False}, [np.zeros((4, 5), np.uint8)]),
    ({"stopped": 2}, []),
    ({"text": True, "labels": ["", "x"]}, [CODES, np.array([[1, 0, 3, 0, 1]], np.int32)]),
    ({"words": True}, [np.array([[0, 2, 0]], np.int32), np.zeros((1, 4))]),
    ({"metadata": {"title": "a"}}, []),
    ({"notes": ["a note"]}, []),
    ({"member": "a/b.txt"}, [np.zeros(9, np.uint8)]),
    ({"end": True}, []),
]
