"""What comes next: deadlines, tasks, follow-ups, meetings and what was announced, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from fother.model.case import CaseFile
from fother.model.situation import Due


def what_is_due(file: CaseFile, now: datetime) -> tuple[Due, ...]:
    """All that is open, overdue first; what has no time stands last."""
    zone = ZoneInfo(file.case.zone)
    rows = [*_wanted(file, now), *_with_parties(file, now), *_announced(file, now, zone)]
    return tuple(sorted(rows, key=lambda d: (moment(d.at, zone), d.kind, d.what)))


def moment(at: datetime | date, zone: ZoneInfo) -> datetime:
    """A day begins at its midnight in the zone of the case."""
    return at if isinstance(at, datetime) else datetime.combine(at, time(), zone)


def _wanted(file: CaseFile, now: datetime) -> Iterator[Due]:
    for deadline in file.deadlines:
        wanted = deadline.record
        if wanted.done_at is None:
            what = f"{wanted.title} ({wanted.regime})" if wanted.regime else wanted.title
            yield Due(wanted.due, what, "deadline", wanted.owner, wanted.due < now, id=deadline.id)
    for task in file.tasks:
        if task.record.done_at is None and task.record.due is not None:
            late = task.record.due < now
            yield Due(task.record.due, task.record.title, "task", task.record.owner, late, id=task.id)


def _with_parties(file: CaseFile, now: datetime) -> Iterator[Due]:
    for plan in file.outreach:
        told = plan.record
        known = file.parties.get(told.party)
        name = known.record.name if known else told.party
        if told.follow_up is not None and (told.reassured_at is None or told.reassured_at < told.follow_up):
            yield Due(
                told.follow_up, f"Follow up with {name}", "follow-up", "", told.follow_up < now, id=plan.id
            )
        if told.meeting is not None and told.meeting.start >= now:
            purpose = f": {told.meeting.purpose}" if told.meeting.purpose else ""
            yield Due(told.meeting.start, f"Meeting with {name}{purpose}", "meeting", id=plan.id)


def _announced(file: CaseFile, now: datetime, zone: ZoneInfo) -> Iterator[Due]:
    today = now.astimezone(zone).date()
    for event in file.planned:
        plan = event.record
        if plan.start is not None and (plan.end or plan.start) >= today:
            yield Due(plan.start, plan.text, "announced", until=plan.end, id=event.id)
