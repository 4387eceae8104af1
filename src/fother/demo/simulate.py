"""Simulated captures of a page: scans, phone photos, photos of screens, screenshots, crops.

Every function takes a page as a uint8 picture, grey (h, w) or RGB (h, w, 3), rendered at `page_dpi` (600
unless told; never less than twice the density of the capture, or the page's own pixels show), and a
`numpy.random.Generator`, from which alone all chance comes: the same generator state gives the same bytes.
They return one uint8 picture, grey or RGB, that went through the file format named, and nothing else: no
function tells where anything is in its picture.

Print: Murray–Davies dot gain with ragged edges. Paper: developable bends, so curl shortens. Camera: pinhole
with radial distortion, disc defocus, shake, shot noise, Bayer mosaic, denoising, sharpening, JPEG.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from fother.demo.camera import SAMPLES, aimed, column, creased, photographed, sampled, scene_of, with_cover
from fother.demo.optics import Bytes, illumination, jpeg, noise, printed, resized, to_bytes, to_light, to_tone
from fother.demo.paper import curled, folded_at
from fother.demo.settings import Cover, Desk, Fold, Photo, Printer, Scan, ScreenPhoto
from fother.errors import UsageError

__all__ = [
    "Cover",
    "Desk",
    "Fold",
    "Photo",
    "Printer",
    "Scan",
    "ScreenPhoto",
    "close_up",
    "crop_lines",
    "folded",
    "partly_covered",
    "phone_of_screen",
    "phone_photo",
    "print_scan",
    "screenshot",
]

_FOLDS: dict[str, tuple[tuple[str, float], ...]] = {
    "none": (),
    "half": (("across", 0.5),),
    "thirds": (("across", 1 / 3), ("across", 2 / 3)),
    "quarters": (("across", 0.5), ("down", 0.5)),
}


def print_scan(
    page: Bytes, dpi: float, rng: np.random.Generator, settings: Scan | None = None, page_dpi: float = 600.0
) -> Bytes:
    """Print the page and scan it at `dpi` (75 … 400). Grey in, grey out; RGB in, RGB out.

    Raises UsageError when `dpi` is not positive or above `page_dpi`.
    """
    settings = settings or Scan()
    _check(page, dpi, page_dpi)
    light = printed(
        page, page_dpi, settings.printer.gain, settings.printer.roughness, settings.printer.density, rng
    )
    light *= np.float32(rng.uniform(*settings.paper))
    source = min(page_dpi, 2.0 * dpi)
    light = np.asarray(resized(light, source / page_dpi), dtype=np.float32)
    height, width = light.shape[:2]
    angle = np.deg2rad(rng.uniform(-settings.skew, settings.skew))
    stretch = 1.0 + rng.uniform(-1.0, 1.0, 2) * settings.printer.stretch
    # The feed moves unevenly along the page: a slow, smooth error in y, a smaller one in x.
    out_h, out_w = round(height / source * dpi), round(width / source * dpi)
    over = SAMPLES
    v, u = np.mgrid[0 : out_h * over, 0 : out_w * over].astype(np.float32)
    inches = (np.arange(out_h * over) / (dpi * over)).astype(np.float32)
    drift = sum(
        rng.uniform(-1, 1) * np.sin(2 * np.pi * (inches / rng.uniform(2.0, 7.0) + rng.uniform()))
        for _ in range(3)
    )
    feed = np.asarray(drift, dtype=np.float32) * np.float32(settings.wobble / 25.4 / 3.0 * source)
    shift = rng.uniform(-0.05, 0.05, 2) * source
    scale = source / (dpi * over)
    cu, cv = (
        (u + 0.5 - out_w * over / 2) * np.float32(scale),
        (v + 0.5 - out_h * over / 2) * np.float32(scale),
    )
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    x = (cosine * cu + sine * cv) * np.float32(stretch[0]) + np.float32(width / 2 - 0.5 + shift[0])
    y = (cosine * cv - sine * cu) * np.float32(stretch[1]) + np.float32(height / 2 - 0.5 + shift[1])
    x += 0.3 * feed[:, None]
    y += feed[:, None]
    lid = float(rng.uniform(0.75, 0.9))
    flat = cv2.remap(light, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(lid,) * 4)
    flat = cv2.GaussianBlur(flat, (0, 0), max(settings.blur * over, 0.2))
    light = cv2.resize(flat, (out_w, out_h), interpolation=cv2.INTER_AREA)
    light = light * column(1.0 + 0.006 * noise((out_h, out_w), rng, 0.4 * dpi), light)
    for _ in range(int(rng.integers(0, settings.dust + 1))):
        spot = (int(rng.integers(0, out_w)), int(rng.integers(0, out_h)))
        cv2.circle(
            light,
            spot,
            int(rng.integers(0, max(int(dpi / 150), 1) + 1)),
            [float(rng.uniform(0.2, 0.7))] * 3,
            -1,
            cv2.LINE_AA,
        )
    light += noise(light.shape, rng) * np.float32(settings.noise) * np.sqrt(np.maximum(light, 0.02))
    tone = to_tone(light)
    # Scanners clear the paper to white and deepen the ink.
    tone = tone + np.float32(settings.contrast) * (np.clip((tone - 0.12) / 0.78, 0.0, 1.0) - tone)
    if tone.ndim == 3:
        tone = tone * np.array([1.0, rng.uniform(0.985, 1.0), rng.uniform(0.95, 0.99)], dtype=np.float32)
    picture = to_bytes(np.asarray(tone, dtype=np.float32))
    return picture if settings.quality is None else jpeg(picture, settings.quality)


def phone_photo(
    page: Bytes,
    effective_dpi: float,
    rng: np.random.Generator,
    settings: Photo | None = None,
    page_dpi: float = 600.0,
) -> Bytes:
    """Print the page and photograph it with `effective_dpi` (50 … 300) pixels per inch at its middle.

    A messenger reduces the density further. RGB, or grey with `settings.colour` off.
    """
    settings = settings or Photo()
    _check(page, effective_dpi, page_dpi)
    printer = settings.printer
    light = printed(page, page_dpi, printer.gain, printer.roughness, printer.density, rng)
    size = (page.shape[1] / page_dpi, page.shape[0] / page_dpi)
    source = min(page_dpi, 2.5 * effective_dpi)
    light = np.asarray(resized(light, source / page_dpi), dtype=np.float32)
    grain = noise(light.shape[:2], rng, 0.01 * source) * 0.5 + noise(light.shape[:2], rng, 0.12 * source)
    light = light * column(np.float32(0.84) * (1.0 + 0.008 * grain), light)
    profiles = curled(size, settings.curl, rng) if settings.curl > 0 else []
    folds, creases = folded_at(size, _FOLDS[settings.fold], settings.fold_depth, rng)
    creased(light, creases, source, rng)
    view = aimed(profiles + folds, size, effective_dpi, settings, rng)
    scene = scene_of(light, source, view, effective_dpi, settings, rng)
    scene = with_cover(scene, view, size, settings.cover, settings, rng)
    return photographed(scene, settings, rng)


def folded(
    page: Bytes,
    effective_dpi: float,
    rng: np.random.Generator,
    fold: Fold = "thirds",
    settings: Photo | None = None,
    page_dpi: float = 600.0,
) -> Bytes:
    """Photo of a printed page that was folded for an envelope or a pocket and opened again."""
    base = settings or Photo(curl=0.15)
    return phone_photo(page, effective_dpi, rng, replace(base, fold=fold), page_dpi)


def partly_covered(
    page: Bytes,
    effective_dpi: float,
    rng: np.random.Generator,
    cover: Cover = "hand",
    settings: Photo | None = None,
    page_dpi: float = 600.0,
) -> Bytes:
    """Photo of a printed page with a hand, a thumb, a pen, a coffee stain or a mug on it."""
    return phone_photo(page, effective_dpi, rng, replace(settings or Photo(), cover=cover), page_dpi)


def close_up(
    page: Bytes,
    effective_dpi: float,
    rng: np.random.Generator,
    box: tuple[float, float, float, float] = (0.08, 0.40, 0.92, 0.60),
    settings: Photo | None = None,
    page_dpi: float = 600.0,
) -> Bytes:
    """Hand-held photo of a part of a page: near, slanted, partly out of focus, without the page's edges.

    `box` is x0, y0, x1, y1 as fractions of the page; about that part fills the picture.
    """
    base = settings or Photo(
        curl=0.45, tilt=26.0, roll=9.0, distance=1.25, defocus=1.1, shake=1.1, shadow=0.35
    )
    return phone_photo(page, effective_dpi, rng, replace(base, box=box, margin=(-0.02, 0.03)), page_dpi)


def phone_of_screen(
    page: Bytes,
    effective_dpi: float,
    rng: np.random.Generator,
    settings: ScreenPhoto | None = None,
    page_dpi: float = 600.0,
) -> Bytes:
    """Photo of a screen that shows the page, with `effective_dpi` photo pixels per inch of the *page*."""
    settings = settings or ScreenPhoto()
    _check(page, effective_dpi, page_dpi)
    shown = np.asarray(resized(page, settings.zoom / page_dpi), dtype=np.uint8)
    shown = shown if shown.ndim == 3 else np.repeat(shown[..., None], 3, axis=2)
    size = (shown.shape[1] / settings.zoom, shown.shape[0] / settings.zoom)
    framed, corner = _viewer(shown, rng)
    light = to_light(framed)
    # Three columns and three rows for each pixel: red, green, blue stripes and a dark gap between rows.
    light = np.repeat(np.repeat(light, 3, axis=0), 3, axis=1)
    mesh = np.float32(settings.mesh)
    stripes = np.ones((3, 3, 3), dtype=np.float32) * (1 - mesh)
    for channel in range(3):
        stripes[:, channel, channel] = 1.0 + 2.0 * mesh
    stripes[2] *= 1.0 - 0.7 * mesh
    stripes /= stripes.mean()
    light *= np.tile(stripes, (framed.shape[0], framed.shape[1], 1))
    light = light + np.float32(0.004)  # the black of a liquid crystal is not black
    camera = settings.camera
    view = aimed([], size, effective_dpi, camera, rng)
    x, y, _ = view.maps(SAMPLES)
    unit = 3.0 * settings.zoom
    u, v = (
        x * np.float32(unit) + np.float32(3 * corner[0] - 0.5),
        y * np.float32(unit) + np.float32(3 * corner[1] - 0.5),
    )
    scene = sampled(light, u, v, unit / (effective_dpi * SAMPLES), (0.006, 0.006, 0.007, 0.0))
    tint = np.array([rng.uniform(0.90, 1.0), 1.0, rng.uniform(1.0, 1.10)], dtype=np.float32)
    scene = scene * tint
    if settings.glare > 0:
        height, width = scene.shape[:2]
        spot = 1.0 - illumination((height, width), 0.8, 0.5, 0.0, rng)
        scene += np.float32(settings.glare) * spot[..., None]
    return photographed(scene, camera, rng)


def screenshot(image: Bytes, quality: int | None = None, scale: float = 1.0) -> Bytes:
    """A screenshot of a rendered page, scaled by `scale` and kept as PNG (`quality` None) or JPEG."""
    if scale <= 0:
        raise UsageError("A screenshot's scale must be above zero.")
    picture = np.asarray(resized(image, scale), dtype=np.uint8)
    return picture.copy() if quality is None else jpeg(picture, quality)


def crop_lines(image: Bytes, rng: np.random.Generator, lines: int = 5, margin: float = 0.4) -> Bytes:
    """Cut a run of `lines` consecutive text lines out of an upright picture of a page.

    Lines are found by their ink; which run is taken is left to chance, among runs with most ink and no
    wide gap inside. `margin` is in line heights. Raises UsageError when there are fewer lines.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    bands = _text_lines(grey)
    if len(bands) < lines:
        raise UsageError(f"The picture shows {len(bands)} lines of text, fewer than the {lines} asked for.")
    pitch = (
        float(np.median(np.diff([top for top, _, _ in bands])))
        if len(bands) > 1
        else float(bands[0][1] - bands[0][0])
    )
    runs = []
    for first in range(len(bands) - lines + 1):
        run = bands[first : first + lines]
        gaps = [after[0] - before[0] for before, after in pairwise(run)]
        ink = min(band[2] for band in run)
        runs.append((max(gaps, default=0.0) > 2.2 * pitch, -ink, first))
    runs.sort()
    good = [run for run in runs if not run[0] and -run[1] >= 0.6 * -runs[0][1]] or runs[:1]
    first = good[int(rng.integers(len(good)))][2]
    pad = margin * pitch
    top = max(int(bands[first][0] - pad), 0)
    bottom = min(int(bands[first + lines - 1][1] + pad) + 1, grey.shape[0])
    columns = np.flatnonzero((grey[top:bottom] < _ink_level(grey)).any(axis=0))
    left, right = max(int(columns[0] - pad), 0), min(int(columns[-1] + pad) + 1, grey.shape[1])
    return np.ascontiguousarray(image[top:bottom, left:right])


