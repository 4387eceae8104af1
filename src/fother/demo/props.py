"""Things around and on a page in a photo: the desk, a hand, a pen, coffee.

Everything is linear light, RGB (h, w, 3) float32. Props are drawn into a scene in place, by signed
distances, at `unit` pixels per inch.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.demo.optics import Light, noise

Point = tuple[float, float]


def desk(shape: tuple[int, int], unit: float, kind: str, rng: np.random.Generator) -> Light:
    """A desk top: "wood" with grain, "dark" laminate, "grey" plastic or "cloth"."""
    height, width = shape
    if kind == "wood":
        along = bool(rng.random() < 0.5)
        grain = _wood((width, height) if along else shape, unit, rng)
        base = np.array(rng.choice([[0.32, 0.17, 0.08], [0.17, 0.08, 0.04], [0.42, 0.29, 0.17]]))
        tone = np.exp(grain.T if along else grain)[..., None] * base
    else:
        base = {
            "dark": np.array([0.035, 0.035, 0.04]),
            "grey": np.array([0.28, 0.29, 0.30]),
            "cloth": np.array([0.09, 0.13, 0.22]),
        }[kind]
        texture = 0.05 * noise(shape, rng, 0.6) + 0.06 * noise(shape, rng, 1.2 * unit)
        if kind == "cloth":
            y, x = np.mgrid[0:height, 0:width] * (2 * np.pi * 22 / unit)
            texture = texture + 0.16 * np.sin(x + 0.4 * np.sin(y * 0.5)) * np.sin(y)
        tone = np.exp(texture)[..., None] * base
    return np.asarray(np.clip(tone, 0.0, 1.0), dtype=np.float32)


def _wood(shape: tuple[int, int], unit: float, rng: np.random.Generator) -> Light:
    """Logarithm of a veneer's shade, grain to the right: rings, bands and fine dark pores."""
    height, width = shape
    scale = 0.12
    small = (max(int(height * scale), 8), max(int(width * scale), 8))
    y, x = np.mgrid[0 : small[0], 0 : small[1]].astype(np.float32) / np.float32(unit * scale)
    wobble = noise(small, rng, 2.0 * unit * scale)
    bands = cv2.resize(
        rng.standard_normal((small[0] * 2, max(small[1] // 40, 4)), dtype=np.float32), small[::-1]
    )
    rings = np.sin(2 * np.pi * (y * 1.6 + 0.6 * wobble + 0.25 * np.sin(0.4 * x)))
    figure = cv2.resize((0.09 * rings + 0.13 * bands).astype(np.float32), (width, height))
    for length, weight in ((0.9, 0.07), (0.12, 0.05)):
        lines = cv2.GaussianBlur(noise(shape, rng), (0, 0), sigmaX=length * unit, sigmaY=0.55)
        figure += np.float32(weight / max(float(lines.std()), 1e-6)) * lines
    pores = cv2.GaussianBlur(noise(shape, rng), (0, 0), sigmaX=0.05 * unit, sigmaY=0.4)
    figure -= 0.35 * (pores > 2.6 * pores.std())
    return np.asarray(figure, dtype=np.float32)


def _window(scene: Light, low: Point, high: Point) -> tuple[slice, slice] | None:
    """The part of the scene between two corners, None when it is outside."""
    x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
    x1, y1 = min(int(high[0]) + 1, scene.shape[1]), min(int(high[1]) + 1, scene.shape[0])
    return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None


def _blend(
    scene: Light, where: tuple[slice, slice], colour: NDArray[np.floating], alpha: NDArray[np.floating]
) -> None:
    part = scene[where]
    part += (colour - part) * np.clip(alpha, 0.0, 1.0)[..., None]


def rod(
    scene: Light,
    tail: Point,
    tip: Point,
    radii: Point,
    colour: Point | tuple[float, float, float],
    gloss: float,
) -> tuple[slice, slice, Light, Light, Light] | None:
    """Draw a round rod between two points with its shadow; `radii` at tail and tip, pixels.

    Returns the window drawn in, and there the position along (0 tail … 1 tip, beyond at the cap), across
    (-1 … 1) and coverage, so that callers can add details.
    """
    reach = 2.2 * max(radii)
    low = (min(tail[0], tip[0]) - reach, min(tail[1], tip[1]) - reach)
    high = (max(tail[0], tip[0]) + reach, max(tail[1], tip[1]) + reach)
    where = _window(scene, low, high)
    if where is None:
        return None
    y, x = np.mgrid[where].astype(np.float32)
    axis = np.array([tip[0] - tail[0], tip[1] - tail[1]])
    length = float(np.hypot(*axis))
    axis = axis / length
    along = ((x - tail[0]) * axis[0] + (y - tail[1]) * axis[1]) / length
    across = -(x - tail[0]) * axis[1] + (y - tail[1]) * axis[0]
    inside = np.clip(along, 0.0, 1.0)
    radius = radii[0] + (radii[1] - radii[0]) * inside
    distance = np.hypot(across, (along - inside) * length)
    # Shadow: a soft, shifted copy.
    shift = 0.35 * max(radii)
    far = np.hypot(across - shift, (along - inside) * length)
    shade = 0.55 / (1.0 + np.exp((far - radius) / (0.22 * max(radii))))
    scene[where] *= (1.0 - shade)[..., None].astype(np.float32)
    cover = np.clip(radius - distance + 0.5, 0.0, 1.0)
    relative = np.clip(distance / radius, 0.0, 1.0)
    height = np.sqrt(1.0 - relative**2)
    side = np.clip(across / radius, -1.0, 1.0)
    lit = 0.42 + 0.5 * height - 0.18 * side
    shine = gloss * np.exp(-(((side + 0.35) / 0.13) ** 2)) * height
    paint = np.asarray(colour)[None, None, :] * lit[..., None] + shine[..., None]
    _blend(scene, where, paint, cover)
    return where[0], where[1], along.astype(np.float32), side.astype(np.float32), cover.astype(np.float32)


def finger(
    scene: Light,
    tail: Point,
    tip: Point,
    width: float,
    skin: tuple[float, float, float],
    rng: np.random.Generator,
) -> None:
    """A finger of `width` pixels with skin folds and a nail at the tip."""
    drawn = rod(scene, tail, tip, (0.56 * width, 0.43 * width), skin, 0.015)
    if drawn is None:
        return
    rows, columns, along, side, cover = drawn
    where = (rows, columns)
    length = float(np.hypot(tip[0] - tail[0], tip[1] - tail[1]))
    back = (1.0 - along) * length / width  # finger widths behind the centre of the tip
    creases = np.zeros_like(back)
    for place in (1.05, 1.18, 2.7, 2.85):
        bend = place + 0.10 * side**2 + 0.02 * float(rng.standard_normal())
        creases += np.exp(-(((back - bend) / 0.035) ** 2)) * np.clip(1.0 - np.abs(side) * 0.9, 0.0, 1.0)
    mottle = 1.0 + 0.05 * noise(back.shape, rng, 0.12 * width) + 0.03 * noise(back.shape, rng, 0.02 * width)
    blush = 1.0 - 0.10 * np.exp(-(((back - 0.9) / 0.35) ** 2))
    factor = mottle * blush * (1.0 - 0.28 * creases)
    scene[where] *= (1.0 + (factor - 1.0) * cover)[..., None].astype(np.float32)
    nail = ((back - 0.02) / 0.42) ** 2 + (side * 0.46 / 0.31) ** 4
    inside = 1.0 / (1.0 + np.exp(np.minimum((nail - 1.0) / 0.05, 50.0)))
    colour = (
        np.asarray(skin)
        * np.array([1.12, 1.12, 1.16])
        * (0.92 + 0.16 * np.exp(-(((side + 0.25) / 0.25) ** 2)))[..., None]
    )
    _blend(scene, where, colour, inside * cover * 0.75)
    rim = np.exp(-(((nail - 1.0) / 0.10) ** 2)) * cover
    scene[where] *= (1.0 - 0.25 * rim)[..., None].astype(np.float32)


def hand(scene: Light, tip: Point, inward: Point, unit: float, rng: np.random.Generator) -> None:
    """Fingers that come from outside the picture and end at `tip`; `inward` points from the hand to it."""
    skins = ((0.58, 0.34, 0.24), (0.44, 0.24, 0.155), (0.66, 0.42, 0.32), (0.20, 0.10, 0.06))
    skin = skins[int(rng.integers(len(skins)))]
    norm = float(np.hypot(*inward))
    ux, uy = inward[0] / norm, inward[1] / norm
    width = rng.uniform(0.62, 0.76) * unit
    reach = float(np.hypot(*scene.shape[:2]))
    setback = (0.55, 0.12, 0.0, 0.28)
    for place in (0, 3, 1, 2):
        spread = (place - 1.5) * 0.045
        offset = (place - 1.5) * width * 1.02
        fx, fy = ux * np.cos(spread) - uy * np.sin(spread), ux * np.sin(spread) + uy * np.cos(spread)
        end = (
            tip[0] - uy * offset - ux * setback[place] * width * 1.4,
            tip[1] + ux * offset - uy * setback[place] * width * 1.4,
        )
        length = min(reach, 9.0 * width)
        finger(
            scene,
            (end[0] - fx * length, end[1] - fy * length),
            end,
            width * (0.88 if place == 0 else 1.0),
            skin,
            rng,
        )


def thumb(scene: Light, tip: Point, inward: Point, unit: float, rng: np.random.Generator) -> None:
    """One thumb that holds the sheet at its edge."""
    skins = ((0.58, 0.34, 0.24), (0.44, 0.24, 0.155), (0.66, 0.42, 0.32), (0.20, 0.10, 0.06))
    skin = skins[int(rng.integers(len(skins)))]
    norm = float(np.hypot(*inward))
    width = rng.uniform(0.8, 0.95) * unit
    tail = (tip[0] - inward[0] / norm * 6 * width, tip[1] - inward[1] / norm * 6 * width)
    finger(scene, tail, tip, width, skin, rng)


def pen(scene: Light, tip: Point, angle: float, unit: float, rng: np.random.Generator) -> None:
    """A ball pen of five and a half inches that lies on the page with its tip at `tip`."""
    bodies = ((0.02, 0.05, 0.22), (0.30, 0.02, 0.02), (0.02, 0.02, 0.02), (0.55, 0.55, 0.58))
    body = bodies[int(rng.integers(len(bodies)))]
    ux, uy = float(np.cos(angle)), float(np.sin(angle))

    def at(inches: float) -> Point:
        return tip[0] - ux * inches * unit, tip[1] - uy * inches * unit

    rod(scene, at(0.5), at(0.04), (0.15 * unit, 0.035 * unit), (0.5, 0.5, 0.52), 0.5)
    rod(scene, at(5.4), at(0.55), (0.18 * unit, 0.17 * unit), body, 0.45)
    rod(scene, at(5.55), at(5.4), (0.09 * unit, 0.09 * unit), (0.5, 0.5, 0.52), 0.4)
    rod(scene, at(5.3), at(3.6), (0.05 * unit, 0.05 * unit), (0.6, 0.6, 0.62), 0.5)


def coffee_ring(scene: Light, centre: Point, unit: float, strength: float, rng: np.random.Generator) -> None:
    """A dried coffee stain: the ring a mug leaves, with drops; the text stays visible through it."""
    outer = rng.uniform(1.45, 1.75) * unit
    where = _window(
        scene,
        (centre[0] - 1.3 * outer, centre[1] - 1.3 * outer),
        (centre[0] + 1.3 * outer, centre[1] + 1.3 * outer),
    )
    if where is None:
        return
    y, x = np.mgrid[where].astype(np.float32)
    radius = np.hypot(x - centre[0], y - centre[1])
    turn = np.arctan2(y - centre[1], x - centre[0])
    wobble = sum(rng.uniform(-0.01, 0.01) * np.cos(k * turn + rng.uniform(0, 6.3)) for k in range(2, 7))
    r = radius / outer + wobble
    gaps = np.clip(
        0.75 + 0.5 * np.cos(turn - rng.uniform(0, 6.3)) + 0.25 * np.cos(3 * turn + rng.uniform(0, 6.3)),
        0.1,
        1.2,
    )
    band = np.exp(-(((r - 0.94) / 0.028) ** 2)) + 0.8 * np.exp(-(((r - 1.0) / 0.008) ** 2))
    stain = band * gaps + 0.10 / (1.0 + np.exp((r - 0.97) / 0.01))
    for _ in range(4):
        away, where_to, size = (
            rng.uniform(1.05, 1.25) * outer,
            rng.uniform(0, 6.3),
            rng.uniform(0.02, 0.07) * outer,
        )
        drop = (
            np.hypot(x - centre[0] - away * np.cos(where_to), y - centre[1] - away * np.sin(where_to)) / size
        )
        stain = (
            stain
            + 0.35 / (1.0 + np.exp(np.minimum((drop - 1.0) / 0.06, 50.0)))
            + 0.5 * np.exp(-(((drop - 1.0) / 0.10) ** 2))
        )
    stain = stain * (1.0 + 0.2 * noise(r.shape, rng, 0.05 * unit))
    absorb = np.array([0.55, 0.95, 1.6]) * strength
    scene[where] *= np.exp(-np.clip(stain, 0.0, 2.0)[..., None] * absorb).astype(np.float32)


def mug(scene: Light, centre: Point, unit: float, rng: np.random.Generator) -> None:
    """A mug of coffee seen from above, which hides what is under it."""
    outer = rng.uniform(1.5, 1.75) * unit
    reach = 1.8 * outer
    where = _window(scene, (centre[0] - reach, centre[1] - reach), (centre[0] + reach, centre[1] + reach))
    if where is None:
        return
    handle = rng.uniform(0, 2 * np.pi)
    hx, hy = float(np.cos(handle)), float(np.sin(handle))
    china = ((0.72, 0.71, 0.68), (0.10, 0.18, 0.34), (0.55, 0.10, 0.07))[int(rng.integers(3))]
    y, x = np.mgrid[where].astype(np.float32)
    radius = np.hypot(x - centre[0], y - centre[1]) / outer
    fall = np.hypot(x - centre[0] - 0.25 * outer, y - centre[1] - 0.25 * outer) / outer
    scene[where] *= (1.0 - 0.6 / (1.0 + np.exp((fall - 1.05) / 0.07)))[..., None].astype(np.float32)
    start = (centre[0] + hx * 0.9 * outer, centre[1] + hy * 0.9 * outer)
    end = (centre[0] + hx * 1.45 * outer, centre[1] + hy * 1.45 * outer)
    rod(scene, start, end, (0.15 * outer, 0.13 * outer), china, 0.25)
    turn = np.arctan2(y - centre[1], x - centre[0])
    rim = 0.85 + 0.35 * np.cos(turn + 2.2)
    _blend(scene, where, np.asarray(china) * rim[..., None], np.clip((1.0 - radius) * outer, 0.0, 1.0))
    wall = np.asarray(china) * (0.45 - 0.25 * np.cos(turn + 2.2))[..., None]
    _blend(scene, where, wall, np.clip((0.92 - radius) * outer, 0.0, 1.0))
    inner = np.hypot(x - centre[0] - 0.03 * outer, y - centre[1] - 0.03 * outer) / outer
    surface = (
        np.array([0.045, 0.018, 0.008]) * (1.0 + 1.2 * np.clip((inner - 0.7) / 0.16, 0, 1) ** 3)[..., None]
    )
    glare = 0.25 * np.exp(
        -(
            ((x - centre[0] + 0.3 * outer) / (0.22 * outer)) ** 2
            + ((y - centre[1] + 0.35 * outer) / (0.1 * outer)) ** 2
        )
    )
    _blend(scene, where, surface + glare[..., None], np.clip((0.86 - inner) * outer, 0.0, 1.0))
