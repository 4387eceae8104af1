"""What the child processes of the passage index's crash tests do."""

from __future__ import annotations

import random
from pathlib import Path

from fother.identify.index import PassageIndex

KEY = bytes(range(32))
_SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()  # noqa: SIM905


def text(number: int, words: int = 120) -> str:
    """Words of three syllables drawn at random, so that no two texts share a passage."""
    dice = random.Random(number)
    return " ".join("".join(dice.choices(_SYLLABLES, k=3)) for _ in range(words))


def write_for_ever(folder: str, diary: str, first: int, rounds: int = 1_000_000) -> None:
    """Add documents from number `first` on, remove one now and then; a line for each change that is done."""
    with Path(diary).open("a", buffering=1) as lines:
        index = PassageIndex.open(Path(folder), KEY)
        for number in range(first, first + rounds):
            index.add([(f"D-{number}", text(number))])
            lines.write(f"added {number}\n")
            if number % 5 == 0:
                index.remove([f"D-{number}"])
                lines.write(f"removed {number}\n")
