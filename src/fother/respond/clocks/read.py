"""Regimes from YAML: those that come with the package, and an organisation's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import yaml

from fother.errors import InputFileError, NotFoundError
from fother.respond.clocks.days import zone_of
from fother.respond.clocks.model import Period, Regime, Step, Unit

_MOST = 1 << 20
_REGIME = {
    "id",
    "name",
    "text",
    "url",
    "triggers",
    "steps",
    "zone",
    "closing",
    "country",
    "weekend_relief",
    "note",
}
_STEP = {
    "id", "title", "after", "within", "citation", "words", "to", "owner", "proof", "note", "cap",
    "cap_falls_away", "condition",
}  # fmt: skip


def regimes(own: Path | None = None) -> dict[str, Regime]:
    """All regimes by id. `own` is a YAML file or a folder of them; an own regime replaces a packaged one.

    Raises InputFileError with what is wrong in which file.
    """
    packaged = resources.files("fother.respond.clocks") / "regimes"
    found = {}
    for entry in sorted(packaged.iterdir(), key=lambda e: e.name):
        regime = load_regime(entry.read_text(encoding="utf-8"), entry.name)
        found[regime.id] = regime
    for path in _own(own):
        try:
            text = path.read_bytes()[: _MOST + 1].decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputFileError(f"{path} cannot be read as text ({error}).") from None
        regime = load_regime(text, str(path))
        found[regime.id] = regime
    return found


def regime(name: str, own: Path | None = None) -> Regime:
    """One regime. Raises NotFoundError that names those there are, InputFileError."""
    known = regimes(own)
    if name not in known:
        raise NotFoundError(f"There is no regime {name}; known are {', '.join(known)}.")
    return known[name]


def _own(own: Path | None) -> list[Path]:
    if own is None:
        return []
    if own.is_dir():
        return sorted(p for p in own.iterdir() if p.suffix in (".yaml", ".yml"))
    return [own]


def load_regime(text: str, name: str) -> Regime:
    """Read one regime; `name` is what errors call the file. Raises InputFileError."""
    if len(text) > _MOST:
        raise InputFileError(f"{name} is larger than {_MOST} characters.")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputFileError(f"{name} is no valid YAML ({str(error).splitlines()[0]}).") from None
    except RecursionError:
        raise InputFileError(f"{name} is nested too deeply.") from None
    fields = _table(content, _REGIME, name)
    triggers = fields.get("triggers")
    if not isinstance(triggers, dict) or not triggers:
        raise InputFileError(f"{name} lacks its triggers, a table of names and meanings.")
    steps = fields.get("steps")
    if not isinstance(steps, list) or not steps:
        raise InputFileError(f"{name} lacks its steps.")
    read = tuple(_step(step, name) for step in steps)
    _check_references(read, set(map(str, triggers)), name)
    zone = _text(fields, "zone", name, "")
    if zone:
        zone_of(zone)
    return Regime(
        _text(fields, "id", name),
        _text(fields, "name", name),
        _text(fields, "text", name),
        _text(fields, "url", name, ""),
        {str(k): str(v) for k, v in triggers.items()},
        read,
        zone,
        _time(fields.get("closing"), name),
        _text(fields, "country", name, ""),
        fields.get("weekend_relief") is True,
        _text(fields, "note", name, ""),
    )


def _step(step: Any, name: str) -> Step:
    fields = _table(step, _STEP, f"{name}: a step")
    own = f"{name}: step {fields.get('id', '?')}"
    cap = fields.get("cap")
    if cap is not None:
        cap = _table(cap, {"after", "within"}, f"{own}: its cap")
    return Step(
        _text(fields, "id", own),
        _text(fields, "title", own),
        _text(fields, "after", own),
        _period(fields.get("within"), own),
        _text(fields, "citation", own),
        _text(fields, "words", own, ""),
        _text(fields, "to", own, ""),
        _text(fields, "owner", own, ""),
        _text(fields, "proof", own, ""),
        _text(fields, "note", own, ""),
        None if cap is None else (_text(cap, "after", own), _period(cap.get("within"), own)),
        fields.get("cap_falls_away") is True,
        _text(fields, "condition", own, ""),
    )


def _table(value: Any, known: set[str], name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputFileError(f"{name} is no table.")
    odd = {str(key) for key in value} - known
    if odd:
        raise InputFileError(f"{name} has unknown entries: {', '.join(sorted(odd))}.")
    return value


def _text(fields: Mapping[str, Any], key: str, name: str, default: str | None = None) -> str:
    value = fields.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise InputFileError(f"{name}: {key} is missing or is no text.")
    return " ".join(value.split())


def _period(value: Any, name: str) -> Period:
    """ "72 hours", "4 business-days", "1 month", "immediately", "undue-delay", "on-request"."""
    words = value.split() if isinstance(value, str) else []
    if len(words) == 1 and words[0] in ("immediately", "undue-delay", "on-request"):
        return Period(words[0])  # type: ignore[arg-type]
    if len(words) == 2 and words[0].isdigit() and 0 < int(words[0]) <= 10_000:
        unit = words[1] if words[1].endswith("s") else words[1] + "s"
        if unit in get_args(Unit) and unit not in ("immediately", "undue-delay", "on-request"):
            return Period(unit, int(words[0]))  # type: ignore[arg-type]
    raise InputFileError(
        f"{name}: “{value}” is no period; write 72 hours, 4 business-days, 1 month or immediately."
    )


def _time(value: Any, name: str) -> time | None:
    if value is None:
        return None
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputFileError(f'{name}: closing is a time in quotes, "17:30".') from None


def _check_references(steps: tuple[Step, ...], triggers: set[str], name: str) -> None:
    ids = [step.id for step in steps]
    if len(set(ids)) != len(ids):
        raise InputFileError(f"{name}: two steps have the same id.")
    for step in steps:
        for after in (step.after, *([step.cap[0]] if step.cap else [])):
            wanted = after.removeprefix("done ")
            if wanted not in (ids if after.startswith("done ") else triggers) or wanted == step.id:
                raise InputFileError(
                    f"{name}: step {step.id} waits for {after}, which is no trigger or other step."
                )
