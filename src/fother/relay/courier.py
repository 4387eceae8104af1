"""The courier: hands on what is ready, in a process of its own that survives the kill of the relay.

    python -m fother.relay.courier     reads its orders on standard input, which the relay keeps open

When the relay dies, standard input ends: the courier finishes the deliveries that it has begun, notes what
became of them, and leaves. The next one waits for its lock. So a kill of the relay never leaves a delivery in
doubt. A delivery is in doubt only when the courier itself is killed, or the connection breaks, between the
final dot and the answer; what is done then is `QueueRules.in_doubt`.

Each delivery goes through these states, every change synced before the next step:

    waiting ─▶ sending ─ dot ─▶ delivered | failed | waiting (4xx)
                  └─ no answer, or found so at the start ─▶ in doubt (held) | waiting (resend)
"""

from __future__ import annotations

import heapq
import json
import os
import pickle
import secrets
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from fother.errors import FotherError, StorageError
from fother.relay import notices
from fother.relay.deliver import Connection, Outcome
from fother.relay.message import Envelope, headers, trace_line
from fother.relay.policy import Policy
from fother.relay.queue import (
    DELIVERED,
    FAILED,
    IN_DOUBT,
    SENDING,
    WAITING,
    Delivery,
    Queue,
    in_state,
)
from fother.relay.telling import Tell, Teller

_LOOK, _PAUSE = 0.5, 0.05  #: seconds between looks for new mail and decisions, at most and at least
_LONGEST_REST = 300.0  #: seconds between tries while the next mail server cannot be reached
_KEPT = 4  #: messages kept in memory


@dataclass
class _Open:
    """A ready message and what is left to do of it. Guarded by the courier's lock."""

    id: str
    envelope: Envelope
    head: bytes  #: lines that we put above the message
    plan: list[Delivery]
    fresh: deque[int] = field(default_factory=deque)
    later: list[tuple[float, int]] = field(default_factory=list)  #: heap of (when, delivery)
    tries: dict[int, int] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)  #: in doubt, until somebody decides
    told: frozenset[int] = frozenset()  #: of those, what the postmaster knows
    said: dict[int, str] = field(default_factory=dict)  #: last answers to deliveries that wait


