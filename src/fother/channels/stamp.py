"""The stamp channel: an unguessable id in a copy's metadata, gone at the first re-save and never missed.

A stamp found intact names its copy at once, but anyone who holds a copy can paste its stamp into another
file: a stamp points, only the code accuses.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

SIZE = 16  #: bytes
_PURPOSE = b"fother stamp v1\x00"


def stamp(secret: bytes, copy_id: str) -> bytes:
    """16-byte stamp of a copy: HMAC-SHA-256 (RFC 2104) of its id under the document's secret, cut.

    Raises ValueError for an empty secret or id.
    """
    if not secret or not copy_id:
        raise ValueError("a stamp needs a secret and a copy id")
    return hmac.new(secret, _PURPOSE + copy_id.encode(), hashlib.sha256).digest()[:SIZE]


def recognise(untrusted_stamps: Iterable[bytes], copies: Mapping[bytes, str]) -> tuple[str, ...]:
    """Ids of the copies whose stamps were found, in the order found, each once.

    `copies` maps stamp to copy id.
    """
    return tuple(dict.fromkeys(copies[s] for s in untrusted_stamps if s in copies))
