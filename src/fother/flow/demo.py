"""The demonstration: everything from an original to a report, on a sample document that ships with Fother."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.demo.settings import Photo
from fother.demo.simulate import phone_photo
from fother.errors import StorageError
from fother.flow.issuing import Issued, issue
from fother.flow.progress import Progress
from fother.flow.registering import Registered, register
from fother.flow.respond import Traced, trace
from fother.formats.pdf.render import open_renderer
from fother.registry import Registry

_LEAKED_ROW = 7
_LEAKED_PAGE = 1
_PHOTO_DPI = 120.0
_PRINT_DPI = 600.0
_SEED = 20260415
_PRESS = ("wire-courier.html", "wire-ledger.html", "statement.eml", "blog.txt", "evening.html")


@dataclass(frozen=True)
class Demonstration:
    """What the demonstration made, and what it found."""

    registered: Registered
    issued: Issued
    leaked_copy: str  #: the copy that was photographed, unknown to the trace
    photo: Path
    traced: Traced


def demonstrate(registry: Registry, folder: Path, progress: Progress) -> Demonstration:
    """Register the sample, issue it to the sample recipients, photograph one page of one copy as a phone
    would (a simulation: print, curl, light, lens, sensor, messenger), and trace the photo.

    Raises StorageError when the folder cannot be written.
    """
    original, recipients = folder / "original.pdf", folder / "recipients.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        original.write_bytes(_sample("sample.pdf"))
        recipients.write_bytes(_sample("recipients.csv"))
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be written ({error.strerror}).") from None
    registered = register(registry, original, title="Sample report", progress=progress)
    issued = issue(registry, registered.document.id, recipients, folder / "copies", progress=progress)
    leaked = next(e.copy for e in issued.reservation.entries if e.row == _LEAKED_ROW)
    progress.stage("Photographing a page of one copy (simulated)")
    photo = folder / "leak.jpg"
    photo.write_bytes(photographed(issued.files[leaked.id].read_bytes(), _LEAKED_PAGE))
    traced = trace(registry, [photo], pictures=True, progress=progress)
    return Demonstration(registered, issued, leaked.id, photo, traced)


def case_files(folder: Path) -> None:
    """Write what the demonstration of a case begins with. Raises StorageError."""
    files = {
        "review.pdf": "sample.pdf",
        "readers-review.csv": "recipients.csv",
        "talks.pdf": "case/talks.pdf",
    }
    files |= {"readers-talks.csv": "case/readers.csv", "excerpt.txt": "case/excerpt.txt"}
    files |= {"others-with-access.txt": "case/others.txt"}
    files |= {f"press/{name}": f"case/{name}" for name in _PRESS}
    try:
        (folder / "press").mkdir(parents=True, exist_ok=True)
        for name, source in files.items():
            (folder / name).write_bytes(_sample(source))
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be written ({error.strerror}).") from None


def photographed(copy: bytes, number: int) -> bytes:
    """A page (0-based) of a copy as a phone would take it, as JPEG: a simulation, always the same."""
    with open_renderer(copy) as renderer:
        page, _ = renderer.render(number, _PRINT_DPI)
    generator = np.random.default_rng(_SEED)
    photo: NDArray[np.uint8] = phone_photo(page, _PHOTO_DPI, generator, Photo(messenger=True, curl=0.5))
    return bytes(cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])


def _sample(name: str) -> bytes:
    return resources.files("fother.demo").joinpath(name).read_bytes()
