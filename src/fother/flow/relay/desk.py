"""The marking desk: an incoming message becomes ready, with what each of its recipients gets.

    message ─▶ who gets a marked copy? ─▶ registered ─▶ committed in the log ─▶ copies ─▶ ready
                                              └─ cannot be marked: passed with a notice, or refused

What is not the message's fault (registry, log, disk, a list) puts it off; while that lasts, no more mail that
would have to be marked is taken. A message at which the program makes a mistake each time is one that cannot
be marked. Nothing gets past here unmarked unless its rule says "pass".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fother.errors import (
    CopyCheckError,
    FotherError,
    InputFileError,
    RegistryError,
    UnmarkableError,
)
from fother.flow.relay.lists import ListFaultError, Lists
from fother.flow.relay.marker import Marker, ReadMail
from fother.registry import RecipientRow
from fother.relay import notices
from fother.relay.message import Envelope, can_be_sent
from fother.relay.policy import Policy, Rule, folded
from fother.relay.queue import Mail, NewDelivery, Queue
from fother.relay.telling import Tell

_FIRST_REST, _LONGEST_REST = 2.0, 300.0  #: seconds
_MOST_MISTAKES = 8  #: tries that a mistake of the program has: some eight minutes
_UNMARKABLE = "550 5.7.1 Nothing in this message can be marked, and it may not leave unmarked"
_PARTS = "550 5.7.1 Parts of this message cannot be marked, and it may not leave with them"
_MISTAKE = "The message could not be marked, because of a mistake in the program."
_EXPIRED = "550 4.4.7 The message could not be marked in time"


@dataclass
class _Split:
    """The recipients of a message: who gets it as it came, and who a marked copy, under which rule."""

    plain: list[str] = field(default_factory=list)
    marked: dict[str, tuple[RecipientRow, Rule]] = field(default_factory=dict)

    @property
    def alternatives(self) -> bool:
        """Whether all rules of the message resolve alternatives: its copies are made from one text."""
        return all(rule.alternatives for _, rule in self.marked.values())

    def of(self, rule: Rule) -> list[str]:
        """What the refusal to a rule's recipients names: the list and not its members."""
        return [rule.list] if rule.list else [row.email for row, own in self.marked.values() if own == rule]


