"""Captures by renderers that put every glyph on a whole pixel.

At screen resolution such a renderer (PDFium's default, cairo before 1.17, Ghostscript) moves each glyph by up
to half a pixel, 0.4 pt at 96 dpi, more than the marks. But the rounding is a known function of where the
glyph lies, so it is modelled instead of being treated as noise. Every glyph of a word starts at another
fraction of a pixel; which of them were rounded up and which down confines the word's displacement far below a
pixel, as a dithered quantiser does (Widrow and Kollár 2008, ch. 19).

PDFium also evens out its spacing: from right to left, a glyph goes one pixel to the left when the rounded
distance to its right neighbour would be more than half a pixel too small. Both rules are tried; the one that
explains the positions better is kept. Only the unmarked page and the capture are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fother.model.capture import Displacements, GlyphBoxes
from fother.vision.measure import Measured, refine
from fother.vision.reference import Reference

Array = NDArray[np.float64]

_MAX_DPI = 180.0  # above, half a pixel is less than the marks
_MAX_SKEW = 0.004  # radians: a screenshot is upright
_MIN_GLYPHS = 60
_CONCENTRATION = 0.2  # mean resultant length of the glyphs' fractions of a pixel; 0 if they lie anywhere
_STEP = 0.03  # pixels between trial displacements
#: (PDFium's even spacing, mean shift in pixels that rounding and spacing together give a glyph)
_RULES = ((False, -0.1), (False, 0.0), (False, 0.1), *((True, k / 8) for k in range(2, 8)))
_OUTLIER = 0.05  # share of glyphs that follow no rule


def measure_on_grid(
    reference: Reference, glyphs: GlyphBoxes, seen: Measured, reach_pt: float
) -> Displacements | None:
    """Displacements under the whole-pixel model, None when the capture does not follow it.

    `seen` is the ordinary measurement, `reach_pt` the largest displacement that a mark can cause.
    """
    fit = _upright(reference, seen.displacements)
    if fit is None:
        return None
    scale, offset = fit  # capture pixel = scale * reference pixel + offset, horizontally
    read: NDArray[np.bool_] = np.isfinite(seen.displacements.shift[:, 0])
    known = read[glyphs.owner]
    start = seen.shift[glyphs.owner]
    axes = reference.axes[glyphs.owner]
    shift, variance, similarity = refine(glyphs.boxes, axes, seen.blurred, seen.flat, start, known, 4)
    good = np.isfinite(variance) & (similarity > 0.5)
    if good.sum() < _MIN_GLYPHS:
        return None
    centre = (glyphs.boxes[:, :2] + glyphs.boxes[:, 2:]) / 2
    moved = (seen.warp.field(centre) + shift)[:, 0]
    position = scale * (glyphs.origin + moved) + offset
    grid = _Grid.fit(glyphs.origin, position, good)
    if grid is None:
        return None
    return grid.displacements(reference, glyphs.owner, seen.displacements, reach_pt)


def _upright(reference: Reference, seen: Displacements) -> tuple[float, float] | None:
    """Horizontal scale and offset of an upright view; None if the capture is rotated, skewed or bent."""
    good = np.isfinite(seen.places).all(1) & (seen.similarity > 0.4)
    if good.sum() < 12 or seen.density > _MAX_DPI:
        return None
    design = np.c_[reference.centres[good], np.ones(int(good.sum()))]
    target = seen.places[good]
    weights = np.ones(len(target))
    for _ in range(5):
        root = np.sqrt(weights)[:, None]
        affine, *_ = np.linalg.lstsq(design * root, target * root, rcond=None)
        error = np.hypot(*(target - design @ affine).T)
        weights = 1 / (1 + (error / (2 * np.median(error) + 1e-6)) ** 2)
    (a, c), (b, d) = affine[0], affine[1]
    if a <= 0 or d <= 0 or np.median(error) > 1.0 or not 0.97 < a / d < 1.03:
        return None
    if abs(b / d) > _MAX_SKEW or abs(c / a) > _MAX_SKEW:
        return None
    slope, constant = np.polyfit(design[:, 0], target[:, 0], 1, w=np.sqrt(weights))
    return float(slope), float(constant)


@dataclass(frozen=True)
class _Neighbour:
    """The word to the right: where its first glyph truly is for each trial, where it was found, and the
    probability of each trial."""

    word: int
    true: Array
    found: float
    posterior: Array


@dataclass(frozen=True)
class _Grid:
    """Glyph positions in capture pixels: `true` (g,) before rounding in the unmarked page, `found` (g,) whole
    pixels as measured, `spread` standard deviation of a measurement, `good` (g,) glyphs in use."""

    true: Array
    found: Array
    residual: Array
    spread: float
    good: NDArray[np.bool_]

    @classmethod
    def fit(cls, origin: Array, position: Array, good: NDArray[np.bool_]) -> _Grid | None:
        """Find the pixel grid; None when the fractions of a pixel are not concentrated."""
        seen = position[good]
        phase = np.exp(2j * np.pi * seen).mean()
        if abs(phase) < _CONCENTRATION:
            return None
        shift = float(np.angle(phase)) / (2 * np.pi)
        found = np.round(position - shift)
        residual = position - shift - found
        spread = max(0.05, 1.48 * float(np.median(np.abs(residual[good]))))
        # Rounding is even on average, so the true positions are a straight line through the found ones.
        slope, constant = np.polyfit(origin[good], found[good], 1)
        for _ in range(3):
            error = found - (slope * origin + constant)
            kept = good & (np.abs(error) < 1.6)
            slope, constant = np.polyfit(origin[kept], found[kept], 1)
        return cls(slope * origin + constant, found, residual, spread, good & (np.abs(residual) < 0.4))

    def displacements(
        self, reference: Reference, owner: NDArray[np.int64], seen: Displacements, reach_pt: float
    ) -> Displacements | None:
        """Mean and deviation of each word's displacement under the better of the two rules."""
        pixel = seen.density / 72.0  # capture pixels per point
        reach = reach_pt * pixel
        trial = np.arange(-np.ceil(reach / _STEP), np.ceil(reach / _STEP) + 1) * _STEP
        best: tuple[float, Array, Array] | None = None
        for spaced, phase in _RULES:
            value = self._log_likelihood(owner, reference.lines, trial, phase, spaced)
            seen_words = np.isfinite(value).all(1) & (value.min(1) < 0)
            if seen_words.sum() < 12:
                return None
            prior = -0.5 * (trial / (reach / 3)) ** 2
            joint = value + prior
            top = joint.max(1, keepdims=True)
            evidence = float((top[:, 0] + np.log(np.exp(joint - top).mean(1)))[seen_words].sum())
            if best is None or evidence > best[0]:
                best = evidence, value, seen_words
        assert best is not None  # noqa: S101 - the loop ran
        _, value, used = best
        weight = np.exp(value - value.max(1, keepdims=True))
        weight /= weight.sum(1, keepdims=True)
        mean = weight @ trial / pixel
        variance = np.maximum(weight @ trial**2 / pixel**2 - mean**2, 0) + (_STEP / pixel) ** 2 / 12
        return replace(
            seen,
            shift=np.where(used[:, None], mean[:, None] * reference.axes, np.nan),
            sigma=np.where(used, np.sqrt(variance), np.inf),
            method="whole-pixel model",
        )

    def _log_likelihood(
        self, owner: NDArray[np.int64], lines: NDArray[np.int32], trial: Array, phase: float, spaced: bool
    ) -> Array:
        """(words, trials) log-likelihood of where each word's glyphs were found; 0 for words without any."""
        total = np.zeros((len(lines), len(trial)))
        true = self.true[:, None] + phase + trial
        whole = np.round(true)
        if not spaced:
            each = self._fit(whole, slice(None))
            np.add.at(total, owner[self.good], each[self.good])
            return total
        prior = np.exp(-0.5 * (3 * trial / np.abs(trial).max()) ** 2)
        starts = np.flatnonzero(np.r_[True, np.diff(owner) != 0])
        right: _Neighbour | None = None
        # Words come line by line from left to right; the rule runs the other way.
        for first, last in zip(starts[::-1], np.r_[starts[1:], len(owner)][::-1], strict=True):
            part = slice(int(first), int(last))
            word = owner[first]
            if right is not None and (right.word != word + 1 or lines[word] != lines[right.word]):
                right = None
            moved = self._chance_moved(true[last - 1], whole[last - 1], right)
            total[word] = self._spaced(true[part], whole[part], part, moved)
            posterior = prior * np.exp(total[word] - total[word].max())
            right = _Neighbour(int(word), true[first], float(self.found[first]), posterior / posterior.sum())
        return total

    def _chance_moved(self, true: Array, whole: Array, right: _Neighbour | None) -> Array:
        """(trials,) probability that a word's last glyph was moved for the sake of the next word."""
        if right is None:
            return np.full(len(true), 0.1)
        # moved where right.true - true - (right.found - whole) > ½, the neighbour's shift being uncertain
        order = np.argsort(right.true)
        tail = np.append(np.cumsum(right.posterior[order][::-1])[::-1], 0.0)
        limit = 0.5 + true + right.found - whole
        return 0.05 + 0.9 * tail[np.searchsorted(right.true[order], limit, side="right")]

    def _fit(self, predicted: Array, part: slice) -> Array:
        error = (self.found + self.residual)[part][:, None] - predicted
        inside: Array = np.log((1 - _OUTLIER) * np.exp(-0.5 * (error / self.spread) ** 2) + _OUTLIER / 3)
        return inside

    def _spaced(self, true: Array, whole: Array, part: slice, last_moved: Array) -> Array:
        """One word under PDFium's rule; `last_moved` (trials,) is the chance that its last glyph was."""
        good = self.good[part]
        starts = []
        for moved in (0.0, -1.0):
            placed = whole[-1] + moved
            total = np.zeros(true.shape[1])
            for i in range(len(true) - 1, -1, -1):
                if i < len(true) - 1:
                    distance = true[i + 1] - true[i]
                    error = distance - (placed - whole[i])
                    placed = np.where(error > 0.5, whole[i] - 1, whole[i])
                if good[i]:
                    found = (self.found + self.residual)[part][i]
                    total += np.log(
                        (1 - _OUTLIER) * np.exp(-0.5 * ((found - placed) / self.spread) ** 2) + _OUTLIER / 3
                    )
            starts.append(total)
        both: Array = np.logaddexp(starts[0] + np.log(1 - last_moved), starts[1] + np.log(last_moved))
        return both
