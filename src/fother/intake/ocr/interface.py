"""What every text recogniser offers to the rest of the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  #: (height, width), 0 = black
Box = tuple[float, float, float, float]  #: x0, y0, x1, y1 in pixels, y down


@dataclass(frozen=True)
class Word:
    """A run of characters without white space."""

    text: str
    box: Box
    confidence: float  #: 0…1, as the recogniser says


@dataclass(frozen=True)
class Line:
    """Words that stand on one line without a wide gap, from left to right; never empty."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        return around([word.box for word in self.words])

    @property
    def confidence(self) -> float:
        """Mean over the characters."""
        weight = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / weight


class Engine(Protocol):
    """A recogniser of printed text that works offline."""

    name: str

    @classmethod
    def available(cls) -> bool:
        """Whether its library and its models are installed; imports nothing heavy."""
        ...

    def read(self, image: Grey) -> list[Line]:
        """The lines of an upright picture of dark text on light ground, in any order.

        Boxes are in pixels of `image`. A picture without text gives an empty list.
        """
        ...


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of `boxes` (at least one)."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)
