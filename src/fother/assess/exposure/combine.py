"""What several leaks of one case give away together and none of them alone.

Two rules. A party whose facts of all leaks together reach a higher level than in any one leak. And a source
that one leak describes without a name, while another leak names a person at the same place, organisation,
date or programme: two such things in common may name the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fother.assess.exposure.model import Exposed, Kind
from fother.assess.exposure.rubric import LEVELS, Passage, Rubric, Severity, Weighed, contexts, points_of

_TIES: tuple[Kind, ...] = ("organisation", "place", "date", "programme", "figure")
_LEAST_TIES = 2


@dataclass(frozen=True)
class Leak:
    """One leaked text with what was found in it."""

    id: str
    text: str
    exposed: tuple[Exposed, ...]
    weighed: tuple[Weighed, ...]
    rank: int = 0  #: of its strictest passage, 0…4


@dataclass(frozen=True)
class Combination:
    """What leaks give away together. `alone` is the worst level in any one of them."""

    kind: Kind
    name: str
    leaks: tuple[str, ...]
    alone: Severity
    together: Severity
    sentence: str


def combinations(leaks: Sequence[Leak], rubric: Rubric) -> tuple[Combination, ...]:
    """All combination risks, worst first."""
    found = [*_together(leaks, rubric), *_sources(leaks)]
    return tuple(sorted(found, key=lambda c: (-LEVELS.index(c.together), c.kind, c.name)))


def _together(leaks: Sequence[Leak], rubric: Rubric) -> Iterator[Combination]:
    keys = {(w.exposed.kind, w.exposed.name) for leak in leaks for w in leak.weighed}
    for kind, name in sorted(keys):
        holding = [
            (leak, w)
            for leak in leaks
            for w in leak.weighed
            if (w.exposed.kind, w.exposed.name) == (kind, name)
        ]
        if len(holding) < 2:
            continue
        facts = frozenset().union(*(w.facts for _, w in holding))
        rank = max(leak.rank for leak, _ in holding)
        points, _ = points_of(holding[0][1].exposed, facts, rubric, Passage(0, 0, rank))
        alone = max((w.severity for _, w in holding), key=LEVELS.index)
        together = rubric.level(max(points, *(w.points for _, w in holding)))
        if LEVELS.index(together) > LEVELS.index(alone):
            gives = "; ".join(f"{leak.id} gives {_kinds(w, kind, name)}" for leak, w in holding)
            yield Combination(
                kind,
                name,
                tuple(leak.id for leak, _ in holding),
                alone,
                together,
                f"{name}: {alone} in any one leak, {together} in all together ({gives}).",
            )


def _kinds(weighed: Weighed, kind: Kind, name: str) -> str:
    others = sorted(f"{k} {n}" for k, n in weighed.facts if (k, n) != (kind, name))
    return ", ".join(others[:4]) or "its name"


def _sources(leaks: Sequence[Leak]) -> Iterator[Combination]:
    """A described source in one leak, a named person in another, tied by two things or more."""
    seen: set[tuple[str, str, str]] = set()
    pairs = {leak.id: _pairs(leak) for leak in leaks}
    sources = {i: [p for p in held if ("method", "human source") in p] for i, held in pairs.items()}
    named = {i: [p for p in held if any(kind == "person" for kind, _ in p)] for i, held in pairs.items()}
    for described in leaks:
        for about in sources[described.id]:
            for naming in leaks:
                for other in named[naming.id] if naming.id != described.id else ():
                    ties = sorted(f"{k} {n}" for k, n in about & other if k in _TIES)
                    persons = [n for k, n in other if k == "person" and (k, n) not in about]
                    for person in persons if len(ties) >= _LEAST_TIES else ():
                        if (described.id, naming.id, person) not in seen:
                            seen.add((described.id, naming.id, person))
                            yield Combination(
                                "person",
                                person,
                                (described.id, naming.id),
                                "high",
                                "severe",
                                f"Together these may name the source: {described.id} describes a source, "
                                f"{naming.id} names {person}; both speak of {', '.join(ties)}.",
                            )


def _pairs(leak: Leak) -> list[frozenset[tuple[Kind, str]]]:
    """What stands together: in one sentence and the next."""
    held = [facts for _, _, facts in contexts(leak.text, leak.exposed)]
    return [a | b for a, b in zip(held, [*held[1:], frozenset()], strict=False) if a]
