"""Makes the commitment of an issue, and opens single copies of it again.

Nothing of it is secret storage: salts follow from the edition's key (RFC 5869), codewords from its code, so
the header and, for every copy, index, identity hash and file hash are enough to open any copy at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fother.codes import DEFAULT_FAMILY, FingerprintingCode
from fother.codes.code import SUPPORTS
from fother.codes.decoder import BUDGET, NAME
from fother.verify import merkle
from fother.verify.commitment import (
    Header,
    Leaf,
    codeword_hash,
    decoy_hash,
    document_hash,
    pack_thresholds,
    thresholds_hash,
)
from fother.verify.opening import Opening

ALPHA = "1e-06"  #: the level that traces are run at unless they say otherwise
_CHUNK = 1024  # codewords made at a time


@dataclass(frozen=True)
class CommittedCopy:
    """One copy as it goes into a commitment. `identity` is a salted hash, `file` a SHA-256, 32 bytes each;
    no identity: a decoy."""

    index: int
    identity: bytes | None
    file: bytes


@dataclass(frozen=True)
class EditionSecrets:
    """The salts of one edition, from its 32-byte code key."""

    key: bytes

    def salt(self, what: str) -> bytes:
        info = f"fother commitment 1|{what}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.key)

    def of_codeword(self, index: int) -> bytes:
        return self.salt(f"codeword|{index}")

    def of_decoy(self, index: int) -> bytes:
        return self.salt(f"identity|{index}")

    @property
    def of_thresholds(self) -> bytes:
        return self.salt("thresholds")

    @property
    def of_document(self) -> bytes:
        return self.salt("document")


@dataclass(frozen=True)
class CommittedEdition:
    """What the commitments of one edition have in common."""

    code: FingerprintingCode
    secrets: EditionSecrets
    original: bytes  #: SHA-256 of the unmarked original
    table: bytes  #: SHA-256 of the table of carriers
    strength: float

    @property
    def document(self) -> bytes:
        return document_hash(self.secrets.of_document, self.original)

    def leaves(self, copies: Sequence[CommittedCopy]) -> list[Leaf]:
        """The leaves of a commitment over copies, in the order of their indices."""
        made: list[Leaf] = []
        document = self.document
        ordered = sorted(copies, key=lambda copy: copy.index)
        for start in range(0, len(ordered), _CHUNK):
            part = ordered[start : start + _CHUNK]
            packed = self.code.packed(np.array([copy.index for copy in part], dtype=np.int64))
            for copy, row in zip(part, packed, strict=True):
                hidden = codeword_hash(self.secrets.of_codeword(copy.index), self._trimmed(row.tobytes()))
                made.append(Leaf(document, copy.index, self.identity(copy), hidden, copy.file))
        return made

    def identity(self, copy: CommittedCopy) -> bytes:
        return copy.identity or decoy_hash(self.secrets.of_decoy(copy.index))

    def header(self, copies: Sequence[CommittedCopy]) -> Header:
        """The header that commits to all these copies at once."""
        planes, support = SUPPORTS[self.code.resistance]
        return Header(
            document=self.document,
            table=self.table,
            thresholds=thresholds_hash(self.secrets.of_thresholds, self.code.thresholds.tolist()),
            carriers=self.code.length,
            planes=planes,
            support=tuple(sorted(support)),
            resistance=self.code.resistance,
            strength=repr(self.strength),
            copies=len(copies),
            decoys=sum(copy.identity is None for copy in copies),
            decoder=NAME,
            hypotheses=tuple((h.model, h.colluders, repr(h.weight)) for h in DEFAULT_FAMILY),
            shares={name: repr(share) for name, share in BUDGET.items()},
            alpha=ALPHA,
            root=merkle.root([leaf.hash() for leaf in self.leaves(copies)]),
        )

    def openings(
        self, copies: Sequence[CommittedCopy], wanted: Iterable[int], name: Iterable[str]
    ) -> list[Opening]:
        """Openings of the copies with these indices, called by these ids, among all of a commitment."""
        leaves = self.leaves(copies)
        hashes = [leaf.hash() for leaf in leaves]
        places = {leaf.index: place for place, leaf in enumerate(leaves)}
        nobody = {copy.index for copy in copies if copy.identity is None}
        return [
            Opening(
                copy=called,
                index=index,
                place=places[index],
                path=tuple(merkle.inclusion_path(hashes, places[index])),
                codeword=self._trimmed(self.code.codewords(index, 1)[0].tobytes()),
                salt=self.secrets.of_codeword(index),
                identity=leaves[places[index]].identity,
                identity_salt=self.secrets.of_decoy(index) if index in nobody else None,
                file=leaves[places[index]].file,
            )
            for index, called in zip(wanted, name, strict=True)
        ]

    def packed_thresholds(self) -> bytes:
        support = sorted(SUPPORTS[self.code.resistance][1])
        return pack_thresholds(support, self.code.thresholds.tolist())

    def _trimmed(self, packed: bytes) -> bytes:
        return packed[: -(-self.code.length // 8)]
