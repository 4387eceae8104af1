"""The part of the registry in a folder that is its log; see `log`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

import fother
from fother.errors import RegistryError
from fother.registry import ids, keys, log, log_details
from fother.registry.database import Database
from fother.registry.ids import Entropy
from fother.registry.records import LogEntry, LogOpening
from fother.verify import note

Clock = Callable[[], datetime]

ORIGIN = "fother.registry/"  #: before the random id in the name of a log


class FolderLog:
    """See the part "Log" of `interface.Registry`. `actor` is who acts, as the log will say."""

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

    def _begin_log(self, connection: Connection, key: keys.KeyFile) -> None:
        """The first entry, which binds the log's name and key; then what an older registry holds already."""
        private = Ed25519PrivateKey.from_private_bytes(key.make(self._entropy))
        origin = ORIGIN + ids.base32(self._entropy(10)).lower()
        self._log(
            connection,
            "registry",
            {"origin": origin, "key": str(note.key_of(origin, private)), "software": software()},
        )
        for kind, _, detail in list(log_details.present(connection)):
            self._log(connection, kind, {**detail, "before_log": True})

    def log_size(self) -> int:
        with self._database.reading() as connection:
            return log.size(connection)

    def log_entries(self, first: int = 0, count: int | None = None) -> tuple[LogEntry, ...]:
        with self._database.reading() as connection:
            return log.entries(connection, first, count)

    def log_opening(self, number: int) -> LogOpening:
        with self._database.reading() as connection:
            return log.opening(connection, number)


def software() -> str:
    """The program and its version, as the log says it."""
    return f"fother {fother.__version__}"
