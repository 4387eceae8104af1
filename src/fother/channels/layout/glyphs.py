"""Word displacements read from the glyph positions of a leaked PDF, to a hundredth of a point.

Works on copies that were re-saved, optimised, re-distilled, scaled, cropped, merged or taken apart, as long
as the text is still text. Glyphs are matched through the text itself, so page order and size do not matter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.model.capture import Characters, Displacements, GlyphBoxes
from fother.model.page import PageGlyphs

Array = NDArray[np.float64]

_SIGMA = 0.012  # pt: rounding of TJ numbers and of the extractor
_MIN_WORDS = 8
_MIN_SHARE = 0.3  # of the leaked page's words must be words of the original page
_LONG = 5  # letters
_MAX_SCATTER = 0.08  # pt


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    stop: int


def _words(text: str) -> list[_Word]:
    words, start = [], None
    for i, c in enumerate((*text, " ")):
        if c.isspace() or c in "\x00\ufffe\ufffd":
            if start is not None:
                words.append(_Word(text[start:i], start, i))
            start = None
        elif start is None:
            start = i
    return words


class TextIndex:
    """The words of every page of one document, to tell which page a leaked text is.

    Short words are in every text; only words of five letters or more count, unless there are hardly any.
    """

    def __init__(self, carriers: LayoutCarriers) -> None:
        pages = len(carriers.facts)
        self._all = [Counter[str]() for _ in range(pages)]
        for page, text in zip(carriers.page.tolist(), carriers.text, strict=True):
            self._all[page].update(text.split())
        self._long = [_long(bag) for bag in self._all]

    def best(self, leaked: Characters, limit: int = 3) -> list[int]:
        """Pages (0-based) that share the most words with the leaked page, best first; empty if none does."""
        bag, own = _long(Counter(w.text for w in _words(leaked.text))), self._long
        if bag.total() < _MIN_WORDS:
            bag, own = Counter(w.text for w in _words(leaked.text)), self._all
        if bag.total() < _MIN_WORDS:
            return []
        shared = np.array([(bag & page).total() for page in own])
        order = np.argsort(-shared, kind="stable")[:limit]
        return [int(p) for p in order if shared[p] >= max(_MIN_WORDS, _MIN_SHARE * bag.total())]


def _long(bag: Counter[str]) -> Counter[str]:
    return Counter({word: count for word, count in bag.items() if len(word) >= _LONG})


def owners(carriers: LayoutCarriers, page: int, original: Characters) -> NDArray[np.int64]:
    """Cluster of each character of an original page, counted from the first of the page; -1 for none."""
    first, last = np.searchsorted(carriers.page, [page, page + 1])
    return _owner(carriers, slice(int(first), int(last)), original.origin)


def displacements(
    carriers: LayoutCarriers,
    page: int,
    to_shown: Array,
    original: Characters,
    leaked: Characters,
    owner_of: NDArray[np.int64] | None = None,
) -> Displacements | None:
    """Displacement of every cluster of one page; None when the texts share too little.

    `to_shown` (2, 3) maps user space to points as shown, y down; `owner_of` is what `owners` gives, if it is
    known already.
    """
    pairs = _matching(original, leaked)
    first, last = np.searchsorted(carriers.page, [page, page + 1])
    if len(pairs) < 2 * _MIN_WORDS:
        return None
    source, target = original.origin[pairs[:, 0]], leaked.origin[pairs[:, 1]]
    linear, offset = _similarity(source, target)
    moved = (target - offset) @ np.linalg.inv(linear).T - source
    owner = (owners(carriers, page, original) if owner_of is None else owner_of)[pairs[:, 0]]
    good = (owner >= 0) & (np.abs(moved).max(1) < 3.0)
    count = int(last - first)
    weight = np.bincount(owner[good], minlength=count)
    if (weight > 0).sum() < _MIN_WORDS:
        return None
    # Marks move words along the text only. Scatter across it means that the letters are not the printed ones
    # but a layer of recognised text, put roughly where the picture has them.
    axis = carriers.axis[int(first) : int(last)][owner[good]]
    across = moved[good, 1] * axis[:, 0] - moved[good, 0] * axis[:, 1]
    if 1.48 * float(np.median(np.abs(across - np.median(across)))) > _MAX_SCATTER:
        return None
    return _means(page, to_shown, owner[good], moved[good], count)


def displacements_by_order(
    carriers: LayoutCarriers, page: int, to_shown: Array, original: PageGlyphs, copy: PageGlyphs
) -> Displacements | None:
    """Like `displacements`, for a copy of our own: glyphs in the same order, else None."""
    if original.text != copy.text:
        return None
    first, last = np.searchsorted(carriers.page, [page, page + 1])
    owner = _owner(carriers, slice(int(first), int(last)), original.origin)
    owned = owner >= 0
    moved = copy.origin - original.origin
    return _means(page, to_shown, owner[owned], moved[owned], int(last - first))


def glyph_boxes(carriers: LayoutCarriers, page: int, to_pixels: Array, original: Characters) -> GlyphBoxes:
    """Boxes of the glyphs of one page, for measurements glyph by glyph.

    `to_pixels` (2, 3) maps user space to pixel edges of the reference. Lines that do not run from left to
    right as shown are left out, and so are the parts of ligatures.
    """
    first, last = np.searchsorted(carriers.page, [page, page + 1])
    clusters = slice(int(first), int(last))
    owner = _owner(carriers, clusters, original.origin)
    solid = np.array([not c.isspace() for c in original.text], np.bool_)
    chosen = np.flatnonzero((owner >= 0) & solid)
    level = carriers.axis[clusters] @ to_pixels[:, :2].T
    chosen = chosen[(level[owner[chosen], 0] > 0) & (np.abs(level[owner[chosen], 1]) < 1e-6)]
    along = (original.origin[chosen] * carriers.axis[clusters][owner[chosen]]).sum(1)
    order = np.lexsort((along, owner[chosen]))
    chosen, along = chosen[order], along[order]
    owner = owner[chosen]
    em, axis = carriers.em[clusters][owner], carriers.axis[clusters][owner]
    end = carriers.span[clusters][owner, 1].copy()
    followed = np.flatnonzero(owner[1:] == owner[:-1])
    end[followed] = along[followed + 1]
    up = np.stack([-axis[:, 1], axis[:, 0]], 1)
    origin = original.origin[chosen]
    low = origin - axis * (0.04 * em)[:, None] + up * (0.8 * em)[:, None]
    high = origin + axis * (end - along + 0.04 * em)[:, None] - up * (0.25 * em)[:, None]
    linear, offset = to_pixels[:, :2].T, to_pixels[:, 2]
    whole = end - along > 0.05 * em
    return GlyphBoxes(
        boxes=np.c_[low @ linear + offset - 0.5, high @ linear + offset - 0.5][whole],
        origin=(origin @ linear + offset)[whole, 0],
        owner=owner[whole],
    )


def _means(page: int, to_shown: Array, owner: NDArray[np.int64], moved: Array, count: int) -> Displacements:
    """Mean displacement of each of `count` clusters over its glyphs."""
    weight = np.bincount(owner, minlength=count)
    seen = weight > 0
    total = np.stack([np.bincount(owner, moved[:, k], minlength=count) for k in (0, 1)], 1)
    shift = np.where(seen[:, None], total / np.maximum(weight, 1)[:, None], np.nan)
    return Displacements(
        page=page,
        shift=shift @ to_shown[:, :2].T,
        sigma=np.where(seen, _SIGMA, np.inf),
        similarity=seen.astype(np.float64),
        density=float("inf"),
        method="glyph origins",
        inliers=int(seen.sum()),
    )


def _matching(original: Characters, leaked: Characters) -> NDArray[np.int64]:
    """(k, 2) indices of characters that correspond, from the longest common runs of words."""
    if original.text == leaked.text:
        solid = np.flatnonzero([not c.isspace() for c in original.text])
        return np.stack([solid, solid], 1)
    a, b = _words(original.text), _words(leaked.text)
    matcher = SequenceMatcher(None, [w.text for w in a], [w.text for w in b], autojunk=False)
    pairs: list[tuple[int, int]] = []
    for block in matcher.get_matching_blocks():
        for u, v in zip(a[block.a : block.a + block.size], b[block.b : block.b + block.size], strict=True):
            pairs += zip(range(u.start, u.stop), range(v.start, v.stop), strict=True)
    return np.array(pairs, np.int64).reshape(-1, 2)


def _similarity(source: Array, target: Array) -> tuple[Array, Array]:
    """Robust affine map source ↦ target: linear (2, 2) and offset (2,)."""
    design = np.c_[source, np.ones(len(source))]
    weights = np.ones(len(source))
    solution = np.zeros((3, 2))
    for _ in range(8):
        root = np.sqrt(weights)[:, None]
        solution, *_ = np.linalg.lstsq(design * root, target * root, rcond=None)
        error = np.hypot(*(target - design @ solution).T)
        weights = 1 / (1 + (error / (2 * np.median(error) + 1e-3)) ** 2)
    linear = solution[:2].T
    if abs(np.linalg.det(linear)) < 1e-4:
        # All on one line: too little to tell a scale, so only the place is fitted.
        return np.eye(2), np.median(target - source, axis=0)
    return linear, solution[2]


def _owner(carriers: LayoutCarriers, clusters: slice, points: Array) -> NDArray[np.int64]:
    """Cluster of the page (counted from its first) on whose baseline each point lies; -1 for none."""
    owner = np.full(len(points), -1, np.int64)
    axis, span = carriers.axis[clusters], carriers.span[clusters]
    baseline, em = carriers.baseline[clusters], carriers.em[clusters]
    for i in range(len(axis)):
        along = points @ axis[i]
        across = points @ np.array([-axis[i, 1], axis[i, 0]])
        inside = (along > span[i, 0] - 0.05 * em[i]) & (along < span[i, 1] - 0.02 * em[i])
        owner[inside & (np.abs(across - baseline[i]) < 0.25 * em[i])] = i
    return owner
