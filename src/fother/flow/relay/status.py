"""Look at a relay from beside it: whether its configuration is right, what waits, and what is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fother.errors import MailError, NotFoundError, RecipientListError, StorageError
from fother.flow.relay.lists import ListFaultError, Lists
from fother.flow.relay.serve import open_queue
from fother.flow.strength import require_resistance
from fother.registry import Registry
from fother.relay.deliver import Connection, Unreachable, check_files
from fother.relay.message import headers
from fother.relay.policy import Policy, read_policy
from fother.relay.queue import DELIVERED, IN_DOUBT, WAITING, Queue, in_state
from fother.relay.server import tls_context


@dataclass(frozen=True)
class Doubt:
    """A delivery of which nobody knows whether it arrived: the connection broke before the answer."""

    delivery: str
    mail: str
    recipient: str
    message_id: str
    taken_at: datetime


@dataclass(frozen=True)
class Status:
    """What a relay has before it."""

    to_mark: int  #: messages
    to_hand_on: int  #: messages
    deliveries: int  #: of those, that are still to be handed on
    oldest: datetime | None  #: when the oldest of all was taken
    in_doubt: tuple[Doubt, ...]


@dataclass(frozen=True)
class Checked:
    """A configuration that holds."""

    policy: Policy
    members: dict[str, int]  #: by list
    next_hop: dict[str, str]  #: what it offers


def configuration(file: Path) -> Policy:
    """See `relay.policy.read_policy`."""
    policy = read_policy(file)
    require_resistance(policy.marking.resistance)
    return policy


def check(file: Path) -> Checked:
    """Try everything that a configuration names, without taking or sending mail.

    Raises InputFileError, UsageError, RecipientListError, StorageError, and MailError when the next mail
    server cannot be reached in the way that is asked for.
    """
    policy = configuration(file)
    tls_context(policy.listen)
    check_files(policy.next_hop)
    lists = Lists()
    try:
        members = {rule.list: len(lists.members(rule.members)) for rule in policy.rules if rule.members}
    except ListFaultError as error:
        raise RecipientListError(error.fault.full) from None
    connection = Connection(policy.next_hop)
    try:
        offered = connection.features()
    except Unreachable as error:
        raise MailError(f"The next mail server cannot be used: {error}") from None
    finally:
        connection.close()
    return Checked(policy, members, offered)


def status(registry: Registry, policy: Policy) -> Status:
    """What waits. Raises StorageError."""
    queue = open_queue(registry, policy)
    doubts: list[Doubt] = []
    deliveries, times = 0, []
    for id in queue.ids("incoming")[:1]:
        times.append(queue.mail(id).envelope.taken_at)
    ready = queue.ids("ready")
    for number, id in enumerate(ready):
        try:
            states = queue.states(id)
        except OSError:  # it was finished just now
            continue
        deliveries += len(states) - states.count(DELIVERED) - states.count(b"-")
        if number == 0:
            times.append(queue.mail(id).envelope.taken_at)
        doubts += _doubts(queue, id, states)
    return Status(queue.count("incoming"), len(ready), deliveries, min(times, default=None), tuple(doubts))


def resolve(registry: Registry, policy: Policy, deliveries: Sequence[str], *, arrived: bool) -> list[Doubt]:
    """Decide deliveries in doubt: they arrived, or are to be sent again. A running relay goes on with that.

    Raises NotFoundError, before anything is decided, for a delivery that is not in doubt.
    """
    queue = open_queue(registry, policy)
    places = {
        queue.delivery_id(id, k): (id, k)
        for id in queue.ids("ready")
        for k in in_state(queue.states(id), IN_DOUBT)
    }
    for wanted in deliveries:
        if wanted not in places:
            raise NotFoundError(
                f"No delivery {wanted} is in doubt; fother relay status lists those that are."
            )
    known = {doubt.delivery: doubt for doubt in status(registry, policy).in_doubt}
    for wanted in deliveries:
        queue.set_state(*places[wanted], DELIVERED if arrived else WAITING)
    return [known[wanted] for wanted in deliveries]


def _doubts(queue: Queue, id: str, states: bytes) -> list[Doubt]:
    found = in_state(states, IN_DOUBT)
    if not found:
        return []
    try:
        plan, mail = queue.plan(id), queue.mail(id)
    except StorageError:
        return []
    message_id = " ".join(str(headers(mail.raw)["Message-ID"] or f"<{id}>").split())
    return [
        Doubt(queue.delivery_id(id, k), id, plan[k].address, message_id, mail.envelope.taken_at)
        for k in found
    ]
