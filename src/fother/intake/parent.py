"""Ask the sandboxed reader and take what it says with caution.

Files inside others (archives, attachments, pictures in letters) come back as bytes that nothing looks at
here; each is handed to a reader of its own.
"""

from __future__ import annotations

import hashlib
import re
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.errors import FotherError, InputFileError, SandboxError
from fother.intake.claims import check, number, picture
from fother.intake.limits import DEFAULT, Limits
from fother.intake.process import Message, ask, printable
from fother.model.capture import Sighting

_MISFITS = (ValueError, KeyError, TypeError, IndexError, OverflowError, AttributeError)
_MOST_NOTES = 60
_SPLIT = re.compile(r"[/\\]+")


@dataclass(frozen=True)
class Received:
    """One file of a leak: as it came, or taken out of another.

    `name` shows the way to it, as in "archive.zip/report.docx"; it is safe to show, and no path.
    """

    name: str
    data: bytes
    sighting: Sighting


def receive_all(path: Path, *, password: str = "", limits: Limits = DEFAULT) -> tuple[Received, ...]:
    """Read one leaked file of any kind, and the files inside it: the file first, then each with its own.

    Pages of a PDF come back as glyphs only; `render_bytes` gives their pictures when they are needed. What a
    member lacks is told in the notes of what it lies in; it hides no other. Raises InputFileError,
    PasswordError or SandboxError when the file itself cannot be read.
    """
    return receive_bytes(path.name, _read(path, limits), password=password, limits=limits)


def receive_bytes(
    name: str, data: bytes, *, password: str = "", limits: Limits = DEFAULT
) -> tuple[Received, ...]:
    """`receive_all` for bytes that are already in memory."""
    _require_content(name, len(data), limits)
    budget = _Budget(limits, password, time.monotonic)
    return tuple(budget.open(name, data, 0))


def render_bytes(
    name: str,
    data: bytes,
    pages: Sequence[int],
    *,
    dpi: float = 200.0,
    password: str = "",
    limits: Limits = DEFAULT,
) -> dict[int, NDArray[np.uint8]]:
    """Grey pictures of some pages of a leaked PDF, by 0-based page number. Raises like `receive_all`."""
    request = {"mode": "render", "password": password, "pages": [int(p) for p in pages], "dpi": dpi}
    untrusted = ask(name, data, request, limits)
    try:
        return {number(h["page"]): picture(arrays) for h, arrays in untrusted if "page" in h}
    except _MISFITS:
        raise _misfit(name) from None


class _Budget:
    """What is left for one artefact and everything inside it."""

    def __init__(self, limits: Limits, password: str, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._password = password
        self._clock = clock
        self._end = clock() + limits.all_seconds

    def open(self, name: str, data: bytes, depth: int) -> list[Received]:
        """A file and what is inside it. Raises when the file itself cannot be read."""
        remaining = self._end - self._clock()
        if remaining <= 0 or self._limits.total_bytes <= 0:
            raise SandboxError(f"{name} was not read: the files before it used up what one leak may cost.")
        limits = replace(self._limits, wall_seconds=min(self._limits.wall_seconds, remaining))
        sighting, members, size = _look(name, data, self._password, limits)
        unpacked = sum(len(content) for _, content in members)
        self._limits = replace(
            self._limits,
            total_bytes=self._limits.total_bytes - size,
            members=max(self._limits.members - len(members), 0),
            unpacked_bytes=max(self._limits.unpacked_bytes - unpacked, 0),
        )
        inside, notes = self._open_members(name, members, depth)
        if not (sighting.sheets or sighting.text or members):
            notes.insert(0, f"{name} holds no text and no picture.")
        hidden = len(notes) - _MOST_NOTES
        if hidden > 0:
            notes = [*notes[:_MOST_NOTES], f"{name}: {hidden} more files in it could not be read."]
        return [Received(name, data, replace(sighting, notes=(*sighting.notes, *notes))), *inside]

    def _open_members(
        self, name: str, members: Sequence[tuple[str, bytes]], depth: int
    ) -> tuple[list[Received], list[str]]:
        if members and depth >= self._limits.depth:
            return [], [f"{name} is nested too deeply, so the {len(members)} files in it were not read."]
        inside: list[Received] = []
        notes: list[str] = []
        taken: set[str] = set()
        for untrusted_name, content in members:
            shown = f"{name}/{_unused(member_name(untrusted_name), taken)}"
            try:
                inside += self.open(shown, content, depth + 1)
            except FotherError as error:
                notes.append(str(error))
        return inside, notes


def member_name(untrusted: str) -> str:
    """A name from inside a container made safe to show: no steps upwards, no control characters."""
    words = (printable(word, 200) for word in _SPLIT.split(untrusted[-400:]))
    kept = [word for word in words if word not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", word)]
    return "/".join(kept)[-200:].lstrip("/") or "without a name"


def _unused(name: str, taken: set[str]) -> str:
    chosen, count = name, 1
    while chosen in taken:
        count += 1
        chosen = f"{name} ({count})"
    taken.add(chosen)
    return chosen


def _look(
    name: str, data: bytes, password: str, limits: Limits
) -> tuple[Sighting, list[tuple[str, bytes]], int]:
    """The sighting of one file, the files inside it, and the bytes that crossed for it."""
    untrusted = ask(name, data, {"mode": "read", "password": password}, limits)
    try:
        sighting, members = check(name, hashlib.sha256(data).hexdigest(), untrusted, limits)
    except _MISFITS:
        raise _misfit(name) from None
    return sighting, members, _size(untrusted)


def _size(messages: Sequence[Message]) -> int:
    return sum(array.nbytes for _, arrays in messages for array in arrays)


def _read(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputFileError(f"{path.name} is a folder; name the files in it.")
        if not stat.S_ISREG(status.st_mode):
            raise InputFileError(f"{path.name} is not a file but a pipe or device; save its content first.")
        _require_content(path.name, status.st_size, limits)
        data = path.read_bytes()
    except OSError as error:
        raise InputFileError(f"{path}: cannot be read ({error.strerror}).") from None
    _require_content(path.name, len(data), limits)
    return data


def _require_content(name: str, size: int, limits: Limits) -> None:
    if size > limits.file_bytes:
        raise InputFileError(
            f"{name} has {size >> 20} MB; files over {limits.file_bytes >> 20} MB are not read."
        )
    if not size:
        raise InputFileError(f"{name} is empty (0 bytes); get the file again.")


def _misfit(name: str) -> SandboxError:
    return SandboxError(f"{name}: the reader's answer did not fit together, so it was not used.")
