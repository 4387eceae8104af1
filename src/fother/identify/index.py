"""The passage index: proposes which parts of which registered documents a leak may show.

Two routes side by side: fingerprints of characters, strong on misread text, and words by BM25, strong on
reworded text. What they propose is decided by alignment (see match).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from fother.errors import RegistryError
from fother.identify import manifest as manifests
from fother.identify import writing
from fother.identify.fingerprints import Hasher
from fother.identify.habits import Steps, steps
from fother.identify.passages import PassageStore
from fother.identify.search import frequencies, propose
from fother.identify.segments import UNIT, Segment
from fother.identify.snapshot import Snapshot
from fother.model.match import Hit, Span

_BATCH_CHARACTERS = 16_000_000
_BATCH_DOCUMENTS = 5_000
_ATTEMPTS = 10


def _no_step() -> None:
    return


class PassageIndex:
    """Passages of all registered documents, in a folder that only its owner can read.

    Many processes may read while one writes; each search sees one moment of the index. Interrupting a change,
    even by a power cut, leaves an index that is whole and may lack the documents of the last batch.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        """Use `open`."""
        self._folder = folder
        self._hasher = Hasher.of(key)
        self._lock = Lock()
        self._stamp = manifests.stamp(folder)
        manifest = manifests.load(folder)
        if manifest.key_check != manifests.key_check(key):
            raise manifests.damaged(folder, "was made with the key of another registry")
        self._words = PassageStore(folder / writing.WORDS)
        self._snapshot = self._read({})

    @classmethod
    def open(cls, folder: Path, key: bytes) -> PassageIndex:
        """Open the index in `folder`, making an empty one when there is none.

        `key` is a secret of the registry. Raises RegistryError when the index is damaged or was made by
        another version or with another key; StorageError when it cannot be made.
        """
        if not (folder / manifests.NAME).exists():
            writing.create(folder, key)
        return cls(folder, key)

    def __contains__(self, id: str) -> bool:
        return id in self._current()

    def __len__(self) -> int:
        return len(self._current())

    @property
    def characters(self) -> int:
        """How much text is held, in characters, to 16 a document."""
        return UNIT * sum(int(segment.documents.start[-1]) for segment in self._current().segments)

    def ids(self) -> frozenset[str]:
        """Ids of all documents; takes a second at a million, `in` is quicker for a few."""
        return self._current().ids()

    def add(self, documents: Iterable[tuple[str, str]], step: Callable[[], None] = _no_step) -> None:
        """Add documents (id, text) in durable batches, calling `step` once for each.

        An id that is already there is ignored. Raises StorageError; complete batches then stay.
        """
        batch: list[tuple[str, str]] = []
        size = 0
        for id, text in documents:
            batch.append((id, text))
            size += len(text)
            step()
            if size >= _BATCH_CHARACTERS or len(batch) >= _BATCH_DOCUMENTS:
                writing.add_batch(self._folder, self._hasher, self._words, batch, self._current())
                batch, size = [], 0
        if batch:
            writing.add_batch(self._folder, self._hasher, self._words, batch, self._current())

    def remove(self, ids: Iterable[str]) -> None:
        """Forget documents; unknown ids are ignored. Raises StorageError.

        They are found no more at once; their hashes leave the disk when segments are next merged.
        """
        writing.remove(self._folder, self._words, list(ids), self._current())

    def search(self, text: str, limit: int = 10) -> list[Hit]:
        """Places that may be what the text shows, best first; for each stretch of it `limit` a route.

        The text may be a sentence or a book. An empty list means that the index shares no k-gram and no word
        with it.
        """
        snapshot = self._current()
        return propose(text, self._hasher, snapshot, self._words, limit)

    def document_frequency(self, text: str, spans: Sequence[Span]) -> NDArray[np.int64]:
        """(n,) in about how many documents each stretch of the text occurs; 0 when none is known to hold it.

        Counts documents that agree with the stretch about as well as the best one does, so that misread text
        counts as well. Stretches without a sampled k-gram (shorter than some 15 letters) give 0.
        """
        return frequencies(text, spans, self._hasher, self._current())

    def habits(self, text: str, left_out: int) -> Steps:
        """How far all documents but the `left_out` that hold most of a text foretell it, step by step.

        Of a long text only the beginning, some 2,000 letters.
        """
        return steps(text, left_out, self._hasher, self._current())

    def verify(self) -> list[str]:
        """One sentence for each part of the index that is damaged; an empty list when all is well.

        Reads the whole index, about 1 GB in two seconds, while no writer changes it. Raises StorageError when
        the writers' lock cannot be had.
        """
        with manifests.writer_lock(self._folder):
            try:
                snapshot = Snapshot(self._folder, manifests.load(self._folder), {})
            except RegistryError as error:
                return [str(error)]
            broken = [f"{s.info.name}.postings" for s in snapshot.segments if not s.intact()]
            broken += [f"{writing.WORDS}/{name}" for name in self._words.damaged_files()]
        return [str(manifests.damaged(self._folder, f"has a damaged file, {name}")) for name in broken]

    def close(self) -> None:
        """Give back what is open; files of merged segments can then be deleted."""
        with self._lock:
            self._snapshot = Snapshot(self._folder, manifests.Manifest(""), {})
            self._stamp = (0, 0, 0)

    def _current(self) -> Snapshot:
        """The snapshot, read again when a writer has replaced the manifest."""
        with self._lock:
            stamp = manifests.stamp(self._folder)
            if stamp != self._stamp:
                opened = {segment.info.name: segment for segment in self._snapshot.segments}
                self._snapshot = self._read(opened)
            return self._snapshot

    def _read(self, opened: dict[str, Segment]) -> Snapshot:
        for attempt in range(_ATTEMPTS):
            stamp = manifests.stamp(self._folder)
            try:
                snapshot = Snapshot(self._folder, manifests.load(self._folder), opened)
            except RegistryError:
                # A writer may have merged segments and deleted the files that this manifest named.
                if attempt + 1 == _ATTEMPTS or manifests.stamp(self._folder) == stamp:
                    raise
                continue
            self._words.reload()
            self._stamp = stamp
            return snapshot
        raise manifests.damaged(self._folder, "changes faster than it can be read")  # pragma: no cover
