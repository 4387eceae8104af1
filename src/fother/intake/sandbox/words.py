"""The line that names the isolation in a result, from words the reader said before it saw the file."""

from __future__ import annotations

from fother.intake.sandbox.interface import Promise

BUBBLEWRAP, LANDLOCK, SECCOMP, LIMITS = "bubblewrap", "Landlock", "seccomp", "limits"
NO_PRIVILEGES = "no new privileges"
_LAYERS = (BUBBLEWRAP, LANDLOCK, SECCOMP, LIMITS)
_FACTS = (
    *(p.value for p in (Promise.NETWORK, Promise.WRITING, Promise.READING, Promise.PROCESSES)),
    NO_PRIVILEGES,
)


def describe(untrusted: object) -> str:
    """For example "bubblewrap + Landlock + seccomp + limits (child process: no network, no writing)".

    Of `untrusted`, what the reader said under "isolation", only known words are taken, in a fixed order.
    """
    said = [w for w in untrusted if isinstance(w, str)] if isinstance(untrusted, list) else []
    layers = " + ".join(w for w in _LAYERS if w in said) or "time limit only"
    facts = ", ".join(w for w in _FACTS if w in said)
    return f"{layers} (child process: {facts})" if facts else f"{layers} (child process)"
