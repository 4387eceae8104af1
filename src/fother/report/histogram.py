"""Geometry of the score histogram: every copy of the document, the named ones standing out.

The vertical axis counts copies logarithmically, so that one copy remains visible beside ten thousand.
Innocent copies follow the standard normal curve drawn behind the bars.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from fother.model.verdict import Verdict
from fother.report.numbers import naming_threshold
from fother.report.sentences import count_words, join_words

#: the axis starts below one copy so that a single copy has a bar
_FLOOR = 0.5


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tip: str


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Pin:
    """A labelled upright line; `anchor` is the SVG text-anchor, `(text_x, text_y)` where its text stands."""

    x: float
    top: float
    text_x: float
    text_y: float
    anchor: str
    label: str


@dataclass(frozen=True)
class Histogram:
    """Everything the template draws, in SVG user units."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    font: float
    bars: tuple[Bar, ...]
    curve: str  #: SVG path of the normal curve
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    threshold: Pin
    expected: Pin | None
    named: tuple[Pin, ...]
    summary: str  #: what the drawing shows, for readers who cannot see it


def _nice_step(span: float, most: int) -> float:
    """Smallest of 1, 2, 5 × 10^k that divides `span` into at most `most` parts."""
    raw = span / most
    scale = 10.0 ** math.floor(math.log10(raw))
    return next(m * scale for m in (1.0, 2.0, 5.0, 10.0) if m * scale >= raw * (1 - 1e-9))


def _short(copy: str) -> str:
    """The name of a copy that fits beside its line on a narrow screen."""
    return f"copy {copy}" if len(copy) <= 12 else copy if len(copy) <= 20 else copy[:19] + "…"


def score_histogram(verdict: Verdict, *, width: float, height: float, font: float) -> Histogram | None:
    """Lay out the histogram for a drawing of `width` × `height` units; None without finite scores."""
    scores = np.asarray(verdict.scores, dtype=np.float64)
    finite = scores[np.isfinite(scores)]
    if finite.size == 0:
        return None
    threshold = naming_threshold(verdict.alpha, verdict.copies)
    expected = verdict.expected_score if math.isfinite(verdict.expected_score) else None
    accused = {a.index: a.copy for a in verdict.accused if 0 <= a.index < scores.size}
    rest = np.delete(scores, list(accused))
    rest = rest[np.isfinite(rest)]
    named = sorted(
        ((float(scores[i]), copy) for i, copy in accused.items() if math.isfinite(float(scores[i]))),
        reverse=True,
    )
    low = min(-4.5, float(finite.min()) - 0.5)
    high = max(threshold, float(finite.max()), expected or threshold) * 1.06 + 0.8

    bins = np.linspace(low, high, max(24, min(90, int(width // 10))) + 1)
    counts, _ = np.histogram(rest, bins)
    bin_width = float(bins[1] - bins[0])

    pin_rows = 1 + min(len(named), 6)
    ceiling = 10.0 ** math.ceil(math.log10(max(10.0, float(counts.max()) * 1.05)))
    left, right = font * (1.2 + 0.6 * len(f"{ceiling:,.0f}")), width - font * 0.8
    top, bottom = font * (1.6 + 1.5 * pin_rows), height - font * 3.6
    decades = math.log10(ceiling / _FLOOR)

    def x_of(score: float) -> float:
        return left + (score - low) / (high - low) * (right - left)

    def y_of(count: float) -> float:
        return bottom - math.log10(max(count, _FLOOR) / _FLOOR) / decades * (bottom - top)

    bars = tuple(
        Bar(
            x=x_of(float(bins[i])),
            y=y_of(float(count)),
            width=(right - left) / counts.size * 0.9,
            height=bottom - y_of(float(count)),
            tip=f"{count_words(int(count), 'copy', 'copies')} scoring {bins[i]:.1f} to {bins[i + 1]:.1f}",
        )
        for i, count in enumerate(counts)
        if count > 0
    )
    grid = np.linspace(low, high, 241)
    normal = finite.size * bin_width * np.exp(-0.5 * grid**2) / math.sqrt(2.0 * math.pi)
    points = [
        f"{x_of(float(z)):.1f} {y_of(float(n)):.1f}" for z, n in zip(grid, normal, strict=True) if n > _FLOOR
    ]
    step = _nice_step(high - low, 6 if width < 600 else 12)
    x_ticks = tuple(
        Tick(x_of(k * step), f"{k * step:g}".replace("-", "−"))
        for k in range(math.ceil(low / step), math.floor(high / step) + 1)
    )
    y_ticks = tuple(Tick(y_of(10.0**k), f"{10**k:,}") for k in range(round(math.log10(ceiling)) + 1))

    middle = (left + right) / 2

    def pin(score: float, row: int, label: str, to_left: bool) -> Pin:
        x, text_y = x_of(score), top - font * (0.5 + 1.5 * row)
        anchor = "end" if to_left else "start"
        return Pin(x, text_y - font * 0.9, x + (-6 if to_left else 6), text_y, anchor, label)

    # where two labels would run into each other they stand back to back
    room = font * 6
    threshold_left = x_of(threshold) > middle
    expected_left = expected is not None and x_of(expected) > middle
    if expected is not None and abs(x_of(expected) - x_of(threshold)) < 2 * room:
        threshold_left = threshold <= expected or x_of(threshold) + room > right
        expected_left = threshold > expected or x_of(expected) + room > right

    # labels are stacked so that none crosses the line of another pin
    shown = named[:6]
    named_left = bool(shown) and x_of(shown[0][0]) > middle
    pins = [
        pin(score, len(shown) - i if named_left else i + 1, _short(copy), named_left)
        for i, (score, copy) in enumerate(shown)
    ]
    if len(named) > len(shown):
        pins[-1] = replace(pins[-1], label=f"and {len(named) - len(shown) + 1} more")
    summary = (
        f"Histogram of the scores of {count_words(int(finite.size), 'copy', 'copies')}. "
        f"The threshold for naming lies at {threshold:.1f}. "
    )
    if named:
        summary += f"Named: {join_words([f'copy {copy} with score {score:.1f}' for score, copy in named])}. "
        if rest.size:
            summary += f"The highest of the {rest.size:,} other scores is {float(rest.max()):.1f}."
    else:
        summary += f"No copy was named; the highest score is {float(finite.max()):.1f}."
    return Histogram(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        font=font,
        bars=bars,
        curve="M" + " L".join(points) if points else "",
        x_ticks=x_ticks,
        y_ticks=y_ticks,
        threshold=pin(threshold, 0, "threshold", threshold_left),
        expected=None if expected is None else pin(expected, 0, "expected", expected_left),
        named=tuple(pins),
        summary=summary,
    )
