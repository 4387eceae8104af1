"""How likely a difference is a slip of a recogniser or of somebody who retyped, and not an alteration.

Every difference has two explanations. Noise: each character goes wrong at some rate, more often into one
of like shape; the rate is measured on the very leak (words that became no words), sharpened near the place
and by the recogniser's own confidence. Alteration: rare, but then one of the few texts that an alterer
would choose. Bayes' rule gives the probability of the second, which is the confidence of the change. The
constants are orders of magnitude; `bench/alterations.py` measures what they lead to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log10

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fother.identify.compare.normal import without_accents

_SHAPES = ("0oOQDCGUu", "1lIi|!tjfrJTL7", "5sS$", "8B3S&R", "6bGh", "2zZ", "9gqy", "cCeoGa", "vyuwVYn",
           "nuhrmai", "ft", "aoesu", "hbkn", "ijl;", "wv", "EFB", "PFR", "MNHW", "OQCGD", "KXk",
           "eaocs")  # fmt: skip
_DIGITS = ("38", "68", "56", "17", "06", "08", "09", "49", "27", "35", "14", "39", "58")
_LIKE = frozenset(
    one + other for group in (*_SHAPES, *_DIGITS) for one in group for other in group if one != other
)
_PAIRS = frozenset(
    {("rn", "m"), ("vv", "w"), ("cl", "d"), ("ri", "n"), ("li", "h"), ("ii", "u"), ("in", "m"), ("nn", "m"),
     ("ni", "m"), ("fi", "n"), ("lt", "k"), ("tt", "u"), ("ll", "u"), ("lc", "k"), ("l<", "k"), ("iii", "m"),
     ("oe", "œ"), ("ae", "æ"), ("ss", "ß"), ("tl", "d"), ("cI", "d"), ("ti", "u"), ("lo", "b"), ("il", "h")}
)  # fmt: skip

WINDOW = 15  # tokens to each side that tell the noise of a place
#: chance that an alterer made exactly this change at this place
ALTERATION = {
    "entity": 2e-4,  # another number or date
    "list": 1e-4,  # a word of the lists: negation, certainty, reversal, marking
    "name": 2e-5,  # another name
    "known": 5e-6,  # another word of the document's vocabulary
    "unknown": 1e-7,  # another string
}
CLEAN = 1e-3  # rate of wrong characters of text that was neither recognised nor retyped
#: … or took out or put in something of this kind; recognisers lose and invent lone figures in tables
OMISSION = {"fact": 0.01, "phrase": 3e-3, "word": 3e-4, "figure": 1e-4}


@lru_cache(maxsize=100_000)
def _edits(one: str, other: str) -> tuple[float, int]:
    """Least weighted edits between two words: sum of log10 shares of the kinds of slip, number of slips."""
    n, m = len(one), len(other)
    # one step of each kind is rate × share; the count is weighed as if the rate were 1 %
    best = [[(1e9, 0.0, 0)] * (m + 1) for _ in range(n + 1)]
    best[0][0] = (0.0, 0.0, 0)

    def step(before: tuple[float, float, int], share: float) -> tuple[float, float, int]:
        return before[0] + 2 - share, before[1] + share, before[2] + 1

    for i in range(n + 1):
        for j in range(m + 1):
            found = best[i][j]
            if i and j:
                a, b = one[i - 1], other[j - 1]
                before = best[i - 1][j - 1]
                if a == b or a.casefold() == b.casefold():
                    found = min(found, before)
                else:
                    found = min(found, step(before, -0.6 if a + b in _LIKE else -1.6))
                for x in (2, 3):
                    if i >= x and (one[i - x : i], b) in _PAIRS:
                        found = min(found, step(best[i - x][j - 1], -0.6))
                    if j >= x and (other[j - x : j], a) in _PAIRS:
                        found = min(found, step(best[i - 1][j - x], -0.6))
            if i:
                found = min(found, step(best[i - 1][j], -0.8))
            if j:
                doubled = (j > 1 and other[j - 2] == other[j - 1]) or (j < m and other[j] == other[j - 1])
                found = min(found, step(best[i][j - 1], -0.8 if doubled else -1.9))
            best[i][j] = found
    return best[n][m][1], best[n][m][2]


def slip_log10(one: str, other: str, rate: float) -> float:
    """log10 of the chance that `one` is read as exactly `other` when a character goes wrong at this rate."""
    if one == other or without_accents(one) == without_accents(other):
        return 0.0
    if abs(len(one) - len(other)) > 12 or max(len(one), len(other)) > 40:
        return -30.0
    shares, count = _edits(one, other)
    return shares + count * log10(rate)


@dataclass(frozen=True)
class Noise:
    """Wrong characters along a leak: running sums over its tokens, (n_tokens + 1,), of `slips` (characters
    that went wrong in words that are no words) and `characters` (compared at all); `legible` (n_tokens,)
    is the recogniser's confidence, 0…1, and 1 for text that was not recognised."""

    slips: NDArray[np.float64]
    characters: NDArray[np.float64]
    legible: NDArray[np.float64]
    recognised: bool

    def at(self, j0: int, j1: int) -> float:
        """Rate of wrong characters at tokens j0…j1, as the rest of the leak and most the vicinity show."""
        last = len(self.legible)
        j0, j1 = min(j0, last), min(max(j1, j0), last)
        prior = 1.0 if self.recognised else 0.01
        own = float(self.slips[j1] - self.slips[j0]), float(self.characters[j1] - self.characters[j0])
        overall = (float(self.slips[-1]) - own[0] + prior) / (float(self.characters[-1]) - own[1] + 1000.0)
        low, high = max(0, j0 - WINDOW), min(last, j1 + WINDOW)
        near = float(self.slips[high] - self.slips[low] - own[0])
        seen = float(self.characters[high] - self.characters[low] - own[1])
        rate = float(max((near + 150 * overall) / (seen + 150), 0.7 * overall))
        if self.recognised and j1 > j0:
            rate += 0.05 * (1.0 - float(self.legible[j0:j1].min())) ** 2
        return float(min(max(rate, 1e-6), 0.3))

    def dropped_log10(self, lengths: Sequence[int], j: int, whole_lines: bool) -> float:
        """log10 of the chance that words of these lengths were overlooked at leak token j."""
        rate = self.at(j, j + 1)
        base = 2e-4 if self.recognised else 1e-6
        total = 0.0
        for length in lengths[:8]:
            total += log10(min(0.5, base + 0.05 * rate + (0.5 * rate if length <= 2 else 0.0) + rate**length))
        if whole_lines and self.recognised:
            total = max(total, -3.0)
        return total

    def junk_log10(self, words: Sequence[tuple[int, bool]], j: int) -> float:
        """log10 of the chance that these words, (length, known), were read where nothing is."""
        rate = self.at(j, j + len(words))
        total = 0.0
        for place, (length, known) in enumerate(words[:8]):
            unsure = 1.0 - float(self.legible[j + place]) if j + place < len(self.legible) else 0.0
            base = 0.02 if length <= 2 else 3e-4 if known else 5e-3
            if not self.recognised:
                base = rate * 0.05
            total += log10(min(0.5, base + 0.2 * rate * (1 if length <= 2 else 0.02) + 0.1 * unsure**2))
        return total


