"""Scores of all copies: codewords are regenerated in pieces that fit the cache and summed up at once.

Two worker threads each make the symbols of a piece and multiply them with the weights (cipher, slicing,
unpacking and product release the interpreter). float32 is exact here: every partial sum is an integer
below 2^24. A 65,536-entry look-up per 16 carriers was measured for a single score: no faster once every
core is busy, and 80 MB larger.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from .code import GROUP, FingerprintingCode
from .product import product

_CELLS = 2**19  # symbols of one piece: 2 MB as float32

Progress = Callable[[float], None]


def scan(
    code: FingerprintingCode,
    copies: NDArray[np.int64],
    position: NDArray[np.int64],
    weights: NDArray[np.int64],
    progress: Progress | None = None,
) -> NDArray[np.int32]:
    """Integer scores Σ_j w_hj·x_ij: (H, n) int32.

    `copies` (n,) indices; `position` (k,) carrier columns; `weights` (H, k) with Σ_j|w_hj| < 2^24, else
    `UsageError`. Memory: the result and about 40 MB.
    """
    result = np.zeros((len(weights), len(copies)), dtype=np.int32)
    if weights.size == 0 or len(copies) == 0:
        return result
    if int(np.abs(weights).sum(axis=1).max()) >= 2**24:
        raise UsageError("Integer weights must sum to less than 2^24.")
    groups, columns = locate(position)
    factors = np.zeros((len(groups) * GROUP, len(weights)), dtype=np.float32)
    factors[columns] = weights.T
    rows = max(16, min(256, _CELLS // len(factors)))

    def add(start: int) -> None:
        packed = code.packed(copies[start : start + rows], groups)
        symbols = np.unpackbits(packed, axis=1, bitorder="little").astype(np.float32)
        result[:, start : start + rows] = product(symbols, factors).T

    starts = range(0, len(copies), rows)
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        for done, _ in enumerate(pool.map(add, starts), start=1):
            if progress is not None and (done % 64 == 0 or done == len(starts)):
                progress(done / len(starts))
    return result


def symbols_at(
    code: FingerprintingCode, copies: NDArray[np.int64], position: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Symbols of some copies at some carriers: (n, k) of 0 and 1."""
    groups, columns = locate(position)
    out = np.empty((len(copies), len(position)), dtype=np.uint8)
    rows = max(16, 2**22 // max(1, len(groups) * GROUP))
    for start in range(0, len(copies), rows):
        packed = code.packed(copies[start : start + rows], groups)
        out[start : start + rows] = np.unpackbits(packed, axis=1, bitorder="little")[:, columns]
    return out


def locate(position: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Groups of 128 carriers that hold the positions, and the column of each position among them."""
    groups = np.unique(position // GROUP)
    return groups, np.searchsorted(groups, position // GROUP) * GROUP + position % GROUP
