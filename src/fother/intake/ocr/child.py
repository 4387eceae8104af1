"""The recogniser's side of the sandbox: pixels in, text and boxes out.

Imported before the process limits itself, so that its libraries are loaded; the models are read and threads
started after, so that the limits bind them.
"""

from __future__ import annotations

import os
import threading
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fother.intake.ocr.interface import Line, Word
from fother.intake.ocr.rapid import RapidEngine
from fother.intake.ocr.reader import Effort, Reader, Reading
from fother.intake.ocr.tesseract import TesseractEngine
from fother.intake.wire import write_message

RapidEngine.preload()
TesseractEngine.preload()


def recognise(out: BinaryIO, options: dict[str, Any], data: bytes) -> None:
    """Read the pictures whose pixels `data` holds one after the other; one message for each.

    Options: `shapes`, the (height, width) of each picture; `effort`, "quick" or "full"; `threads`;
    `characters`, the most kept of one picture. Header: page, engine, turned, notes, confidence. Arrays: the
    text's code points (n,) <i4; start and end of each word in it (w, 2) <i4; boxes (w, 4) <f8, pixels of the
    picture; confidence (w,) <f8.
    """
    reader = _reader(int(options["threads"]))
    effort: Effort = "quick" if options["effort"] == "quick" else "full"
    at = 0
    for number, (height, width) in enumerate(options["shapes"]):
        image = np.frombuffer(data, np.uint8, height * width, at).reshape(height, width)
        at += height * width
        reading = reader.read(image, effort) if image.size else Reading((), "", 0)
        codes, words, boxes, sure = _flat(reading, int(options["characters"]))
        header = {
            "page": number,
            "engine": reading.engine,
            "turned": reading.turned,
            "notes": list(reading.notes),
        }
        write_message(out, header, codes, words, boxes, sure)


def _reader(threads: int) -> Reader:
    threads = min(threads, os.cpu_count() or 1) if _may_start_threads() else 1
    second = TesseractEngine() if TesseractEngine.available() else None
    return Reader(RapidEngine(threads), second)


def _may_start_threads() -> bool:
    probe = threading.Thread(target=int)
    try:
        probe.start()
    except RuntimeError:
        return False
    probe.join()
    return True


def _flat(
    reading: Reading, most: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Text with a line break after each line and a blank line between blocks; its words."""
    pieces: list[str] = []
    spans, boxes, sure = [], [], []
    length = 0

    def add(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += len(text)

    for block_number, block in enumerate(reading.blocks):
        add("\n\n" if block_number else "")
        for line_number, line in enumerate(block):
            add("\n" if line_number else "")
            for word_number, word in enumerate(_kept(line, most - length)):
                add(" " if word_number else "")
                spans.append((length, length + len(word.text)))
                boxes.append(word.box)
                sure.append(word.confidence)
                add(word.text)
    codes = np.array([ord(c) for c in "".join(pieces)], np.int32)
    return (
        codes,
        np.array(spans, np.int32).reshape(-1, 2),
        np.array(boxes, np.float64).reshape(-1, 4),
        np.array(sure, np.float64),
    )


def _kept(line: Line, room: int) -> tuple[Word, ...]:
    return line.words if len(line.text) <= room else ()
