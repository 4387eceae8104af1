"""The time line of a case: what happened when, in the lanes leak, public, desk, outreach and due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fother.model.case import CaseFile, Kept
from fother.model.situation import Moment
from fother.respond.due import moment, what_is_due
from fother.respond.public import said_at


def moments(file: CaseFile, now: datetime) -> tuple[Moment, ...]:
    """All that happened, and what is ahead, in order of time; within a second in the order of entering.

    Times are typed to the second at most, so what is finer is when an entry was made, not when it happened.
    """
    rows = [*_leak(file), *_public(file), *_desk(file), *_outreach(file), *_ahead(file, now)]
    entries = {entry.id: entry for entry in _entries(file)}
    # Sorting is stable: what one version entered keeps the usual order of its steps.
    return tuple(sorted(rows, key=lambda m: (_second(m.at), _entered(m, entries.get(m.id)))))


def _entries(file: CaseFile) -> Iterator[Kept[Any]]:
    yield file.entry
    yield from file.reports.values()
    for part in (file.described, file.decisions, file.tasks, file.deadlines, file.replies, file.outreach):
        yield from part


def _entered(m: Moment, entry: Kept[Any] | None) -> datetime:
    """When a moment was entered, as far as that was in its own second; else the moment itself."""
    if entry is None or m.at == entry.made_at:
        return m.at
    return next((at for at in (entry.at, entry.made_at) if _second(at) == _second(m.at)), m.at)


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _leak(file: CaseFile) -> Iterator[Moment]:
    for artefact in file.artefacts:
        if artefact.found_at:
            where = f" found at {artefact.source}" if artefact.source else " found"
            yield Moment(artefact.found_at, "leak", artefact.name + where, id=artefact.id)
        if artefact.received_at:
            yield Moment(artefact.received_at, "leak", f"{artefact.name} taken in", id=artefact.id)
    names = {a.sha256: a.name for a in file.artefacts}
    for found in file.identified:
        name = names.get(found.sha256, "artefact")
        yield Moment(found.at, "leak", f"{name} identified: {found.status.replace('-', ' ')}", id=found.id)
    for trace in file.traced:
        told = f"copy {', '.join(trace.copies)} named" if trace.copies else "no copy named"
        yield Moment(trace.at, "leak", f"Traced: {told}", id=trace.id)


def _public(file: CaseFile) -> Iterator[Moment]:
    for report in file.reports.values():
        at = said_at(report.record)
        if at is not None:
            title = f": {report.record.title}" if report.record.title else " reports"
            yield Moment(at, "public", report.record.outlet + title, id=report.id)
    for told in file.described:
        yield Moment(told.made_at, "public", f"Described: {told.record.title}", id=told.id)


def _desk(file: CaseFile) -> Iterator[Moment]:
    yield Moment(file.entry.made_at, "desk", "Case opened", id=file.id)
    if file.case.state == "closed":
        yield Moment(file.entry.at, "desk", "Case closed", id=file.id)
    for decision in file.decisions:
        yield Moment(decision.made_at, "desk", f"Decided: {decision.record.text}", id=decision.id)
    for task in file.tasks:
        if task.record.done_at:
            yield Moment(task.record.done_at, "desk", f"Done: {task.record.title}", id=task.id)
    for deadline in file.deadlines:
        if deadline.record.done_at:
            yield Moment(deadline.record.done_at, "desk", f"Met: {deadline.record.title}", id=deadline.id)
    for reply in file.replies:
        yield Moment(reply.record.offered_at, "desk", f"Reply invited: {reply.record.subject}", id=reply.id)
        if reply.record.answered_at:
            yield Moment(
                reply.record.answered_at, "desk", f"Reply received: {reply.record.subject}", id=reply.id
            )


def _outreach(file: CaseFile) -> Iterator[Moment]:
    for plan in file.outreach:
        told = plan.record
        known = file.parties.get(told.party)
        name = known.record.name if known else told.party
        for at, words in (
            (told.approved_at, "approved to be told"),
            (told.sent_at, "told"),
            (told.acknowledged_at, "acknowledged"),
            (told.reassured_at, "reassured"),
        ):
            if at is not None:
                yield Moment(at, "outreach", f"{name} {words}", id=plan.id)
        for concern in told.concerns:
            yield Moment(concern.at, "outreach", f"{name} is concerned: {concern.text}", id=plan.id)


def _ahead(file: CaseFile, now: datetime) -> Iterator[Moment]:
    zone = ZoneInfo(file.case.zone)
    for due in what_is_due(file, now):
        at = moment(due.at, zone)
        until = moment(due.until, zone) + timedelta(days=1) if due.until else None
        yield Moment(at, "due", due.what, until, ahead=at >= now, id=due.id)
