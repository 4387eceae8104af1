"""The unmarked original page as an image, with the places of its words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

#: Resolution of the reference. It is averaged down from three times this, because every renderer snaps
#: glyphs to some grid and the average puts them back where the file says.
DPI = 200.0
SUPERSAMPLING = 3
PX_PER_PT = DPI / 72.0

_CHUNK_PT = 34.0  # short runs of words this wide are unique enough to be found by correlation
_WORD_PADDING_EM = 0.08


@dataclass(frozen=True)
class Reference:
    """One original page.

    Coordinates are those of OpenCV: x to the right, y down, pixel *centres* at integers.

    - `image`: (h, w) float32 grey at `DPI`.
    - `boxes`: (n, 4) x0, y0, x1, y1 of every rigid cluster, pixels.
    - `axes`: (n, 2) unit vector along the text in the image.
    - `em`: (n,) font size in pixels.
    - `lines`: (n,) line-segment number of each cluster.
    """

    image: NDArray[np.float32]
    boxes: NDArray[np.float64]
    axes: NDArray[np.float64]
    em: NDArray[np.float64]
    lines: NDArray[np.int32]

    @classmethod
    def from_render(
        cls,
        render: NDArray[np.uint8],
        matrix: NDArray[np.float64],
        boxes: NDArray[np.float64],
        axes: NDArray[np.float64],
        em: NDArray[np.float64],
        lines: NDArray[np.int32],
    ) -> Reference:
        """Build from a page rendered at `DPI * SUPERSAMPLING`.

        `matrix` (2, 3) maps user space to the render's pixel *edges* (0 is the left edge of the first
        pixel); `boxes`, `axes`, `em` are in user space, points.
        """
        height, width = render.shape[0] // SUPERSAMPLING, render.shape[1] // SUPERSAMPLING
        cut = render[: height * SUPERSAMPLING, : width * SUPERSAMPLING]
        image = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        linear, offset = matrix[:, :2] / SUPERSAMPLING, matrix[:, 2] / SUPERSAMPLING - 0.5
        corners = np.stack([boxes[:, [0, 1]], boxes[:, [2, 1]], boxes[:, [2, 3]], boxes[:, [0, 3]]], 1)
        mapped = corners @ linear.T + offset
        turned = axes @ linear.T
        pixels = em * float(np.sqrt(abs(np.linalg.det(linear))))
        turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12)
        pad = np.abs(turned) * (_WORD_PADDING_EM * pixels)[:, None]
        return cls(
            image=image,
            boxes=np.concatenate([mapped.min(1) - pad, mapped.max(1) + pad], 1),
            axes=turned,
            em=pixels,
            lines=lines.astype(np.int32),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self.image.shape[0]), int(self.image.shape[1])

    @cached_property
    def centres(self) -> NDArray[np.float64]:
        """(n, 2) box centres, pixels."""
        return (self.boxes[:, :2] + self.boxes[:, 2:]) / 2

    @cached_property
    def across(self) -> NDArray[np.float64]:
        """(n, 2) unit vectors across the text: the direction that carries no mark."""
        return np.stack([-self.axes[:, 1], self.axes[:, 0]], 1)

    @cached_property
    def chunks(self) -> NDArray[np.float64]:
        """(c, 4) boxes of runs of neighbouring words, for coarse correlation."""
        boxes: list[NDArray[np.float64]] = []
        limit = _CHUNK_PT * PX_PER_PT
        order = np.argsort(self.lines, kind="stable")
        current: NDArray[np.float64] | None = None
        line = -1
        for i in order:
            box = self.boxes[i]
            if current is not None and self.lines[i] == line:
                joined = np.r_[np.minimum(current[:2], box[:2]), np.maximum(current[2:], box[2:])]
                if (joined[2:] - joined[:2]).max() <= 1.6 * limit:
                    current = joined
                    if (joined[2:] - joined[:2]).max() > limit:
                        boxes.append(current)
                        current = None
                    continue
            if current is not None:
                boxes.append(current)
            current, line = box, int(self.lines[i])
        if current is not None:
            boxes.append(current)
        return np.array(boxes).reshape(-1, 4)
