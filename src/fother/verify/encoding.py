"""Numbers and hashes as C2SP writes them in text: one form for each value."""

from __future__ import annotations

import base64
import binascii
import re

from fother.verify.errors import VerificationError

MAX_SIZE = 2**63 - 1

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def decimal(text: str, what: str) -> int:
    """A number without leading zeroes, at most 2^63 - 1. Raises VerificationError naming `what`."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise VerificationError(f"{what} is not a number in its only form.")
    return int(text)


def from_base64(text: str, what: str) -> bytes:
    """The bytes of standard base64 with padding. Raises VerificationError naming `what`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise VerificationError(f"{what} is not valid base64.") from None
    if base64.b64encode(data).decode() != text:
        raise VerificationError(f"{what} is not in the only base64 form.")
    return data


def sha256_of(text: str, what: str) -> bytes:
    """A SHA-256 in base64, 32 bytes. Raises VerificationError naming `what`."""
    value = from_base64(text, what)
    if len(value) != 32:
        raise VerificationError(f"{what} does not have the 32 bytes of a SHA-256.")
    return value
