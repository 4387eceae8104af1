"""The log: published after every act, verified, witnessed, time-stamped, proven entry by entry."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from fother.errors import InputFileError, LogError
from fother.evidence.log import audit, stamps, witness
from fother.evidence.log import prove as proofs
from fother.evidence.log import publish as publishing
from fother.evidence.log.audit import Audit
from fother.evidence.log.interface import LogFiles
from fother.registry import Finding, Registry
from fother.verify import note, timestamp
from fother.verify.checkpoint import Checkpoint
from fother.verify.errors import VerificationError
from fother.verify.note import VerifierKey
from fother.verify.timestamp import Stamp

MAX_BYTES = 2_000_000  #: of a file that the user gives


def publish(registry: Registry) -> Checkpoint:
    """Publish what the log holds; see `evidence.log.publish`. Raises LogError, StorageError."""
    return publishing.publish(registry)


def catch_up(registry: Registry) -> None:
    """Publish what this command entered, or what one that was killed left; quick when there is nothing."""
    if not publishing.up_to_date(registry):
        publish(registry)


def published(registry: Registry) -> bytes:
    """The signed checkpoint on disk, published first if anything is new."""
    publish(registry)
    return registry.log_files.read(publishing.CHECKPOINT) or b""


def verify(registry: Registry, untrusted_copy: bytes | None = None, *, repair: bool = False) -> Audit:
    """Check the whole log, and a checkpoint that somebody kept elsewhere.

    `repair` first writes the published files again. Raises LogError when that is not possible.
    """
    if repair:
        publishing.publish(registry, afresh=True)
    found = audit.audit(registry)
    if untrusted_copy is None:
        return found
    faults = (*found.faults, *audit.compare(registry, untrusted_copy))
    return Audit(found.origin, found.size, found.keys, found.published, faults)


def findings(registry: Registry) -> tuple[Finding, ...]:
    """What the check of the registry says of the published log."""
    found = audit.audit(registry)
    said = [Finding("error", fault.subject, fault.sentence) for fault in found.faults]
    if not said and not publishing.up_to_date(registry):
        sentence = "The log is not published to its end yet; fother log checkpoint does it."
        said.append(Finding("warning", "log", sentence))
    return tuple(said)


def request(registry: Registry, old_size: int) -> bytes:
    """What to send to a witness that cosigned `old_size` entries before (0: none). Raises LogError."""
    return witness.request(registry, old_size, published(registry))


def cosign(files: LogFiles, untrusted: bytes, name: str, log_key: str | None, now: datetime) -> bytes:
    """Cosign another registry's request as the witness of a folder. Raises LogError."""
    key = None if log_key is None else verifier_key(log_key)
    return witness.Witness.open(files, name, secrets.token_bytes).cosign(untrusted, key, now)


def witness_key(files: LogFiles, name: str) -> VerifierKey:
    """The key of the witness of a folder, made under a name when there is none. Raises LogError."""
    return witness.Witness.open(files, name, secrets.token_bytes).key


def add_cosignature(registry: Registry, untrusted: bytes, key: str) -> Checkpoint:
    """Keep a witness's cosignature of our checkpoint. Raises LogError."""
    return witness.add_cosignature(registry, untrusted, verifier_key(key))


def prove(registry: Registry, number: int, *, opened: bool = False) -> bytes:
    """A proof of an entry, with the newest witnessed checkpoint that counts it. Raises LogError."""
    publish(registry)
    signed = witness.best_checkpoint(registry.log_files, number)
    return proofs.prove(registry, number, signed or b"", opened=opened)


def stamp_request(registry: Registry) -> bytes:
    """A request (RFC 3161) to time-stamp the present checkpoint, for any time-stamping authority."""
    return stamps.request(registry.log_files, published(registry))


def keep_stamp(
    registry: Registry, untrusted: bytes, untrusted_roots: bytes | None
) -> tuple[Checkpoint, Stamp]:
    """Keep the response of an authority, checked against PEM certificates if given. Raises LogError."""
    try:
        roots = [] if untrusted_roots is None else timestamp.roots_of(untrusted_roots)
    except VerificationError as error:
        raise LogError(str(error)) from error
    return stamps.keep(registry.log_files, untrusted, roots)


def rotate(registry: Registry) -> VerifierKey:
    """Replace the key of the log; the old key signs the handover and is then forgotten."""
    publish(registry)
    key = registry.rotate_log_key()
    publish(registry)
    return key


def freeze(registry: Registry, why: str) -> Checkpoint:
    """Close the log for good."""
    publish(registry)
    registry.freeze_log(why)
    return publish(registry)


def verifier_key(untrusted: str) -> VerifierKey:
    """A key as a person gives it. Raises LogError."""
    try:
        return note.verifier_key(untrusted)
    except VerificationError as error:
        raise LogError(str(error)) from error


def read(file: Path) -> bytes:
    """A small file that the user names. Raises InputFileError."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputFileError(f"{file} cannot be read ({error.strerror or error}).") from error
    if len(data) > MAX_BYTES:
        raise InputFileError(f"{file} is too large to be a checkpoint, a proof or a time stamp.")
    return data
