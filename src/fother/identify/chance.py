"""How probable it is that somebody who never saw a document writes something that agrees with it as well.

The probability is the expected number of such agreements, as for local alignments of sequences (Karlin &
Altschul, "Methods for assessing the statistical significance of molecular sequence features", PNAS 87, 1990):

    E = K · m · n · exp(-λ S),    P = 1 - exp(-E)

`m` letters of the leak times `n` letters of the registry are the places where an agreement may begin. `S` is
what the agreement says, in nats: the information of the letters that agree, less a penalty for each place
where the texts differ, because a difference may stand at many places and be many letters. Letters of an
alphabet are counted word by word with an upper limit, since the end of a long word says little; and the
second, third … time a word stands in a passage it counts a half, a third … Written English has about one bit
a letter (Shannon, "Prediction and entropy of printed English", 1951); `LETTER` is above that and makes up for
how rarely the search proposes all places. `LETTER`, `WORD` and `DIFFERENCE` were chosen on 837 English
excerpts by other authors against 10,000 documents (86 million characters). On 3,390 others, against 173
million characters (`python bench/no_match.py`), coincidences of at most 0.1, 0.01, 0.001 were stated for
0.03 %, 0.03 % and none; that confirms nothing below 0.001. Authors who write the same formulae as the
registry (another office of the same agency) agree with it more often than that: see `sharing` and `habits`.
λ and K are 1. Signs of Chinese, Japanese and Korean, and other languages, are not calibrated.

Several passages of one document are taken together as in Karlin & Altschul, "Applications and statistics for
multiple high-scoring segments", PNAS 90, 1993: all but the best only choose a place within that document.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fother.identify.alignment import SHORTEST_RUN, Alignment
from fother.identify.letters import Letters

ACCEPTED = 1e-4  #: a match counts as one when its coincidence is at most this
LETTER = 1.0  #: nats of a letter of an alphabet within a word
WORD = 5.0  #: nats, most that a word counts
SIGN = 2.5  #: nats of an ideograph or a syllable sign
DIFFERENCE = 1.0  #: nats lost by each place where the texts differ
MISREAD = 0.7  #: the same in text recognised in a picture, where misread letters are expected
DIFFERING = 0.1  #: nats lost by each further letter there
DECAY = 1.0  #: λ
PLACES = 1.0  #: K
_LONGEST_WORD = 24  #: letters; a longer run is a script without spaces, where no word ends
_LONG = 4000  #: letters; a passage so long needs no count of repeated words


def information(document: Letters) -> NDArray[np.float64]:
    """(n,) nats that each letter of a document says when a leak agrees with it."""
    if not len(document):
        return np.zeros(0)
    length = np.bincount(document.word - document.word[0])
    each = np.where(length > _LONGEST_WORD, LETTER, np.minimum(LETTER * length, WORD) / np.maximum(length, 1))
    nats: NDArray[np.float64] = each[document.word - document.word[0]]
    nats[document.sign] = SIGN
    return nats


def agreement(found: Alignment, document: Letters, nats: NDArray[np.float64]) -> NDArray[np.float64]:
    """(document letters of the passage,) nats of the letters that agree, 0 where they differ.

    `nats` is `information(document)`. Repeated words of a passage count ever less.
    """
    start, end = found.document
    gained = np.zeros(end - start)
    for place, length in found.runs[:, 1:].tolist():
        if length >= SHORTEST_RUN or document.sign[place]:
            gained[place - start : place - start + length] = nats[place : place + length]
    if end - start <= _LONG:
        word = document.word[start:end]
        begins = np.flatnonzero(np.concatenate(([True], np.diff(word) > 0)))
        ends = np.concatenate((begins[1:], [end - start]))
        seen: dict[str, int] = {}
        for first, last in zip(begins.tolist(), ends.tolist(), strict=True):
            text = document.text[start + first : start + last]
            times = seen[text] = seen.get(text, 0) + 1
            if times > 1:
                gained[first:last] /= times
    return gained


def penalty(found: Alignment, recognised: bool) -> float:
    """Nats that the differences within an alignment cost."""
    place = MISREAD if recognised else DIFFERENCE
    return place * found.differences + DIFFERING * (found.differing - found.differences)


def log_expected(nats: float, leak_letters: int, searched_letters: int) -> float:
    """Natural logarithm of E: expected number of accidental agreements worth `nats` or more."""
    places = math.log(PLACES) + math.log(max(1, leak_letters)) + math.log(max(1, searched_letters))
    return places - DECAY * nats


def log_probability(log_expectation: float) -> float:
    """Natural logarithm of 1 - exp(-E); never above 0."""
    if log_expectation > 3.0:
        return 0.0
    return math.log(-math.expm1(-math.exp(log_expectation))) if log_expectation > -30 else log_expectation


def together(nats: Sequence[float], leak_letters: int, registry_letters: int, document_letters: int) -> float:
    """Natural logarithm of the probability of several passages of one document together.

    The best passage chose the document among all of the registry. Each further one multiplies by its own
    expected number within this document; choosing how many to take costs a factor of two for each.
    """
    ordered = sorted(nats, reverse=True)
    if not ordered:
        return 0.0
    total = log_expected(ordered[0], leak_letters, registry_letters)
    for further in ordered[1:]:
        gain = log_expected(further, leak_letters, document_letters) + math.log(2)
        if gain >= 0:
            break
        total += gain
    return log_probability(total)
