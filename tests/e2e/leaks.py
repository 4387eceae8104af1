"""What happens to a copy on its way to the public: each function makes a leak of a marked copy."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]


def picture(pdf: Path, page: int, dpi: float) -> Picture:
    """A page as a viewer shows it, (h, w, 3)."""
    with pypdfium2.PdfDocument(pdf) as document:
        shown = document[page].render(scale=dpi / 72)
        return np.array(shown.to_pil().convert("RGB"))


def saved_again(pdf: Path, out: Path) -> Path:
    """Objects renumbered, streams recompressed, linearised, metadata and file id gone."""
    with pikepdf.open(pdf) as document:
        del document.docinfo
        if "/Metadata" in document.Root:
            del document.Root.Metadata
        if "/ID" in document.trailer:
            del document.trailer.ID
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
            linearize=True,
            normalize_content=False,
            deterministic_id=True,
        )
    return out


def encrypted(pdf: Path, out: Path, user: str) -> Path:
    with pikepdf.open(pdf) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user=user, R=6))
    return out


def pages_of(pdf: Path, order: Sequence[int], out: Path) -> Path:
    """Some pages, in some order, in a new file."""
    with pikepdf.open(pdf) as source, pikepdf.new() as document:
        document.pages.extend([source.pages[k] for k in order])
        document.save(out)
    return out


def scaled(pdf: Path, out: Path, factor: float = 0.8) -> Path:
    """Every page drawn smaller on a larger sheet, as print dialogs do."""
    with pikepdf.open(pdf) as source, pikepdf.new() as document:
        for number in range(len(source.pages)):
            sheet = document.add_blank_page(page_size=(842, 1191))
            form = document.copy_foreign(source.pages[number].as_form_xobject())
            sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=form))
            sheet.Contents = document.make_stream(b"q %g 0 0 %g 90 120 cm /P Do Q" % (factor, factor))
        document.save(out)
    return out


def pictures_only(pdf: Path, out: Path, dpi: float = 150) -> Path:
    """Every page turned into a JPEG inside a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [document[k].render(scale=dpi / 72).to_pil().convert("RGB") for k in range(len(document))]
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=75)
    return out


def image(shown: Picture, out: Path, **options: object) -> Path:
    """A picture as a file; its kind follows from the name."""
    buffer = io.BytesIO()
    kind = {"jpg": "JPEG", "tif": "TIFF"}.get(out.suffix[1:], out.suffix[1:].upper())
    Image.fromarray(shown).save(buffer, kind, **options)
    out.write_bytes(buffer.getvalue())
    return out


def tiff(pictures: Sequence[Picture], out: Path) -> Path:
    """A fax-like TIFF with several pages."""
    first, *rest = [Image.fromarray(p) for p in pictures]
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="tiff_deflate", dpi=(150, 150))
    return out
