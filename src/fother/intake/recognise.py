"""Text in pictures, recognised in the sandboxed child: the parent's side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.errors import InputFileError, SandboxError
from fother.intake.limits import DEFAULT, Limits
from fother.intake.process import Message, ask, printable
from fother.model.capture import WordBoxes

_TOGETHER = {"quick": 24, "full": 6}  # pictures for one child: all must fit its time limit
_TOGETHER_PIXELS = 120_000_000
_MOST_PIXELS = 16_000_000  # of one picture: more tells the recogniser nothing
_ENGINES = ("tesseract", "rapidocr", "")


@dataclass(frozen=True)
class Recognised:
    """Text of one picture in reading order: a line break after each line, a blank line between blocks.

    `words` are at code points of `text` and in pixels of the picture as given; their `sheet` is its position
    in the list. `engine` is "tesseract", "rapidocr" or empty when no text was found; `confidence` (0…1) the
    mean over the words, weighted by length; `turned` how far the picture had to be turned clockwise to stand
    upright, degrees: 0, 90, 180 or 270.
    """

    text: str
    words: WordBoxes
    engine: str
    confidence: float
    turned: int
    notes: tuple[str, ...] = ()


def recognise(
    images: Sequence[NDArray[np.uint8]],
    *,
    effort: Literal["quick", "full"] = "full",
    limits: Limits = DEFAULT,
) -> list[Recognised]:
    """Read pictures (h, w) uint8, 0 = black; one answer for each, in their order.

    "quick" is for finding the source: it reads a part of a page, in one or two seconds; "full" gives the best
    text. A picture that its reader cannot manage within the limits has an empty text and a note that says so.
    """
    sent = [_reduced(image) for image in images]
    results: list[Recognised] = []
    for batch in _batches(sent, _TOGETHER[effort]):
        results += _answers(batch, effort, limits)
    return [
        _placed(result, number, image.shape, reduced.shape)
        for number, (result, image, reduced) in enumerate(zip(results, images, sent, strict=True))
    ]


def _reduced(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError("a picture is (height, width) uint8")
    scale = (_MOST_PIXELS / max(image.size, 1)) ** 0.5
    if scale >= 1:  # also for a picture without pixels
        return np.ascontiguousarray(image)
    height, width = (max(int(side * scale), 1) for side in image.shape)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _batches(images: Sequence[NDArray[np.uint8]], most: int) -> Iterator[list[NDArray[np.uint8]]]:
    batch: list[NDArray[np.uint8]] = []
    for image in images:
        if batch and (len(batch) >= most or sum(i.size for i in batch) + image.size > _TOGETHER_PIXELS):
            yield batch
            batch = []
        batch.append(image)
    if batch:
        yield batch


def _answers(batch: list[NDArray[np.uint8]], effort: str, limits: Limits) -> list[Recognised]:
    """One picture that its reader cannot manage must not take the others with it."""
    request = {
        "mode": "recognise",
        "effort": effort,
        "shapes": [list(image.shape) for image in batch],
        "threads": os.cpu_count() or 1,
    }
    try:
        data = b"".join(image.tobytes() for image in batch)
        messages = ask("The picture", data, request, limits)
        return _results([m for m in messages if "page" in m[0]], len(batch))
    except (SandboxError, InputFileError):
        if len(batch) > 1:
            return [result for image in batch for result in _answers([image], effort, limits)]
        note = "The text in this picture could not be recognised within the limits of time and memory."
        return [Recognised("", WordBoxes(), "", 0.0, 0, (note,))]


def _results(messages: Sequence[Message], count: int) -> list[Recognised]:
    try:
        results = [_result(*message) for message in messages]
    except (ValueError, KeyError, TypeError):
        raise SandboxError("The recogniser's answer did not fit together, so it was not used.") from None
    if len(results) != count:
        raise SandboxError("The recogniser did not answer for every picture.")
    return results


def _result(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Recognised:
    """Raises ValueError when something does not fit: the sender is not trusted."""
    codes, spans, boxes, sure = arrays
    kinds = [a.dtype.str for a in arrays]
    if kinds != ["<i4", "<i4", "<f8", "<f8"] or codes.ndim != 1 or sure.ndim != 1:
        raise ValueError("unexpected arrays")
    if spans.shape != (len(sure), 2) or boxes.shape != (len(sure), 4):
        raise ValueError("words and boxes do not belong together")
    start, end = spans.astype(np.int64).T
    if len(start) and not (
        start[0] >= 0 and (start < end).all() and (end[:-1] <= start[1:]).all() and end[-1] <= len(codes)
    ):
        raise ValueError("words overlap or lie outside the text")
    if not (np.isfinite(boxes).all() and np.isfinite(sure).all()):
        raise ValueError("not a number")
    text = "".join(chr(c) if 0 < c < 0xD800 or 0xDFFF < c < 0x110000 else "\ufffd" for c in codes.tolist())
    engine, turned, notes = header["engine"], header["turned"], header["notes"]
    if engine not in _ENGINES or turned not in (0, 90, 180, 270):
        raise ValueError("unexpected answer")
    sure = np.clip(sure, 0.0, 1.0)
    weight = (end - start).astype(np.float64)
    confidence = float((sure * weight).sum() / weight.sum()) if len(weight) else 0.0
    words = WordBoxes(start, end, np.zeros(len(start), np.int64), boxes, sure)
    told = tuple(printable(note, 200) for note in notes[:8] if isinstance(note, str))
    return Recognised(text, words, engine, confidence, turned, told)


def _placed(result: Recognised, number: int, given: tuple[int, ...], sent: tuple[int, ...]) -> Recognised:
    """Boxes in pixels of the picture as given and within it."""
    height, width = given
    factor = np.array([width, height, width, height]) / np.maximum([sent[1], sent[0], sent[1], sent[0]], 1)
    box = np.clip(result.words.box * factor, 0.0, [width, height, width, height])
    sheet = np.full(len(result.words), number, np.int64)
    return replace(result, words=replace(result.words, box=box, sheet=sheet))
