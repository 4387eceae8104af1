"""Content-addressed files, encrypted: known by the SHA-256 of their bytes, named so that others cannot tell.

    name = base 32 of HMAC-SHA-256(name key, SHA-256), RFC 2104: without the key no guessed file is found
    file = "fother blob" 0x00, version 1 (1 byte), key version (4 bytes, big-endian), AES-256-GCM of the bytes

The ciphertext is bound to the SHA-256 and to the head of the file. A file stays under the key that it was
written with until it is written again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fother.errors import RegistryError
from fother.registry.atrest import cipher
from fother.registry.files import durable_replace, leftovers, make_private_folder, storage_errors
from fother.registry.ids import Entropy

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z2-7]{52}")
_MAGIC = b"fother blob\0\x01"
_HEAD = struct.Struct(f">{len(_MAGIC)}sI")
OVERHEAD = _HEAD.size + cipher.OVERHEAD  #: bytes that a file has more than its content


@dataclass(frozen=True)
class BlobKeys:
    """What blobs are named and encrypted with; the highest version is for new ones."""

    name: bytes = field(repr=False)
    data: Mapping[int, bytes] = field(repr=False)

    @property
    def newest(self) -> int:
        return max(self.data)


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class FolderBlobs:
    """Blobs in a folder, `ab/abcd…`, one file each. `keys` gives the keys whenever they are needed.

    All methods that need the keys raise RegistryError when these are missing or wrong.
    """

    def __init__(self, folder: Path, keys: Callable[[], BlobKeys], entropy: Entropy) -> None:
        self.folder = folder
        self._keys = keys
        self._entropy = entropy

    def name(self, sha256: str) -> str:
        """The name of a blob's file."""
        return _name(self._keys(), sha256)

    def path(self, sha256: str) -> Path:
        return self.file(self.name(sha256))

    def file(self, name: str) -> Path:
        """Where the file of a name lies."""
        return self.folder / name[:2] / name

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256; storing them again mends a damaged file.

        Raises StorageError when the disk is full or the folder cannot be written; nothing is left behind.
        """
        sha256, keys = sha256_hex(data), self._keys()
        path = self.file(_name(keys, sha256))
        with storage_errors(self.folder):
            if path.is_file() and _opened(keys, sha256, path.read_bytes()) == data:
                # A fresh time keeps a concurrent clean-up from taking it for an old orphan.
                os.utime(path)
                return sha256
            make_private_folder(path.parent)
            durable_replace(path, self._sealed(keys, sha256, data))
            # The key may have been dropped in the meantime; see `FolderSeals.drop_old_data_keys`.
            while keys.newest not in (now := self._keys()).data:
                keys = now
                durable_replace(path, self._sealed(keys, sha256, data))
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob, verified. Raises RegistryError when it is missing or damaged."""
        fault, data = self._read(sha256)
        if data is None:
            raise RegistryError(fault)
        return data

    def fault(self, sha256: str, size: int) -> str:
        """What is wrong with a blob, as a sentence; empty when it is there, intact and of this size."""
        fault, data = self._read(sha256)
        if data is not None and len(data) != size:
            return f"The entry of blob {sha256} says {size} bytes, its file has another size."
        return fault

    def renew(self, sha256: str) -> bool:
        """Write a blob under the newest key; False when it is already. Raises RegistryError, StorageError."""
        if self.is_newest(sha256):
            return False
        keys, data = self._keys(), self.get(sha256)
        with storage_errors(self.folder):
            durable_replace(self.file(_name(keys, sha256)), self._sealed(keys, sha256, data))
        return True

    def under_old_keys(self) -> int:
        """How many files in the folder, known to the database or not, are under an old key."""
        newest, count = self._keys().newest, 0
        for name in self.names():
            with suppress(FileNotFoundError), self.file(name).open("rb") as file:
                count += _key_version(file.read(_HEAD.size)) not in (newest, None)
        return count

    def is_newest(self, sha256: str) -> bool:
        """Whether a blob's file is there and under the newest key."""
        keys = self._keys()
        try:
            with self.file(_name(keys, sha256)).open("rb") as file:
                return _key_version(file.read(_HEAD.size)) == keys.newest
        except OSError:
            return False

    def _sealed(self, keys: BlobKeys, sha256: str, data: bytes) -> bytes:
        head = _HEAD.pack(_MAGIC, keys.newest)
        return head + cipher.encrypt(keys.data[keys.newest], data, _binding(head, sha256), self._entropy)

    def _read(self, sha256: str) -> tuple[str, bytes | None]:
        keys = self._keys()
        path = self.file(_name(keys, sha256))
        try:
            sealed = path.read_bytes()
        except FileNotFoundError:
            return f"The stored file {path} is missing; restore it from your backup.", None
        except OSError as error:
            return f"The stored file {path} cannot be read ({error.strerror}).", None
        data = _opened(keys, sha256, sealed)
        if data is None:
            return f"The stored file {path} is damaged or not its own; restore it from your backup.", None
        return "", data

    def names(self) -> Iterator[str]:
        """The name of every blob's file in the folder, whole or damaged."""
        for path in sorted(self.folder.glob("*/*")):
            if _NAME.fullmatch(path.name):
                yield path.name

    def leftovers(self) -> list[Path]:
        """Temporary files that a killed process left."""
        return leftovers(self.folder.glob("*"))

    def in_clear(self) -> Iterator[Path]:
        """Files that a version before 0.2 stored in clear, under their SHA-256."""
        for path in sorted(self.folder.glob("*/*")):
            if _SHA256.fullmatch(path.name):
                yield path

    def encrypt(self, path: Path) -> None:
        """Replace a file in clear by its encrypted one; one that is damaged or gone is left to the check."""
        with storage_errors(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # another process was quicker
                return
            if sha256_hex(data) != path.name:
                return
            self.put(data)
            path.unlink(missing_ok=True)


def _name(keys: BlobKeys, sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise RegistryError(f"'{sha256}' is not the name of a blob; give a SHA-256 in lower-case hex.")
    digest = hmac.digest(keys.name, bytes.fromhex(sha256), "sha256")
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _binding(head: bytes, sha256: str) -> bytes:
    return head + bytes.fromhex(sha256)


def _key_version(head: bytes) -> int | None:
    if len(head) < _HEAD.size or not head.startswith(_MAGIC):
        return None
    return int(_HEAD.unpack(head[: _HEAD.size])[1])


def _opened(keys: BlobKeys, sha256: str, sealed: bytes) -> bytes | None:
    head = sealed[: _HEAD.size]
    key = keys.data.get(_key_version(head) or 0)
    if key is None:
        return None
    try:
        data = cipher.decrypt(key, sealed[_HEAD.size :], _binding(head, sha256))
    except cipher.Refused:
        return None
    return data if sha256_hex(data) == sha256 else None
