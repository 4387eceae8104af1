"""What stands in the way of a rewrite: what is taken already, changes of look, what must stay as it is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from fother.model.match import Span
from fother.model.prose import Prose


class Obstacles:
    """The obstacles of a document, and what its changes took of it so far. Asking takes logarithmic time."""

    def __init__(self, prose: Prose, taken: Iterable[Span] = ()) -> None:
        self._taken = bytearray(len(prose.text))
        self._seams = sorted(prose.seams)
        fixed = sorted(prose.fixed, key=lambda f: f.start)
        self._starts = [f.start for f in fixed]
        self._farthest = fixed[:]  #: up to each of them, the one that ends last
        for k in range(1, len(fixed)):
            if self._farthest[k - 1].end > fixed[k].end:
                self._farthest[k] = self._farthest[k - 1]
        self.take(taken)

    def take(self, spans: Iterable[Span]) -> None:
        """From now on these stretches are taken."""
        for start, end in spans:
            self._taken[start:end] = b"\1" * (end - start)

    def told(self, span: Span) -> str | None:
        """Why a stretch cannot be rewritten, as the end of a sentence; None if it can."""
        if self._taken.find(1, *span) >= 0:
            return "overlaps with another"
        if self.seam_within(span):
            return "goes over a change of look"
        if (reason := self.fixed_reason(span)) is not None:
            return f"changes what must stay as it is ({reason})"
        return None

    def seam_within(self, span: Span) -> bool:
        """Whether the look changes inside of a stretch."""
        at = bisect_right(self._seams, span[0])
        return at < len(self._seams) and self._seams[at] < span[1]

    def fixed_reason(self, span: Span) -> str | None:
        """Why some of a stretch must stay as it is; None if nothing must."""
        before = bisect_left(self._starts, span[1])
        last = self._farthest[before - 1] if before else None
        return last.reason if last is not None and last.end > span[0] else None


def mask(length: int, spans: Sequence[Span]) -> bytearray:
    """1 for each letter of a text that one of the spans holds."""
    found = bytearray(length)
    for start, end in spans:
        found[start:end] = b"\1" * (min(end, length) - start)
    return found
