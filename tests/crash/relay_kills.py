"""Kill -9 of the relay under load, and what arrived in the end; for the test and the bench.

Clients hand in mail and try again until it is taken, as mail servers do; a sink counts what arrives. Killed
is the relay alone, as by `kill -9 PID`, or the relay and its courier at the same moment, as when a machine
dies. In the second case deliveries in doubt are held; then the sink is looked at, as a postmaster looks at
the log of his server, and they are resolved accordingly.
"""

from __future__ import annotations

import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "relay"))

from relay_lab import Arrived, Sink, hand_in

from fother.flow.relay.serve import open_queue
from fother.flow.relay.status import resolve, status
from fother.registry import open_registry
from fother.relay.policy import read_policy

#: Is this what the recipient was to get? Given what arrived and the number of its message.
Judge = Callable[[Arrived, int], bool]


@dataclass
class Result:
    kills: int = 0
    expected: int = 0  #: messages times recipients
    arrived: int = 0
    lost: int = 0
    twice: int = 0
    unmarked: int = 0
    in_doubt: int = 0  #: deliveries held over all kills
    in_doubt_arrived: int = 0  #: of those, that had arrived
    retries: int = 0  #: of clients whose connection broke or who were put off
    left: list[str] = field(default_factory=list)  #: messages that never came to an end


@dataclass
class Load:
    """Clients that hand in the messages of a list until all are taken."""

    port: Callable[[], int]
    messages: Sequence[bytes]
    pause: float
    retries: int = 0
    taken: int = 0

    def start(self, clients: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._run, args=(n, clients)) for n in range(clients)]
        for thread in threads:
            thread.start()
        return threads

    def _run(self, first: int, step: int) -> None:
        for raw in self.messages[first::step]:
            while True:
                try:
                    hand_in(self.port(), raw)
                    break
                except (OSError, smtplib.SMTPException):
                    self.retries += 1
                    time.sleep(0.2)
            self.taken += 1
            time.sleep(self.pause)


@dataclass
class Process:
    """A relay that is started, killed and started again."""

    command: list[str]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens, so that a kill meets it at work."""
        before = self._starts()
        self.child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=self.log.open("ab"))

        limit = time.monotonic() + 60
        while self._starts() == before:
            assert self.child.poll() is None, self.log.read_text()
            assert time.monotonic() < limit, "the relay does not start"
            time.sleep(0.02)

    def _starts(self) -> int:
        return self.log.read_bytes().count(b" listening: ") if self.log.exists() else 0

    def kill(self, *, courier: bool) -> None:
        assert self.child is not None
        others = _children(self.child.pid) if courier else []
        for pid in [self.child.pid, *others]:
            os.kill(pid, signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        assert self.child is not None
        self.child.terminate()
        self.child.wait(60)


def run(
    folder: Path,
    config: Path,
    home: Path,
    command: list[str],
    sink: Sink,
    messages: Sequence[bytes],
    recipients: Sequence[str],
    judge: Judge,
    *,
    kills: int,
    courier: bool,
    every: tuple[float, float],
    clients: int = 3,
    pause: float = 0.05,
    seed: int = 1,
    tell: Callable[[str], None] = lambda _: None,
    patience: float = 120.0,
) -> Result:
    """Hand in messages while the relay is killed so often, and count what arrived.

    The configuration names a fixed port. `every`: shortest and longest time between a start and its kill.
    """
    rng = random.Random(seed)
    policy = read_policy(config)
    process = Process(command, folder / "relay.log")
    load = Load(lambda: policy.listen.port, messages, pause)
    result = Result(expected=len(messages) * len(recipients))
    doubted: set[str] = set()
    process.start()
    threads = load.start(clients)
    with open_registry(home) as registry:
        for _ in range(kills):
            time.sleep(rng.uniform(*every))
            before = len(sink.arrived)
            process.kill(courier=courier)
            result.kills += 1
            tell(f"kill {result.kills}: {load.taken} taken, {before} arrived")
            process.start()
        for thread in threads:
            thread.join()
        result.retries = load.retries
        queue = open_queue(registry, policy)
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            waiting = queue.count("incoming") + queue.count("ready")
            doubts = status(registry, policy).in_doubt
            if waiting == 0:
                break
            for doubt in doubts:
                there = _is_there(sink, doubt.message_id, doubt.recipient)
                if doubt.delivery not in doubted:
                    result.in_doubt += 1
                    result.in_doubt_arrived += there
                    doubted.add(doubt.delivery)
                resolve(registry, policy, [doubt.delivery], arrived=there)
            time.sleep(0.2)
        result.left = [*queue.ids("incoming"), *queue.ids("ready")]
    process.stop()
    _count(result, sink, len(messages), recipients, judge)
    return result


def _count(result: Result, sink: Sink, messages: int, recipients: Sequence[str], judge: Judge) -> None:
    seen: Counter[tuple[int, str]] = Counter()
    for arrival in sink.arrived:
        if arrival.recipient not in recipients:
            continue
        number = _number(arrival.content)
        seen[number, arrival.recipient] += 1
        result.unmarked += not judge(arrival, number)
    wanted = [(n, r) for n in range(messages) for r in recipients]
    result.arrived = sum(seen.values())
    result.lost = sum(seen[key] == 0 for key in wanted)
    result.twice = sum(seen[key] > 1 for key in wanted)


def _number(content: bytes) -> int:
    at = content.index(b"Message-ID: <") + len(b"Message-ID: <")
    return int(content[at : content.index(b"@", at)])


def _is_there(sink: Sink, message_id: str, recipient: str) -> bool:
    wanted = f"Message-ID: {message_id}".encode()
    return any(a.recipient == recipient and wanted in a.content for a in list(sink.arrived))


def _children(pid: int) -> list[int]:
    """Living children of a process (Linux)."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] not in "ZX":
            found.append(int(place.parent.name))
    return found
