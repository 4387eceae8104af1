"""Small pictures of known text, drawn with the font that Pillow carries."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

PROSE = (
    "The committee met on Tuesday to hear the",
    "results of the second inspection. Of the",
    "1,284 barrels counted in the north hall,",
    "none had been opened since the autumn.",
    "A full account follows in the annex.",
)
LEFT = (
    "Harbour dues rose in the north",
    "by four per cent in the spring,",
    "and those who own the larger",
    "ships wrote about it at once",
    "to the minister of transport.",
)
RIGHT = (
    "Railway fares stayed as low as",
    "they were before the winter.",
    "Nobody could say for how long",
    "this would be the case, or why",
    "the board was silent about it.",
)


def page(lines: tuple[str, ...] = PROSE, size: int = 26, margin: int = 40) -> NDArray[np.uint8]:
    """Dark text on light ground, (h, w); `size` is the font's, pixels."""
    font = ImageFont.load_default(size)
    width = max(int(font.getlength(line)) for line in lines) + 2 * margin
    picture = Image.new("L", (width, round(1.5 * size * len(lines)) + 2 * margin), 250)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((margin, margin + round(1.5 * size * number)), line, fill=20, font=font)
    return np.asarray(picture, np.uint8)


def slanted(picture: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """Turned clockwise on a larger light sheet."""
    height, width = picture.shape
    side = int(np.hypot(height, width))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(cv2.warpAffine(picture, turn, (side, side), borderValue=250), np.uint8)


def in_perspective(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As a camera sees it from the side, in uneven light."""
    height, width = picture.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + np.array([[40, 60], [-15, 0], [0, 40], [20, -5]], np.float32)
    view = cv2.getPerspectiveTransform(corners, seen)
    out = cv2.warpPerspective(picture, view, (width + 40, height + 60), borderValue=90).astype(np.float64)
    light = np.linspace(1.0, 0.55, out.shape[1])
    return np.asarray(np.clip(out * light, 0, 255), np.uint8)


def error_rate(text: str, lines: tuple[str, ...]) -> float:
    """Edits over the longer length, white space normalised."""
    return float(Levenshtein.normalized_distance(" ".join(text.split()), " ".join(lines)))
