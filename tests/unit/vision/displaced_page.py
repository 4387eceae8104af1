"""One page of the sample report, its reference, and renders of it with words moved by known amounts."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.render import open_renderer
from fother.formats.pdf.template import CopyTemplate
from fother.vision.find import PageIndex
from fother.vision.locate import page_features
from fother.vision.reference import DPI, SUPERSAMPLING, Reference


@dataclass(frozen=True)
class Sheet:
    """A page of the sample with all that vision needs to know of it."""

    data: bytes
    carriers: LayoutCarriers
    template: CopyTemplate
    reference: Reference
    index: PageIndex

    def displacement(self, seed: int, size: float = 0.3) -> NDArray[np.float64]:
        """(n,) points, random for the words that can move."""
        rng = np.random.default_rng(seed)
        wanted = rng.uniform(-size, size, len(self.carriers.page))
        return np.where(self.carriers.marked(), wanted, 0.0)

    def copy(self, displacement: NDArray[np.float64]) -> bytes:
        return self.template.copy(displacement)


@cache
def sheet(page: int) -> Sheet:
    whole = resources.files("fother.demo").joinpath("sample.pdf").read_bytes()
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(whole)) as pdf, pikepdf.new() as single:
        single.pages.append(pdf.pages[page])
        single.save(buffer, static_id=True)
    data = buffer.getvalue()
    source = PdfSource.open(data)
    carriers, moved = plan(source.pages())
    template = CopyTemplate.build(source, source.pages(), moved, len(carriers.page))
    with open_renderer(data) as renderer:
        large, matrix = renderer.render(0, DPI * SUPERSAMPLING)
    reference = Reference.from_render(
        large, matrix, carriers.box, carriers.axis, carriers.em, carriers.segment
    )
    features = page_features(picture(data, DPI))
    assert features is not None
    return Sheet(
        data,
        carriers,
        template,
        reference,
        PageIndex(features.strongest(600), lambda: features, reference.shape),
    )


def picture(data: bytes, dpi: float) -> NDArray[np.uint8]:
    """The only page, averaged down from a fine render, because renderers snap glyphs to a grid."""
    with open_renderer(data) as renderer:
        fine, _ = renderer.render(0, dpi * 4)
    height, width = fine.shape[0] // 4, fine.shape[1] // 4
    small = cv2.resize(fine[: height * 4, : width * 4], (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def photographed(
    page: NDArray[np.float32] | NDArray[np.uint8], homography: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """A page on a grey table, as a pinhole camera shows it."""
    warped = cv2.warpPerspective(
        np.asarray(page, np.float32), homography, shape[::-1], flags=cv2.INTER_AREA, borderValue=120.0
    )
    return np.clip(warped, 0, 255).astype(np.uint8)


def tilted(shape: tuple[int, int], width: float = 1100.0, left: float = 60.0) -> NDArray[np.float64]:
    """A homography from a page of `shape` (height, width) to a picture, with some perspective."""
    h, w = shape
    high = width * h / w
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    target = np.array(
        [
            [left, 50],
            [left + width, 90],
            [left + width * 0.96, 60 + high],
            [left + 0.03 * width, 40 + high * 0.97],
        ],
        np.float32,
    )
    return cv2.getPerspectiveTransform(source, target)
