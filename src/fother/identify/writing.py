"""Changes of an index on disk: batches added, documents removed, segments merged.

Every change is one replacement of the manifest, made while holding the writer's lock. Words are stored
between two such replacements, under serials that the first one reserves: after a kill in between, no reader
knows these serials, and the next writer deletes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from fother.identify import manifest as manifests
from fother.identify import segments
from fother.identify.fingerprints import Hasher
from fother.identify.manifest import Manifest
from fother.identify.passages import PassageStore, ranges
from fother.identify.segments import Entry, Segment
from fother.identify.snapshot import Snapshot

_FANOUT = 8  #: segments of about one size that are merged into one
_SMALLEST = 4096  #: postings below which segments count as of one size


def add_batch(
    folder: Path, hasher: Hasher, words: PassageStore, batch: Sequence[tuple[str, str]], opened: Snapshot
) -> None:
    """Add the documents (id, text) that the index lacks. Raises StorageError; the index is then as before."""
    with manifests.writer_lock(folder), manifests.storage_errors(folder):
        before = _current(folder, opened)
        texts: dict[str, str] = {}
        for id, text in batch:
            if id not in before:
                texts.setdefault(id, text)
        if not texts:
            return
        first = before.manifest.next_serial
        reserved = before.manifest.reserve(len(texts))
        manifests.save(folder, reserved)
        serials = range(first, first + len(texts))
        entries = []
        for serial, (id, text) in zip(serials, texts.items(), strict=True):
            marks = hasher.fingerprints(text)
            entries.append(Entry(serial, id, len(text), marks.hash, marks.offset))
        info = segments.write(folder, entries)
        words.change(
            ((s, hasher.tokens(text)) for s, text in zip(serials, texts.values(), strict=True)),
            before.manifest.doubtful,
        )
        after = replace(reserved, segments=(*reserved.segments, info), doubtful=())
        manifests.save(folder, after)
        _merge(folder, Snapshot(folder, after, {s.info.name: s for s in before.segments}))
        _sweep(folder)


def remove(folder: Path, words: PassageStore, ids: Sequence[str], opened: Snapshot) -> None:
    """Forget documents; ids that the index lacks are ignored. Raises StorageError."""
    with manifests.writer_lock(folder), manifests.storage_errors(folder):
        before = _current(folder, opened)
        serials = sorted({s for s in map(before.serial_of, ids) if s is not None})
        if not serials:
            return
        doubtful = (*before.manifest.doubtful, *ranges(np.array(serials, np.int64)))
        removed = (*before.manifest.removed, *serials)
        after = replace(before.manifest, removed=removed, doubtful=doubtful)
        manifests.save(folder, after)
        words.change((), doubtful)
        after = replace(after, doubtful=())
        manifests.save(folder, after)
        _merge(folder, Snapshot(folder, after, {s.info.name: s for s in before.segments}))
        _sweep(folder)


def _current(folder: Path, opened: Snapshot) -> Snapshot:
    """What the index holds now that nobody else can change it."""
    return Snapshot(folder, manifests.load(folder), {s.info.name: s for s in opened.segments})


def _merge(folder: Path, now: Snapshot) -> None:
    """Merge segments until there are few, and rewrite those of which a quarter was removed."""
    while (run := _run_to_merge(now)) is not None:
        first, last = run
        merged = now.segments[first:last]
        removed = np.array(now.manifest.removed, np.int64)
        info = segments.merge(folder, merged, removed)
        gone = {int(s) for segment in merged for s in np.intersect1d(segment.documents.serial, removed)}
        infos = now.manifest.segments
        after = replace(
            now.manifest,
            segments=(*infos[:first], *((info,) if info.documents else ()), *infos[last:]),
            removed=tuple(s for s in now.manifest.removed if s not in gone),
        )
        manifests.save(folder, after)
        now = Snapshot(folder, after, {s.info.name: s for s in now.segments})


def _run_to_merge(now: Snapshot) -> tuple[int, int] | None:
    """First and past-the-last of neighbouring segments that should be one."""
    removed = np.array(now.manifest.removed, np.int64)
    for nth, segment in enumerate(now.segments):
        gone = len(np.intersect1d(segment.documents.serial, removed)) if len(removed) else 0
        if gone * 4 > segment.info.documents:
            return nth, nth + 1
    sizes = [_size(segment) for segment in now.segments]
    for size in sorted(set(sizes)):
        first = len(sizes)
        units = 0
        # The newest segments up to this size; those before them are larger or as large as can be.
        while first and sizes[first - 1] <= size:
            units += now.segments[first - 1].info.units
            if units > segments.MOST_UNITS:
                break
            first -= 1
        if len(sizes) - first >= _FANOUT:
            return first, len(sizes)
    return None


def _size(segment: Segment) -> int:
    size = 0
    while segment.info.postings >= _SMALLEST * _FANOUT**size:
        size += 1
    return size


def _sweep(folder: Path) -> None:
    """Delete files that no manifest names: of merged segments, and what a killed writer left."""
    named = {info.name for info in manifests.load(folder).segments}
    for path in folder.iterdir():
        left = path.name.startswith("segment-") and path.stem not in named
        if left or path.name.startswith(".part-"):
            # Where an open file cannot be deleted, a later sweep does it.
            with suppress(OSError):
                path.unlink()


def create(folder: Path, key: bytes) -> None:
    """Make an empty index unless there is one. Raises RegistryError, StorageError."""
    with manifests.storage_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with manifests.writer_lock(folder), manifests.storage_errors(folder):
        if (folder / manifests.NAME).exists():
            return
        if any(folder.glob("segment-*")):
            raise manifests.damaged(folder, "has lost its manifest")
        (folder / WORDS).mkdir(mode=0o700, exist_ok=True)
        PassageStore(folder / WORDS)
        manifests.save(folder, Manifest(manifests.key_check(key)))


WORDS = "words"  #: the folder of the words route, inside the index's
