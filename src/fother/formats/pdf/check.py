"""The closed loop at registration: lines whose marks would change the extracted text are found and frozen.

Extractors guess spaces and reading order from thresholds that no specification tells. So trial copies, marked
more strongly than any real one, are read back by pdfium and, when it is installed, by poppler's pdftotext;
where a page's text differs, bisection finds the line.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.formats.pdf.render import Renderer, open_renderer
from fother.formats.pdf.template import CopyTemplate
from fother.model.capture import Characters

TOLERANCE = 0.012  #: points between intended and found glyph position
_SWEEPS = 2  #: rounds in which pdfium itself tells the lines, before bisection
_PART = 500  #: pages checked together
_POSITION_TRIALS = 1  #: the first trials also compare glyph positions
_DRIFT = 0.15  #: em that a glyph may lie outside its cluster's box
_MOST_LINES = 16  #: lines found by bisection before a page counts as fragile and is given up
_TIMEOUT = 600.0  #: seconds for one run of pdftotext over a document


@dataclass(frozen=True)
class Layout:
    """Where clusters (n) are, for the check of positions; as in the layout channel's carriers."""

    page: NDArray[np.int32]
    segment: NDArray[np.int32]
    box: NDArray[np.float64]  #: (n, 4)
    axis: NDArray[np.float64]  #: (n, 2)
    em: NDArray[np.float64]  #: (n,)


@dataclass
class Outcome:
    """Segments that must not move, and a sentence for every page that lost some."""

    segments: set[int] = field(default_factory=set)
    pages: dict[int, str] = field(default_factory=dict)


def settle(
    original: bytes,
    template: CopyTemplate,
    layout: Layout,
    trials: Iterable[NDArray[np.float64]],
    *,
    password: str = "",
    pdftotext: str | None = None,
) -> Outcome:
    """Find the segments to freeze.

    `trials` are displacements (clusters,) in points. `pdftotext` is the program's path; by default the one
    on the search path, if any; "" leaves it out.
    """
    program = shutil.which("pdftotext") or "" if pdftotext is None else pdftotext
    outcome = Outcome()
    last = int(layout.page.max(initial=-1)) + 1
    # Long documents go through in parts, so that the texts kept for comparison stay few.
    parts = [range(first, min(first + _PART, last)) for first in range(0, last, _PART)]
    patterns = trials if len(parts) <= 1 else list(trials)
    with tempfile.TemporaryDirectory(prefix="fother-") as folder:
        for part in parts:
            loop = _Loop(original, template, layout, password, program, Path(folder), outcome, part)
            loop.rest()
            for number, trial in enumerate(patterns):
                loop.trial(np.asarray(trial, np.float64), positions=number < _POSITION_TRIALS)
    return outcome


