"""Positions: what each party says of each leaked document, how that changed, where it does not fit.

Pure functions over statements that were read back from the registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fother.model.press import Stance
from fother.press.denial import denies_the_document, told_denial

Change = Literal["itself", "another", "the comparison"]
#: Stances that say that a document is real, that it is not, that nothing is said.
_FOR: frozenset[str] = frozenset(("confirm",))
_AGAINST: frozenset[str] = frozenset(("deny",))


@dataclass(frozen=True)
class Position:
    """One statement as it counts: `party` holds it, `topic` is what it is about ("": nothing named)."""

    id: str
    party: str
    topic: str
    stance: Stance
    words: str
    day: date | None
    report: str
    outlet: str
    chain: tuple[str, ...] = ()
    group: str = ""  #: of reports that carry one story
    cue: str = ""  #: the verb of saying, "denied"


@dataclass(frozen=True)
class Cell:
    """A party's statements on a topic, oldest first; `course` is the order of its stances without repeats."""

    party: str
    topic: str
    statements: tuple[Position, ...]
    course: tuple[Stance, ...]

    @property
    def stance(self) -> Stance:
        """The last stance."""
        return self.course[-1]


@dataclass(frozen=True)
class Contradiction:
    """Two statements that do not go together, or one that does not go with what was found out.

    `against` is "itself" (the same party), "another" (party) or "the comparison" (of leak and original), then
    `second` is None and `finding` tells what was found.
    """

    against: Change
    topic: str
    first: Position
    second: Position | None
    sentence: str
    finding: str = ""


@dataclass(frozen=True)
class Matrix:
    """All cells, with parties and topics in the order of their first statement, and the contradictions."""

    parties: tuple[str, ...]
    topics: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    contradictions: tuple[Contradiction, ...]


#: What the comparison of a leak with its original says of a topic: "genuine", "altered", "mixed", "not-ours".
Finding = Callable[[str], str | None]


def matrix(positions: Sequence[Position], finding: Finding = lambda _: None) -> Matrix:
    """The matrix party × topic. Statements of one story in several outlets count once."""
    ordered = sorted(_once(positions), key=lambda p: (p.day or date.max, p.id))
    cells: dict[tuple[str, str], list[Position]] = {}
    for position in ordered:
        cells.setdefault((position.party, position.topic), []).append(position)
    made = {key: Cell(*key, tuple(said), _course(said)) for key, said in cells.items()}
    return Matrix(
        parties=tuple(dict.fromkeys(p.party for p in ordered)),
        topics=tuple(dict.fromkeys(p.topic for p in ordered)),
        cells=made,
        contradictions=(
            *_with_itself(made),
            *_with_another(made),
            *_with_comparison(made, finding),
        ),
    )


def _once(positions: Sequence[Position]) -> list[Position]:
    """The same words of the same party in reports of one group are one statement."""
    seen: set[tuple[str, str, str, str]] = set()
    kept = []
    for position in positions:
        key = (position.group or position.report, position.party, position.stance, _plain(position.words))
        if key not in seen:
            seen.add(key)
            kept.append(position)
    return kept


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))


def _course(said: Sequence[Position]) -> tuple[Stance, ...]:
    course: list[Stance] = []
    for position in said:
        if not course or course[-1] != position.stance:
            course.append(position.stance)
    return tuple(course)


def _with_itself(cells: Mapping[tuple[str, str], Cell]) -> list[Contradiction]:
    found = []
    for cell in cells.values():
        denied = next((p for p in cell.statements if p.stance in _AGAINST), None)
        confirmed = next((p for p in cell.statements if p.stance in _FOR), None)
        if denied and confirmed:
            first, second = sorted((denied, confirmed), key=lambda p: (p.day or date.max, p.id))
            told = {"deny": "denied", "confirm": "confirmed"}
            sentence = (
                f"{cell.party} {told[first.stance]} it{_on(first)} ({first.outlet or first.report}) and "
                f"{told[second.stance]} it{_on(second)} ({second.outlet or second.report})."
            )
            found.append(Contradiction("itself", cell.topic, first, second, sentence))
    return found


def _with_another(cells: Mapping[tuple[str, str], Cell]) -> list[Contradiction]:
    found = []
    for topic in dict.fromkeys(topic for _, topic in cells):
        about = [cell for (_, t), cell in cells.items() if t == topic]
        deniers = [
            p for c in about for p in c.statements[::-1] if p.stance in _AGAINST and c.stance in _AGAINST
        ][:1]
        confirmers = [c for c in about if c.stance in _FOR]
        for denied in deniers:
            for cell in confirmers:
                confirmed = next(p for p in cell.statements[::-1] if p.stance in _FOR)
                if confirmed.party != denied.party:
                    sentence = (
                        f"{denied.party} denies it{_on(denied)}; "
                        f"{confirmed.party} confirms it{_on(confirmed)}."
                    )
                    found.append(Contradiction("another", topic, denied, confirmed, sentence))
    return found


def _with_comparison(cells: Mapping[tuple[str, str], Cell], finding: Finding) -> list[Contradiction]:
    found = []
    for cell in cells.values():
        truth = finding(cell.topic) if cell.topic else None
        last = cell.statements[-1]
        denied = next((p for p in cell.statements[::-1] if _denies_document(p)), None)
        if truth == "genuine" and last.stance in _AGAINST and denied is not None:
            last = denied
            what = told_denial(last.words, last.cue)
            sentence = f"{cell.party} denies{_on(last)} {what}, but what leaked stands so in the document."
        elif truth in ("altered", "mixed", "not-ours") and last.stance in _FOR:
            shown = {
                "altered": "was altered",
                "mixed": "is mixed with foreign text",
                "not-ours": "is not ours",
            }
            sentence = f"{cell.party} confirms it{_on(last)}, but what leaked {shown[truth]}."
        else:
            continue
        found.append(Contradiction("the comparison", cell.topic, last, None, sentence, truth))
    return found


def _denies_document(position: Position) -> bool:
    """A denial of something else ("nobody broke a rule") fits a genuine document well."""
    return position.stance in _AGAINST and denies_the_document(position.words, position.cue)


def _on(position: Position) -> str:
    return f" on {position.day.isoformat()}" if position.day else ""
