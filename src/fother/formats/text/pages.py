"""Text of PDF pages through pdfium: what one copies, where words stand, which glyphs are invisible."""

from __future__ import annotations

import ctypes
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pikepdf
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from fother.formats.pdf.render import display_matrix
from fother.formats.text.content import Content, Refused, Words
from fother.formats.text.xml import elements, parse

_INVISIBLE = (3, 7)  # text rendering modes, ISO 32000-2 table 104
_MOST_OBJECTS = 200_000
_MOST_DEPTH = 12
_MOST_XMP = 1 << 20
_HYPHEN_AT_LINE_END = (0x02, 0xFFFE)  # how pdfium gives them
_XMP = {
    "CreatorTool": "creator tool",
    "CreateDate": "created",
    "ModifyDate": "modified",
    "DocumentID": "document id",
    "InstanceID": "instance id",
    "creator": "creator",
    "title": "title",
}


@dataclass(frozen=True)
class PageGlyphs:
    """Parallel arrays of n glyphs in pdfium's order, including the spaces and line ends it adds.

    `codes` (n,) int32 code points, 0 where unknown; `origin` (n, 2) user space points; `box` (n, 4) x0, y0,
    x1, y1 points from the top left of the page as shown, y down; `invisible` (n,) bool.
    """

    codes: NDArray[np.int32]
    origin: NDArray[np.float64]
    box: NDArray[np.float64]
    invisible: NDArray[np.bool_]


def read_glyphs(document: Any, number: int, most: int) -> PageGlyphs:
    """Glyphs of a page, at most `most`. Raises pypdfium2.PdfiumError for a damaged page."""
    page = document[number]
    try:
        invisible = _has_invisible(page)
        text = page.get_textpage()
        try:
            glyphs = _glyphs(text.raw, most, invisible)
        finally:
            text.close()
        width, height = page.get_size()
        matrix = display_matrix(page.get_bbox(), page.get_rotation(), width, height)
    finally:
        page.close()
    codes, origin, user, hidden = glyphs
    corners = [user[:, [a, b]] @ matrix[:, :2].T + matrix[:, 2] for a in (0, 2) for b in (1, 3)]
    box = np.concatenate([np.minimum.reduce(corners), np.maximum.reduce(corners)], axis=1)
    return PageGlyphs(codes, origin, np.nan_to_num(box), hidden)


def _glyphs(
    handle: Any, most: int, look: bool
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    count = min(max(pdfium.FPDFText_CountChars(handle), 0), most)
    codes = np.zeros(count, np.int64)
    origin, user = np.zeros((count, 2)), np.zeros((count, 4), np.float32)
    hidden = np.zeros(count, bool)
    double, rectangle = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(pdfium.FS_RECTF)
    places, boxes = origin.ctypes.data, user.ctypes.data
    unicode_of, origin_of, box_of = (
        pdfium.FPDFText_GetUnicode,
        pdfium.FPDFText_GetCharOrigin,
        pdfium.FPDFText_GetLooseCharBox,
    )
    modes: dict[int | None, bool] = {}
    for index in range(count):
        codes[index] = unicode_of(handle, index)
        place = places + 16 * index
        origin_of(handle, index, ctypes.cast(place, double), ctypes.cast(place + 8, double))
        # FS_RECTF is left, top, right, bottom in single precision.
        box_of(handle, index, ctypes.cast(boxes + 16 * index, rectangle))
        if look:
            thing = pdfium.FPDFText_GetTextObject(handle, index)
            address = ctypes.cast(thing, ctypes.c_void_p).value
            if address not in modes:
                modes[address] = bool(address) and pdfium.FPDFTextObj_GetTextRenderMode(thing) in _INVISIBLE
            hidden[index] = modes[address]
    codes[(codes < 0) | (codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))] = 0
    return codes.astype(np.int32), origin, user.astype(np.float64), hidden


def _has_invisible(page: Any) -> bool:
    """Whether any text object of the page, also inside forms, is drawn by an invisible mode."""
    left = [
        (pdfium.FPDFPage_GetObject(page.raw, i), 0)
        for i in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS))
    ]
    seen = 0
    while left and seen < _MOST_OBJECTS:
        thing, depth = left.pop()
        seen += 1
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if pdfium.FPDFTextObj_GetTextRenderMode(thing) in _INVISIBLE:
                return True
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MOST_DEPTH:
            inner = min(max(pdfium.FPDFFormObj_CountObjects(thing), 0), _MOST_OBJECTS - len(left))
            left += [(pdfium.FPDFFormObj_GetObject(thing, i), depth + 1) for i in range(inner)]
    return False


def page_text(glyphs: PageGlyphs, chosen: NDArray[np.bool_]) -> tuple[str, Words]:
    """Text, with \\n as line end, and words of the chosen (n,) glyphs."""
    codes, box = glyphs.codes[chosen].astype(np.int64), glyphs.box[chosen]
    follows = np.append(codes[1:], 0) == 10
    keep = ~((codes == 13) & follows)
    codes, box = codes[keep], box[keep]
    codes[codes == 13] = 10
    # A hyphen at the end of a line swallows the line end.
    broken = np.flatnonzero(np.isin(codes, _HYPHEN_AT_LINE_END))
    codes[broken] = ord("-")
    codes, box = np.insert(codes, broken + 1, 10), np.insert(box, broken + 1, 0.0, axis=0)
    codes[codes == 0] = 0xFFFD
    text = codes.astype("<u4").tobytes().decode("utf-32-le")
    first_solid = len(text) - len(text.lstrip())
    text = text.strip()
    box = box[first_solid : first_solid + len(text)]
    solid = np.array([not c.isspace() for c in text], bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], solid, [False]]).astype(np.int8)))
    start, end = edges[0::2], edges[1::2]
    if not len(start):
        return text, Words(start, end, np.zeros((0, 4)))
    # Blanks between words lie in no run: each run is reduced from its start to the next one's.
    where = np.flatnonzero(solid)
    first = np.searchsorted(where, start)
    low = np.minimum.reduceat(box[where, :2], first)
    high = np.maximum.reduceat(box[where, 2:], first)
    return text, Words(start, end, np.concatenate([low, high], axis=1))


def read_facts(document: Any, data: bytes, password: str, content: Content) -> None:
    """Document information and basic XMP as metadata; damaged ones are passed over."""
    try:
        for name, value in document.get_metadata_dict(skip_empty=True).items():
            content.say(name, value)
    except Exception:
        content.note("What the PDF says about itself is damaged.")
    try:
        with pikepdf.open(io.BytesIO(data), password=password) as pdf:
            metadata = pdf.Root.get("/Metadata")
            if not isinstance(metadata, pikepdf.Stream):
                return
            raw = bytes(metadata.read_bytes())
        root = parse(raw) if len(raw) <= _MOST_XMP else None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, Refused):
        return
    for name, word in _XMP.items():
        for element in elements(root, name):
            content.say(word, "".join(element.itertext()))
        for element in elements(root, "Description"):
            for key, value in element.attrib.items():
                if key.endswith("}" + name):
                    content.say(word, value)


def take_attachments(document: Any, content: Content) -> None:
    """Take out the files that are embedded in a PDF."""
    for index in range(min(document.count_attachments(), content.budget.members + 1)):
        try:
            attachment = document.get_attachment(index)
            name, data = str(attachment.get_name()), bytes(attachment.get_data())
        except Exception:
            content.note("A file embedded in the PDF is damaged and was not read.")
            continue
        if len(data) > content.budget.part:
            content.note("A file embedded in the PDF is too large and was not read.")
        elif not content.take(name, data):
            return
