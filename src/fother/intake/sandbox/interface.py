"""What every sandbox offers. The parent picks one; the child takes on its share in `intake.confine`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol


class Promise(Enum):
    """What a reader that a leaked file has taken over still cannot do. The values are for people."""

    MEMORY = "no more memory than allowed"
    TIME = "no more processor time than allowed"
    READING = "no reading of other files"
    WRITING = "no writing"
    NETWORK = "no network"
    PROCESSES = "no further processes"
    SIGNALS = "no signals to other processes, no look into them"


class Sandbox(Protocol):
    """One way to run the reader."""

    @property
    def name(self) -> str:
        """One lower-case word, also the reader's argument that tells it which limits to take on itself."""

    @property
    def level(self) -> int:
        """Higher is stronger."""

    @property
    def promises(self) -> frozenset[Promise]:
        """What holds on this machine when the sandbox is available. What is not in it is not promised."""

    def unavailable(self) -> str | None:
        """Why it cannot be used here, a sentence that says what to do about it; None when it can."""

    def command(self, argv: Sequence[str]) -> list[str]:
        """The command line that runs `argv` (Python and its arguments) in this sandbox."""
