"""Sorted postings in files: written once, memory-mapped, merged when there are many.

A folder holds one sub-folder a segment and a manifest that names those in use. The manifest is replaced as a
whole, after the segment is on the disk: a killed writer leaves at most a folder that nobody names.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.errors import InputFileError
from fother.vision.shapes.signature import keys, runs, unpack

_VERSION = 2
_FANOUT = 8  #: segments of like size that are merged into one
_MANIFEST = "manifest.json"
_ARRAYS = ("cells", "keys", "rows", "first", "page", "owner")


@dataclass(frozen=True)
class Segment:
    """Pages (p) of some documents. `cells` (n,) uint64 are their signatures one after the other, `first`
    (p + 1,) where each begins, `page` (p,) its number, `owner` (p,) its document in `documents`; `keys` (r,)
    sorted keys of runs and `rows` (r,) the cell at which each run begins."""

    name: str
    documents: tuple[str, ...]
    cells: NDArray[np.uint64]
    keys: NDArray[np.uint32]
    rows: NDArray[np.uint32]
    first: NDArray[np.uint32]
    page: NDArray[np.uint32]
    owner: NDArray[np.uint32]

    def signature(self, place: int) -> NDArray[np.uint64]:
        """Signature of the page at `place` 0…p-1."""
        part: NDArray[np.uint64] = self.cells[int(self.first[place]) : int(self.first[place + 1])]
        return part


@dataclass(frozen=True)
class Manifest:
    """Segments in use, in the order they were written, and the documents that are removed from each."""

    segments: tuple[str, ...] = ()
    removed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    next_number: int = 0


def read_manifest(folder: Path) -> Manifest:
    """Raises InputFileError when the file is damaged or of another version."""
    try:
        content = json.loads((folder / _MANIFEST).read_text())
        if content["version"] != _VERSION:
            raise ValueError
        return Manifest(
            tuple(map(str, content["segments"])),
            {str(k): frozenset(map(str, v)) for k, v in content["removed"].items()},
            int(content["next"]),
        )
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputFileError(
            "The index of page shapes is damaged or of another version; rebuild it."
        ) from None


def stamp(folder: Path) -> tuple[int, int, int]:
    """Changes whenever the manifest is replaced."""
    try:
        facts = (folder / _MANIFEST).stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def open_segment(folder: Path, name: str) -> Segment:
    """Map one segment. Raises FileNotFoundError when a merge took it away, InputFileError when damaged."""
    path = folder / name
    try:
        documents = tuple(json.loads((path / "documents.json").read_text()))
        arrays = {kind: np.load(path / f"{kind}.npy", mmap_mode="r", allow_pickle=False) for kind in _ARRAYS}
    except FileNotFoundError:
        raise
    except (ValueError, OSError, EOFError):
        raise InputFileError("The index of page shapes is damaged; rebuild it.") from None
    return Segment(name, documents, **arrays)


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """One writer at a time; others wait. Sweeps away what a killed writer left."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        used = set(read_manifest(folder).segments)
        for path in folder.iterdir():
            if path.is_dir() and path.name not in used:
                shutil.rmtree(path, ignore_errors=True)
            elif path.suffix == ".part":
                path.unlink(missing_ok=True)
        yield


def add_pages(folder: Path, pages: Sequence[tuple[str, int, NDArray[np.uint64]]]) -> None:
    """Add pages (document, number, signature), replacing earlier ones of the same documents. Lock held."""
    manifest = _without(folder, read_manifest(folder), {document for document, _, _ in pages})
    name = f"s{manifest.next_number:08d}"
    _write_segment(folder / name, pages)
    manifest = Manifest((*manifest.segments, name), manifest.removed, manifest.next_number + 1)
    _commit(folder, _merged(folder, manifest))


def remove_documents(folder: Path, documents: set[str]) -> None:
    """Forget all pages of some documents. Lock held."""
    _commit(folder, _without(folder, read_manifest(folder), documents))


def _without(folder: Path, manifest: Manifest, documents: set[str]) -> Manifest:
    removed = dict(manifest.removed)
    for name in manifest.segments:
        there = documents & set(json.loads((folder / name / "documents.json").read_text()))
        if there:
            removed[name] = removed.get(name, frozenset()) | there
    return Manifest(manifest.segments, removed, manifest.next_number)


def _merged(folder: Path, manifest: Manifest) -> Manifest:
    """Join the newest segments while `_FANOUT` or more of like size stand together."""
    names = list(manifest.segments)
    removed = dict(manifest.removed)
    number = manifest.next_number
    while True:
        level = [
            int(np.log(max((folder / n / "cells.npy").stat().st_size, 1)) / np.log(_FANOUT)) for n in names
        ]
        run = next((k for k in range(len(level)) if level[len(level) - 1 - k] > level[-1]), len(level))
        if run < _FANOUT:
            return Manifest(tuple(names), removed, number)
        pages: list[tuple[str, int, NDArray[np.uint64]]] = []
        for name in names[-run:]:
            segment = open_segment(folder, name)
            for place, (owner, page) in enumerate(zip(segment.owner, segment.page, strict=True)):
                document = segment.documents[int(owner)]
                if document not in removed.get(name, frozenset()):
                    pages.append((document, int(page), np.array(segment.signature(place))))
            removed.pop(name, None)
        joined = f"s{number:08d}"
        number += 1
        _write_segment(folder / joined, pages)
        names[-run:] = [joined]


def _write_segment(path: Path, pages: Sequence[tuple[str, int, NDArray[np.uint64]]]) -> None:
    documents = list(dict.fromkeys(document for document, _, _ in pages))
    number = {document: k for k, document in enumerate(documents)}
    lengths = [len(signature) for _, _, signature in pages]
    first = np.r_[0, np.cumsum(lengths)].astype(np.uint32)
    cells = np.concatenate([s for _, _, s in pages]) if pages else np.zeros(0, np.uint64)
    found, places = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint32)]
    for (_, _, signature), start in zip(pages, first, strict=False):
        of_page = unpack(signature)
        begin, ratio = runs(of_page.line, of_page.x1 - of_page.x0)
        found.append(keys(ratio))
        places.append((begin + int(start)).astype(np.uint32))
    key, row = np.concatenate(found), np.concatenate(places)
    order = np.argsort(key, kind="stable")
    arrays = {
        "cells": cells.astype(np.uint64),
        "keys": key[order],
        "rows": row[order],
        "first": first,
        "page": np.array([page for _, page, _ in pages], np.uint32),
        "owner": np.array([number[document] for document, _, _ in pages], np.uint32),
    }
    path.mkdir()
    for kind, array in arrays.items():
        with (path / f"{kind}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            _to_disk(file.fileno())
    with (path / "documents.json").open("w") as text:
        json.dump(documents, text)
        text.flush()
        _to_disk(text.fileno())
    _sync_folder(path)


def _commit(folder: Path, manifest: Manifest) -> None:
    old = set(read_manifest(folder).segments)
    part = folder / f"{_MANIFEST}.part"
    with part.open("w") as file:
        json.dump(
            {
                "version": _VERSION,
                "segments": manifest.segments,
                "removed": {k: sorted(v) for k, v in manifest.removed.items() if k in manifest.segments},
                "next": manifest.next_number,
            },
            file,
        )
        file.flush()
        _to_disk(file.fileno())
    _sync_folder(folder)
    part.replace(folder / _MANIFEST)
    _sync_folder(folder)
    for name in old - set(manifest.segments):
        shutil.rmtree(folder / name, ignore_errors=True)


def _to_disk(descriptor: int) -> None:
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
