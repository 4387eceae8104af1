"""An organisation's own labels, from a file in TOML or YAML.

[[scheme]]
name = "Harbour"
ladder = ["Public", "Internal", "Confidential", "Board only"]   # lowest first
ranks = [0, 1, 2, 3]              # optional: place on the scale 0…4 of states, to compare with them
caveats = ["Personal data", "Inside information"]
[scheme.aliases]                  # other spellings, also abbreviations in portions
"Company confidential" = "Confidential"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fother.assess.markings.european import parts
from fother.assess.markings.model import Fault, Form, Marking, Parsed
from fother.assess.markings.vocabulary import LADDERS
from fother.assess.markings.words import Piece, fail
from fother.errors import InputFileError, MarkingError


@dataclass(frozen=True)
class OwnScheme:
    """A ladder of labels, lowest first, with other spellings and caveats. Case does not matter."""

    name: str
    ladder: tuple[str, ...]
    ranks: tuple[int, ...] = ()
    caveats: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def rank(self, level: str) -> int | None:
        """Place on the scale of states, if the scheme says so."""
        return self.ranks[self.ladder.index(level)] if self.ranks else None

    def parse(self, text: str, form: Form) -> Parsed:
        """Read a label, then caveats between dashes or double slashes. Raises MarkingError."""
        head, *rest = parts(Piece(text, 0))
        names = {level.casefold(): level for level in self.ladder}
        names |= {alias.casefold(): level for alias, level in self.aliases.items()}
        level = names.get(head.text.casefold())
        if level is None:
            raise fail(head, f"is no label of {self.name}", [*self.ladder, *self.aliases])
        faults = []
        if head.text not in self.ladder and form == "banner":
            faults.append(Fault("spelling", f"The label is written “{level}”.", head.start, head.end, "note"))
        caveats = {caveat.casefold(): caveat for caveat in self.caveats}
        for part in rest:
            if part.text.casefold() not in caveats:
                raise fail(part, f"is no caveat of {self.name}", self.caveats)
        found = frozenset(caveats[part.text.casefold()] for part in rest)
        return Parsed(Marking(self.name, level, caveats=found), form, tuple(faults))


def load_schemes(path: Path) -> tuple[OwnScheme, ...]:
    """Read schemes from a TOML or YAML file. Raises InputFileError, MarkingError."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except OSError as error:
        raise InputFileError(f"{path} cannot be read ({error.strerror}).") from None
    except (ValueError, yaml.YAMLError) as error:
        what = "TOML" if path.suffix == ".toml" else "YAML"
        raise InputFileError(f"{path} is no valid {what} ({str(error).splitlines()[0]}).") from None
    entries = content.get("scheme") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise MarkingError(f"{path} holds no scheme; begin with [[scheme]] and give it a name and a ladder.")
    return tuple(_scheme(entry, path) for entry in entries)


def _scheme(entry: Any, path: Path) -> OwnScheme:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise MarkingError(f"{path}: every scheme needs a name.")
    name = entry["name"]
    if name in LADDERS:
        raise MarkingError(f"{path}: {name} is the name of a system that Fother has already; choose another.")
    unknown = set(entry) - {"name", "ladder", "ranks", "caveats", "aliases"}
    if unknown:
        raise MarkingError(f"{path}: {name} has unknown entries: {', '.join(sorted(map(str, unknown)))}.")
    ladder = _texts(entry.get("ladder"), f"{path}: the ladder of {name}")
    if len(set(ladder)) != len(ladder) or not ladder:
        raise MarkingError(f"{path}: the ladder of {name} needs labels, each once.")
    ranks = entry.get("ranks", [])
    if ranks and (
        len(ranks) != len(ladder)
        or not all(isinstance(r, int) and 0 <= r <= 4 for r in ranks)
        or list(ranks) != sorted(ranks)
    ):
        raise MarkingError(
            f"{path}: the ranks of {name} are numbers from 0 to 4, rising, one for each label."
        )
    aliases = entry.get("aliases", {})
    if not isinstance(aliases, dict) or not set(aliases.values()) <= set(ladder):
        raise MarkingError(f"{path}: each alias of {name} stands for a label of its ladder.")
    caveats = _texts(entry.get("caveats", []), f"{path}: the caveats of {name}")
    return OwnScheme(name, ladder, tuple(ranks), caveats, {str(k): v for k, v in aliases.items()})


def _texts(value: Any, what: str) -> tuple[str, ...]:
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or not all(isinstance(v, str) and v for v in value)
    ):
        raise MarkingError(f"{what} is a list of texts.")
    return tuple(value)
