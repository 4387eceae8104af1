"""A regime with its triggers and what was done: every step with its time and state. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from fother.respond.clocks.days import end_of, noon_after_day_off, zone_of
from fother.respond.clocks.model import Calendar, Period, Regime, Running, Settings, State, Step


def schedule(
    regime: Regime,
    started: Mapping[str, datetime],
    done: Mapping[str, datetime],
    now: datetime,
    settings: Settings,
) -> tuple[Running, ...]:
    """All steps of a regime in its order.

    `started` are moments by trigger, `done` by step; a step may be triggered by another's being done. Times
    of the answer are in the regime's zone, or else in that of the settings. Raises UsageError for an unknown
    zone or country.
    """
    return tuple(_running(regime, step, started, done, now, settings) for step in regime.steps)


def _running(
    regime: Regime,
    step: Step,
    started: Mapping[str, datetime],
    done: Mapping[str, datetime],
    now: datetime,
    settings: Settings,
) -> Running:
    start = _trigger(step.after, started, done)
    finished = done.get(step.id)
    if start is None and step.cap is not None:
        start_of_cap = _trigger(step.cap[0], started, done)
        due = _end(regime, step.cap[1], start_of_cap, settings)
        start = start_of_cap
    else:
        due = _due(regime, step, start, started, done, settings)
    relief = None
    if due is not None and regime.weekend_relief and settings.relief:
        relief = noon_after_day_off(due, _calendar(regime, settings))
    limit = relief or due
    zone = zone_of(regime.zone or settings.zone)
    return Running(
        regime.id,
        step,
        _state(start, limit, finished, now),
        start.astimezone(zone) if start else None,
        due,
        relief,
        finished,
        _reminders(start, limit, settings) if finished is None else (),
    )


def _trigger(name: str, started: Mapping[str, datetime], done: Mapping[str, datetime]) -> datetime | None:
    return done.get(name.removeprefix("done ")) if name.startswith("done ") else started.get(name)


def _due(
    regime: Regime,
    step: Step,
    start: datetime | None,
    started: Mapping[str, datetime],
    done: Mapping[str, datetime],
    settings: Settings,
) -> datetime | None:
    due = _end(regime, step.period, start, settings)
    if step.cap is None or start is None or due is None:
        return due
    cap = _end(regime, step.cap[1], _trigger(step.cap[0], started, done), settings)
    if cap is None or (step.cap_falls_away and start > cap):
        return due
    return min(due, cap, key=lambda moment: moment.astimezone(UTC))


def _end(regime: Regime, period: Period, start: datetime | None, settings: Settings) -> datetime | None:
    if start is None:
        return None
    zone = zone_of(regime.zone or settings.zone)
    return end_of(period, start, zone, _calendar(regime, settings), regime.closing)


def _calendar(regime: Regime, settings: Settings) -> Calendar:
    return Calendar(regime.country) if regime.country else settings.calendar


def _state(start: datetime | None, limit: datetime | None, finished: datetime | None, now: datetime) -> State:
    if finished is not None:
        return "late" if limit is not None and finished > limit else "done"
    if start is None:
        return "waiting"
    if limit is None:
        return "no-limit"
    return "overdue" if now > limit else "running"


def _reminders(start: datetime | None, limit: datetime | None, settings: Settings) -> tuple[datetime, ...]:
    if start is None or limit is None:
        return ()
    moments = (limit.astimezone(UTC) - before for before in sorted(settings.reminders, reverse=True))
    return tuple(m.astimezone(limit.tzinfo) for m in moments if m > start)
