"""What is derived from a registry's master key, which lies in its key ring (`atrest.ring`).

    document secret = HKDF(master, "document|" id)
    edition key     = HKDF(document secret, "code|" resistance "|" strength "|" carriers' SHA-256)
    stamp           = HKDF(edition key, "stamp|" index), 16 bytes
    index key       = HKDF(master, "index")
    queue key       = HKDF(master, "mail queue"), for the mail that waits in a relay
    identities key  = HKDF(master, "identities"), for the HMAC by which recipients are known again
    blob name key   = HKDF(master, "blob names"), for the HMAC that names stored files
    request key     = HKDF(master, "request|" id), for the reason and the key of a request to unseal
    check value     = HKDF(master, "check"), kept in the database so that a swapped ring is noticed

HKDF is RFC 5869 with SHA-256. Whoever has the master can derive every codeword; without it no leak can be
traced any more, so it belongs into the backup, apart from the database.
"""

from __future__ import annotations

import hmac
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fother.errors import RegistryError

KEY_BYTES = 32
STAMP_BYTES = 16
_SALT = b"fother registry 1"


def derive(secret: bytes, info: str, length: int = KEY_BYTES) -> bytes:
    """`length` bytes from a secret, bound to `info`."""
    return HKDF(algorithm=SHA256(), length=length, salt=_SALT, info=info.encode()).derive(secret)


def document_secret(master: bytes, document: str) -> bytes:
    return derive(master, f"document|{document}")


def edition_key(secret: bytes, resistance: int, strength: float, carriers: str) -> bytes:
    """The key of an edition's code from its document's secret: it depends only on what the edition is."""
    return derive(secret, f"code|{resistance}|{strength!r}|{carriers}")


def index_key(master: bytes) -> bytes:
    """What the passage index hides its words behind."""
    return derive(master, "index")


def queue_key(master: bytes) -> bytes:
    """What mail is encrypted with while it waits."""
    return derive(master, "mail queue")


def identities_key(master: bytes) -> bytes:
    """What recipients and lists are recognised by."""
    return derive(master, "identities")


def blob_name_key(master: bytes) -> bytes:
    """What the names of stored files are made with."""
    return derive(master, "blob names")


def stamp(key: bytes, index: int) -> bytes:
    """The unguessable id of one copy of an edition, 16 bytes."""
    return derive(key, f"stamp|{index}", STAMP_BYTES)


def stamp_hash(value: bytes) -> str:
    """What the database keeps of a stamp: enough to find it, not enough to forge it."""
    return derive(value, "stamp look-up").hex()


def decoy_places(key: bytes, first: int, count: int, decoys: int) -> frozenset[int]:
    """Which of `count` + `decoys` new indices from `first` on are decoys: a choice that nobody without the
    edition's key can tell from any other."""
    total = count + decoys
    chosen = derive(key, f"decoys|{first}|{count}|{decoys}")
    order = sorted(range(total), key=lambda k: hmac.digest(chosen, k.to_bytes(8, "big"), "sha256"))
    return frozenset(first + k for k in order[:decoys])


def check_value(master: bytes) -> str:
    return derive(master, "check").hex()


def read_old_master(path: Path) -> bytes | None:
    """The master key of a registry before version 0.2, in a file of its own; None when there is none.

    Raises RegistryError when it is open to others or damaged.
    """
    try:
        status = path.stat()
        if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o177:
            mode = stat.S_IMODE(status.st_mode)
            raise RegistryError(f"The master key {path} has mode {mode:04o}; chmod it to 600.")
        master = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RegistryError(
            f"The master key {path} cannot be read ({error.strerror}); check its owner."
        ) from error
    if len(master) != KEY_BYTES:
        raise RegistryError(
            f"The master key {path} has {len(master)} bytes instead of {KEY_BYTES}; "
            "restore it from your backup."
        )
    return master
