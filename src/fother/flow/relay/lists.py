"""Members of marked lists, read from their CSV files and read again when these change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from fother.errors import FotherError
from fother.registry import RecipientRow, read_recipients

_Stamp = tuple[int, int, int]
_LINE = re.compile(r"(?:^|: |\n  )[Ll]ines? (\d+)")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a list, in full, and as a log may hold it: no word of the list itself."""

    full: str
    safe: str


class ListFaultError(Exception):
    """A list cannot be read; the words are `Fault.safe`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.safe)
        self.fault = fault


class Lists:
    """The lists of a relay by their files. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[Path, tuple[_Stamp, tuple[RecipientRow, ...], Fault | None]] = {}

    def members(self, file: Path) -> tuple[RecipientRow, ...]:
        """The rows of a list, each with an address. Raises ListFaultError."""
        rows, fault = self._read(file)
        if fault:
            raise ListFaultError(fault)
        return rows

    def fault(self, file: Path) -> str:
        """What is wrong with a list, without any word of it; empty when nothing is."""
        fault = self._read(file)[1]
        return fault.safe if fault else ""

    def _read(self, file: Path) -> tuple[tuple[RecipientRow, ...], Fault | None]:
        with self._lock:
            try:
                status = file.stat()
                stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
            except OSError as error:
                words = f"cannot be read ({error.strerror})."
                return (), Fault(f"The list {file} {words}", f"The list {file.name} {words}")
            known = self._known.get(file)
            if known is None or known[0] != stamp:
                known = self._known[file] = (stamp, *_members(file))
            return known[1:]


def _members(file: Path) -> tuple[tuple[RecipientRow, ...], Fault | None]:
    try:
        rows = tuple(read_recipients(file))
    except FotherError as error:
        found = _LINE.search(str(error))
        place = f"{file.name}, line {found[1]}" if found else file.name
        safe = f"{place}: the list has faults ({error.code}); fother relay check tells which."
        return (), Fault(str(error), safe)
    missing = [row.line for row in rows if not row.email]
    if missing:
        words = f"{file.name}, line {missing[0]}: mail goes to addresses; give one, or drop the row."
        return (), Fault(words, words)
    return rows, None
