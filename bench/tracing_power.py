"""Tracing power: how often the right copy of 10,000 is named at a family-wise bound of 1e-6.

    python bench/tracing_power.py [--documents 24] [--seeds 1] [--part K/N] [--only NAME,…]
    python bench/tracing_power.py --report

Real pages of 300 to 600 words (corpus.py), default strength (1/50 em) and resistance (3). Captures by our
own simulator and by independent renderers; Augraphy's are measured by tracing_augraphy.py. A paragraph is the
same capture cropped to whole lines of about 90 words, then found and registered anew. Every row goes to
bench/out/power*.jsonl; --report prints the table by capture and the curve "words needed".

The captures are simulated or rendered, not taken with a real camera or scanner.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.stats import beta

from fother.codes.observations import Observations
from fother.demo import simulate
from fother.demo.settings import Photo
from fother.formats.pdf.render import open_renderer
from lab import ALPHA, COPIES, CORPUS, OUT, Grey, Subject, crop_around, lines_of_words, power_pages, subject
from renderers import RendererMissing, render

CROPS = (50, 90, 150)
DPI = 400  #: of the page that is printed or shown in a simulated capture


def photo(**settings: Any) -> Photo:
    """Grey photos: a third of the time of colour ones, and only grey values are read."""
    return Photo(colour=False, **settings)


#: capture: (group, maker of it from the copy's page at `DPI`)
Simulated = Callable[[Grey, np.random.Generator], Grey]
SIMULATED: dict[str, tuple[str, Simulated]] = {
    "print-scan 150 dpi": ("scan", lambda p, r: simulate.print_scan(p, 150, r, page_dpi=DPI)),
    "print-scan 300 dpi": ("scan", lambda p, r: simulate.print_scan(p, 300, r, page_dpi=DPI)),
    "phone 80 dpi, curled": ("phone", lambda p, r: simulate.phone_photo(p, 80, r, photo(curl=0.8), DPI)),
    "phone 110 dpi, messenger": (
        "phone",
        lambda p, r: simulate.phone_photo(p, 110, r, photo(messenger=True, curl=0.5), DPI),
    ),
    "phone 150 dpi": ("phone", lambda p, r: simulate.phone_photo(p, 150, r, photo(), DPI)),
    "phone of a screen 110 dpi": ("phone", lambda p, r: simulate.phone_of_screen(p, 110, r, page_dpi=DPI)),
    "folded paper, phone 130 dpi": (
        "hard",
        lambda p, r: simulate.folded(p, 130, r, settings=photo(), page_dpi=DPI),
    ),
    "partly covered, phone 130 dpi": (
        "hard",
        lambda p, r: simulate.partly_covered(p, 130, r, settings=photo(), page_dpi=DPI),
    ),
    "hand-held close-up 150 dpi": (
        "hard",
        lambda p, r: simulate.close_up(p, 150, r, settings=photo(), page_dpi=DPI),
    ),
}
#: screenshot: (group, engine, dpi, JPEG quality)
SCREENSHOTS = {
    "screenshot poppler 96 dpi": ("screenshot", "poppler", 96, 60),
    "screenshot mupdf 96 dpi": ("screenshot", "mupdf", 96, 60),
    "screenshot pdfium sub-pixel 96 dpi": ("screenshot", "pdfium-lcd", 96, 60),
    "screenshot Chromium viewer 96 dpi": ("screenshot", "chromium", 96, 60),
    "screenshot cairo 96 dpi": ("whole-pixel", "cairo", 96, 60),
    "screenshot Ghostscript 96 dpi": ("whole-pixel", "ghostscript", 96, 60),
    "screenshot pdfium 96 dpi": ("whole-pixel", "pdfium", 96, 60),
}


def grey(image: np.ndarray) -> Grey:
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


def captures(
    name: str, copy: bytes, rng: np.random.Generator, only: set[str]
) -> Iterator[tuple[str, str, Grey]]:
    """(name, group, image) of every capture of one copy."""
    page_image: Grey | None = None
    for kind, (group, make) in SIMULATED.items():
        if not only or kind in only:
            if page_image is None:
                with open_renderer(copy) as renderer:
                    page_image = renderer.render(0, DPI)[0]
            yield kind, group, grey(make(page_image, rng))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.pdf"
        path.write_bytes(copy)
        for kind, (group, engine, dpi, quality) in SCREENSHOTS.items():
            if only and kind not in only:
                continue
            try:
                image = render(engine, path, 0, dpi, cache=None)
            except RendererMissing as missing:
                print(f"{name}: {kind} left out: {missing}", file=sys.stderr)
                continue
            yield kind, group, grey(simulate.screenshot(image, quality=quality))


def run_one(item: Subject, seed: int, only: set[str]) -> Iterator[dict[str, object]]:
    """All captures and crops of one copy of one page."""
    rng = np.random.default_rng([seed, len(item.data)])
    index = int(rng.integers(COPIES))
    for kind, group, image in captures(item.name, item.copy(index), rng, only):
        start = time.perf_counter()
        observations, seen = item.read(image)
        facts = {
            "document": item.name,
            "producer": item.producer,
            "capture": kind,
            "group": group,
            "seed": seed,
        }
        row = facts | result(item, observations, index)
        yield row | {
            "extent": "page",
            "words": item.words,
            "carriers": len(item.carriers.left),
            "seconds": time.perf_counter() - start,
            "words_measured": 0 if seen is None else int(np.isfinite(seen.shift[:, 0]).sum()),
        }
        if seen is None:
            continue
        for words in CROPS:
            chosen = lines_of_words(item.carriers, words)
            scale = seen.density / 72
            part = crop_around(image, seen.places[chosen], 1.4 * float(np.median(item.carriers.em)) * scale)
            if part is None:
                continue
            partial, _ = item.read(part)
            yield (
                facts
                | result(item, partial, index)
                | {
                    "extent": words,
                    "words": int(item.carriers.words[chosen].sum()),
                }
            )


def result(item: Subject, observations: Observations, index: int) -> dict[str, object]:
    """Verdict of the full decoder, and the evidence for the copy that it was."""
    decoding = item.decode(observations)
    named = [n.index for n in decoding.named]
    bound = next((n.log10_bound for n in decoding.named if n.index == index), None)
    symbols = item.code.symbols(index)[observations.position] if len(observations) else np.zeros(0, np.uint8)
    p = item.code.probabilities[observations.position]
    likelihood = observations.likelihood([0.0, 1.0]) if len(observations) else np.ones((0, 2))
    expected = (1 - p) * likelihood[:, 0] + p * likelihood[:, 1]
    hit = np.log10(likelihood[np.arange(len(symbols)), symbols] / expected).sum()
    wrong = np.sign(observations.value) != 2.0 * symbols - 1
    return {
        "right": named == [index],
        "wrong": len([n for n in named if n != index]),
        "read": len(observations),
        "log10_bound": bound,
        "log10_lr": float(hit),
        "errors": float(wrong.mean()) if len(observations) else None,
    }


def report() -> None:
    rows = [json.loads(line) for file in sorted(OUT.glob("power*.jsonl")) for line in file.open()]
    if not rows:
        sys.exit("No results yet; run the bench first.")
    print(f"{len(rows)} traces against {COPIES} copies at {ALPHA:g}, ", end="")
    print(f"{len({r['document'] for r in rows})} documents, wrong names: {sum(r['wrong'] for r in rows)}\n")
    kinds = list(dict.fromkeys(r["capture"] for r in rows))
    head = ["capture", "page", "95 % low", "median bound", "worst", "errors", *(f"{w} w" for w in CROPS)]
    print("| " + " | ".join([*head, "words for 95 %"]) + " |\n" + "|---" * (len(head) + 1) + "|")
    for kind in kinds:
        of = [r for r in rows if r["capture"] == kind]
        page = [r for r in of if r["extent"] == "page"]
        right = sum(r["right"] for r in page)
        low = beta.ppf(0.05, right, len(page) - right + 1) if right else 0.0
        bounds = sorted(0.0 if r["log10_bound"] is None else r["log10_bound"] for r in page)
        crops = []
        needed = "> 220"
        for words in CROPS:
            part = [r["right"] for r in of if r["extent"] == words]
            share = sum(part) / max(len(part), 1)
            crops.append(f"{share:.0%}")
            if share >= 0.95 and needed == "> 220":
                needed = f"≤ {words}"
        errors = np.median([r["errors"] for r in page if r["errors"] is not None] or [np.nan])
        cells = [
            kind, f"{right}/{len(page)}", f"{low:.3f}", f"1e{bounds[len(bounds) // 2]:.0f}",
            f"1e{bounds[-1]:.0f}", f"{errors:.3f}", *crops, needed,
        ]  # fmt: skip
        print("| " + " | ".join(cells) + " |")
    seconds = [r["seconds"] for r in rows if r["extent"] == "page"]
    print(
        f"\none capture found, measured and decoded in {np.median(seconds):.1f} s (median), "
        f"{max(seconds):.1f} s at most"
    )
    missed = [r for r in rows if r["extent"] == "page" and not r["right"]]
    for r in missed:
        print(
            f"missed: {r['document']} {r['capture']} read {r['read']} of {r['carriers']} carriers, "
            f"evidence 10^{r['log10_lr']:.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=None)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--part", default="0/1", help="K/N: every N-th document from the K-th")
    parser.add_argument("--only", default="")
    parser.add_argument("--report", action="store_true")
    arguments = parser.parse_args()
    if arguments.report:
        report()
        return
    OUT.mkdir(exist_ok=True)
    part, parts = map(int, arguments.part.split("/"))
    only = {name.strip() for name in arguments.only.split(",") if name.strip()}
    file = OUT / f"power-{arguments.first_seed}-{part}of{parts}.jsonl"
    with file.open("a") as out:
        for number, page in enumerate(power_pages(arguments.documents)):
            if number % parts != part:
                continue
            with subject(CORPUS / page["file"], page["page"], page["producer"]) as item:
                for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
                    for row in run_one(item, seed, only):
                        out.write(json.dumps(row) + "\n")
                        out.flush()
            print(f"{page['file']} done", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
