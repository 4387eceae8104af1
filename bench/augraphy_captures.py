"""Degraded pictures of a page by Augraphy: captures by somebody else's simulator, not by ours.

    python bench/augraphy_captures.py PAGE.png FOLDER SEED       writes FOLDER/NAME.png

Augraphy is for this bench only and wants an environment of its own (`pip install augraphy`); run this file
with that environment's Python. The page should be a rendering at 130 to 200 dpi.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def _recipes(a: Any) -> dict[str, Callable[[], list[Any]]]:
    """Name: a function that makes the steps, in order; `a` is the augraphy module."""
    return {
        "folding": lambda: [
            a.Folding(fold_count=3, fold_noise=0.0, fold_angle_range=(0, 0), gradient_width=(0.1, 0.2), p=1)
        ],
        "lighting": lambda: [a.LightingGradient(max_brightness=255, min_brightness=60, p=1)],
        "shadow": lambda: [a.ShadowCast(shadow_opacity_range=(0.4, 0.7), p=1)],
        "dirty rollers": lambda: [a.DirtyRollers(line_width_range=(6, 18), p=1)],
        "dirty drum": lambda: [a.DirtyDrum(line_concentration=0.1, p=1)],
        "bad photocopy": lambda: [a.BadPhotoCopy(noise_type=1, noise_sparsity=(0.3, 0.5), p=1)],
        "ink bleed": lambda: [
            a.InkBleed(intensity_range=(0.4, 0.7), kernel_size=(5, 5), severity=(0.2, 0.4), p=1)
        ],
        "low ink lines": lambda: [a.LowInkRandomLines(count_range=(10, 25), p=1)],
        "low ink periodic": lambda: [a.LowInkPeriodicLines(count_range=(2, 5), period_range=(20, 40), p=1)],
        "letterpress": lambda: [a.Letterpress(p=1)],
        "ink mottling": lambda: [a.InkMottling(p=1)],
        "bleed through": lambda: [a.BleedThrough(intensity_range=(0.1, 0.3), p=1)],
        "noise": lambda: [a.SubtleNoise(subtle_range=12, p=1), a.NoiseTexturize(p=1)],
        "low light": lambda: [a.LowLightNoise(p=1)],
        "gamma": lambda: [a.Gamma(gamma_range=(0.4, 0.6), p=1)],
        "jpeg 30": lambda: [a.Jpeg(quality_range=(30, 30), p=1)],
        "dithering": lambda: [a.Dithering(dither="ordered", p=1)],
        "stains": lambda: [a.Stains(p=1)],
        "scribbles": lambda: [a.Scribbles(scribbles_type="lines", p=1)],
        "depth blur": lambda: [a.DepthSimulatedBlur(p=1)],
        "page border": lambda: [a.PageBorder(p=1)],
        "book binding": lambda: [
            a.BookBinding(shadow_radius_range=(20, 60), curve_range_right=(30, 60), p=1)
        ],
        "colour paper": lambda: [a.ColorPaper(p=1)],
        "squish": lambda: [a.Squish(squish_number_range=(3, 6), p=1)],
        "office copy": lambda: [
            a.InkBleed(intensity_range=(0.3, 0.5), severity=(0.2, 0.3), p=1),
            a.DirtyRollers(line_width_range=(8, 16), p=1),
            a.SubtleNoise(subtle_range=10, p=1),
            a.Geometric(rotate_range=(-2, 2), p=1),
            a.Jpeg(quality_range=(50, 60), p=1),
        ],
        "old fax": lambda: [
            a.LowInkRandomLines(count_range=(5, 12), p=1),
            a.Faxify(scale_range=(1.0, 1.0), monochrome=1, halftone=0, p=1),
        ],
        "desk photo": lambda: [
            a.Folding(fold_count=2, fold_noise=0.0, gradient_width=(0.1, 0.15), p=1),
            a.LightingGradient(max_brightness=255, min_brightness=90, p=1),
            a.ShadowCast(shadow_opacity_range=(0.3, 0.5), p=1),
            a.LowLightNoise(p=1),
            a.Jpeg(quality_range=(60, 75), p=1),
        ],
    }


def recipe_names() -> list[str]:
    """Names of all recipes, in order."""
    import augraphy

    return list(_recipes(augraphy))


def captures(page: Picture, seed: int, only: list[str] | None = None) -> list[tuple[str, Picture]]:
    """Every recipe applied to one page, grey or BGR uint8: (name, picture) pairs, in a fixed order.

    The same seed gives the same pictures: Augraphy draws from the global generators of Python, numpy, OpenCV
    and numba, which are set here before each recipe. A recipe that fails on a page is reported and left out.
    """
    import augraphy
    import numba

    @numba.njit
    def set_compiled(value: int) -> None:
        random.seed(value)
        np.random.seed(value)

    colour = page if page.ndim == 3 else cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)
    made = []
    for number, (name, steps) in enumerate(_recipes(augraphy).items()):
        if only is not None and name not in only:
            continue
        random.seed(seed * 1000 + number)
        np.random.seed(seed * 1000 + number)
        cv2.setRNGSeed(seed * 1000 + number)
        set_compiled(seed * 1000 + number)
        picture = colour.copy()
        try:
            for step in steps():
                result = step(picture)
                # A step that decides not to act returns nothing.
                picture = picture if result is None else np.asarray(result, dtype=np.uint8)
        except Exception as error:  # Augraphy raises whatever numpy and OpenCV raise
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        made.append((name, np.ascontiguousarray(picture)))
    return made


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    page = cv2.imread(sys.argv[1], cv2.IMREAD_COLOR)
    if page is None:
        sys.exit(f"{sys.argv[1]} is no picture that can be read.")
    folder, seed = Path(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    for name, picture in captures(np.asarray(page, dtype=np.uint8), seed):
        cv2.imwrite(str(folder / f"{name.replace(' ', '-')}.png"), picture)
    print(f"{len(list(folder.glob('*.png')))} pictures in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
