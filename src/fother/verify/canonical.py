"""JSON that has exactly one encoding, so that it can be hashed: RFC 8785 without fractions.

Numbers are integers of at most 53 bits, keys are ASCII; for such values Python's `json` writes what RFC 8785
(JSON Canonicalization Scheme) prescribes. A fraction is written as text by whoever has one.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from fother.verify.errors import VerificationError

MAX_INTEGER = 2**53 - 1


def encode(value: Any) -> bytes:
    """The UTF-8 bytes of a JSON value. Raises VerificationError for what has no canonical form."""
    _check(value, 0)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise VerificationError("Text with half a surrogate pair has no canonical form.") from None


def decode(untrusted: bytes) -> Any:
    """The value of canonical bytes. Raises VerificationError for all other bytes, valid JSON or not."""
    try:
        value = json.loads(untrusted)
    except (ValueError, RecursionError):
        raise VerificationError("This is not JSON.") from None
    if encode(value) != untrusted:
        raise VerificationError("This JSON is not in its canonical form.")
    return value


def sha256_hex(value: Any) -> str:
    """The SHA-256 of a JSON value's canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(encode(value)).hexdigest()


def _check(value: Any, depth: int) -> None:
    if depth > 32:
        raise VerificationError("JSON nested deeper than 32 levels has no canonical form here.")
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise VerificationError(f"The number {value:#x} is too large for canonical JSON.")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise VerificationError("Keys of canonical JSON are ASCII text.")
            _check(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, depth + 1)
    else:
        raise VerificationError(f"Canonical JSON has no form for a {type(value).__name__}.")
