"""The registry's keys: one master in a file that only its owner can read, all secrets derived from it.

    document secret = HKDF(master, "document|" id)
    edition key     = HKDF(document secret, "code|" resistance "|" strength "|" carriers' SHA-256)
    stamp           = HKDF(edition key, "stamp|" index), 16 bytes
    index key       = HKDF(master, "index")
    check value     = HKDF(master, "check"), kept in the database so that a swapped key file is noticed

The log is signed with an Ed25519 key in a file of its own, so that it can be replaced without touching the
master.

HKDF is RFC 5869 with SHA-256. Whoever has the master can derive every codeword; without it no leak can be
traced any more, so it belongs into the backup, apart from the database.
"""

from __future__ import annotations

import hmac
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fother.errors import RegistryError
from fother.registry.files import durable_new, make_private_folder, storage_errors
from fother.registry.ids import Entropy

KEY_BYTES = 32
STAMP_BYTES = 16
_SALT = b"fother registry 1"


def derive(secret: bytes, info: str, length: int = KEY_BYTES) -> bytes:
    """`length` bytes from a secret, bound to `info`."""
    return HKDF(algorithm=SHA256(), length=length, salt=_SALT, info=info.encode()).derive(secret)


def document_secret(master: bytes, document: str) -> bytes:
    return derive(master, f"document|{document}")


def edition_key(secret: bytes, resistance: int, strength: float, carriers: str) -> bytes:
    """The key of an edition's code from its document's secret: it depends only on what the edition is."""
    return derive(secret, f"code|{resistance}|{strength!r}|{carriers}")


def index_key(master: bytes) -> bytes:
    """What the passage index hides its words behind."""
    return derive(master, "index")


def identities_key(master: bytes) -> bytes:
    """What recipients and lists are recognised by."""
    return derive(master, "identities")


def blob_name_key(master: bytes) -> bytes:
    """What the names of stored files are made with."""
    return derive(master, "blob names")


def stamp(key: bytes, index: int) -> bytes:
    """The unguessable id of one copy of an edition, 16 bytes."""
    return derive(key, f"stamp|{index}", STAMP_BYTES)


def stamp_hash(value: bytes) -> str:
    """What the database keeps of a stamp: enough to find it, not enough to forge it."""
    return derive(value, "stamp look-up").hex()


def decoy_places(key: bytes, first: int, count: int, decoys: int) -> frozenset[int]:
    """Which of `count` + `decoys` new indices from `first` on are decoys: a choice that nobody without the
    edition's key can tell from any other."""
    total = count + decoys
    chosen = derive(key, f"decoys|{first}|{count}|{decoys}")
    order = sorted(range(total), key=lambda k: hmac.digest(chosen, k.to_bytes(8, "big"), "sha256"))
    return frozenset(first + k for k in order[:decoys])


def check_value(master: bytes) -> str:
    return derive(master, "check").hex()


class KeyFile:
    """A file with a key of 32 bytes. Nothing is cached: a key that vanishes is noticed at its next use."""

    def __init__(self, folder: Path, name: str, title: str) -> None:
        self.folder = folder
        self.path = folder / name
        self.title = title

    def make(self, entropy: Entropy) -> bytes:
        """Write a new key unless there is one already; returns the key that counts.

        Raises StorageError when the folder cannot be written.
        """
        with storage_errors(self.folder):
            make_private_folder(self.folder)
            durable_new(self.path, entropy(KEY_BYTES))
        return self.read()

    def faults(self) -> list[str]:
        """What is wrong with the key's folder and file, one sentence each; empty when all is well."""
        try:
            status, folder = self.path.stat(), self.folder.stat()
        except FileNotFoundError:
            return [f"The {self.title} {self.path} is missing; restore it from your backup."]
        except OSError as error:
            return [f"The {self.title} {self.path} cannot be read ({error.strerror}); check its owner."]
        found = []
        if os.name == "posix" and stat.S_IMODE(folder.st_mode) & 0o077:
            mode = stat.S_IMODE(folder.st_mode)
            found.append(f"Others may enter the key folder {self.folder} (mode {mode:04o}); chmod it to 700.")
        if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o177:
            mode = stat.S_IMODE(status.st_mode)
            found.append(f"The {self.title} {self.path} has mode {mode:04o}; chmod it to 600.")
        if status.st_size != KEY_BYTES:
            found.append(
                f"The {self.title} {self.path} has {status.st_size} bytes instead of {KEY_BYTES}; "
                "restore it from your backup."
            )
        return found

    def read(self) -> bytes:
        """The 32 bytes of the key; RegistryError when the file is missing, open to others or damaged."""
        faults = self.faults()
        if faults:
            raise RegistryError(faults[0])
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise RegistryError(
                f"The {self.title} {self.path} cannot be read ({error.strerror}); check its owner."
            ) from error


def read_old_master(path: Path) -> bytes | None:
    """The master key of a registry before version 0.2, in a file of its own; None when there is none.

    Raises RegistryError when it is open to others or damaged.
    """
    return KeyFile(path.parent, path.name, "master key").read() if path.exists() else None
