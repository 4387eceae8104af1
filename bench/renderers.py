"""One PDF page as each independent renderer draws it, for screenshots and for checks.

    python bench/renderers.py FILE.pdf PAGE DPI FOLDER      writes one PNG for each engine

Every engine is a function of (file, page from 0, dots per inch) that returns a grey uint8 picture (h, w).
All but "chromium" return the page's crop box alone; "chromium" is a picture of the browser's own PDF viewer,
with the grey around the page, as a person's screenshot would be. `render` keeps pictures on disk.

How finely small text is placed differs, and matters for word shifts (measured with a letter of 11 pt moved in
steps of 0.1 pt, at 96 and 130 dpi): whole pixels in pdfium, cairo 1.16 and Ghostscript; thirds of a pixel in
pdfium-lcd and Chromium; quarters in poppler and mupdf.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
CACHE = Path(__file__).parent / "out" / "renders"
_TIMEOUT = 120


class RendererMissing(RuntimeError):
    """The engine's program is not installed or did not draw the page."""


def _to_grey(picture: NDArray[np.uint8]) -> Grey:
    if picture.ndim == 2:
        return picture
    if picture.shape[2] == 1:
        return np.ascontiguousarray(picture[..., 0])
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_BGR2GRAY))


def _pdfium(path: Path, page: int, dpi: float, **options: Any) -> Grey:
    document = pdfium.PdfDocument(path)
    try:
        return _to_grey(document[page].render(scale=dpi / 72, **options).to_numpy().copy())
    finally:
        document.close()


def pdfium_default(path: Path, page: int, dpi: float) -> Grey:
    """pdfium as its command-line tools draw."""
    return _pdfium(path, page, dpi, grayscale=True)


def pdfium_lcd(path: Path, page: int, dpi: float) -> Grey:
    """pdfium with text for liquid crystal screens (red, green and blue stripes), turned grey."""
    return _pdfium(path, page, dpi, optimize_mode="lcd")


def _by_program(command: Callable[[Path], tuple[list[str], list[str]]]) -> Grey:
    """Run a program, given as its words and its paths, that writes one picture into a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            words, paths = command(folder)
            subprocess.run([*words, *paths], check=True, capture_output=True, timeout=_TIMEOUT)
        except (OSError, subprocess.SubprocessError) as error:
            raise RendererMissing(str(error)) from error
        written = sorted(folder.iterdir())
        picture = cv2.imread(str(written[0]), cv2.IMREAD_COLOR) if written else None
    if picture is None:
        raise RendererMissing("nothing was drawn")
    return _to_grey(np.asarray(picture, dtype=np.uint8))


def poppler(path: Path, page: int, dpi: float) -> Grey:
    """pdftoppm: poppler's own rasteriser, Splash."""
    number = str(page + 1)
    return _by_program(
        lambda out: (
            f"pdftoppm -cropbox -gray -png -r {dpi:g} -f {number} -l {number}".split(),
            [str(path), str(out / "page")],
        )
    )


def cairo(path: Path, page: int, dpi: float) -> Grey:
    """pdftocairo: poppler through cairo, as Evince and other desktop viewers draw."""
    number = str(page + 1)
    return _by_program(
        lambda out: (
            f"pdftocairo -cropbox -png -singlefile -r {dpi:g} -f {number} -l {number}".split(),
            [str(path), str(out / "page")],
        )
    )


def mupdf(path: Path, page: int, dpi: float) -> Grey:
    """mutool draw."""
    return _by_program(
        lambda out: (
            f"mutool draw -q -r {dpi:g} -c rgb".split(),
            ["-o", str(out / "page.png"), str(path), str(page + 1)],
        )
    )


def ghostscript(path: Path, page: int, dpi: float) -> Grey:
    """Ghostscript with four bits of antialiasing for text and graphics."""
    alpha = "-dTextAlphaBits=4 -dGraphicsAlphaBits=4"
    pages = f"-dFirstPage={page + 1} -dLastPage={page + 1}"
    return _by_program(
        lambda out: (
            f"gs -q -dSAFER -dBATCH -dNOPAUSE -dUseCropBox -sDEVICE=png16m -r{dpi:g} {alpha} {pages}".split(),
            [f"-sOutputFile={out / 'page.png'}", str(path)],
        )
    )


