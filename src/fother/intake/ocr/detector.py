"""Find lines of text in a picture of any orientation: PP-OCRv6's detection network.

Network and its output: M. Liao et al., "Real-time scene text detection with differentiable binarization",
AAAI 2020: a map of the probability that a pixel lies in the *shrunk* core of a line; cores are found as
connected regions and grown back by area × ratio / perimeter.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.intake.ocr.interface import Grey

Quads = NDArray[np.float64]  #: (n, 4, 2) corners x, y of lines: along the line above, then back below

_CORE = 0.3  # probability from which a pixel belongs to a core
_LINE = 0.5  # mean probability from which a region counts as a line
_GROWTH = 1.6
_MAX_LINES = 1500
_STEP = 32  # the network halves its input five times


class Detector:
    """`session` is an onnxruntime session of the detection network."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def find(self, image: Grey, scale: float = 1.0) -> Quads:
        """Lines in `image`, looked for in a copy scaled by `scale`; corners in pixels of `image`.

        A quad's first edge runs along the line, within ±45° of the picture's rows unless the line is
        taller than wide; quads are sorted from the top down.
        """
        height, width = image.shape
        size = [max(round(side * scale / _STEP) * _STEP, _STEP) for side in (height, width)]
        shrunk = scale < 1
        small = cv2.resize(
            image, (size[1], size[0]), interpolation=cv2.INTER_AREA if shrunk else cv2.INTER_CUBIC
        )
        tensor = small.astype(np.float32) / 127.5 - 1.0
        batch = np.ascontiguousarray(np.broadcast_to(tensor, (1, 3, *small.shape)))
        probable = self._session.run(None, {self._input: batch})[0][0, 0]
        quads = _regions(probable)
        return np.asarray(quads * np.array([width / size[1], height / size[0]]))


def _regions(probable: NDArray[np.float32]) -> Quads:
    cores = cv2.dilate((probable > _CORE).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(cores, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours[:_MAX_LINES]:
        (cx, cy), (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < 3:
            continue
        x, y, w, h = cv2.boundingRect(contour)
        mask = np.zeros((h, w), np.uint8)
        cv2.drawContours(mask, [contour - (x, y)], -1, 1, -1)
        if cv2.mean(probable[y : y + h, x : x + w], mask)[0] < _LINE:
            continue
        growth = 2 * _GROWTH * width * height / (2 * (width + height))
        found.append(_corners(cx, cy, width + growth, height + growth, angle))
    if not found:
        return np.zeros((0, 4, 2))
    quads = np.array(found)
    return np.asarray(quads[np.argsort(quads[:, :, 1].mean(axis=1), kind="stable")])


def _corners(cx: float, cy: float, width: float, height: float, angle: float) -> NDArray[np.float64]:
    """Corners of a turned rectangle whose first edge is the long one, pointing right (or up if upright)."""
    if width < height:
        width, height, angle = height, width, angle + 90.0
    angle = (angle + 90.0) % 180.0 - 90.0
    turn = np.deg2rad(angle)
    along, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    return np.asarray(np.array([cx, cy]) + half[:, :1] * width * along + half[:, 1:] * height * down)