class Desk:
    """Marks incoming mail. `work` belongs to one thread, `hindrance` may be asked by others."""

    def __init__(
        self,
        policy: Policy,
        queue: Queue,
        marker: Marker,
        lists: Lists,
        *,
        tell: Tell,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
    ) -> None:
        self._policy, self._queue, self._marker, self._lists = policy, queue, marker, lists
        self._tell, self._now, self._seconds = tell, now, seconds
        self._rate = notices.Rate(policy.notices.per_hour)
        self._rests: dict[str, tuple[float, float]] = {}  #: message → until when, and for how long
        self._mistakes: dict[str, int] = {}  #: message → tries that ended in a mistake of the program
        self._trouble = ""

    def hindrance(self, rule: Rule) -> str:
        """Why mail of a rule cannot be marked now; empty when it can."""
        return self._trouble or (self._lists.fault(rule.members) if rule.members else "")

    def work(self) -> bool:
        """Mark the oldest message that is not put off, or put it off; false when there is none."""
        now = self._seconds()
        due = (id for id in self._queue.ids("incoming") if self._rests.get(id, (0.0, 0.0))[0] <= now)
        id = next(due, None)
        if id is None:
            return False
        try:
            mail = self._queue.mail(id)
        except Exception as error:  # one damaged file says nothing about the others
            self._put_off(id, error)
            return True
        try:
            if self._mistakes.get(id, 0) < _MOST_MISTAKES:
                self._mark(id, mail)
            else:
                self._end(id, mail)
        except Exception as error:
            self._trouble = str(error) if isinstance(error, RegistryError) else self._trouble
            if _is_mistake(error):
                self._mistakes[id] = self._mistakes.get(id, 0) + 1
            self._put_off(id, error)
        else:
            self._trouble = ""
            self._rests.pop(id, None)
            self._mistakes.pop(id, None)
        return True

    def _put_off(self, id: str, error: Exception) -> None:
        rest = min(2 * self._rests.get(id, (0.0, _FIRST_REST / 2))[1], _LONGEST_REST)
        self._rests[id] = (self._seconds() + rest, rest)
        self._tell("not marked", id=id, seconds=rest, reason=_safe(error))

    def _mark(self, id: str, mail: Mail) -> None:
        if (self._now() - mail.envelope.taken_at).total_seconds() > self._policy.queue.keep_trying:
            self._give_up(id, mail.envelope)
            return
        split = self._split(mail.envelope)
        if not split.marked:
            self._ready(id, [NewDelivery(address) for address in split.plain], marked=0)
            return
        try:
            title = f"Mail {mail.envelope.taken_at:%Y-%m-%d} {id[:8]}"
            read = self._marker.read(mail.raw, title, alternatives=split.alternatives)
            self._send_copies(id, mail, split, read)
        except (UnmarkableError, InputFileError, CopyCheckError) as error:
            self._pass_or_refuse(id, mail, split, str(error))

    def _give_up(self, id: str, envelope: Envelope) -> None:
        """Whoever is to get a marked copy gets none; the others get the message as it came."""
        try:
            plain = self._split(envelope).plain
        except Exception:  # anybody might be on a list that cannot be read
            plain = []
        self._ready(
            id,
            [NewDelivery(a, refused="" if a in plain else _EXPIRED) for a in envelope.recipients],
            marked=0,
        )

    def _end(self, id: str, mail: Mail) -> None:
        """What comes of a message at which the program makes a mistake each time."""
        self._tell("cannot be marked", id=id, tries=self._mistakes[id])
        try:
            split = self._split(mail.envelope)
        except Exception:
            self._give_up(id, mail.envelope)
        else:
            self._pass_or_refuse(id, mail, split, _MISTAKE)

    def _split(self, envelope: Envelope) -> _Split:
        """Who is on two lists gets one copy, and nobody who is to get a marked one gets an unmarked one."""
        split = _Split()
        for address in envelope.recipients:
            rule = self._policy.rule(address)
            if rule is None:
                split.plain.append(address)
                continue
            rows: Sequence[RecipientRow] = [RecipientRow(1, 1, email=address)]
            if rule.members is not None:
                rows = self._lists.members(rule.members)
            for row in rows:
                split.marked.setdefault(folded(row.email), (row, rule))
        split.plain = [address for address in split.plain if folded(address) not in split.marked]
        return split

    def _pass_or_refuse(self, id: str, mail: Mail, split: _Split, why: str) -> None:
        """Nothing can be marked: each rule says what then."""
        refusing = dict.fromkeys(rule for _, rule in split.marked.values() if rule.unmarkable == "refuse")
        passed = [row.email for row, rule in split.marked.values() if rule.unmarkable == "pass"]
        deliveries = [
            *(NewDelivery(address) for address in [*split.plain, *passed]),
            *(NewDelivery(a, refused=_UNMARKABLE) for rule in refusing for a in split.of(rule)),
        ]
        if passed:
            self._tell_sender(id, mail, [why], whole=True)
        self._ready(id, deliveries, marked=0)

    def _send_copies(self, id: str, mail: Mail, split: _Split, read: ReadMail) -> None:
        left = list(read.left)
        refusing = dict.fromkeys(rule for _, rule in split.marked.values() if left and rule.parts == "refuse")
        wanted = [row for row, rule in split.marked.values() if rule not in refusing]
        rows = [replace(row, row=n, line=n) for n, row in enumerate(wanted, 1)]

        def deliveries() -> Iterator[NewDelivery]:
            for rule in refusing:
                yield from (NewDelivery(address, refused=_PARTS) for address in split.of(rule))
            yield from (NewDelivery(address, read.plain) for address in split.plain)
            if rows:
                for row, copy in zip(rows, read.copies(rows), strict=True):
                    if not can_be_sent(copy):
                        raise CopyCheckError(f"A copy of mail {id} has lines that no mail may have.")
                    yield NewDelivery(row.email, copy)
                if left:  # only now is it certain that there are marks
                    self._tell_sender(id, mail, left, whole=False)

        self._ready(id, deliveries(), marked=len(rows))

    def _ready(self, id: str, deliveries: Iterator[NewDelivery] | list[NewDelivery], marked: int) -> None:
        count = self._queue.make_ready(id, deliveries)
        self._tell("ready", id=id, deliveries=count, marked=marked)

    def _tell_sender(self, id: str, mail: Mail, left: Sequence[str], *, whole: bool) -> None:
        sender, now, name = mail.envelope.sender, self._now(), self._policy.listen.name
        # With the time, as a message that reached nobody may be handed in again.
        notice = self._queue.derived_id(id, f"unmarked {mail.envelope.taken_at.isoformat()}")
        if self._queue.where(notice) or not notices.wanted(mail.envelope, mail.raw):
            return
        if not self._rate.allows(sender, now):
            self._tell("notice left out", id=id, per_hour=self._policy.notices.per_hour)
            return
        try:
            letter = notices.unmarked(sender, mail.raw, left, whole, name, now)
        except Exception as error:  # a notice less is better than a message that stays
            self._tell("notice not written", id=id, reason=type(error).__name__)
            return
        self._queue.post(notice, notices.envelope(sender, now, name), letter)


def _is_mistake(error: Exception) -> bool:
    """Whether it is neither an error that we know nor one of the machine, which may end by itself."""
    return not isinstance(error, (FotherError, ListFaultError, OSError, MemoryError))


def _safe(error: Exception) -> str:
    """Why, without an address or a subject: only some errors are certain to hold none in their words."""
    return str(error) if isinstance(error, (RegistryError, ListFaultError)) else type(error).__name__
