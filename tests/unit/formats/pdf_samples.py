"""Small PDFs made by hand, one trap each."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf

LINE = b"The quick brown fox jumps over the lazy dog again and again"


def helvetica() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )


def resources(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(helvetica())))


def add_page(
    pdf: pikepdf.Pdf,
    content: bytes | Iterable[bytes],
    own: pikepdf.Dictionary | None = None,
    **entries: object,
) -> pikepdf.Page:
    """A letter page; a list of contents becomes a content array."""
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, 612, 792],
        Resources=own if own is not None else resources(pdf),
        **entries,
    )
    pdf.pages.append(pikepdf.Page(page))
    added = pdf.pages[-1]
    if isinstance(content, bytes):
        added.obj.Contents = pdf.make_stream(content)
    else:
        added.obj.Contents = pikepdf.Array([pdf.make_stream(part) for part in content])
    return added


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, static_id=True, **options)
    return buffer.getvalue()


def one_page(content: bytes | Iterable[bytes], **entries: object) -> bytes:
    pdf = pikepdf.new()
    add_page(pdf, content, **entries)
    return saved(pdf)


def paragraph(lines: int = 6, line: bytes = LINE) -> bytes:
    """Content of a page with `lines` equal lines in Helvetica 11."""
    return (
        b"BT /F1 11 Tf 14 TL 72 700 Td\n" + b"".join(b"(%s) Tj T*\n" % line for _ in range(lines)) + b"ET\n"
    )
