"""From word displacements to observations of the code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.layout.joint import PageModel, SoftSymbols, UndistortedReader, estimate
from fother.codes.observations import Observations
from fother.model.capture import Displacements

Array = NDArray[np.float64]

#: Carriers with less separation than this say nothing and are left out.
_MIN_SEPARATION = 0.05


@dataclass(frozen=True)
class PageReading:
    """What one sheet says about one page: observations and, for the report, the soft symbols."""

    observations: Observations
    soft: SoftSymbols
    displacements: Displacements


def page_model(
    carriers: LayoutCarriers, page: int, to_shown: Array, strength: float, probabilities: Array
) -> PageModel:
    """Geometry and priors of one page.

    `to_shown` (2, 3) maps user space to points as shown, y down; `probabilities` (m,) are the code's biases
    for all carriers of the document.
    """
    clusters, columns, response = carriers.response(page, strength)
    box = carriers.box[clusters]
    centres = (box[:, :2] + box[:, 2:]) / 2 @ to_shown[:, :2].T + to_shown[:, 2]
    axes = carriers.axis[clusters] @ to_shown[:, :2].T
    axes /= np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-12)
    p = probabilities[columns]
    return PageModel(centres, axes, carriers.segment[clusters], response, 2 * p - 1, 4 * p * (1 - p))


def observe(
    carriers: LayoutCarriers,
    displacements: Displacements,
    to_shown: Array,
    strength: float,
    probabilities: Array,
) -> PageReading | None:
    """Read one page in one sheet; None when too little was legible.

    Depends on the measured displacements, the geometry and the public biases, on nothing of any copy.
    """
    page = displacements.page
    model = page_model(carriers, page, to_shown, strength, probabilities)
    if not model.response.shape[1]:
        return None
    soft = estimate(model, displacements.shift, displacements.sigma)
    if soft is None:
        return None
    observations = _observations(carriers, page, soft.value, soft.separation)
    return PageReading(observations, soft, displacements)


class ReadBack:
    """Reads the marks of our own copies of one edition, page by page."""

    def __init__(self, carriers: LayoutCarriers, strength: float, probabilities: Array) -> None:
        self._carriers, self._strength, self._probabilities = carriers, strength, probabilities
        self._readers: dict[int, UndistortedReader] = {}

    def observe(self, displacements: Displacements, to_shown: Array) -> Observations:
        """Observations of one page of a copy."""
        page = displacements.page
        words: NDArray[np.bool_] = np.isfinite(displacements.shift[:, 0])
        reader = self._readers.get(page)
        if reader is None or not np.array_equal(reader.words, words):
            model = page_model(self._carriers, page, to_shown, self._strength, self._probabilities)
            reader = self._readers[page] = UndistortedReader(model, words)
        return _observations(self._carriers, page, reader.values(displacements.shift), reader.separation)


def _observations(carriers: LayoutCarriers, page: int, value: Array, separation: Array) -> Observations:
    start = int(np.searchsorted(carriers.left, np.searchsorted(carriers.page, page)))
    seen = separation > _MIN_SEPARATION
    position = np.flatnonzero(seen) + start
    return Observations(
        position=position,
        value=value[seen],
        separation=separation[seen],
        block=carriers.carrier_segment[position],
        page=carriers.carrier_page[position],
    )
