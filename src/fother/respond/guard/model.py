"""What the guard knows and what it finds. Offsets are code points of the draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Weight = Literal["stop", "look"]  #: "stop": not to be said so; "look": somebody has to decide
Stance = Literal["confirms", "denies", ""]


@dataclass(frozen=True)
class Rule:
    """Wordings that a rule looks for. A match inside an exempt wording does not count."""

    id: str
    weight: Weight
    reason: str
    advice: str = ""
    patterns: tuple[re.Pattern[str], ...] = ()
    stance: Stance = ""  #: what such wording does to the leak


@dataclass(frozen=True)
class Rules:
    """All rules. Those without patterns are checks of the program; their weight may be changed, or "off"."""

    rules: tuple[Rule, ...]
    exempt: tuple[re.Pattern[str], ...]  #: wordings that say nothing, "we neither confirm nor deny"
    allowed: frozenset[str] = frozenset()  #: names that may be said
    standard: str = ""  #: a statement that is always safe

    def rule(self, name: str) -> Rule | None:
        """The rule of this id, None when it is off."""
        return next((rule for rule in self.rules if rule.id == name), None)


@dataclass(frozen=True)
class Stated:
    """A protective marking in the draft; `heading` when it marks the draft itself."""

    start: int
    end: int
    text: str
    heading: bool = False
    public: bool = False  #: its lowest level, which anybody may see


@dataclass(frozen=True)
class Overlap:
    """Words of the draft that stand in a registered document."""

    start: int
    end: int
    document: str
    title: str
    similarity: float  #: 0…1


@dataclass(frozen=True)
class Earlier:
    """What was said before, by the organisation itself."""

    source: str  #: id or file name
    text: str
    stance: Stance = ""


@dataclass(frozen=True)
class Fact:
    """What was established about a leaked document."""

    source: str
    title: str
    status: Literal["genuine", "altered", "mixed", "not-ours", "unverified"]


@dataclass(frozen=True)
class Context:
    """All that a draft is compared with. Everything may be empty."""

    markings: tuple[Stated, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    leaks: Mapping[str, str] | None = None  #: text of leaked artefacts by id
    earlier: tuple[Earlier, ...] = ()
    facts: tuple[Fact, ...] = ()
    persons: tuple[str, ...] = ()  #: names of persons and programmes of the case


@dataclass(frozen=True)
class Finding:
    """One place of the draft that a rule objects to."""

    rule: str
    weight: Weight
    start: int
    end: int
    text: str
    reason: str
    advice: str = ""
    source: str = ""  #: id of what it was compared with


@dataclass(frozen=True)
class Guarded:
    """The answer: findings in the order of the draft. `checked` says what it was compared with."""

    findings: tuple[Finding, ...]
    verdict: Literal["stop", "look", "clear"]
    standard: str
    checked: tuple[str, ...]
