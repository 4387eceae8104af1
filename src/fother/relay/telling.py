"""What the relay says while it runs: one line per event, never an address, a name or a subject."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from threading import Lock
from typing import Protocol, TextIO


class Tell(Protocol):
    """Tells an event with its facts."""

    def __call__(self, event: str, /, **facts: str | int | float) -> None: ...


class Teller:
    """Writes events as lines, for people or as JSON. What cannot be written is dropped: mail comes first."""

    def __init__(self, stream: TextIO, clock: Callable[[], datetime], *, json: bool = False) -> None:
        self._stream, self._clock, self._json = stream, clock, json
        self._lock = Lock()

    def __call__(self, event: str, /, **facts: str | int | float) -> None:
        at = self._clock().isoformat(timespec="milliseconds")
        if self._json:
            line = json.dumps({"time": at, "event": event, **facts}, ensure_ascii=False)
        else:
            line = " ".join([at, f"{event}:", *(f"{name}={value}" for name, value in facts.items())])
        clean = "".join(c if c.isprintable() else "\ufffd" for c in line)
        # The reader of our output may have died before us.
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(clean + "\n")
            self._stream.flush()
