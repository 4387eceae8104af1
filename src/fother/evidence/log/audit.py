"""Everything about a log that can be checked: entries, published files, signatures, outside copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fother.errors import LogError
from fother.evidence.log import stamps, tiles
from fother.evidence.log.interface import LogSource
from fother.evidence.log.publish import CHECKPOINT, HANDOVER, published
from fother.verify import checkpoint, entry, keychain, merkle, note, tlogproof
from fother.verify.checkpoint import Checkpoint
from fother.verify.errors import VerificationError
from fother.verify.note import VerifierKey

WITNESSED = "witnessed"


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold."""

    subject: str
    sentence: str


@dataclass(frozen=True)
class Audit:
    """What a check of the whole log found."""

    origin: str
    size: int  #: entries in the database
    keys: tuple[VerifierKey, ...]  #: in their order, the present one last
    published: Checkpoint | None  #: None when nothing was published yet, or it cannot be trusted
    faults: tuple[Fault, ...]


def audit(source: LogSource) -> Audit:
    """Check the whole log against its own hashes, its published files, and its keys' handovers.

    Raises RegistryError when the database itself cannot be read.
    """
    entries = source.log_entries()
    periods = source.log_keys()
    keys = tuple(period.key for period in periods)
    leaves = [merkle.leaf_hash(item.leaf) for item in entries]
    faults = []
    for number, item in enumerate(entries):
        if item.number != number:
            faults.append(Fault("log", f"Entry {number} of the log is missing."))
            break
        try:
            entry.decode(item.leaf)
        except VerificationError as error:
            faults.append(Fault(f"log entry {number}", f"Entry {number} of the log is damaged: {error}"))
    last = None
    try:
        last = published(source.log_files, periods)
    except LogError as error:
        faults.append(Fault(CHECKPOINT, str(error)))
    if last is not None:
        faults += _same_tree(last, leaves, "The published checkpoint")
        if not faults:
            faults += _files(source, [item.leaf for item in entries[: last.size]])
        faults += _handovers(source, keys, last)
    for name in source.log_files.names(WITNESSED):
        stored = source.log_files.read(f"{WITNESSED}/{name}") or b""
        faults += outside(stored, keys, leaves, f"The witnessed checkpoint {name}")
    faults += [Fault(name, sentence) for name, sentence in stamps.faults(source.log_files)]
    return Audit(keys[0].name, len(entries), keys, last, tuple(faults))


def compare(source: LogSource, untrusted: bytes) -> tuple[Fault, ...]:
    """What speaks against a checkpoint that somebody kept elsewhere; empty when the log grew from it."""
    keys = tuple(period.key for period in source.log_keys())
    leaves = [merkle.leaf_hash(item.leaf) for item in source.log_entries()]
    return tuple(outside(untrusted, keys, leaves, "The checkpoint"))


def outside(
    untrusted: bytes, keys: tuple[VerifierKey, ...], leaves: list[bytes], what: str
) -> Iterator[Fault]:
    """Faults of a checkpoint from elsewhere against the log."""
    try:
        found, signed = checkpoint.read(untrusted)
        if found.origin != keys[0].name:
            raise VerificationError(f"It is of the log {found.origin}, and this one is {keys[0].name}.")
        note.check(signed, keys)
    except VerificationError as error:
        yield Fault("checkpoint", f"{what} cannot be used: {error}")
        return
    yield from _same_tree(found, leaves, what)


def _same_tree(found: Checkpoint, leaves: list[bytes], what: str) -> Iterator[Fault]:
    if found.size > len(leaves):
        yield Fault(
            "log",
            f"{what} counts {found.size} entries and the log has {len(leaves)}: entries are missing at its "
            "end, or the registry is an older backup.",
        )
    elif merkle.root(leaves[: found.size]) != found.root:
        yield Fault(
            "log",
            f"{what} of {found.size} entries is of another log than this one: somebody altered entries, or "
            "showed a different log to someone else.",
        )


def _files(source: LogSource, leaves: list[bytes]) -> Iterator[Fault]:
    _, expected = tiles.Edge(0).grown([merkle.leaf_hash(leaf) for leaf in leaves])
    for place in range(0, len(leaves), tiles.WIDTH):
        part = leaves[place : place + tiles.WIDTH]
        expected[tiles.path("entries", place // tiles.WIDTH, len(part))] = tiles.bundle(part)
    for name, data in expected.items():
        stored = source.log_files.read(name)
        if stored != data:
            state = "missing" if stored is None else "not what the log holds"
            yield Fault(
                name, f"The published file {name} is {state}; fother log verify --repair writes it again."
            )


def _handovers(source: LogSource, keys: tuple[VerifierKey, ...], last: Checkpoint) -> Iterator[Fault]:
    stored = [source.log_files.read(f"{HANDOVER}/{number:03d}") for number in range(1, len(keys))]
    files = [item for item in stored if item is not None]
    try:
        followed = keychain.follow(keys[0], files)
    except VerificationError as error:
        yield Fault(HANDOVER, f"The handover of the log's key does not hold: {error}")
        return
    if followed != list(keys[: len(followed)]):
        yield Fault(HANDOVER, "The handovers name other keys than the log does.")
    signers = [followed[-1]]
    if len(followed) > 1 and last == checkpoint.read(tlogproof.parse(files[-1]).checkpoint)[0]:
        signers.append(followed[-2])  # killed just before the new key signed: the next command does it
    signed = note.parse(source.log_files.read(CHECKPOINT) or b"")
    if not any(note.signed_by(signed, key) for key in signers):
        yield Fault(
            CHECKPOINT,
            f"The checkpoint of {last.size} entries is not signed by the key that its handovers lead to.",
        )
