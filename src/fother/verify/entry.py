"""Entries of the log, version 1: canonical JSON of a kind, a time and a salted hash of the detail.

    {"kind":"issue","salted":"<64 hex>","time":"2026-03-05T14:07:00.000000Z","version":1}
    salted = SHA-256(salt | canonical JSON of the detail), salt of 32 random bytes

The entry reveals that something of a kind happened and when. Who holds salt and detail (the opening) can
prove what it was; nobody else can guess it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fother.verify import canonical
from fother.verify.errors import VerificationError

VERSION = 1
SALT_BYTES = 32
MAX_BYTES = 65_535  #: what an entry bundle of C2SP tlog-tiles can hold

_KIND = re.compile(r"[a-z]+(-[a-z]+)*")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One entry as everyone may see it."""

    kind: str
    time: datetime  #: UTC
    salted: bytes  #: 32 bytes


def salted_hash(salt: bytes, detail: Mapping[str, Any]) -> bytes:
    """What an entry holds of a detail, 32 bytes. Raises VerificationError when one is off."""
    if len(salt) != SALT_BYTES:
        raise VerificationError(f"The salt of an entry has {SALT_BYTES} bytes, this one {len(salt)}.")
    return hashlib.sha256(salt + canonical.encode(dict(detail))).digest()


def encode(entry: Entry) -> bytes:
    """The leaf of the log. Raises VerificationError for a kind or a time that is off."""
    if not _KIND.fullmatch(entry.kind) or len(entry.kind) > 40:
        raise VerificationError(f"'{entry.kind}' cannot be the kind of an entry.")
    if entry.time.tzinfo is None:
        raise VerificationError("The time of an entry needs a zone.")
    moment = entry.time.astimezone(UTC)
    return canonical.encode(
        {
            "kind": entry.kind,
            "salted": entry.salted.hex(),
            "time": moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z",
            "version": VERSION,
        }
    )


def decode(untrusted: bytes) -> Entry:
    """The entry of a leaf. Raises VerificationError unless it is exactly what `encode` writes."""
    if len(untrusted) > MAX_BYTES:
        raise VerificationError("The entry is too long.")
    value = canonical.decode(untrusted)
    if not isinstance(value, dict) or value.keys() != {"kind", "salted", "time", "version"}:
        raise VerificationError("The entry does not have the fields of one.")
    if value["version"] is True or value["version"] != VERSION:
        raise VerificationError(f"The entry has version {value['version']}, this program knows {VERSION}.")
    kind, salted, time = value["kind"], value["salted"], value["time"]
    if not all(isinstance(item, str) for item in (kind, salted, time)) or not _HEX.fullmatch(salted):
        raise VerificationError("A field of the entry is malformed.")
    try:
        moment = datetime.strptime(time, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise VerificationError("The time of the entry is malformed.") from None
    entry = Entry(kind, moment, bytes.fromhex(salted))
    if encode(entry) != untrusted:
        raise VerificationError("The entry is not in its only form.")
    return entry


def check_opening(entry: Entry, salt: bytes, detail: Mapping[str, Any]) -> None:
    """Raises VerificationError unless the entry was made for this detail with this salt."""
    if salted_hash(salt, detail) != entry.salted:
        raise VerificationError("The opening does not fit the entry of the log.")
