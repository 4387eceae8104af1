"""A log in memory that does to publishing what a registry does, and lets a test do worse."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fother.verify import entry, note
from fother.verify.note import VerifierKey

ORIGIN = "fother.registry/test"
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Item:
    number: int
    leaf: bytes
    salt: bytes
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Period:
    number: int
    key: VerifierKey


class Killed(BaseException):
    """The process ends here."""


class MemoryFiles:
    """Files that outlast a kill; `lives` counts down the writes until one comes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.lives = -1

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def write(self, name: str, data: bytes) -> None:
        if self.lives == 0:
            raise Killed
        self.lives -= 1
        self.files[name] = data

    def names(self, folder: str) -> list[str]:
        return sorted(name[len(folder) + 1 :] for name in self.files if name.startswith(f"{folder}/"))

    def remove(self, name: str) -> None:
        if self.lives == 0:
            raise Killed
        self.files.pop(name, None)

    @contextmanager
    def lock(self) -> Iterator[None]:
        yield


class SimulatedLog:
    """See `evidence.log.interface.LogSource`."""

    def __init__(self, origin: str = ORIGIN, seed: int = 0) -> None:
        self.files = MemoryFiles()
        self.items: list[Item] = []
        self.private: dict[VerifierKey, Ed25519PrivateKey] = {}
        self.periods: list[Period] = []
        self.origin, self.seed = origin, seed
        self._name_key("registry")

    def _name_key(self, kind: str) -> None:
        seed = hashlib.sha256(f"{self.origin} {self.seed} {len(self.periods)}".encode()).digest()
        private = Ed25519PrivateKey.from_private_bytes(seed)
        key = note.key_of(self.origin, private)
        self.private[key] = private
        self.periods.append(Period(len(self.items), key))
        self.add(kind, {"key": str(key), "origin": self.origin})

    def add(self, kind: str = "trace", detail: Mapping[str, Any] | None = None) -> None:
        number = len(self.items)
        salt, told = number.to_bytes(32, "big"), detail or {"number": number, "seed": self.seed}
        time = START + timedelta(seconds=number)
        leaf = entry.encode(entry.Entry(kind, time, entry.salted_hash(salt, told)))
        self.items.append(Item(number, leaf, salt, told))

    def grow(self, size: int) -> None:
        while len(self.items) < size:
            self.add()

    def rotate(self) -> None:
        self._name_key("rotate")

    @property
    def log_files(self) -> MemoryFiles:
        return self.files

    @contextmanager
    def log_lock(self) -> Iterator[None]:
        yield

    def log_size(self) -> int:
        return len(self.items)

    def log_entries(self, first: int = 0, count: int | None = None) -> list[Item]:
        return self.items[first:] if count is None else self.items[first : first + count]

    def log_opening(self, number: int) -> Item:
        return self.items[number]

    def log_keys(self) -> list[Period]:
        return list(self.periods)

    def log_private_key(self, key: VerifierKey) -> Ed25519PrivateKey:
        return self.private[key]

    def log_key_replaced(self) -> None:
        self.private = {self.periods[-1].key: self.private[self.periods[-1].key]}
