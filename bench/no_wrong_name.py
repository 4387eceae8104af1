"""No wrong name: captures of unmarked originals, of copies of another registry and of other documents.

    python bench/no_wrong_name.py [--traces 10000] [--documents 12] [--copies 100] [--seed 0]

Real captures (our simulator and independent renderers) of real pages are read as `trace` reads them. Each
reading is then decoded against many random keys, each with so many copies: the observations are reused, the
codes are new, which is what a false accusation depends on. Decoding runs at α = 1e-2, so that one run shows
the false alarms at 1e-2, 1e-3, 1e-4 and 1e-6 beside what the bound allows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from scipy.stats import binom

from fother.codes.code import FingerprintingCode
from fother.codes.decoder import decode
from fother.codes.observations import Observations
from fother.demo import simulate
from fother.formats.pdf.render import open_renderer
from lab import CORPUS, Subject, power_pages, subject
from renderers import render

LEVELS = (1e-2, 1e-3, 1e-4, 1e-6)


def readings(item: Subject, rng: np.random.Generator) -> list[tuple[str, Observations]]:
    """What the decoder sees of the unmarked page and of a copy whose key is not known here."""
    out = []
    foreign = FingerprintingCode(rng.bytes(32), len(item.carriers.left), 3)
    copy = item.template.copy(item.carriers.displacement(foreign.symbols(3)), None)
    with tempfile.TemporaryDirectory() as folder:
        for kind, data in (("unmarked original", item.data), ("copy under a foreign key", copy)):
            path = Path(folder) / "leak.pdf"
            path.write_bytes(data)
            screenshot = simulate.screenshot(render("poppler", path, 0, 96, cache=None), quality=60)
            with open_renderer(data) as renderer:
                scan = simulate.print_scan(renderer.render(0, 600)[0], 150, rng)
            for image in (screenshot, scan):
                grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
                observations, _ = item.read(np.asarray(grey))
                out.append((kind, observations))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--traces", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng([20260101, arguments.seed])
    seen: list[tuple[str, int, Observations]] = []
    strangers = found_strangers = 0
    pages = power_pages(arguments.documents)
    for number, page in enumerate(pages):
        with subject(CORPUS / page["file"], page["page"]) as item:
            seen += [(kind, len(item.carriers.left), o) for kind, o in readings(item, rng)]
            other = pages[(number + 1) % len(pages)]
            path = CORPUS / other["file"]
            image = simulate.screenshot(render("poppler", path, other["page"], 96, cache=None), quality=60)
            strangers += 1
            found_strangers += bool(item.measure(image))
        print(f"{page['file']} read", file=sys.stderr)
    named = {kind: dict.fromkeys(LEVELS, 0) for kind, _, _ in seen}
    count = dict.fromkeys(named, 0)
    for trace in range(arguments.traces):
        kind, length, observations = seen[trace % len(seen)]
        code = FingerprintingCode(rng.bytes(32), length, 3)
        decoding = decode(code, arguments.copies, observations, alpha=LEVELS[0])
        count[kind] += 1
        best = min((n.log10_bound for n in decoding.named), default=0.0)
        for level in LEVELS:
            named[kind][level] += best <= np.log10(level)
    print(
        f"{arguments.traces} traces of {len(seen)} readings, "
        f"each against {arguments.copies} copies of a random key"
    )
    print("| capture of | traces | " + " | ".join(f"named at {level:g} (allowed)" for level in LEVELS) + " |")
    print("|---" * (2 + len(LEVELS)) + "|")
    for kind, total in count.items():
        cells = [f"{named[kind][level]} (≤ {total * level:g})" for level in LEVELS]
        print(f"| {kind} | {total} | " + " | ".join(cells) + " |")
    for level in LEVELS:
        hits = sum(named[kind][level] for kind in named)
        excess = binom.sf(hits - 1, arguments.traces, level)
        print(
            f"at {level:g}: {hits} of {arguments.traces}; "
            f"chance of so many or more if the bound were tight: {excess:.2g}"
        )
    print(f"other documents: {found_strangers} of {strangers} were taken for the page they are not")
    if any(named[kind][1e-6] for kind in named):
        sys.exit("an innocent copy was named at 1e-6")


if __name__ == "__main__":
    main()
