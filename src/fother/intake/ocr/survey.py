"""How the text of a picture stands: which way up, how skewed, how large, dark on light or light on dark."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fother.intake.ocr.detector import Quads
from fother.intake.ocr.interface import Grey
from fother.intake.ocr.rapid import RapidEngine, cut_out

_SIDE = 960  # pixels of the longer side while looking for lines
_MAGNIFIED = 2.0
_LONG = 3.0  # width over height from which a line tells its direction
_SAMPLE = 8  # lines asked which way up they stand
_DOUBT = 0.3  # share of upside-down votes from which both ways are read
_TRIAL = 4  # lines read both ways


@dataclass(frozen=True)
class Survey:
    """`turned` is how far the picture must be turned clockwise, degrees: 0, 90, 180 or 270; `skew` the rest,
    in (-45, 45], clockwise too. `line_height` is the median height of the lines found, pixels of the
    picture; 0 when none was found. `bend` is the spread of the lines' directions, degrees: curl and
    perspective. `inverted`: light text on dark ground. `quads` are the lines as found in the picture, each
    with its first corner where its text begins. `scale` is that of the copy in which they were found.
    """

    turned: int = 0
    skew: float = 0.0
    line_height: float = 0.0
    bend: float = 0.0
    inverted: bool = False
    quads: Quads = field(default_factory=lambda: np.zeros((0, 4, 2)))
    scale: float = 1.0


def survey(image: Grey, engine: RapidEngine) -> Survey:
    """Look at a picture of text in any orientation."""
    scale = min(_MAGNIFIED, _SIDE / max(image.shape))
    quads = engine.detector.find(image, scale)
    if not len(quads) and scale < 1:  # the text may be too small in the reduced copy
        scale = min(1.0, 2.5 * scale)
        quads = engine.detector.find(image, scale)
    if not len(quads):
        return Survey()
    along, up = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
    length, height = np.hypot(*along.T), np.hypot(*up.T)
    long = length > _LONG * height
    use = long if long.any() else np.ones(len(quads), bool)
    # Directions are lines, not arrows: averaged at twice the angle.
    angle = np.arctan2(along[:, 1], along[:, 0])
    mean = np.angle((length[use] * np.exp(2j * angle[use])).sum()) / 2
    off = (angle - mean + np.pi / 2) % np.pi - np.pi / 2
    middle = _median(off[use], length[use])
    direction = float(np.degrees(mean + middle))
    bend = float(np.degrees(_median(np.abs(off[use] - middle), length[use])))
    quads = np.array([_facing(quad, mean + middle) for quad in quads])
    chosen = quads[use][np.argsort(-length[use], kind="stable")[:_SAMPLE]]
    light = _light_on_dark(image, chosen)
    if _stands_on_head(255 - image if light else image, chosen, engine):
        direction += 180.0
        quads = quads[:, [2, 3, 0, 1]]
    turn = -direction % 360.0
    quarter = round(turn / 90.0) % 4
    skew = (turn - 90.0 * quarter + 180.0) % 360.0 - 180.0
    return Survey(90 * quarter, skew, float(np.median(height[use])), bend, light, quads, scale)


def _facing(quad: NDArray[np.float64], direction: float) -> NDArray[np.float64]:
    """The same rectangle, its first edge that which points most nearly to `direction` (radians)."""
    edges = np.roll(quad, -1, axis=0) - quad
    towards = edges @ np.array([np.cos(direction), np.sin(direction)])
    cosine = towards / np.maximum(np.hypot(*edges.T), 1e-9)
    return np.roll(quad, -int(np.argmax(cosine)), axis=0)


def _light_on_dark(image: Grey, quads: Quads) -> bool:
    """Strokes cover less of a line than its ground, so the mean lies on their side of the median."""
    lean = [float(strip.mean() - np.median(strip)) for strip in (cut_out(image, q)[0] for q in quads)]
    return float(np.median(lean)) > 0


def _stands_on_head(image: Grey, quads: Quads, engine: RapidEngine) -> bool:
    share = engine.upside_down(image, quads)
    if share < _DOUBT:
        return False
    some = quads[:_TRIAL]
    upright, turned = (engine.read_lines(image, q) for q in (some, some[:, [2, 3, 0, 1]]))
    score = [sum(line.confidence * len(line.text) for line in lines) for lines in (upright, turned)]
    return score[1] > score[0]


def _median(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