class _Browser:
    """Chromium, spoken to over the DevTools pipe (JSON messages that end in a zero byte)."""

    def __init__(self, profile: str) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        flags = "--headless=new --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe"
        # The browser reads commands from descriptor 3 and answers on 4.
        self._process = subprocess.Popen(
            [
                "bash",
                "-c",
                f'exec chromium {flags} --user-data-dir="$0" 3<&{theirs_in} 4>&{theirs_out}',
                profile,
            ],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out, self._number, self._rest = ours_in, ours_out, 0, b""

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Send one command and wait for its answer; events in between are dropped."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        try:
            os.write(self._out, json.dumps(message).encode() + b"\0")
        except OSError as error:
            raise RendererMissing("chromium did not start") from error
        while True:
            while b"\0" not in self._rest:
                data = os.read(self._in, 1 << 20)
                if not data:
                    raise RendererMissing("chromium went away")
                self._rest += data
            raw, self._rest = self._rest.split(b"\0", 1)
            answer = json.loads(raw)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RendererMissing(str(answer["error"]))
                return dict(answer["result"])

    def close(self) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except (RendererMissing, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)


@contextmanager
def _browser() -> Iterator[_Browser]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = _Browser(profile)
        try:
            yield browser
        finally:
            browser.close()


def chromium(path: Path, page: int, dpi: float) -> Grey:
    """The browser's PDF viewer at zoom dpi / 96 (`--screenshot` ends before the viewer has drawn)."""
    with tempfile.TemporaryDirectory() as name, _browser() as browser:
        single = Path(name) / "page.pdf"
        with pikepdf.open(path) as source, pikepdf.new() as alone:
            alone.pages.append(source.pages[page])
            alone.save(single)
        document = pdfium.PdfDocument(single)
        width, height = document[0].get_size()
        document.close()
        size = (round(width * dpi / 72) + 60, round(height * dpi / 72) + 40)
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            session,
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )
        address = f"{single.as_uri()}#zoom={dpi / 96 * 100:.4f}&toolbar=0&navpanes=0"
        browser.call("Page.navigate", session, url=address)
        before = b""
        for _ in range(30):
            time.sleep(0.5)
            data = base64.b64decode(browser.call("Page.captureScreenshot", session, format="png")["data"])
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
            # Drawn when there is white paper and two shots agree.
            if picture is not None and data == before and (picture.min(axis=2) > 200).mean() > 0.2:
                return _to_grey(np.asarray(picture, dtype=np.uint8))
            before = data
    raise RendererMissing("chromium's viewer drew nothing within 15 seconds")


ENGINES: dict[str, Callable[[Path, int, float], Grey]] = {
    "pdfium": pdfium_default,
    "pdfium-lcd": pdfium_lcd,
    "poppler": poppler,
    "cairo": cairo,
    "mupdf": mupdf,
    "ghostscript": ghostscript,
    "chromium": chromium,
}


def render(engine: str, path: Path, page: int, dpi: float, cache: Path | None = CACHE) -> Grey:
    """One page by one engine; drawn once and kept as PNG under `cache` (None: not kept).

    Raises RendererMissing when the engine cannot draw it.
    """
    if cache is None:
        return ENGINES[engine](path, page, dpi)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    kept = cache / f"{digest}-{page}-{dpi:g}-{engine}.png"
    if kept.exists():
        stored = cv2.imread(str(kept), cv2.IMREAD_GRAYSCALE)
        if stored is not None:
            return np.asarray(stored, dtype=np.uint8)
    picture = ENGINES[engine](path, page, dpi)
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_name(f"{os.getpid()}-{kept.name}")
    cv2.imwrite(str(partial), picture)
    partial.replace(kept)
    return picture


def main() -> None:
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    path, page, dpi, folder = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    for engine in ENGINES:
        start = time.perf_counter()
        try:
            picture = render(engine, path, page, dpi, cache=None)
        except RendererMissing as error:
            print(f"{engine}: {error}")
            continue
        cv2.imwrite(str(folder / f"{engine}.png"), picture)
        print(f"{engine}: {picture.shape[1]} x {picture.shape[0]} in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