class _Loop:
    def __init__(
        self,
        original: bytes,
        template: CopyTemplate,
        layout: Layout,
        password: str,
        program: str,
        folder: Path,
        outcome: Outcome,
        part: range,
    ) -> None:
        self.outcome = outcome
        self._template = template
        self._layout = layout
        self._program = program
        self._folder = folder
        self._bisected: Counter[int] = Counter()
        #: segments with something to move, by page
        self._segments: dict[int, list[int]] = {}
        moving = (template.unit > 0) & np.isin(layout.page, np.array(part))
        for page, segment in np.unique(
            np.column_stack([layout.page, layout.segment])[moving], axis=0
        ).tolist():
            self._segments.setdefault(page, []).append(segment)
        self._pages = sorted(self._segments)
        # What the original gives is compared with copies, which are written without a password.
        with open_renderer(original, password) as renderer:
            self._text = {page: renderer.text(page) for page in self._pages}
            self._origin = {page: _Origins.of(renderer, page, layout) for page in self._pages}
        self._poppler = self._extract(original, self._pages, password)

    def rest(self) -> None:
        """A copy without displacement must read like the original; a page where it does not is given up."""
        still = np.zeros(len(self._layout.page))
        for page in self._differing(still, self._pages, positions=True):
            self._give_up(page, "Its text would change by being rewritten at all.")

    def trial(self, displacement: NDArray[np.float64], positions: bool) -> None:
        """Freeze lines until the trial copy reads like the original, page by page in step."""
        failing = self._differing(self._masked(displacement, {}), self._active(self._pages), positions)
        for _ in range(_SWEEPS):
            self._freeze_visible(self._masked(displacement, {}), failing)
            failing = self._differing(self._masked(displacement, {}), self._active(failing), positions)
        while failing:
            for page, segment in self._bisect(displacement, failing, positions).items():
                self._freeze(page, segment)
                self._bisected[page] += 1
                if self._bisected[page] > _MOST_LINES:
                    self._give_up(page, "Moving its words changes the text that readers extract.")
            failing = self._differing(self._masked(displacement, {}), self._active(failing), positions)

    def _freeze_visible(self, displacement: NDArray[np.float64], pages: Sequence[int]) -> None:
        """Freeze all lines in which pdfium's text differs: it tells where each character is."""
        if not pages:
            return
        with open_renderer(self._template.copy(displacement)) as renderer:
            for page in pages:
                for segment in self._origin[page].changed_segments(
                    renderer.characters(page).text, self._layout
                ):
                    if segment in self._segments[page]:
                        self._freeze(page, segment)

    def _bisect(
        self, displacement: NDArray[np.float64], pages: Sequence[int], positions: bool
    ) -> dict[int, int]:
        """For each failing page the first line with which it differs."""
        active = {page: self._movable(page) for page in pages}
        low = dict.fromkeys(pages, 0)
        high = {page: len(active[page]) for page in pages}
        while open_pages := [page for page in pages if high[page] - low[page] > 1]:
            middle = {page: (low[page] + high[page]) // 2 for page in open_pages}
            allowed = {page: active[page][: middle[page]] for page in open_pages}
            trial = self._masked(displacement, allowed)
            differing = set(self._differing(trial, open_pages, positions))
            for page in open_pages:
                if page in differing:
                    high[page] = middle[page]
                else:
                    low[page] = middle[page]
        return {page: active[page][high[page] - 1] for page in pages if active[page]}

    def _masked(
        self, displacement: NDArray[np.float64], allowed: Mapping[int, list[int]]
    ) -> NDArray[np.float64]:
        """The displacement without frozen segments and, on the pages of `allowed`, only with those named."""
        segment, page = self._layout.segment, self._layout.page
        keep = ~np.isin(segment, list(self.outcome.segments))
        if allowed:
            named = [s for segments in allowed.values() for s in segments]
            keep &= ~np.isin(page, list(allowed)) | np.isin(segment, named)
        return np.where(keep, displacement, 0.0)

    def _differing(
        self, displacement: NDArray[np.float64], pages: Sequence[int], positions: bool
    ) -> list[int]:
        """Pages that read differently or, if asked, whose glyphs are not in their places."""
        if not pages:
            return []
        copy = self._template.copy(displacement)
        with open_renderer(copy) as renderer:
            differing = {page for page in pages if renderer.text(page) != self._text[page]}
            if positions:
                realised = self._template.realised(displacement)
                differing |= {
                    page
                    for page in pages
                    if not self._origin[page].explain(renderer.characters(page), realised)
                }
        rest = [page for page in pages if page not in differing]
        poppler = self._extract(copy, rest, "")
        differing |= {page for page in rest if poppler.get(page) != self._poppler.get(page)}
        return sorted(differing)

    def _extract(self, data: bytes, pages: Sequence[int], password: str) -> dict[int, str]:
        """Text by pdftotext of each page; empty without the program."""
        if not self._program or not pages:
            return {}
        path = self._folder / "copy.pdf"
        path.write_bytes(data)
        texts: dict[int, str] = {}
        for first, last in _runs(pages):
            command = [self._program, "-enc", "UTF-8", "-f", str(first + 1), "-l", str(last + 1)]
            if password:
                command += ["-upw", password, "-opw", password]
            command += [str(path), "-"]
            try:
                done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False)
            except (OSError, subprocess.TimeoutExpired):
                return {}
            found = done.stdout.decode("utf-8", "replace").split("\f")
            texts.update(zip(range(first, last + 1), found, strict=False))
        return {page: texts[page] for page in pages if page in texts}

    def _movable(self, page: int) -> list[int]:
        return [segment for segment in self._segments[page] if segment not in self.outcome.segments]

    def _active(self, pages: Iterable[int]) -> list[int]:
        return [page for page in pages if self._movable(page)]

    def _freeze(self, page: int, segment: int) -> None:
        self.outcome.segments.add(segment)
        frozen = sum(s in self.outcome.segments for s in self._segments[page])
        lines = "line stays" if frozen == 1 else "lines stay"
        self.outcome.pages[page] = f"{frozen} {lines} unmarked: the text that readers extract would change."

    def _give_up(self, page: int, reason: str) -> None:
        self.outcome.segments |= set(self._segments[page])
        self.outcome.pages[page] = reason


