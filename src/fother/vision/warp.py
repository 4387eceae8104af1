"""Smooth maps from reference pixels to capture pixels: homography after a B-spline field.

Cubic B-splines with a second-derivative penalty (Eilers and Marx 1996), fitted robustly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def _basis(t: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], -1) / 6


@dataclass(frozen=True)
class Grid:
    """A tensor-product cubic B-spline basis of `columns` x `rows` coefficients over a page."""

    columns: int
    rows: int
    width: float
    height: float

    def _support(self, points: Points) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Indices and values (n, 16) of the basis functions that are not zero at each point."""
        u = np.clip(points[:, 0] / self.width, 0, 1) * (self.columns - 3 - 1e-9)
        v = np.clip(points[:, 1] / self.height, 0, 1) * (self.rows - 3 - 1e-9)
        i, j = u.astype(np.int64), v.astype(np.int64)
        bu, bv = _basis(u - i), _basis(v - j)
        a = np.arange(4)
        index = (j[:, None, None] + a[None, :, None]) * self.columns + i[:, None, None] + a[None, None, :]
        value = bv[:, :, None] * bu[:, None, :]
        return index.reshape(-1, 16), value.reshape(-1, 16)

    def design(self, points: Points) -> NDArray[np.float64]:
        """(n, columns*rows) dense design matrix."""
        index, value = self._support(points)
        matrix = np.zeros((len(points), self.columns * self.rows))
        matrix[np.arange(len(points))[:, None], index] = value
        return matrix

    def evaluate(self, points: Points, coefficients: NDArray[np.float64]) -> Points:
        """(n, 2) field values."""
        index, value = self._support(points)
        field: Points = np.einsum("ns,nsc->nc", value, coefficients[index])
        return field

    def penalty(self) -> NDArray[np.float64]:
        """Quadratic penalty on the second differences of the coefficients."""

        def second(n: int) -> NDArray[np.float64]:
            return np.diff(np.eye(n), 2, axis=0)

        def first(n: int) -> NDArray[np.float64]:
            return np.diff(np.eye(n), axis=0)

        xx = np.kron(np.eye(self.rows), second(self.columns))
        yy = np.kron(second(self.rows), np.eye(self.columns))
        xy = np.kron(first(self.rows), first(self.columns))
        total: NDArray[np.float64] = xx.T @ xx + yy.T @ yy + 2 * xy.T @ xy
        return total


@dataclass(frozen=True)
class Warp:
    """reference pixel x ↦ homography(x + field(x))."""

    homography: NDArray[np.float64]
    grid: Grid | None = None
    coefficients: NDArray[np.float64] | None = None

    def field(self, points: Points) -> Points:
        """(n, 2) smooth displacement in reference pixels."""
        if self.grid is None or self.coefficients is None:
            return np.zeros_like(points)
        return self.grid.evaluate(points, self.coefficients)

    def __call__(self, points: Points) -> Points:
        return project(self.homography, points + self.field(points))

    def with_field(self, grid: Grid, coefficients: NDArray[np.float64]) -> Warp:
        """The same homography under another field."""
        return replace(self, grid=grid, coefficients=coefficients)

    def scale_at(self, point: Points) -> float:
        """Capture pixels per reference pixel around a point (2,)."""
        p = self(np.stack([point, point + np.array([1, 0]), point + np.array([0, 1])]))
        return float(np.sqrt(abs(np.linalg.det(np.stack([p[1] - p[0], p[2] - p[0]])))))

    def sample(self, capture: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
        """The capture as seen in reference pixels, (height, width) float32."""
        step = 8
        height, width = shape
        x = np.arange(-step, width + 2 * step, step, dtype=np.float64)
        y = np.arange(-step, height + 2 * step, step, dtype=np.float64)
        mesh = np.stack(np.meshgrid(x, y), -1)
        coarse = self(mesh.reshape(-1, 2)).reshape(mesh.shape).astype(np.float32)
        # Bilinear interpolation of the coarse map is good to a hundredth of a pixel; OpenCV's resampling
        # below works in steps of 1/32 pixel of the capture, which is what limits a flat map.
        fine = np.array([[1 / step, 0, 1.0], [0, 1 / step, 1.0]], np.float32)
        maps = cv2.warpAffine(
            coarse,
            fine,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        out: NDArray[np.float32] = cv2.remap(
            capture, maps[..., 0], maps[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        return out


def project(homography: NDArray[np.float64], points: Points) -> Points:
    """Apply a homography to (n, 2) points."""
    h = np.c_[points, np.ones(len(points))] @ homography.T
    out: Points = h[:, :2] / h[:, 2:]
    return out


def fit_field(
    grid: Grid,
    points: Points,
    residuals: Points,
    weights: NDArray[np.float64],
    smoothing: float,
    rounds: int = 5,
) -> NDArray[np.float64]:
    """Coefficients (columns*rows, 2) of a robust penalised fit; Cauchy weights at 2.5 robust deviations."""
    design = grid.design(points)
    penalty = grid.penalty() * smoothing
    ridge = 1e-9 * np.eye(design.shape[1])
    robust = weights.copy()
    coefficients = np.zeros((design.shape[1], 2))
    for _ in range(rounds):
        normal = design.T @ (design * robust[:, None]) + penalty * robust.sum() / len(robust) + ridge
        coefficients = np.linalg.solve(normal, design.T @ (residuals * robust[:, None]))
        error = np.hypot(*(residuals - design @ coefficients).T)
        spread = 1.48 * float(np.median(error[weights > 0])) + 1e-3
        robust = weights / (1 + (error / (2.5 * spread)) ** 2)
    return coefficients


#: From stiff to flexible: columns, rows, smoothing.
LEVELS = ((4, 4, 30.0), (4, 4, 0.3), (5, 6, 0.3), (7, 9, 0.1), (9, 11, 0.02))


def fit_selected(
    shape: tuple[int, int],
    points: Points,
    residuals: Points,
    weights: NDArray[np.float64],
    across: Points,
    tolerance: float,
) -> tuple[Grid, NDArray[np.float64]]:
    """The stiffest level whose leave-one-out error *across* the text is near the best.

    Displacement across the text carries no mark, so choosing by it cannot absorb marks. `across` (n, 2)
    are unit vectors, `tolerance` in pixels.
    """
    fits = []
    for columns, rows, smoothing in LEVELS:
        grid = Grid(columns, rows, float(shape[1]), float(shape[0]))
        coefficients = fit_field(grid, points, residuals, weights, smoothing)
        design = grid.design(points)
        normal = design.T @ (design * weights[:, None])
        normal += grid.penalty() * smoothing * weights.sum() / len(weights) + 1e-9 * np.eye(len(normal))
        leverage = np.clip((design @ np.linalg.inv(normal) * design).sum(1) * weights, 0, 0.9)
        error = ((residuals - design @ coefficients) * across).sum(1) / (1 - leverage)
        fits.append((float(np.median(np.abs(error))), grid, coefficients))
    best = min(f[0] for f in fits)
    return next((g, c) for e, g, c in fits if e <= max(1.12 * best, best + tolerance))
