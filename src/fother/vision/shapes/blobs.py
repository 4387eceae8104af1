"""Words of a capture as blobs along its lines of text, without reading a letter.

The ink is smeared along the text until lines stand out, each line is followed as it bends, and the white
gaps of its profile are split into those between letters and those between words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

_LONG_SIDE = 2400  #: pixels; larger captures are reduced
_PITCH = 22.0  #: pixels between lines to which a capture is scaled, at least
_TILES = 6
_MAX_LINES = 400
#: Share of the word gaps' typical weight from which a gap counts as one between words: two opinions.
_LEVELS = (0.42, 0.62)


@dataclass(frozen=True)
class WordBlobs:
    """Words of a capture, line by line from left to right: parallel arrays of length n.

    `start`, `end` (n, 2) are the ends of the word's cell (half of each gap beside it included) on the middle
    of the line, pixels of the capture. `line` (n,) numbers the lines; the same line is there once for each
    opinion on what is a gap. `height` (n,) pixels between lines.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    line: NDArray[np.int64]
    height: NDArray[np.float64]

    @classmethod
    def none(cls) -> WordBlobs:
        return cls(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0))

    def __len__(self) -> int:
        return len(self.line)


def word_blobs(image: NDArray[np.uint8]) -> WordBlobs:
    """Find the words of a grey capture (h, w), whatever its direction; empty when there are no lines.

    Text may run upright or along the other axis of the picture, tilted by up to 20 degrees; which way it
    reads along its line is not decided here.
    """
    ink = ink_of(image)
    across = np.ascontiguousarray(ink.T)
    both = [(picture, _pitch(picture)) for picture in (ink, across)]
    clear = [(guess.clarity, number) for number, (_, guess) in enumerate(both) if guess is not None]
    if not clear:
        return WordBlobs.none()
    number = max(clear)[1]
    picture, guess = both[number]
    assert guess is not None  # noqa: S101 - chosen among those that are there
    blobs = _upright(picture, guess)
    return blobs if number == 0 else replace(blobs, start=blobs.start[:, ::-1], end=blobs.end[:, ::-1])