def _check(page: Bytes, dpi: float, page_dpi: float) -> None:
    if page.dtype != np.uint8 or page.ndim not in (2, 3):
        raise UsageError("A page must be a uint8 picture, grey (h, w) or RGB (h, w, 3).")
    if not 0 < dpi <= page_dpi:
        raise UsageError(
            f"A capture of {dpi:g} dpi needs a page rendered at least as fine; this has {page_dpi:g}."
        )


def _viewer(shown: Bytes, rng: np.random.Generator) -> tuple[Bytes, tuple[int, int]]:
    """The page in a viewer's window (RGB), and the column and row of the page's corner in it."""
    height, width = shown.shape[:2]
    side, above, below = int(rng.integers(60, 160)), 64, int(rng.integers(20, 60))
    back = int(rng.integers(60, 110))
    window = np.full((height + above + below, width + 2 * side, 3), back, dtype=np.uint8)
    window[:40] = (52, 54, 58)
    for number in range(7):
        left = 18 + number * 46
        cv2.rectangle(window, (left, 13), (left + 20, 27), (178, 180, 184), 1, cv2.LINE_AA)
    cv2.rectangle(window, (side + width // 2 - 40, 10), (side + width // 2 + 40, 30), (30, 31, 34), -1)
    cv2.rectangle(window, (side - 1, above - 1), (side + width, above + height), (40, 40, 40), 1)
    window[above : above + height, side : side + width] = shown
    return window, (side, above)


def _ink_level(grey: Bytes) -> float:
    """Grey value halfway between paper and ink."""
    return float(np.percentile(grey, 90)) * 0.5 + float(np.percentile(grey, 1)) * 0.5


def _text_lines(grey: Bytes) -> list[tuple[int, int, float]]:
    """Text lines of an upright picture: top row, row after the last, ink pixels; from the top down."""
    dark = (grey < _ink_level(grey)).mean(axis=1)
    busy = dark > max(0.25 * float(np.percentile(dark, 90)), 1e-4)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(np.int8)))
    bands = [
        (int(top), int(bottom), float(dark[top:bottom].sum()))
        for top, bottom in zip(edges[::2], edges[1::2], strict=True)
    ]
    tall = float(np.median([bottom - top for top, bottom, _ in bands])) if bands else 0.0
    return [band for band in bands if 0.5 * tall <= band[1] - band[0] <= 3.0 * tall]
