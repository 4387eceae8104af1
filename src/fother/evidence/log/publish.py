"""Publish the log: tiles first, then, in one step, the checkpoint that counts on them.

1. Only committed entries are published, under a lock, so that two processes never sign two different trees.
2. What is published only grows: the new tree is made from the edge of the one that the last checkpoint names.
   When that edge is lost it is made again from the entries, and must have the published root.
3. A kill between any two steps leaves files that the next run writes again, byte for byte the same.
4. The key that is replaced signs the entry that names its successor and nothing after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from fother.errors import LogError
from fother.evidence.log import tiles
from fother.evidence.log.interface import KeyPeriod, LogFiles, LogSource
from fother.evidence.log.prove import prove
from fother.verify import checkpoint, merkle, note
from fother.verify.checkpoint import Checkpoint
from fother.verify.errors import VerificationError
from fother.verify.note import Note, VerifierKey

CHECKPOINT = "checkpoint"
HANDOVER = "handover"
_OTHER_TREE = (
    "The log in the database is not the one that was published; the database was altered or is an older "
    "backup. Nothing was signed: restore the newest registry, or find out who altered it."
)


def publish(source: LogSource, *, afresh: bool = False) -> Checkpoint:
    """Publish all committed entries; the checkpoint that is then on disk. Doing it again changes nothing.

    `afresh` writes all files again, also those that are not new, when the log is the published one.

    Raises LogError when what was published is not the beginning of the log or its checkpoint is damaged,
    StorageError when the files cannot be written, RegistryError when the key is missing.
    """
    with source.log_lock():
        size, keys = source.log_size(), source.log_keys()
        last = published(source.log_files, keys)
        done = last is not None and last.size == size and _signed_by_present_key(source.log_files, keys)
        if last is not None and done and not afresh:
            return last
        edge = _edge(source, last, afresh)
        if len(keys) > 1:
            edge = _hand_over(source, edge, keys)
        return _extend(source, edge, size, keys[-1].key)


def published(files: LogFiles, keys: Sequence[KeyPeriod]) -> Checkpoint | None:
    """The checkpoint on disk, signed by one of the log's keys; None when nothing was published yet.

    Raises LogError when it is damaged, or signed by none of them.
    """
    stored = files.read(CHECKPOINT)
    if stored is None:
        return None
    try:
        found, signed = checkpoint.read(stored)
        note.check(signed, [period.key for period in keys])
    except VerificationError as error:
        raise LogError(
            f"The published checkpoint cannot be trusted ({error}) Restore the log's folder from your backup."
        ) from error
    if found.origin != keys[0].key.name:
        raise LogError(f"The published checkpoint is of another log, {found.origin}; restore the right one.")
    return found


def up_to_date(source: LogSource) -> bool:
    """Whether there is nothing to publish, as the checkpoint on disk says; its truth is not checked."""
    stored = source.log_files.read(CHECKPOINT)
    try:
        found, signed = checkpoint.read(stored or b"")
    except VerificationError:
        return False
    present = source.log_keys()[-1].key.id
    unfinished = all(line.key_id != present for line in signed.signatures)
    return found.size >= source.log_size() and not (found.size == source.log_size() and unfinished)


def _signed_by_present_key(files: LogFiles, keys: Sequence[KeyPeriod]) -> bool:
    stored = files.read(CHECKPOINT)
    return stored is not None and note.signed_by(note.parse(stored), keys[-1].key) is not None


def _edge(source: LogSource, last: Checkpoint | None, afresh: bool = False) -> tiles.Edge:
    """The edge of the published tree, from its tiles or, where they are lost, from the entries."""
    if last is None:
        return tiles.Edge(0)
    if last.size > source.log_size():
        raise LogError(_OTHER_TREE)
    edge = None
    with suppress(VerificationError):
        edge = tiles.load(last.size, source.log_files.read)
    if edge is not None and edge.root() == last.root and not afresh:
        return edge
    leaves = [merkle.leaf_hash(item.leaf) for item in source.log_entries(0, last.size)]
    if merkle.root(leaves) != last.root:
        raise LogError(_OTHER_TREE)
    # Everything is written again from the start.
    return tiles.Edge(0)


def _hand_over(source: LogSource, edge: tiles.Edge, keys: Sequence[KeyPeriod]) -> tiles.Edge:
    """Let the key before the last one sign the entry that names its successor, if it has not yet."""
    before, after = keys[-2], keys[-1]
    name = f"{HANDOVER}/{len(keys) - 1:03d}"
    size = after.number + 1
    if source.log_files.read(name) is None:
        if edge.size < size:
            _extend(source, edge, size, before.key)
            edge = _edge(source, published(source.log_files, keys))
        signed = _signed(source, Checkpoint(before.key.name, size, _root(source, size)), before.key)
        source.log_files.write(name, prove(source, after.number, signed, opened=True))
    source.log_key_replaced()
    return edge


def _root(source: LogSource, size: int) -> bytes:
    return merkle.root([merkle.leaf_hash(item.leaf) for item in source.log_entries(0, size)])


def _extend(source: LogSource, edge: tiles.Edge, size: int, key: VerifierKey) -> Checkpoint:
    """Publish the tree of `size` entries, which grew from the edge, under a key."""
    files = source.log_files
    first = edge.size - edge.size % tiles.WIDTH  # the bundle at the edge is written anew
    leaves = [item.leaf for item in source.log_entries(first, size - first)]
    known = edge.levels[0] if edge.levels else ()
    if [merkle.leaf_hash(leaf) for leaf in leaves[: len(known)]] != list(known):
        raise LogError(_OTHER_TREE)
    grown, changed = edge.grown([merkle.leaf_hash(leaf) for leaf in leaves[len(known) :]])
    for place in range(0, len(leaves), tiles.WIDTH):
        part = leaves[place : place + tiles.WIDTH]
        if first + place + len(part) > edge.size:
            name = tiles.path("entries", (first + place) // tiles.WIDTH, len(part))
            changed[name] = tiles.bundle(part)
    for name, data in changed.items():
        files.write(name, data)
    made = Checkpoint(key.name, size, grown.root())
    files.write(CHECKPOINT, _signed(source, made, key))
    for level, number in tiles.superseded(edge.size, size):
        folder = f"{tiles.path(level, number)}.p"
        for name in files.names(folder):
            files.remove(f"{folder}/{name}")
    return made


def _signed(source: LogSource, made: Checkpoint, key: VerifierKey) -> bytes:
    """The checkpoint under a key, with what witnesses have added to the same one."""
    signature = note.sign(made.text, key.name, source.log_private_key(key))
    stored = source.log_files.read(CHECKPOINT)
    before = note.parse(stored) if stored is not None else None
    added = before.signatures if before is not None and before.text == made.text else ()
    mine = {period.key.id for period in source.log_keys()}
    witnesses = [line for line in added if line.name != key.name or line.key_id not in mine]
    return Note(made.text, (signature, *witnesses)).encode()
