"""What the child processes of the log's crash tests do."""

from __future__ import annotations

from pathlib import Path

from fother.flow.log import publish
from fother.registry import open_registry


def act_for_ever(home: str, diary: str, seed: int, rounds: int = 1_000_000) -> None:
    """Act and publish; a line in the diary for every checkpoint that was on disk."""
    with Path(diary).open("a", buffering=1) as lines, open_registry(Path(home), actor=f"p{seed}") as registry:
        for turn in range(rounds):
            registry.record_trace(artefacts=[], parameters={"seed": seed, "turn": turn}, verdict={})
            made = publish(registry)
            lines.write(f"{made.size} {made.root.hex()}\n")
