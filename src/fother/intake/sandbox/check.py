"""What `fother check` says about the isolation of leaked files, and how to get a better one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fother.intake.sandbox import system
from fother.intake.sandbox.choice import SIBLINGS, choose
from fother.intake.sandbox.interface import Promise, Sandbox


@dataclass(frozen=True)
class Advice:
    """One finding. `severity`: "good" nothing to do, "note" could be better, "warning" should be better."""

    severity: Literal["good", "note", "warning"]
    sentence: str


def advice() -> list[Advice]:
    """The level in use first, then why each stronger one is not."""
    chosen = choose()
    found = [Advice(_severity(chosen), _in_use(chosen))]
    if not system.is_linux():
        return [*found, Advice("note", "Stronger isolation needs Linux; read files you distrust most there.")]
    for sandbox in SIBLINGS:
        if sandbox.level > chosen.level and (reason := sandbox.unavailable()):
            found.append(Advice("note", f"{sandbox.name} would be stronger: {reason}"))
    return found


def _severity(chosen: Sandbox) -> Literal["good", "note", "warning"]:
    if Promise.READING in chosen.promises and Promise.NETWORK in chosen.promises:
        return "good"
    return "warning"


def _in_use(chosen: Sandbox) -> str:
    missing = ", ".join(p.value for p in Promise if p not in chosen.promises)
    kept = f"Leaked files are read in a child process isolated by {_NAMES[chosen.name]}"
    return f"{kept}; not promised: {missing}." if missing else f"{kept}."


_NAMES = {
    "bubblewrap": "bubblewrap, with Landlock, seccomp and limits inside where the kernel has them",
    "landlock": "Landlock, seccomp where the machine has it, and limits",
    "seccomp": "seccomp and limits",
    "limits": "limits only",
}
