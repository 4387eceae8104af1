"""What an issue commits of whom a copy belongs to, version 1.

    commitment = SHA-256("fother identity 1" 0x00 | salt, 32 bytes | canonical JSON of the identity)
    identity   = {"email", "extra": [[column, value], …], "name", "organisation", "partner", "role"},
                 as the list said when the copy was made

Without the salt, 32 random bytes, nobody can tell whether a guessed name fits. Salt and identity lie sealed
in the registry, so opening one takes the approvers and opens no other; once erased, nobody ever can.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from fother.verify import canonical
from fother.verify.errors import VerificationError

SALT_BYTES = 32
_DOMAIN = b"fother identity 1\0"


def commitment(salt: bytes, identity: Mapping[str, Any]) -> bytes:
    """The 32 bytes of a commitment. Raises VerificationError for a salt of another length."""
    if len(salt) != SALT_BYTES:
        raise VerificationError(f"The salt of an identity has {SALT_BYTES} bytes, this one {len(salt)}.")
    return hashlib.sha256(_DOMAIN + salt + canonical.encode(dict(identity))).digest()


def check_opening(committed: bytes, salt: bytes, identity: Mapping[str, Any]) -> None:
    """Raises VerificationError unless the commitment was made for this identity with this salt."""
    if commitment(salt, identity) != committed:
        raise VerificationError("The identity does not fit what was committed when the copy was made.")