def alteration(rank: str, document: str, leak: str, rate: float, recognised: bool) -> float:
    """Chance that an alterer wrote exactly `leak` for `document`, by the rank of the replacement.

    A string that is no known word gets rarer with every letter, so that one which looks like the document's
    word is noise; only where hardly any character goes wrong is a small difference of names believed. Of
    figures there are ten times as many with every digit that differs, and few change their length.
    """
    share = ALTERATION[rank]
    noisy = recognised or rate > CLEAN
    if rank in ("name", "unknown") and noisy:
        share = min(share, float(10.0 ** (-3 - len(leak))))
    if rank == "entity" and noisy:
        wrong = max(1, Levenshtein.distance(document, leak))
        share *= float(10.0 ** (1 - min(wrong, 4))) * (0.3 if len(document) != len(leak) else 1.0)
    return share


def probability(altered: float, noise_log10: float) -> float:
    """Bayes' rule for the two explanations, 0…1."""
    return altered / (altered + float(10.0 ** max(noise_log10, -30.0)))


def measured(
    slips: NDArray[np.float64],
    characters: NDArray[np.float64],
    legible: NDArray[np.float64],
    recognised: bool,
) -> Noise:
    """Noise of a leak from the characters of each token and how many of them slipped, (n_tokens,) each."""
    start = np.zeros(1)
    return Noise(
        np.concatenate((start, np.cumsum(slips))),
        np.concatenate((start, np.cumsum(characters))),
        legible,
        recognised,
    )
