"""Rules of the guard from YAML."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from fother.errors import InputFileError
from fother.respond.guard.model import Rule, Rules

_MOST = 1 << 20


def default_rules() -> Rules:
    """The rules that come with the package: neither confirm nor deny."""
    text = (resources.files("fother.respond.guard") / "rules.yaml").read_text(encoding="utf-8")
    return parse_rules(text, "rules.yaml")


def load_rules(path: Path) -> Rules:
    """Rules from a file. A check that it does not name is off. Raises InputFileError."""
    try:
        text = path.read_bytes()[: _MOST + 1].decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileError(f"{path} cannot be read as text ({error}).") from None
    return parse_rules(text, str(path))


def parse_rules(text: str, name: str) -> Rules:
    """Rules from YAML; `name` is what errors call the file. Raises InputFileError."""
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise InputFileError(f"{name} is no valid YAML ({str(error).splitlines()[0]}).") from None
    if not isinstance(content, dict) or not isinstance(content.get("rules"), list):
        raise InputFileError(f"{name} holds no list of rules.")
    odd = set(content) - {"rules", "exempt", "allowed", "standard"}
    if odd:
        raise InputFileError(f"{name} has unknown entries: {', '.join(sorted(map(str, odd)))}.")
    rules = [_rule(entry, name) for entry in content["rules"]]
    if len({rule.id for rule in rules if rule}) != len([rule for rule in rules if rule]):
        raise InputFileError(f"{name}: two rules have the same id.")
    return Rules(
        tuple(rule for rule in rules if rule),
        _patterns(content.get("exempt"), f"{name}: exempt"),
        frozenset(_texts(content.get("allowed"), f"{name}: allowed")),
        str(content.get("standard", "")).strip(),
    )


def _rule(entry: Any, name: str) -> Rule | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise InputFileError(f"{name}: every rule needs an id.")
    own = f"{name}: rule {entry['id']}"
    odd = set(entry) - {"id", "weight", "reason", "advice", "patterns", "stance"}
    if odd:
        raise InputFileError(f"{own} has unknown entries: {', '.join(sorted(map(str, odd)))}.")
    weight = entry.get("weight")
    if weight in ("off", False):  # YAML reads a bare off as false
        return None
    if weight not in ("stop", "look"):
        raise InputFileError(f"{own}: weight is stop, look or off.")
    if entry.get("stance", "") not in ("confirms", "denies", ""):
        raise InputFileError(f"{own}: stance is confirms or denies.")
    if not isinstance(entry.get("reason"), str):
        raise InputFileError(f"{own} lacks its reason.")
    return Rule(
        entry["id"],
        weight,
        entry["reason"].strip(),
        str(entry.get("advice", "")).strip(),
        _patterns(entry.get("patterns"), own),
        entry.get("stance", ""),
    )


def _patterns(value: Any, name: str) -> tuple[re.Pattern[str], ...]:
    found = []
    for text in _texts(value, name):
        try:
            found.append(re.compile(rf"(?<!\w)(?:{text})", re.IGNORECASE))
        except re.error as error:
            raise InputFileError(f"{name}: “{text}” is no pattern ({error}).") from None
    return tuple(found)


def _texts(value: Any, name: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InputFileError(f"{name} is a list of texts.")
    return value
