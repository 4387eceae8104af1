"""Severity by a rubric: points for what stands together, levels for points, and the reasons."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml

from fother.assess.exposure.model import PARTIES, Exposed, Kind, Party
from fother.errors import InputFileError
from fother.language.terms import sentences

Severity = Literal["none", "low", "moderate", "high", "severe"]
LEVELS: tuple[Severity, ...] = ("none", "low", "moderate", "high", "severe")
Context = tuple[int, int, frozenset[tuple[Kind, str]]]  #: start, end, what is named in it
_LONGEST = 1000  #: code points of one sentence
_BESIDE = ("figure", "date", "place", "person", "programme", "method")


@dataclass(frozen=True)
class Rubric:
    """Points by kind, and the points from which each level is reached; see rubric.yaml."""

    named: Mapping[str, int]
    beside: Mapping[str, int]
    marking: tuple[int, ...]
    not_releasable: int
    equity_holder: int
    levels: Mapping[str, int]

    def level(self, points: int) -> Severity:
        """The highest level that these points reach."""
        reached = [level for level in LEVELS[1:] if points >= self.levels[level]]
        return reached[-1] if reached else "none"


@dataclass(frozen=True)
class Passage:
    """A stretch of text with its marking: `rank` 0…4 on the scale of states, `audience` the countries that
    may
    have it, None for no limit."""

    start: int
    end: int
    rank: int = 0
    audience: frozenset[str] | None = None


@dataclass(frozen=True)
class Weighed:
    """One party with its severity. `place` is the sentence that weighs most, `facts` what stands in it."""

    exposed: Exposed
    severity: Severity
    points: int
    reasons: tuple[str, ...]
    place: tuple[int, int]
    facts: frozenset[tuple[Kind, str]]


def weigh(
    text: str,
    exposed: Sequence[Exposed],
    rubric: Rubric,
    passages: Sequence[Passage] = (),
    own: Sequence[Party] = (),
) -> tuple[Weighed, ...]:
    """Every party of a text with its severity, worst first."""
    held = contexts(text, exposed)
    starts = [start for start, _, _ in held]
    weighed = []
    for one in (e for e in exposed if e.kind in PARTIES):
        places = sorted({bisect_right(starts, m.start) - 1 for m in one.mentions})
        weighed.append(_weigh(one, [held[n] for n in places if n >= 0], rubric, passages, own))
    return tuple(sorted(weighed, key=lambda w: (-w.points, w.exposed.mentions[0].start)))


def contexts(text: str, exposed: Sequence[Exposed]) -> list[Context]:
    """Sentences with what is named in them; what has no end for long is cut, so that work stays bounded."""
    spans = [
        (start, min(start + _LONGEST, s.end))
        for s in sentences(text)
        for start in range(s.start, s.end, _LONGEST)
    ]
    starts = [start for start, _ in spans]
    facts: list[set[tuple[Kind, str]]] = [set() for _ in spans]
    for one in exposed:
        for mention in one.mentions:
            place = bisect_right(starts, mention.start) - 1
            if place >= 0:
                facts[place].add((one.kind, one.name))
    return [(start, end, frozenset(held)) for (start, end), held in zip(spans, facts, strict=True)]


def _weigh(
    one: Exposed,
    held: Sequence[Context],
    rubric: Rubric,
    passages: Sequence[Passage],
    own: Sequence[Party],
) -> Weighed:
    first = one.mentions[0]
    choices = held or [(first.start, first.end, frozenset({(one.kind, one.name)}))]
    scored = [
        (points_of(one, facts, rubric, _passage(passages, s, e), own), s, e, facts) for s, e, facts in choices
    ]
    (points, reasons), start, end, facts = max(scored, key=lambda x: (x[0][0], -x[1]))
    return Weighed(one, rubric.level(points), points, reasons, (start, end), facts)


def _passage(passages: Sequence[Passage], start: int, end: int) -> Passage:
    """The strictest passage that a sentence touches."""
    touched = [p for p in passages if p.start < end and start < p.end]
    return max(touched, key=lambda p: (p.rank, p.audience is not None), default=Passage(start, end))


def points_of(
    one: Exposed,
    facts: frozenset[tuple[Kind, str]],
    rubric: Rubric,
    passage: Passage,
    own: Sequence[Party] = (),
) -> tuple[int, tuple[str, ...]]:
    """Points of a party beside these facts, with the reasons."""
    reasons = [(rubric.named.get(one.kind, 0), f"{one.kind} named")]
    for kind in _BESIDE:
        beside = sorted(name for k, name in facts if k == kind and (k, name) != (one.kind, one.name))
        if beside:
            reasons.append((rubric.beside.get(kind, 0), f"with {kind} {', '.join(beside[:3])}"))
    if passage.rank:
        reasons.append((rubric.marking[passage.rank], f"marked at level {passage.rank} of 4"))
    if one.code and passage.audience is not None and one.code not in passage.audience:
        reasons.append((rubric.not_releasable, f"not releasable to {one.code}"))
    if any(p.equity_holder for p in own if p.id == one.party):
        reasons.append((rubric.equity_holder, "equity holder"))
    return sum(p for p, _ in reasons), tuple(f"{text} (+{p})" for p, text in reasons if p)


def default_rubric() -> Rubric:
    """The rubric that comes with the package."""
    text = (resources.files("fother.assess.exposure") / "rubric.yaml").read_text(encoding="utf-8")
    return parse_rubric(text, "rubric.yaml")


def load_rubric(path: Path) -> Rubric:
    """A rubric from a file. Raises InputFileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileError(f"{path} cannot be read as text ({error}).") from None
    return parse_rubric(text, str(path))


def parse_rubric(text: str, name: str) -> Rubric:
    """A rubric from YAML; `name` is what errors call the file. Raises InputFileError."""
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise InputFileError(f"{name} is no valid YAML ({str(error).splitlines()[0]}).") from None
    wanted = {"named", "beside", "marking", "not_releasable", "equity_holder", "levels"}
    if not isinstance(content, dict) or set(content) != wanted:
        raise InputFileError(f"{name} has exactly these entries: {', '.join(sorted(wanted))}.")
    named = _points(content["named"], PARTIES, f"{name}: named")
    beside = _points(content["beside"], _BESIDE, f"{name}: beside")
    levels = _points(content["levels"], LEVELS[1:], f"{name}: levels")
    marking = content["marking"]
    if not isinstance(marking, list) or len(marking) != 5 or not all(_is_points(p) for p in marking):
        raise InputFileError(f"{name}: marking is a list of five numbers.")
    if set(levels) != set(LEVELS[1:]) or [levels[v] for v in LEVELS[1:]] != sorted(levels.values()):
        raise InputFileError(
            f"{name}: levels are {', '.join(LEVELS[1:])}, each with more points than before."
        )
    for key in ("not_releasable", "equity_holder"):
        if not _is_points(content[key]):
            raise InputFileError(f"{name}: {key} is a number from 0 to 100.")
    return Rubric(named, beside, tuple(marking), content["not_releasable"], content["equity_holder"], levels)


def _points(value: Any, known: Sequence[str], name: str) -> dict[str, int]:
    if (
        not isinstance(value, dict)
        or not set(value) <= set(known)
        or not all(map(_is_points, value.values()))
    ):
        raise InputFileError(f"{name} gives points (0 to 100) for some of {', '.join(known)}.")
    return value


def _is_points(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
