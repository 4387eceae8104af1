"""How far the registry's own language foretells the wording of a passage: a house's formulae say little.

A formula ("two extra copies of this letter are attached for forwarding to …") need not stand word for word in
many documents to be no evidence: its pieces do, in ever new combinations. So each step of a passage, from one
sampled k-gram to the next, some four letters on, is compared with all documents that hold the first one: how
many go on in the same way? That is a language model of bounded order with the registry as its text, read off
the index's postings (for such models, their discounts and interpolation see Chen & Goodman, "An empirical
study of smoothing techniques for language modeling", Computer Speech & Language 13, 1999):

    P(step) = p + (1 - p) · exp(-literal),    p = max(0, both - 1) / first

`first` documents hold the first k-gram, `both` of them go on as the passage does, `literal` is what the
letters of the step say to somebody who does not know the house. The document itself and those that hold a
good part of the passage are left out, up to a limit: versions and copies of one document are no habit. The
order is bounded by two k-grams, 14 to 24 letters: in a longer context a copied text would foretell itself.

Misread letters hide a formula, because their k-grams stand nowhere else. So letters that belong to no step
without differences are taken to be as foreseeable as those that do; `_PRIOR` nats of plain text are put on
the other scale, so that a few steps decide little. `HELD` and `_PRIOR` were chosen on excerpts of records
held out of a registry of 10,000 (`bench/no_match.py --seed 1`), and measured on others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fother.identify.fingerprints import Hasher
from fother.identify.segments import UNIT
from fother.identify.snapshot import Snapshot

HELD = 0.35  #: share of a passage's k-grams; a document that holds more may hold a copy of the passage
_PRIOR = 30.0  #: nats
#: A k-gram with more postings is not looked at, and no surprise; in a large index, than one in a hundred
#: documents, up to a bound.
_POSTINGS, _MOST_POSTINGS = 1024, 4096
_AT_MOST = 512  #: k-grams of a text that are looked up
_SHIFTS = (-1, 0, 1, 2)  #: how much further on the next k-gram may lie, in units of the index
_PLACE_BITS, _DOCUMENT_BITS = 22, 31


@dataclass(frozen=True)
class Steps:
    """From each sampled k-gram of a text to the next: parallel arrays of length n, in text order.

    `begin` and `end` are characters of the text: where the first k-gram starts and the second ends. `known`
    is where the first one ends: what stands from there to `end` is foretold with probability `foretold`.
    """

    begin: NDArray[np.int64]
    known: NDArray[np.int64]
    end: NDArray[np.int64]
    foretold: NDArray[np.float64]  #: p of the module's formula, 0…1


def steps(text: str, left_out: int, hasher: Hasher, snapshot: Snapshot) -> Steps:
    """The steps of a text (of a long one, its beginning) and how far documents of the index foretell them.

    Of the documents that hold more than `HELD` of it the best `left_out` do not count.
    """
    marks = hasher.fingerprints(text).part(0, _AT_MOST)
    if len(marks) < 2:
        nothing = np.zeros(0, np.int64)
        return Steps(nothing, nothing, nothing, np.zeros(0))
    most = max(_POSTINGS, min(_MOST_POSTINGS, len(snapshot) // 100))
    hashes, nth = np.unique(marks.hash, return_inverse=True)
    found = snapshot.look_up(hashes, most, 0)
    postings = found.count[nth]
    often = postings > most
    key = _keys(nth, found.asked, found.document, found.place)
    key = _without_copies(key, left_out, HELD * float((~often).sum()))
    first, both = _counted(key, len(marks))
    # How many go on from a k-gram that stands too often to be looked at: at most as many as hold the next.
    first = np.where(often, postings, first)[:-1]
    both = np.where(often[:-1], np.minimum(postings[1:], first), both[:-1])
    foretold = np.where(often[1:], 1.0, np.clip((both - 1) / np.maximum(first, 1), 0.0, 1.0))
    return Steps(marks.offset[:-1], marks.end[:-1], marks.end[1:], foretold)


def _keys(
    nth: NDArray[np.int64], asked: NDArray[np.int64], document: NDArray[np.int64], place: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Which mark stands in which document where, in one number each, sorted; `nth` (marks,) is its hash."""
    order = np.argsort(asked, kind="stable")
    begin = np.searchsorted(asked[order], np.arange(int(nth.max()) + 2))
    size = np.diff(begin)[nth]
    mark = np.repeat(np.arange(len(nth)), size)
    within = np.arange(len(mark)) - np.repeat(np.cumsum(size) - size, size)
    at = order[np.repeat(begin[:-1][nth], size) + within]
    key: NDArray[np.int64] = (mark << _DOCUMENT_BITS | document[at]) << _PLACE_BITS | place[at] // UNIT
    key.sort()
    return key


def _without_copies(key: NDArray[np.int64], left_out: int, least: float) -> NDArray[np.int64]:
    """Postings without those of the `left_out` documents that hold most marks, `least` of them or more."""
    document = key >> _PLACE_BITS & ((1 << _DOCUMENT_BITS) - 1)
    held = np.unique(key >> _PLACE_BITS) & ((1 << _DOCUMENT_BITS) - 1)
    holders, marks = np.unique(held, return_counts=True)
    copies = np.flatnonzero(marks >= least)
    copies = copies[np.argsort(-marks[copies], kind="stable")][:left_out]
    return key[np.isin(document, holders[copies], invert=True)]


def _counted(key: NDArray[np.int64], marks: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(marks,) documents that hold each mark, and those in which the next mark follows it."""
    if len(key) == 0:
        return np.zeros(marks, np.int64), np.zeros(marks, np.int64)
    followed = np.zeros(len(key), bool)
    for shift in _SHIFTS:
        wanted = key + ((1 << (_DOCUMENT_BITS + _PLACE_BITS)) + shift)
        followed |= key[np.minimum(np.searchsorted(key, wanted), len(key) - 1)] == wanted
    holding, going_on = np.unique(key >> _PLACE_BITS), np.unique(key[followed] >> _PLACE_BITS)
    return (
        np.bincount(holding >> _DOCUMENT_BITS, minlength=marks),
        np.bincount(going_on >> _DOCUMENT_BITS, minlength=marks),
    )


def surprise(
    found: Steps, offset: NDArray[np.int64], nats: NDArray[np.float64], agreeing: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(n,) share (0…1) of what each letter of a passage says that remains for one who knows the house.

    `offset` (n,) is where each letter stands in the text of the steps, `nats` (n,) what it says by itself,
    `agreeing` (n,) whether the leak has it as well.
    """
    first, known, end = (np.searchsorted(offset, place) for place in (found.begin, found.known, found.end))
    upto = np.concatenate(([0.0], np.cumsum(nats)))
    same = np.concatenate(([0], np.cumsum(agreeing)))
    literal = upto[end] - upto[known]
    said = -np.log(found.foretold + (1 - found.foretold) * np.exp(-literal))
    whole = (same[end] - same[first] == end - first) & (literal > 0)
    plain = (float(said[whole].sum()) + _PRIOR) / (float(literal[whole].sum()) + _PRIOR)
    share = np.full(len(nats), plain)
    for start, stop, told, all_said, sound in zip(
        known.tolist(), end.tolist(), said.tolist(), literal.tolist(), whole.tolist(), strict=True
    ):
        if all_said > 0:
            one = told / all_said
            share[start:stop] = one if sound else min(one, plain)
    return share
