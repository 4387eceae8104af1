"""Run the relay: SMTP in, the marking desk, and the courier in a process of its own, around one queue."""

from __future__ import annotations

import logging
import os
import pickle
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from fother.errors import StorageError, UsageError
from fother.flow.relay.desk import Desk
from fother.flow.relay.lists import Lists
from fother.flow.relay.marker import Marker
from fother.registry import Registry
from fother.relay.policy import Policy
from fother.relay.queue import Queue
from fother.relay.server import Intake, Server
from fother.relay.telling import Tell, Teller

_LOOK = 1.0  #: seconds between looks when nothing is told
_GRACE = 30.0  #: seconds that the courier has to finish what it has begun
_CLEAN = 3600.0


def now_utc() -> datetime:
    return datetime.now(UTC)


def teller(as_json: bool) -> Tell:
    """Tells events on standard error, or as JSON on standard output."""
    return Teller(sys.stdout if as_json else sys.stderr, now_utc, json=as_json)


def open_queue(registry: Registry, policy: Policy) -> Queue:
    """The queue of a relay, whose mail only this registry opens. Raises StorageError."""
    queue = Queue(policy.queue.folder, registry.queue_key(), secrets.token_bytes)
    queue.make()
    return queue


def serve(
    registry: Registry,
    policy: Policy,
    marker: Marker,
    *,
    tell: Tell,
    stop: threading.Event,
    as_json: bool = False,
    now: Callable[[], datetime] = now_utc,
    seconds: Callable[[], float] = time.monotonic,
) -> None:
    """Take, mark and hand on mail until `stop` is set.

    Raises InputFileError for a certificate that cannot be used, UsageError when another relay serves this
    queue or the port is taken, StorageError.
    """
    # aiosmtpd writes addresses and whole messages into its log.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    queue = open_queue(registry, policy)
    wake = threading.Event()
    desk = Desk(policy, queue, marker, Lists(), tell=tell, now=now, seconds=seconds)
    with queue.locked("relay") as ours:
        if not ours:
            raise UsageError(f"Another relay serves the queue {policy.queue.folder}; stop it first.")
        queue.empty_done()
        intake = Intake(policy, queue, desk.hindrance, now, tell)
        intake.on_taken(wake.set)
        server = Server(intake, policy.listen)
        with CourierProcess(policy, registry.queue_key(), tell, as_json=as_json) as courier:
            try:
                server.start()
            except OSError as error:
                raise UsageError(
                    f"{policy.listen.host}:{policy.listen.port} cannot be listened on ({error.strerror})."
                ) from None
            tell("listening", host=policy.listen.host, port=server.port_taken)
            try:
                _work(policy, queue, desk, courier, wake, stop, now, seconds, tell)
            finally:
                server.stop()
                intake.close()
    tell("stopped")


def _work(
    policy: Policy,
    queue: Queue,
    desk: Desk,
    courier: CourierProcess,
    wake: threading.Event,
    stop: threading.Event,
    now: Callable[[], datetime],
    seconds: Callable[[], float],
    tell: Tell,
) -> None:
    clean_at = seconds()
    while not stop.is_set():
        wake.clear()
        courier.watch()
        more = False
        try:
            more = desk.work()
            if seconds() >= clean_at:
                clean_at = seconds() + _CLEAN
                queue.clean(now() - timedelta(seconds=policy.queue.remember))
        except StorageError as error:
            tell("queue", reason=str(error))
        courier.wake()
        if not more:
            _wait(wake, stop)


def _wait(wake: threading.Event, stop: threading.Event) -> None:
    limit = time.monotonic() + _LOOK
    while not (wake.is_set() or stop.is_set()) and time.monotonic() < limit:
        wake.wait(0.05)


class CourierProcess:
    """The courier as a child: in a session of its own, so that it outlives us and finishes what it began."""

    def __init__(self, policy: Policy, key: bytes, tell: Tell, *, as_json: bool) -> None:
        self._orders = pickle.dumps((policy, key, as_json))
        self._tell = tell
        self._child: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def __enter__(self) -> Self:
        self.watch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        if self._child is None:
            return
        self._stdin.close()
        try:
            self._child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._tell("courier still busy", seconds=_GRACE)

    @property
    def _stdin(self) -> Any:
        assert self._child is not None  # noqa: S101 - only used while there is a child
        return self._child.stdin

    def watch(self) -> None:
        """Start the courier unless it runs."""
        if self._child is not None and self._child.poll() is not None:
            self._tell("courier ended", status=self._child.returncode)
            self._stdin.close()
            self._child, self._not_before = None, time.monotonic() + 1.0
        if self._child is None and time.monotonic() >= self._not_before:
            # -P: nothing in the present folder is taken for a module of ours.
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "fother.relay.courier"],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            with suppress(OSError):  # it may have ended at once, which the next look notices
                self._stdin.write(self._orders)
                self._stdin.flush()
                os.set_blocking(self._stdin.fileno(), False)

    def wake(self) -> None:
        """Tell the courier that there is mail."""
        if self._child is not None:
            with suppress(OSError):
                os.write(self._stdin.fileno(), b"\n")
