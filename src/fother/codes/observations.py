"""What the carriers of a leak look like, reduced to one Gaussian value each.

Observations must be made against the unmarked original, never against candidate copies: the proof that no
innocent copy is named (see `decoder`) rests on nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import UsageError

#: a carrier is misread with at least this probability, whatever its noise seems to be
READ_ERROR = 1e-3
#: separation given to a carrier read without noise: even five averaged levels stay apart
NOISE_FREE = 20.0


def relative_likelihood(
    value: NDArray[np.float64], separation: NDArray[np.float64], levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Likelihood of levels (arrays that broadcast) up to a factor, in [READ_ERROR, 1]: see `Observations`."""
    z = value - (2 * levels - 1) * separation / 2
    return np.asarray((1 - READ_ERROR) * np.exp(-0.5 * z * z) + READ_ERROR)


@dataclass(frozen=True)
class Observations:
    """Parallel arrays of length k, one entry for each carrier read.

    The model of entry j is y_j | λ ~ N((2λ - 1)·d_j/2, 1), λ being the share of the combined copies that
    carry symbol 1 there: 0 or 1 for one copy, ½ for the unmarked original unless `original` says otherwise.
    Raises `UsageError` when arrays differ in length, positions do not increase or a number is not finite.
    """

    position: NDArray[np.int64]  #: carrier columns, strictly increasing
    value: NDArray[np.float64]  #: y
    separation: NDArray[np.float64]  #: d ≥ 0; 0 means erased
    block: NDArray[np.int32]  #: line of the carrier, any numbering
    page: NDArray[np.int32]  #: page of the carrier, any numbering
    original: NDArray[np.float64] | None = None  #: level of the unmarked original, default ½

    def __post_init__(self) -> None:
        for name, kind in (("position", np.int64), ("value", np.float64), ("separation", np.float64),
                           ("block", np.int32), ("page", np.int32)):  # fmt: skip
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind).reshape(-1))
        level = np.full(len(self.position), 0.5) if self.original is None else self.original
        object.__setattr__(self, "original", np.asarray(level, dtype=np.float64).reshape(-1))
        sizes = {len(a) for a in (self.position, self.value, self.separation, self.block, self.page, level)}
        if len(sizes) != 1:
            raise UsageError("The arrays of observations differ in length; give one entry for each carrier.")
        if len(self.position) and (self.position[0] < 0 or np.any(np.diff(self.position) <= 0)):
            raise UsageError(
                "Carrier positions must be ≥ 0 and strictly increase; combine repeated readings."
            )
        if not (np.isfinite(self.value).all() and np.isfinite(self.separation).all()):
            raise UsageError("Observations must be finite numbers; leave out carriers that were not read.")
        if np.any(self.separation < 0):
            raise UsageError("Separations must be ≥ 0; turn the sign of the value instead.")

    def __len__(self) -> int:
        return len(self.position)

    @classmethod
    def empty(cls) -> Observations:
        """No carrier read."""
        return cls.hard([], [])

    @classmethod
    def hard(
        cls,
        position: ArrayLike,
        symbol: ArrayLike,
        block: ArrayLike | None = None,
        page: ArrayLike | None = None,
        *,
        error: float = READ_ERROR,
        original: ArrayLike | None = None,
    ) -> Observations:
        """Observations of symbols that were read as such; `error` is the probability of a wrong one (< ½)."""
        if not 0 <= error < 0.5:
            raise UsageError(f"The probability of a read error lies in [0, 0.5), not {error}.")
        where = np.asarray(position, dtype=np.int64).reshape(-1)
        d = NOISE_FREE if error <= READ_ERROR else math.sqrt(2 * math.log((1 - error) / error))
        level = 2 * np.asarray(symbol, dtype=np.float64).reshape(-1) - 1
        zeros = np.zeros(len(where), dtype=np.int32)
        return cls(
            position=where,
            value=level * d / 2,
            separation=np.full(len(where), d),
            block=zeros if block is None else np.asarray(block, dtype=np.int32),
            page=zeros if page is None else np.asarray(page, dtype=np.int32),
            original=None if original is None else np.asarray(original, dtype=np.float64),
        )

    @classmethod
    def combine(cls, parts: Sequence[Observations]) -> Observations:
        """All readings of one leak as one: (Σ d·y)/√Σd² with separation √Σd² where a carrier was read twice.

        That is the sufficient statistic when the readings show the same symbol with independent noise.
        """
        if not parts:
            return cls.empty()
        every = np.concatenate([part.position for part in parts])
        where, first, inverse = np.unique(every, return_index=True, return_inverse=True)
        y = np.concatenate([part.value for part in parts])
        d = np.concatenate([part.separation for part in parts])
        power = np.bincount(inverse, d * d, len(where))
        total = np.sqrt(power)
        summed = np.bincount(inverse, d * y, len(where))
        value = np.divide(summed, total, out=np.zeros(len(where)), where=total > 0)
        return cls(
            position=where,
            value=value,
            separation=total,
            block=np.concatenate([part.block for part in parts])[first],
            page=np.concatenate([part.page for part in parts])[first],
            original=np.concatenate([part.levels_of_original for part in parts])[first],
        )

    @classmethod
    def together(cls, measured: Sequence[Observations], read: Sequence[Observations] = ()) -> Observations:
        """All that one leak shows, as it is decoded and kept: fitted without any codeword, in thousandths.

        The noise of what was `measured` is fitted over all of it; what was `read` as letters has its own
        error rate and is left as it is.
        """
        return cls.combine([cls.combine(measured).refit(), *read]).in_thousandths()

    @property
    def levels_of_original(self) -> NDArray[np.float64]:
        """(k,) level of the unmarked original."""
        return np.full(len(self), 0.5) if self.original is None else self.original

    def select(self, chosen: NDArray[np.bool_]) -> Observations:
        """The entries where `chosen` (k,) is true."""
        return Observations(
            self.position[chosen], self.value[chosen], self.separation[chosen], self.block[chosen],
            self.page[chosen], self.levels_of_original[chosen],
        )  # fmt: skip

    def shifted(self, columns: int, groups: int = 0) -> Observations:
        """The same for a part of a longer code that begins at column `columns`; `groups` ≥ 0 keeps lines and
        pages of several parts apart."""
        return Observations(
            self.position + columns, self.value, self.separation, self.block + groups, self.page + groups,
            self.levels_of_original,
        )  # fmt: skip

    def likelihood(self, levels: ArrayLike) -> NDArray[np.float64]:
        """Likelihood of each level up to a factor per carrier: (k, len(levels)), in [READ_ERROR, 1].

        Gaussian plus a flat background of height `READ_ERROR`: no carrier can count more than such a read
        error allows, and a value far from every level counts for none (a redescending estimate).
        """
        return self._likelihood(np.asarray(levels, dtype=np.float64)[None, :])

    def likelihood_of_original(self) -> NDArray[np.float64]:
        """Likelihood of the unmarked original on the same scale: (k,)."""
        return self._likelihood(self.levels_of_original[:, None])[:, 0]

    def _likelihood(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        return relative_likelihood(self.value[:, None], self.separation[:, None], levels)

    def in_thousandths(self) -> Observations:
        """The observations as they are kept and handed on: values and separations rounded to thousandths.

        Decoding starts from these, so that whoever has the kept numbers gets the very same scores.
        """
        return Observations(
            self.position, np.round(self.value, 3), np.round(self.separation, 3), self.block, self.page,
            self.levels_of_original,
        )  # fmt: skip

    def refit(self) -> Observations:
        """Observations whose noise and contrast are fitted from the values alone.

        Noise level ν and contrast s maximise the likelihood of y under ½N(±s·d/2, ν²) plus background, with
        a weak prior around 1 for both (where d is small and even, only their product with d can be seen).
        Uses no codeword, so it keeps every guarantee; it costs nothing when the noise was judged rightly.
        """
        if len(self) < 20 or not np.any(self.separation > 0):
            return self
        grid = np.geomspace(0.4, 2.5, 23)
        best, scale = -math.inf, (1.0, 1.0)
        for noise in grid:
            y = np.abs(self.value) / noise
            for contrast in grid:
                half = contrast * self.separation / (2 * noise)
                density = np.exp(-0.5 * (y - half) ** 2) + np.exp(-0.5 * (y + half) ** 2)
                fit = np.log((density * (1 - READ_ERROR) / 2 + READ_ERROR) / noise).sum()
                fit -= 2 * (math.log(noise) ** 2 + math.log(contrast) ** 2)
                if fit > best:
                    best, scale = fit, (noise, contrast)
        noise, contrast = scale
        return Observations(
            self.position, self.value / noise, self.separation * contrast / noise, self.block, self.page,
            self.levels_of_original,
        )  # fmt: skip
