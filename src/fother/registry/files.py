"""Files that are either whole or absent, whatever happens to the process or the machine."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from fother.errors import RegistryError, StorageError

TEMPORARY_PREFIX = ".part-"
LOCK_SECONDS = 30.0

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def storage_errors(place: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into a StorageError with a clear sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(
                f"There is no room left to write to {place}; free some and try again."
            ) from error
        raise StorageError(
            f"{place} cannot be written ({error.strerror or error}); check its owner and that its disk is "
            "neither read-only nor failing."
        ) from error


def make_private_folder(folder: Path) -> None:
    """Make a folder (and its parents) that only its owner can enter; an existing one is left as it is."""
    missing = []
    place = folder
    while not place.exists():
        missing.append(place)
        place = place.parent
    for place in reversed(missing):
        # Another process may make it at the same moment, which is as good.
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last over a power cut, where the system knows how."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _durable_temporary(folder: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def durable_replace(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 in one step: readers see the old bytes or all of the new ones."""
    temporary = _durable_temporary(path.parent, data)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def durable_new(path: Path, data: bytes) -> bool:
    """Write a file of mode 0600 in one step unless it exists; False when it does (it is left untouched)."""
    if path.exists():
        return False
    temporary = _durable_temporary(path.parent, data)
    try:
        # Unlike a rename, a link never overwrites what another process wrote in the meantime.
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    return True


def leftovers(folders: Iterable[Path]) -> list[Path]:
    """Temporary files that a killed process left in these folders."""
    return sorted(path for folder in folders for path in folder.glob(f"{TEMPORARY_PREFIX}*"))


def remove_old(path: Path, before: datetime) -> bool:
    """Delete a file last touched before a moment; False when it is younger or gone. Raises StorageError."""
    with storage_errors(path):
        try:
            if path.stat().st_mtime >= before.timestamp():
                return False
            path.unlink()
        except FileNotFoundError:
            return False
    return True


class FolderFiles:
    """Small files in a folder that is made when the first is written; `evidence.log` asks for this."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StorageError(
                f"{self.folder / name} cannot be read ({error.strerror or error}); check its owner and disk."
            ) from error

    def write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        if self.read(name) == data:
            return
        with storage_errors(path):
            make_private_folder(path.parent)
            durable_replace(path, data)

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(path.name for path in (self.folder / folder).iterdir() if path.is_file())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def remove(self, name: str) -> None:
        with storage_errors(self.folder / name):
            (self.folder / name).unlink(missing_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        with storage_errors(self.folder):
            make_private_folder(self.folder)
        # SQLite knows how to lock a file on every system, and lets go when the process dies.
        connection = sqlite3.connect(self.folder / "lock", timeout=LOCK_SECONDS, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
            yield
        except sqlite3.Error as error:
            raise RegistryError(f"{self.folder} is in use by another process; try again later.") from error
        finally:
            connection.close()
