"""Check what the sandboxed reader says. Whatever does not fit together is a ValueError or the like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from fother.intake.limits import Limits
from fother.intake.process import Message, printable
from fother.intake.sandbox.words import describe
from fother.intake.wire import PART_KINDS
from fother.model.capture import Characters, Sheet, Sighting, TextPart, WordBoxes

_STAMP = re.compile(r"[0-9a-f]{32}")
_KIND = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")
_MOST_METADATA, _MOST_NOTES = 64, 40


@dataclass
class _Claims:
    media_type: str = ""
    stamps: tuple[str, ...] = ()
    sheets: list[Sheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    isolation: str = ""
    text: str = ""
    parts: tuple[TextPart, ...] = ()
    words: WordBoxes = field(default_factory=WordBoxes)
    metadata: Mapping[str, str] = field(default_factory=dict)
    members: list[tuple[str, bytes]] = field(default_factory=list)


def check(
    name: str, sha256: str, untrusted: Sequence[Message], limits: Limits
) -> tuple[Sighting, list[tuple[str, bytes]]]:
    """The sighting, and the files inside: names as they are told, and bytes."""
    claims = _Claims()
    for header, arrays in untrusted:
        _take(claims, name, header, arrays, limits)
    if claims.words.start.size and int(claims.words.end.max()) > len(claims.text):
        raise ValueError("words outside the text")
    sighting = Sighting(
        artefact=name,
        sha256=sha256,
        media_type=claims.media_type,
        sheets=tuple(claims.sheets),
        untrusted_stamps=claims.stamps,
        notes=tuple(dict.fromkeys(claims.notes)),
        isolation=claims.isolation,
        text=claims.text,
        parts=claims.parts,
        words=claims.words,
        metadata=claims.metadata,
    )
    return sighting, claims.members


def _take(
    claims: _Claims, name: str, header: dict[str, Any], arrays: list[NDArray[Any]], limits: Limits
) -> None:
    if "isolation" in header:
        claims.isolation = describe(header["isolation"])
    elif "kind" in header:
        kind = str(header["kind"])
        claims.media_type = kind if _KIND.fullmatch(kind) else "application/octet-stream"
    elif "stamps" in header:
        claims.stamps = tuple(s for s in header["stamps"] if _STAMP.fullmatch(s))
        if (pages := number(header["pages"])) > limits.sheets:
            claims.notes.append(f"{name} has {pages} pages; the first {limits.sheets} were read.")
    elif "stopped" in header:
        count = len(claims.sheets)
        claims.notes.append(f"Of {name} only the first {count} pages could be read: damaged or too large.")
    elif "page" in header:
        claims.sheets.append(_sheet(name, header, arrays))
        if header.get("cut"):
            claims.notes.append(f"{name} is damaged or cut off; what is left of it was read.")
    elif "text" in header:
        claims.text, claims.parts = _text(header, arrays, limits)
    elif "words" in header:
        claims.words = _words(arrays)
    elif "metadata" in header:
        pairs = list(header["metadata"].items())[:_MOST_METADATA]
        claims.metadata = {printable(k, 60): printable(str(v), 500) for k, v in pairs}
    elif "notes" in header:
        claims.notes += [f"{name}: {printable(str(note), 400)}" for note in header["notes"][:_MOST_NOTES]]
    elif "member" in header:
        (data,) = arrays
        if data.dtype != np.uint8 or data.ndim != 1 or len(claims.members) >= limits.members:
            raise ValueError("not a file inside")
        claims.members.append((str(header["member"]), data.tobytes()))


def _sheet(name: str, header: dict[str, Any], arrays: list[NDArray[Any]]) -> Sheet:
    page = number(header["page"])
    if "readable" not in header:
        return Sheet(name, page, picture(arrays))
    if not header["readable"]:
        return Sheet(name, page, None)
    codes, origin = arrays
    if codes.dtype != np.int32 or codes.ndim != 1 or origin.shape != (len(codes), 2):
        raise ValueError("text and places do not belong together")
    return Sheet(name, page, None, Characters(text_from(codes), np.nan_to_num(origin.astype(np.float64))))


def _text(
    header: dict[str, Any], arrays: list[NDArray[Any]], limits: Limits
) -> tuple[str, tuple[TextPart, ...]]:
    codes, rows = arrays
    # Pieces are parted by line ends that the reader's limit does not count.
    if codes.dtype != np.int32 or codes.ndim != 1 or len(codes) > 3 * limits.text + 2:
        raise ValueError("not a text")
    if rows.dtype != np.int32 or rows.shape != (len(rows), 5):
        raise ValueError("not parts of a text")
    labels = [printable(str(label), 100) for label in header["labels"]]
    kind, start, end, sheet, label = rows.T
    if len(rows):
        apart = (start <= end).all() and (start[1:] >= end[:-1]).all()
        inside = start[0] >= 0 and end[-1] <= len(codes) and (sheet >= -1).all()
        known = kind.min() >= 0 and kind.max() < len(PART_KINDS)
        named = label.min() >= 0 and label.max() < len(labels)
        if not (apart and inside and known and named):
            raise ValueError("parts that do not fit their text")
    parts = (
        TextPart(PART_KINDS[k], s, e, None if p < 0 else p, labels[n]) for k, s, e, p, n in rows.tolist()
    )
    return text_from(codes), tuple(parts)


def _words(arrays: list[NDArray[Any]]) -> WordBoxes:
    places, box = arrays
    if places.dtype != np.int32 or places.shape != (len(places), 3) or box.shape != (len(places), 4):
        raise ValueError("words and places do not belong together")
    start, end, sheet = places.astype(np.int64).T
    if box.dtype != np.float64 or not np.isfinite(box).all():
        raise ValueError("places that are no numbers")
    if len(start) and ((start < 0).any() or (sheet < 0).any() or (start > end).any()):
        raise ValueError("words that do not fit a text")
    if len(start) > 1 and (start[1:] < end[:-1]).any():
        raise ValueError("words that are not in order")
    return WordBoxes(start, end, sheet, np.array(box), np.ones(len(start)))


def text_from(codes: NDArray[np.int32]) -> str:
    """Code points as text: what is none, and NUL, becomes U+FFFD."""
    bad = (codes <= 0) | (codes > 0x10FFFF) | ((codes >= 0xD800) & (codes <= 0xDFFF))
    return np.where(bad, 0xFFFD, codes).astype("<u4").tobytes().decode("utf-32-le")


def picture(arrays: Sequence[NDArray[Any]]) -> NDArray[np.uint8]:
    """The one array of a message when it is a grey picture (height, width), else ValueError."""
    (pixels,) = arrays
    if pixels.dtype != np.uint8 or pixels.ndim != 2 or not pixels.size:
        raise ValueError("not a grey picture")
    return cast("NDArray[np.uint8]", pixels)


def number(untrusted: object) -> int:
    """A page number or count, else ValueError."""
    if not isinstance(untrusted, int) or not 0 <= untrusted < 1 << 31:
        raise ValueError("not a page number")
    return int(untrusted)
