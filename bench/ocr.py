"""Recognition of text in pictures: errors and cost of both recognisers and of the reader that chooses.

    python bench/ocr.py [--pages 3] [--first 0] [--minutes 20] [--kinds scan150,phone110]
                        [--readers quick,full] [--corpus bench/corpus]

Pages of running text (power_pages.json) are rendered and captured by the simulator of the demonstration.
"tesseract" and "rapidocr" get the upright-or-not picture as it is; "full" and "quick" are what intake uses.
CER: edit distance over the longer text, white space normalised; "words": share of the page's words that were
read, in any order; s: processor seconds of this process; wall: elapsed seconds. The reference is the page's
text layer. After `--minutes` no further capture is made, and what was left out is said.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fother.demo import simulate
from fother.intake.ocr.interface import Line
from fother.intake.ocr.layout import in_reading_order
from fother.intake.ocr.rapid import RapidEngine
from fother.intake.ocr.reader import Reader
from fother.intake.ocr.tesseract import TesseractEngine

Grey = NDArray[np.uint8]
Figure = tuple[float, float, float, float, str]  #: error, words, processor and elapsed seconds, recogniser
MASTER = 400


def grey(picture: NDArray[np.uint8]) -> Grey:
    return np.ascontiguousarray(picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def render(page: pypdfium2.PdfPage, dpi: float) -> Grey:
    pixels = page.render(scale=dpi / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(pixels if pixels.ndim == 2 else pixels[..., 0])


def slanted(picture: Grey, degrees: float) -> Grey:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderValue=255), np.uint8)


def captures(page: pypdfium2.PdfPage, rng: np.random.Generator) -> dict[str, Callable[[], Grey]]:
    """What each kind of capture makes of a page; made only when asked for."""
    big = render(page, MASTER)
    shot = render(page, 110)

    def photo(dpi: float) -> Grey:
        return grey(simulate.phone_photo(big, dpi, rng, None, MASTER))

    return {
        "shot110": lambda: grey(simulate.screenshot(shot, 80)),
        "shot144": lambda: grey(simulate.screenshot(render(page, 144))),
        "dark110": lambda: 255 - shot,
        "shot75": lambda: grey(simulate.screenshot(render(page, 75), 85)),
        "turned90": lambda: np.ascontiguousarray(np.rot90(shot)),
        "turned180": lambda: np.ascontiguousarray(np.rot90(shot, 2)),
        "slant3": lambda: slanted(render(page, 150), 3.0),
        "scan150": lambda: grey(simulate.print_scan(big, 150, rng, None, MASTER)),
        "scan300": lambda: grey(simulate.print_scan(render(page, 600), 300, rng, None, 600)),
        "phone80": lambda: photo(80),
        "phone110": lambda: photo(110),
        "phone150": lambda: photo(150),
        "screen120": lambda: grey(simulate.phone_of_screen(big, 120, rng, None, MASTER)),
        "covered": lambda: grey(simulate.partly_covered(big, 130, rng, "hand", None, MASTER)),
        "handheld": lambda: grey(simulate.close_up(big, 130, rng, (0.05, 0.2, 0.95, 0.7), None, MASTER)),
    }


def normal(text: str) -> str:
    # The text layer marks a hyphen at a line's end with U+0002 or U+FFFE and leaves the break out.
    text = text.replace("\x02", "-").replace("\ufffe", "-").replace("-\r\n", "-").replace("-\n", "-")
    for fancy, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-")):
        text = text.replace(fancy, plain)
    return " ".join(text.split())


def joined(blocks: list[list[Line]] | tuple[list[Line], ...]) -> str:
    return "\n\n".join("\n".join(line.text for line in block) for block in blocks)


def readers() -> dict[str, Callable[[Grey], tuple[str, str]]]:
    rapid = RapidEngine(os.cpu_count())
    tesseract = TesseractEngine() if TesseractEngine.available() else None
    both = Reader(rapid, tesseract)

    def by(effort: str) -> Callable[[Grey], tuple[str, str]]:
        def read(image: Grey) -> tuple[str, str]:
            reading = both.read(image, "quick" if effort == "quick" else "full")
            return joined(reading.blocks), reading.engine

        return read

    table: dict[str, Callable[[Grey], tuple[str, str]]] = {
        "rapidocr": lambda image: (joined(in_reading_order(rapid.read(image))), "rapidocr"),
        "full": by("full"),
        "quick": by("quick"),
    }
    if tesseract is not None:
        table["tesseract"] = lambda image: (joined(in_reading_order(tesseract.read(image))), "tesseract")
    return table


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--corpus", type=Path, default=Path(__file__).parent / "corpus")
    parser.add_argument("--kinds", default="")
    parser.add_argument("--readers", default="")
    parser.add_argument("--minutes", type=float, default=20.0)
    told = parser.parse_args()
    entries = json.loads((told.corpus / "power_pages.json").read_text())
    entries = [e for e in entries if (told.corpus / e["file"]).exists()]
    table = {n: r for n, r in readers().items() if not told.readers or n in told.readers.split(",")}
    end = time.monotonic() + 60 * told.minutes
    left_out = 0
    figures: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for entry in entries[told.first : told.first + told.pages]:
        page = pypdfium2.PdfDocument(told.corpus / entry["file"])[entry["page"]]
        truth = normal(page.get_textpage().get_text_range())
        wanted = Counter(truth.split())
        rng = np.random.default_rng(zlib.crc32(f"{entry['file']} {entry['page']}".encode()))
        for kind, make in captures(page, rng).items():
            if told.kinds and kind not in told.kinds.split(","):
                continue
            if time.monotonic() > end:
                left_out += 1
                continue
            image = make()
            for name, read in table.items():
                start, wall = time.process_time(), time.perf_counter()
                text, engine = read(image)
                seconds, elapsed = time.process_time() - start, time.perf_counter() - wall
                seen = normal(text)
                found = sum((Counter(seen.split()) & wanted).values()) / max(sum(wanted.values()), 1)
                error = Levenshtein.normalized_distance(seen, truth)
                figures[kind, name].append((error, found, seconds, elapsed, engine))
        print(f"\nafter {entry['file']} page {entry['page'] + 1}; medians of as many pages as column n says")
        show(figures, list(table))
    if left_out:
        print(f"{left_out} captures were left out: the {told.minutes:g} minutes were over.")


def show(figures: dict[tuple[str, str], list[Figure]], names: list[str]) -> None:
    print(f"{'capture':10}   n" + "".join(f"| {name:^35}" for name in names))
    print(" " * 14 + "".join(f"| {'CER':>6} {'words':>6} {'s':>5} {'wall':>5} {'engine':>9}" for _ in names))
    for kind in dict.fromkeys(kind for kind, _ in figures):
        row = f"{kind:10} {len(figures[kind, names[0]]):3d}"
        for name in names:
            rows = figures[kind, name]
            error, found, seconds, wall = np.median([r[:4] for r in rows], axis=0)
            engine = Counter(r[4] for r in rows).most_common(1)[0][0] or "none"
            row += f"| {error:6.4f} {found:6.3f} {seconds:5.1f} {wall:5.1f} {engine:>9}"
        print(row, flush=True)


if __name__ == "__main__":
    main()
