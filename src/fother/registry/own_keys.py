"""The keys of one registry: its ring, checked against its database, and what is derived from the master."""

from __future__ import annotations

import hmac
from pathlib import Path

from sqlalchemy import Connection, insert, select

from fother.errors import RegistryError
from fother.registry import keys, schema
from fother.registry.atrest.lock import Lock, Unlocking
from fother.registry.atrest.ring import MASTER, KeyRing, Signature, data_key_name, data_keys
from fother.registry.blobs import BlobKeys
from fother.registry.database import Database
from fother.registry.ids import Entropy
from fother.registry.recipients import Sealing
from fother.registry.records import SealSetup
from fother.registry.seals import age, setups
from fother.registry.seals.age import AgeKey
from fother.registry.seals.shares import Policy

_CHECK = "key check"  #: in the table meta
_APPROVER = "approver/"


class OwnKeys:
    """See the module. Methods that change the ring are called in a write transaction of the database."""

    def __init__(self, folder: Path, unlocking: Unlocking, database: Database, entropy: Entropy) -> None:
        self.ring = KeyRing(folder, unlocking)
        self._database = database
        self._entropy = entropy
        self._blob: tuple[Signature | None, BlobKeys] | None = None

    @property
    def folder(self) -> Path:
        return self.ring.folder

    def exist(self) -> bool:
        """Whether there is a ring, or the key file of an older registry. Raises OSError."""
        return self.ring.path.exists() or self._old_file.exists()

    @property
    def _old_file(self) -> Path:
        return self.folder / "master.key"

    # The master

    def establish(self, connection: Connection) -> None:
        """Make the ring of a new registry, or take over the key file of an older one.

        Raises RegistryError when the database was made with a key that is missing.
        """
        expected = _key_check(connection)
        if not self.ring.path.exists():
            old = keys.read_old_master(self._old_file)
            if old is None and expected is not None:
                raise RegistryError(self.ring.faults()[0])
            if old is not None:
                self._require(old, expected, self._old_file)
            self.ring.make(self._entropy, old)
        self._require(self.ring.secrets()[MASTER], expected, self.ring.path)

    def bound(self, connection: Connection) -> bool:
        """Whether the database says which master key it is made with; a new one does not yet."""
        return _key_check(connection) is not None

    def bind(self, connection: Connection) -> None:
        """Enter into a new database which master key it is made with."""
        # A ring left by a process killed right here is taken over: nothing was derived from it yet.
        if not self.bound(connection):
            check_value = keys.check_value(self.ring.secrets()[MASTER])
            connection.execute(insert(schema.meta).values(key=_CHECK, value=check_value))

    def master(self, connection: Connection) -> bytes:
        """The master key. Raises RegistryError when it is not the one that the database was made with."""
        return self._opened(connection)[MASTER]

    def _opened(self, connection: Connection) -> dict[str, bytes]:
        secrets = self.ring.secrets()
        self._require(secrets[MASTER], _key_check(connection), self.ring.path)
        return secrets

    def _require(self, master: bytes, expected: str | None, place: Path) -> None:
        if expected is not None and not hmac.compare_digest(keys.check_value(master), expected):
            raise RegistryError(
                f"The keys in {place} are not the ones this registry was made with; restore the right ones "
                "from your backup."
            )

    def remove_old(self) -> None:
        """Delete the key file of an older registry once the ring holds what it held."""
        if keys.read_old_master(self._old_file) == self.ring.secrets()[MASTER]:
            self._old_file.unlink(missing_ok=True)

    # Stored files

    def blob(self) -> BlobKeys:
        """What stored files are named and encrypted with."""
        # Files are read by the thousand, so the keys are kept for as long as the ring's file is the same one.
        seen = self.ring.signature()
        if self._blob is None or seen is None or self._blob[0] != seen:
            with self._database.reading() as connection:
                secrets = self._opened(connection)
            self._blob = seen, BlobKeys(keys.blob_name_key(secrets[MASTER]), data_keys(secrets))
        return self._blob[1]

    def add_data_key(self) -> None:
        """Make the key that files stored from now on are encrypted with."""
        newest = max(data_keys(self.ring.secrets())) + 1
        self.ring.put({data_key_name(newest): self._entropy(keys.KEY_BYTES)}, self._entropy)

    def drop_old_data_keys(self) -> dict[str, bytes]:
        """Forget all keys of stored files but the newest; returns them. Files under them cannot be read."""
        known = data_keys(self.ring.secrets())
        old = {data_key_name(version): key for version, key in known.items() if version != max(known)}
        if old:
            self.ring.put(dict.fromkeys(old), self._entropy)
        return old

    def put_back(self, dropped: dict[str, bytes]) -> None:
        """Take back keys that were dropped."""
        self.ring.put(dropped, self._entropy)

    # The log

    def log_key(self, name: str) -> bytes:
        """A key that signs the log, 32 bytes, made unless it is there."""
        kept = self.ring.secrets().get(name)
        if kept is None:
            kept = self._entropy(keys.KEY_BYTES)
            self.ring.put({name: kept}, self._entropy)
        return kept

    # The lock

    def lock(self) -> Lock:
        """What the ring is locked with."""
        return self.ring.lock

    def relock(self, unlocking: Unlocking) -> Lock:
        """Lock the ring with something else."""
        self.ring.relock(unlocking, self._entropy)
        return self.ring.lock

    # Seals

    def sealing(self, connection: Connection) -> Sealing:
        """What recipients are recognised by and sealed with now."""
        setup = setups.current(connection)
        key = keys.identities_key(self.master(connection))
        return Sealing(key, setup.number, setups.policy(setup))

    def own_policy(self, setup: int) -> Policy:
        """The approver that the registry is itself: a key in its ring, made unless it is there."""
        name = f"{_APPROVER}{setup}"
        kept = self.ring.secrets().get(name)
        if kept is None:
            kept = age.new_key().secret.encode()
            self.ring.put({name: kept}, self._entropy)
        return Policy(1, (age.own_key(kept).public,))

    def own_approver(self, setup: SealSetup) -> AgeKey:
        """The key of a setup in which the registry is its own approver."""
        return age.own_key(self.ring.secrets().get(f"{_APPROVER}{setup.number}"))

    def forget_approvers(self, setup: SealSetup) -> None:
        """Drop the registry's own approver's keys of other setups than the one that counts."""
        kept = f"{_APPROVER}{setup.number}"
        old = [name for name in self.ring.secrets() if name.startswith(_APPROVER) and name != kept]
        if old:
            self.ring.put(dict.fromkeys(old), self._entropy)


def _key_check(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "meta"):  # a new database
        return None
    query = select(schema.meta.c.value).where(schema.meta.c.key == _CHECK)
    return connection.execute(query).scalar_one_or_none()
