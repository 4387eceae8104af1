"""Immutable sorted files of fingerprints, memory-mapped and merged like those of a log-structured tree.

A posting is one 64-bit number: the first bits of a k-gram's hash, then the place where it stands. Places
count in units of 16 characters through all documents of the segment one after the other, so that a segment of
1 GB of text keeps 38 bits of each hash: a strange k-gram meets one of its 200 million postings by accident
once in 1,400 look-ups.
(O'Neil et al.: The log-structured merge-tree, Acta Informatica 33, 1996.)
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from fother.identify.fingerprints import Hashes, Numbers
from fother.identify.manifest import SegmentInfo, damaged

UNIT = 16  #: characters
MOST_UNITS = 1 << 28  #: no segment of more is made by merging
_PIECE = 1 << 22  #: postings sorted at once in a merge


@dataclass(frozen=True)
class Entry:
    """One document as a segment stores it."""

    serial: int
    id: str
    length: int  #: characters
    hash: Hashes
    offset: Numbers


@dataclass(frozen=True)
class Documents:
    """The documents of a segment, in order of serial; n of them."""

    serial: NDArray[np.int64]  #: (n,)
    start: NDArray[np.int64]  #: (n + 1,) first unit of each
    id_end: NDArray[np.int64]  #: (n,) bytes of `ids`
    ids: bytes

    def id_of(self, number: int) -> str:
        begin = int(self.id_end[number - 1]) if number else 0
        return self.ids[begin : int(self.id_end[number])].decode("utf-8")

    def all_ids(self) -> list[str]:
        return [self.id_of(number) for number in range(len(self.serial))]

    def packed(self) -> bytes:
        arrays = (self.serial, self.start, self.id_end)
        return b"".join(a.astype("<i8").tobytes() for a in arrays) + self.ids

    @classmethod
    def unpack(cls, data: bytes, n: int) -> Documents:
        numbers = np.frombuffer(data, "<i8", 3 * n + 1).astype(np.int64)
        return cls(numbers[:n], numbers[n : 2 * n + 1], numbers[2 * n + 1 :], data[8 * (3 * n + 1) :])

    @classmethod
    def of(cls, serials: Iterable[int], ids: Iterable[str], units: Iterable[int]) -> Documents:
        names = [id.encode("utf-8") for id in ids]
        return cls(
            np.fromiter(serials, np.int64),
            np.cumsum([0, *units], dtype=np.int64),
            np.cumsum([len(name) for name in names], dtype=np.int64),
            b"".join(names),
        )


class Segment:
    """One opened segment. Raises RegistryError when its files are missing or damaged."""

    def __init__(self, folder: Path, info: SegmentInfo) -> None:
        self.info = info
        try:
            data = (folder / f"{info.name}.documents").read_bytes()
            path = folder / f"{info.name}.postings"
            if path.stat().st_size != 8 * info.postings:
                raise damaged(folder, "is damaged")
            self.postings: Hashes = (
                np.asarray(np.memmap(path, "<u8", "r")) if info.postings else np.zeros(0, np.uint64)
            )
        except OSError as error:
            raise damaged(folder, "lacks a file or cannot be read") from error
        if hashlib.sha256(data).hexdigest() != info.checksum:
            raise damaged(folder, "is damaged")
        self.documents = Documents.unpack(data, info.documents)
        self._low = np.uint64((1 << info.position_bits) - 1)

    def intact(self) -> bool:
        """Whether the postings are those that were written. Reads all of them."""
        checksum = hashlib.sha256()
        for first in range(0, len(self.postings), _PIECE):
            checksum.update(self.postings[first : first + _PIECE].data)
        return checksum.hexdigest() == self.info.postings_checksum

    @cached_property
    def numbers(self) -> dict[str, list[int]]:
        """Documents of each id, counted in this segment; more than one after removals."""
        numbers: dict[str, list[int]] = {}
        for number, id in enumerate(self.documents.all_ids()):
            numbers.setdefault(id, []).append(number)
        return numbers

    def ranges(self, hashes: Hashes) -> tuple[Numbers, Numbers]:
        """(n,) first and past-the-last postings of each hash; quickest when the hashes are in order."""
        first = np.searchsorted(self.postings, hashes & ~self._low, side="left")
        last = np.searchsorted(self.postings, hashes | self._low, side="right")
        return first, last

    def places(self, postings: Numbers) -> tuple[Numbers, Numbers]:
        """(n,) documents (counted in this segment) and characters where these postings stand."""
        units = (self.postings[postings] & self._low).astype(np.int64)
        document = np.searchsorted(self.documents.start, units, side="right") - 1
        return document, (units - self.documents.start[document]) * UNIT


def write(folder: Path, entries: Sequence[Entry]) -> SegmentInfo:
    """Make a segment of these documents, durable but in no manifest yet."""
    units = [entry.length // UNIT + 1 for entry in entries]
    documents = Documents.of((e.serial for e in entries), (e.id for e in entries), units)
    bits = _position_bits(int(documents.start[-1]))
    low = np.uint64((1 << bits) - 1)
    postings = np.concatenate(
        [np.zeros(0, np.uint64)]
        + [
            (entry.hash & ~low) | (entry.offset // UNIT + start).astype(np.uint64)
            for entry, start in zip(entries, documents.start.tolist(), strict=False)
        ]
    )
    postings.sort()
    return _store(folder, documents, bits, [postings])


def merge(folder: Path, segments: Sequence[Segment], removed: NDArray[np.int64]) -> SegmentInfo:
    """Make one segment of several, in order, without the documents whose serials are in `removed`.

    Memory stays bounded: the hashes are gone through in ranges.
    """
    keeps = [np.isin(segment.documents.serial, removed, invert=True) for segment in segments]
    lengths = [np.diff(segment.documents.start) for segment in segments]
    documents = Documents.of(
        (
            int(s)
            for segment, keep in zip(segments, keeps, strict=True)
            for s in segment.documents.serial[keep]
        ),
        (
            segment.documents.id_of(int(n))
            for segment, keep in zip(segments, keeps, strict=True)
            for n in np.flatnonzero(keep)
        ),
        (int(u) for length, keep in zip(lengths, keeps, strict=True) for u in length[keep]),
    )
    bits = max([_position_bits(int(documents.start[-1])), *(s.info.position_bits for s in segments)])
    moves = []
    at = 0
    for keep, length in zip(keeps, lengths, strict=True):
        kept = np.where(keep, length, 0)
        moves.append(np.concatenate(([0], np.cumsum(kept)[:-1])) + at)
        at += int(kept.sum())

    def pieces() -> Iterator[Hashes]:
        total = sum(segment.info.postings for segment in segments)
        bounds = _bounds(max(1, -(-total // _PIECE)), bits)
        cuts = [[*np.searchsorted(s.postings, bounds).tolist(), s.info.postings] for s in segments]
        for nth in range(len(bounds)):
            parts = []
            for segment, keep, move, cut in zip(segments, keeps, moves, cuts, strict=True):
                part = _moved(segment, cut[nth], cut[nth + 1], keep, move, bits)
                parts.append(part)
            piece = np.concatenate(parts)
            piece.sort()
            yield piece

    return _store(folder, documents, bits, pieces())


def _moved(
    segment: Segment, first: int, last: int, keep: NDArray[np.bool_], move: Numbers, bits: int
) -> Hashes:
    """Postings first…last of a segment with their places in the merged one."""
    postings = segment.postings[first:last]
    old_low = np.uint64((1 << segment.info.position_bits) - 1)
    units = (postings & old_low).astype(np.int64)
    document = np.searchsorted(segment.documents.start, units, side="right") - 1
    units += (move - segment.documents.start[:-1])[document]
    moved = (postings & ~np.uint64((1 << bits) - 1)) | units.astype(np.uint64)
    return moved if keep.all() else moved[keep[document]]


def _bounds(count: int, bits: int) -> Hashes:
    """Lower ends of `count` equal ranges of hashes, none of which cuts the postings of one hash apart."""
    ends = [(nth << 64) // count >> bits << bits for nth in range(count)]
    return np.array(sorted(set(ends)), np.uint64)


def _position_bits(units: int) -> int:
    return max(8, units.bit_length())


@contextmanager
def _durable(path: Path) -> Iterator[BinaryIO]:
    """A new file of mode 0600 that is on the disk when the block ends, or gone when the block fails."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _store(folder: Path, documents: Documents, bits: int, pieces: Iterable[Hashes]) -> SegmentInfo:
    name = f"segment-{secrets.token_hex(8)}"
    count = 0
    checksum = hashlib.sha256()
    with _durable(folder / f"{name}.postings") as file:
        for piece in pieces:
            stored = piece.astype("<u8", copy=False).data
            file.write(stored)
            checksum.update(stored)
            count += len(piece)
    data = documents.packed()
    with _durable(folder / f"{name}.documents") as file:
        file.write(data)
    return SegmentInfo(
        name=name,
        documents=len(documents.serial),
        postings=count,
        position_bits=bits,
        units=int(documents.start[-1]),
        checksum=hashlib.sha256(data).hexdigest(),
        postings_checksum=checksum.hexdigest(),
    )
