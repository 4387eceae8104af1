"""Places where a picture of a page shows something else: page and leak cut out alike, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fother.model.match import Region
from fother.report.images import BUDGET, Picture, encode_picture, open_picture

#: a crop shows at least this much of the page, points
_LEAST = (260.0, 80.0)
_MARGIN = 26.0
_LONG_SIDE = 900  #: pixels of a crop


@dataclass(frozen=True)
class ComparedPage:
    """A page of a document and the sheet of the leak that shows it, as pictures (PNG or JPEG, any size).

    `sheet_size` is the width and height in which the outlines of regions count, pixels; None: those of the
    picture itself.
    """

    document: str
    sheet: int
    page: int  #: 0-based
    page_size: tuple[float, float]  #: points, as shown
    page_image: bytes
    sheet_image: bytes
    sheet_size: tuple[float, float] | None = None


@dataclass(frozen=True)
class Crop:
    """One region: `box` is x, y, width, height of its frame in both pictures, each `width` by `height`."""

    region: Region
    page: Picture | None
    sheet: Picture | None
    width: float
    height: float
    box: tuple[float, float, float, float]


def crops(regions: Sequence[Region], pages: Sequence[ComparedPage], budget: int = BUDGET) -> tuple[Crop, ...]:
    """The regions whose page and sheet are among `pages`, in their order; unreadable pictures give None.

    Stops when the pictures would take more than `budget` characters.
    """
    made = []
    opened: dict[int, tuple[Image.Image | None, Image.Image | None]] = {}
    for region in regions:
        seen = next((p for p in pages if (p.sheet, p.page) == (region.sheet, region.page)), None)
        if seen is None:
            continue
        if id(seen) not in opened:
            opened = {id(seen): (open_picture(seen.page_image), open_picture(seen.sheet_image))}
        page, sheet = opened[id(seen)]
        crop = _crop(region, seen, page, sheet)
        budget -= sum(len(p.address) for p in (crop.page, crop.sheet) if p)
        if budget < 0:
            break
        made.append(crop)
    return tuple(made)


def _crop(region: Region, seen: ComparedPage, page: Image.Image | None, sheet: Image.Image | None) -> Crop:
    x0, y0, x1, y1 = _window(region.page_box, seen.page_size)
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    page_picture = sheet_picture = None
    if page is not None:
        scale = np.array([page.width, page.height]) / np.array(seen.page_size)
        page_picture = _cut(page, corners * scale, x1 - x0, y1 - y0, flat=True)
    if sheet is not None:
        size = seen.sheet_size or (sheet.width, sheet.height)
        outline = np.asarray(region.sheet_outline, float) * np.array([sheet.width, sheet.height]) / size
        sheet_picture = _cut(sheet, _carried(region.page_box, outline, corners), x1 - x0, y1 - y0, flat=False)
    a, b, c, d = region.page_box
    return Crop(region, page_picture, sheet_picture, x1 - x0, y1 - y0, (a - x0, b - y0, c - a, d - b))


def _window(box: tuple[float, float, float, float], size: tuple[float, float]) -> tuple[float, ...]:
    """The region with some of what is around it, inside the page."""
    low, high = [], []
    for k in (0, 1):
        middle = (box[k] + box[k + 2]) / 2
        half = max(_LEAST[k], box[k + 2] - box[k] + 2 * _MARGIN) / 2
        start = min(max(0.0, middle - half), max(0.0, size[k] - 2 * half))
        low.append(start)
        high.append(min(size[k], start + 2 * half))
    return low[0], low[1], high[0], high[1]


def _carried(
    box: tuple[float, float, float, float], outline: NDArray[np.float64], corners: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where corners of the page lie in the sheet, by the affine map nearest to box → outline.

    A projective map would follow the perspective better, but far outside a small box it runs away.
    """
    x0, y0, x1, y1 = box
    source = np.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]])
    matrix, *_ = np.linalg.lstsq(source, outline.reshape(-1, 2)[:4], rcond=None)
    return np.asarray(np.c_[corners, np.ones(4)] @ matrix, float)


def _cut(
    image: Image.Image, corners: NDArray[np.float64], width: float, height: float, *, flat: bool
) -> Picture | None:
    """The parallelogram with these corners (clockwise from the top left) as an upright picture."""
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    if not np.isfinite(corners).all() or abs(across[0] * down[1] - across[1] * down[0]) < 1.0:
        return None
    scale = min(_LONG_SIDE / max(width, height), 3.0 * max(np.hypot(*across) / width, 0.3))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Coefficients lead from a pixel of the result to one of the image.
    a, d = across / size[0]
    b, e = down / size[1]
    upright = image.transform(
        size,
        Image.Transform.AFFINE,
        (a, b, corners[0][0], d, e, corners[0][1]),
        resample=Image.Resampling.BICUBIC,
        fillcolor=128 if image.mode in ("L", "1") else (128, 128, 128),
    )
    return encode_picture(upright, _LONG_SIDE, 74, flat=flat)
