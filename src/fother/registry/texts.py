"""The text of a document or of a sighting as the registry keeps it: one blob, checked whenever it is read.

    "fother text" 0x00, version 1 (one byte), then deflated:
    length of the header (4 bytes, little-endian), header (JSON in UTF-8), text (UTF-8), words

The header gives the parts, whether the text was recognised in pictures, the number of code points and of
words. A word is its start, end and sheet (int32) and its box and confidence (float32), column by column,
little-endian. zlib is RFC 1950.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fother.errors import RegistryError
from fother.model.capture import TextPart, WordBoxes

MOST_BYTES = 1 << 30  #: unpacked; no text that intake lets through comes near
_MOST_SHEETS = 1_000_000
_MAGIC = b"fother text\0\x01"
_LENGTH = struct.Struct("<I")
_WORD_BYTES = 3 * 4 + 5 * 4  #: start, end, sheet; four of the box, confidence


@dataclass(frozen=True)
class DocumentText:
    """A canonical text with its parts, and where its words are seen when that is kept.

    Offsets count code points of `text`. Parts are in order and do not overlap. Boxes and confidences are kept
    as 32-bit floats.
    """

    text: str
    parts: tuple[TextPart, ...] = ()
    recognised: bool = False  #: the text was recognised in pictures (OCR)
    words: WordBoxes = field(default_factory=WordBoxes, compare=False)

    @property
    def page_starts(self) -> tuple[int, ...]:
        """Where each page begins, in order; empty when the text has no pages.

        A page without text begins where the next one that has any does, so that the 1-based page of an
        offset is `bisect.bisect_right(page_starts, offset)`.
        """
        first: dict[int, int] = {}
        for part in self.parts:
            if part.kind in ("page", "slide") and part.sheet is not None:
                first.setdefault(part.sheet, part.start)
        starts: list[int] = []
        following = len(self.text)
        for page in range(max(first, default=-1), -1, -1):
            following = min(following, first.get(page, following))
            starts.append(following)
        return tuple(reversed(starts))

    def to_bytes(self) -> bytes:
        """The blob. The same text makes the same bytes. Raises RegistryError for parts outside the text."""
        _check(self)
        # Intake replaces lone surrogates; should one come through, it comes back as it was.
        text = self.text.encode("utf-8", "surrogatepass")
        header = {
            "bytes": len(text),
            "code points": len(self.text),
            "parts": [[p.kind, p.start, p.end, p.sheet, p.label] for p in self.parts],
            "recognised": self.recognised,
            "words": len(self.words),
        }
        head = json.dumps(header, separators=(",", ":")).encode()
        w = self.words
        columns = [np.asarray(c, "<i4").tobytes() for c in (w.start, w.end, w.sheet)]
        columns += [np.asarray(c, "<f4").tobytes() for c in (w.box, w.confidence)]
        packed = zlib.compress(b"".join([_LENGTH.pack(len(head)), head, text, *columns]), 6)
        return _MAGIC + packed

    @classmethod
    def from_bytes(cls, data: bytes) -> DocumentText:
        """The text of a blob. Raises RegistryError when it is damaged or of a newer version."""
        if not data.startswith(_MAGIC[:-1]):
            raise RegistryError("This is not a text that the registry stored.")
        if not data.startswith(_MAGIC):
            raise RegistryError("The stored text is of a newer version; update fother.")
        try:
            return _check(_unpacked(_inflated(data[len(_MAGIC) :])))
        except (ValueError, TypeError, KeyError, OverflowError, struct.error, zlib.error) as error:
            raise RegistryError(
                f"The stored text is damaged ({error}); restore it from your backup or reindex."
            ) from error


def _inflated(data: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    plain = unpacking.decompress(data, MOST_BYTES)
    if not unpacking.eof:
        raise ValueError("it is cut short or unpacks to too much")
    if unpacking.unused_data:
        raise ValueError("something follows it")
    return plain


def _unpacked(plain: bytes) -> DocumentText:
    (length,) = _LENGTH.unpack_from(plain)
    body = _LENGTH.size + length
    header: dict[str, Any] = json.loads(plain[_LENGTH.size : body])
    count, size = int(header["words"]), int(header["bytes"])
    if count < 0 or size < 0 or len(plain) != body + size + count * _WORD_BYTES:
        raise ValueError("its length is wrong")
    text = plain[body : body + size].decode("utf-8", "surrogatepass")
    if len(text) != header["code points"]:
        raise ValueError("its number of characters is wrong")
    start, end, sheet = np.frombuffer(plain, "<i4", 3 * count, body + size).reshape(3, count).astype(np.int64)
    numbers = np.frombuffer(plain, "<f4", 5 * count, body + size + 12 * count).astype(np.float64)
    words = WordBoxes(start, end, sheet, numbers[: 4 * count].reshape(count, 4), numbers[4 * count :])
    return DocumentText(
        text, tuple(TextPart(*part) for part in header["parts"]), bool(header["recognised"]), words
    )


def _check(held: DocumentText) -> DocumentText:
    before = 0
    for part in held.parts:
        if not (isinstance(part.kind, str) and isinstance(part.label, str)):
            raise RegistryError("A part of the text has no kind.")
        if not before <= part.start <= part.end <= len(held.text):
            raise RegistryError(f"The {part.kind} part {part.start}–{part.end} lies outside the text.")
        if part.sheet is not None and not 0 <= part.sheet < _MOST_SHEETS:
            raise RegistryError(f"The {part.kind} part {part.start}–{part.end} is on no sheet.")
        before = part.end
    w, n = held.words, len(held.words)
    if (w.end.shape, w.sheet.shape, w.box.shape, w.confidence.shape) != ((n,), (n,), (n, 4), (n,)):
        raise RegistryError("The words of the text have columns of different lengths.")
    if n and not _within(w.start, w.end, len(held.text)):
        raise RegistryError("A word lies outside the text.")
    return held


def _within(start: NDArray[np.int64], end: NDArray[np.int64], length: int) -> bool:
    return bool(start.min() >= 0 and end.max() <= length and (start <= end).all())
