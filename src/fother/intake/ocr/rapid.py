"""PP-OCRv6 networks, as the wheel of rapidocr ships them, run by onnxruntime: strong on photos.

Line finding as in `detector`; recognition: B. Shi et al., "An end-to-end trainable neural network for
image-based sequence recognition", TPAMI 2017, decoded by best path (A. Graves et al., ICML 2006). Only the
models of the wheel are used, from its folder: nothing is ever fetched.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.intake.ocr.detector import Detector, Quads
from fother.intake.ocr.interface import Grey, Line, Word, around

_HEIGHT = 48  # of a line as the network takes it, pixels
_MIN_WIDTH, _MAX_WIDTH = 64, 3200
_SIGN_WIDTH = 192  # of the start of a line that tells which way up it stands
_BATCH = 6
_PIECE = 24.0  # a line this many times wider than high is read in pieces


class RapidEngine:
    """`threads` bounds the threads of one network at work."""

    name = "rapidocr"

    def __init__(self, threads: int | None = None) -> None:
        models = _models()
        if models is None:
            raise RuntimeError("the models of rapidocr are not installed")
        count = max(1, min(threads or os.cpu_count() or 1, os.cpu_count() or 1))
        find, classify, recognise = (_session(path, count) for path in models)
        self.detector = Detector(find)
        self._classify, self._recognise = classify, recognise
        characters = recognise.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *characters, " "]  # class 0 is the blank of the decoding

    @classmethod
    def available(cls) -> bool:
        return importlib.util.find_spec("onnxruntime") is not None and _models() is not None

    @classmethod
    def preload(cls) -> None:
        """Load the library, but no model yet."""
        if cls.available():
            import onnxruntime  # noqa: F401

    def read(self, image: Grey) -> list[Line]:
        return self.read_lines(image, self.detector.find(image))

    def read_lines(self, image: Grey, quads: Quads) -> list[Line]:
        """The lines that the detector found at `quads`, empty ones left out; long ones come in pieces."""
        strips, places = [], []
        for quad in quads:
            strip, back = cut_out(image, quad)
            for start, end in _pieces(strip):
                strips.append(strip[:, start:end])
                places.append((start, back))
        texts = self._texts(strips)
        lines = []
        for (start, back), (text, at, sure), strip in zip(places, texts, strips, strict=True):
            words = tuple(_words(text, at + start, sure, back, strip.shape[0]))
            if words:
                lines.append(Line(words))
        return lines

    def upside_down(self, image: Grey, quads: Quads) -> float:
        """Share (0…1) of the lines at `quads` that stand on their head, weighted by how sure that is."""
        votes = []
        for quad in quads:
            strip, _ = cut_out(image, quad)
            tensor = np.zeros((1, 3, _HEIGHT, _SIGN_WIDTH), np.float32)
            scaled = _scaled(strip, _HEIGHT, _SIGN_WIDTH)
            tensor[0, :, :, : scaled.shape[1]] = scaled
            votes.append(self._classify.run(None, {self._classify.get_inputs()[0].name: tensor})[0][0])
        return float(np.mean(votes, axis=0)[1]) if votes else 0.0

    def _texts(self, strips: Sequence[Grey]) -> list[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
        """Of every strip the text, the x (pixels of the strip) and the probability of each character."""
        order = sorted(range(len(strips)), key=lambda i: strips[i].shape[1] / strips[i].shape[0])
        results: dict[int, tuple[str, NDArray[np.float64], NDArray[np.float64]]] = {}
        name = self._recognise.get_inputs()[0].name
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            scaled = [_scaled(strips[i], _HEIGHT, _MAX_WIDTH) for i in batch]
            width = max(_MIN_WIDTH, *(s.shape[1] for s in scaled))
            tensor = np.zeros((len(batch), 3, _HEIGHT, width), np.float32)
            for row, line in enumerate(scaled):
                tensor[row, :, :, : line.shape[1]] = line
            probable = self._recognise.run(None, {name: tensor})[0]
            best, sure = probable.argmax(axis=2), probable.max(axis=2)
            for row, i in enumerate(batch):
                kept = (best[row] != 0) & (np.diff(best[row], prepend=0) != 0)
                steps = np.flatnonzero(kept)
                text = "".join(self._characters[c] for c in best[row, steps])
                step = width / best.shape[1] * strips[i].shape[1] / scaled[row].shape[1]
                x = (steps + 0.5) * step
                results[i] = text, x, sure[row, steps].astype(np.float64)
        return [results[i] for i in range(len(strips))]


def _models() -> tuple[Path, Path, Path] | None:
    """Files of the networks that find, turn and recognise lines."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.origin:
        return None
    folder = Path(spec.origin).parent / "models"
    kinds = [sorted(folder.glob(f"*{kind}*.onnx")) for kind in ("_det_", "_cls_", "_rec_")]
    return (kinds[0][-1], kinds[1][-1], kinds[2][-1]) if all(kinds) else None


def _session(model: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False  # sizes differ from line to line; an arena would keep them all
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # other work needs the cores
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])


def _scaled(strip: Grey, height: int, max_width: int) -> NDArray[np.float32]:
    width = min(max(round(strip.shape[1] * height / strip.shape[0]), 1), max_width)
    level = np.asarray(cv2.resize(strip, (width, height)), np.float32)
    return level / np.float32(127.5) - np.float32(1)


def cut_out(image: Grey, quad: NDArray[np.float64]) -> tuple[Grey, NDArray[np.float64]]:
    """The line made level, and the matrix (2, 3) that maps its pixels back into the picture."""
    width = max(round(float(np.linalg.norm(quad[1] - quad[0]))), 2)
    height = max(round(float(np.linalg.norm(quad[3] - quad[0]))), 2)
    level = np.array([[0, 0], [width, 0], [0, height]], np.float32)
    back = cv2.getAffineTransform(level, quad[[0, 1, 3]].astype(np.float32))
    strip = cv2.warpAffine(
        image,
        back,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(strip, np.uint8), np.asarray(back, np.float64)


def _pieces(strip: Grey) -> list[tuple[int, int]]:
    """Cut a long line where a gap between words is widest near each even division."""
    height, width = strip.shape
    count = int(np.ceil(width / (_PIECE * height)))
    if count < 2:
        return [(0, width)]
    ink = strip.max(axis=0).astype(np.int32) - strip.min(axis=0)
    blank = cv2.boxFilter(ink.astype(np.float32)[None], -1, (max(height // 4, 1) | 1, 1))[0]
    cuts = [0]
    for k in range(1, count):
        middle, reach = round(k * width / count), round(width / count / 3)
        cuts.append(middle - reach + int(np.argmin(blank[middle - reach : middle + reach])))
    return list(pairwise([*cuts, width]))


def _words(
    text: str, at: NDArray[np.float64], sure: NDArray[np.float64], back: NDArray[np.float64], height: int
) -> Iterator[Word]:
    """Words of one piece; `at` are the centres of its characters in the level line."""
    if not len(at):
        return
    pitch = float(np.median(np.diff(at))) if len(at) > 1 else height / 2
    start = 0
    for end in range(len(text) + 1):
        if end < len(text) and not text[end].isspace():
            continue
        if end > start:
            x0, x1 = at[start] - pitch / 2, at[end - 1] + pitch / 2
            corners = np.array([[x0, 0, 1], [x1, 0, 1], [x1, height, 1], [x0, height, 1]]) @ back.T
            box = around([(x, y, x, y) for x, y in corners.tolist()])
            yield Word(text[start:end], box, float(np.clip(sure[start:end].mean(), 0.0, 1.0)))
        start = end + 1
