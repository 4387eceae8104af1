"""Checkpoints (https://c2sp.org/tlog-checkpoint): origin, size and root of a log, as a signed note.

fother.registry/0a1b2c3d4e5f6g7h
42
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— fother.registry/0a1b2c3d4e5f6g7h Az3grl…
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from fother.verify import note
from fother.verify.encoding import decimal, sha256_of
from fother.verify.errors import VerificationError
from fother.verify.merkle import EMPTY_ROOT
from fother.verify.note import Note, VerifierKey


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself at one size."""

    origin: str
    size: int  #: entries
    root: bytes  #: 32 bytes
    extensions: tuple[str, ...] = ()  #: further lines; this program writes none

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class Cosigned:
    """That a witness saw this checkpoint, and the log only grow until then."""

    key: VerifierKey
    time: int  #: seconds since 1970, as the witness says


def parse(untrusted_text: str) -> Checkpoint:
    """A checkpoint from the text of a note. Raises VerificationError when it is malformed."""
    lines = untrusted_text.removesuffix("\n").split("\n")
    if not untrusted_text.endswith("\n") or len(lines) < 3 or not all(lines):
        raise VerificationError("A checkpoint has at least three lines: origin, size and root.")
    size = decimal(lines[1], "The size of the checkpoint")
    root = sha256_of(lines[2], "The root of the checkpoint")
    if size == 0 and root != EMPTY_ROOT:
        raise VerificationError("The checkpoint of an empty log has another root than the empty one.")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def read(untrusted: bytes) -> tuple[Checkpoint, Note]:
    """A checkpoint and its note, no signature checked yet. Raises VerificationError when malformed."""
    signed = note.parse(untrusted)
    return parse(signed.text), signed


def opened(untrusted: bytes, key: VerifierKey) -> Checkpoint:
    """A checkpoint that this key of the log signed.

    Raises VerificationError when it is malformed, of another log, or not signed by the key.
    """
    found, signed = read(untrusted)
    if found.origin != key.name:
        raise VerificationError(f"The checkpoint is of the log {found.origin}, not of {key.name}.")
    if note.signed_by(signed, key) is None:
        raise VerificationError(f"The checkpoint is not signed by the key {key}.")
    return found


def cosigners(untrusted: bytes, witnesses: Iterable[VerifierKey]) -> list[Cosigned]:
    """Which of these witnesses cosigned a checkpoint, and when.

    Raises VerificationError when a signature that names one of them is wrong.
    """
    _, signed = read(untrusted)
    found = []
    for key in witnesses:
        if key.type != note.COSIGNATURE:
            raise VerificationError(f"The key of {key.name} is that of a log, not of a witness.")
        signature = note.signed_by(signed, key)
        if signature is not None:
            found.append(Cosigned(key, note.cosigned_at(signature)))
    return found
