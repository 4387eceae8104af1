"""AES-256-GCM (NIST SP 800-38D): what is encrypted says what it belongs to, or it does not open.

    sealed = nonce (12 random bytes) | ciphertext | tag (16 bytes)

The binding is associated data: not secret, not stored, and needed again, so that an object put in the place
of another, or of another kind, is refused.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fother.registry.ids import Entropy

KEY_BYTES = 32
NONCE_BYTES = 12
OVERHEAD = NONCE_BYTES + 16


class Refused(Exception):
    """The key or the binding is another one, or the bytes were changed."""


def encrypt(key: bytes, plain: bytes, binding: bytes, entropy: Entropy) -> bytes:
    """Encrypt up to 2 GiB under a 32-byte key; at most 2^32 times under one key."""
    nonce = entropy(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, binding)


def decrypt(key: bytes, sealed: bytes, binding: bytes) -> bytes:
    """What `encrypt` was given. Raises Refused."""
    if len(sealed) < OVERHEAD:
        raise Refused
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], binding)
    except InvalidTag:
        raise Refused from None
