"""What an issue commits to before any copy leaves, version 1: a tree of copies under one header.

    leaf    LABEL | document (32) | index (8) | identity (32) | codeword (32) | file (32)
            document, identity and codeword are salted hashes, file is the SHA-256 of the marked file
    root    RFC 6962 tree over the leaves in the order of their indices
    header  canonical JSON: root and number of copies, and everything that whoever chose it after a leak
            could use to point at an innocent copy: biases, table of carriers, hypotheses, budget, level
    digest  SHA-256 of the header; it goes into the log and into receipts

The biases must be inside: whoever may choose them afterwards can frame (Charpentier, Furon & Cayre, "An
asymmetric fingerprinting scheme based on Tardos codes", IH 2011). Opening one copy shows its codeword, two
salts and the hashes on its path, and nothing about any other copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fother.verify import canonical, merkle
from fother.verify.errors import VerificationError

VERSION = 1
SALT_BYTES = 32
_LEAF_LABEL = b"fother copy 1\n"
_HASH = 32


def salted(label: str, salt: bytes, value: bytes) -> bytes:
    """SHA-256 that binds a value and hides it: label and salt have fixed places, so nothing can be moved
    between them. `salt` 32 bytes."""
    if len(salt) != SALT_BYTES:
        raise VerificationError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.")
    name = label.encode()
    return hashlib.sha256(len(name).to_bytes(2, "big") + name + salt + value).digest()


def document_hash(salt: bytes, original_sha256: bytes) -> bytes:
    """What stands for the unmarked original."""
    return salted("document", salt, original_sha256)


def codeword_hash(salt: bytes, codeword: bytes) -> bytes:
    """What stands for the symbols of one copy, packed as `pack_symbols` does."""
    return salted("codeword", salt, codeword)


def decoy_hash(salt: bytes) -> bytes:
    """What stands in the place of an identity in a copy that nobody gets."""
    return salted("identity", salt, b"decoy")


def thresholds_hash(salt: bytes, thresholds: Sequence[int]) -> bytes:
    """What stands for the biases T_j (p_j = T_j / 2^planes), one byte each."""
    return salted("thresholds", salt, bytes(thresholds))


@dataclass(frozen=True)
class Leaf:
    """One copy as it was committed; all hashes have 32 bytes."""

    document: bytes
    index: int  #: row of the edition's code
    identity: bytes
    codeword: bytes
    file: bytes

    def encode(self) -> bytes:
        parts = (self.document, self.identity, self.codeword, self.file)
        if any(len(part) != _HASH for part in parts) or not 0 <= self.index < 2**63:
            raise VerificationError("A part of the leaf has a wrong size.")
        return (
            _LEAF_LABEL + self.document + self.index.to_bytes(8, "big") + self.identity
            + self.codeword + self.file
        )  # fmt: skip

    def hash(self) -> bytes:
        return merkle.leaf_hash(self.encode())


@dataclass(frozen=True)
class Hypothesis:
    """`colluders` copies combined as `model` says; `weight` is its share of the error budget."""

    model: str
    colluders: int
    weight: float

    @property
    def name(self) -> str:
        return "1 copy" if self.colluders == 1 else f"{self.model} of {self.colluders}"


@dataclass(frozen=True)
class Header:
    """The header of a commitment.

    `shares` divides the error budget among the steps of the decoder, by their names; `alpha` is the level
    that traces are run at unless they say otherwise. Fractions are kept as decimal text, which is exact.
    """

    document: bytes  #: salted hash of the unmarked original
    table: bytes  #: SHA-256 of the table of carriers
    thresholds: bytes  #: salted hash of the biases
    carriers: int
    planes: int  #: p = T / 2^planes
    support: tuple[int, ...]  #: the values that T takes, at most four
    resistance: int
    strength: str
    copies: int  #: leaves, decoys included
    decoys: int
    decoder: str  #: name and version of the procedure
    hypotheses: tuple[tuple[str, int, str], ...]  #: model, colluders, weight
    shares: Mapping[str, str]
    alpha: str
    root: bytes

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "alpha": self.alpha,
                "carriers": self.carriers,
                "copies": self.copies,
                "decoder": self.decoder,
                "decoys": self.decoys,
                "document": self.document.hex(),
                "hypotheses": [list(item) for item in self.hypotheses],
                "planes": self.planes,
                "resistance": self.resistance,
                "root": self.root.hex(),
                "shares": dict(self.shares),
                "strength": self.strength,
                "support": list(self.support),
                "table": self.table.hex(),
                "thresholds": self.thresholds.hex(),
                "version": VERSION,
            }
        )

    @property
    def digest(self) -> bytes:
        return header_digest(self.encode())

    def family(self) -> tuple[Hypothesis, ...]:
        return tuple(Hypothesis(model, c, float(weight)) for model, c, weight in self.hypotheses)


def header_digest(encoded: bytes) -> bytes:
    """What the log and receipts hold of a header."""
    return hashlib.sha256(b"fother commitment 1\n" + encoded).digest()


def decode_header(untrusted: bytes) -> Header:
    """A header from its bytes. Raises VerificationError unless it is exactly what `Header.encode` writes and
    its numbers can belong to a code: at most four biases, a budget of at most 1."""
    value = canonical.decode(untrusted)
    try:
        if value["version"] != VERSION:
            raise VerificationError(
                f"The commitment has version {value['version']}, this program knows {VERSION}."
            )
        header = Header(
            document=_hash(value["document"]),
            table=_hash(value["table"]),
            thresholds=_hash(value["thresholds"]),
            carriers=_count(value["carriers"]),
            planes=_count(value["planes"]),
            support=tuple(map(_count, value["support"])),
            resistance=_count(value["resistance"]),
            strength=_text(value["strength"]),
            copies=_count(value["copies"]),
            decoys=_count(value["decoys"]),
            decoder=_text(value["decoder"]),
            hypotheses=tuple((_text(m), _count(c), _text(w)) for m, c, w in value["hypotheses"]),
            shares={_text(k): _text(v) for k, v in value["shares"].items()},
            alpha=_text(value["alpha"]),
            root=_hash(value["root"]),
        )
        weights = [float(w) for *_, w in header.hypotheses]
        shares = [float(v) for v in header.shares.values()]
        alpha = float(header.alpha)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise VerificationError("The header of the commitment is malformed.") from None
    if header.encode() != untrusted:
        raise VerificationError("The header of the commitment is not in its only form.")
    for what, parts in (("hypotheses", weights), ("steps", shares)):
        if not parts or not all(0 < part <= 1 for part in parts) or sum(parts) > 1 + 1e-9:
            raise VerificationError(f"The shares of the {what} in the commitment do not make a budget of 1.")
    if not 0 < alpha < 1:
        raise VerificationError("The level of the commitment is not between 0 and 1.")
    limit = 2 ** min(header.planes, 8)
    if not 1 <= len(header.support) <= 4 or not all(0 < t < limit for t in header.support):
        raise VerificationError("The biases of the commitment do not lie between 0 and 1.")
    if not 0 < header.copies <= 2**40 or header.decoys > header.copies:
        raise VerificationError("The commitment counts its copies wrongly.")
    if any(not 1 <= c <= 64 for _, c, _ in header.hypotheses) or len(header.hypotheses) > 100:
        raise VerificationError("The hypotheses of the commitment are out of range.")
    return header


def pack_thresholds(support: Sequence[int], thresholds: Sequence[int]) -> bytes:
    """T_j as 2 bits each, its place in the support, the first in the lowest bits of a byte."""
    place = {value: number for number, value in enumerate(support)}
    packed = bytearray(-(-len(thresholds) // 4))
    for j, value in enumerate(thresholds):
        packed[j // 4] |= place[value] << (2 * (j % 4))
    return bytes(packed)


def unpack_thresholds(support: Sequence[int], count: int, untrusted: bytes) -> list[int]:
    """Inverse of `pack_thresholds`. Raises VerificationError for other sizes and stray bits."""
    if len(untrusted) != -(-count // 4):
        raise VerificationError("The list of biases has a wrong length.")
    values = [untrusted[j // 4] >> (2 * (j % 4)) & 3 for j in range(4 * len(untrusted))]
    if any(values[count:]) or any(v >= len(support) for v in values[:count]):
        raise VerificationError("The list of biases holds a value that is none.")
    return [support[v] for v in values[:count]]


def pack_symbols(symbols: Sequence[int]) -> bytes:
    """A codeword of 0 and 1 as bits, carrier j in bit j mod 8 (least significant first) of byte j // 8."""
    packed = bytearray(-(-len(symbols) // 8))
    for j, symbol in enumerate(symbols):
        packed[j // 8] |= symbol << (j % 8)
    return bytes(packed)


def unpack_symbols(count: int, untrusted: bytes) -> list[int]:
    """Inverse of `pack_symbols`. Raises VerificationError for other sizes and stray bits."""
    if len(untrusted) != -(-count // 8):
        raise VerificationError("The codeword has a wrong length.")
    symbols = [untrusted[j // 8] >> (j % 8) & 1 for j in range(8 * len(untrusted))]
    if any(symbols[count:]):
        raise VerificationError("The codeword holds symbols for carriers that do not exist.")
    return symbols[:count]


def _hash(value: Any) -> bytes:
    found = bytes.fromhex(value)
    if len(found) != _HASH:
        raise ValueError("a hash has 32 bytes")
    return found


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a count")
    return value


def _text(value: Any) -> str:
    if type(value) is not str or len(value) > 200:
        raise ValueError("not a short text")
    return value
