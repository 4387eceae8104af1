"""The sandboxed reader: file bytes on standard input, messages of `wire` on standard output.

Started by `parent`; never imported by it. Limits itself before it looks at the first byte.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fother.intake.confine import confine
from fother.intake.wire import write_message

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


class Refused(Exception):
    """The file cannot be read; the message is for the user."""


def sniff(data: bytes) -> str | None:
    """Media type by content; the file name is not believed."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    return "application/pdf" if b"%PDF-" in data[:1024] else None


def main() -> None:
    """Serve one request: length and JSON of the options on standard input, then the file."""
    (length,) = struct.unpack("<I", sys.stdin.buffer.read(4))
    options = json.loads(sys.stdin.buffer.read(length))
    # Import what parses before the limits, so that loading libraries needs no open files later.
    import pypdfium2  # noqa: F401
    from PIL import Image  # noqa: F401

    given_up = confine(options)
    out = sys.stdout.buffer
    write_message(out, {"isolation": given_up})
    data = sys.stdin.buffer.read()
    try:
        kind = sniff(data)
        if kind is None:
            raise Refused("it is neither a PDF nor a PNG, JPEG, WebP, TIFF, GIF or BMP image")
        write_message(out, {"kind": kind})
        if kind == "application/pdf":
            if options["mode"] == "render":
                _render_pages(out, data, options)
            else:
                _read_pdf(out, data, options)
        else:
            _read_image(out, data, options)
        write_message(out, {"end": True})
    except Refused as refused:
        write_message(out, {"refused": str(refused)})
    except MemoryError:
        write_message(out, {"refused": "reading it needs more memory than a leaked file is allowed"})


def _open_pdf(data: bytes, password: str) -> Any:
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        return pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise Refused("password") from None
        raise Refused("the PDF is damaged beyond reading") from None


def _read_pdf(out: BinaryIO, data: bytes, options: dict[str, Any]) -> None:
    """Stamps, and the glyphs of every page."""
    from fother.formats.pdf.render import Renderer
    from fother.formats.pdf.stamps import find_stamps

    document = _open_pdf(data, options["password"])
    stamps = [stamp.hex() for stamp in find_stamps(data, options["password"])][:64]
    pages = len(document)
    renderer = Renderer(document)
    write_message(out, {"stamps": stamps, "pages": pages})
    budget = int(options["total_bytes"])
    for number in range(min(pages, int(options["sheets"]))):
        try:
            seen = renderer.characters(number)
        except Exception:
            # One damaged page must not hide the others; it may still be readable as a picture.
            write_message(out, {"page": number, "readable": False})
            continue
        keep = min(len(seen.text), int(options["characters"]))
        codes = np.array([ord(c) for c in seen.text[:keep]], np.int32)
        budget -= codes.nbytes + 16 * keep
        if budget < 0:
            write_message(out, {"stopped": number})
            return
        write_message(out, {"page": number, "readable": True}, codes, seen.origin[:keep])


def _render_pages(out: BinaryIO, data: bytes, options: dict[str, Any]) -> None:
    import pypdfium2

    document = _open_pdf(data, options["password"])
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


def _read_image(out: BinaryIO, data: bytes, options: dict[str, Any]) -> None:
    """Every frame, upright and grey. Of a file that was cut off, what arrived: half a photo is evidence."""
    from PIL import Image, ImageFile, ImageOps

    Image.MAX_IMAGE_PIXELS = int(options["pixels"])
    budget, sent, cut = int(options["total_bytes"]), 0, False
    try:
        image: Any = Image.open(io.BytesIO(data))
        for number in range(int(options["sheets"])):
            try:
                image.seek(number)
                _require_size(image, int(options["pixels"]))
                image.load()
            except EOFError:
                break
            except (OSError, SyntaxError, ValueError):
                if ImageFile.LOAD_TRUNCATED_IMAGES:
                    raise
                # Only now: what is missing is filled up, which must not pass for a whole file.
                ImageFile.LOAD_TRUNCATED_IMAGES = cut = True
                image = Image.open(io.BytesIO(data))
                image.seek(number)
                _require_size(image, int(options["pixels"]))
                image.load()
            grey = _grey(ImageOps.exif_transpose(image), int(options["kept_pixels"]))
            budget -= grey.size
            if budget < 0:
                write_message(out, {"stopped": number})
                return
            write_message(out, {"page": number, "cut": cut}, grey)
            sent += 1
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise Refused("the image has more pixels than allowed") from None
    except Exception:
        # What came before the damage is evidence as well.
        if not sent:
            raise Refused("the image is damaged or cut off") from None
        write_message(out, {"stopped": sent})


def _require_size(image: Any, pixels: int) -> None:
    if image.width * image.height > pixels:
        raise Refused(f"the image has {image.width} x {image.height} pixels, more than allowed")


def _grey(image: Any, kept_pixels: int) -> NDArray[np.uint8]:
    from PIL import Image

    area = image.width * image.height
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        # Transparent pixels are paper, not whatever colour lies under them.
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, (255, 255, 255, 255)), rgba)
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        values = np.asarray(image, np.float64)
        low, high = float(values.min()), float(values.max())
        grey = Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))
    else:
        grey = image.convert("L")
    if area > kept_pixels:
        factor = (kept_pixels / area) ** 0.5
        size = max(1, int(image.width * factor)), max(1, int(image.height * factor))
        grey = grey.resize(size, Image.Resampling.BOX)
    return np.asarray(grey, np.uint8)


if __name__ == "__main__":
    main()
