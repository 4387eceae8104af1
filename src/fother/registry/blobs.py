"""Content-addressed files: a blob's name is the SHA-256 of its bytes, so it can neither change nor clash."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from fother.errors import RegistryError
from fother.registry.files import durable_replace, leftovers, make_private_folder, storage_errors

_NAME = re.compile(r"[0-9a-f]{64}")


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class FolderBlobs:
    """Blobs in a folder, `ab/abcd….`, one file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise RegistryError(f"'{sha256}' is not the name of a blob; give a SHA-256 in lower-case hex.")
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256; storing them again mends a damaged file.

        Raises StorageError when the disk is full or the folder cannot be written; nothing is left behind.
        """
        sha256 = sha256_hex(data)
        path = self.path(sha256)
        with storage_errors(self.folder):
            if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
                # A fresh time keeps a concurrent clean-up from taking it for an old orphan.
                os.utime(path)
                return sha256
            make_private_folder(path.parent)
            durable_replace(path, data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob, verified. Raises RegistryError when it is missing or damaged."""
        fault, data = self._read(sha256)
        if data is None:
            raise RegistryError(fault)
        return data

    def fault(self, sha256: str) -> str:
        """What is wrong with a blob, as a sentence; empty when it is there and intact."""
        return self._read(sha256)[0]

    def _read(self, sha256: str) -> tuple[str, bytes | None]:
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return f"The stored file {path} is missing; restore it from your backup.", None
        except OSError as error:
            return f"The stored file {path} cannot be read ({error.strerror}).", None
        if sha256_hex(data) != sha256:
            return f"The stored file {path} is damaged (wrong SHA-256); restore it from your backup.", None
        return "", data

    def names(self) -> Iterator[str]:
        """The SHA-256 of every blob in the folder, whole or damaged."""
        for path in sorted(self.folder.glob("*/*")):
            if _NAME.fullmatch(path.name):
                yield path.name

    def leftovers(self) -> list[Path]:
        """Temporary files that a killed process left."""
        return leftovers(self.folder.glob("*"))
