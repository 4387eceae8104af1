"""Search in a snapshot of the index: both routes over a text of any length, and how common passages are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fother.identify.clusters import MOST_MARKS, Stretch, extended, merged, stretches, strongest
from fother.identify.fingerprints import Hasher, Marks
from fother.identify.passages import PassageStore
from fother.identify.snapshot import Snapshot
from fother.model.match import Hit, Span

_POSTINGS = 1_500_000  #: that one search may look at, about
_COMMON = 2000  #: postings above which a k-gram is common
_FEW = 32  #: postings of a common k-gram that are looked at, in each segment
_SHORT = 300  #: marks up to which a single match makes a stretch
_MOST_STRETCHES = 3000  #: of one piece of the text
_MOST_PER_LIMIT = 40  #: character hits of one text for each of `limit`
_LONG = 1500  #: characters above which a text may show several documents
_WINDOW = 60  #: words that are looked up at once, half of them more or less
_ALL_WINDOWS = 4  #: up to so many are all looked up
_MOST_WINDOWS = 24
_EXPLAINED = 12  #: matches of a stretch that make looking up its words needless in a long text
_CHARACTERS_PER_WORD = 6
_COUNTED_MARKS = 64
#: A k-gram with more postings is not looked at in counting documents; in a large index, than one in a hundred
#: documents, up to a bound.
_COUNTED_POSTINGS, _MOST_COUNTED = 1024, 4096
_ABOUT_AS_WELL = 0.7  #: of the matches of the document that agrees best
#: Share of a stretch's k-grams that a document which holds it has at least; of text with one character in ten
#: misread a third are left, while two documents on one matter share a few by accident.
_LEAST_SHARE = 0.15


def propose(text: str, hasher: Hasher, snapshot: Snapshot, words: PassageStore, limit: int) -> list[Hit]:
    """Hits of both routes, best first: of long texts what is plainly copied, then by ranks in both."""
    if len(snapshot) == 0 or limit < 1:
        return []
    agreeing = _by_characters(text, hasher, snapshot, limit)[: _MOST_PER_LIMIT * limit]
    hits = [
        Hit(
            document=snapshot.id_of(stretch.document),
            leak=(stretch.start, stretch.end),
            offset=max(0, stretch.start + stretch.diagonal),
            score=stretch.score,
            route="characters",
        )
        for stretch in agreeing
    ]
    # In a long text the best of each window would otherwise come before the one stretch that is copied.
    plain = sum(stretch.matches >= _EXPLAINED for stretch in agreeing) if len(text) > _LONG else 0
    agreeing_hits = sorted(hits, key=lambda hit: -hit.score)
    rest = _fused(agreeing_hits[plain:], _by_words(text, hasher, snapshot, words, limit, agreeing))
    return agreeing_hits[:plain] + rest


def _by_characters(text: str, hasher: Hasher, snapshot: Snapshot, limit: int) -> list[Stretch]:
    marks = hasher.fingerprints(text)
    found: list[Stretch] = []
    for first in range(0, len(marks), MOST_MARKS):
        piece = marks.part(first, first + MOST_MARKS)
        common = int(np.clip(_POSTINGS // len(piece), _FEW, _COMMON))
        matches = snapshot.look_up(piece.hash, common, _FEW)
        weight = np.log1p(len(snapshot) / np.maximum(matches.count, 1))
        least = 1 if len(marks) <= _SHORT else 2
        most = min(_MOST_STRETCHES, 10 * limit * (1 + len(piece) // _SHORT))
        found += stretches(piece, matches.document, matches.place, matches.asked, weight, least, most)
    return strongest((extended(stretch, len(text)) for stretch in merged(found)), len(text), limit)


def _by_words(
    text: str, hasher: Hasher, snapshot: Snapshot, store: PassageStore, limit: int, agreeing: list[Stretch]
) -> list[Hit]:
    marks = hasher.tokens(text)
    hits = []
    for first, last in _windows(marks, agreeing):
        leak = (int(marks.offset[first]), int(marks.end[last - 1]))
        # Where a short text stands in the passage is not known: in its middle on average.
        ahead = max(0, _WINDOW - (last - first)) // 2 * _CHARACTERS_PER_WORD
        documents: set[int] = set()
        for passage in store.search(marks.hash[first:last], 3 * limit):
            number = snapshot.number_of(passage.serial)
            if number is None or number in documents:
                continue
            documents.add(number)
            hits.append(Hit(snapshot.id_of(number), leak, passage.offset + ahead, passage.score, "words"))
            if len(documents) == limit:
                break
    return hits


def _windows(marks: Marks, agreeing: list[Stretch]) -> list[tuple[int, int]]:
    """Runs of words to look up: all of a short text; of a long one some that no match explains."""
    count = round(len(marks) / _WINDOW) or 1
    edges = [len(marks) * nth // count for nth in range(count + 1)]
    windows = [(first, last) for first, last in pairwise(edges) if first < last]
    if len(windows) <= _ALL_WINDOWS:
        return windows
    explained = np.zeros(int(marks.end[-1]) + 1, np.bool_)
    for stretch in agreeing:
        if stretch.matches >= _EXPLAINED:
            explained[stretch.start : stretch.end] = True
    middle = [int(marks.offset[(first + last) // 2]) for first, last in windows]
    left = [window for window, at in zip(windows, middle, strict=True) if not explained[at]]
    if len(left) <= _MOST_WINDOWS:
        return left
    return [left[nth * len(left) // _MOST_WINDOWS] for nth in range(_MOST_WINDOWS)]


def _fused(characters: list[Hit], words: list[Hit]) -> list[Hit]:
    """Both lists in one order, by reciprocal ranks within each stretch of the leak.

    (Cormack, Clarke, Büttcher: Reciprocal rank fusion, SIGIR 2009.)
    """
    value: dict[str, float] = {}
    ranked = [(hit, rank) for rank, hit in enumerate(sorted(characters, key=lambda h: -h.score))]
    windows: dict[Span, int] = {}
    for hit in words:
        rank = windows[hit.leak] = windows.get(hit.leak, -1) + 1
        ranked.append((hit, rank))
    seen: set[tuple[str, str]] = set()
    for hit, rank in sorted(ranked, key=lambda pair: pair[1]):
        if (hit.document, hit.route) not in seen:
            seen.add((hit.document, hit.route))
            value[hit.document] = value.get(hit.document, 0.0) + 1 / (_RANK_OFFSET + rank)
    ranked.sort(key=lambda pair: (-value[pair[0].document], pair[1]))
    return [hit for hit, _ in ranked]


_RANK_OFFSET = 2


def frequencies(text: str, spans: Sequence[Span], hasher: Hasher, snapshot: Snapshot) -> NDArray[np.int64]:
    """(n,) see PassageIndex.document_frequency."""
    marks = hasher.fingerprints(text)
    inside = [_inside(marks, span) for span in spans]
    if len(snapshot) == 0 or not any(len(some) for some in inside):
        return np.zeros(len(spans), np.int64)
    # All stretches in one look-up, since most of its cost does not depend on how much is asked.
    hashes, nth = np.unique(marks.hash[np.concatenate(inside)], return_inverse=True)
    most = max(_COUNTED_POSTINGS, min(_MOST_COUNTED, len(snapshot) // 100))
    matches = snapshot.look_up(hashes, most, 0)
    ends = np.cumsum([len(some) for some in inside])
    asked = [np.unique(some) for some in np.split(nth, ends[:-1])]
    # Documents in order, those of the first hash first; each once for each hash.
    pairs = np.unique(matches.asked * len(snapshot.serial) + matches.document)
    begin = np.searchsorted(pairs, np.arange(len(hashes) + 1) * len(snapshot.serial))
    holders = pairs % len(snapshot.serial)
    of_hash = [holders[first:last] for first, last in pairwise(begin.tolist())]
    held = [
        _frequency(matches.count[some], most, [of_hash[n] for n in some.tolist()], len(snapshot))
        for some in asked
    ]
    return np.array(held, np.int64)


def _inside(marks: Marks, span: Span) -> NDArray[np.int64]:
    """Which marks lie in the span: of many some from all over it."""
    inside = np.flatnonzero((marks.offset >= span[0]) & (marks.end <= span[1]))
    if len(inside) > _COUNTED_MARKS:
        inside = inside[np.linspace(0, len(inside) - 1, _COUNTED_MARKS).astype(np.int64)]
    return inside


def _frequency(
    count: NDArray[np.int64], most: int, holders: Sequence[NDArray[np.int64]], documents: int
) -> int:
    """How many documents hold a stretch: `count` (n,) postings and `holders` of each of its n hashes.

    Hashes with more than `most` postings have no holders here.
    """
    known = count[count > 0]
    if len(known) == 0:
        return 0
    common = int((known > most).sum())
    if 2 * common > len(known):
        # Too many to look at one by one; a k-gram stands about once in each.
        return min(documents, int(np.quantile(known, 0.25)))
    agreeing = np.unique(np.concatenate(holders), return_counts=True)[1]
    if len(agreeing) == 0:
        return 0
    # Common k-grams were not looked at and tell nothing.
    least = max(_LEAST_SHARE * (len(count) - common), _ABOUT_AS_WELL * int(agreeing.max()))
    return int((agreeing >= least).sum())
