"""Geometry of a sheet of paper before a camera: curled or folded surface, pinhole projection, inverse maps.

Units are inches of the page, origin at its top left corner, x to the right, y downwards, z towards the
camera. A sheet bends without stretching, so along the direction in which it bends its shadow on the desk is
shortened by the integral of sqrt(1 - slope²): that is what moves words in a photo of a curled page.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_STEP = 0.01  # inches between samples of a profile
_NODE = 8  # pixels between nodes at which the inverse map is solved


@dataclass(frozen=True)
class Profile:
    """Height of the sheet along one direction; rulings run at right angles to it.

    `direction` is (cos, sin); `start` the coordinate of the first sample; `slope`, `height` and
    `shortening` (n,) are sampled every hundredth of an inch, the latter two in inches.
    """

    direction: tuple[float, float]
    start: float
    slope: Floats
    height: Floats
    shortening: Floats

    def along(self, x: Floats, y: Floats) -> Floats:
        """Index, in samples, of page points along the profile."""
        return (x * self.direction[0] + y * self.direction[1] - self.start) / _STEP

    @classmethod
    def from_slope(cls, direction: tuple[float, float], start: float, slope: Floats) -> Profile:
        """Integrate a slope (n,), all |values| < 1, into height and shortening."""
        height = np.cumsum(slope) * _STEP
        shortening = np.cumsum(np.sqrt(1.0 - slope**2) - 1.0) * _STEP
        middle = len(slope) // 2
        return cls(direction, start, slope, height - height.mean(), shortening - shortening[middle])


def _samples(size: tuple[float, float], direction: tuple[float, float]) -> Floats:
    """Coordinates along a direction that cover the page and an inch around it."""
    corners = [x * direction[0] + y * direction[1] for x in (0.0, size[0]) for y in (0.0, size[1])]
    return np.arange(min(corners) - 1.0, max(corners) + 1.0, _STEP)


def curled(size: tuple[float, float], amount: float, rng: np.random.Generator) -> list[Profile]:
    """Profiles of a sheet that was rolled, carried or lies on an uneven surface.

    `size` is width and height in inches; `amount` 0 (flat) … 1 (largest slopes about 0.4, a sheet that
    stands up at an edge by an inch). One bend of page length, undulations of 3 to 6 inches on it,
    and a weaker bend in another direction.
    """
    profiles = []
    base = float(rng.choice([0.0, np.pi / 2]) + rng.uniform(-0.35, 0.35))
    for angle, weight in ((base, 1.0), (base + np.pi / 2 + rng.uniform(-0.4, 0.4), 0.3)):
        direction = (float(np.cos(angle)), float(np.sin(angle)))
        along = _samples(size, direction)
        length = float(max(size))
        slope = 0.24 * np.sin(2 * np.pi * (along / (length * rng.uniform(1.1, 2.0)) + rng.uniform()))
        for _ in range(2):
            wave = rng.uniform(3.0, 6.0)
            slope += rng.uniform(0.03, 0.08) * np.sin(2 * np.pi * (along / wave + rng.uniform()))
        profiles.append(Profile.from_slope(direction, float(along[0]), amount * weight * slope))
    return profiles


def folded_at(
    size: tuple[float, float], folds: tuple[tuple[str, float], ...], amount: float, rng: np.random.Generator
) -> tuple[list[Profile], list[tuple[str, float]]]:
    """Profiles of a sheet folded and opened again, and where its creases are.

    `folds` holds ("across" or "down", fraction of the page): a crease across the page at that height, or
    down the page at that width. `amount` 0 … 1 scales how far the creases stand open (slopes to 0.3).
    """
    profiles, creases = [], []
    for axis, direction, extent in (("across", (0.0, 1.0), size[1]), ("down", (1.0, 0.0), size[0])):
        places = sorted(at * extent * rng.uniform(0.98, 1.02) for name, at in folds if name == axis)
        if not places:
            continue
        along = _samples(size, direction)
        slope = np.full(len(along), amount * rng.uniform(0.15, 0.28) * rng.choice([-1.0, 1.0]))
        for place in places:
            # Paper does not break: over some millimetres the crease is a tight bend.
            slope *= 1.0 - (1.0 + rng.uniform(0.6, 1.1)) / (1.0 + np.exp(-(along - place) / 0.03))
            creases.append((axis, place))
        profiles.append(Profile.from_slope(direction, float(along[0]), slope))
    return profiles, creases


@dataclass(frozen=True)
class View:
    """A camera over a sheet: pinhole of focal length `focal` pixels, `distance` inches above `centre`.

    `rotation` (3, 3) turns page axes into camera axes; `offset` is the pixel of the principal point;
    `size` is width and height of the picture in pixels; `distortion` the radial coefficient at the corner.
    """

    profiles: tuple[Profile, ...]
    centre: tuple[float, float]
    rotation: Floats
    distance: float
    focal: float
    offset: tuple[float, float]
    size: tuple[int, int]
    distortion: float = 0.0

    def space(self, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Where page points lie in space, inches."""
        dx, dy, z = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        for profile in self.profiles:
            at = profile.along(x, y)
            knots = np.arange(len(profile.slope), dtype=np.float64)
            short = np.interp(at, knots, profile.shortening)
            z += np.interp(at, knots, profile.height)
            dx += short * profile.direction[0]
            dy += short * profile.direction[1]
        return x + dx, y + dy, z

    def project(self, x: Floats, y: Floats, flat: bool = False) -> tuple[Floats, Floats]:
        """Pixels of page points (any shape), before lens distortion; `flat` leaves the surface out."""
        px, py, z = (x, y, np.zeros_like(x)) if flat else self.space(x, y)
        points = np.stack([px - self.centre[0], py - self.centre[1], z])
        turned = np.tensordot(self.rotation, points, axes=1)
        scale = self.focal / (self.distance - turned[2])
        return turned[0] * scale + self.offset[0], turned[1] * scale + self.offset[1]

    def unproject(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Page points of the flat sheet that pixels see."""
        rays = np.stack([(u - self.offset[0]) / self.focal, (v - self.offset[1]) / self.focal])
        r = self.rotation
        # Solve for the page point (z = 0) whose turned x, y over depth equal the ray: 2 × 2 per pixel.
        a = r[0, 0] + rays[0] * r[2, 0]
        b = r[0, 1] + rays[0] * r[2, 1]
        c = r[1, 0] + rays[1] * r[2, 0]
        d = r[1, 1] + rays[1] * r[2, 1]
        right = rays * self.distance
        determinant = a * d - b * c
        x = (d * right[0] - b * right[1]) / determinant
        y = (a * right[1] - c * right[0]) / determinant
        return x + self.centre[0], y + self.centre[1]

    def _straight(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Pixels with the lens distortion taken out."""
        half = 0.5 * float(np.hypot(*self.size))
        du, dv = u - self.size[0] / 2, v - self.size[1] / 2
        factor = 1.0 + self.distortion * (du**2 + dv**2) / half**2
        return self.size[0] / 2 + du * factor, self.size[1] / 2 + dv * factor

    def maps(self, oversample: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Page point seen by every pixel of the picture, and the slope of the paper there.

        Returns x, y (inches, float32) and slopes (…, 2), each of `size` times `oversample`.
        The inverse is a fixed-point iteration: project the guess, carry the pixel error back to the flat
        sheet, correct. It contracts since curled paper differs little from the flat sheet.
        """
        width, height = self.size[0] * oversample, self.size[1] * oversample
        columns, rows = -(-width // _NODE) + 4, -(-height // _NODE) + 4
        # cv2.resize puts node i at pixel (i + 1/2) * _NODE - 1/2; two nodes around the picture are cut off.
        us = (np.arange(columns) - 1.5) * _NODE / oversample - 0.5
        vs = (np.arange(rows) - 1.5) * _NODE / oversample - 0.5
        u, v = self._straight(*np.meshgrid(us, vs))
        target = self.unproject(u, v)
        x, y = target[0].copy(), target[1].copy()
        for _ in range(12 if self.profiles else 0):
            seen = self.unproject(*self.project(x, y))
            x += target[0] - seen[0]
            y += target[1] - seen[1]
            if max(np.abs(target[0] - seen[0]).max(), np.abs(target[1] - seen[1]).max()) < 1e-6:
                break
        slopes = np.zeros((*x.shape, 2))
        for profile in self.profiles:
            at = profile.along(x, y)
            slope = np.interp(at, np.arange(len(profile.slope)), profile.slope)
            slopes += slope[..., None] * np.asarray(profile.direction)

        # Linear between nodes: OpenCV's bicubic kernel does not reproduce even a straight line.
        def enlarged(nodes: Floats) -> NDArray[np.float32]:
            full = cv2.resize(
                nodes.astype(np.float32), (columns * _NODE, rows * _NODE), interpolation=cv2.INTER_LINEAR
            )
            edge = 2 * _NODE
            return np.ascontiguousarray(full[edge : edge + height, edge : edge + width])

        return enlarged(x), enlarged(y), enlarged(slopes)


def aim(
    profiles: list[Profile],
    box: tuple[float, float, float, float],
    density: float,
    angles: tuple[float, float, float],
    distance: float,
    margins: tuple[float, float, float, float],
    aspect: float | None,
    distortion: float,
) -> View:
    """Point a camera at a box (x0, y0, x1, y1 inches) of the page.

    `density` is pixels per inch at the centre of the box; `angles` tilt, pan and roll in degrees;
    `distance` in inches; `margins` left, top, right, bottom in inches around what the box covers in the
    picture (negative cuts in); `aspect` long side over short side of the sensor, None for no sensor shape.
    """
    tilt, pan, roll = np.deg2rad(angles)
    ct, st, cp, sp, cr, sr = np.cos(tilt), np.sin(tilt), np.cos(pan), np.sin(pan), np.cos(roll), np.sin(roll)
    rx = np.array([[1, 0, 0], [0, ct, -st], [0, st, ct]])
    ry = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    rz = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    rotation = rz @ ry @ rx
    trial = View(tuple(profiles), centre, rotation, distance, density * distance, (0.0, 0.0), (1, 1))
    x, y = np.meshgrid(np.linspace(box[0], box[2], 9), np.linspace(box[1], box[3], 9))
    u, v = trial.project(x, y)
    left, top = u.min() - margins[0] * density, v.min() - margins[1] * density
    right, bottom = u.max() + margins[2] * density, v.max() + margins[3] * density
    if aspect is not None:
        wide, high = right - left, bottom - top
        ratio = aspect if wide > high else 1.0 / aspect
        more_wide, more_high = max(high * ratio - wide, 0.0), max(wide / ratio - high, 0.0)
        left, right = left - more_wide / 2, right + more_wide / 2
        top, bottom = top - more_high / 2, bottom + more_high / 2
    size = (max(round(right - left), 16), max(round(bottom - top), 16))
    return View(
        trial.profiles, centre, rotation, distance, trial.focal, (-float(left), -float(top)), size, distortion
    )
