"""Signed notes (https://c2sp.org/signed-note) with Ed25519, and cosignatures of witnesses.

A note is UTF-8 text that ends with a line feed, an empty line and one line for each signature:

    — <name> <base64 of (4 bytes of key id | signature)>

A verifier key is `<name>+<8 hex digits of the key id>+<base64 of (type byte | public key)>`.
Cosignatures (https://c2sp.org/tlog-cosignature) sign "cosignature/v1", a time and the text.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fother.verify.encoding import MAX_SIZE, from_base64
from fother.verify.errors import VerificationError

ED25519 = 0x01  #: signature type: Ed25519 over the text
COSIGNATURE = 0x04  #: signature type: time-stamped Ed25519 cosignature of a witness

MAX_BYTES = 1_000_000
MAX_SIGNATURES = 100  #: as in the reference implementation, golang.org/x/mod/sumdb/note
_DASH = "\u2014 "


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name it signs under."""

    name: str
    type: int  #: ED25519 or COSIGNATURE
    public: bytes  #: 32 bytes

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name | line feed | type | public key)."""
        material = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return hashlib.sha256(material).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"


@dataclass(frozen=True)
class Signature:
    """One signature line, checked for its form only."""

    name: str
    key_id: bytes  #: 4 bytes
    value: bytes  #: Ed25519: 64 bytes; cosignature: 8 bytes of time, then 64

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True)
class Note:
    """A text with its signatures, none of them checked yet."""

    text: str  #: ends with a line feed
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        return (self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)).encode()


def valid_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no white space, no plus."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def verifier_key(untrusted: str) -> VerifierKey:
    """A verifier key from its text. Raises VerificationError when it is malformed or of an unknown type."""
    parts = untrusted.strip().split("+", 2)
    if len(parts) != 3 or not valid_name(parts[0]):
        raise VerificationError("This is no verifier key; one looks like name+1a2b3c4d+AbC….")
    name, key_id, encoded = parts
    material = from_base64(encoded, "The verifier key")
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise VerificationError(f"The verifier key of {name} is of a kind that this program does not know.")
    key = VerifierKey(name, material[0], material[1:])
    if key.id.hex() != key_id:
        raise VerificationError(f"The verifier key of {name} has a wrong key id; a character was altered.")
    return key


def parse(untrusted: bytes) -> Note:
    """A note from its bytes. Raises VerificationError when it is malformed."""
    if len(untrusted) > MAX_BYTES:
        raise VerificationError("The note is too long.")
    try:
        whole = untrusted.decode()
    except UnicodeDecodeError:
        raise VerificationError("The note is not text in UTF-8.") from None
    if any(character < " " and character != "\n" for character in whole):
        raise VerificationError("The note holds a control character.")
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise VerificationError("The note is not signed: after an empty line, signatures should follow.")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise VerificationError(f"The note has more than {MAX_SIGNATURES} signatures.")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, gap, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not gap or not valid_name(name):
        raise VerificationError("A signature line of the note is malformed.")
    value = from_base64(encoded, "A signature line of the note")
    if len(value) < 5:
        raise VerificationError("A signature of the note is too short.")
    return Signature(name, value[:4], value[4:])


def signed_by(note: Note, key: VerifierKey) -> Signature | None:
    """The note's signature by this key; None when it has none that names the key.

    Raises VerificationError when a signature names the key and is wrong.
    """
    found = None
    for signature in note.signatures:
        if (signature.name, signature.key_id) == (key.name, key.id):
            _check(note.text, signature, key)
            found = found or signature
    return found


def check(note: Note, keys: Iterable[VerifierKey]) -> VerifierKey:
    """The first of the keys that signed the note.

    Raises VerificationError when none did, or when a signature that names one of them is wrong.
    """
    signers = [key for key in keys if signed_by(note, key)]
    if not signers:
        raise VerificationError("None of the keys that you trust signed this note.")
    return signers[0]


def _check(text: str, signature: Signature, key: VerifierKey) -> None:
    message, value = text.encode(), signature.value
    if key.type == COSIGNATURE:
        message, value = cosigned_message(text, cosigned_at(signature)), value[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, message)
    except (InvalidSignature, ValueError):
        raise VerificationError(f"The signature of {key.name} is wrong.") from None


def cosigned_at(signature: Signature) -> int:
    """When a witness says that it signed, in seconds since 1970. Raises VerificationError if impossible."""
    time = int.from_bytes(signature.value[:8], "big")
    if len(signature.value) != 72 or time > MAX_SIZE:
        raise VerificationError(f"The signature of {signature.name} is malformed.")
    return time


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs of a checkpoint's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def key_of(name: str, private: Ed25519PrivateKey, type: int = ED25519) -> VerifierKey:
    """The verifier key that belongs to a private one."""
    if not valid_name(name) or not name.isprintable():
        raise VerificationError(f"'{name}' cannot be the name of a key: no spaces, no plus.")
    return VerifierKey(name, type, private.public_key().public_bytes_raw())


def sign(text: str, name: str, private: Ed25519PrivateKey) -> Signature:
    """A signature of a text under a name."""
    key = key_of(name, private)
    return Signature(name, key.id, private.sign(text.encode()))


def cosign(text: str, name: str, private: Ed25519PrivateKey, time: int) -> Signature:
    """A witness's signature of a checkpoint's text; `time` in seconds since 1970."""
    key = key_of(name, private, COSIGNATURE)
    value = time.to_bytes(8, "big") + private.sign(cosigned_message(text, time))
    return Signature(name, key.id, value)
