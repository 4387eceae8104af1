"""The limits that POSIX gives a process (`setrlimit`), and the weakest sandbox, which has only these.

Windows has none of them: what remains there is the parent's clock.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from fother.intake.sandbox.interface import Promise

if sys.platform != "win32":
    import resource


def limit(options: Mapping[str, Any]) -> bool:
    """Take on the limits of `options` (memory_bytes, cpu_seconds); False where the system has none."""
    if sys.platform == "win32":
        return False
    memory, cpu = int(options["memory_bytes"]), int(options["cpu_seconds"])
    _lower(resource.RLIMIT_CPU, cpu, cpu + 5)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, 64)
    if sys.platform.startswith("linux"):
        _lower(resource.RLIMIT_AS, memory)
    return True


def forbid_processes() -> bool:
    """No further process or thread; False where the system has no such limit. Root is not bound."""
    if sys.platform == "win32":
        return False
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return True


def _lower(what: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, or keep a stricter one that the system has set already."""
    if sys.platform == "win32":
        return
    highest = resource.getrlimit(what)[1]
    hard = soft if hard is None else hard
    if highest != resource.RLIM_INFINITY:
        hard = min(hard, highest)
    resource.setrlimit(what, (min(soft, hard), hard))


class Limits:
    """A child process with limits, nothing else. On Windows only the parent's clock."""

    name = "limits"
    level = 1

    @property
    def promises(self) -> frozenset[Promise]:
        if sys.platform == "win32":
            return frozenset()
        if sys.platform.startswith("linux"):
            return frozenset({Promise.MEMORY, Promise.TIME})
        return frozenset({Promise.TIME})  # others, macOS among them, do not keep RLIMIT_AS

    def unavailable(self) -> str | None:
        return None

    def command(self, argv: Sequence[str]) -> list[str]:
        return [*argv, self.name]