def ink_of(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Darkness relative to the paper around, 0…1 float32; light text on dark is turned round."""
    value = image.astype(np.float32)
    if np.median(image) < 110:
        value = 255 - value
    side = max(image.shape)
    small = cv2.resize(
        value, None, fx=min(1.0, 400 / side), fy=min(1.0, 400 / side), interpolation=cv2.INTER_AREA
    )
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), (0, 0), 4)
    paper = cv2.resize(paper, value.shape[::-1], interpolation=cv2.INTER_LINEAR)
    dark = np.clip(1 - value / np.maximum(paper, 8), 0, 1)
    # What is darker than anything printed nearby is desk or shadow; faint print is brought up.
    level = np.sqrt(cv2.GaussianBlur(dark**2, (0, 0), side / 40)) + 0.02
    out: NDArray[np.float32] = np.clip(dark / (3 * level), 0, 1)
    return out


@dataclass(frozen=True)
class _Grid:
    """Lines of a picture: distance in pixels, slope in radians, and how clear they are."""

    pitch: float
    skew: float
    clarity: float


def _upright(ink: NDArray[np.float32], lines: _Grid) -> WordBlobs:
    """Words of lines that run roughly along x."""
    side = max(ink.shape)
    pitch, skew = lines.pitch, lines.skew
    scale = min(max(_PITCH / pitch, 1.0), 4.0, _LONG_SIDE / side)
    pitch *= scale
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((0, 0), np.degrees(skew), scale)
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ turn[:, :2].T
    turn[:, 2] -= corners.min(0)
    size = np.ceil(np.ptp(corners, axis=0)).astype(int) + 1
    flat = cv2.warpAffine(ink, turn, (int(size[0]), int(size[1])), flags=cv2.INTER_CUBIC)
    start, end, line = _words(flat, pitch)
    if not len(line):
        return WordBlobs.none()
    back = cv2.invertAffineTransform(turn)
    height_of = np.full(len(line), pitch / scale)
    return WordBlobs(start @ back[:, :2].T + back[:, 2], end @ back[:, :2].T + back[:, 2], line, height_of)


def _pitch(ink: NDArray[np.float32]) -> _Grid | None:
    """Distance between lines (pixels), their slope (radians) and how clear they are.

    Each tile of the picture votes with the autocorrelation of its row profile, sheared to the best slope.
    """
    height, width = ink.shape
    side = max(height, width)
    shrink = min(1.0, 1400 / side)
    small = cv2.resize(ink, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    tile = max(width // _TILES, 24)
    slopes = np.tan(np.radians(np.arange(-20, 20.1, 1.0)))
    columns = min(tile, 64)
    found = []
    for x0 in range(0, max(width - tile, 0) + 1, max(tile // 2, 1)):
        part = cv2.resize(small[:, x0 : x0 + tile], (columns, height), interpolation=cv2.INTER_AREA)
        strips = part.reshape(height, columns // 8, -1).mean(2) if columns % 8 == 0 else part
        position = (np.arange(strips.shape[1]) + 0.5) / strips.shape[1] * tile - tile / 2
        rows = np.arange(height)
        best = None
        for slope in slopes:
            index = np.clip(np.round(rows[:, None] + slope * position).astype(int), 0, height - 1)
            profile = np.take_along_axis(strips, index, 0).mean(1)
            power = float(np.diff(profile).var())
            if best is None or power > best[0]:
                best = power, slope, profile
        assert best is not None  # noqa: S101
        _, slope, profile = best
        for y0, y1 in ((0, height), (0, height // 2), (height // 2, height)):
            if y1 - y0 < 16:
                continue
            # Edges of lines, each as strong as the next: else headings and paragraphs set the rhythm.
            piece = np.diff(profile[y0:y1])
            piece = np.clip(piece, -2 * np.abs(piece).mean(), 2 * np.abs(piece).mean())
            spectrum = np.abs(np.fft.rfft(piece, 2 * len(piece))) ** 2
            auto = np.fft.irfft(spectrum)[: len(piece) // 2]
            if auto[0] <= 1e-9:
                continue
            auto = auto / auto[0]
            low = int(np.argmax(auto < 0)) if (auto < 0).any() else 0
            low = max(low, 2)
            lag = low + int(np.argmax(auto[low:])) if len(auto) > low + 1 else 0
            # The first strong peak, not a multiple of it.
            peaks = [
                k
                for k in range(low, lag)
                if auto[k] > 0.55 * auto[lag] and auto[k] >= auto[k - 1 : k + 2].max()
            ]
            lag = peaks[0] if peaks else lag
            if lag >= 4 and auto[lag] > 0.1:
                found.append((lag / shrink, float(slope), float(auto[lag]) * best[0]))
    if not found:
        return _single(small, shrink)
    lags, slope, weight = np.array(found).T
    logs = np.log(lags)
    support = (weight * (np.abs(logs[:, None] - logs) < 0.12)).sum(1)
    near = np.abs(logs - logs[np.argmax(support)]) < 0.12
    order = np.argsort(slope[near])
    heavy = np.cumsum(weight[near][order])
    middle = float(slope[near][order][np.searchsorted(heavy, heavy[-1] / 2)])
    pitch = float(np.exp(np.average(logs[near], weights=weight[near])))
    return _Grid(pitch, float(np.arctan(middle)), pitch**2 * float(weight.sum()))


def _single(small: NDArray[np.float32], shrink: float) -> _Grid | None:
    """A picture of one or two lines: the height of the inked rows tells the pitch."""
    rows = small.mean(1)
    if rows.max() <= 0.02:
        return None
    inked = int((rows > 0.3 * rows.max()).sum())
    return _Grid(2.2 * inked / shrink, 0.0, 1e-6) if 3 <= inked <= small.shape[0] else None


def _words(
    flat: NDArray[np.float32], pitch: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Cells of the words of upright text, pixels of `flat`."""
    smeared = cv2.GaussianBlur(flat, (0, 0), sigmaX=0.9 * pitch, sigmaY=0.16 * pitch)
    around = cv2.GaussianBlur(flat, (0, 0), sigmaX=0.9 * pitch, sigmaY=0.6 * pitch)
    core = ((smeared - around) > 0.12 * np.percentile(smeared - around, 98)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    order = [k for k in range(1, count) if stats[k, cv2.CC_STAT_WIDTH] > 3 * pitch]
    order = sorted(order, key=lambda k: -stats[k, cv2.CC_STAT_WIDTH])[:_MAX_LINES]
    starts, ends, lines = [], [], []
    number = 0
    gaps_of = []
    for k in order:
        x, y, w, h = stats[k, :4]
        if h > 3 * pitch:
            continue
        mask = labels[y : y + h, x : x + w] == k
        weight = mask * (smeared - around)[y : y + h, x : x + w]
        middle = (weight * np.arange(h)[:, None]).sum(0) / np.maximum(weight.sum(0), 1e-9) + y
        middle = cv2.GaussianBlur(middle[None].astype(np.float32), (0, 0), 1.0 * pitch)[0]
        band = np.arange(-round(0.36 * pitch), round(0.36 * pitch) + 1)
        rows = np.broadcast_to(middle + band[:, None], (len(band), w)).astype(np.float32)
        columns = np.broadcast_to(np.arange(x, x + w, dtype=np.float32), rows.shape)
        profile = cv2.remap(
            flat, np.ascontiguousarray(columns), np.ascontiguousarray(rows), cv2.INTER_LINEAR
        ).mean(0)
        gaps_of.append((x, middle, profile))
    found = [(*g, *_gaps(g[2], pitch)) for g in gaps_of]
    weights = np.concatenate([f[4] for f in found]) if found else np.zeros(0)
    if len(weights) < 3:
        return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, int)
    typical = _typical(weights)
    for level in _LEVELS:
        for x, middle, profile, place, weight in found:
            cut = place[weight >= level * typical]
            if len(cut) < 2:
                continue
            index = np.clip(np.round(cut).astype(int), 0, len(profile) - 1)
            points = np.c_[cut + x, middle[index]]
            starts.append(points[:-1])
            ends.append(points[1:])
            lines.append(np.full(len(cut) - 1, number))
            number += 1
    if not lines:
        return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, int)
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(lines)


