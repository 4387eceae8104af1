"""Separate marks from the capture's own distortion, in one Gaussian model.

The displacement of a word along its line is the sum of a smooth warp (a Gaussian process: paper, lens,
registration error), an offset and a slope of its line, the mark (a known linear map of the code symbols)
and noise. Estimating the warp first and the mark afterwards would absorb 12–25 % of the mark into the warp,
and on small crops far more; here every symbol is estimated by linear minimum mean square error with all the
rest marginalised. The displacement *across* the text carries no mark and tells the warp's smoothness.

Nothing here looks at a codeword. The code's biases may be used: they are the same for every copy.

Rasmussen and Williams 2006, ch. 2 and 5 (Gaussian processes, marginal likelihood, leave-one-out residuals).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular

Array = NDArray[np.float64]

#: Candidate warps: standard deviation (pt) and length (pt) of the Gaussian process beside a quadratic trend.
_WARPS = ((0.0, 100.0), (0.3, 120.0), (1.0, 150.0), (1.0, 90.0), (3.0, 150.0), (3.0, 90.0), (6.0, 110.0))
_NOISES = (0.008, 0.02, 0.04, 0.07, 0.12, 0.2, 0.3)
#: Standard deviations (pt) of a line's offset and of its slope (over the half line).
_LINES = ((0.01, 0.01), (0.06, 0.06))
_MODEL_WORDS = 420  # the marginal likelihood is computed on at most so many words of a page
_GATE = 3.5
_FILE_NOISE = 0.02  # pt: what is read from a file is off by rounding only
_MIN_WORDS = 6


@dataclass(frozen=True)
class PageModel:
    """The geometry of one page, in points as the page is shown (x right, y down).

    - `centres`, `axes`: (n, 2) word centres and unit vectors along the text.
    - `lines`: (n,) line segment of each word.
    - `response`: (n, m) displacement of each word per unit of each antipodal symbol (±1).
    - `mean`, `variance`: (m,) prior of the antipodal symbols, from the biases.
    """

    centres: Array
    axes: Array
    lines: NDArray[np.int32]
    response: Array
    mean: Array
    variance: Array


@dataclass(frozen=True)
class SoftSymbols:
    """What a sheet says about the symbols of a page.

    - `value`, `separation`: (m,), value ~ N(±separation/2, 1) for symbol 1 / 0; separation 0 = erased.
    - `mark`: (n,) displacement along the text freed from the warp, points; NaN where not measured.
    - `noise`: standard deviation of one word's displacement, points.
    - `used`: (n,) words that took part.
    """

    value: Array
    separation: Array
    mark: Array
    noise: float
    used: NDArray[np.bool_]


@dataclass(frozen=True)
class _Choice:
    warp: tuple[float, float]
    line: tuple[float, float]
    noise: float


def estimate(page: PageModel, shift: Array, sigma: Array) -> SoftSymbols | None:
    """Soft symbols from measured displacements; None when fewer than six words were measured.

    `shift` (n, 2) in points as shown, NaN where nothing was measured; `sigma` (n,) its standard deviation.
    """
    used = np.isfinite(shift).all(1) & np.isfinite(sigma)
    if used.sum() < _MIN_WORDS:
        return None
    system = _System(page, shift, sigma, used)
    choice = system.choose()
    outlier = system.outliers(choice)
    if outlier.any() and (~outlier).sum() >= _MIN_WORDS:
        used = used.copy()
        used[np.flatnonzero(used)[outlier]] = False
        system = _System(page, shift, sigma, used)
    return system.solve(choice)


class _System:
    """The linear system of one page, restricted to the words in use."""

    def __init__(self, page: PageModel, shift: Array, sigma: Array, used: NDArray[np.bool_]) -> None:
        self.page, self.used = page, used
        self.index = np.flatnonzero(used)
        axes, points = page.axes[self.index], page.centres[self.index]
        measured = shift[self.index]
        along = (measured * axes).sum(1)
        across = measured[:, 1] * axes[:, 0] - measured[:, 0] * axes[:, 1]
        self.response = page.response[self.index]
        expected = self.response @ page.mean
        self.along = along - expected - np.median(along - expected)
        self.across = across - np.median(across)
        self.points = points - points.mean(0)
        self.sigma2 = np.minimum(sigma[self.index], 0.5) ** 2
        self.marks = (self.response * page.variance) @ self.response.T
        self.lines = page.lines[self.index]
        self.same_line = self.lines[:, None] == self.lines[None]
        position = (points * axes).sum(1)
        _, inverse = np.unique(self.lines, return_inverse=True)
        count = np.bincount(inverse)
        centre = np.bincount(inverse, position) / count
        offset = position - centre[inverse]
        reach = np.zeros(len(count))
        np.maximum.at(reach, inverse, np.abs(offset))
        self.slope = offset / np.maximum(reach[inverse], 20.0)

    def _trend(self, pick: NDArray[np.int64] | slice) -> Array:
        x, y = self.points[pick].T / 100.0
        basis = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], 1)
        basis *= np.array([30.0, 10.0, 10.0, 0.3, 0.3, 0.3])
        out: Array = basis @ basis.T
        return out

    def _warp(self, warp: tuple[float, float], pick: NDArray[np.int64] | slice) -> Array:
        points = self.points[pick]
        kernel = self._trend(pick)
        deviation, length = warp
        if deviation:
            distance2 = ((points[:, None] - points[None]) ** 2).sum(-1)
            kernel = kernel + deviation**2 * np.exp(-distance2 / (2 * length**2))
        return kernel

    def _line(self, line: tuple[float, float], pick: NDArray[np.int64] | slice) -> Array:
        slope = self.slope[pick]
        same = self.same_line[pick][:, pick]
        out: Array = same * (line[0] ** 2 + line[1] ** 2 * slope[:, None] * slope[None])
        return out

    def choose(self) -> _Choice:
        """Hyperparameters of highest marginal likelihood, along and across the text together."""
        count = len(self.index)
        pick = np.arange(count)
        if count > _MODEL_WORDS:
            # Whole lines, evenly spread, so that the structure within a line stays visible.
            order = np.unique(self.lines)
            step = int(np.ceil(count / _MODEL_WORDS))
            pick = np.flatnonzero(np.isin(self.lines, order[::step]))
            if len(pick) > 1.5 * _MODEL_WORDS or len(pick) < 50:
                pick = np.unique(np.linspace(0, count - 1, _MODEL_WORDS).astype(np.int64))
        marks = self.marks[np.ix_(pick, pick)]
        same = self.same_line[np.ix_(pick, pick)]
        best, choice = -np.inf, _Choice(_WARPS[2], _LINES[1], 0.1)
        for warp in _WARPS:
            kernel = self._warp(warp, pick)
            across = max(
                _log_likelihood(kernel + same * o**2 + np.diag(self.sigma2[pick] + s**2), self.across[pick])
                for o, s in ((0.02, 0.02), (0.1, 0.05))
            )
            for line in _LINES:
                base = kernel + marks + self._line(line, pick)
                for noise in _NOISES:
                    value = across + _log_likelihood(
                        base + np.diag(self.sigma2[pick] + noise**2), self.along[pick]
                    )
                    if value > best:
                        best, choice = value, _Choice(warp, line, noise)
        return choice

    def outliers(self, choice: _Choice) -> NDArray[np.bool_]:
        """Words whose leave-one-out residual is out of all proportion, along or across the text."""
        every = slice(None)
        kernel = self._warp(choice.warp, every)
        along = kernel + self._line(choice.line, every) + self.marks
        along += np.diag(self.sigma2 + choice.noise**2)
        across = kernel + self.same_line * 0.1**2 + np.diag(self.sigma2 + 0.08**2)
        out: NDArray[np.bool_] = np.abs(_leave_one_out(along, self.along)) > _GATE
        out |= np.abs(_leave_one_out(across, self.across)) > _GATE + 1
        return out

    def solve(self, choice: _Choice) -> SoftSymbols:
        every = slice(None)
        warp = self._warp(choice.warp, every)
        covariance = warp + self._line(choice.line, every) + self.marks
        covariance += np.diag(self.sigma2 + choice.noise**2)
        factor = cho_factor(covariance, lower=True)
        weighted = cho_solve(factor, self.along)
        half = solve_triangular(factor[0], self.response, lower=True)
        gain = (half * half).sum(0)  # R_j' C^-1 R_j
        page = self.page
        # Given the symbol b, R_j'C^-1(y - R mean) has mean gain·(b - mean) and variance
        # gain - variance·gain²: everything but symbol j is noise.
        spread = np.maximum(gain * (1 - page.variance * gain), 1e-12)
        projected = self.response.T @ weighted + page.mean * gain
        seen = gain > 1e-6
        value = np.where(seen, projected / np.sqrt(spread), 0.0)
        separation = np.where(seen, 2 * gain / np.sqrt(spread), 0.0)
        mark = np.full(len(self.used), np.nan)
        expected = self.response @ page.mean
        # What is left when warp, line and noise are taken away.
        mark[self.index] = self.marks @ weighted + expected
        noise = float(np.sqrt(np.median(self.sigma2) + choice.noise**2))
        return SoftSymbols(value, separation, mark, noise, self.used)


def _log_likelihood(covariance: Array, values: Array) -> float:
    try:
        factor = cho_factor(covariance, lower=True, check_finite=False)
    except np.linalg.LinAlgError:
        return -np.inf
    white = solve_triangular(factor[0], values, lower=True, check_finite=False)
    return float(-0.5 * white @ white - np.log(np.diag(factor[0])).sum())


def _leave_one_out(covariance: Array, values: Array) -> Array:
    inverse = np.linalg.inv(covariance)
    out: Array = (inverse @ values) / np.sqrt(np.maximum(np.diag(inverse), 1e-12))
    return out


class UndistortedReader:
    """Soft symbols of one page of a copy read back from its own file, where no capture lies between.

    Geometry and noise are the same for every copy, so the system is solved once; a copy then costs one
    product. `words` (n,) are those that are measured.
    """

    def __init__(self, page: PageModel, words: NDArray[np.bool_]) -> None:
        self.page, self.words = page, words
        count = len(words)
        system = _System(page, np.where(words[:, None], np.zeros((count, 2)), np.nan), np.zeros(count), words)
        every = slice(None)
        covariance = system._warp((0.0, 100.0), every) + system._line((0.01, 0.01), every) + system.marks
        covariance += np.diag(np.full(len(system.index), _FILE_NOISE**2))
        self._weights = cho_solve(cho_factor(covariance, lower=True), system.response)  # (k, m)
        self._expected = system.response @ page.mean
        self._gain = (system.response * self._weights).sum(0)
        self._spread = np.sqrt(np.maximum(self._gain * (1 - page.variance * self._gain), 1e-12))
        self.separation = np.where(self._gain > 1e-6, 2 * self._gain / self._spread, 0.0)

    def values(self, shift: Array) -> Array:
        """(m,) values for displacements (n, 2) in points as shown; see `SoftSymbols`."""
        along = (shift[self.words] * self.page.axes[self.words]).sum(1) - self._expected
        projected = (along - np.median(along)) @ self._weights + self.page.mean * self._gain
        out: Array = np.where(self._gain > 1e-6, projected / self._spread, 0.0)
        return out


def predicted_separation(
    page: PageModel, words: NDArray[np.bool_], noise: float, warp: tuple[float, float], line: float
) -> Array:
    """(m,) separation of every symbol if the chosen `words` (n,) are read with these disturbances.

    `noise` pt a word, `warp` standard deviation and length in pt, `line` standard deviation of a line's
    offset and slope in pt. For forecasts.
    """
    if words.sum() < _MIN_WORDS:
        return np.zeros(page.response.shape[1])
    count = len(words)
    system = _System(page, np.where(words[:, None], np.zeros((count, 2)), np.nan), np.zeros(count), words)
    return system.solve(_Choice(warp, (line, line), noise)).separation
