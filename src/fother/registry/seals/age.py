"""age (https://age-encryption.org/v1): keys as text, and files that hold the key of an approver.

Encrypting needs the public key alone, so that a registry can seal what it cannot open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyrage
from pyrage import passphrase as by_passphrase
from pyrage import x25519

from fother.errors import PasswordError, RegistryError, StorageError, UsageError
from fother.registry.files import durable_new, storage_errors

_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how the text of a secret key begins
_HEADER = b"age-encryption.org/v1"
_MOST_FILE = 1 << 16


class Unopened(Exception):
    """The key is another one, or the ciphertext was changed."""


@dataclass(frozen=True)
class AgeKey:
    """An X25519 key pair in age's spelling. The secret never appears in its text form."""

    public: str  #: "age1…"
    secret: str = field(repr=False)  #: "AGE-SECRET-KEY-1…"


def new_key() -> AgeKey:
    """A new key pair from the system's source of randomness, which age insists on."""
    made = x25519.Identity.generate()
    return AgeKey(str(made.to_public()), str(made))


def key_of(secret: str) -> AgeKey:
    """The pair of a secret key. Raises UsageError when the text is none."""
    try:
        return AgeKey(str(x25519.Identity.from_str(secret.strip()).to_public()), secret.strip())
    except pyrage.IdentityError:
        raise UsageError("This is no secret key of age; it begins with AGE-SECRET-KEY-1.") from None


def check_public(text: str) -> str:
    """A public key in its one spelling. Raises UsageError when the text is none."""
    try:
        return str(x25519.Recipient.from_str(text.strip()))
    except pyrage.RecipientError:
        raise UsageError(f"'{text}' is no public key of age; give one that begins with age1.") from None


def encrypt(plain: bytes, public: str) -> bytes:
    return bytes(pyrage.encrypt(plain, [x25519.Recipient.from_str(public)]))


def decrypt(sealed: bytes, key: AgeKey) -> bytes:
    """Raises Unopened."""
    try:
        return bytes(pyrage.decrypt(sealed, [x25519.Identity.from_str(key.secret)]))
    except pyrage.DecryptError:
        raise Unopened from None


def write_key_file(path: Path, key: AgeKey, passphrase: str | None, now: datetime) -> None:
    """Write a key file of mode 0600 as age's own tools do; encrypted (`age -p`) when there is a passphrase.

    Raises UsageError when the file exists, StorageError when it cannot be written.
    """
    made = now.isoformat(timespec="seconds")
    content = f"# created: {made}\n# public key: {key.public}\n{key.secret}\n".encode()
    if passphrase is not None:
        content = by_passphrase.encrypt(content, passphrase)
    with storage_errors(path):
        if not path.parent.is_dir():
            raise StorageError(f"There is no folder {path.parent}; make it first.")
        if not durable_new(path, content):
            raise UsageError(f"{path} exists already; a key file is never overwritten.")


def key_file_is_locked(path: Path) -> bool:
    """Whether a key file asks for a passphrase. Raises UsageError when it cannot be read."""
    return _content(path).startswith(_HEADER)


def read_key_file(path: Path, passphrase: str | None) -> AgeKey:
    """The one secret key in a key file of age or of `fother seal key`.

    Raises UsageError when it holds none or several, PasswordError when the passphrase is missing or wrong.
    """
    content = _content(path)
    if content.startswith(_HEADER):
        if passphrase is None:
            raise PasswordError(f"The key file {path} is encrypted; give its passphrase.")
        try:
            content = by_passphrase.decrypt(content, passphrase)
        except pyrage.DecryptError:
            raise PasswordError(f"The passphrase of the key file {path} is wrong.") from None
    found = [line for line in _lines(content, path) if line.upper().startswith(_SECRET)]
    if len(found) != 1:
        raise UsageError(
            f"{path} holds {len(found)} secret keys of age instead of one; name an approver's key file."
        )
    return key_of(found[0])


def read_public_keys(path: Path) -> tuple[str, ...]:
    """The public keys in a file, one a line; lines with # are comments. Raises UsageError."""
    return tuple(check_public(line) for line in _lines(_content(path), path))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_FILE:
            raise UsageError(f"{path} is too large for a file of keys.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"The file of keys {path} cannot be read ({error.strerror}).") from None


def _lines(content: bytes, path: Path) -> list[str]:
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no file of keys: it is not text.") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def own_key(stored: bytes | None) -> AgeKey:
    """The own approver's key as the ring keeps it. Raises RegistryError when the ring has lost it."""
    if stored is None:
        raise RegistryError("The key ring does not hold the approver's key; restore it from your backup.")
    return key_of(stored.decode())
