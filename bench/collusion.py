"""Collusion: 2 to 5 copies combined on rendered pages.

    python bench/collusion.py [--documents 3] [--pages 5] [--repeats 2]

Pages of the coalition's copies are rendered at 150 dpi by poppler, combined in pixels, saved as JPEG 70 and
read as `trace` reads them; all pages add up. Word by word and line by line: every word or line is cut from a
copy chosen by chance; page by page: whole pages; averaged: mean of the pictures. 10,000 copies, bound 1e-6,
resistance 3 and 5.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from fother.codes.observations import Observations
from fother.demo import simulate
from lab import ALPHA, COPIES, CORPUS, Grey, Subject, power_pages, subject
from renderers import render

DPI = 150
STRATEGIES = ("word by word", "line by line", "page by page", "averaged")


def combine(item: Subject, page: int, pictures: list[Grey], strategy: str, rng: np.random.Generator) -> Grey:
    """One page made from those of the coalition."""
    if strategy == "averaged":
        return np.asarray(np.mean(pictures, axis=0).round().astype(np.uint8))
    if strategy == "page by page":
        return pictures[int(rng.integers(len(pictures)))]
    reference = item.original.reference(page)
    boxes = reference.boxes * (DPI / 200)
    lines = reference.lines
    out = pictures[0].copy()
    chosen = rng.integers(len(pictures), size=len(boxes))
    if strategy == "line by line":
        by_line = dict.fromkeys(lines.tolist(), 0)
        by_line = {line: int(rng.integers(len(pictures))) for line in by_line}
        chosen = np.array([by_line[line] for line in lines.tolist()])
    margin = np.array([1.2 * DPI / 72, 1.0])
    for box in boxes:
        x0, y0 = np.maximum(np.floor(box[:2] - margin), 0).astype(int)
        x1, y1 = np.ceil(box[2:] + margin).astype(int)
        out[y0:y1, x0:x1] = 255
    for box, source in zip(boxes, chosen, strict=True):
        x0, y0 = np.maximum(np.floor(box[:2] - margin), 0).astype(int)
        x1, y1 = np.ceil(box[2:] + margin).astype(int)
        # Boxes of neighbours overlap: keep the darker, as ink lies over paper.
        out[y0:y1, x0:x1] = np.minimum(out[y0:y1, x0:x1], pictures[source][y0:y1, x0:x1])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=3)
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--sizes", default="2,3,4,5")
    parser.add_argument("--resistances", default="3")
    arguments = parser.parse_args()
    rng = np.random.default_rng(7)
    print("| document | resistance | colluders | combined | carriers read | named | of them wrong |")
    print("|---" * 7 + "|", flush=True)
    for page in power_pages(arguments.documents):
        for resistance in map(int, arguments.resistances.split(",")):
            with subject(
                CORPUS / page["file"], page["page"], resistance=resistance, pages=arguments.pages
            ) as item:
                for size in map(int, arguments.sizes.split(",")):
                    for _ in range(arguments.repeats):
                        attack(item, resistance, size, rng)


def attack(item: Subject, resistance: int, size: int, rng: np.random.Generator) -> None:
    """One coalition, all strategies."""
    coalition = sorted(rng.choice(COPIES, size, replace=False).tolist())
    pages = item.original.pages
    with tempfile.TemporaryDirectory() as folder:
        pictures = []
        for index in coalition:
            path = Path(folder) / f"{index}.pdf"
            path.write_bytes(item.copy(index))
            pictures.append([render("poppler", path, page, DPI, cache=None) for page in range(pages)])
    for strategy in STRATEGIES:
        parts = []
        for page in range(pages):
            mixed = combine(item, page, [p[page] for p in pictures], strategy, rng)
            parts.append(item.read(simulate.screenshot(mixed, quality=70))[0])
        seen = Observations.combine(parts)
        named = [n.index for n in item.decode(seen, ALPHA).named]
        wrong = len(set(named) - set(coalition))
        print(
            f"| {item.name} | {resistance} | {size} | {strategy} | {len(seen)} "
            f"| {len(named)} of {size} | {wrong} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
