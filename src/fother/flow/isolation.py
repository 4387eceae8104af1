"""How well this machine isolates the reading of leaked files."""

from __future__ import annotations

from fother.intake.sandbox.check import advice
from fother.registry import Finding


def isolation_findings() -> list[Finding]:
    """What to know about the sandbox, as findings of a check: nothing when it could not be better."""
    return [
        Finding("warning" if found.severity == "warning" else "note", "sandbox", found.sentence)
        for found in advice()
        if found.severity != "good"
    ]
