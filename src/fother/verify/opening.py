"""One committed copy opened: its codeword and salts, and the path from its leaf to the root.

    {"codeword": base64, "copy": "C-…", "file": hex, "identity": hex, "identity_salt": hex or null,
     "index": n, "path": [base64, …], "place": n, "salt": hex}

`place` counts the leaves, `index` the rows of the code. The salt of the identity is there in decoys only: it
shows that nobody was to get the copy.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from fother.verify import canonical, merkle
from fother.verify.commitment import Header, Leaf, codeword_hash, decoy_hash, unpack_symbols
from fother.verify.errors import VerificationError


@dataclass(frozen=True)
class Opening:
    """What is shown of one copy; nothing in it tells of another."""

    copy: str
    index: int
    place: int
    path: tuple[bytes, ...]
    codeword: bytes  #: packed, see `commitment.pack_symbols`
    salt: bytes
    identity: bytes  #: salted hash
    identity_salt: bytes | None
    file: bytes  #: SHA-256 of the marked file

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "codeword": _base64(self.codeword),
                "copy": self.copy,
                "file": self.file.hex(),
                "identity": self.identity.hex(),
                "identity_salt": None if self.identity_salt is None else self.identity_salt.hex(),
                "index": self.index,
                "path": [_base64(item) for item in self.path],
                "place": self.place,
                "salt": self.salt.hex(),
            }
        )

    def check(self, header: Header) -> list[int]:
        """The symbols of the copy. Raises VerificationError unless the header commits to just this copy."""
        leaf = Leaf(
            header.document, self.index, self.identity, codeword_hash(self.salt, self.codeword), self.file
        )
        found = merkle.root_from_inclusion(leaf.hash(), self.place, header.copies, self.path)
        if found != header.root:
            raise VerificationError(
                f"Copy {self.copy} is not as it was committed: codeword, file, recipient or place differ."
            )
        return unpack_symbols(header.carriers, self.codeword)

    def is_decoy(self) -> bool:
        return self.identity_salt is not None and decoy_hash(self.identity_salt) == self.identity


def decode_opening(untrusted: bytes) -> Opening:
    """An opening from its bytes. Raises VerificationError unless `Opening.encode` writes exactly these."""
    value = canonical.decode(untrusted)
    try:
        salt = value["identity_salt"]
        opening = Opening(
            copy=_text(value["copy"]),
            index=_number(value["index"]),
            place=_number(value["place"]),
            path=tuple(base64.b64decode(_text(item), validate=True) for item in value["path"]),
            codeword=base64.b64decode(_text(value["codeword"]), validate=True),
            salt=bytes.fromhex(value["salt"]),
            identity=bytes.fromhex(value["identity"]),
            identity_salt=None if salt is None else bytes.fromhex(salt),
            file=bytes.fromhex(value["file"]),
        )
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise VerificationError("The opening of a copy is malformed.") from None
    if opening.encode() != untrusted:
        raise VerificationError("The opening of a copy is not in its only form.")
    return opening


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("not text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("not a number")
    return value
