"""What the reader's process does to itself before it looks at the first byte of a leaked file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from fother.intake.sandbox import landlock, limits, seccomp, system, words
from fother.intake.sandbox.interface import Promise
from fother.intake.sandbox.places import DEVICES, MACHINE, python_places, system_places

#: What each sandbox leaves to the reader itself, by the name that is the reader's last argument.
_SHARES = {
    "bubblewrap": (words.LANDLOCK, words.SECCOMP),
    "landlock": (words.LANDLOCK, words.SECCOMP),
    "seccomp": (words.SECCOMP,),
    "limits": (),
}


def confine(options: dict[str, Any]) -> list[str]:
    """Take on the limits that the parent asks for and give up the rest, for good.

    Call it with one thread running, after what parses has been imported. Which sandbox the process was
    started in, its last argument says; without one it takes on all it can by itself. Returns the layers in
    force and what they rule out, in the words of `sandbox.words`.
    """
    name = sys.argv[-1] if sys.argv[-1] in _SHARES else "landlock"
    # Asked first: in a user namespace of its own root does not look like root.
    root = sys.platform != "win32" and os.geteuid() == 0
    said = [words.LIMITS] if limits.limit(options) else []
    if system.is_linux():
        said += _renounce(name)
    # Where seccomp is in force, threads stay possible.
    if words.SECCOMP not in said and limits.forbid_processes() and not root:
        said.append(Promise.PROCESSES.value)
    return list(dict.fromkeys(said))


def _renounce(name: str) -> list[str]:
    said = []
    readable = _readable()  # looked up while root may still look everywhere
    system.end_with_parent()
    # Told by the parent, which started it so; a namespace cannot be recognised for sure from inside.
    if name == "bubblewrap":
        said += [words.BUBBLEWRAP, Promise.NETWORK.value, Promise.READING.value, Promise.WRITING.value]
    elif system.leave_network():
        said.append(Promise.NETWORK.value)
    system.drop_capabilities()
    if not system.renounce_privileges():
        return said
    said.append(words.NO_PRIVILEGES)
    if words.LANDLOCK in _SHARES[name] and landlock.restrict(readable):
        said += [words.LANDLOCK, Promise.READING.value, Promise.WRITING.value]
    if words.SECCOMP in _SHARES[name] and seccomp.restrict():
        said.append(words.SECCOMP)
        said += [p.value for p in (Promise.NETWORK, Promise.WRITING, Promise.PROCESSES)]
    return said


def _readable() -> list[Path]:
    return [*python_places(), *system_places(), *(Path(p) for p in (*MACHINE, *DEVICES))]
