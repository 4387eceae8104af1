"""Witnesses: cosign the checkpoints of another registry's log, and take cosignatures for ours.

A witness keeps, for each log, the last checkpoint that it cosigned, and signs the next one only when a proof
shows that the log grew from it. So nobody can show two people two different logs that both carry the
signature of the same honest witness. Requests are those of https://c2sp.org/tlog-witness, as files.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fother.errors import LogError
from fother.evidence.log.audit import WITNESSED
from fother.evidence.log.interface import LogFiles, LogSource
from fother.evidence.log.prove import growth, require_same
from fother.evidence.log.publish import CHECKPOINT
from fother.verify import checkpoint, merkle, note
from fother.verify.checkpoint import Checkpoint
from fother.verify.encoding import decimal, sha256_of
from fother.verify.errors import VerificationError
from fother.verify.note import Note, Signature, VerifierKey

Entropy = Callable[[int], bytes]

_KEY, _NAME = "witness.key", "name"


@dataclass(frozen=True)
class Request:
    """What a log asks of a witness; nothing of it is checked."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes  #: a signed note


def request(source: LogSource, old_size: int, signed: bytes) -> bytes:
    """A request to cosign a checkpoint by a witness that saw `old_size` entries before (0: none)."""
    lines = [f"old {old_size}"]
    if old_size:
        lines += [base64.b64encode(item).decode() for item in growth(source, old_size, signed)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + signed


def parse_request(untrusted: bytes) -> Request:
    """A request; a bare checkpoint is one from a log never seen before. Raises VerificationError."""
    if not untrusted.startswith(b"old "):
        return Request(0, (), untrusted)
    head, gap, signed = untrusted.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if not gap or len(lines) > 64:
        raise VerificationError("The request for a cosignature is malformed.")
    old = decimal(lines[0].removeprefix("old "), "The old size of the request")
    proof = tuple(sha256_of(line, "A hash of the request") for line in lines[1:])
    return Request(old, proof, signed)


class Witness:
    """A witness that keeps its key and what it saw in a folder."""

    def __init__(self, files: LogFiles, name: str, private: Ed25519PrivateKey) -> None:
        self._files = files
        self._private = private
        self.key = note.key_of(name, private, note.COSIGNATURE)

    @classmethod
    def open(cls, files: LogFiles, name: str, entropy: Entropy) -> Witness:
        """The witness of a folder, made under a name when there is none. Raises LogError."""
        kept = files.read(_NAME)
        if kept is not None and name not in ("", kept.decode()):
            raise LogError(f"This witness is called {kept.decode()}; a name never changes.")
        if kept is None and not name:
            raise LogError("There is no witness here yet; give it a name, for example ours.example/witness.")
        if files.read(_KEY) is None:
            files.write(_KEY, entropy(32))
        try:
            private = Ed25519PrivateKey.from_private_bytes(files.read(_KEY) or b"")
            made = cls(files, name or (kept or b"").decode(), private)
        except (ValueError, VerificationError) as error:
            raise LogError(f"The witness cannot be used: {error}") from error
        if kept is None:
            files.write(_NAME, name.encode())
        return made

    def cosign(self, untrusted: bytes, log_key: VerifierKey | None, now: datetime) -> bytes:
        """The checkpoint of a request with our cosignature, after it is on our own record.

        `log_key` is needed the first time, and when the log changed its key.
        Raises LogError when the request is malformed, not signed by the log's key, or shows a log that
        shrank or is another than we saw.
        """
        try:
            wanted = parse_request(untrusted)
            found, signed = checkpoint.read(wanted.checkpoint)
            place = f"logs/{merkle.leaf_hash(found.origin.encode()).hex()}"
            with self._files.lock():
                key = self._key_of(place, found, log_key)
                checkpoint.opened(wanted.checkpoint, key)
                self._require_growth(place, wanted, found)
                mine = note.cosign(signed.text, self.key.name, self._private, int(now.timestamp()))
                lines = (*(line for line in signed.signatures if line.key_id == key.id), mine)
                cosigned = Note(signed.text, lines).encode()
                # Recorded before it is handed out: whoever has our signature relies on what we remember.
                self._files.write(place, f"{key}\n".encode() + cosigned)
        except VerificationError as error:
            raise LogError(f"The checkpoint was not cosigned: {error}") from error
        return cosigned

    def _remembered(self, place: str) -> tuple[VerifierKey, Checkpoint] | None:
        kept = self._files.read(place)
        if kept is None:
            return None
        line, _, signed = kept.partition(b"\n")
        return note.verifier_key(line.decode()), checkpoint.read(signed)[0]

    def _key_of(self, place: str, found: Checkpoint, log_key: VerifierKey | None) -> VerifierKey:
        remembered = self._remembered(place)
        if log_key is not None:
            return log_key
        if remembered is None:
            raise LogError(
                f"The log {found.origin} is new to this witness; give the key that its owner told you."
            )
        return remembered[0]

    def _require_growth(self, place: str, wanted: Request, found: Checkpoint) -> None:
        remembered = self._remembered(place)
        if remembered is None:
            return
        seen = remembered[1]
        if found.size < seen.size:
            raise VerificationError(
                f"It counts {found.size} entries, and {seen.size} were cosigned before: a rollback."
            )
        if found.size == seen.size and found.root != seen.root:
            raise VerificationError(
                f"It is another log of {found.size} entries than the one cosigned before: a split view."
            )
        if found.size > seen.size and wanted.old_size != seen.size:
            raise VerificationError(
                f"The request must prove the growth from the {seen.size} entries that were cosigned before."
            )
        if found.size > seen.size > 0:
            merkle.check_consistency(seen.size, found.size, wanted.proof, seen.root, found.root)


def add_cosignature(source: LogSource, untrusted: bytes, witness: VerifierKey) -> Checkpoint:
    """Keep a witness's cosignature of one of our checkpoints, beside those it has already.

    Raises LogError when the checkpoint is not of this log or the cosignature is missing or wrong.
    """
    files = source.log_files
    try:
        found, signed = checkpoint.read(untrusted)
        if not checkpoint.cosigners(untrusted, [witness]):
            raise VerificationError(f"It carries no cosignature of {witness.name}.")
        if note.check(signed, [period.key for period in source.log_keys()]).name != found.origin:
            raise VerificationError("It is of another log.")
    except VerificationError as error:
        raise LogError(f"The cosignature was not taken: {error}") from error
    require_same([merkle.leaf_hash(item.leaf) for item in source.log_entries(0, found.size)], found)
    mine = [line for line in signed.signatures if line.key_id == witness.id and line.name == witness.name]
    with source.log_lock():
        for name in (f"{WITNESSED}/{found.size:012d}", CHECKPOINT):
            stored = files.read(name)
            before = None if stored is None else note.parse(stored)
            if before is not None and before.text == signed.text:
                files.write(name, _merged(before, mine))
            elif name != CHECKPOINT:
                files.write(name, untrusted)
    return found


def _merged(before: Note, lines: Sequence[Signature]) -> bytes:
    new = [line for line in lines if line not in before.signatures]
    return Note(before.text, (*before.signatures, *new)).encode()


def best_checkpoint(files: LogFiles, number: int) -> bytes | None:
    """The newest checkpoint that counts an entry: a witnessed one where there is one."""
    for name in reversed(files.names(WITNESSED)):
        if int(name) > number:
            return files.read(f"{WITNESSED}/{name}")
    return files.read(CHECKPOINT)
