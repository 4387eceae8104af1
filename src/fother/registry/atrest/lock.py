"""What a key ring is locked with: a passphrase, a key file, or the system's keyring.

    key-encryption key = scrypt(passphrase, salt), RFC 7914 with N = 2^work, r = 8, p = 1
                       | HKDF(key file | keyring's secret, salt), RFC 5869 with SHA-256

A new ring is locked with the first of: the passphrase, the key file that the user names, the system's
keyring where the package `keyring` is installed and works, a key file of its own in the user's folder for
settings, which is made at first use. From then on the ring says itself what opens it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import platformdirs
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from fother.errors import RegistryError, UsageError
from fother.registry.atrest import system_keyring
from fother.registry.files import durable_new, make_private_folder, storage_errors
from fother.registry.ids import Entropy

Kind = Literal["passphrase", "key file", "keyring"]
KEY_BYTES = 32
SALT_BYTES = 16
WORK = 17  #: 128 MiB and about half a second; OWASP's Password Storage Cheat Sheet
MOST_WORK = 20  #: a ring that asks for more was not made by us
_MOST_FILE = 1 << 20


def default_key_file() -> Path:
    """Where the key file lies when nothing else is said: never within a registry."""
    return platformdirs.user_config_path("fother", appauthor=False) / "registry.key"


@dataclass(frozen=True)
class Unlocking:
    """What the user offers to open rings with. Secrets never appear in its text form."""

    passphrase: str | None = field(default=None, repr=False)
    key_file: Path | None = None  #: named by the user
    own_file: Path = field(default_factory=default_key_file)  #: used when no other is named
    keyring: bool = True  #: use the system's keyring for new rings, where there is one
    work: int = WORK  #: log2 of scrypt's cost for new rings

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Unlocking:
        """From FOTHER_PASSPHRASE and FOTHER_KEY_FILE; empty ones count as absent."""
        file = environment.get("FOTHER_KEY_FILE")
        return cls(environment.get("FOTHER_PASSPHRASE") or None, Path(file) if file else None)

    @property
    def file(self) -> Path:
        return self.key_file or self.own_file


@dataclass(frozen=True)
class Lock:
    """What opens a ring: not secret, kept in the ring's file."""

    kind: Kind
    salt: bytes
    work: int = 0  #: log2 of scrypt's N; 0 where no passphrase is stretched

    def key(self, unlocking: Unlocking) -> bytes:
        """The 32-byte key-encryption key. Raises RegistryError that says what is missing."""
        match self.kind:
            case "passphrase":
                if unlocking.passphrase is None:
                    raise RegistryError(
                        "The keys of this registry are locked with a passphrase; set FOTHER_PASSPHRASE."
                    )
                scrypt = Scrypt(salt=self.salt, length=KEY_BYTES, n=1 << self.work, r=8, p=1)
                return scrypt.derive(unlocking.passphrase.encode())
            case "key file":
                return _stretched(read_key_file(unlocking.file), self.salt)
            case "keyring":
                return _stretched(system_keyring.secret(), self.salt)

    def mismatch(self, unlocking: Unlocking) -> str:
        """The sentence for a key that does not open the ring."""
        match self.kind:
            case "passphrase":
                return "FOTHER_PASSPHRASE is not the passphrase of this registry; check how it is typed."
            case "key file":
                return (
                    f"The key file {unlocking.file} does not open this registry; name the right one in "
                    "FOTHER_KEY_FILE or restore it from your backup."
                )
            case "keyring":
                return (
                    "The secret in the system's keyring does not open this registry; use the account that "
                    "made it, or restore the keyring from your backup."
                )


def new_lock(unlocking: Unlocking, entropy: Entropy) -> Lock:
    """A lock for a new ring, with what it needs made. Raises StorageError, RegistryError, UsageError."""
    salt = entropy(SALT_BYTES)
    if unlocking.passphrase is not None:
        return Lock("passphrase", salt, unlocking.work)
    if unlocking.key_file is None and unlocking.keyring and system_keyring.ready(entropy):
        return Lock("keyring", salt)
    make_key_file(unlocking.file, entropy)
    return Lock("key file", salt)


def make_key_file(path: Path, entropy: Entropy) -> None:
    """Write a new key file of mode 0600 unless there is one. Raises StorageError."""
    with storage_errors(path):
        make_private_folder(path.parent)
        durable_new(path, entropy(KEY_BYTES).hex().encode() + b"\n")


def read_key_file(path: Path) -> bytes:
    """The content of a key file: at least 32 bytes, white space at its ends left out.

    Raises RegistryError when it is missing, too short, too long, or open to others.
    """
    try:
        status = path.stat()
        if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
            mode = stat.S_IMODE(status.st_mode)
            raise RegistryError(f"Others may read the key file {path} (mode {mode:04o}); chmod it to 600.")
        if status.st_size > _MOST_FILE:
            raise RegistryError(f"{path} is too large for a key file; name the right one in FOTHER_KEY_FILE.")
        content = path.read_bytes().strip()
    except FileNotFoundError:
        raise RegistryError(
            f"The key file {path} that opens this registry is missing; restore it from your backup, or name "
            "where it lies now in FOTHER_KEY_FILE."
        ) from None
    except OSError as error:
        raise RegistryError(
            f"The key file {path} cannot be read ({error.strerror}); check its owner."
        ) from None
    if len(content) < KEY_BYTES:
        raise RegistryError(
            f"The key file {path} has {len(content)} bytes, a key needs at least {KEY_BYTES}; restore it "
            "from your backup."
        )
    return content


def require_passphrase(passphrase: str) -> str:
    """Refuse a passphrase that would be guessed at once. Raises UsageError."""
    if len(passphrase) < 8:
        raise UsageError("A passphrase needs at least 8 characters; several random words are best.")
    return passphrase


def _stretched(secret: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"fother key ring 1").derive(secret)
