"""The registry in a folder: SQLite, blobs and the master key.

    home/registry.sqlite   all entries
    home/blobs/ab/abcd…    originals, carriers, templates, plans, texts, leaked files, reports, encrypted
    home/keys/ring.json    the keys, locked with something that lies elsewhere
    home/index/            indexes of texts, made from the rest and kept by others

A blob is stored before the transaction that refers to it, so a kill leaves at most a file that belongs to
nothing, never an entry without its file.

The parts of the interface are in `folder_log`, `leaks`, `desk`, `folder_seals`, `folder_commitments`,
`folder_documents`, `folder_copies` and `folder_upkeep`, each built on the one before. Here they are opened.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from sqlalchemy import Connection

from fother.errors import NotFoundError, RegistryError
from fother.registry import documents, ids, items, log, remains, rows, schema
from fother.registry.atrest.lock import Unlocking
from fother.registry.blobs import FolderBlobs
from fother.registry.database import Database
from fother.registry.files import make_private_folder, storage_errors
from fother.registry.folder_log import Clock
from fother.registry.folder_upkeep import FolderUpkeep
from fother.registry.ids import Entropy
from fother.registry.own_keys import OwnKeys
from fother.registry.records import Document, Item, Record
from fother.registry.seals import clear, setups

DATABASE_NAME = "registry.sqlite"
PATIENCE = 30.0  #: seconds to wait for another process's write


def utc_now() -> datetime:
    return datetime.now(UTC)


def default_home() -> Path:
    """The platform's folder for user data of Fother."""
    return platformdirs.user_data_path("fother", appauthor=False)


def open_registry(
    home: Path,
    *,
    create: bool = True,
    clock: Clock = utc_now,
    entropy: Entropy = secrets.token_bytes,
    patience: float = PATIENCE,
    actor: str = "",
    unlocking: Unlocking | None = None,
) -> FolderRegistry:
    """Open the registry in a folder; with `create`, make one when there is none.

    `clock` tells the time with its zone, `entropy(n)` gives n unpredictable bytes, `actor` is who acts.
    `unlocking` opens the keys; by default what FOTHER_PASSPHRASE and FOTHER_KEY_FILE say.
    Raises RegistryError when there is none, or when it is damaged, locked, of a newer version or not ours;
    StorageError when the folder cannot be written.
    """
    path = home / DATABASE_NAME
    database = Database(path, patience)
    own_keys = OwnKeys(home / "keys", unlocking or Unlocking.from_environment(os.environ), database, entropy)
    try:
        # In this order: a new registry gets its database file before its key.
        has_key, exists = own_keys.exist(), path.exists()
    except OSError as error:
        raise RegistryError(f"{home} cannot be opened ({error.strerror}); check its owner.") from error
    if has_key and not exists:
        raise RegistryError(
            f"The registry {home} has lost its database {DATABASE_NAME}; restore it from your backup."
        )
    if not exists and not create:
        raise RegistryError(
            f"There is no registry in {home}; register a document first, or name another folder."
        )
    registry = FolderRegistry(home, database, own_keys, clock, entropy, actor)
    try:
        if not exists:
            with storage_errors(home):
                make_private_folder(home)
        if not exists or path.stat().st_size == 0:
            database.make()
        registry.bring_up_to_date()
    except BaseException:
        database.close()
        raise
    return registry


class FolderRegistry(FolderUpkeep):
    """See `interface.Registry`. Made by `open_registry`; usable as a context manager."""

    def __init__(
        self,
        home: Path,
        database: Database,
        own_keys: OwnKeys,
        clock: Clock,
        entropy: Entropy,
        actor: str = "",
    ) -> None:
        blobs = FolderBlobs(home / "blobs", own_keys.blob, entropy)
        super().__init__(database, blobs, clock, entropy, actor)
        self._home = home
        self._keys = own_keys

    @property
    def home(self) -> Path:
        return self._home

    @property
    def index_folder(self) -> Path:
        return self._home / "index"

    def __enter__(self) -> FolderRegistry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def bring_up_to_date(self) -> None:
        """Make or migrate the tables, the keys of a new registry, and what a change before left undone."""
        place = str(self._database.path)
        with self._database.reading() as connection:
            version = schema.read_version(connection, place)
            undone = version == schema.newest_version() and remains.marked(connection) is not None
        if version != schema.newest_version():
            with self._database.writing() as connection:
                self._keys.establish(connection)
                schema.migrate(connection, place, {"seal": self._seal_all})
                self._keys.bind(connection)
                if log.size(connection) == 0:
                    self._begin_log(connection)
                undone = remains.marked(connection) is not None
        if undone:
            self._clean_up()

    def _seal_all(self, connection: Connection) -> None:
        """The first setup of seals, and everything in clear under it."""
        number = setups.next_number(connection)
        setups.enter(connection, self._keys.own_policy(number), self._now(), own=True)
        clear.seal(connection, self._keys.sealing(connection), self._entropy)
        if self._keys.bound(connection):
            remains.mark(connection, self._entropy)

    def show(self, reference: str) -> Record:
        wanted = ids.normalise(reference) or ""
        with self._database.reading() as connection:
            match wanted[:2]:
                case "E-":
                    return self._edition(connection, reference)
                case "I-":
                    return rows.issue(rows.by_id(connection, schema.issue, reference))
                case "R-":
                    return rows.recipient(rows.by_id(connection, schema.recipient, reference))
                case "C-":
                    return rows.copy(rows.by_id(connection, schema.copy, reference, shorten=False))
                case "T-":
                    return rows.trace(rows.by_id(connection, schema.trace, reference))
                case "L-":
                    return rows.sighting(rows.by_id(connection, schema.sighting, reference))
                case "M-":
                    return rows.identification(rows.by_id(connection, schema.identification, reference))
                case _ if ids.item_kind(wanted):
                    return self._item_or_document(connection, reference)
                case _:
                    return documents.find(connection, reference)

    def _item_or_document(self, connection: Connection, reference: str) -> Item | Document:
        try:
            return items.find(connection, reference)
        except NotFoundError as error:
            with suppress(NotFoundError):  # a title may look like an id: "S-Train", "DE-2026"
                return documents.find(connection, reference)
            raise error
