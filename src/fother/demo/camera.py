"""A sheet on a desk, in uneven light, before a phone: from reflectance to the photo as sent."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.demo import props
from fother.demo.optics import (
    Bytes,
    Light,
    defocus,
    developed,
    exposed,
    illumination,
    jpeg,
    motion,
    noise,
    resized,
)
from fother.demo.paper import Profile, View, aim
from fother.demo.settings import Cover, Photo

SAMPLES = 2  #: samples per photo pixel and direction before the lens
_MESSENGER_SIDE = 1600  # pixels that chat programs leave of a photo's long side
_MESSENGER_QUALITY = 70
_DESKS = ("wood", "wood", "dark", "grey", "cloth")


def column(plane: NDArray[np.floating], picture: Light) -> Light:
    """A grey plane (h, w) shaped to multiply `picture`, grey or RGB."""
    plane = plane.astype(np.float32)
    return plane[..., None] if picture.ndim == 3 else plane


def creased(light: Light, creases: list[tuple[str, float]], dpi: float, rng: np.random.Generator) -> None:
    """Draw, in place, what folding does to paper: a grey line of broken fibres, flaked-off toner."""
    height, width = light.shape[:2]
    for axis, place in creases:
        across = np.arange(height if axis == "across" else width, dtype=np.float32) / np.float32(dpi)
        other = width if axis == "across" else height
        wander = 0.006 * noise((1, other), rng, 0.4 * dpi)[0]
        middle = int(place * dpi)
        low, high = max(middle - int(0.12 * dpi), 0), min(middle + int(0.12 * dpi) + 1, len(across))
        if high <= low:
            continue
        offset = across[low:high, None] - np.float32(place) - wander[None, :]
        line = np.exp(-((offset / 0.008) ** 2)) * (0.6 + 0.4 * noise(offset.shape, rng, 0.03 * dpi))
        flaked = np.clip(
            np.exp(-((offset / 0.012) ** 2)) * (0.5 + 0.9 * noise(offset.shape, rng, 0.015 * dpi)), 0, 1
        )
        band = light[low:high] if axis == "across" else np.swapaxes(light[:, low:high], 0, 1)
        line, flaked = column(line, light), column(flaked, light)
        band += flaked * (np.float32(0.84) - band)
        band *= 1.0 - 0.14 * np.clip(line, 0.0, 1.0)


def aimed(
    profiles: list[Profile], size: tuple[float, float], dpi: float, settings: Photo, rng: np.random.Generator
) -> View:
    """A hand-held camera over what the settings frame."""
    x0, y0, x1, y1 = settings.box
    box = (x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1])
    margins = tuple(
        float(m) * (box[2] - box[0]) for m in rng.uniform(min(settings.margin), max(settings.margin), 4)
    )
    # A tilt well below the limit is as rare as one at it.
    tilt, pan = (float(rng.uniform(0.45, 1.0) * settings.tilt * sign) for sign in rng.choice([-1.0, 1.0], 2))
    return aim(
        profiles,
        box,
        dpi,
        (tilt, 0.7 * pan, float(rng.uniform(-settings.roll, settings.roll))),
        settings.distance * max(box[2] - box[0], box[3] - box[1]),
        (margins[0], margins[1], margins[2], margins[3]),
        settings.aspect,
        settings.distortion * float(rng.uniform(-1.0, 1.0)),
    )


def sampled(
    light: Light, x: NDArray[np.float32], y: NDArray[np.float32], stride: float, outside: tuple[float, ...]
) -> Light:
    """Picture values at fractional pixels; `stride` is source pixels per sample, smoothed away above 1."""
    if stride > 1.15:
        light = cv2.GaussianBlur(light, (0, 0), 0.42 * float(np.sqrt(stride**2 - 1.0)))
    return np.asarray(
        cv2.remap(light, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=outside)
    )


def scene_of(
    light: Light, dpi: float, view: View, density: float, settings: Photo, rng: np.random.Generator
) -> Light:
    """The sheet (reflectance at `dpi`) on its desk with shading and shadow, `SAMPLES` per photo pixel."""
    x, y, slopes = view.maps(SAMPLES)
    stride = dpi / (density * SAMPLES)
    half = np.float32(0.5)
    sheet = sampled(light, x * np.float32(dpi) - half, y * np.float32(dpi) - half, stride, (0.84,) * 4)
    width, height = light.shape[1] / dpi, light.shape[0] / dpi
    # Coverage of the sheet: its distance to the nearest edge, in samples.
    inside = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y)) * np.float32(density * SAMPLES)
    alpha = np.clip(inside + half, 0.0, 1.0)
    lamp = rng.uniform(0, 2 * np.pi)
    lean = float(rng.uniform(0.3, 0.7))
    toward = np.array([np.cos(lamp), np.sin(lamp)], dtype=np.float32) * np.float32(lean)
    shade = (1.0 - slopes @ toward) / np.sqrt(1.0 + (slopes**2).sum(axis=2))
    sheet = sheet * column(np.clip(0.25 + 0.75 * shade, 0.1, 1.3), sheet)
    if sheet.ndim == 2 and settings.colour:
        sheet = np.repeat(sheet[..., None], 3, axis=2)
    if sheet.ndim == 3:
        tone = np.array([1.0, rng.uniform(0.985, 1.0), rng.uniform(0.94, 1.0)], dtype=np.float32)
        sheet = sheet * tone
    if alpha.min() >= 1.0:
        return np.asarray(sheet, dtype=np.float32)
    kind = settings.desk or str(rng.choice(_DESKS))
    # One sample per photo pixel is enough for a desk.
    small = (-(-x.shape[0] // SAMPLES), -(-x.shape[1] // SAMPLES))
    under = cv2.resize(props.desk(small, density, kind, rng), x.shape[::-1], interpolation=cv2.INTER_LINEAR)
    if not settings.colour:
        under, sheet = _grey(under), sheet if sheet.ndim == 2 else _grey(sheet)
    # The sheet's shadow falls away from the lamp.
    unit = density * SAMPLES
    away = (-np.cos(lamp) * 0.05 * unit, -np.sin(lamp) * 0.05 * unit)
    coarse = np.asarray(resized(alpha, 0.25), dtype=np.float32)
    moved = cv2.warpAffine(
        coarse,
        np.array([[1, 0, away[0] / 4], [0, 1, away[1] / 4]]),
        coarse.shape[::-1],
        borderMode=cv2.BORDER_REPLICATE,
    )
    dark = 1.0 - 0.55 * cv2.resize(cv2.GaussianBlur(moved, (0, 0), 0.0125 * unit), alpha.shape[::-1])
    under = under * column(dark, under)
    weight = column(alpha, sheet)
    return np.asarray(under + (sheet - under) * weight, dtype=np.float32)


def _grey(light: Light) -> Light:
    return np.asarray(light @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32))


def with_cover(
    scene: Light,
    view: View,
    size: tuple[float, float],
    cover: Cover,
    settings: Photo,
    rng: np.random.Generator,
) -> Light:
    """The scene with a thing on the page, somewhere over the framed part."""
    if cover == "none":
        return scene
    grey = scene.ndim == 2
    canvas = np.repeat(scene[..., None], 3, axis=2) if grey else scene
    x0, y0, x1, y1 = settings.box
    unit = view.focal / view.distance * SAMPLES

    def at(across: float, down: float) -> tuple[float, float]:
        x = np.array((x0 + across * (x1 - x0)) * size[0])
        y = np.array((y0 + down * (y1 - y0)) * size[1])
        u, v = view.project(x, y)
        return float(u) * SAMPLES, float(v) * SAMPLES

    side = float(rng.choice([-1.0, 1.0]))
    if cover == "hand":
        tip = at(0.5 - 0.12 * side + float(rng.uniform(-0.08, 0.08)), float(rng.uniform(0.45, 0.8)))
        props.hand(canvas, tip, (-side, float(rng.uniform(-0.5, -0.15))), unit, rng)
    elif cover == "thumb":
        tip = at(0.5 + 0.38 * side, float(rng.uniform(0.6, 0.8)))
        props.thumb(canvas, tip, (-side, float(rng.uniform(-0.6, -0.2))), unit, rng)
    elif cover == "pen":
        angle = float(rng.uniform(np.deg2rad(200), np.deg2rad(250)))
        props.pen(canvas, at(float(rng.uniform(0.15, 0.35)), float(rng.uniform(0.25, 0.5))), angle, unit, rng)
    elif cover == "coffee":
        props.coffee_ring(
            canvas, at(float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.3, 0.7))), unit, 1.0, rng
        )
    else:
        props.mug(canvas, at(0.5 + 0.4 * side, float(rng.uniform(0.2, 0.8))), unit, rng)
    return _grey(canvas) if grey else canvas


def photographed(scene: Light, settings: Photo, rng: np.random.Generator) -> Bytes:
    """Photo of a scene given at `SAMPLES` per pixel."""
    shape = (scene.shape[0], scene.shape[1])
    field = illumination(shape, settings.gradient, settings.vignette, settings.shadow, rng)
    light = scene * column(field * np.float32(settings.exposure / 0.84), scene)
    light = defocus(light, settings.defocus * SAMPLES)
    light = motion(light, settings.shake * SAMPLES, float(rng.uniform(0, np.pi)))
    even = (shape[1] // (2 * SAMPLES) * 2, shape[0] // (2 * SAMPLES) * 2)  # whole Bayer cells
    light = cv2.resize(light[: even[1] * SAMPLES, : even[0] * SAMPLES], even, interpolation=cv2.INTER_AREA)
    cast = (float(rng.uniform(0.96, 1.07)), float(rng.uniform(0.90, 1.03)))
    picture = developed(
        exposed(light, settings.photons, cast, rng), settings.denoise, settings.sharpen, settings.contrast
    )
    picture = jpeg(picture, int(rng.integers(settings.quality[0], settings.quality[1] + 1)))
    if settings.messenger:
        scale = min(_MESSENGER_SIDE / max(picture.shape[:2]), 1.0)
        picture = jpeg(np.asarray(resized(picture, scale), dtype=np.uint8), _MESSENGER_QUALITY)
    return picture
