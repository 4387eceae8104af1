"""Where a picture of a page shows something else than the page: other content, cover, additions.

The capture has been brought into the page's own pixels (`fother.vision.measure`). Every word is compared
there with the original at the capture's own sharpness, as a whole and in windows about a letter wide, after
each found its own place: marks and rounding of renderers move words and letters. What is left over is judged
against what is left over everywhere else in the same capture, so that thresholds follow its quality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fother.model.match import Region
from fother.vision.find import Found
from fother.vision.looks import LEAST_WORDS, Looks, Values
from fother.vision.measure import Measured
from fother.vision.reference import PX_PER_PT, Reference

_NEIGHBOURS = 24
_STRONG_Z, _FOLLOW_Z = 6.5, 3.5
_STRONG_SHARE, _FOLLOW_SHARE = 0.70, 0.5  # of the surprise that other content gives
_EVEN_SHARE, _STEEPNESS = 0.62, 9.0  # where other content is as likely as the original's own
_STRONG_NCC = 0.84  # above this, nothing is called changed
_DOUBT = 0.25  # agreement is not lower where a surprise is not strong
_COVERED = 0.22  # share of the contrast expected
_LOCAL = 1.0  # how far (logarithm) neighbours may raise what is expected of a place
_DISTINCT = 0.8  # logarithm: less than this between same and other content tells nothing


@dataclass(frozen=True)
class Comparison:
    """Outcome for one page in one capture: `regions` that differ, largest score first, and `agreement` (n,)
    0…1 for each cluster of the page: how surely the pixels show the original's own content; NaN where the
    capture does not show it or is too poor to tell."""

    regions: tuple[Region, ...]
    agreement: Values


def compare(
    reference: Reference, found: Found, seen: Measured, words: Sequence[str] = (), sheet: int = 0
) -> Comparison:
    """Compare a page with a capture in which it was found and measured.

    `words` are the texts of the page's clusters (n), for the regions' `words`; `sheet` is put into the
    regions. With fewer than twelve legible words nothing is said.
    """
    count = len(reference.boxes)
    looks = Looks.take(reference, found, seen)
    if looks is None:
        return Comparison((), np.full(count, np.nan))
    verdict = _judge(reference, looks)
    groups = [
        (_kind(reference, verdict, members), members)
        for members in _groups(reference, verdict.covered | verdict.changed)
    ]
    regions = []
    for kind, members in groups:
        box = reference.boxes[members]
        text = " ".join(words[k] for k in members) if len(words) == count else ""
        score = float(verdict.z[members].max())
        regions.append(
            _region(kind, np.r_[box[:, :2].min(0), box[:, 2:].max(0)], score, text, found, seen, sheet)
        )
    taken = np.concatenate([np.zeros(0, np.int64), *(members for _, members in groups)])
    for added, score in _additions(reference, seen, looks, taken, found.image.shape):
        regions.append(_region("added", added, score, "", found, seen, sheet))
    regions.sort(key=lambda region: -region.score)
    return Comparison(tuple(regions), verdict.agreement)


def differences(
    reference: Reference, found: Found, seen: Measured, words: Sequence[str] = (), sheet: int = 0
) -> list[Region]:
    """Regions of the page that the capture shows differently; see `compare`."""
    return list(compare(reference, found, seen, words, sheet).regions)


def word_agreement(reference: Reference, found: Found, seen: Measured) -> Values:
    """(n,) how surely the pixels show each cluster's own content, 0…1, NaN if unknown; see `compare`."""
    return compare(reference, found, seen).agreement


@dataclass(frozen=True)
class _Verdict:
    """Of each cluster (n): standardised surprise, flags, agreement."""

    z: Values
    changed: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    agreement: Values


