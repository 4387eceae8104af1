"""The strongest sandbox that works here."""

from __future__ import annotations

from functools import cache

from fother.intake.sandbox.bubblewrap import Bubblewrap
from fother.intake.sandbox.interface import Sandbox
from fother.intake.sandbox.landlock import Landlock
from fother.intake.sandbox.limits import Limits
from fother.intake.sandbox.seccomp import Seccomp

#: From the strongest to the weakest; the last is always available.
SIBLINGS: tuple[Sandbox, ...] = (Bubblewrap(), Landlock(), Seccomp(), Limits())


@cache
def choose() -> Sandbox:
    """Probed once in a process, then remembered."""
    return next(sandbox for sandbox in SIBLINGS if sandbox.unavailable() is None)
