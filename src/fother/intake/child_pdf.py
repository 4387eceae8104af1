"""Inside the sandbox: the text of a PDF's pages, and their pictures on request."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from fother.formats.pdf.stamps import find_stamps
from fother.formats.text import pages as reader
from fother.formats.text.content import Content, Locked, Refused
from fother.formats.text.pages import PageGlyphs
from fother.intake.wire import write_message


def _open(data: bytes, password: str) -> Any:
    try:
        return pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise Locked("password") from None
        raise Refused("the PDF is damaged beyond reading") from None


def read_pdf(out: BinaryIO, data: bytes, options: dict[str, Any], content: Content) -> None:
    """Stamps, the glyphs and the text of every page, metadata, embedded files.

    Invisible glyphs (the text layer behind a scan) are no glyphs of the page: whoever made the layer could
    write anything there. They are kept as a hidden part of the text; where they are most of a page's glyphs,
    the page has none and counts as a picture.
    """
    document = _open(data, options["password"])
    stamps = [stamp.hex() for stamp in find_stamps(data, options["password"])][:64]
    count = len(document)
    write_message(out, {"stamps": stamps, "pages": count})
    budget = int(options["total_bytes"])
    for number in range(min(count, int(options["sheets"]))):
        try:
            glyphs = reader.read_glyphs(document, number, int(options["characters"]))
        except Exception:
            # One damaged page must not hide the others; it may still be readable as a picture.
            write_message(out, {"page": number, "readable": False})
            continue
        budget -= 20 * len(glyphs.codes)
        if budget < 0:
            write_message(out, {"stopped": number})
            break
        _tell_page(out, number, glyphs)
        for kind, chosen in (("page", ~glyphs.invisible), ("hidden", glyphs.invisible)):
            if chosen.any() and not content.full:
                text, words = reader.page_text(glyphs, chosen)
                content.add_page(kind, text, number, words)
    reader.read_facts(document, data, options["password"], content)
    reader.take_attachments(document, content)


def _tell_page(out: BinaryIO, number: int, glyphs: PageGlyphs) -> None:
    seen = ~glyphs.invisible
    # Spaces and line ends that pdfium adds belong to no object, so they are never invisible.
    solid = glyphs.codes > 32
    if np.count_nonzero(solid & ~seen) > np.count_nonzero(solid & seen):
        write_message(out, {"page": number, "readable": False})
    else:
        write_message(out, {"page": number, "readable": True}, glyphs.codes[seen], glyphs.origin[seen])


def render_pages(out: BinaryIO, options: dict[str, Any], data: bytes) -> None:
    """Grey pictures of the pages asked for; those that cannot be rendered stay out."""
    document = _open(data, options["password"])
    write_message(out, {"kind": "application/pdf"})
    for number in options["pages"]:
        if not 0 <= number < len(document):
            continue
        try:
            grey = _render(document[number], float(options["dpi"]), int(options["kept_pixels"]))
        except (pypdfium2.PdfiumError, ValueError, MemoryError):
            continue  # one damaged page must not hide the others
        write_message(out, {"page": number}, grey)


def _render(page: Any, dpi: float, kept_pixels: int) -> NDArray[np.uint8]:
    width, height = page.get_size()
    scale = dpi / 72
    area = max(width * height * scale * scale, 1.0)
    scale *= min(1.0, kept_pixels / area) ** 0.5
    pixels = page.render(scale=scale, grayscale=True).to_numpy()
    return np.ascontiguousarray(pixels if pixels.ndim == 2 else pixels[..., 0], np.uint8)
