"""Pictures put into the report: decoded, reduced to fit a size budget, and encoded as data addresses.

Every picture is decoded and encoded again, so that nothing but pixels reaches the reader's browser.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from fother.model.verdict import PageEvidence

#: base64 characters for all pictures together; the whole report stays under 3 MB
BUDGET = 2_000_000
#: long side in pixels and JPEG quality, from best to smallest
_TIERS = ((1500, 80), (1200, 74), (1000, 70), (800, 62), (640, 55))
#: a picture larger than this was not made by us
_MOST_PIXELS = 80_000_000


@dataclass(frozen=True)
class Picture:
    address: str  #: data: URL
    width: int
    height: int


@dataclass(frozen=True)
class PagePictures:
    page: Picture | None
    capture: Picture | None


def open_picture(data: bytes) -> Image.Image | None:
    if not data:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            return image.convert("RGB" if image.mode not in ("L", "1") else "L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def encode_picture(image: Image.Image, side: int, quality: int, flat: bool) -> Picture:
    """`flat` pictures (rendered pages) become PNGs of few colours when that is smaller than a JPEG."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=quality, optimize=True)
    kind, data = "jpeg", buffer.getvalue()
    if flat:
        buffer = io.BytesIO()
        small.quantize(24, Image.Quantize.FASTOCTREE).save(buffer, "PNG")
        if buffer.tell() < len(data):
            kind, data = "png", buffer.getvalue()
    address = f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    return Picture(address, small.width, small.height)


def page_pictures(evidence: Sequence[PageEvidence], budget: int = BUDGET) -> tuple[PagePictures, ...]:
    """Pictures for each page, parallel to `evidence`, at the best quality that fits into `budget` characters.

    Pages that do not fit even at the smallest size, and pictures that cannot be decoded, give None.
    """
    result: list[PagePictures] = []
    left = budget
    for done, item in enumerate(evidence):
        share = left // (len(evidence) - done)
        page, capture = open_picture(item.background), open_picture(item.sheet_image)
        chosen = PagePictures(None, None)
        for side, quality in _TIERS if page or capture else ():
            made = PagePictures(
                encode_picture(page, side, quality, flat=True) if page else None,
                encode_picture(capture, round(side * 0.8), quality, flat=False) if capture else None,
            )
            cost = sum(len(p.address) for p in (made.page, made.capture) if p)
            if cost <= share:
                chosen = made
                left -= cost
                break
        result.append(chosen)
    return tuple(result)
