"""Tracing power on captures by an independent simulator, Augraphy, at its usual severities.

    python bench/tracing_augraphy.py --python VENV/bin/python [--documents 20] [--recipes 9]

VENV is an environment with augraphy installed (it brings its own OpenCV). Every document gets some of the
recipes of augraphy_captures.py in turn, so that three documents see them all once. 10,000 copies, 1e-6.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import cv2

from lab import ALPHA, COPIES, CORPUS, power_pages, subject
from renderers import render

DPI = 150
_MAKE = """
import sys, cv2
sys.path.insert(0, sys.argv[1])
from augraphy_captures import captures, recipe_names
page = cv2.imread(sys.argv[2])
names = recipe_names()
start, count = int(sys.argv[5]), int(sys.argv[6])
chosen = [names[(start + k) % len(names)] for k in range(count)]
for name, image in captures(page, int(sys.argv[4]), chosen):
    cv2.imwrite(f"{sys.argv[3]}/{name}.png", image)
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", required=True)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--recipes", type=int, default=9)
    arguments = parser.parse_args()
    results: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    wrong = 0
    for number, page in enumerate(power_pages(arguments.documents)):
        with (
            subject(CORPUS / page["file"], page["page"]) as item,
            tempfile.TemporaryDirectory() as folder,
        ):
            index = 1000 + number
            copy = Path(folder) / "copy.pdf"
            copy.write_bytes(item.copy(index))
            picture = Path(folder) / "page.png"
            cv2.imwrite(str(picture), render("poppler", copy, 0, DPI, cache=None))
            out = Path(folder) / "captures"
            out.mkdir()
            subprocess.run(
                [arguments.python, "-c", _MAKE, str(Path(__file__).parent), str(picture), str(out),
                 str(number), str(number * arguments.recipes), str(arguments.recipes)],
                check=True, capture_output=True,
            )  # fmt: skip
            for capture in sorted(out.glob("*.png")):
                named = item.decode(item.read(cv2.imread(str(capture), 0))[0]).named
                bound = next((n.log10_bound for n in named if n.index == index), 0.0)
                wrong += sum(n.index != index for n in named)
                results[capture.stem].append((bool(bound), bound))
                print(f"{item.name} {capture.stem}: 1e{bound:.0f}", flush=True)
    total = [hit for rows in results.values() for hit, _ in rows]
    print(f"\n{sum(total)} of {len(total)} named at {ALPHA:g} among {COPIES} copies, wrong names: {wrong}\n")
    print("| recipe | named | median bound | worst |\n|---|---|---|---|")
    for name, rows in sorted(results.items()):
        bounds = sorted(bound for _, bound in rows)
        print(
            f"| {name} | {sum(hit for hit, _ in rows)}/{len(rows)} "
            f"| 1e{bounds[len(bounds) // 2]:.0f} | 1e{bounds[-1]:.0f} |"
        )


if __name__ == "__main__":
    main()
