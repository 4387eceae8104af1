"""Signed statements: in-toto Statement v1 in a DSSE envelope, signed with Ed25519.

Sources: https://github.com/secure-systems-lab/dsse (envelope 1.0.0, PAE) and
https://github.com/in-toto/attestation (statement v1). The envelope is written in canonical JSON, so that one
statement has one encoding.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fother.verify import canonical
from fother.verify.errors import VerificationError

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def statement(
    subjects: Mapping[str, str], predicate_type: str, predicate: Mapping[str, Any]
) -> dict[str, Any]:
    """A statement about files: `subjects` maps their names to their SHA-256 in hex."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": subjects[name]}} for name in sorted(subjects)],
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def seal(stated: Mapping[str, Any], key_id: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The envelope of a statement; `sign` makes the Ed25519 signature (64 bytes) of what it is given."""
    payload = canonical.encode(dict(stated))
    signature = sign(pae(PAYLOAD_TYPE, payload))
    return canonical.encode(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": key_id, "sig": base64.b64encode(signature).decode()}],
        }
    )


def open_sealed(untrusted: bytes, public: bytes) -> dict[str, Any]:
    """The statement in an envelope that the key (32 bytes) signed.

    Raises VerificationError when the envelope is malformed or the signature wrong.
    """
    envelope = canonical.decode(untrusted)
    try:
        (signature,) = envelope["signatures"]
        payload, value = _bytes(envelope["payload"]), _bytes(signature["sig"])
        known = envelope.keys() == {"payload", "payloadType", "signatures"}
        known = known and signature.keys() == {"keyid", "sig"}
        kind = envelope["payloadType"]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise VerificationError("The signed statement is malformed.") from None
    if not known or kind != PAYLOAD_TYPE:
        raise VerificationError("The signed statement is of another kind than an in-toto statement.")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, pae(kind, payload))
    except (InvalidSignature, ValueError):
        raise VerificationError("The signature of the statement is wrong.") from None
    stated: dict[str, Any] = canonical.decode(payload)
    if not isinstance(stated, dict) or stated.get("_type") != STATEMENT_TYPE:
        raise VerificationError("What was signed is not an in-toto statement of version 1.")
    return stated


def _bytes(text: Any) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the only base64 form")
    return data