class Courier:
    """Hands on ready mail with several connections. `seconds` is a clock that only goes forward."""

    def __init__(
        self,
        policy: Policy,
        queue: Queue,
        tell: Tell,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
    ) -> None:
        self._policy, self._queue, self._tell = policy, queue, tell
        self._now, self._seconds = now, seconds
        self._open: dict[str, _Open] = {}
        self._turn: deque[str] = deque()
        self._wrong: dict[str, str] = {}
        self._lock = threading.Condition()
        self._stopping = False
        self._rest_until, self._rest = 0.0, 0.0
        self._mail = lru_cache(_KEPT)(queue.mail)

    def run(self) -> None:
        """Hand on mail until `stop`. The caller holds the lock "courier"."""
        self._recover()
        workers = [
            threading.Thread(target=self._work, name=f"courier-{n}")
            for n in range(self._policy.next_hop.connections)
        ]
        for worker in workers:
            worker.start()
        while not self._stopping:
            self._look()
            # Not at every end of a delivery: looking takes from the time of those who deliver.
            time.sleep(_PAUSE)
            with self._lock:
                self._lock.wait(_LOOK)
        for worker in workers:
            worker.join()
        self._look()  # what has just come to its end

    def stop(self) -> None:
        """Finish what was begun, and begin nothing more."""
        with self._lock:
            self._stopping = True
            self._lock.notify_all()

    def wake(self) -> None:
        """Look for new mail now."""
        with self._lock:
            self._lock.notify_all()

    # What a courier before us left

    def _recover(self) -> None:
        for id in self._queue.ids("ready"):
            self._spared(id, partial(self._recover_one, id))

    def _recover_one(self, id: str) -> None:
        for k in in_state(self._queue.states(id), SENDING):
            self._doubt(id, k)

    def _doubt(self, id: str, k: int) -> None:
        held = self._policy.queue.in_doubt == "hold"
        self._queue.set_state(id, k, IN_DOUBT if held else WAITING)
        self._tell(
            "in doubt", id=id, delivery=self._queue.delivery_id(id, k), then=self._policy.queue.in_doubt
        )

    # What there is to do

    def _look(self) -> None:
        for id in self._queue.ids("ready"):
            if id not in self._open:
                self._spared(id, partial(self._enter, id))
        for entry in list(self._open.values()):
            self._spared(entry.id, partial(self._see_to, entry))

    def _see_to(self, entry: _Open) -> None:
        self._take_decisions(entry)
        self._expire(entry)
        self._settle(entry)

    def _spared(self, id: str, step: Callable[[], None]) -> None:
        """A step for one message; what is wrong with it is told once and does not hold up the others."""
        try:
            step()
            self._wrong.pop(id, None)
        except Exception as error:
            if self._wrong.get(id) != (reason := _reason(error)):
                self._wrong[id] = reason
                self._tell("queue", id=id, reason=reason)

    def _enter(self, id: str) -> None:
        plan, states, mail = self._queue.plan(id), self._queue.states(id), self._mail(id)
        has_id = headers(mail.raw)["Message-ID"] is not None
        head = trace_line(mail.envelope, self._policy.listen.name, id, has_id)
        entry = _Open(id, mail.envelope, head, plan, deque(in_state(states, WAITING)))
        entry.held.update(in_state(states, IN_DOUBT))
        with self._lock:
            self._open[id] = entry
            self._turn.append(id)
            self._lock.notify_all()

    def _take_decisions(self, entry: _Open) -> None:
        """What people decided about deliveries in doubt; and telling the postmaster about new doubts."""
        with self._lock:
            if not entry.held:
                return
            states = self._queue.states(entry.id)
            decided = [k for k in entry.held if states[k : k + 1] != IN_DOUBT]
            entry.held.difference_update(decided)
            entry.fresh += [k for k in decided if states[k : k + 1] == WAITING]
            held = frozenset(entry.held)
        if held - entry.told:
            self._tell_postmaster(entry, sorted(held))
            entry.told = held

    def _expire(self, entry: _Open) -> None:
        age = (self._now() - entry.envelope.taken_at).total_seconds()
        if age < self._policy.queue.keep_trying:
            return
        with self._lock:
            given_up = [k for _, k in entry.later]
            entry.later.clear()
            if self._rest:  # the next mail server cannot be reached: not all of them will get their try
                given_up += entry.fresh
                entry.fresh.clear()
        for k in given_up:
            last = entry.said.get(k, "")
            self._queue.fail(entry.id, k, f"550 4.4.7 Given up after many tries; last answer: {last}")

    def _settle(self, entry: _Open) -> None:
        """Tell the sender what failed once every recipient was tried; finish when nothing is left."""
        with self._lock:
            if entry.fresh or entry.busy:
                return
            waiting = bool(entry.later or entry.held)
        states = self._queue.states(entry.id)
        self._report(entry, in_state(states, FAILED))
        if not waiting and set(states) <= set(DELIVERED + FAILED):
            self._queue.finish(entry.id, failed=FAILED in states and DELIVERED not in states)
            self._mail.cache_clear()  # it may come again, taken at another time
            with self._lock:
                del self._open[entry.id]
                self._turn.remove(entry.id)
            self._tell(
                "finished", id=entry.id, delivered=states.count(DELIVERED), failed=states.count(FAILED)
            )

    # Letters

    def _report(self, entry: _Open, failed: Sequence[int]) -> None:
        """Every failure is in exactly one report, whenever we are killed: what a report says is kept first,
        and it has the same id each time."""
        number, told = 0, set[int]()
        while (kept := self._queue.noted(entry.id, f"bounce-{number}")) is not None:
            told |= set(json.loads(kept))
            self._bounce(entry, number, json.loads(kept))
            number += 1
        rest = sorted(set(failed) - told)
        if rest:
            self._queue.note(entry.id, f"bounce-{number}", json.dumps(rest).encode())
            self._bounce(entry, number, rest)

    def _bounce(self, entry: _Open, number: int, failed: list[int]) -> None:
        mail = entry.envelope
        id = self._queue.derived_id(entry.id, f"bounce {number} {mail.taken_at.isoformat()}")
        if not mail.sender:  # nobody answers to a notice (RFC 5321, 6.1)
            self._tell("notice not delivered", id=entry.id)
            return
        if self._queue.where(id):
            return
        name, now = self._policy.listen.name, self._now()
        failures = [(entry.plan[k].address, self._queue.said(entry.id, k, entry.plan[k])) for k in failed]
        raw = self._mail(entry.id).raw
        try:
            letter = notices.bounce(mail, raw, failures, entry.id, name, now)
        except Exception as error:  # it would not succeed later either, and the message would stay for ever
            self._tell("notice not written", id=entry.id, failed=len(failed), reason=type(error).__name__)
            return
        self._queue.post(id, notices.envelope(mail.sender, now, name), letter)
        self._tell("sender told", id=entry.id, notice=id, failed=len(failed))

    def _tell_postmaster(self, entry: _Open, doubts: list[int]) -> None:
        name, now, to = self._policy.listen.name, self._now(), self._policy.notices.postmaster
        entries = [(self._queue.delivery_id(entry.id, k), entry.plan[k].address) for k in doubts]
        raw = self._mail(entry.id).raw
        try:
            letter = notices.in_doubt(to, entry.id, entries, raw, name, now)
        except Exception as error:
            self._tell("notice not written", id=entry.id, reason=type(error).__name__)
            return
        taken_at = entry.envelope.taken_at.isoformat()
        id = self._queue.derived_id(entry.id, f"in doubt {doubts} {taken_at}")
        self._queue.post(id, notices.envelope(to, now, name), letter)

    # Handing on

    def _work(self) -> None:
        connection = Connection(self._policy.next_hop)
        while (job := self._next()) is not None:
            entry, k = job
            again = self._try(connection, entry, k)
            with self._lock:
                if again is not None:
                    heapq.heappush(entry.later, (again, k))
                entry.busy.discard(k)
                if not entry.fresh and not entry.busy:
                    self._lock.notify_all()
        connection.close()

    def _try(self, connection: Connection, entry: _Open, k: int) -> float | None:
        """Hand on one delivery and note what became of it; when to try again, if at all."""
        try:
            outcome = self._hand_on(connection, entry, k)
        except Exception as error:
            # Nothing was sent: the queue could not be read, or not be told what we are about to do.
            self._tell("not handed on", id=entry.id, reason=_reason(error))
            return self._seconds() + _LONGEST_REST
        try:
            return self._record(entry, k, outcome)
        except StorageError as error:
            # What is not noted stays "sending". It is left alone, for the next courier to find in doubt.
            self._tell("not noted", id=entry.id, reason=str(error))
            return None

    def _next(self) -> tuple[_Open, int] | None:
        """The next delivery, of the messages in turn, so that a short list need not wait for a long one."""
        with self._lock:
            while not self._stopping:
                now = self._seconds()
                if now >= self._rest_until:
                    for _ in range(len(self._turn)):
                        entry = self._open[self._turn[0]]
                        self._turn.rotate(-1)
                        if entry.later and entry.later[0][0] <= now:
                            entry.fresh.append(heapq.heappop(entry.later)[1])
                        if entry.fresh:
                            k = entry.fresh.popleft()
                            entry.busy.add(k)
                            return entry, k
                self._lock.wait(_LOOK)
        return None

    def _hand_on(self, connection: Connection, entry: _Open, k: int) -> Outcome:
        raw = self._mail(entry.id).raw
        content = entry.head + self._queue.content(entry.id, k, entry.plan[k], raw)
        return connection.send(
            entry.envelope.sender,
            entry.plan[k].address,
            content,
            entry.envelope.utf8,
            lambda: self._queue.set_state(entry.id, k, SENDING),
        )

    def _record(self, entry: _Open, k: int, outcome: Outcome) -> float | None:
        """Note what became of a delivery; when it is to be tried again, if it is."""
        self._rest_or_go_on(outcome)
        match outcome.kind:
            case "delivered":
                self._queue.set_state(entry.id, k, DELIVERED)
                return None
            case "failed":
                self._queue.fail(entry.id, k, outcome.said)
            case "in doubt":
                self._doubt(entry.id, k)
                if self._policy.queue.in_doubt == "hold":
                    with self._lock:
                        entry.held.add(k)
                    return None
            case _:
                self._queue.set_state(entry.id, k, WAITING)
        delivery = self._queue.delivery_id(entry.id, k)
        self._tell(outcome.kind, id=entry.id, delivery=delivery, answer=outcome.said[:3])
        if outcome.kind == "failed":
            return None
        entry.said[k] = outcome.said
        if outcome.kind == "unreachable":  # it is the server's fault, and `_rest` waits for that
            return self._seconds()
        tries = entry.tries[k] = entry.tries.get(k, 0) + 1
        rules = self._policy.queue
        return self._seconds() + min(rules.first_retry * 2.0 ** (tries - 1), rules.longest_retry)

    def _rest_or_go_on(self, outcome: Outcome) -> None:
        with self._lock:
            if outcome.kind != "unreachable":
                self._rest = self._rest_until = 0.0
            elif self._seconds() >= self._rest_until:
                self._rest = min(max(1.0, 2 * self._rest), _LONGEST_REST)
                self._rest_until = self._seconds() + self._rest
                self._tell("next hop unreachable", seconds=self._rest)


def _reason(error: Exception) -> str:
    """A sentence of ours, or only the kind of a mistake, whose words might tell an address."""
    return str(error) if isinstance(error, FotherError) else type(error).__name__


def main() -> None:
    """Run a courier on the orders that the relay wrote to standard input."""
    orders = sys.stdin.buffer
    policy, key, as_json = pickle.load(orders)  # noqa: S301 - written by our own parent process
    tell = Teller(sys.stdout if as_json else sys.stderr, lambda: datetime.now(UTC), json=as_json)
    queue = Queue(Path(policy.queue.folder), key, secrets.token_bytes)
    courier = Courier(policy, queue, tell, lambda: datetime.now(UTC), time.monotonic)

    def listen() -> None:
        while os.read(orders.fileno(), 4096):
            courier.wake()
        courier.stop()

    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=courier.stop).start())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with queue.locked("courier", wait=True):
        threading.Thread(target=listen, daemon=True).start()
        courier.run()


if __name__ == "__main__":
    main()
