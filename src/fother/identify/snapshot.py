"""What an index holds at one moment, for reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.identify.fingerprints import Hashes, Numbers
from fother.identify.manifest import Manifest
from fother.identify.segments import Segment


@dataclass(frozen=True)
class Matches:
    """Postings of n hashes: parallel arrays of length m, and how many postings each hash has."""

    document: Numbers  #: (m,) number in the snapshot
    place: Numbers  #: (m,) characters, to 16 exactly
    asked: Numbers  #: (m,) which of the n hashes
    count: Numbers  #: (n,)


class Snapshot:
    """Opened segments. Documents are numbered through all of them in order of serial, n in all."""

    def __init__(self, folder: Path, manifest: Manifest, opened: Mapping[str, Segment]) -> None:
        self.manifest = manifest
        self.segments = tuple(
            opened[info.name] if info.name in opened else Segment(folder, info) for info in manifest.segments
        )
        sizes = [segment.info.documents for segment in self.segments]
        self._base = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        self.serial: NDArray[np.int64] = np.concatenate(
            [np.zeros(0, np.int64), *(segment.documents.serial for segment in self.segments)]
        )
        self._gone: NDArray[np.int64] = np.array(sorted(manifest.removed), np.int64)
        self._live = np.isin(self.serial, self._gone, invert=True) if manifest.removed else None

    def __len__(self) -> int:
        return int(self._base[-1]) - len(self._gone)

    def __contains__(self, id: str) -> bool:
        return self.serial_of(id) is not None

    def serial_of(self, id: str) -> int | None:
        """The serial of a document that is held and not removed."""
        for segment in reversed(self.segments):
            for number in segment.numbers.get(id, ()):
                serial = int(segment.documents.serial[number])
                if serial not in self._removed:
                    return serial
        return None

    @cached_property
    def _removed(self) -> frozenset[int]:
        return frozenset(self.manifest.removed)

    def ids(self) -> frozenset[str]:
        return frozenset(self.id_of(number) for number in range(len(self.serial)) if self.holds(number))

    def holds(self, number: int) -> bool:
        return self._live is None or bool(self._live[number])

    def id_of(self, number: int) -> str:
        nth = int(np.searchsorted(self._base, number, side="right")) - 1
        return self.segments[nth].documents.id_of(number - int(self._base[nth]))

    def number_of(self, serial: int) -> int | None:
        """The number of a document that is held and not removed."""
        number = int(np.searchsorted(self.serial, serial))
        if number == len(self.serial) or self.serial[number] != serial or not self.holds(number):
            return None
        return number

    def look_up(self, hashes: Hashes, most: int, few: int) -> Matches:
        """Postings of some hashes; of a hash with more than `most` only the first `few` of each segment.

        Postings are in order of document, so what is cut short leaves the same documents for all the hashes
        of one widespread passage.
        """
        order = np.argsort(hashes)
        ordered = hashes[order]
        found = [segment.ranges(ordered) for segment in self.segments]
        count = np.zeros(len(hashes), np.int64)
        for first, last in found:
            count += last - first
        documents, places, asked = [], [], []
        for segment, base, (first, last) in zip(self.segments, self._base.tolist(), found, strict=False):
            taken = last - first
            taken = np.where(count > most, np.minimum(taken, few), taken)
            total = int(taken.sum())
            if total == 0:
                continue
            ends = np.cumsum(taken)
            postings = np.arange(total) + np.repeat(first - (ends - taken), taken)
            document, place = segment.places(postings)
            documents.append(document + base)
            places.append(place)
            asked.append(np.repeat(order, taken))
        nothing = np.zeros(0, np.int64)
        document = np.concatenate([nothing, *documents])
        place = np.concatenate([nothing, *places])
        which = np.concatenate([nothing, *asked])
        if self._live is not None:
            live = self._live[document]
            document, place, which = document[live], place[live], which[live]
        counts = np.empty_like(count)
        counts[order] = count
        return Matches(document, place, which, counts)
