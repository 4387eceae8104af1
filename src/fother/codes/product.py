"""Matrix products cut so small that BLAS starts no threads of its own.

OpenBLAS does from about 2^18 (matrix) or 9,216 (vector) multiplications on. Under threads of ours, or beside
other busy processes, those wait for each other: up to 30 times slower was measured on two cores.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DEPTH = 128  #: the inner dimension must be a multiple of this
_MATRIX, _VECTOR, _WIDE = 2**18, 9_000, 64


def product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """left (r, K) @ right (K, c), K a multiple of 128."""
    rows, length = left.shape
    wide = min(_WIDE, right.shape[1])
    most = _VECTOR if wide == 1 else _MATRIX
    depth = DEPTH
    while length % (2 * depth) == 0 and rows * 2 * depth * wide <= most:
        depth *= 2
    high = max(1, most // (depth * wide))
    layers = right.reshape(-1, depth, right.shape[1])
    out = np.empty((rows, right.shape[1]), dtype=np.float32)
    for top in range(0, rows, high):
        part = left[top : top + high]
        stack = part.reshape(len(part), -1, depth).transpose(1, 0, 2)
        for side in range(0, right.shape[1], wide):
            tile = np.matmul(stack, layers[:, :, side : side + wide]).sum(axis=0)
            out[top : top + high, side : side + wide] = tile
    return out
