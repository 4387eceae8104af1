"""How flows tell what they are doing, without knowing who listens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Receives progress. All methods may be called often and must return at once."""

    def stage(self, text: str, total: int | None = None) -> None:
        """A new stage begins; `total` steps if known."""

    def step(self, count: int = 1) -> None:
        """So many steps of the stage are done."""

    def note(self, text: str) -> None:
        """Something the user should know."""


class Silent:
    """Nobody listens."""

    def stage(self, text: str, total: int | None = None) -> None: ...

    def step(self, count: int = 1) -> None: ...

    def note(self, text: str) -> None: ...


def counted(items: Iterable[T], progress: Progress) -> Iterator[T]:
    """The items, each counted as a step when the next one is asked for."""
    for item in items:
        yield item
        progress.step()
