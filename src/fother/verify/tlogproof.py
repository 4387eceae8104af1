"""Proofs that an entry is in a log (https://c2sp.org/tlog-proof), checked without the log.

    c2sp.org/tlog-proof@v1
    extra <base64>
    index 17
    <one base64 hash for each level of the tree>

    <the checkpoint, verbatim>

`extra` is what the entry's bytes follow from. Here it is canonical JSON with the entry itself ("leaf") and,
when the proof opens the entry, its "salt" and "detail". It proves nothing by itself: the leaf must hash to
what the proof says, the detail to what the leaf says.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fother.verify import canonical, checkpoint, entry, merkle
from fother.verify.checkpoint import Checkpoint, Cosigned
from fother.verify.encoding import decimal, from_base64, sha256_of
from fother.verify.entry import Entry
from fother.verify.errors import VerificationError
from fother.verify.note import VerifierKey

HEADER = "c2sp.org/tlog-proof@v1"
MAX_BYTES = 2_000_000
MAX_PATH = 64  #: levels of the largest tree


@dataclass(frozen=True)
class Proof:
    """A proof as parsed; nothing of it is checked."""

    index: int
    path: tuple[bytes, ...]  #: hashes of 32 bytes, from the leaf's sibling up
    checkpoint: bytes  #: a signed note
    extra: bytes | None = None

    def encode(self) -> bytes:
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(item).decode() for item in self.path]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.checkpoint


@dataclass(frozen=True)
class Proven:
    """What a proof of one of our logs shows."""

    entry: Entry
    index: int
    checkpoint: Checkpoint
    witnesses: tuple[Cosigned, ...]
    detail: Mapping[str, Any] | None  #: what the entry is about, when the proof opens it


def parse(untrusted: bytes) -> Proof:
    """A proof from its bytes. Raises VerificationError when it is malformed."""
    if len(untrusted) > MAX_BYTES:
        raise VerificationError("The proof is too long.")
    head, gap, note = untrusted.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        raise VerificationError("The proof is not text in UTF-8.") from None
    if not gap or lines.pop(0) != HEADER:
        raise VerificationError(f"This is no proof; one begins with {HEADER}.")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "), "The extra line of the proof")
    if not lines or not lines[0].startswith("index "):
        raise VerificationError("The proof does not say the index of its entry.")
    index = decimal(lines.pop(0).removeprefix("index "), "The index of the proof")
    if len(lines) > MAX_PATH:
        raise VerificationError("The proof is longer than any tree is high.")
    return Proof(index, tuple(sha256_of(line, "A hash of the proof") for line in lines), note, extra)


def extra_of(leaf: bytes, salt: bytes | None = None, detail: Mapping[str, Any] | None = None) -> bytes:
    """The extra line of a proof of one of our entries, opened when salt and detail are given."""
    value: dict[str, Any] = {"leaf": leaf.decode()}
    if salt is not None and detail is not None:
        value |= {"salt": salt.hex(), "detail": dict(detail)}
    return canonical.encode(value)


def check(proof: Proof, leaf_hash: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint that the proof shows an entry with this leaf hash to be in.

    Raises VerificationError unless this key of the log signed it and the entry is there.
    """
    signed = checkpoint.opened(proof.checkpoint, key)
    merkle.check_inclusion(leaf_hash, proof.index, signed.size, proof.path, signed.root)
    return signed


def check_entry(
    untrusted: bytes, key: VerifierKey, witnesses: Sequence[VerifierKey] = (), quorum: int = 0
) -> Proven:
    """All that a proof file of one of our logs shows.

    Raises VerificationError when any part of it does not hold, or fewer than `quorum` of the witnesses
    cosigned its checkpoint.
    """
    proof = parse(untrusted)
    leaf, opening = _extra(proof)
    signed = check(proof, merkle.leaf_hash(leaf), key)
    told = entry.decode(leaf)
    if opening is not None:
        entry.check_opening(told, *opening)
    seen = checkpoint.cosigners(proof.checkpoint, witnesses)
    if len({item.key.public for item in seen}) < quorum:
        raise VerificationError(f"Only {len(seen)} of the witnesses that you trust cosigned, not {quorum}.")
    return Proven(told, proof.index, signed, tuple(seen), None if opening is None else opening[1])


def _extra(proof: Proof) -> tuple[bytes, tuple[bytes, dict[str, Any]] | None]:
    if proof.extra is None:
        raise VerificationError("The proof does not hold the entry that it is about.")
    value = canonical.decode(proof.extra)
    if not isinstance(value, dict) or not isinstance(value.get("leaf"), str):
        raise VerificationError("The extra line of the proof holds no entry.")
    leaf = value["leaf"].encode()
    if value.keys() == {"leaf"}:
        return leaf, None
    salt, detail = value.get("salt"), value.get("detail")
    if (
        value.keys() != {"leaf", "salt", "detail"}
        or not isinstance(detail, dict)
        or not isinstance(salt, str)
    ):
        raise VerificationError("The extra line of the proof holds other things than an opened entry.")
    try:
        return leaf, (bytes.fromhex(salt), detail)
    except ValueError:
        raise VerificationError("The salt in the proof is malformed.") from None
