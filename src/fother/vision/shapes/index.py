"""Search thousands of pages for the one whose words lie as those of a capture do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.vision.shapes import segments as store
from fother.vision.shapes.blobs import WordBlobs, word_blobs
from fother.vision.shapes.check import Alignment, CaptureCells, agreement, align
from fother.vision.shapes.segments import Segment
from fother.vision.shapes.signature import RUN, UNIT, probes, runs, unpack

_CANDIDATES = 40  # pages with most votes
_ALIGNED = 8  # of these, the ones whose runs agree best
_SCALE_BINS, _SCALE_STEP = 96, 0.18  # logarithm of pixels per point
_MAX_RUNS = 1200
_MAX_HITS = 400_000
_SURE = -12.0  # log10 of the probability by chance below which the other reading direction is not tried
_ATTEMPTS = 5


@dataclass(frozen=True)
class ShapeHit:
    """A page that a capture may show.

    `page` is 0-based. `score` is minus the decimal logarithm of the probability that words lie as well by
    chance, the number of pages that were searched allowed for; `met` of `tested` ends of words agree. Gaps
    between words depend on one another, so chance reaches higher scores than it says: up to 10 in 161
    searches (`bench/page_shapes.py`): it ranks pages and tells where looking on is worth while.
    """

    document: str
    page: int
    score: float
    met: int
    tested: int


class ShapeIndex:
    """Pages of many documents by the shapes of their words. One folder; many readers, one writer at a time.

    All of it can be made again from the originals. What is kept are widths and places of words: treat it as
    confidential as the originals.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = (-1, -1, -1)
        self._segments: list[tuple[Segment, NDArray[np.bool_]]] = []

    @classmethod
    def open(cls, folder: Path) -> ShapeIndex:
        """Open or begin an index. Raises InputFileError when it is damaged."""
        index = cls(folder)
        index._refresh()
        return index

    def add(self, document: str, pages: Mapping[int, NDArray[np.uint64]]) -> None:
        """Add a document's pages (0-based number: signature), in place of what was there of it."""
        self.add_many({document: pages})

    def add_many(self, documents: Mapping[str, Mapping[int, NDArray[np.uint64]]]) -> None:
        """Add several documents in one write: all of them or, if killed, none."""
        rows = [(key, n, s) for key, pages in documents.items() for n, s in pages.items()]
        with store.writer_lock(self._folder):
            store.add_pages(self._folder, rows)

    def remove(self, document: str) -> None:
        """Forget a document; nothing happens if it is not there."""
        with store.writer_lock(self._folder):
            store.remove_documents(self._folder, {document})

    def ids(self) -> set[str]:
        """Documents in the index."""
        self._refresh()
        return {s.documents[int(k)] for s, alive in self._segments for k in np.unique(s.owner[alive])}

    def __len__(self) -> int:
        """Pages in the index."""
        self._refresh()
        return int(sum(alive.sum() for _, alive in self._segments))

    def search(self, image: NDArray[np.uint8], limit: int = 10) -> list[ShapeHit]:
        """Pages that a grey capture (h, w) may show, best first."""
        return self.search_blobs(word_blobs(image), limit)

    def search_blobs(self, blobs: WordBlobs, limit: int = 10) -> list[ShapeHit]:
        """`search` for words that were found before."""
        total = len(self)
        if not total or len(blobs) < RUN:
            return []
        hits: list[tuple[Alignment, str, int]] = []
        for backwards in (False, True):
            hits += self._search(_reversed(blobs) if backwards else blobs)
            if hits and min(a.log10_p for a, _, _ in hits) < _SURE:
                break
        best: dict[tuple[str, int], ShapeHit] = {}
        tried = np.log10(total * 2.0)
        for alignment, document, page in hits:
            score = max(-alignment.log10_p - tried, 0.0)
            hit = ShapeHit(document, page, score, alignment.met, alignment.tested)
            if (document, page) not in best or best[document, page].score < score:
                best[document, page] = hit
        return sorted(best.values(), key=lambda h: (-h.score, h.document, h.page))[:limit]

    def _search(self, blobs: WordBlobs) -> list[tuple[Alignment, str, int]]:
        first, ratio = runs(blobs.line, np.hypot(*(blobs.end - blobs.start).T))
        if not len(first):
            return []
        start, end = blobs.start[first], blobs.end[first + RUN - 1]
        # Two opinions on the gaps often give the same run.
        _, unique = np.unique(np.round(np.c_[start, end]).astype(np.int64), axis=0, return_index=True)
        unique = np.sort(unique)[:: len(unique) // _MAX_RUNS + 1]
        start, end, ratio = start[unique], end[unique], ratio[unique]
        pitch = float(np.median(blobs.height))
        capture = CaptureCells(blobs.start, blobs.end, pitch)
        wanted = probes(ratio)
        length = np.hypot(*(end - start).T)
        found = [_votes(s, alive, wanted, length) for s, alive in self._segments]
        ranked = sorted(
            ((float(v.weight[k]), n, int(k)) for n, v in enumerate(found) for k in v.best()), reverse=True
        )
        agreed = []
        for _, number, place in ranked[:_CANDIDATES]:
            segment = self._segments[number][0]
            rows, run = found[number].of(place)
            cells = unpack(segment.signature(place))
            local = rows - int(segment.first[place])
            page_runs = (
                np.c_[cells.x0[local], cells.y[local]],
                np.c_[cells.x1[local + RUN - 1], cells.y[local + RUN - 1]],
            )
            capture_runs = start[run], end[run]
            agreed.append(
                (agreement(page_runs, capture_runs, pitch), number, place, cells, page_runs, capture_runs)
            )
        agreed.sort(key=lambda row: -row[0])
        out = []
        for _, number, place, cells, page_runs, capture_runs in agreed[:_ALIGNED]:
            alignment = align(cells, capture, page_runs, capture_runs)
            if alignment is not None:
                segment = self._segments[number][0]
                out.append(
                    (alignment, segment.documents[int(segment.owner[place])], int(segment.page[place]))
                )
        return out

    def _refresh(self) -> None:
        """Take up what writers did since; a merge may take segments away between two reads."""
        for attempt in range(_ATTEMPTS):
            now = store.stamp(self._folder)
            if now == self._stamp:
                return
            manifest = store.read_manifest(self._folder)
            kept = {s.name: s for s, _ in self._segments}
            try:
                opened = [
                    kept.get(name) or store.open_segment(self._folder, name) for name in manifest.segments
                ]
            except FileNotFoundError:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            self._segments = [(s, _alive(s, manifest.removed.get(s.name, frozenset()))) for s in opened]
            self._stamp = now
            return


@dataclass(frozen=True)
class _Votes:
    """Votes of one segment: `weight` (p,) of each page at its best scale; hits by page: `page`, `rows`, `run`
    (h,), sorted by page."""

    weight: NDArray[np.float64]
    page: NDArray[np.int64]
    rows: NDArray[np.int64]
    run: NDArray[np.int64]

    def best(self) -> NDArray[np.int64]:
        order = np.argsort(-self.weight, kind="stable")[:_CANDIDATES]
        out: NDArray[np.int64] = order[self.weight[order] > 0]
        return out

    def of(self, place: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Cells and runs of the capture that were found alike on one page."""
        a, b = np.searchsorted(self.page, [place, place + 1])
        return self.rows[a:b], self.run[a:b]


def _votes(
    segment: Segment,
    alive: NDArray[np.bool_],
    wanted: NDArray[np.uint32],
    length: NDArray[np.float64],
) -> _Votes:
    """Look all runs up. A page's votes count only together when they agree on the scale of the capture."""
    flat = wanted.ravel()
    low = np.searchsorted(segment.keys, flat, side="left")
    count = np.searchsorted(segment.keys, flat, side="right") - low
    # What stands on very many pages says little and costs much: the rarest keys come first.
    order = np.argsort(count, kind="stable")
    order = order[count[order] > 0]
    order = order[np.cumsum(count[order]) <= _MAX_HITS]
    low, count = low[order], count[order]
    hits = int(count.sum())
    position = np.repeat(low - np.r_[0, np.cumsum(count)[:-1]], count) + np.arange(hits)
    rows = np.asarray(segment.rows[position], np.int64)
    run = np.repeat(order // wanted.shape[1], count)
    worth = np.repeat(1.0 / np.log2(2.0 + count), count)
    page = np.searchsorted(segment.first, rows, side="right") - 1
    good = alive[page]
    page, rows, run, worth = page[good], rows[good], run[good], worth[good]
    on_page = _length(segment, rows)
    step = np.log(np.maximum(length[run], 1e-3) / np.maximum(on_page, 1e-3)) / _SCALE_STEP + _SCALE_BINS / 2
    lower = np.clip(step.astype(np.int64), 0, _SCALE_BINS - 2)
    votes = np.zeros(len(alive) * _SCALE_BINS)
    for shift in (0, 1):  # neighbouring bins overlap, so that no scale falls between two
        votes += np.bincount(page * _SCALE_BINS + lower + shift, worth, len(votes))
    table = votes.reshape(-1, _SCALE_BINS)
    at = table.argmax(1)
    near = (lower == at[page]) | (lower + 1 == at[page])
    page, rows, run = page[near], rows[near], run[near]
    order = np.argsort(page, kind="stable")
    return _Votes(table.max(1), page[order], rows[order], run[order])


def _length(segment: Segment, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Length of the runs that begin at some cells, points."""
    last = segment.cells[rows + RUN - 1]
    begin = (segment.cells[rows] >> np.uint64(48)).astype(np.int64)
    end = (last >> np.uint64(48)).astype(np.int64) + ((last >> np.uint64(16)) & np.uint64(0xFFFF)).astype(
        np.int64
    )
    length: NDArray[np.float64] = (end - begin).astype(np.float64) * UNIT
    return length


def _alive(segment: Segment, removed: frozenset[str]) -> NDArray[np.bool_]:
    gone = np.array([document in removed for document in segment.documents], bool)
    return ~gone[segment.owner] if len(gone) else np.zeros(0, bool)


def _reversed(blobs: WordBlobs) -> WordBlobs:
    """The same words read the other way: a capture that stands on its head."""
    return WordBlobs(blobs.end[::-1], blobs.start[::-1], blobs.line[::-1], blobs.height[::-1])


__all__: Sequence[str] = ["ShapeHit", "ShapeIndex"]
