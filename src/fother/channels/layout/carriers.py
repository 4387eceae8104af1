"""Carriers of the layout channel: the inner word gaps of a line, each one code symbol wide.

A symbol widens or narrows its gap by a small amplitude; a bridge correction then gives back what the line
gained, so that its first and last cluster stay where they were. Because the change of a gap is soft, the
displacement of a cluster is linear in the symbols: ``displacement = R @ (2 * symbols - 1)``.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fother.channels.archive import write_member
from fother.channels.layout import words
from fother.channels.layout.words import Cluster
from fother.model.page import PageGlyphs, PageReport, PageState

AMPLITUDE = 1 / 50  #: em; natural gaps of a line vary by 1/25 to 1/38 em
GAP_SHARE = 0.12  #: of a gap, at most
TRIAL_STRENGTH = 1.5
WEAK_PAGE = 12  #: a page with fewer carriers is weak
_VERSION = 1
_ARRAYS = ("page", "box", "axis", "span", "baseline", "em", "segment", "words", "left", "amplitude")


@dataclass(frozen=True)
class PageFacts:
    """What planning saw on one page, kept for reports."""

    words: int
    glyphs: int  #: visible, white space not counted
    fixed_reason: dict[str, int]
    note: str = ""  #: why lines were frozen later, one sentence


@dataclass(frozen=True)
class LayoutCarriers:
    """Rigid clusters (n) of a whole document and the carriers (m) between them.

    Clusters are ordered by page, line segment and position along the text; those that never move are
    included, as references for measurements. Geometry is in PDF user space, points, y upwards.
    """

    page: NDArray[np.int32]  #: (n,) 0-based
    box: NDArray[np.float64]  #: (n, 4) x0, y0, x1, y1
    axis: NDArray[np.float64]  #: (n, 2) unit vector along the text
    span: NDArray[np.float64]  #: (n, 2) start and end along `axis`
    baseline: NDArray[np.float64]  #: (n,) coordinate across the text: ``-x * axis[1] + y * axis[0]``
    em: NDArray[np.float64]  #: (n,) font size
    segment: NDArray[np.int32]  #: (n,) line segment, numbered through the document
    words: NDArray[np.int32]  #: (n,) words in the cluster
    text: tuple[str, ...]  #: n
    left: NDArray[np.int32]  #: (m,) carrier k lies between clusters left[k] and left[k] + 1
    amplitude: NDArray[np.float64]  #: (m,) points at strength 1, always > 0
    facts: tuple[PageFacts, ...]  #: one a page

    @property
    def count(self) -> int:
        """m, how many columns of the code they take."""
        return len(self.left)

    @property
    def carrier_page(self) -> NDArray[np.int32]:
        """(m,) page of each carrier."""
        return self.page[self.left]

    @property
    def carrier_segment(self) -> NDArray[np.int32]:
        """(m,) segment of each carrier."""
        return self.segment[self.left]

    def displacement(self, symbols: NDArray[np.uint8], strength: float = 1.0) -> NDArray[np.float64]:
        """(n,) points that each cluster moves along its axis, for (m,) symbols 0 or 1."""
        moved = np.zeros(len(self.page))
        if not len(self.left):
            return moved
        signs = 2.0 * np.asarray(symbols, np.float64) - 1.0
        starts, counts, length = self._bridges
        change = self.amplitude * signs
        balance = np.add.reduceat(change, starts) / length
        change -= self.amplitude * np.repeat(balance, counts)
        total = np.cumsum(change)
        total -= np.repeat(total[starts] - change[starts], counts)
        # The last cluster of a segment is at rest by construction; drop what rounding left there.
        total[starts + counts - 1] = 0.0
        moved[self.left + 1] = strength * total
        return moved

    @cached_property
    def _bridges(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """First carrier, number of carriers and sum of amplitudes of every segment with carriers."""
        starts = np.flatnonzero(np.r_[len(self.left) > 0, np.diff(self.carrier_segment) != 0])
        counts = np.diff(np.r_[starts, len(self.left)])
        return starts, counts, np.add.reduceat(self.amplitude, starts) if len(starts) else np.zeros(0)

    def trials(self, generator: np.random.Generator, count: int = 12) -> Iterator[NDArray[np.float64]]:
        """Displacements (n,) of trial copies, 1.5 times as strong as any real one.

        The first four are extremes: the largest change of every gap, and the largest shift of mid-line words,
        each in both directions. The other `count` - 4 carry random symbols.
        """
        position = np.arange(len(self.left))
        starts, counts, _ = self._bridges
        within = position - np.repeat(starts, counts)
        halves = (within < np.repeat(counts, counts) / 2).astype(np.uint8)
        alternate = (within % 2).astype(np.uint8)
        for symbols in (halves, 1 - halves, alternate, 1 - alternate):
            yield self.displacement(symbols, TRIAL_STRENGTH)
        for _ in range(count - 4):
            yield self.displacement(generator.integers(0, 2, len(self.left), np.uint8), TRIAL_STRENGTH)

    def response(self, page: int, strength: float = 1.0) -> tuple[slice, slice, NDArray[np.float64]]:
        """(clusters, carriers, R) of one page: ``displacement[clusters] = R @ (2 * symbols[carriers] - 1)``.

        R is (clusters of the page, carriers of the page), in points.
        """
        first, last = np.searchsorted(self.page, [page, page + 1])
        begin, end = np.searchsorted(self.left, [first, last])
        response = np.zeros((int(last - first), int(end - begin)))
        segments = self.segment[self.left[begin:end]]
        for segment in np.unique(segments):
            members = np.flatnonzero(segments == segment)
            amplitude = self.amplitude[begin + members]
            share = np.cumsum(amplitude) / amplitude.sum()
            block = (np.tri(len(members)) - share[:, None]) * amplitude
            block[-1] = 0.0
            response[np.ix_(self.left[begin + members] + 1 - first, members)] = strength * block
        return slice(int(first), int(last)), slice(int(begin), int(end)), response

    def freeze(self, segments: Iterable[int], reasons: dict[int, str] | None = None) -> LayoutCarriers:
        """Without the carriers of `segments`; `reasons` gives pages (0-based) a sentence for their report."""
        keep = ~np.isin(self.carrier_segment, np.array(sorted(segments), np.int64))
        facts = list(self.facts)
        for page, note in (reasons or {}).items():
            facts[page] = replace(facts[page], note=note)
        return replace(self, left=self.left[keep], amplitude=self.amplitude[keep], facts=tuple(facts))

    def marked(self) -> NDArray[np.bool_]:
        """(n,) whether a cluster borders a carrier: it moves, or it is the fixed end of a line that does."""
        borders = np.zeros(len(self.page), np.bool_)
        borders[self.left] = True
        borders[self.left + 1] = True
        return borders

    def page_reports(self) -> list[PageReport]:
        """One report a page, in order."""
        pages = len(self.facts)
        carriers = np.bincount(self.carrier_page, minlength=pages)
        moved = np.bincount(self.page, weights=self.words * self.marked(), minlength=pages).astype(int)
        return [
            _report(number, facts, int(carriers[number]), int(moved[number]))
            for number, facts in enumerate(self.facts)
        ]

    def to_bytes(self) -> bytes:
        """Frozen form for the registry: the same bytes for the same carriers."""
        header = {
            "version": _VERSION,
            "text": self.text,
            "facts": [[f.words, f.glyphs, f.fixed_reason, f.note] for f in self.facts],
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            write_member(archive, "header.json", json.dumps(header).encode())
            for name in _ARRAYS:
                array = io.BytesIO()
                np.lib.format.write_array(array, getattr(self, name), allow_pickle=False)
                write_member(archive, name, array.getvalue())
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> LayoutCarriers:
        """Inverse of `to_bytes`; raises ValueError for another version."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            header = json.loads(archive.read("header.json"))
            if header["version"] != _VERSION:
                raise ValueError(f"layout carriers of version {header['version']} are not known here")
            arrays = {
                name: np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in _ARRAYS
            }
        facts = tuple(PageFacts(*fact) for fact in header["facts"])
        return cls(text=tuple(header["text"]), facts=facts, **arrays)