def _typical(weights: NDArray[np.float64]) -> float:
    """Weight of a typical gap between words: the upper class after Otsu's split of the logarithms."""
    logs = np.sort(weights[weights < 9.0])
    if len(logs) < 3:
        return 1.0
    n = np.arange(1, len(logs))
    total = np.cumsum(logs)
    low, high = total[:-1] / n, (total[-1] - total[:-1]) / (len(logs) - n)
    between = n * (len(logs) - n) * (high - low) ** 2
    split = int(np.argmax(between)) + 1
    return float(np.median(logs[split:]))


def _gaps(profile: NDArray[np.float32], pitch: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places (pixels along the profile) and weights of the white gaps of one line.

    The weight of a gap is the ink missing in it compared with what stands on both sides, in line pitches.
    """
    level = float(np.percentile(profile, 80))
    if level <= 0.01:
        return np.zeros(0), np.zeros(0)
    value = np.minimum(profile / level, 1.2).astype(np.float32)
    pad = round(1.0 * pitch)
    value = np.concatenate([np.zeros(pad, np.float32), value, np.zeros(pad, np.float32)])
    fine = cv2.GaussianBlur(value[None], (0, 0), 0.11 * pitch)[0]
    depth = np.maximum(cv2.GaussianBlur(value[None], (0, 0), 0.45 * pitch)[0] - fine, 0)
    empty = fine < 0.25
    edges = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(np.int8), [0]])))
    places, weights = [], []
    taken = np.zeros(len(value), bool)
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if b - a > 0.8 * pitch:  # the end of a column or of the line
            margin = 0.13 * pitch
            places += [place for place, there in ((a + margin, a > 0), (b - margin, b < len(value))) if there]
            taken[max(a - round(0.1 * pitch), 0) : b + round(0.1 * pitch)] = True
    weights = [9.0] * len(places)
    peak = (depth[1:-1] > depth[:-2]) & (depth[1:-1] >= depth[2:]) & (depth[1:-1] > 0.02) & ~taken[1:-1]
    for k in np.flatnonzero(peak) + 1:
        begin = max(int(k) - round(0.2 * pitch), 0)
        core = np.maximum(depth[begin : int(k) + round(0.2 * pitch) + 1] - 0.5 * depth[k], 0)
        places.append(float((core * np.arange(begin, begin + len(core))).sum() / core.sum()))
        weights.append(float(depth[k]))
    order = np.argsort(places, kind="stable")
    return np.array(places)[order] - pad, np.array(weights)[order]
