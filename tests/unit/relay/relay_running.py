"""A whole relay with its courier, in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
