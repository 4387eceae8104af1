"""Source chains: the outlet of the report ← the outlets it cites ← the speaker.

A chain never runs through a denial or a refusal: who denies having said something is no source of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fother.model.press import Span, Speaker, Stance


@dataclass(frozen=True)
class Link:
    """One statement as a link: who, where its words and its telling are, what stands between.

    `between` are outlets that the telling itself names ("told the Ledger"), outermost first.
    """

    speaker: Speaker
    shown: str
    stance: Stance
    content: tuple[Span, ...]
    telling: Span  #: from the source to the cue
    between: tuple[str, ...] = ()


UNTOLD = "unknown outlet"


def chains(links: Sequence[Link], outlet: str) -> list[tuple[str, ...]]:
    """The chain of every statement, from the outlet inwards."""
    return [_chain(index, links, outlet) for index in range(len(links))]


def _chain(index: int, links: Sequence[Link], outlet: str) -> tuple[str, ...]:
    steps: list[str] = []
    seen = {index}
    current: int | None = index
    while current is not None:
        link = links[current]
        steps = [*link.between, link.shown, *steps]
        current = _around(current, links, seen)
        if current is not None:
            seen.add(current)
    chain = [outlet or UNTOLD]
    for step in steps[:-1]:
        if step != chain[-1]:
            chain.append(step)
    return (*chain, steps[-1])


def _around(index: int, links: Sequence[Link], seen: set[int]) -> int | None:
    """The smallest statement whose words tell this one."""
    one = links[index]
    holding = [
        (sum(s.end - s.start for s in other.content), number)
        for number, other in enumerate(links)
        if number not in seen
        and other.stance not in ("deny", "decline", "ask")
        and any(s.holds(one.telling) for s in other.content)
    ]
    return min(holding)[1] if holding else None
