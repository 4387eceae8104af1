"""Which folders the reader must be able to read: Python, the packages, system libraries, fonts. No others."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from pathlib import Path

#: Libraries, fonts, zone data; world-readable on every distribution. /nix and /gnu hold programs only.
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
)
#: What numerical libraries ask about the processor and themselves.
MACHINE = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")

_PASSED_ON = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LANG")


def environment() -> dict[str, str]:
    """What the reader is told of the environment: how to start, nothing about the user."""
    # One thread: a reader has no business with more, and thread stacks count against the memory limit.
    # onnxruntime reports its use over the network from a thread of its own unless it is told not to. That
    # could not leave the sandbox; but Landlock binds a process only while it has a single thread.
    settings = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}
    return {k: v for k, v in os.environ.items() if k in _PASSED_ON} | settings


def python_places() -> tuple[Path, ...]:
    """Existing folders and files of the running Python, its packages and this package, and their targets.

    Never the root folder, the user's home or a folder above it.
    """
    named = [f for prefix in _prefixes() for f in _parts(prefix)]
    named += [Path(p) for p in sysconfig.get_paths().values()]
    named += [Path(p) for p in site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        named.append(Path(site.getusersitepackages()))
    named += [Path(p) for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(p).is_absolute()]
    # Installed in place, the package is in no site folder.
    named.append(Path(__file__).resolve().parents[2])
    # The data path of sysconfig is the prefix itself: of a virtual environment in a home it shows too much.
    kept = [p for p in named if p not in _prefixes() and not _too_wide(p)]
    return _existing(kept)


def system_places() -> tuple[Path, ...]:
    """Existing folders and files of the system's libraries, as named; may be symbolic links."""
    return tuple(Path(p) for p in _SYSTEM if _exists(Path(p)))


def _prefixes() -> set[Path]:
    return {Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)}


def _parts(prefix: Path) -> list[Path]:
    return [prefix / name for name in ("bin", "lib", "lib64", "share", "pyvenv.cfg")]


def _too_wide(place: Path) -> bool:
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    place = place.resolve()
    return place == place.parent or (
        home.is_absolute() and place in (home.resolve(), *home.resolve().parents)
    )


def _existing(places: list[Path]) -> tuple[Path, ...]:
    """Each place as named and as it really is, without those that lie in another."""
    found = {q for p in places if _exists(p) for q in (p, p.resolve())}
    return tuple(sorted(p for p in found if not any(up in found for up in p.parents)))


def _exists(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:
        return False  # behind a folder that this user may not enter
