"""Inside the sandbox: pictures, upright and grey, frame by frame."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from fother.formats.text.content import Content, Refused
from fother.formats.text.picture import read_facts
from fother.intake.wire import write_message

pi_heif.register_heif_opener()
Image.init()  # loads the readers of all kinds


def read_image(out: BinaryIO, data: bytes, options: dict[str, Any], content: Content) -> None:
    """Every frame, upright and grey. Of a file that was cut off, what arrived: half a photo is evidence."""
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
            if not number:
                read_facts(image, content)
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
