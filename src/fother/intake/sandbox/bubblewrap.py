"""bubblewrap: the reader in namespaces of its own, in a file system that holds Python and nothing else.

Needs the program `bwrap` and a system that lets users make user namespaces. The reader takes on Landlock,
seccomp and the limits inside it as well.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

from fother.intake.sandbox import seccomp, system
from fother.intake.sandbox.interface import Promise
from fother.intake.sandbox.limits import Limits
from fother.intake.sandbox.places import environment, python_places, system_places

_PATIENCE = 30.0  # seconds for the probe, on a machine that is busy
_PROBE = "import fother.intake.wire"  # this package and numpy's libraries
_APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
_CLONE = "/proc/sys/kernel/unprivileged_userns_clone"
_NAMESPACES = "/proc/sys/user/max_user_namespaces"


class Bubblewrap:
    name = "bubblewrap"
    level = 4

    @property
    def promises(self) -> frozenset[Promise]:
        promises = {Promise.READING, Promise.WRITING, Promise.NETWORK, Promise.SIGNALS}
        return Limits().promises | promises | (seccomp.PROMISES if seccomp.usable() else frozenset())

    def unavailable(self) -> str | None:
        if not system.is_linux():
            return "bubblewrap is of Linux; this system has nothing like it that needs no administrator."
        if shutil.which("bwrap") is None:
            return "bubblewrap is not installed; install the package bubblewrap of your distribution."
        said = _probe()
        return None if said is None else explain(said)

    def command(self, argv: Sequence[str]) -> list[str]:
        return [*_wrapping(), *argv, self.name]


@cache
def _wrapping() -> tuple[str, ...]:
    words = [shutil.which("bwrap") or "bwrap"]
    words += ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for place in system_places():
        if place.is_symlink() and not (target := place.readlink()).is_absolute():
            words += ["--symlink", str(target), str(place)]
        else:
            words += ["--ro-bind", str(place), str(place)]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu"]
    for place in python_places():
        words += ["--ro-bind", str(place), str(place)]
    # The root is memory that could be filled; nothing is to be written there.
    return (*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--")


@cache
def _probe() -> str | None:
    """None when Python runs in there and finds its packages, else what was said about it."""
    try:
        tried = subprocess.run(
            [*_wrapping(), sys.executable, "-P", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd="/",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "no answer"
    except OSError as error:
        return error.strerror or "it cannot be started"
    lines = tried.stderr.decode("utf-8", "replace").strip().splitlines()
    return None if tried.returncode == 0 else (lines[-1][:200] if lines else "it ended without a word")


def explain(said: str) -> str:
    """Why bubblewrap does not work here and what an administrator can do, from its message and the kernel's
    settings."""
    if system.read_setting(_CLONE) == "0":
        return (
            "bubblewrap may not make namespaces; an administrator can allow it: "
            "sysctl -w kernel.unprivileged_userns_clone=1 (lasting: a file in /etc/sysctl.d)."
        )
    if system.read_setting(_NAMESPACES) == "0":
        return (
            "bubblewrap may not make namespaces; an administrator can allow it: "
            "sysctl -w user.max_user_namespaces=10000 (lasting: a file in /etc/sysctl.d)."
        )
    refused = any(w in said for w in ("uid map", "RTM_NEWADDR", "namespace", "not permitted", "denied"))
    if refused and system.read_setting(_APPARMOR) == "1":
        return (
            "AppArmor keeps bubblewrap from working; an administrator can install its profile: apt install "
            "apparmor-profiles, copy /usr/share/apparmor/extra-profiles/bwrap-userns-restrict to "
            "/etc/apparmor.d and load it with apparmor_parser -r."
        )
    if refused:
        return (
            f"bubblewrap is not allowed to work here ({said}); inside a container, the container's own "
            "security profile must allow user namespaces and mounting /proc."
        )
    return f"bubblewrap is installed but Python does not run in it ({said})."
