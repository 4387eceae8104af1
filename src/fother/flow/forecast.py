"""Forecast at registration: how many recipients can be told apart, from how much text, in which capture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.layout.joint import predicted_separation
from fother.channels.layout.observe import page_model
from fother.channels.table import CarrierTable
from fother.codes.power import expected_evidence, recipients_told_apart
from fother.flow.forecast_text import forecast_text


@dataclass(frozen=True)
class CaptureKind:
    """A kind of capture as the layout channel feels it: noise of one word (pt), warp (pt, length in pt),
    offset and slope of a line (pt). Set on the cautious side of what the joint model finds in the captures
    of `bench/tracing_power.py`."""

    name: str
    noise: float
    warp: tuple[float, float]
    line: float


KINDS = (
    CaptureKind("file or print to PDF", 0.015, (0.0, 100.0), 0.01),
    CaptureKind("print and scan", 0.02, (0.3, 120.0), 0.02),
    CaptureKind("phone photo", 0.05, (3.0, 90.0), 0.03),
    CaptureKind("screenshot", 0.045, (0.0, 100.0), 0.02),
    CaptureKind("screenshot, letters on whole pixels", 0.22, (0.0, 100.0), 0.03),
)
ALPHAS = (1e-3, 1e-6)
_SAMPLED_PAGES = 5  # the forecast is the median of at most so many pages, evenly spread
_PARAGRAPH = 90
_LINES = 3
_CAP = 9.0  # "more than a billion" is all that anyone needs to know
_UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
#: Any key will do: the forecast depends on the distribution of the biases, not on the biases of a key.
_ANY_KEY = bytes(32)


def forecast(table: CarrierTable, resistance: int = 3, strength: float = 1.0) -> dict[str, Any]:
    """JSON values: carriers in all and per page; for the layout, per extent, capture kind and α the number
    of recipients told apart with 95 % probability, as a decimal logarithm (negative: none), the median over
    pages; for marks in the text see `forecast_text`."""
    p = table.code(_ANY_KEY, resistance).probabilities
    per_page: list[int] = []
    rows: list[dict[str, Any]] = []
    for first, _, carriers in table.layouts():
        counts = np.bincount(carriers.carrier_page, minlength=len(carriers.facts))
        per_page += counts.tolist()
        rows = rows or _layout_rows(carriers, counts, p[first : first + carriers.count], strength)
    if (printed := table.printed()) is not None:
        first, gaps = printed
        shown = gaps.example.layout
        counts = np.bincount(shown.carrier_page, gaps.example.columns >= 0, len(shown.facts)).astype(np.int64)
        per_page += counts.tolist()
        biases = gaps.example.biases(p[first : first + gaps.count])
        rows = rows or _layout_rows(shown, counts, biases, strength)
    texts = [
        forecast_text(text, p[first : first + text.count], strength, ALPHAS) for first, text in table.text()
    ]
    return {
        "carriers": table.count,
        "carriers_per_page": per_page,
        "resistance": resistance,
        "strength": strength,
        "table": rows,
        "text": texts[0] if texts else None,
    }


def _layout_rows(
    carriers: LayoutCarriers, per_page: NDArray[np.int64], p: NDArray[np.float64], strength: float
) -> list[dict[str, Any]]:
    useful = np.flatnonzero(per_page >= 12)
    if not len(useful):
        return []
    chosen = useful[np.unique(np.linspace(0, len(useful) - 1, _SAMPLED_PAGES).astype(int))]
    rows = []
    for extent in ("page", "paragraph", "three lines"):
        for kind in KINDS:
            evidence = [_evidence(carriers, int(page), extent, kind, p, strength) for page in chosen]
            rows.append(
                {
                    "extent": extent,
                    "capture": kind.name,
                    "log10_lr": float(np.median([mean for mean, _ in evidence])),
                    "recipients_log10": {
                        f"{alpha:g}": float(
                            np.clip(
                                np.median([recipients_told_apart(m, s, alpha) for m, s in evidence]),
                                -_CAP,
                                _CAP,
                            )
                        )
                        for alpha in ALPHAS
                    },
                }
            )
    return rows


def _evidence(
    carriers: LayoutCarriers,
    page: int,
    extent: str,
    kind: CaptureKind,
    probabilities: NDArray[np.float64],
    strength: float,
) -> tuple[float, float]:
    """Mean and standard deviation of the evidence in decades."""
    model = page_model(carriers, page, _UPRIGHT, strength, probabilities)
    _, columns, _ = carriers.response(page)
    first = int(np.searchsorted(carriers.page, page))
    words = carriers.words[first : first + len(model.lines)]
    chosen = _extent(model.lines, words, np.isin(model.lines, carriers.carrier_segment[columns]), extent)
    separation = predicted_separation(model, chosen, kind.noise, kind.warp, kind.line)
    seen = separation > 0.05
    return expected_evidence(separation[seen], probabilities[columns][seen])


def _extent(
    lines: NDArray[np.int32], words: NDArray[np.int32], carrying: NDArray[np.bool_], extent: str
) -> NDArray[np.bool_]:
    """(n,) which clusters are in the excerpt: whole lines from the middle of the page's carrying text."""
    if extent == "page":
        return np.ones(len(lines), np.bool_)
    order = np.unique(lines[carrying])
    counts = np.array([words[lines == line].sum() for line in order])
    if extent == "three lines":
        width = min(_LINES, len(order))
    else:
        start = max(0, len(order) // 2 - 4)
        enough = np.flatnonzero(np.cumsum(counts[start:]) >= _PARAGRAPH)
        width = int(enough[0]) + 1 if len(enough) else len(order) - start
    start = max(0, min(len(order) // 2 - width // 2, len(order) - width))
    chosen: NDArray[np.bool_] = np.isin(lines, order[start : start + width])
    return chosen
