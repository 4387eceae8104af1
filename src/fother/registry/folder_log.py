"""The part of the registry in a folder that is its log; see `log`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

import fother
from fother.errors import RegistryError
from fother.registry import ids, log, log_details
from fother.registry.database import Database
from fother.registry.files import FolderFiles
from fother.registry.ids import Entropy
from fother.registry.own_keys import OwnKeys
from fother.registry.records import LogEntry, LogKey, LogOpening
from fother.verify import note
from fother.verify.note import VerifierKey

Clock = Callable[[], datetime]

LOG_KEY, NEXT_LOG_KEY = "log", "log next"  #: in the key ring; the second while the first is being replaced
ORIGIN = "fother.registry/"  #: before the random id in the name of a log


class FolderLog:
    """See the part "Log" of `interface.Registry`. `actor` is who acts, as the log will say."""

    _keys: OwnKeys  #: set before any of the methods is used

    def __init__(self, database: Database, clock: Clock, entropy: Entropy, actor: str) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        # The name of a user may hold bytes that are no text.
        self._actor = actor.encode("utf-8", "backslashreplace").decode()

    @property
    def actor(self) -> str:
        return self._actor

    def _now(self) -> datetime:
        now = self._clock()
        if now.tzinfo is None:
            raise RegistryError("The clock tells a time without a zone; give the registry one in UTC.")
        return now

    def _log(self, connection: Connection, kind: str, detail: Mapping[str, Any]) -> int:
        """Enter an act into the log, in the transaction that does it."""
        detail = {**detail, "actor": self._actor}
        return log.append(connection, kind, detail, self._now(), self._entropy)

    def _begin_log(self, connection: Connection) -> None:
        """The first entry, which binds the log's name and key; then what an older registry holds already."""
        private = Ed25519PrivateKey.from_private_bytes(self._keys.log_key(LOG_KEY))
        origin = ORIGIN + ids.base32(self._entropy(10)).lower()
        self._log(
            connection,
            "registry",
            {"origin": origin, "key": str(note.key_of(origin, private)), "software": software()},
        )
        for kind, _, detail in list(log_details.present(connection)):
            self._log(connection, kind, {**detail, "before_log": True})

    # Reading

    def log_size(self) -> int:
        with self._database.reading() as connection:
            return log.size(connection)

    def log_entries(self, first: int = 0, count: int | None = None) -> tuple[LogEntry, ...]:
        with self._database.reading() as connection:
            return log.entries(connection, first, count)

    def log_opening(self, number: int) -> LogOpening:
        with self._database.reading() as connection:
            return log.opening(connection, number)

    # Publishing; `evidence.log` says what is asked of these

    @property
    def log_files(self) -> FolderFiles:
        return FolderFiles(self._database.path.parent / "log")

    @contextmanager
    def log_lock(self) -> Iterator[None]:
        # The write lock of the database: readers see all that is committed, and nothing is being added.
        with self._database.writing():
            yield

    def log_keys(self) -> tuple[LogKey, ...]:
        with self._database.reading() as connection:
            return log.keys(connection)

    def log_private_key(self, key: VerifierKey) -> Ed25519PrivateKey:
        secrets = self._keys.ring.secrets()
        for name in (LOG_KEY, NEXT_LOG_KEY):
            if name in secrets:
                private = Ed25519PrivateKey.from_private_bytes(secrets[name])
                if note.key_of(key.name, private) == key:
                    return private
        raise RegistryError(
            f"The key ring {self._keys.ring.path} does not hold the key that the log names; restore the "
            "right one from your backup."
        )

    def log_key_replaced(self) -> None:
        following = self._keys.ring.secrets().get(NEXT_LOG_KEY)
        if following is not None:
            self._keys.ring.put({LOG_KEY: following, NEXT_LOG_KEY: None}, self._entropy)

    # Changing the log itself

    def rotate_log_key(self) -> VerifierKey:
        with self._database.writing() as connection:
            *_, last = log.keys(connection)
            # A key left by a process killed right here is taken over: the log does not name it yet.
            private = Ed25519PrivateKey.from_private_bytes(self._keys.log_key(NEXT_LOG_KEY))
            following = note.key_of(last.key.name, private)
            if following == last.key:
                raise RegistryError(
                    "The last change of the log's key is not published yet; publish it first."
                )
            # Two entries: the second one is opened to everybody who follows the keys, so it names nobody.
            self._log(connection, "rotate", {"next": str(following)})
            announced = {"key": str(following), "replaces": str(last.key), "actor": ""}
            log.append(connection, "rotate", announced, self._now(), self._entropy)
            return following

    def freeze_log(self, why: str) -> int:
        with self._database.writing() as connection:
            return self._log(connection, "freeze", {"why": log_details.digest(why)})


def software() -> str:
    """The program and its version, as the log says it."""
    return f"fother {fother.__version__}"
