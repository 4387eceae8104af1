"""The log: what was done, entered in the same transaction as the act itself, and never altered.

The database is the source of truth; `evidence.log` publishes it as files that others can check. An entry
reveals its kind and its time; its detail (ids, hashes and numbers, never names or content) is hidden behind a
random salt, which stays in the opening. Every function works inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from fother.errors import RegistryError
from fother.registry import schema
from fother.registry.ids import Entropy
from fother.registry.records import LogEntry, LogKey, LogOpening
from fother.verify import canonical, entry, merkle, note
from fother.verify.errors import VerificationError

#: What an entry may be about.
KINDS = frozenset(
    {
        "registry",  #: the first entry: origin and key of the log
        "register",
        "issue",
        "receive",
        "identify",
        "trace",
        "approve",
        "unseal",
        "export",
        "seal-setup",
        "rotate",
        "erase",
        "lock",  #: of the registry's keys: with something else
        "rekey",  #: a new key for stored files
        "read",  #: of something sensitive
        "freeze",  #: the last entry of a log that is closed
    }
)


def append(
    connection: Connection, kind: str, detail: Mapping[str, Any], now: datetime, entropy: Entropy
) -> int:
    """Enter an act; returns the number of the entry, counted from 0 without gaps.

    `detail` holds canonical JSON values (no fractions) and who did it as "actor".
    Raises RegistryError when the log is frozen, or for a kind or a detail that no entry can be made of.
    """
    if kind not in KINDS:
        raise RegistryError(f"The log has no entries of the kind '{kind}'.")
    if _last_kind(connection) == "freeze":
        raise RegistryError(
            "The log of this registry is frozen, so nothing can be recorded any more; start another registry."
        )
    salt = entropy(entry.SALT_BYTES)
    try:
        leaf = entry.encode(entry.Entry(kind, now, entry.salted_hash(salt, detail)))
        opening = canonical.encode({"detail": dict(detail), "salt": salt.hex()}).decode()
    except VerificationError as error:
        raise RegistryError(f"No entry of the log can be made of this: {error}") from error
    number = size(connection)
    connection.execute(
        insert(schema.log_entry).values(
            number=number,
            kind=kind,
            made_at=now,
            leaf=leaf,
            leaf_hash=merkle.leaf_hash(leaf),
            opening=opening,
        )
    )
    return number


def size(connection: Connection) -> int:
    """How many entries the log has."""
    top = connection.execute(select(func.max(schema.log_entry.c.number))).scalar_one()
    return 0 if top is None else int(top) + 1


def _last_kind(connection: Connection) -> str | None:
    query = select(schema.log_entry.c.kind).order_by(schema.log_entry.c.number.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()


def entries(connection: Connection, first: int = 0, count: int | None = None) -> tuple[LogEntry, ...]:
    """Entries in their order, from number `first` on, at most `count`."""
    table = schema.log_entry.c
    query = select(table.number, table.kind, table.made_at, table.leaf, table.leaf_hash)
    query = query.where(table.number >= first).order_by(table.number).limit(count)
    return tuple(LogEntry(**row._mapping) for row in connection.execute(query))


def leaf_hashes(connection: Connection, first: int = 0) -> list[bytes]:
    """The Merkle leaf hashes from number `first` on, 32 bytes each, as they are stored."""
    table = schema.log_entry.c
    query = select(table.leaf_hash).where(table.number >= first).order_by(table.number)
    return list(connection.execute(query).scalars())


def opening(connection: Connection, number: int) -> LogOpening:
    """What an entry is about. Raises RegistryError when there is no such entry or its opening is damaged."""
    query = select(schema.log_entry).where(schema.log_entry.c.number == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise RegistryError(f"The log has no entry {number}; it has {size(connection)}, counted from 0.")
    return opened(row)


def opened(row: Row[Any]) -> LogOpening:
    """The opening of a row of the table. Raises RegistryError when it is damaged."""
    try:
        untrusted = json.loads(row.opening)
        made = LogOpening(row.number, bytes.fromhex(untrusted["salt"]), untrusted["detail"])
        entry.check_opening(entry.decode(row.leaf), made.salt, made.detail)
    except (ValueError, KeyError, TypeError, VerificationError) as error:
        raise RegistryError(
            f"Entry {row.number} of the log does not fit what it is said to be about; it was altered, or the "
            "database is damaged."
        ) from error
    return made


def openings(connection: Connection, *kinds: str) -> tuple[LogOpening, ...]:
    """The openings of all entries of these kinds, in their order. Raises RegistryError like `opening`."""
    table = schema.log_entry.c
    query = select(schema.log_entry).where(table.kind.in_(kinds)).order_by(table.number)
    return tuple(opened(row) for row in connection.execute(query))


def keys(connection: Connection) -> tuple[LogKey, ...]:
    """All keys that the log names, the present one last. Raises RegistryError when an entry was altered."""
    try:
        return tuple(
            LogKey(named.number, note.verifier_key(named.detail["key"]))
            for named in openings(connection, "registry", "rotate")
            if "next" not in named.detail  # who replaces the key; the entry after it names the key
        )
    except (KeyError, VerificationError) as error:
        raise RegistryError("The log does not name its key; restore your backup.") from error
