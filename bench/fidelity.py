"""Fidelity of marked PDFs: does anything change but the intended displacement?

    python bench/fidelity.py [FOLDER or FILES…] [--pages 15] [--codes 4] [--markdown FILE]

For every file: a template is made and settled by the closed loop, then copies with fresh random codes (not
those of the loop) at strength 1 are compared with the original: text by pdfium, by poppler's pdftotext and by
mutool when they are installed; pixels outside the words of marked lines by pdfium and poppler at 100 dpi.
"Body words" are words in lines of at least five words.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.errors import FotherError
from fother.formats.pdf.check import Layout, settle
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.render import open_renderer
from fother.formats.pdf.template import CopyTemplate

DPI = 100
MARGIN_EM, MARGIN_PIXELS = 0.2, 1.5  # glyphs overhang their advance; smoothing spreads by a pixel
CHANGED = 8  # grey levels: a smaller difference is not seen and occurs between runs of one renderer


@dataclass
class Result:
    name: str
    producer: str
    pages: int = 0
    carriers: int = 0
    words: int = 0
    marked: int = 0
    body: int = 0
    body_marked: int = 0
    frozen_lines: int = 0
    template_seconds: float = 0.0
    loop_seconds: float = 0.0
    compared: Counter[str] = field(default_factory=Counter)  #: page comparisons by tool
    differing: Counter[str] = field(default_factory=Counter)
    pixels: Counter[str] = field(default_factory=Counter)  #: changed pixels outside moved words
    worst_pixel: dict[str, int] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    error: str = ""


def producer_of(data: bytes) -> str:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return str(
                pdf.docinfo.get("/Producer", "") or pdf.docinfo.get("/Creator", "") or "unnamed"
            ).strip()
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return "unreadable"


def texts(tool: str, path: Path, pages: int) -> list[str]:
    """Text of the first pages by an outside extractor."""
    if tool == "mutool":
        command = ["mutool", "draw", "-q", "-F", "txt", "-o", "-", str(path), f"1-{pages}"]
    else:
        command = ["pdftotext", "-enc", "UTF-8", "-l", str(pages), str(path), "-"]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    return done.stdout.decode("utf-8", "replace").split("\f")[:pages]


def poppler_pixels(path: Path, folder: Path, pages: int) -> dict[int, NDArray[np.uint8]]:
    """Grey renderings of the first pages by pdftoppm."""
    command = [
        "pdftoppm",
        "-r",
        str(DPI),
        "-gray",
        "-cropbox",
        "-l",
        str(pages),
        str(path),
        str(folder / "p"),
    ]
    subprocess.run(command, capture_output=True, timeout=300, check=False)
    images = {}
    for file in sorted(folder.glob("p-*.pgm")):
        images[int(file.stem.split("-")[-1]) - 1] = np.asarray(Image.open(file))
        file.unlink()
    return images


def outside_change(
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    matrix: NDArray[np.float64],
    carriers: LayoutCarriers,
    page: int,
    displacement: NDArray[np.float64],
    whole_lines: bool,
) -> tuple[int, int]:
    """(pixels changed outside the words of marked lines, largest such change in grey levels).

    `whole_lines` also excuses unmarked words on the baseline of a marked one: where pdfium places glyphs on
    whole pixels it evens out their spacing from the end of a text object to its beginning, so words before a
    moved one, though they do not move, may be drawn a pixel aside.
    """
    if before.shape != after.shape:
        return before.size, 255
    difference = np.abs(before.astype(int) - after)
    here = carriers.page == page
    if whole_lines:
        baseline = np.round(carriers.baseline, 1)
        rows = np.flatnonzero(here & np.isin(baseline, baseline[here & carriers.marked()]))
    else:
        rows = np.flatnonzero(here & carriers.marked())
    for row in rows:
        x0, y0, x1, y1 = carriers.box[row]
        spread = MARGIN_EM * carriers.em[row] + abs(displacement[row])
        corners = np.array(
            [(x, y, 1.0) for x in (x0 - spread, x1 + spread) for y in (y0 - spread, y1 + spread)]
        )
        shown = corners @ matrix.T
        low = np.maximum(np.floor(shown.min(0) - MARGIN_PIXELS), 0).astype(int)
        high = np.ceil(shown.max(0) + MARGIN_PIXELS).astype(int)
        difference[low[1] : high[1], low[0] : high[0]] = 0
    return int(np.count_nonzero(difference > CHANGED)), int(difference.max(initial=0))


def body_words(carriers: LayoutCarriers) -> tuple[int, int]:
    """(words in lines of five words or more, those of them that border a carrier)."""
    line_of: dict[tuple[int, int, int, int], list[int]] = {}
    for i, page in enumerate(carriers.page.tolist()):
        line = round(float(carriers.baseline[i] / (0.3 * carriers.em[i])))
        direction = (round(float(carriers.axis[i, 0]) * 50), round(float(carriers.axis[i, 1]) * 50))
        line_of.setdefault((page, *direction, line), []).append(i)
    marked = carriers.marked()
    body = body_marked = 0
    for members in line_of.values():
        words = carriers.words[members]
        if words.sum() >= 5:
            body += int(words.sum())
            body_marked += int(words[marked[members]].sum())
    return body, body_marked


def measure(path: Path, most_pages: int, codes: int) -> Result:
    data = path.read_bytes()
    result = Result(path.name, producer_of(data))
    try:
        source = PdfSource.open(data, allow_signed=True)
    except FotherError as error:
        result.error = str(error)
        return result
    pages = result.pages = min(source.page_count, most_pages)
    start = time.perf_counter()
    carriers, clusters = plan(islice(source.pages(), pages))
    template = CopyTemplate.build(source, islice(source.pages(), pages), clusters, len(carriers.page))
    result.template_seconds = (time.perf_counter() - start) / pages
    start = time.perf_counter()
    layout = Layout(carriers.page, carriers.segment, carriers.box, carriers.axis, carriers.em)
    outcome = settle(data, template, layout, carriers.trials(np.random.default_rng(1)))
    result.loop_seconds = (time.perf_counter() - start) / pages
    before = len(np.unique(carriers.carrier_segment))
    carriers = carriers.freeze(outcome.segments, outcome.pages)
    result.frozen_lines = before - len(np.unique(carriers.carrier_segment))
    reports = carriers.page_reports()
    result.carriers = len(carriers.left)
    result.words = sum(r.words for r in reports)
    result.marked = sum(r.marked_words for r in reports)
    result.body, result.body_marked = body_words(carriers)
    result.reasons.update(f"{r.state}: {r.reason}" for r in reports if r.reason)
    generator = np.random.default_rng(2026)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        original = folder / "original.pdf"
        original.write_bytes(data)
        compare(result, data, original, carriers, template, generator, codes, folder)
    return result


def compare(
    result: Result,
    data: bytes,
    original: Path,
    carriers: LayoutCarriers,
    template: CopyTemplate,
    generator: np.random.Generator,
    codes: int,
    folder: Path,
) -> None:
    pages = result.pages
    tools = [tool for tool in ("pdftotext", "mutool") if shutil.which(tool)]
    outside = {tool: texts(tool, original, pages) for tool in tools}
    with open_renderer(data) as renderer:
        pdfium_text = [renderer.text(page) for page in range(pages)]
        pdfium_pixels = [renderer.render(page, DPI) for page in range(pages)]
        matrices = [matrix for _, matrix in pdfium_pixels]
    poppler = poppler_pixels(original, folder, pages) if shutil.which("pdftoppm") else {}
    for code in range(codes):
        symbols = generator.integers(0, 2, len(carriers.left), np.uint8)
        displacement = carriers.displacement(symbols)
        copy = template.copy(displacement, generator.bytes(16))
        marked = folder / "copy.pdf"
        marked.write_bytes(copy)
        for tool in tools:
            found = texts(tool, marked, pages)
            count(result, tool, [a == b for a, b in zip(outside[tool], found, strict=False)])
            result.differing[tool] += abs(len(found) - len(outside[tool]))
        realised = template.realised(displacement)
        with open_renderer(copy) as renderer:
            count(result, "pdfium", [renderer.text(page) == pdfium_text[page] for page in range(pages)])
            if code:
                continue
            for page, (image, matrix) in enumerate(pdfium_pixels):
                found = renderer.render(page, DPI)[0]
                note(result, "pdfium", outside_change(image, found, matrix, carriers, page, realised, True))
        shown = poppler_pixels(marked, folder, pages) if poppler else {}
        for page, image in poppler.items():
            ours = pdfium_pixels[page][0].shape
            scale = np.array([[image.shape[1] / ours[1]], [image.shape[0] / ours[0]]])
            if page in shown:
                matrix = matrices[page] * scale
                change = outside_change(image, shown[page], matrix, carriers, page, realised, False)
                note(result, "poppler", change)


def count(result: Result, tool: str, same: list[bool]) -> None:
    result.compared[tool] += len(same)
    result.differing[tool] += len(same) - sum(same)


def note(result: Result, renderer: str, change: tuple[int, int]) -> None:
    result.pixels[renderer] += change[0]
    result.worst_pixel[renderer] = max(result.worst_pixel.get(renderer, 0), change[1])


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def table(results: list[Result]) -> str:
    tools = sorted({tool for r in results for tool in r.compared})
    renderers = sorted({name for r in results for name in r.pixels})
    head = ["file", "producer", "pages", "carriers", "words marked", "body marked", "lines frozen"]
    head += [f"{tool} differs" for tool in tools] + [f"pixels {name}" for name in renderers]
    head += ["template ms/page", "loop ms/page"]
    rows = []
    for r in results:
        if r.error:
            rows.append([r.name[:44], r.producer[:26], r.error, *[""] * (len(head) - 3)])
            continue
        row = [r.name[:44], r.producer[:26], str(r.pages), str(r.carriers), share(r.marked, r.words)]
        row += [share(r.body_marked, r.body), str(r.frozen_lines)]
        row += [f"{r.differing[tool]}/{r.compared[tool]}" for tool in tools]
        row += [str(r.pixels[name]) for name in renderers]
        row += [f"{1e3 * r.template_seconds:.0f}", f"{1e3 * r.loop_seconds:.0f}"]
        rows.append(row)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def summary(results: list[Result]) -> str:
    good = [r for r in results if not r.error]
    producers = len({r.producer for r in good})
    lines = [f"{len(good)} files, {producers} producers, {sum(r.pages for r in good)} pages"]
    for tool in sorted({tool for r in good for tool in r.compared}):
        bad, all_pages = sum(r.differing[tool] for r in good), sum(r.compared[tool] for r in good)
        files = sum(r.differing[tool] == 0 for r in good)
        lines.append(
            f"text by {tool}: {bad} of {all_pages} page comparisons differ; {files} files without any"
        )
    for name in sorted({name for r in good for name in r.pixels}):
        changed, clean = sum(r.pixels[name] for r in good), sum(r.pixels[name] == 0 for r in good)
        worst = max(r.worst_pixel.get(name, 0) for r in good)
        lines.append(
            f"pixels by {name}: {changed} changed by more than {CHANGED} of 255 outside the words of marked "
            f"lines; {clean} of {len(good)} files clean; largest change {worst}"
        )
    shares = [r.body_marked / r.body for r in good if r.body >= 50]
    if shares:
        total = sum(r.body_marked for r in good) / sum(r.body for r in good)
        low, median, high = np.percentile(shares, [25, 50, 75])
        lines.append(
            f"body words that carry marks: {total:.3f} of all; by file median {median:.2f}, "
            f"quartiles {low:.2f} and {high:.2f}"
        )
    if good:
        times, loops = [1e3 * r.template_seconds for r in good], [1e3 * r.loop_seconds for r in good]
        lines.append(
            f"template {np.median(times):.0f} ms a page in the median, {max(times):.0f} at most; "
            f"closed loop {np.median(loops):.0f}, {max(loops):.0f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[Path(__file__).parent / "corpus"])
    parser.add_argument("--pages", type=int, default=15)
    parser.add_argument("--codes", type=int, default=4)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    files = sorted(f for p in options.paths for f in (p.glob("*.pdf") if p.is_dir() else [p]))
    results = []
    for file in files:
        results.append(measure(file, options.pages, options.codes))
        print(table(results[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
        for reason, pages in results[-1].reasons.most_common(3):
            print(f"      {pages} pages {reason}", file=sys.stderr)
    report = f"{table(results)}\n\n{summary(results)}\n"
    if options.markdown:
        options.markdown.write_text(report)
    print(report)


if __name__ == "__main__":
    main()
