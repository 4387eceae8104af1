"""What ink, light, lens, sensor and file format do to a picture.

Pictures inside are float32 linear light, 0 … 1 (1 = white paper in full light), grey (h, w) or RGB
(h, w, 3). Files are uint8 in the sRGB transfer curve.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float32]
Bytes = NDArray[np.uint8]

_BYTE_TO_LIGHT = np.where(
    np.arange(256) <= 10,
    np.arange(256) / 255 / 12.92,
    ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4,
).astype(np.float32)
_LEVELS = 4095  # a phone's sensor has 10 to 14 bits
_curve = np.arange(_LEVELS + 1) / _LEVELS
_LIGHT_TO_BYTE = np.where(
    _curve <= 0.0031308, _curve * 12.92, 1.055 * np.maximum(_curve, 1e-9) ** (1 / 2.4) - 0.055
).astype(np.float32)


def to_light(picture: Bytes) -> Light:
    """Linear light of an sRGB picture."""
    return np.asarray(cv2.LUT(picture, _BYTE_TO_LIGHT), dtype=np.float32)


def to_tone(light: Light) -> Light:
    """sRGB tone 0 … 1 of linear light, which is clipped to 0 … 1 and quantised like a 12-bit sensor."""
    return _LIGHT_TO_BYTE[(np.clip(light, 0.0, 1.0) * _LEVELS + 0.5).astype(np.uint16)]


def to_bytes(tone: Light) -> Bytes:
    """uint8 picture of tones 0 … 1."""
    return (np.clip(tone, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def noise(shape: tuple[int, ...], rng: np.random.Generator, grain: float = 0.0) -> Light:
    """Gaussian noise of standard deviation 1, correlated over `grain` pixels (0: white)."""
    if grain <= 1.0:
        white = rng.standard_normal(shape, dtype=np.float32)
        if grain <= 0.3:
            return white
        blurred = cv2.GaussianBlur(white, (0, 0), grain)
        return np.asarray(blurred * np.float32(2.0 * np.sqrt(np.pi) * grain), dtype=np.float32)
    # Coarse grain needs no fine grid.
    step = max(grain / 1.5, 1.0)
    small = tuple(max(int(np.ceil(n / step)) + 3, 4) for n in shape[:2]) + shape[2:]
    coarse = cv2.GaussianBlur(rng.standard_normal(small, dtype=np.float32), (0, 0), 1.0)
    coarse *= np.float32(2.0 * np.sqrt(np.pi))
    enlarged = cv2.resize(
        coarse, (int(small[1] * step), int(small[0] * step)), interpolation=cv2.INTER_LINEAR
    )
    return np.ascontiguousarray(enlarged[: shape[0], : shape[1]])


def resized(picture: NDArray[np.generic], scale: float) -> NDArray[np.generic]:
    """Picture scaled by `scale`, area-averaged when it shrinks, bicubic when it grows."""
    if abs(scale - 1.0) < 1e-9:
        return picture
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=kind))


def jpeg(picture: Bytes, quality: int) -> Bytes:
    """The picture after one JPEG round trip (4:2:0 chroma, as phones and messengers write)."""
    order = picture if picture.ndim == 2 else picture[..., ::-1]
    _, data = cv2.imencode(".jpg", order, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    mode = cv2.IMREAD_GRAYSCALE if picture.ndim == 2 else cv2.IMREAD_COLOR
    decoded = np.asarray(cv2.imdecode(data, mode), dtype=np.uint8)
    return np.ascontiguousarray(decoded if picture.ndim == 2 else decoded[..., ::-1])


def printed(
    page: Bytes, dpi: float, gain: float, roughness: float, density: float, rng: np.random.Generator
) -> Light:
    """Reflectance of a page from a laser printer.

    Toner spreads over 20 µm, dots grow by `gain` (0 … 0.25 of coverage at edges), edges are ragged by
    `roughness` (0 … 0.2 of coverage), solid ink reflects 1 - `density` (0.8 … 0.97) of the paper.
    """
    spread = max(0.02 / 25.4 * dpi, 0.25)
    coverage = np.float32(1.0) - cv2.GaussianBlur(to_light(page), (0, 0), spread)
    lines = coverage.shape[:2]
    edge = noise(lines, rng, 0.8) * np.float32(roughness)
    cover_all = np.float32(density) * (1.0 + 0.015 * noise(lines, rng, 0.08 * dpi))
    if coverage.ndim == 3:
        edge, cover_all = edge[..., None], cover_all[..., None]
    # Raggedness lives where coverage is neither none nor full.
    coverage += edge * (4.0 * coverage * (1.0 - coverage))
    coverage = np.clip(coverage * np.float32(1.0 + 2.0 * gain) - np.float32(0.4 * gain), 0.0, 1.0)
    return np.asarray(1.0 - coverage * np.clip(cover_all, 0.0, 0.99), dtype=np.float32)


def defocus(light: Light, radius: float) -> Light:
    """Blur by a disc of `radius` pixels (0: none), softened as by a real aperture."""
    if radius < 0.3:
        return light
    side = 2 * int(np.ceil(radius)) + 3
    grid = np.arange(side) - side // 2
    kernel = np.clip(radius + 0.5 - np.hypot(*np.meshgrid(grid, grid)), 0.0, 1.0)
    kernel = cv2.GaussianBlur(kernel, (0, 0), 0.35)
    return np.asarray(cv2.filter2D(light, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))


def motion(light: Light, length: float, angle: float) -> Light:
    """Blur by a shaking hand: a slightly bent track of `length` pixels at `angle` radians."""
    if length < 0.5:
        return light
    side = 2 * int(np.ceil(length / 2)) + 5
    kernel = np.zeros((side, side))
    for t in np.linspace(-0.5, 0.5, 41):
        along, across = t * length, 0.12 * length * (4 * t * t - 0.33)
        x = side / 2 - 0.5 + along * np.cos(angle) - across * np.sin(angle)
        y = side / 2 - 0.5 + along * np.sin(angle) + across * np.cos(angle)
        i, j = int(y), int(x)
        for di, dj in ((0, 0), (0, 1), (1, 0), (1, 1)):
            weight = (1 - abs(y - i - di)) * (1 - abs(x - j - dj))
            kernel[i + di, j + dj] += weight
    return np.asarray(cv2.filter2D(light, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))


def exposed(
    light: Light, photons: float, colour_cast: tuple[float, float], rng: np.random.Generator
) -> Light:
    """What a phone's sensor makes of a scene: shot and read noise, Bayer mosaic and demosaicing.

    `photons` is the full-well count in thousands (0.5 dim room … 20 daylight); noise variance is
    light / photons plus read noise. `colour_cast` (red, blue) gains are what white balance left over.
    """
    wells = 1000.0 * photons
    if light.ndim == 2:
        shot = np.sqrt(np.maximum(light, 0.0) / wells + (3.0 / wells) ** 2)
        noisy = light + noise(light.shape, rng) * shot.astype(np.float32)
        # The smoothing that demosaicing would do.
        return np.asarray(cv2.GaussianBlur(noisy, (0, 0), 0.45), dtype=np.float32)
    sensitivity = np.array([0.62, 1.0, 0.70], dtype=np.float32)
    cast = np.array([colour_cast[0], 1.0, colour_cast[1]], dtype=np.float32)
    raw = np.empty(light.shape[:2], dtype=np.float32)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        part = light[row::2, column::2, channel]
        raw[row::2, column::2] = part * sensitivity[channel]
    shot = np.sqrt(np.maximum(raw, 0.0) / wells + (3.0 / wells) ** 2)
    raw += noise(raw.shape, rng) * shot.astype(np.float32)
    counts = np.clip(raw * 16000.0 + 256.0, 0, 65535).astype(np.uint16)
    # OpenCV names the pattern by its second row and column: RGGB is its "BG".
    colour = cv2.cvtColor(counts, cv2.COLOR_BayerBG2RGB_EA).astype(np.float32)
    return np.asarray((colour - 256.0) / 16000.0 / sensitivity * cast, dtype=np.float32)


def developed(light: Light, denoise: float, sharpen: float, contrast: float) -> Bytes:
    """A phone's processing: tone curve, denoising, sharpening.

    `denoise` 0 … 1 (edge-preserving in luma, plain in chroma), `sharpen` 0 … 1.2 (unsharp mask of one
    pixel), `contrast` 0 … 1 (share of an S-curve).
    """
    tone = to_tone(light)
    tone = np.asarray(tone + np.float32(contrast) * (tone * tone * (3 - 2 * tone) - tone), dtype=np.float32)
    if tone.ndim == 3:
        luma, red, blue = cv2.split(cv2.cvtColor(tone, cv2.COLOR_RGB2YCrCb))
        if denoise > 0:
            red, blue = (cv2.GaussianBlur(c, (0, 0), 0.8 + 1.6 * denoise) for c in (red, blue))
    else:
        luma = tone
    if denoise > 0:
        smooth = cv2.bilateralFilter(np.ascontiguousarray(luma), 5, 0.04 + 0.08 * denoise, 1.2)
        luma = luma + np.float32(min(denoise, 1.0)) * (smooth - luma)
    if sharpen > 0:
        luma = luma + np.float32(sharpen) * (luma - cv2.GaussianBlur(luma, (0, 0), 1.0))
    if tone.ndim == 2:
        return to_bytes(luma)
    return to_bytes(cv2.cvtColor(cv2.merge([luma, red, blue]), cv2.COLOR_YCrCb2RGB))


def illumination(
    shape: tuple[int, int], gradient: float, vignette: float, shadow: float, rng: np.random.Generator
) -> Light:
    """Uneven light over a picture, 1 where it is brightest.

    `gradient` 0 … 0.6 is the fall from the lamp's side to the other; `vignette` 0 … 0.5 the loss in the
    corners; `shadow` 0 … 0.7 the depth of a soft shadow as of the phone and the arm that holds it.
    """
    scale = 96 / max(shape)
    height, width = max(int(shape[0] * scale), 8), max(int(shape[1] * scale), 8)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    x, y = (x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    fall = x * np.cos(angle) + y * np.sin(angle)
    field = 1.0 - gradient * (fall + 0.5 + 0.35 * (x * np.sin(angle) - y * np.cos(angle)) ** 2)
    field *= 1.0 - vignette * 2.0 * (x**2 + y**2)
    if shadow > 0:
        # A broad bar with rounded end that enters from a side.
        turn = rng.uniform(0, 2 * np.pi)
        tip = rng.uniform(-0.15, 0.2)
        along = x * np.cos(turn) + y * np.sin(turn) - tip
        across = -x * np.sin(turn) + y * np.cos(turn) - rng.uniform(-0.2, 0.2)
        distance = np.hypot(np.minimum(along, 0.0), across) - rng.uniform(0.18, 0.3)
        field *= 1.0 - shadow / (1.0 + np.exp(distance / rng.uniform(0.02, 0.06)))
    field = np.clip(field / field.max(), 0.03, 1.0).astype(np.float32)
    return np.asarray(cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))
