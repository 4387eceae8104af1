"""What the report draws: original pages, captures, and the words between them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.observe import PageReading
from fother.flow.original import Original
from fother.flow.reading import MatchedPage
from fother.model.verdict import PageEvidence

_PAGE_DPI = 130.0
_SHEET_SIDE = 1100
_MAX_PICTURES = 12  # pages with pictures in one report; the others come as numbers


def page_evidence(
    original: Original, page: MatchedPage, reading: PageReading, drawn: int | None
) -> PageEvidence:
    """Evidence of one page. `drawn` counts the pages drawn before; None leaves pictures out."""
    seen = reading.displacements
    sigma = np.where(reading.soft.used, np.hypot(reading.soft.noise, np.minimum(seen.sigma, 9.0)), np.nan)
    with_pictures = drawn is not None and drawn < _MAX_PICTURES
    return PageEvidence(
        artefact=page.file.name,
        sheet=page.sheet,
        page=seen.page,
        page_size=original.size(seen.page),
        boxes=original.shown_boxes(seen.page),
        mark=reading.soft.mark,
        sigma=sigma,
        density=seen.density,
        method=seen.method,
        carriers_read=len(reading.observations),
        background=png(original.picture(seen.page, _PAGE_DPI)) if with_pictures else b"",
        sheet_image=jpeg(page.image) if with_pictures and page.image is not None else b"",
    )


def png(image: NDArray[np.uint8]) -> bytes:
    """A grey picture of text."""
    # Sixteen greys: text stays crisp and the report small.
    levels = (np.round(image / 17.0) * 17).astype(np.uint8)
    return bytes(cv2.imencode(".png", levels, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1])


def jpeg(image: NDArray[np.uint8], side: int = _SHEET_SIDE) -> bytes:
    """A grey picture reduced to at most `side` pixels along its longer side."""
    scale = min(1.0, side / max(image.shape))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 72])[1])