def plan(pages: Iterable[PageGlyphs]) -> tuple[LayoutCarriers, list[NDArray[np.int32]]]:
    """Find the carriers of a document.

    Returns the carriers and, for each page, the cluster of every glyph, (glyphs,) int32, counted through the
    document; -1 for glyphs that never move (anchors, spaces, short lines).
    """
    builder = _Builder()
    moved = [builder.add(page) for page in pages]
    return builder.carriers(), moved


class _Builder:
    """Columns of the carriers while pages come in; arrays are made once a page, to keep memory low."""

    def __init__(self) -> None:
        self._columns: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _ARRAYS}
        self._text: list[str] = []
        self._facts: list[PageFacts] = []
        self._segments = 0

    def add(self, page: PageGlyphs) -> NDArray[np.int32]:
        found = words.clusters(page)
        first = len(self._text)
        left, amplitude = _gaps(found)
        cluster_of_glyph = np.full(len(page.text), -1, np.int32)
        for before, index in pairwise(left):
            if found[before].segment == found[index].segment:
                cluster_of_glyph[found[index].glyphs] = first + index
        rows: dict[str, NDArray[np.generic]] = {
            "page": np.full(len(found), len(self._facts), np.int32),
            "box": np.array([words.box(page, c) for c in found], np.float64).reshape(-1, 4),
            "axis": np.array([c.axis for c in found], np.float64).reshape(-1, 2),
            "span": np.array([(c.start, c.end) for c in found], np.float64).reshape(-1, 2),
            "baseline": np.array([c.baseline for c in found], np.float64),
            "em": np.array([c.em for c in found], np.float64),
            "segment": np.array([c.segment + self._segments for c in found], np.int32),
            "words": np.array([c.words for c in found], np.int32),
            "left": np.array(left, np.int32) + np.int32(first),
            "amplitude": np.array(amplitude, np.float64),
        }
        for name, row in rows.items():
            self._columns[name].append(row)
        self._text += [c.text for c in found]
        self._segments += found[-1].segment + 1 if found else 0
        visible = int(np.count_nonzero(~page.space))
        self._facts.append(PageFacts(sum(c.words for c in found), visible, dict(page.fixed_reason)))
        return cluster_of_glyph

    def carriers(self) -> LayoutCarriers:
        shapes = {"box": (0, 4), "axis": (0, 2), "span": (0, 2)}
        kinds = {"page": np.int32, "segment": np.int32, "words": np.int32, "left": np.int32}
        arrays = {
            name: np.concatenate([np.zeros(shapes.get(name, (0,)), kinds.get(name, np.float64)), *rows])
            for name, rows in self._columns.items()
        }
        return LayoutCarriers(text=tuple(self._text), facts=tuple(self._facts), **arrays)


