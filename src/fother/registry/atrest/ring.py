"""The key ring: every secret of a registry by name, in one file that opens only with what locks it.

    keys/ring.json = {"format": "fother key ring 1", "lock": {…}, "sealed": base64}
    sealed         = AES-256-GCM(key-encryption key, {name: base64 of the secret}, bound to format and lock)

Names: "master", from which codewords and stamps follow; "data/1", "data/2", … for stored files, of which the
last is used for new ones; "approver/…", the own approver's key of a registry that has no others; and those
of other parts. Nothing of the ring is cached but the key that opens it: a ring that vanishes or changes is
noticed at its next use.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fother.errors import RegistryError
from fother.registry.atrest import cipher
from fother.registry.atrest.lock import MOST_WORK, Lock, Unlocking, new_lock
from fother.registry.files import durable_new, durable_replace, make_private_folder, storage_errors
from fother.registry.ids import Entropy

FORMAT = "fother key ring 1"
MASTER = "master"
KEY_BYTES = 32
_DATA = "data/"

Signature = tuple[tuple[int, ...], ...]


class KeyRing:
    """The ring in a folder. Whoever changes it holds the database's write lock, so that no change is lost."""

    def __init__(self, folder: Path, unlocking: Unlocking) -> None:
        self.folder = folder
        self.path = folder / "ring.json"
        self._unlocking = unlocking
        self._opened: dict[Lock, bytes] = {}

    def make(self, entropy: Entropy, master: bytes | None = None) -> None:
        """Write a new ring unless there is one; with a given master key, or a new one.

        Raises StorageError when the folder cannot be written.
        """
        if self.path.exists():
            return
        lock = new_lock(self._unlocking, entropy)
        secrets = {MASTER: master or entropy(KEY_BYTES), f"{_DATA}1": entropy(KEY_BYTES)}
        with storage_errors(self.folder):
            make_private_folder(self.folder)
            durable_new(self.path, self._sealed(lock, secrets, entropy))

    def signature(self) -> Signature | None:
        """What changes when the ring is replaced, altered or opened to others; None when it is missing."""
        try:
            found = [self.folder.stat(), self.path.stat()]
        except OSError:
            return None
        return tuple((s.st_dev, s.st_ino, s.st_mode, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in found)

    def faults(self) -> list[str]:
        """What is wrong with the ring's folder and file, one sentence each; empty when all is well."""
        try:
            status, folder = self.path.stat(), self.folder.stat()
        except FileNotFoundError:
            return [f"The key ring {self.path} is missing; restore it from your backup."]
        except OSError as error:
            return [f"The key ring {self.path} cannot be read ({error.strerror}); check its owner."]
        found = []
        if os.name == "posix" and stat.S_IMODE(folder.st_mode) & 0o077:
            mode = stat.S_IMODE(folder.st_mode)
            found.append(f"Others may enter the key folder {self.folder} (mode {mode:04o}); chmod it to 700.")
        if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o177:
            mode = stat.S_IMODE(status.st_mode)
            found.append(f"The key ring {self.path} has mode {mode:04o}; chmod it to 600.")
        return found

    @property
    def lock(self) -> Lock:
        """What the ring is locked with. Raises RegistryError when it is missing or damaged."""
        return self._file()[0]

    def secrets(self) -> dict[str, bytes]:
        """All secrets by name.

        Raises RegistryError when the ring is missing, open to others, damaged, or not opened by what the user
        offers.
        """
        faults = self.faults()
        if faults:
            raise RegistryError(faults[0])
        lock, sealed = self._file()
        try:
            plain = json.loads(cipher.decrypt(self._key(lock), sealed, _binding(lock)))
        except cipher.Refused:
            del self._opened[lock]
            raise RegistryError(lock.mismatch(self._unlocking)) from None
        return {name: base64.b64decode(value) for name, value in plain.items()}

    def put(self, changes: Mapping[str, bytes | None], entropy: Entropy) -> None:
        """Add or replace secrets, or drop those given as None, in one step. Raises StorageError."""
        kept = {**self.secrets(), **changes}
        self._write(
            self._file()[0], {name: value for name, value in kept.items() if value is not None}, entropy
        )

    def relock(self, unlocking: Unlocking, entropy: Entropy) -> None:
        """Lock the ring with something else. What it was locked with opens it no more."""
        secrets = self.secrets()
        self._write(new_lock(unlocking, entropy), secrets, entropy, unlocking)

    def _write(
        self, lock: Lock, secrets: Mapping[str, bytes], entropy: Entropy, unlocking: Unlocking | None = None
    ) -> None:
        self._unlocking = unlocking or self._unlocking
        with storage_errors(self.folder):
            durable_replace(self.path, self._sealed(lock, secrets, entropy))

    def _key(self, lock: Lock) -> bytes:
        if lock not in self._opened:
            self._opened[lock] = lock.key(self._unlocking)
        return self._opened[lock]

    def _sealed(self, lock: Lock, secrets: Mapping[str, bytes], entropy: Entropy) -> bytes:
        plain = json.dumps({name: base64.b64encode(value).decode() for name, value in secrets.items()})
        sealed = cipher.encrypt(self._key(lock), plain.encode(), _binding(lock), entropy)
        content = {"format": FORMAT, "lock": _plain(lock), "sealed": base64.b64encode(sealed).decode()}
        return json.dumps(content, indent=1).encode() + b"\n"

    def _file(self) -> tuple[Lock, bytes]:
        try:
            content: dict[str, Any] = json.loads(self.path.read_bytes())
            if content["format"] != FORMAT:
                raise RegistryError(f"The key ring {self.path} is of a newer version; update fother.")
            held = content["lock"]
            lock = Lock(held["kind"], bytes.fromhex(held["salt"]), int(held.get("work", 0)))
            if lock.kind not in ("passphrase", "key file", "keyring") or not 0 <= lock.work <= MOST_WORK:
                raise ValueError
            return lock, base64.b64decode(content["sealed"], validate=True)
        except FileNotFoundError:
            raise RegistryError(
                f"The key ring {self.path} is missing; restore it from your backup."
            ) from None
        except OSError as error:
            raise RegistryError(
                f"The key ring {self.path} cannot be read ({error.strerror}); check its owner."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
            raise RegistryError(
                f"The key ring {self.path} is damaged; restore it from your backup."
            ) from None


def data_keys(secrets: Mapping[str, bytes]) -> dict[int, bytes]:
    """The keys of stored files by version; the highest is for new ones."""
    return {int(name[len(_DATA) :]): key for name, key in secrets.items() if name.startswith(_DATA)}


def data_key_name(version: int) -> str:
    return f"{_DATA}{version}"


def _plain(lock: Lock) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": lock.kind, "salt": lock.salt.hex()}
    return plain | ({"work": lock.work} if lock.work else {})


def _binding(lock: Lock) -> bytes:
    return json.dumps([FORMAT, _plain(lock)], sort_keys=True).encode()