def _judge(reference: Reference, looks: Looks) -> _Verdict:
    count = len(reference.boxes)
    z = np.full(count, -np.inf)
    follow = np.zeros(count, bool)
    changed = np.zeros(count, bool)
    share = np.full(count, np.nan)
    local_gain = _local_gain(looks)
    for whole in (True, False):
        part = np.flatnonzero(looks.whole == whole)
        if len(part) < LEAST_WORDS:
            continue
        surprise, sigma, distinct = _surprise(looks, part, local_gain)
        owner = looks.owner[part]
        score, other = surprise / sigma, surprise / np.maximum(distinct, 0.1)
        np.maximum.at(z, owner, score)
        known = distinct > _DISTINCT
        strong = known & (score > _STRONG_Z) & (other > _STRONG_SHARE) & (looks.ncc[part] < _STRONG_NCC)
        changed[owner[strong]] = True
        follow[owner[known & (score > _FOLLOW_Z) & (other > _FOLLOW_SHARE)]] = True
        own = 1 / (1 + np.exp(np.clip((other - _EVEN_SHARE) * _STEEPNESS, -30, 30)))
        own = np.where(strong, own, np.maximum(own, _DOUBT))
        np.fmin.at(share, owner[known], own[known])
    whole_rows = np.flatnonzero(looks.whole)
    owner = looks.owner[whole_rows]
    weak = (looks.core[whole_rows] < _COVERED * local_gain[whole_rows]) & (looks.ncc[whole_rows] < 0.6)
    covered = np.zeros(count, bool)
    # A poor capture hides words by itself: cover is only told from it where most words are legible.
    if np.median(looks.ncc[whole_rows]) > 0.6:
        covered[owner[weak]] = True
    share[covered] = 0.0
    changed &= ~covered
    changed |= _beside(reference, changed, follow & ~covered)
    z[covered] = np.maximum(z[covered], _STRONG_Z)
    return _Verdict(z, changed, covered, share)


def _local_gain(looks: Looks) -> Values:
    """(m,) contrast to expect at each place: the median of legible clusters around."""
    good = looks.whole & (looks.ncc > 0.6)
    if good.sum() < 5:
        good = looks.whole
    near = min(12, int(good.sum()))
    _, index = cKDTree(looks.centre[good]).query(looks.centre, k=near)
    out: Values = np.median(looks.gain[good][index.reshape(len(looks.owner), near)], 1)
    return np.maximum(out, 1e-3)


