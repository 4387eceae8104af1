"""Time stamps (RFC 3161) of checkpoints: a request to send, a response to keep; no network is used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography import x509

from fother.errors import LogError
from fother.evidence.log.interface import LogFiles
from fother.verify import checkpoint, timestamp
from fother.verify.checkpoint import Checkpoint
from fother.verify.errors import VerificationError
from fother.verify.timestamp import Stamp

STAMPED = "stamped"

#: AlgorithmIdentifier of SHA-256, with the NULL that RFC 3161's examples have.
_SHA256 = bytes.fromhex("300d06096086480165030402010500")


def digest(found: Checkpoint) -> bytes:
    """What is stamped: the SHA-256 of the checkpoint's text, which witnesses may still sign."""
    return hashlib.sha256(found.text.encode()).digest()


def request(files: LogFiles, signed: bytes) -> bytes:
    """A TimeStampReq in DER for a checkpoint, which is kept until its response comes.

    It has no nonce: the digest of a checkpoint is new by itself. It asks for the authority's certificate.
    """
    found = checkpoint.read(signed)[0]
    files.write(f"{STAMPED}/{found.size:012d}.checkpoint", signed)
    imprint = _sequence(_SHA256 + b"\x04\x20" + digest(found))
    return _sequence(b"\x02\x01\x01" + imprint + b"\x01\x01\xff")


def _sequence(content: bytes) -> bytes:
    return bytes([0x30, len(content)]) + content  # all of ours are shorter than 128 bytes


def keep(files: LogFiles, untrusted: bytes, roots: Sequence[x509.Certificate]) -> tuple[Checkpoint, Stamp]:
    """Keep a response beside the checkpoint that it is of.

    Raises LogError when it is of none that a request was made for, or does not hold.
    """
    try:
        wanted = timestamp.imprint(untrusted)
        for name in files.names(STAMPED):
            if name.endswith(".checkpoint"):
                found = checkpoint.read(files.read(f"{STAMPED}/{name}") or b"")[0]
                if digest(found) == wanted:
                    stamp = timestamp.check(untrusted, wanted, roots)
                    files.write(f"{STAMPED}/{found.size:012d}.tsr", untrusted)
                    return found, stamp
    except VerificationError as error:
        raise LogError(f"The time stamp was not taken: {error}") from error
    raise LogError("The time stamp is of none of the checkpoints that a request was made for.")


def earliest(files: LogFiles, number: int) -> tuple[bytes, bytes] | None:
    """The smallest time-stamped checkpoint that counts an entry, and its response; None without any."""
    for name in files.names(STAMPED):
        size, ending = name.partition(".")[::2]
        if ending == "tsr" and size.isdigit() and int(size) > number:
            signed, response = files.read(f"{STAMPED}/{size}.checkpoint"), files.read(f"{STAMPED}/{name}")
            if signed is not None and response is not None:
                return signed, response
    return None


def kept(files: LogFiles, size: int) -> bytes | None:
    """The response for the checkpoint of a size, if there is one."""
    return files.read(f"{STAMPED}/{size:012d}.tsr")


def faults(files: LogFiles) -> list[tuple[str, str]]:
    """Name and fault of each kept time stamp that does not hold; whom to trust is the verifier's choice."""
    found = []
    for name in files.names(STAMPED):
        if name.endswith(".tsr"):
            signed = files.read(f"{STAMPED}/{name.removesuffix('.tsr')}.checkpoint")
            try:
                if signed is None:
                    raise VerificationError("Its checkpoint is missing.")
                of = checkpoint.read(signed)[0]
                timestamp.check(files.read(f"{STAMPED}/{name}") or b"", digest(of))
            except VerificationError as error:
                found.append((name, f"The time stamp {name} does not hold: {error}"))
    return found
