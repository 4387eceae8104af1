"""Ask the sandboxed reader and take what it says with caution."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from fother.errors import InputFileError, SandboxError
from fother.intake.limits import DEFAULT, Limits
from fother.intake.process import Message, ask
from fother.model.capture import Characters, Sheet, Sighting

ISOLATION = "a child process with limits on memory, time, files and output"
#: What the child may have given up on top, told by itself before it sees the file's first byte.
_EXTRAS = ("no new privileges", "no network", "no further processes")
_STAMP = re.compile(r"[0-9a-f]{32}")


def receive(path: Path, *, password: str = "", limits: Limits = DEFAULT) -> Sighting:
    """Read one leaked file.

    Pages of a PDF come back as glyphs only; `render_pages` gives their pictures when they are needed.

    Raises InputFileError, PasswordError or SandboxError, each with one clear sentence.
    """
    data = _read(path, limits)
    untrusted = ask(path.name, data, {"mode": "read", "password": password}, limits)
    try:
        sighting = _sighting(path.name, hashlib.sha256(data).hexdigest(), untrusted, limits)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        raise _misfit(path) from None
    if not sighting.sheets:
        raise InputFileError(f"{path.name}: nothing to look at in this file; it has no page and no picture.")
    return sighting


def render_pages(
    path: Path, pages: Sequence[int], *, dpi: float = 200.0, password: str = "", limits: Limits = DEFAULT
) -> dict[int, NDArray[np.uint8]]:
    """Grey pictures of some pages of a leaked PDF, by 0-based page number. Raises like `receive`."""
    data = _read(path, limits)
    request = {"mode": "render", "password": password, "pages": [int(p) for p in pages], "dpi": dpi}
    untrusted = ask(path.name, data, request, limits)
    try:
        return {_number(h["page"]): _picture(arrays) for h, arrays in untrusted if "page" in h}
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        raise _misfit(path) from None


def _read(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        size = status.st_size
        if stat.S_ISDIR(status.st_mode):
            raise InputFileError(f"{path.name} is a folder; name the files in it.")
        if not stat.S_ISREG(status.st_mode):
            raise InputFileError(f"{path.name} is not a file but a pipe or device; save its content first.")
        if size > limits.file_bytes:
            raise InputFileError(
                f"{path.name} has {size >> 20} MB; files over {limits.file_bytes >> 20} MB are not read."
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputFileError(f"{path}: cannot be read ({error.strerror}).") from None
    if not data:
        raise InputFileError(f"{path.name} is empty (0 bytes); get the file again.")
    return data


def _sighting(name: str, sha256: str, untrusted: Sequence[Message], limits: Limits) -> Sighting:
    """Check what the child said. Raises ValueError and the like when it does not fit together."""
    media_type = ""
    stamps: tuple[str, ...] = ()
    sheets: list[Sheet] = []
    notes: list[str] = []
    extras: list[str] = []
    for header, arrays in untrusted:
        if "isolation" in header:
            extras = [extra for extra in _EXTRAS if extra in header["isolation"]]
        elif "kind" in header:
            media_type = str(header["kind"])
        elif "stamps" in header:
            stamps = tuple(s for s in header["stamps"] if _STAMP.fullmatch(s))
            if (pages := _number(header["pages"])) > limits.sheets:
                notes.append(f"{name} has {pages} pages; the first {limits.sheets} were read.")
        elif "stopped" in header:
            notes.append(f"Of {name} only the first {len(sheets)} pages could be read: damaged or too large.")
        elif "page" in header:
            sheets.append(_sheet(name, header, arrays))
            if header.get("cut"):
                notes.append(f"{name} is damaged or cut off; what is left of it was read.")
    return Sighting(
        artefact=name,
        sha256=sha256,
        media_type=media_type,
        sheets=tuple(sheets),
        untrusted_stamps=stamps,
        notes=tuple(dict.fromkeys(notes)),
        isolation=", ".join([ISOLATION, *extras]),
    )


def _sheet(name: str, header: dict[str, Any], arrays: list[NDArray[Any]]) -> Sheet:
    number = _number(header["page"])
    if "readable" not in header:
        return Sheet(name, number, _picture(arrays))
    if not header["readable"]:
        return Sheet(name, number, None)
    codes, origin = arrays
    if codes.dtype != np.int32 or codes.ndim != 1 or origin.shape != (len(codes), 2):
        raise ValueError("text and places do not belong together")
    text = "".join(chr(c) if 0 < c < 0xD800 or 0xDFFF < c < 0x110000 else "\ufffd" for c in codes.tolist())
    return Sheet(name, number, None, Characters(text, np.nan_to_num(origin.astype(np.float64))))


def _picture(arrays: Sequence[NDArray[Any]]) -> NDArray[np.uint8]:
    (picture,) = arrays
    if picture.dtype != np.uint8 or picture.ndim != 2 or not picture.size:
        raise ValueError("not a grey picture")
    return cast("NDArray[np.uint8]", picture)


def _number(untrusted: object) -> int:
    if not isinstance(untrusted, int) or not 0 <= untrusted < 1 << 31:
        raise ValueError("not a page number")
    return int(untrusted)


def _misfit(path: Path) -> SandboxError:
    return SandboxError(f"{path.name}: the reader's answer did not fit together, so it was not used.")
