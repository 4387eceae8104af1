"""From alignment steps to regions that differ: what noise explains is dropped, what belongs together is
joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fother.identify.compare.align import Step
from fother.identify.compare.tokens import Token


@dataclass(frozen=True)
class Region:
    """Tokens i0…i1 of the document against j0…j1 of the leak; `confidence` 0…1 that it is no noise."""

    i0: int
    i1: int
    j0: int
    j1: int
    confidence: float = 1.0

    @property
    def size(self) -> int:
        return max(self.i1 - self.i0, self.j1 - self.j0)


Judge = Callable[[int, int, int, int], float]


def whole(steps: Sequence[Step], confidence: float = 1.0) -> Region:
    """The region that adjacent steps cover."""
    return Region(steps[0][0], steps[-1][1], steps[0][2], steps[-1][3], confidence)


def _bridged(
    runs: list[list[Step]], between: list[int], light: Callable[[int, int], bool]
) -> Iterator[list[Step]]:
    """Joins neighbours with a function word or two between them when both are phrases: one was rewritten."""
    current = runs[0]
    for gap, run in zip(between, runs[1:], strict=True):
        here, there = whole(current), whole(run)
        two_sided = all(r.i1 > r.i0 and r.j1 > r.j0 for r in (here, there))
        if gap <= 2 and two_sided and min(here.size, there.size) >= 2 and light(here.i1, there.i0):
            current = [*current, (here.i1, there.i0, here.j1, there.j0), *run]
        else:
            yield current
            current = run
    yield current


def differing(
    steps: Sequence[Step],
    document: Sequence[Token],
    leak: Sequence[Token],
    equal: Callable[[Step], bool],
    judge: Judge,
    topic: Callable[[Token], str | None],
    light: Callable[[int, int], bool],
    lowest: float,
) -> Iterator[Region]:
    """Regions that differ, with the confidence of `judge`; those below `lowest` are left out."""
    runs: list[list[Step]] = []
    between: list[int] = []
    equals = 0
    open_run = False
    for step in steps:
        if equal(step):
            equals += 1
            open_run = False
        elif open_run:
            runs[-1].append(step)
        else:
            if runs:
                between.append(equals)
            runs.append([step])
            equals = 0
            open_run = True
    if not runs:
        return
    for run in _bridged(runs, between, light):
        yield from _judged(run, document, leak, judge, topic, lowest)


def _judged(
    run: list[Step],
    document: Sequence[Token],
    leak: Sequence[Token],
    judge: Judge,
    topic: Callable[[Token], str | None],
    lowest: float,
) -> Iterator[Region]:
    region = whole(run)
    together = judge(region.i0, region.i1, region.j0, region.j1)
    if together == 0.0 or (
        together < lowest and not any(_firm(step, document, leak, judge, topic) for step in run)
    ):
        return
    group: list[Step] = []
    for step in run:
        i0, i1, j0, j1 = step
        if i1 > i0 and j1 > j0 and len(run) > 1 and judge(*step) < lowest:
            if group:
                yield from _kept(group, judge, lowest)
            group = []
            continue
        if group and _apart(group[-1], step, document, leak, topic):
            yield from _kept(group, judge, lowest)
            group = []
        group.append(step)
    if group:
        yield from _kept(group, judge, lowest)


def _firm(
    step: Step,
    document: Sequence[Token],
    leak: Sequence[Token],
    judge: Judge,
    topic: Callable[[Token], str | None],
) -> bool:
    """Whether a step is a change by itself, though noise could explain it with its neighbours as a whole."""
    i0, i1, j0, j1 = step
    if (i1 > i0 and j1 > j0) or any(topic(token) for token in (*document[i0:i1], *leak[j0:j1])):
        return judge(*step) >= 0.5
    return False


def _kept(group: list[Step], judge: Judge, lowest: float) -> Iterator[Region]:
    region = whole(group)
    confidence = judge(region.i0, region.i1, region.j0, region.j1)
    if confidence >= lowest:
        yield Region(region.i0, region.i1, region.j0, region.j1, confidence)


def _apart(
    one: Step,
    other: Step,
    document: Sequence[Token],
    leak: Sequence[Token],
    topic: Callable[[Token], str | None],
) -> bool:
    """Whether two adjacent replacements are of different facts: a number and then a name."""

    def fact(step: Step) -> str | None:
        if step[1] - step[0] != 1 or step[3] - step[2] != 1:
            return None
        found = topic(document[step[0]])
        return found if found == topic(leak[step[2]]) else None

    before, after = fact(one), fact(other)
    return before is not None and after is not None and before != after


def slid(region: Region, document: Sequence[Token], leak: Sequence[Token], floor: tuple[int, int]) -> Region:
    """An omission or addition of several words, moved along equal words to where a sentence begins.

    "The A ran. [The B ran.] The C" could as well be "The A ran. The [B ran. The] C"; the former reads better.
    """
    left_out = region.j0 == region.j1
    tokens = document if left_out else leak
    start, end = (region.i0, region.i1) if left_out else (region.j0, region.j1)
    if (region.i0 != region.i1 and region.j0 != region.j1) or end - start < 3 or tokens[start].sentence_start:
        return region
    least = floor[0] if left_out else floor[1]
    for step in range(1, min(12, end - start, start - least, region.i0 - floor[0], region.j0 - floor[1]) + 1):
        if tokens[start - step].key != tokens[end - step].key:
            break
        if tokens[start - step].sentence_start:
            return Region(
                region.i0 - step, region.i1 - step, region.j0 - step, region.j1 - step, region.confidence
            )
    for step in range(min(12, end - start, len(tokens) - end)):
        if tokens[start + step].key != tokens[end + step].key:
            break
        if tokens[start + step + 1].sentence_start:
            shift = step + 1
            return Region(
                region.i0 + shift, region.i1 + shift, region.j0 + shift, region.j1 + shift, region.confidence
            )
    return region
