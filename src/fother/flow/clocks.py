"""Clocks of a case: triggers start a regime, its steps become deadlines, what was done ends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fother.errors import UsageError
from fother.registry import Item, NewItem, Registry
from fother.respond.clocks import Regime, Running, regimes, schedule
from fother.respond.clocks.model import Calendar, Settings
from fother.respond.clocks.read import regime as find_regime

NOT_ADVICE = "No deadline text is legal advice; check the cited text and your counsel."


@dataclass(frozen=True)
class Clock:
    """A regime with what is known of it in one case, and its steps at this moment."""

    regime: Regime
    triggers: Mapping[str, datetime]
    steps: tuple[Running, ...]
    id: str = ""


def all_regimes(own: Path | None) -> list[Regime]:
    """The regimes that are known. Raises InputFileError."""
    return list(regimes(own).values())


def settings(zone: str, place: str, relief: bool) -> Settings:
    """What a schedule depends on: an IANA zone, and "AT" or "DE-BY", whose holidays count."""
    country, _, region = place.partition("-")
    return Settings(zone, Calendar(country.upper(), region.upper()), relief=relief)


def compute(
    name: str,
    triggers: Mapping[str, datetime],
    done: Mapping[str, datetime],
    now: datetime,
    how: Settings,
    own: Path | None = None,
) -> Clock:
    """The steps of a regime without any case. Raises UsageError, NotFoundError, InputFileError."""
    regime = find_regime(name, own)
    _check_names(regime, triggers, done)
    return Clock(regime, triggers, schedule(regime, triggers, done, now, how))


def _check_names(regime: Regime, triggers: Mapping[str, datetime], done: Mapping[str, datetime]) -> None:
    steps = [step.id for step in regime.steps]
    for what, given, known in (("trigger", triggers, list(regime.triggers)), ("step", done, steps)):
        for name in given:
            if name not in known:
                raise UsageError(f"{regime.id} has no {what} {name}; it has {', '.join(known)}.")


def advance(
    registry: Registry,
    case: str,
    name: str,
    *,
    triggers: Mapping[str, datetime],
    done: Mapping[str, datetime],
    proofs: Mapping[str, str],
    now: datetime,
    how: Settings,
    owner: str = "",
    why: str = "",
    own: Path | None = None,
) -> Clock:
    """Start a regime in a case, add triggers to it, or record what was done; its deadlines follow.

    Each step with a time is one deadline of the case, kept as an entry whose versions say what changed.
    Raises UsageError, NotFoundError, InputFileError, ConflictError.
    """
    known = registry.item(case)
    before = next((c for c in registry.items("clock", case=known.id) if c.body["regime"] == name), None)
    body: dict[str, Any] = dict(before.body) if before else {"regime": name, "deadlines": {}}
    regime = find_regime(name, own)
    _check_names(regime, triggers, done)
    if before is None and not triggers:
        raise UsageError(
            f"{name} does not run in this case yet; start it with one of {', '.join(regime.triggers)}."
        )
    body["triggers"] = {**body.get("triggers", {}), **{k: v.isoformat() for k, v in triggers.items()}}
    body["done"] = {**body.get("done", {}), **{k: v.isoformat() for k, v in done.items()}}
    body["proofs"] = {**body.get("proofs", {}), **proofs}
    body["owner"] = owner or body.get("owner", "")
    body["settings"] = {
        "zone": how.zone,
        "country": how.calendar.country,
        "region": how.calendar.region,
        "relief": how.relief,
    }
    clock = _clock(regime, body, now)
    deadlines, body["deadlines"] = _deadlines(registry, known.id, clock, body, why)
    version = before.version if before else None
    itself = NewItem("clock", body, known.id, before.id if before else None, version, why)
    *_, item = registry.put_items([*deadlines, itself])
    return Clock(clock.regime, clock.triggers, clock.steps, item.id)


def clocks_of(registry: Registry, case: str, now: datetime, own: Path | None = None) -> list[Clock]:
    """The clocks that run in a case, as they are now. Raises NotFoundError, InputFileError."""
    items = registry.items("clock", case=registry.item(case).id)
    return [_of_item(item, now, own) for item in items]


def _of_item(item: Item, now: datetime, own: Path | None) -> Clock:
    clock = _clock(find_regime(str(item.body["regime"]), own), item.body, now)
    return Clock(clock.regime, clock.triggers, clock.steps, item.id)


def kept_settings(registry: Registry, case: str, name: str) -> Settings | None:
    """The zone and country that a running clock was started with."""
    for item in registry.items("clock", case=registry.item(case).id):
        if item.body["regime"] == name:
            return _settings(item.body)
    return None


def _settings(body: Mapping[str, Any]) -> Settings:
    kept = body["settings"]
    return Settings(kept["zone"], Calendar(kept["country"], kept["region"]), relief=kept["relief"])


def _clock(regime: Regime, body: Mapping[str, Any], now: datetime) -> Clock:
    triggers = {k: datetime.fromisoformat(v) for k, v in body["triggers"].items()}
    done = {k: datetime.fromisoformat(v) for k, v in body["done"].items()}
    return Clock(regime, triggers, schedule(regime, triggers, done, now, _settings(body)))


def _deadlines(
    registry: Registry, case: str, clock: Clock, body: Mapping[str, Any], why: str
) -> tuple[list[NewItem], dict[str, str]]:
    """One deadline for each step that has a time, a new version only where something changed; ids by step."""
    ids = dict(body["deadlines"])
    timed = [running for running in clock.steps if running.limit is not None]
    lacking = [running.step.id for running in timed if running.step.id not in ids]
    fresh = (
        dict(zip(lacking, registry.new_item_ids("deadline", len(lacking)), strict=True)) if lacking else {}
    )
    new = []
    for running in timed:
        step = running.step
        wanted: dict[str, Any] = {
            "title": step.title,
            "due": running.limit.isoformat() if running.limit else "",
            "owner": body["owner"] or step.owner,
            "regime": clock.regime.id,
            "citation": f"{clock.regime.text}: {step.citation}",
        }
        if running.done is not None:
            wanted |= {"done_at": running.done.isoformat(), "proof": body["proofs"].get(step.id, "")}
        before = registry.item(ids[step.id]) if step.id in ids else None
        if before is None or any(before.body.get(k) != v for k, v in wanted.items()):
            whole = {**(before.body if before else {}), **wanted}
            place, version = (before.id, before.version) if before else (fresh[step.id], 0)
            new.append(NewItem("deadline", whole, case, place, version, why or f"clock {clock.regime.id}"))
    return new, {**ids, **fresh}


def parse_moments(words: Sequence[str] | None, option: str) -> dict[str, datetime]:
    """ "name=2026-03-05T14:07+01:00" as names and moments. Raises UsageError."""
    found = {}
    for word in words or ():
        name, _, text = word.partition("=")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if not name or moment is None or moment.tzinfo is None:
            raise UsageError(
                f"{option} is NAME=TIME with the zone, such as aware=2026-03-05T14:07+01:00, not {word}."
            )
        found[name] = moment
    return found


def parse_proofs(words: Sequence[str] | None) -> dict[str, str]:
    """ "step=text" as steps and proofs. Raises UsageError."""
    pairs = [word.partition("=") for word in words or ()]
    if any(not name or not text for name, _, text in pairs):
        raise UsageError("--proof is STEP=TEXT, such as authority='receipt 4711'.")
    return {name: text for name, _, text in pairs}


def regime_fields(regime: Regime) -> dict[str, Any]:
    """One regime of `clocks list --json`."""
    return {
        "regime": regime.id,
        "name": regime.name,
        "text": regime.text,
        "url": regime.url,
        "note": regime.note,
        "triggers": dict(regime.triggers),
        "steps": [
            {
                "step": s.id,
                "title": s.title,
                "after": s.after,
                "period": period_words(s.period.unit, s.period.count),
                "citation": s.citation,
                "words": s.words,
                "to": s.to,
                "owner": s.owner,
                "proof": s.proof,
                "condition": s.condition,
                "note": s.note,
            }
            for s in regime.steps
        ],
    }


def period_words(unit: str, count: int) -> str:
    """ "72 hours", "1 month", "without undue delay"."""
    if count:
        return f"{count} {unit.replace('-', ' ')[: -1 if count == 1 else None]}"
    return {"undue-delay": "without undue delay", "on-request": "on request"}.get(unit, unit)


def clock_fields(clock: Clock) -> dict[str, Any]:
    """One clock of `clocks due --json`."""

    def text(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "clock": clock.id or None,
        "regime": clock.regime.id,
        "triggers": {k: v.isoformat() for k, v in clock.triggers.items()},
        "steps": [
            {
                "step": r.step.id,
                "title": r.step.title,
                "state": r.state,
                "started": text(r.started),
                "due": text(r.due),
                "relief": text(r.relief),
                "done": text(r.done),
                "reminders": [m.isoformat() for m in r.reminders],
                "owner": r.step.owner,
                "to": r.step.to,
                "proof": r.step.proof,
                "condition": r.step.condition,
                "citation": r.step.citation,
            }
            for r in clock.steps
        ],
        "not_advice": NOT_ADVICE,
    }


def explain_clock(clock: Clock) -> list[str]:
    """A clock in plain sentences, one a step."""
    lines = [f"{clock.regime.name} ({clock.regime.text})"]
    for r in clock.steps:
        condition = f" Applies {r.step.condition}." if r.step.condition else ""
        lines.append(f"  {r.step.id}: {r.step.title} – {_state_words(r)} {r.step.citation}.{condition}")
    return [*lines, NOT_ADVICE]


def _state_words(r: Running) -> str:
    if r.state == "waiting":
        return f"waits for {r.step.after}."
    if r.done is not None:
        return f"done {_moment(r.done)}{', late' if r.state == 'late' else ''}."
    if r.limit is None:
        return f"{period_words(r.step.period.unit, 0)}, since {_moment(r.started)}."
    late = ", OVERDUE" if r.state == "overdue" else ""
    relief = f" (or by noon of the next working day, {_moment(r.relief)})" if r.relief else ""
    return f"due {_moment(r.due)}{relief}{late}."


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%a %Y-%m-%d %H:%M %Z") if moment else "at no set time"
