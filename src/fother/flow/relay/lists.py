"""Members of marked lists, read from their CSV files and read again when these change."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from fother.errors import FotherError, RecipientListError
from fother.registry import RecipientRow, read_recipients

_Stamp = tuple[int, int, int]


class Lists:
    """The lists of a relay by their files. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[Path, tuple[_Stamp, tuple[RecipientRow, ...], str]] = {}

    def members(self, file: Path) -> tuple[RecipientRow, ...]:
        """The rows of a list, each with an address. Raises RecipientListError."""
        rows, fault = self._read(file)
        if fault:
            raise RecipientListError(fault)
        return rows

    def fault(self, file: Path) -> str:
        """What is wrong with a list; empty when nothing is."""
        return self._read(file)[1]

    def _read(self, file: Path) -> tuple[tuple[RecipientRow, ...], str]:
        with self._lock:
            try:
                status = file.stat()
                stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
            except OSError as error:
                return (), f"The list {file} cannot be read ({error.strerror})."
            known = self._known.get(file)
            if known is None or known[0] != stamp:
                known = self._known[file] = (stamp, *_members(file))
            return known[1:]


def _members(file: Path) -> tuple[tuple[RecipientRow, ...], str]:
    try:
        rows = tuple(read_recipients(file))
    except FotherError as error:
        return (), str(error)
    missing = [row.line for row in rows if not row.email]
    if missing:
        return (), f"{file.name}, line {missing[0]}: mail goes to addresses; give one, or drop the row."
    return rows, ""
