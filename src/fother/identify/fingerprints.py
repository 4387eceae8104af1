"""Keyed hashes of a text's character k-grams and of its words.

A k-gram is the shortest run of folded characters that carries about as much information as ten Latin letters:
four ideographs, five Hangul syllables, seven kana. One in four is kept, by its own hash value ("0 mod p" of
Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003), so that leak and document keep the same ones. All hashes
are mixed with a secret key: without it nobody can find out from an index which words a document holds by
hashing guesses.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.identify.folding import CodePoints, Folded, fold

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]

SAMPLING = 4  #: one k-gram in so many is kept

_INFORMATION = 60  # of a k-gram, in the units of _WEIGHTS
# (first code point, weight of a character from here on)
_WEIGHTS = (
    (0x0000, 6),
    (0x0590, 7),  # Hebrew, Arabic, Syriac: consonants only
    (0x0900, 6),
    (0x1100, 12),  # Hangul
    (0x1200, 9),  # Ethiopic: syllables
    (0x1400, 6),
    (0x2E80, 15),  # ideographs and their parts
    (0x3040, 9),  # kana
    (0x3130, 12),
    (0x31A0, 15),
    (0xA000, 12),  # Yi: syllables
    (0xA4D0, 6),
    (0xAC00, 12),  # Hangul
    (0xD7B0, 6),
    (0xF900, 15),
    (0xFB00, 6),
    (0x1B000, 9),
    (0x1B300, 6),
    (0x20000, 15),
    (0x40000, 6),
)
_FROM = np.array([start for start, _ in _WEIGHTS], np.uint32)
_WEIGHT = np.array([weight for _, weight in _WEIGHTS], np.int64)

# Scripts written without spaces: their "words" are runs of this many characters.
_UNSPACED = (
    (0x0E00, 3),  # Thai, Lao
    (0x0F00, 0),
    (0x1000, 3),  # Myanmar
    (0x10A0, 0),
    (0x1780, 3),  # Khmer
    (0x1800, 0),
    (0x2E80, 2),  # ideographs and kana
    (0x3130, 0),
    (0x31A0, 2),
    (0xA000, 0),
    (0xF900, 2),
    (0xFB00, 0),
    (0x1B000, 2),
    (0x1B300, 0),
    (0x20000, 2),
    (0x40000, 0),
)
_UNSPACED_FROM = np.array([0, *(start for start, _ in _UNSPACED)], np.uint32)
_UNSPACED_RUN = np.array([0, *(run for _, run in _UNSPACED)], np.int64)

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_LONGEST_RUN = 64  #: letters of a word that count
_BLOCK = 1 << 15


def _powers(base: np.uint64) -> Hashes:
    powers = np.full(_BLOCK + _LONGEST_RUN, base)
    powers[0] = 1
    return np.multiply.accumulate(powers)


_POWER, _UNPOWER = _powers(_BASE), _powers(_INVERSE)


@dataclass(frozen=True)
class Marks:
    """Hashes of stretches of a text and where they stand: parallel arrays of length n, in text order."""

    hash: Hashes
    offset: Numbers  #: code points of the text
    end: Numbers  #: behind the stretch's last character

    def __len__(self) -> int:
        return len(self.hash)

    def part(self, first: int, last: int) -> Marks:
        return Marks(self.hash[first:last], self.offset[first:last], self.end[first:last])


@dataclass(frozen=True)
class Hasher:
    """The secret of one registry as the numbers that its hashes are mixed with."""

    letters: np.uint64
    kgrams: np.uint64
    words: np.uint64

    @classmethod
    def of(cls, key: bytes) -> Hasher:
        def secret(purpose: bytes) -> np.uint64:
            digest = hashlib.blake2b(purpose, key=hashlib.sha256(key).digest(), digest_size=8).digest()
            return np.uint64(int.from_bytes(digest, "little"))

        return cls(secret(b"letters"), secret(b"k-grams"), secret(b"words"))

    def fingerprints(self, text: str) -> Marks:
        """One in four of the text's k-grams over letters and digits, look-alikes made one."""
        folded = fold(text, shapes=True)
        start, end = _kgrams(folded.characters)
        marks = self._runs(folded, start, end, self.kgrams)
        chosen = np.flatnonzero(marks.hash & np.uint64(SAMPLING - 1) == 0)
        return Marks(marks.hash[chosen], marks.offset[chosen], marks.end[chosen])

    def tokens(self, text: str) -> Marks:
        """The text's words, folded; of scripts without spaces the overlapping runs of 2 or 3 characters.

        Words of one character are left out.
        """
        folded = fold(text)
        start, end = _words(folded)
        return self._runs(folded, start, end, self.words)

    def _runs(self, folded: Folded, start: Numbers, end: Numbers, secret: np.uint64) -> Marks:
        """Hashes of the runs start…end of folded characters, by prefix sums of a polynomial modulo 2**64."""
        if len(start) == 0:
            nothing = np.zeros(0, np.int64)
            return Marks(np.zeros(0, np.uint64), nothing, nothing)
        hashes = np.empty(len(start), np.uint64)
        # Block by block, which stays in the processor's cache and lets the powers be worked out once.
        first = 0
        while first < len(start):
            at = int(start[first])
            last = int(np.searchsorted(start, at + _BLOCK))
            values = _mix(folded.characters[at : at + _BLOCK + _LONGEST_RUN].astype(np.uint64) ^ self.letters)
            prefix = np.zeros(len(values) + 1, np.uint64)
            np.cumsum(values * _POWER[: len(values)], out=prefix[1:])
            begins = start[first:last] - at
            sums = prefix[end[first:last] - at] - prefix[begins]
            hashes[first:last] = _mix(sums * _UNPOWER[begins] ^ secret)
            first = last
        return Marks(hashes, folded.offset[start], folded.offset[end - 1] + 1)


def _mix(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable random numbers, 2014)."""
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _kgrams(characters: CodePoints) -> tuple[Numbers, Numbers]:
    """Starts and ends of the shortest runs that carry a k-gram's information, one for each start."""
    if len(characters) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if int(characters.max()) < int(_FROM[1]):
        k = -(-_INFORMATION // int(_WEIGHT[0]))
        start = np.arange(max(0, len(characters) - k + 1))
        return start, start + k
    weight = _WEIGHT[np.searchsorted(_FROM, characters, side="right") - 1]
    upto = np.concatenate(([0], np.cumsum(weight)))
    end = np.searchsorted(upto, upto[:-1] + _INFORMATION)
    start = np.flatnonzero(end < len(upto))
    return start, end[start]


def _words(folded: Folded) -> tuple[Numbers, Numbers]:
    """Starts and ends of words, or of the overlapping runs that stand for words where there are no spaces."""
    n = len(folded)
    if n == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    run = _UNSPACED_RUN[np.searchsorted(_UNSPACED_FROM, folded.characters, side="right") - 1]
    first = folded.word_start.copy()
    first[1:] |= run[1:] != run[:-1]
    start = np.flatnonzero(first)
    end = np.append(start[1:], n)
    cut = np.minimum(end, start + _LONGEST_RUN)
    if not run.any():
        long = end - start > 1
        return start[long], cut[long]
    belongs = np.cumsum(first) - 1
    here = np.arange(n)
    inside = (run > 0) & (here + run <= end[belongs])
    spaced = (run[start] == 0) & (end - start > 1)
    starts = np.concatenate((start[spaced], here[inside]))
    ends = np.concatenate((cut[spaced], here[inside] + run[inside]))
    order = np.argsort(starts, kind="stable")
    return starts[order], ends[order]
