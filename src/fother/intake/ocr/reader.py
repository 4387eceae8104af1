"""From a picture to its text: survey, upright copy, recognition, second opinion, reading order.

The networks of rapidocr make far fewer errors than Tesseract on photos and about as many on scans and
screenshots, where they take some three times as long; so "full" asks them first and "quick" asks Tesseract
first where the picture is flat. `bench/ocr.py` compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fother.intake.ocr.detector import Quads
from fother.intake.ocr.interface import Engine, Grey, Line, Word, around
from fother.intake.ocr.layout import Block, in_reading_order
from fother.intake.ocr.plausible import legible, share_plausible
from fother.intake.ocr.rapid import RapidEngine
from fother.intake.ocr.survey import Survey, survey
from fother.intake.ocr.upright import Upright, flattened, upright

Effort = Literal["quick", "full"]

_FOUND_HEIGHT = 24.0  # pixels of a line at which the detector works best
_MAX_FOUND = 4_000_000  # pixels that the detector is given
_READ_HEIGHT = 40.0  # pixels of a line at which Tesseract works best
_MAX_READ = 12_000_000  # pixels that Tesseract is given
_FLAT = 0.15  # degrees of bend: below, the picture is a scan or a screenshot
_TESSERACT_HEIGHT = 14.0  # pixels of a line from which Tesseract reads a flat picture well
_TESSERACT_SURE = 0.85
_RAPID_SURE, _RAPID_PLAUSIBLE = 0.90, 0.60
_QUICK_PIXELS = 26_000  # of line at the height the network takes: about a second on two cores
_LINE = 48  # that height
_MAX_PIXELS = 16_000_000  # larger pictures are reduced


@dataclass(frozen=True)
class Reading:
    """Blocks in reading order with boxes in pixels of the picture; `turned` as in `Survey`."""

    blocks: tuple[Block, ...]
    engine: str
    turned: int
    notes: tuple[str, ...] = ()


class Reader:
    """`second` is the other recogniser where one is installed."""

    def __init__(self, first: RapidEngine, second: Engine | None = None) -> None:
        self._first, self._second = first, second

    def read(self, image: Grey, effort: Effort = "full") -> Reading:
        """The text of a picture of any kind; "quick" reads a part of it in a second or two."""
        reduction = min(1.0, (_MAX_PIXELS / image.size) ** 0.5)
        base = upright(image, 0, 0.0, reduction)
        seen = survey(base.image, self._first)
        if not len(seen.quads):
            return Reading((), "", 0)
        picture = 255 - base.image if seen.inverted else base.image
        level = upright(picture, seen.turned, seen.skew, 1.0)
        lines, engine, notes = (self._quick if effort == "quick" else self._full)(level, seen)
        blocks = in_reading_order(lines)
        restored = tuple([base.restore(level.restore(line)) for line in block] for block in blocks)
        return Reading(restored, engine, seen.turned, notes)

    def _full(self, level: Upright, seen: Survey) -> tuple[list[Line], str, tuple[str, ...]]:
        scale = _FOUND_HEIGHT / seen.line_height
        scale = min(max(scale, 0.1), 2.0, (_MAX_FOUND / level.image.size) ** 0.5)
        lines = self._first.read_lines(level.image, self._first.detector.find(level.image, scale))
        if self._second is None or (
            _confidence(lines) >= _RAPID_SURE and share_plausible(lines) >= _RAPID_PLAUSIBLE
        ):
            return lines, self._first.name, ()
        other = self._by_second(level, seen)
        if legible(other) > 1.1 * legible(lines):
            return other, self._second.name, ()
        return lines, self._first.name, ()

    def _quick(self, level: Upright, seen: Survey) -> tuple[list[Line], str, tuple[str, ...]]:
        if self._second is not None and seen.bend < _FLAT and seen.line_height >= _TESSERACT_HEIGHT:
            lines = self._by_second(level, seen)
            if _confidence(lines) >= _TESSERACT_SURE:
                return lines, self._second.name, ()
        quads = level.place(seen.quads)
        chosen = _most_telling(quads)
        notes = () if len(chosen) == len(quads) else ("Only a part of the text was read, to save time.",)
        return self._first.read_lines(level.image, chosen), self._first.name, notes

    def _by_second(self, level: Upright, seen: Survey) -> list[Line]:
        assert self._second is not None  # noqa: S101
        scale = min(max(_READ_HEIGHT / seen.line_height, 0.25), 3.0)
        scale = min(scale, (_MAX_READ / level.image.size) ** 0.5)
        if 0.8 < scale < 1.25:
            scale = 1.0
        copy = upright(flattened(level.image), 0, 0.0, scale)
        return [copy.restore(line) for line in self._second.read(copy.image)]


def _confidence(lines: Sequence[Line]) -> float:
    weight = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0


def _most_telling(quads: Quads) -> Quads:
    """Of lines in an upright picture a run, in reading order, that is read in the time of a quick look.

    The run with the longest lines: continuous text says most about its source.
    """
    length, height = (np.linalg.norm(quads[:, corner] - quads[:, 0], axis=1) for corner in (1, 3))
    ratio = length / np.maximum(height, 1.0)
    if _LINE * ratio.sum() <= _QUICK_PIXELS:
        return quads
    order = _order(quads)
    cost = np.concatenate([[0.0], np.cumsum(_LINE * ratio[order])])
    starts = np.arange(len(order))
    ends = np.searchsorted(cost, cost[:-1] + _QUICK_PIXELS, side="right") - 1
    ends = np.maximum(ends, starts + 1)
    mean = (cost[ends] - cost[starts]) / (ends - starts)
    full = cost[ends] - cost[starts] >= 0.7 * _QUICK_PIXELS
    best = int(np.argmax(np.where(full, mean, 0.0)))
    return np.asarray(quads[order[best : ends[best]]])


def _order(quads: Quads) -> NDArray[np.int64]:
    """Reading order of lines that are not read yet."""
    corners = [[tuple(point) * 2 for point in quad] for quad in quads.tolist()]
    stand_ins = [Line((Word(str(i), around(points), 1.0),)) for i, points in enumerate(corners)]
    blocks = in_reading_order(stand_ins)
    return np.array([int(w.text) for block in blocks for line in block for w in line.words], np.int64)
