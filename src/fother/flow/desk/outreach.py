"""Telling affected parties: plan, approve, draft, send, record what came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from fother.errors import MailError, UsageError
from fother.flow.desk.case import party_named
from fother.flow.desk.entries import add, change, get, open_case
from fother.flow.desk.excerpts import excerpt_for, safe_excerpt
from fother.model.case import Case, Concern, Kept, Meeting, Outreach, Party
from fother.registry import Item, Registry
from fother.respond.drafts import DEFAULT_TEMPLATE, Letter, letter
from fother.respond.mail import message, send, server_of

COORDINATION = "coordination before a foreign partner is told"


@dataclass(frozen=True)
class Draft:
    """A letter that can be sent or copied."""

    outreach: Kept[Outreach]
    party: Kept[Party]
    case: str
    letter: Letter
    notes: tuple[str, ...] = ()  #: for the desk, not for the party: what was left out, and why


def plan(
    registry: Registry,
    reference: str,
    party: str,
    *,
    contact: str = "",
    channel: str = "",
    may_say: str = "",
    approval: str = "",
    follow_up: datetime | None = None,
) -> Item:
    """Plan to tell a party what concerns it; the redacted excerpt is made now.

    A foreign party needs an approval, whoever gives it. Raises NotFoundError, UsageError when this party is
    planned for already and was not told yet.
    """
    case = open_case(registry, reference)
    known = party_named(registry, party)
    for item in registry.items("outreach", case=case.id):
        if item.body["party"] == known.id and item.body.get("state", "planned") != "sent":
            raise UsageError(f"{item.id} plans to tell {known.record.name} already; change that one.")
    return add(
        registry,
        Outreach(
            party=known.id,
            contact=contact or known.record.contact,
            channel=channel or known.record.channel,
            may_say=may_say,
            excerpt=excerpt_for(registry, case.id, known).text,
            approval=approval or (COORDINATION if known.record.foreign else ""),
            follow_up=follow_up,
        ),
        case.id,
    )


def refresh(registry: Registry, id: str) -> Item:
    """Make the excerpt of a planned outreach anew, after exposures have changed. Approval starts over."""
    found, known, case = _with_party(registry, id)
    _unsent(found)
    excerpt = excerpt_for(registry, case, known).text
    if excerpt == found.record.excerpt:
        return registry.item(id)
    return change(registry, id, Outreach, lambda o: _unapproved(replace(o, excerpt=excerpt)))


def approve(registry: Registry, id: str, by: str, at: datetime) -> Item:
    """Enter who approved that a party is told. Raises UsageError when it was sent, or nobody is named."""
    found = get(registry, id, Outreach)
    _unsent(found)
    if not by.strip():
        raise UsageError("Say who approved it.")
    return change(registry, id, Outreach, lambda o: replace(o, approved_by=by, approved_at=at))


def draft(registry: Registry, id: str, now: datetime, template: str | None = None) -> Draft:
    """The letter of an outreach. Raises NotFoundError, UsageError for a faulty template.

    Passages that are known to be altered are not in it, whenever that was found.
    """
    found, known, case_id = _with_party(registry, id)
    case = get(registry, case_id, Case).record
    told = found.record
    excerpt, notes = safe_excerpt(registry, case_id, known, told.excerpt)
    made = letter(
        template or DEFAULT_TEMPLATE,
        organisation=case.organisation,
        party=known.record.name,
        contact=told.contact,
        may_say=told.may_say,
        excerpt=excerpt,
        tlp=told.tlp or case.tlp,
        now=now,
    )
    return Draft(found, known, case_id, made, notes)


def send_by_mail(
    registry: Registry,
    id: str,
    *,
    server: str,
    sender: str,
    template: str | None = None,
    clock: Callable[[], datetime],
) -> Item:
    """Send the letter of an outreach by SMTP to its channel's address.

    That sending begins is entered before, that it was taken after: when the program dies between, the
    outreach says so instead of claiming either. Raises UsageError when approval is missing or it was sent
    already, MailError when the server refused it (the outreach is planned again then).
    """
    made = draft(registry, id, clock(), template)
    may_send(made.outreach)
    where = server_of(server)
    name = f"{made.outreach.id}-{made.outreach.version}"
    mail = message(made.letter, sender=sender, to=made.outreach.record.channel, id=name, now=clock())
    change(registry, id, Outreach, lambda o: replace(o, state="sending", sent_at=clock()))
    try:
        send(where, mail)
    except MailError as error:
        change(registry, id, Outreach, lambda o: replace(o, state="planned", sent_at=None), str(error))
        raise
    how = f"mail to {made.outreach.record.channel}"
    return change(registry, id, Outreach, lambda o: replace(o, state="sent", sent_at=clock(), sent_how=how))


def mark_sent(registry: Registry, id: str, at: datetime, how: str) -> Item:
    """Enter that a party was told by other means. Raises UsageError when approval is missing."""
    found = get(registry, id, Outreach)
    if found.record.state != "sending":
        may_send(found)
    return change(registry, id, Outreach, lambda o: replace(o, state="sent", sent_at=at, sent_how=how))


def may_send(found: Kept[Outreach]) -> None:
    """Raises UsageError when an outreach was sent, may have been, or lacks its approval."""
    told = found.record
    _unsent(found)
    if told.approval and told.approved_at is None:
        raise UsageError(
            f"{found.id} waits for approval ({told.approval}); enter it with fother outreach approve."
        )


def record_answer(
    registry: Registry,
    id: str,
    at: datetime,
    *,
    acknowledged: bool = False,
    reassured: bool = False,
    concern: str = "",
    follow_up: datetime | None = None,
) -> Item:
    """Enter what came back from a party that was told. Raises UsageError when it was not told yet."""
    found = get(registry, id, Outreach)
    if found.record.state != "sent":
        raise UsageError(f"{found.id} was not sent yet; enter that first with fother outreach sent.")

    def edit(told: Outreach) -> Outreach:
        concerns = (*told.concerns, Concern(at, concern)) if concern else told.concerns
        heard = told.acknowledged_at is None and (reassured or bool(concern))
        return replace(
            told,
            acknowledged_at=at if heard or acknowledged else told.acknowledged_at,
            reassured_at=at if reassured else told.reassured_at,
            concerns=concerns,
            follow_up=follow_up or told.follow_up,
        )

    return change(registry, id, Outreach, edit)


def arrange(registry: Registry, id: str, meeting: Meeting) -> Item:
    """Enter a meeting with a party. Raises UsageError for a meeting without length."""
    if not 0 < meeting.minutes <= 7 * 24 * 60:
        raise UsageError("A meeting lasts between a minute and a week.")
    return change(registry, id, Outreach, lambda o: replace(o, meeting=meeting))


def _with_party(registry: Registry, id: str) -> tuple[Kept[Outreach], Kept[Party], str]:
    item = registry.item(id)
    found = get(registry, item.id, Outreach)
    if item.case is None:
        raise UsageError(f"{item.id} belongs to no case.")
    return found, get(registry, found.record.party, Party), item.case


def _unsent(found: Kept[Outreach]) -> None:
    if found.record.state == "sent":
        raise UsageError(f"{found.id} was sent already; a further word to this party is planned anew.")
    if found.record.state == "sending":
        raise UsageError(
            f"Sending {found.id} was begun and not finished; look whether it arrived, and enter that with "
            "fother outreach sent."
        )


def _unapproved(told: Outreach) -> Outreach:
    return replace(told, approved_by="", approved_at=None)
