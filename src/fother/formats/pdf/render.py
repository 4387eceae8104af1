"""Pages as pixels and as characters, through pdfium. One process, one thread: pdfium is not re-entrant."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from fother.errors import InputFileError, PasswordError
from fother.model.capture import Characters


class Renderer:
    """An open PDF. Pages are 0-based."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def page_count(self) -> int:
        return len(self._document)

    def size(self, page: int) -> tuple[float, float]:
        """Width and height in points as shown: after cropping and /Rotate."""
        width, height = self._document.get_page_size(page)
        return float(width), float(height)

    def render(self, page: int, dpi: float) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """(image, matrix) of a page as shown, annotations included.

        The image is (height, width) grey, 0 black. The matrix (2, 3) takes user space points (x, y, 1),
        y upwards, to pixel coordinates (x to the right, y down) in which the image covers 0…width and
        0…height: the centre of the top left pixel is at (0.5, 0.5).
        """
        with self._page(page) as opened:
            bitmap = opened.render(scale=dpi / 72, grayscale=True)
            image = np.array(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, bitmap.width)
            bitmap.close()
            box = opened.get_bbox()
            turn = opened.get_rotation()
        return image, display_matrix(box, turn, image.shape[1], image.shape[0])

    def matrix(self, page: int, width: float, height: float) -> NDArray[np.float64]:
        """(2, 3) matrix from user space to an image of the shown page that is `width` by `height` pixels."""
        with self._page(page) as opened:
            return display_matrix(opened.get_bbox(), opened.get_rotation(), width, height)

    def characters(self, page: int) -> Characters:
        """Code points and glyph origins (user space points), in pdfium's order.

        Spaces and line ends that pdfium adds are included; a code point it cannot name is U+FFFD.
        """
        with self._page(page) as opened:
            text = opened.get_textpage()
            handle = text.raw
            count = max(pdfium.FPDFText_CountChars(handle), 0)
            origin = np.zeros((count, 2), np.float64)
            codes = []
            base = origin.ctypes.data
            pointer = ctypes.POINTER(ctypes.c_double)
            unicode_of, origin_of, cast = (
                pdfium.FPDFText_GetUnicode,
                pdfium.FPDFText_GetCharOrigin,
                ctypes.cast,
            )
            for index in range(count):
                codes.append(unicode_of(handle, index))
                place = base + 16 * index
                origin_of(handle, index, cast(place, pointer), cast(place + 8, pointer))
            text.close()
        return Characters("".join(map(_character, codes)), origin)

    def text(self, page: int) -> str:
        """Text of a page as pdfium gives it to a reader who copies all."""
        with self._page(page) as opened:
            text = opened.get_textpage()
            content = str(text.get_text_range())
            text.close()
        return content

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        try:
            page = self._document[number]
        except pypdfium2.PdfiumError:
            raise InputFileError(f"Page {number + 1} of the PDF cannot be read; repair the file.") from None
        try:
            yield page
        finally:
            page.close()


@contextmanager
def open_renderer(data: bytes, password: str = "") -> Iterator[Renderer]:
    """Open PDF bytes for rendering; raises InputFileError or PasswordError."""
    try:
        document = pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise PasswordError("The PDF is encrypted and the password is missing or wrong.") from None
        raise InputFileError("The PDF is damaged beyond reading; repair or export it again.") from None
    try:
        document.init_forms()
        yield Renderer(document)
    finally:
        document.close()


def display_matrix(
    box: tuple[float, float, float, float], turn: int, width: float, height: float
) -> NDArray[np.float64]:
    """(2, 3) matrix from user space to a `width` by `height` image of `box` turned clockwise by `turn`."""
    x0, y0, x1, y1 = box
    across, up = 1.0 / (x1 - x0), 1.0 / (y1 - y0)
    # u runs to the right and v down over the unturned box, both 0…1.
    u = np.array([across, 0.0, -x0 * across])
    v = np.array([0.0, -up, y1 * up])
    one = np.array([0.0, 0.0, 1.0])
    right, down = {0: (u, v), 90: (one - v, u), 180: (one - u, one - v), 270: (v, one - u)}[turn]
    return np.array([right * width, down * height])


def _character(code: int) -> str:
    return "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)
