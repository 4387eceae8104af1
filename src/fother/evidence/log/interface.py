"""What publishing needs of whatever keeps the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fother.verify.note import VerifierKey


class Leaf(Protocol):
    """One entry."""

    @property
    def number(self) -> int:
        """From 0, without gaps."""

    @property
    def leaf(self) -> bytes:
        """The entry's bytes."""


class Opening(Protocol):
    """What an entry is about."""

    @property
    def salt(self) -> bytes:
        """32 bytes."""

    @property
    def detail(self) -> Mapping[str, Any]:
        """Canonical JSON values."""


class LogFiles(Protocol):
    """A folder of small files; names are relative, with "/"."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None when there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file in one step that outlasts a power cut. Raises a StorageError."""

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder, sorted; empty when there is none."""

    def lock(self) -> AbstractContextManager[None]:
        """Nobody else who asks for the lock of this folder has it meanwhile."""

    def remove(self, name: str) -> None:
        """Delete a file if it is there."""


class KeyPeriod(Protocol):
    """A key of the log with the entry that named it."""

    @property
    def number(self) -> int:
        """The entry that names the key: 0 for the first one."""

    @property
    def key(self) -> VerifierKey:
        """Its public half."""


class LogSource(Protocol):
    """The log itself: entries that are committed, and keys to sign with."""

    @property
    def log_files(self) -> LogFiles:
        """Where the log is published."""

    def log_lock(self) -> AbstractContextManager[None]:
        """Nobody else publishes or enters anything as long as this is held."""

    def log_size(self) -> int:
        """How many entries are committed."""

    def log_entries(self, first: int = 0, count: int | None = None) -> Sequence[Leaf]:
        """Committed entries in their order."""

    def log_opening(self, number: int) -> Opening:
        """What an entry is about. Raises a RegistryError."""

    def log_keys(self) -> Sequence[KeyPeriod]:
        """All keys that the log was ever signed with, the present one last."""

    def log_private_key(self, key: VerifierKey) -> Ed25519PrivateKey:
        """The private half. Raises a RegistryError when it is missing or does not fit."""

    def log_key_replaced(self) -> None:
        """Make the last key the present one for good and forget the one before it."""
