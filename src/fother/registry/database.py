"""SQLite as the registry needs it: durable, one writer at a time, errors in words.

Write-ahead logging lets readers go on while one process writes; `synchronous=FULL` makes every commit last
over a power cut; `BEGIN IMMEDIATE` takes the write lock before anything is read, so that two processes never
decide on the same free index (https://www.sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from fother.errors import RegistryError, StorageError
from fother.registry.files import storage_errors, sync_folder

_WRITE = "fother_write"
_RETRY_SECONDS = 0.05


def error_of(error: BaseException | None, place: Path) -> RegistryError:
    """The error to raise for one of SQLite (https://www.sqlite.org/rescode.html)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RegistryError(
            f"Another process keeps writing to the registry {place}; wait until it is done and try again, "
            "or end it if it hangs."
        )
    if code == sqlite3.SQLITE_FULL:
        return StorageError(f"There is no room left to write to {place}; free some and try again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageError(
            f"{place} cannot be opened for writing; check its owner and that its disk is not read-only."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StorageError(
            f"The disk refused to read or write {place}; check that it has room left and is not failing."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return RegistryError(f"The registry {place} is damaged ({error}); restore it from your backup.")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return RegistryError(f"The registry {place} refused an entry that contradicts others ({error}).")
    return RegistryError(f"The registry {place} could not be used ({error}); run a check of it.")


@contextmanager
def database_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise error_of(error.orig, place) from error
    except sqlite3.Error as error:
        raise error_of(error, place) from error


class Database:
    """One SQLite file. Threads may share it; a forked process must open its own.

    `patience` is how many seconds a transaction waits for another process's write.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path
        self.patience = patience
        self._engine = _engine(path, patience)

    def make(self) -> None:
        """Create the file, readable by its owner only, and set its journal to write-ahead.

        Raises StorageError when the folder cannot be written, RegistryError when another process blocks it.
        """
        with storage_errors(self.path.parent):
            # SQLite gives its journal files the mode of the main one.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            sync_folder(self.path.parent)
        with database_errors(self.path):
            self._set_journal()

    def _set_journal(self) -> None:
        # Changing the journal needs the file for itself and does not wait for it, so the waiting is here.
        deadline = time.monotonic() + self.patience
        while True:
            connection = sqlite3.connect(self.path, timeout=self.patience)
            try:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
                if not busy or time.monotonic() > deadline:
                    raise
            finally:
                connection.close()
            time.sleep(_RETRY_SECONDS)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with database_errors(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the write lock from its start; all or nothing of it lasts."""
        with database_errors(self.path), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            with connection.begin():
                yield connection

    def compact(self) -> bool:
        """Write the file anew without what was deleted, and empty its journal; False when it is in use.

        Needs as much room again as the file takes. Raises StorageError.
        """
        self._engine.dispose()  # our own connections would be in the way
        with database_errors(self.path):
            connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
            try:
                for pragma in ("synchronous = FULL", "secure_delete = ON"):
                    connection.execute(f"PRAGMA {pragma}")
                connection.execute("VACUUM")
                in_use, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not in_use
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
                return False
            finally:
                connection.close()

    def close(self) -> None:
        self._engine.dispose()


def _engine(path: Path, patience: float) -> Engine:
    address = f"{path.absolute().as_uri()}?mode=rw"  # a database that vanished is not made anew, empty

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
        )

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",
            "trusted_schema = OFF",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver's own BEGIN is switched off by isolation_level=None: it comes too late.
        write = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
