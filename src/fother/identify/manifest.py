"""Which files make up an index at one moment: the manifest, replaced in one step, and the writer's lock."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from fother.errors import RegistryError, StorageError

FORMAT = 2  #: of the files; another number means that the index must be built again
NAME = "manifest.json"
_LOCK = "writer.lock"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class SegmentInfo:
    """One immutable pair of files: documents, and their postings in order of hash.

    The low `position_bits` of a posting are its place, the others the first bits of its hash.
    """

    name: str
    documents: int
    postings: int
    position_bits: int
    units: int  #: places that its documents take up
    checksum: str  #: SHA-256 of the file of documents, hex
    postings_checksum: str  #: SHA-256 of the file of postings, hex


@dataclass(frozen=True)
class Manifest:
    """The state of an index. Documents have serial numbers that grow and are never used twice."""

    key_check: str
    next_serial: int = 1
    segments: tuple[SegmentInfo, ...] = ()  #: in order of their documents' serials
    removed: tuple[int, ...] = ()  #: serials of removed documents that are still in segments
    #: first and past-the-last serials whose words may have been stored without their documents
    doubtful: tuple[tuple[int, int], ...] = field(default=())

    def reserve(self, count: int) -> Manifest:
        """Serials set apart for documents that are about to be added."""
        end = self.next_serial + count
        return replace(self, next_serial=end, doubtful=(*self.doubtful, (self.next_serial, end)))


def key_check(key: bytes) -> str:
    return hashlib.blake2b(b"fother index", key=hashlib.sha256(key).digest(), digest_size=16).hexdigest()


def damaged(folder: Path, reason: str) -> RegistryError:
    return RegistryError(f"The passage index in {folder} {reason}; run `fother reindex` to build it again.")


def load(folder: Path) -> Manifest:
    """Raises RegistryError when the manifest is missing, damaged or of another version."""
    try:
        stored = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise damaged(folder, "was made by another version of Fother")
        body = stored["body"]
        if stored["checksum"] != _checksum(body):
            raise damaged(folder, "is damaged")
        return Manifest(
            key_check=body["key_check"],
            next_serial=body["next_serial"],
            segments=tuple(SegmentInfo(**segment) for segment in body["segments"]),
            removed=tuple(body["removed"]),
            doubtful=tuple((first, end) for first, end in body["doubtful"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(folder, "cannot be read") from error


def save(folder: Path, manifest: Manifest) -> None:
    """Readers see the old manifest or all of the new one, also after a power cut."""
    body = json.loads(json.dumps(asdict(manifest)))
    data = json.dumps({"format": FORMAT, "checksum": _checksum(body), "body": body})
    handle, name = tempfile.mkstemp(prefix=".part-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / NAME)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(folder)


def stamp(folder: Path) -> tuple[int, int, int]:
    """Changes whenever the manifest is replaced."""
    try:
        status = (folder / NAME).stat()
    except OSError as error:
        raise damaged(folder, "has lost its manifest") from error
    return status.st_mtime_ns, status.st_ino, status.st_size


def _checksum(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn the system's refusal to write into a StorageError with a clear sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(
                f"There is no room left for the passage index in {folder}; free some and try again."
            ) from error
        raise StorageError(
            f"The passage index in {folder} cannot be written ({error.strerror or error}); check the "
            "folder's owner and its disk."
        ) from error


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Wait for the only right to change the index; the system takes it back from a killed process."""
    with storage_errors(folder):
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