def _gaps(found: list[Cluster]) -> tuple[list[int], list[float]]:
    """Left cluster and amplitude of every carrier of a page: segments of three clusters or more."""
    left: list[int] = []
    amplitude: list[float] = []
    start = 0
    for stop in range(1, len(found) + 1):
        if stop < len(found) and found[stop].segment == found[start].segment:
            continue
        if stop - start >= 3:
            for index in range(start, stop - 1):
                a, b = found[index], found[index + 1]
                left.append(index)
                amplitude.append(min(AMPLITUDE * min(a.em, b.em), GAP_SHARE * (b.start - a.end)))
        start = stop
    return left, amplitude


def _report(number: int, facts: PageFacts, carriers: int, moved: int) -> PageReport:
    state: PageState = "markable"
    reason = facts.note
    if carriers < WEAK_PAGE:
        state = "weak" if carriers else "unmarkable"
        reason = reason or _why_few(facts)
    elif facts.words and moved < 0.5 * facts.words and not reason:
        reason = _why_few(facts)
    return PageReport(number, state, reason, facts.words, moved, carriers)


def _why_few(facts: PageFacts) -> str:
    """The plain reason why a page carries little, most telling first."""
    fixed = {reason: count for reason, count in facts.fixed_reason.items() if reason not in _NOT_TEXT}
    if not facts.glyphs:
        if fixed:
            return f"No text that can be moved: {_listed(fixed)}."
        if facts.fixed_reason:
            return f"No text: the page shows only {' and '.join(sorted(facts.fixed_reason))}."
        return "The page is empty."
    if fixed and sum(fixed.values()) > 0.3 * facts.glyphs:
        return f"Part of the text cannot be moved: {_listed(fixed)}."
    if facts.words < 40:
        return f"Few words: {facts.words} on the page."
    if facts.glyphs > 9 * facts.words:
        return "Few word gaps: the script is written without spaces."
    return "Few lines of three or more words: tables, lists or short labels."


_NOT_TEXT = {"pictures", "drawings"}


def _listed(reasons: dict[str, int]) -> str:
    ranked = sorted(reasons.items(), key=lambda item: -item[1])
    return ", ".join(f"{reason} ({count} characters)" for reason, count in ranked)
