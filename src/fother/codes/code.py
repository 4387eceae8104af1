"""The fingerprinting code: keyed biases and codewords that are derived, never stored.

A bias-based (Tardos) code: carrier j has a secret probability p_j, and copy i carries symbol 1 there with
probability p_j, independently of every other copy and carrier. Sources: Tardos, "Optimal probabilistic
fingerprint codes" (STOC 2003); discrete bias supports: Nuida et al., "An improvement of discrete Tardos
fingerprinting codes" (Des. Codes Cryptogr. 2009); key derivation: RFC 5869; keystream: NIST SP 800-38A.

Layout of the keystream. Probabilities are multiples of 2^-b, so a symbol is a comparison U < T of two b-bit
numbers. Carriers are taken in groups of 128; copy i owns the AES blocks i·stride … (i+1)·stride - 1, which
hold the bit planes of U one after the other, most significant first, one block per group. Any copy and any
group can be computed on its own, and a copy keeps its codeword however many copies are made.
"""

from __future__ import annotations

import sys

import numpy as np
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from numpy.typing import NDArray

from ..errors import UsageError

#: resistance → (bits per symbol b, {T: share of the carriers}); p = T / 2^b
SUPPORTS: dict[int, tuple[int, dict[int, float]]] = {
    1: (1, {1: 1.0}),
    3: (2, {1: 0.45, 2: 0.10, 3: 0.45}),
    5: (4, {3: 0.40, 8: 0.20, 13: 0.40}),
    8: (3, {1: 0.40, 4: 0.20, 7: 0.40}),
}
GROUP = 128  #: carriers of one AES block


class FingerprintingCode:
    """The code of one document.

    `key` is 32 secret bytes, `length` the number of carriers (≥ 0), `resistance` the coalition size the
    biases are made for: 1 (p = ½), 3, 5 or 8. Another length or resistance gives an unrelated code even
    under the same key. `even` (length,) are columns with p = ½ whatever the resistance: where carriers are
    scarce and read without noise, each must tell as much as it can. Raises `UsageError` for anything else.
    """

    def __init__(
        self, key: bytes, length: int, resistance: int = 3, even: NDArray[np.bool_] | None = None
    ) -> None:
        if len(key) != 32:
            raise UsageError(f"A code key has 32 bytes, not {len(key)}.")
        if length < 0:
            raise UsageError(f"A code has 0 or more carriers, not {length}.")
        if resistance not in SUPPORTS:
            raise UsageError(f"Resistance is one of {', '.join(map(str, SUPPORTS))}, not {resistance}.")
        self.length = length
        self.resistance = resistance
        self.planes, support = SUPPORTS[resistance]
        self.groups = -(-length // GROUP)
        self._stride = self.groups * self.planes
        shape = f"{resistance}|{length}".encode()
        self._codeword_key = _derive(key, b"fother fingerprinting code v1|codeword|" + shape)
        bias_key = _derive(key, b"fother fingerprinting code v1|bias|" + shape)
        thresholds = np.array(list(support), dtype=np.int64)
        uniform = np.frombuffer(_keystream(bias_key, 8 * length), "<u8") / 2.0**64
        cumulated = np.cumsum(list(support.values()))[:-1]
        self._threshold = thresholds[np.searchsorted(cumulated, uniform, side="right")]
        if even is not None:
            if len(even) != length:
                raise UsageError(f"A code of {length} carriers has {length} flags, not {len(even)}.")
            self._threshold[even] = 1 << (self.planes - 1)  # a value of every support
        #: (length,) probability of symbol 1
        self.probabilities: NDArray[np.float64] = self._threshold / 2.0**self.planes
        self.probabilities.setflags(write=False)
        self._threshold_planes = self._pack_thresholds()

    @property
    def thresholds(self) -> NDArray[np.int64]:
        """(length,) T, from which `probabilities` are T / 2^planes."""
        return self._threshold

    def symbols(self, index: int) -> NDArray[np.uint8]:
        """Codeword of copy `index` ≥ 0: (length,) of 0 and 1."""
        packed = self.codewords(index, 1)
        return np.unpackbits(packed[0], bitorder="little")[: self.length]

    def codewords(self, first: int, count: int) -> NDArray[np.uint8]:
        """Packed codewords of `count` copies from `first` on: (count, 16·groups) uint8.

        Carrier j is bit j mod 8 (least significant first) of byte j // 8; bits past `length` are zero.
        """
        return self.packed(np.arange(first, first + count, dtype=np.int64))

    def packed(
        self, indices: NDArray[np.int64], groups: NDArray[np.int64] | None = None
    ) -> NDArray[np.uint8]:
        """Codewords of any copies at any groups of 128 carriers: (len(indices), 16·len(groups)) uint8."""
        which = np.arange(self.groups, dtype=np.int64) if groups is None else groups
        if len(indices) and int(indices.min()) < 0:
            raise UsageError("Copies are numbered from 0.")
        if len(indices) == 0 or len(which) == 0:
            return np.zeros((len(indices), 16 * len(which)), dtype=np.uint8)
        blocks = (np.arange(self.planes)[:, None] * self.groups + which).ravel()
        counters = np.zeros((len(indices), len(blocks), 2), dtype=np.int64)
        np.add(indices[:, None] * self._stride, blocks, out=counters[:, :, 1])
        if sys.byteorder == "little":
            counters.byteswap(inplace=True)
        # CTR mode spelled out as ECB over the counters, so that only the blocks needed are computed.
        cipher = Cipher(algorithms.AES(self._codeword_key), modes.ECB()).encryptor()  # noqa: S305
        buffer = np.empty(counters.nbytes + 15, dtype=np.uint8)
        cipher.update_into(counters.data.cast("B"), buffer.data)
        drawn = buffer[: counters.nbytes].view(np.uint64).reshape(len(indices), self.planes, -1)
        limit = self._threshold_planes[:, which].reshape(self.planes, -1)
        less = limit[-1] & ~drawn[:, -1]
        for plane in range(self.planes - 2, -1, -1):
            # U < T at this bit, or equal at this bit and less in the lower ones
            t, u = limit[plane], drawn[:, plane]
            np.bitwise_and(less, ~(t ^ u), out=less)
            np.bitwise_or(less, t & ~u, out=less)
        return np.asarray(less.view(np.uint8))

    def _pack_thresholds(self) -> NDArray[np.uint64]:
        """Bit planes of T: (planes, groups, 2) uint64 in memory order, most significant plane first."""
        padded = np.zeros(self.groups * GROUP, dtype=np.int64)
        padded[: self.length] = self._threshold
        planes = [
            np.packbits((padded >> (self.planes - 1 - k)) & 1, bitorder="little").view(np.uint64)
            for k in range(self.planes)
        ]
        return np.stack(planes).reshape(self.planes, self.groups, 2)


def _derive(key: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=label).derive(key)


def _keystream(key: bytes, size: int) -> bytes:
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(size))