def _surprise(looks: Looks, part: NDArray[np.int64], local_gain: Values) -> tuple[Values, float, Values]:
    """Logarithm of what is left over relative to what the capture leaves over elsewhere at places of like
    contrast; its robust standard deviation; and the surprise that other content would give."""
    gain = local_gain[part]
    left = (
        np.sqrt(np.maximum(1 - looks.ncc[part] ** 2, 1e-4))
        * np.maximum(looks.spread[part], 0.5 * gain * looks.wanted[part])
        / gain
    )
    left = np.log(np.maximum(left, 1e-3))
    contrast = np.log(np.maximum(looks.wanted[part], 1e-3))
    order = np.argsort(contrast)
    bins = np.array_split(order, int(np.clip(len(part) // 40, 1, 8)))
    expected = np.interp(contrast, [np.median(contrast[b]) for b in bins], [np.median(left[b]) for b in bins])
    surprise = left - expected
    near = min(_NEIGHBOURS, len(part))
    _, index = cKDTree(looks.centre[part]).query(looks.centre[part], k=near)
    local = np.median(surprise[index.reshape(len(part), near)], 1)
    surprise = surprise - np.clip(local, -0.3, 0.5 * _LOCAL)
    below = surprise[surprise <= np.median(surprise)] - np.median(surprise)
    # The upper half may hold changes; both halves of a faithful capture are about alike.
    upper = np.percentile(surprise, 75) - np.median(surprise)
    sigma = max(1.48 * float(np.median(np.abs(below))), min(1.48 * float(upper), 0.35), 0.12)
    distinct = contrast - expected
    return surprise, sigma, distinct


def _beside(
    reference: Reference, seeds: NDArray[np.bool_], candidates: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Candidates reached from seeds through candidates next to them."""
    out = seeds.copy()
    while True:
        more = candidates & ~out
        if not more.any() or not out.any():
            return out
        index = np.flatnonzero(more)
        touching = _near(reference, index, np.flatnonzero(out)).any(1)
        if not touching.any():
            return out
        out[index[touching]] = True


def _near(reference: Reference, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(len(a), len(b)): are two clusters next to each other, in a line or in neighbouring lines?"""
    em = np.maximum(reference.em[a][:, None], reference.em[b])
    p, q = reference.boxes[a][:, None], reference.boxes[b][None]
    gap_x = np.maximum(p[..., 0], q[..., 0]) - np.minimum(p[..., 2], q[..., 2])
    gap_y = np.maximum(p[..., 1], q[..., 1]) - np.minimum(p[..., 3], q[..., 3])
    out: NDArray[np.bool_] = (gap_x < 1.2 * em) & (gap_y < 0.8 * em)
    return out


def _kind(reference: Reference, verdict: _Verdict, members: NDArray[np.int64]) -> str:
    """One cover shows as changed words where its edge or the light through it leaves something."""
    box = reference.boxes[members]
    width = box[:, 2] - box[:, 0]
    return "covered" if width[verdict.covered[members]].sum() > width.sum() / 3 else "changed"


def _groups(reference: Reference, flagged: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Flagged clusters that lie together, each group in the page's order."""
    index = np.flatnonzero(flagged)
    if not len(index):
        return []
    near = _near(reference, index, index)
    label = np.arange(len(index))
    for _ in range(len(index)):
        lowest = np.where(near, label, len(index)).min(1)
        if (lowest == label).all():
            break
        label = lowest
    return [index[label == k] for k in np.unique(label)]


def _additions(
    reference: Reference, seen: Measured, looks: Looks, taken: NDArray[np.generic], shape: tuple[int, ...]
) -> list[tuple[Values, float]]:
    """Boxes (4,) in reference pixels with marks where the page has none, and scores."""
    em = float(np.median(reference.em))
    legible = looks.whole & (looks.ncc > 0.6)
    if legible.sum() < LEAST_WORDS:
        return []
    height, width = reference.shape
    page = reference.image
    paper = cv2.GaussianBlur(cv2.dilate(looks.flat, np.ones((3, 3), np.uint8)), (0, 0), 0.3)
    # Dark things narrower than about two ems, as strokes are; shadows are wider.
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * round(em) + 1, 2 * round(em) + 1))
    dark = cv2.morphologyEx(paper, cv2.MORPH_CLOSE, kernel) - paper
    ink = np.percentile(page, 98) - page
    blank = cv2.dilate((ink > 12).astype(np.uint8), _square(0.45 * em)) == 0
    # Only where the warp is known, around the words that were found, and where the capture reaches.
    reach = np.array([-1, -1, 1, 1]) * 2.5 * em
    boxes = reference.boxes[looks.owner[legible]] + reach
    hull = cv2.convexHull(
        np.concatenate([boxes[:, :2], boxes[:, 2:], boxes[:, [0, 3]], boxes[:, [2, 1]]]).astype(np.int32)
    )
    inside = cv2.fillConvexPoly(np.zeros((height, width), np.uint8), hull, 1) > 0
    frame = np.zeros(shape, np.float32)
    frame[6:-6, 6:-6] = 1
    inside &= cv2.erode(seen.warp.sample(frame, (height, width)), _square(1.2 * em)) > 0.9
    border = round(14 * PX_PER_PT)
    inside[:border] = inside[-border:] = False
    inside[:, :border] = inside[:, -border:] = False
    for x0, y0, x1, y1 in reference.boxes[taken.astype(np.int64)].astype(int):
        pad = round(0.6 * em)
        blank[max(y0 - pad, 0) : y1 + pad, max(x0 - pad, 0) : x1 + pad] = False
    area = blank & inside
    if area.sum() < em * em:
        return []
    text = float(np.median(looks.gain[legible] * looks.wanted[legible])) * 2.2
    noise = 1.48 * float(np.median(np.abs(dark[area] - np.median(dark[area])))) + 0.5
    level = max(0.42 * text, float(np.median(dark[area])) + 7 * noise)
    marks = ((dark > level) & area).astype(np.uint8)
    joined = cv2.dilate(marks, _square(0.5 * em))
    number, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    out = []
    for k in range(1, number):
        x, y, w, h = (int(v) for v in stats[k, :4])
        own = (labels[y : y + h, x : x + w] == k) & (marks[y : y + h, x : x + w] > 0)
        rows, columns = np.nonzero(own)
        if len(rows) < 0.18 * em * em:
            continue
        high, broad = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
        if max(high, broad) < 1.3 * em or min(high, broad) < 0.3 * em:
            continue  # dust, or a hair, a crease, the edge of the paper
        if max(high, broad) > 12 * min(high, broad) and min(high, broad) < 0.8 * em:
            continue
        box = np.array([x + columns.min(), y + rows.min(), x + columns.max() + 1, y + rows.max() + 1], float)
        strength = float(np.median(dark[y : y + h, x : x + w][own]))
        out.append((box, strength / noise))
    return out


def _region(
    kind: str, box: Values, score: float, text: str, found: Found, seen: Measured, sheet: int
) -> Region:
    corners = np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])
    outline = tuple((float(x), float(y)) for x, y in seen.warp(corners))
    x0, y0, x1, y1 = ((box + 0.5) / PX_PER_PT).tolist()
    assert kind in ("changed", "covered", "added")  # noqa: S101
    return Region(sheet, found.page, kind, (x0, y0, x1, y1), outline, text, score)  # type: ignore[arg-type]


def _square(radius: float) -> NDArray[np.uint8]:
    """Squares are dilated much faster than discs."""
    size = 2 * max(round(radius), 1) + 1
    return np.ones((size, size), np.uint8)
