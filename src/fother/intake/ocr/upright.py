"""Turn, level and scale a picture for a recogniser, and map its boxes back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.intake.ocr.interface import Box, Grey, Line, around

_STRAIGHT = 0.25  # degrees of skew that are left as they are


@dataclass(frozen=True)
class Upright:
    """`back` (2, 3) maps pixels of `image` to pixels of the original picture, both counted from corners."""

    image: Grey
    back: NDArray[np.float64]

    def restore(self, line: Line) -> Line:
        return Line(tuple(replace(word, box=self._box(word.box)) for word in line.words))

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (…, 2) of the original picture as they are found in `image`."""
        there = cv2.invertAffineTransform(self.back)
        return np.asarray(points @ there[:, :2].T + there[:, 2])

    def _box(self, box: Box) -> Box:
        x0, y0, x1, y1 = box
        corners = np.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]]) @ self.back.T
        return around([(x, y, x, y) for x, y in corners.tolist()])


def upright(image: Grey, turned: int, skew: float, scale: float) -> Upright:
    """`image` turned clockwise by `turned` + `skew` degrees and scaled; what leaves the frame is kept."""
    quarters = turned // 90 % 4
    height, width = image.shape
    grey = np.ascontiguousarray(np.rot90(image, -quarters))
    # Corner (0, 0), one step right and one step down in the turned picture, as seen in the original.
    origin = np.array([[0, 0], [0, height], [width, height], [width, 0]][quarters], float)
    right = np.array([[1, 0], [0, -1], [-1, 0], [0, 1]][quarters], float)
    down = np.array([[0, 1], [1, 0], [0, -1], [-1, 0]][quarters], float)
    back = np.column_stack([right, down, origin])
    if abs(skew) > _STRAIGHT:
        grey, step = _levelled(grey, skew)
        back = _after(step, back)
    if scale != 1.0:
        before = grey.shape
        size = max(round(before[1] * scale), 1), max(round(before[0] * scale), 1)
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        factors = before[1] / size[0], before[0] / size[1]
        back = _after(np.array([[factors[0], 0, 0], [0, factors[1], 0]]), back)
    return Upright(np.asarray(grey, np.uint8), back)


def _levelled(grey: Grey, skew: float) -> tuple[Grey, NDArray[np.float64]]:
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    new = round(width * cosine + height * sine), round(width * sine + height * cosine)
    turn[:, 2] += (new[0] - width) / 2, (new[1] - height) / 2
    level = cv2.warpAffine(grey, turn, new, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(level, np.uint8), np.asarray(cv2.invertAffineTransform(turn), np.float64)


def _after(first: NDArray[np.float64], then: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affine map that applies `first` and `then` on its result."""
    return np.asarray(then @ np.vstack([first, [0, 0, 1]]))


def flattened(image: Grey) -> Grey:
    """The picture with its ground made even and white: divided by a smooth estimate of the paper.

    The paper is what a closing (of about three line heights) leaves, smoothed.
    """
    scale = min(1.0, 400 / max(image.shape))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), (0, 0), 5)
    wide = cv2.resize(paper, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(image, np.maximum(wide, 1), scale=250), np.uint8)
