"""A whole relay with its courier, in this process."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from relay_lab import SimulatedMarker, Waiter

from fother.flow.relay.serve import open_queue, serve
from fother.registry import FolderRegistry, open_registry
from fother.relay.policy import Policy
from fother.relay.queue import Queue


@dataclass
class Running:
    port: int
    queue: Queue
    marker: SimulatedMarker
    told: Waiter

    def wait_done(self, seconds: float = 20.0) -> None:
        """Until nothing waits any more."""
        limit = time.monotonic() + seconds
        while (left := self._left()) and time.monotonic() < limit:
            time.sleep(0.05)
        assert left == []

    def kill_courier(self) -> None:
        """End the courier of this relay, a child of this process, as `kill -9` does (Linux)."""
        for place in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = int(place.read_text().rpartition(")")[2].split()[1])
                words = place.with_name("cmdline").read_bytes()
                if parent == os.getpid() and b"fother.relay.courier" in words:
                    os.kill(int(place.parent.name), signal.SIGKILL)

    def _left(self) -> list[str]:
        return [*self.queue.ids("incoming"), *self.queue.ids("ready")]


@contextmanager
def relay(folder: Path, policy: Policy) -> Iterator[Running]:
    """A relay that serves a policy until the end of the block."""
    registry: FolderRegistry = open_registry(folder / "home")
    marker, told, stop = SimulatedMarker(folder / "registered.jsonl"), Waiter(), threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            serve(registry, policy, marker, tell=told, stop=stop)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        port = told.wait("listening")["port"]
        yield Running(port, open_queue(registry, policy), marker, told)
    finally:
        stop.set()
        thread.join(40)
        registry.close()
    assert failed == []
