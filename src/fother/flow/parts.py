"""Files that appear under their name only when complete, and what killed writers left behind.

A writer holds a lock on its unfinished part; the system lets go of it when the writer dies. So whoever can
lock a part has found one that belongs to nobody.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: an open file cannot be deleted there, which is lock enough
    fcntl = None  # type: ignore[assignment]

_ENDING = ".part"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file durably: it has its name when all of it is on the disk, and not before. Raises OSError."""
    # Under a name of its own: a second run of the same command may be writing the same file.
    part = path.with_name(f".{path.name}.{os.getpid()}{_ENDING}")
    try:
        with _open_locked(part) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if fcntl is not None:
                part.replace(path)
        if fcntl is None:
            part.replace(path)
    except BaseException:  # an interruption leaves nothing behind either
        with suppress(OSError):
            part.unlink()
        raise


def sweep(folder: Path, pattern: str) -> None:
    """Delete the parts of files of these names whose writers are dead. Raises OSError."""
    for part in folder.glob(f".{pattern}.*{_ENDING}"):
        with suppress(FileNotFoundError, PermissionError), part.open("rb+") as file:
            if fcntl is not None:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                part.unlink()
        if fcntl is None:
            with suppress(FileNotFoundError, PermissionError):
                part.unlink()


def _open_locked(part: Path) -> BinaryIO:
    while True:
        file = part.open("wb")
        if fcntl is None:
            return file
        # Where a file system knows no locks, parts are left alone rather than taken from a living writer.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        if _is(file, part):
            return file
        file.close()  # swept between opening and locking


def _is(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