@dataclass(frozen=True)
class _Origins:
    """Glyph origins of an original page, and which clusters (of the document) each glyph may belong to."""

    text: str
    origin: NDArray[np.float64]  #: (k, 2)
    glyph: NDArray[np.intp]  #: (pairs,)
    cluster: NDArray[np.intp]  #: (pairs,)
    axis: NDArray[np.float64]  #: (pairs, 2)

    @classmethod
    def of(cls, renderer: Renderer, page: int, layout: Layout) -> _Origins:
        characters = renderer.characters(page)
        origin = characters.origin
        first, last = np.searchsorted(layout.page, [page, page + 1])
        # pdfium rounds glyph widths to 1/1000 em, so its origins drift along a line, in both files alike.
        slack = _DRIFT * layout.em[first:last]
        box = layout.box[first:last]
        by_height = np.argsort(origin[:, 1], kind="stable")
        height = origin[by_height, 1]
        begin = np.searchsorted(height, box[:, 1] - slack)
        stop = np.searchsorted(height, box[:, 3] + slack, side="right")
        glyphs, clusters = [], []
        for index in range(len(box)):
            near = by_height[begin[index] : stop[index]]
            x = origin[near, 0]
            near = near[(x >= box[index, 0] - slack[index]) & (x <= box[index, 2] + slack[index])]
            glyphs.append(near)
            clusters.append(np.full(len(near), first + index))
        glyph = np.concatenate([np.zeros(0, np.intp), *glyphs])
        cluster = np.concatenate([np.zeros(0, np.intp), *clusters])
        return cls(characters.text, origin, glyph, cluster, layout.axis[cluster])

    def changed_segments(self, text: str, layout: Layout) -> set[int]:
        """Segments around the places where the copy's text has other spaces or line ends than the original.

        Empty if more than white space differs.
        """
        before, after = _spacing(self.text), _spacing(text)
        if "".join(self.text.split()) != "".join(text.split()):
            return set()
        solid = np.array([not character.isspace() for character in self.text], np.bool_)
        differs = np.array([a != b for a, b in zip(before, after, strict=True)], np.bool_)
        near = np.zeros(len(self.text), np.bool_)
        # White space before solid character k lies between it and its predecessor.
        near[np.flatnonzero(solid)] = differs[:-1] | differs[1:]
        return set(layout.segment[self.cluster[near[self.glyph]]].tolist())

    def explain(self, found: Characters, displacement: NDArray[np.float64]) -> bool:
        """Whether every glyph moved with a cluster around it, or not at all if there is none."""
        if found.text != self.text:
            return False
        move = found.origin - self.origin
        error = np.abs(move).max(1, initial=0.0)
        error[self.glyph] = np.inf
        expected = displacement[self.cluster, None] * self.axis
        np.minimum.at(error, self.glyph, np.abs(move[self.glyph] - expected).max(1, initial=0.0))
        solid = np.array([not character.isspace() for character in self.text], np.bool_)
        return bool((error[solid] <= TOLERANCE).all())


def _spacing(text: str) -> list[str]:
    """White space before each solid character, and after the last."""
    return re.split(r"\S", text)


def _runs(pages: Sequence[int]) -> list[tuple[int, int]]:
    """(first, last) of page runs; small holes are bridged, a process costs more than a few pages."""
    runs: list[tuple[int, int]] = []
    for page in pages:
        if runs and page - runs[-1][1] <= 10:
            runs[-1] = (runs[-1][0], page)
        else:
            runs.append((page, page))
    return runs
