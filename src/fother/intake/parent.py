"""Start the sandboxed reader and take what it says with caution."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from fother.errors import InputFileError, PasswordError, SandboxError
from fother.intake.limits import DEFAULT, Limits
from fother.intake.wire import read_message
from fother.model.capture import Characters, Sheet, Sighting

ISOLATION = "child process with limits on memory, time, files and output"
Message = tuple[dict[str, Any], list[NDArray[Any]]]


def receive(path: Path, *, password: str = "", limits: Limits = DEFAULT) -> Sighting:
    """Read one leaked file.

    Pages of a PDF come back as glyphs only; `render_pages` gives their pictures when they are needed.

    Raises InputFileError, PasswordError or SandboxError, each with one clear sentence.
    """
    data = _read(path, limits)
    media_type = ""
    stamps: tuple[str, ...] = ()
    sheets: list[Sheet] = []
    notes: list[str] = []
    for header, arrays in _ask(path, data, {"mode": "read", "password": password}, limits):
        if "kind" in header:
            media_type = str(header["kind"])
        elif "stamps" in header:
            stamps = tuple(str(s) for s in header["stamps"])
            if int(header["pages"]) > limits.sheets:
                notes.append(
                    f"{path.name} has {int(header['pages'])} pages; the first {limits.sheets} were read."
                )
        elif "page" in header:
            sheets.append(_sheet(path.name, header, arrays))
    if not sheets:
        raise InputFileError(f"{path.name}: nothing to look at in this file; it has no page and no picture.")
    return Sighting(
        artefact=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        sheets=tuple(sheets),
        untrusted_stamps=stamps,
        notes=tuple(notes),
        isolation=ISOLATION,
    )


def render_pages(
    path: Path, pages: Sequence[int], *, dpi: float = 200.0, password: str = "", limits: Limits = DEFAULT
) -> dict[int, NDArray[np.uint8]]:
    """Grey pictures of some pages of a leaked PDF, by 0-based page number. Raises like `receive`."""
    data = _read(path, limits)
    request = {"mode": "render", "password": password, "pages": [int(p) for p in pages], "dpi": dpi}
    return {
        int(header["page"]): arrays[0]
        for header, arrays in _ask(path, data, request, limits)
        if "page" in header and arrays
    }


def _read(path: Path, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InputFileError(f"{path.name} is a folder; name the files in it.")
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


def _sheet(name: str, header: dict[str, Any], arrays: list[NDArray[Any]]) -> Sheet:
    number = int(header["page"])
    if "readable" not in header:
        return Sheet(name, number, arrays[0])
    if not header["readable"]:
        return Sheet(name, number, None)
    codes, origin = arrays
    if codes.ndim != 1 or origin.shape != (len(codes), 2):
        raise SandboxError(f"{name}: the reader's answer did not fit together, so it was not used.")
    text = "".join(chr(c) if 0 < c < 0x110000 else "\ufffd" for c in codes.tolist())
    return Sheet(name, number, None, Characters(text, np.nan_to_num(origin.astype(np.float64))))


def _ask(path: Path, data: bytes, request: dict[str, Any], limits: Limits) -> list[Message]:
    options = {
        **request,
        **{k: getattr(limits, k) for k in ("memory_bytes", "cpu_seconds", "pixels", "kept_pixels")},
        "sheets": limits.sheets,
        "characters": limits.characters,
    }
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "PYTHONPATH", "SYSTEMROOT", "LANG")}
    # One thread: a reader has no business with more, and thread stacks count against the memory limit.
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "fother.intake.child", json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/" if os.name == "posix" else None,
    ) as child:
        stdin, stdout = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
        timer = threading.Timer(limits.wall_seconds, child.kill)
        feeder = threading.Thread(target=_feed, args=(stdin, data), daemon=True)
        timer.start()
        feeder.start()
        try:
            return _collect(path.name, stdout, limits)
        except (ValueError, KeyError, TypeError):
            raise SandboxError(
                f"{path.name}: the reader stopped half-way; the file is damaged, hostile or too demanding."
            ) from None
        finally:
            timer.cancel()
            child.kill()


def _feed(stdin: BinaryIO, data: bytes) -> None:
    try:
        stdin.write(data)
        stdin.close()
    except OSError:
        return  # the child has stopped reading; its answer tells why


def _collect(name: str, stdout: BinaryIO, limits: Limits) -> list[Message]:
    messages: list[Message] = []
    while True:
        message = read_message(stdout, 8 * limits.kept_pixels)
        if message is None:
            raise ValueError("no end")
        header = message[0]
        if header.get("end"):
            return messages
        if "refused" in header:
            reason = str(header["refused"])[:300]
            if reason == "password":
                raise PasswordError(f"{name} is encrypted; give its password with --password.")
            raise InputFileError(f"{name} cannot be used: {reason}.")
        messages.append(message)
        if len(messages) > limits.sheets + 8:
            raise ValueError("too many messages")
