"""The sandboxed reader: file bytes on standard input, messages of `wire` on standard output.

Started by `parent`; never imported by it. Limits itself before it looks at the first byte.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

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


def _limit(options: dict[str, Any]) -> None:
    memory, cpu = int(options["memory_bytes"]), int(options["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> None:
    """Serve one request. Options are the first argument, JSON."""
    options = json.loads(sys.argv[1])
    # Import what parses before the limits, so that loading libraries needs no open files later.
    import pypdfium2  # noqa: F401
    from PIL import Image  # noqa: F401

    _limit(options)
    out = sys.stdout.buffer
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
    stamps = [stamp.hex() for stamp in find_stamps(data)][:64]
    pages = len(document)
    renderer = Renderer(document)
    write_message(out, {"stamps": stamps, "pages": pages})
    for number in range(min(pages, int(options["sheets"]))):
        try:
            seen = renderer.characters(number)
        except Exception:
            # One damaged page must not hide the others; it may still be readable as a picture.
            write_message(out, {"page": number, "readable": False})
            continue
        keep = min(len(seen.text), int(options["characters"]))
        codes = np.array([ord(c) for c in seen.text[:keep]], np.int32)
        write_message(out, {"page": number, "readable": True}, codes, seen.origin[:keep])


def _render_pages(out: BinaryIO, data: bytes, options: dict[str, Any]) -> None:
    document = _open_pdf(data, options["password"])
    for number in options["pages"]:
        if not 0 <= number < len(document):
            continue
        page = document[number]
        width, height = page.get_size()
        scale = float(options["dpi"]) / 72
        area = max(width * height * scale * scale, 1.0)
        scale *= min(1.0, float(options["kept_pixels"]) / area) ** 0.5
        bitmap = page.render(scale=scale, grayscale=True)
        pixels = bitmap.to_numpy()
        grey = pixels if pixels.ndim == 2 else pixels[..., 0]
        write_message(out, {"page": number}, np.ascontiguousarray(grey, np.uint8))


def _read_image(out: BinaryIO, data: bytes, options: dict[str, Any]) -> None:
    from PIL import Image, ImageOps, ImageSequence

    Image.MAX_IMAGE_PIXELS = int(options["pixels"])
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > int(options["pixels"]):
                raise Refused(f"the image has {image.width} x {image.height} pixels, more than allowed")
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number >= int(options["sheets"]):
                    break
                upright = ImageOps.exif_transpose(frame)
                write_message(out, {"page": number}, _grey(upright, int(options["kept_pixels"])))
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused("the image has more pixels than allowed") from None
    except Exception:
        raise Refused("the image is damaged or cut off") from None


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
