"""Make one marked copy, read its marks back, and put it in its place."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.channels.archive import write_member
from fother.channels.table import CarrierTable
from fother.errors import CopyCheckError, StorageError
from fother.flow.layout_copies import LayoutCopies
from fother.flow.parts import write_whole
from fother.flow.print_copies import PrintCopies
from fother.flow.printing import Printer
from fother.flow.text_copies import TextCopies
from fother.formats.office import Office
from fother.formats.pdf.template import CopyTemplate
from fother.formats.prose.choice import prose_format
from fother.formats.prose.interface import Container, ProseFormat
from fother.registry import ReadyCopy


@dataclass(frozen=True)
class MakeRequest:
    """All that a worker needs to make the copies of one edition."""

    original: bytes
    file_name: str  #: of the original
    table: bytes
    template: bytes
    key: bytes
    resistance: int
    strength: float
    out: Path
    kept: Path | None = None  #: a folder for what takes long to make, while copies are made


@dataclass(frozen=True)
class CopyJob:
    """One copy to be made; `sha256` of its bytes if it was made before."""

    copy: str
    index: int
    stamp: bytes
    sha256: str | None


def copy_name(copy: str, original: str, *, printed: bool = False) -> str:
    """File name of a copy of an original, which is a PDF where copies are `printed`."""
    ending = ".pdf" if printed else Path(original).suffix.lower()
    return f"{copy}{ending if ending[1:].isalnum() else ''}"


class CopyMaker:
    """Makes copies of one edition, one after the other; the same bytes each time."""

    def __init__(self, request: MakeRequest) -> None:
        self._request = request
        table = CarrierTable.from_bytes(request.table)
        self._code = table.code(request.key, request.resistance)
        p = self._code.probabilities
        self._stack = contextlib.ExitStack()
        self._texts = {
            first: TextCopies(carriers, request.strength, p[first : first + carriers.count])
            for first, carriers in table.text()
        }
        self._counts = dict(table.placed_counts())
        self._format = _format(request) if self._texts else None
        self._prints = self._printed(table, p) if table.printed() else None
        self._name = partial(copy_name, original=request.file_name, printed=self._prints is not None)
        self._layouts: dict[int, tuple[str, LayoutCopies]] = {}
        templates = unpack_templates(request.template, [where for _, where, _ in table.layouts()])
        for first, where, carriers in table.layouts():
            made = LayoutCopies(
                inner_original(request.original, where),
                carriers,
                CopyTemplate.from_bytes(templates[where]),
                request.strength,
                p[first : first + carriers.count],
            )
            self._layouts[first] = where, self._stack.enter_context(closing(made))

    def close(self) -> None:
        """Close the original."""
        self._stack.close()

    def prepare(self, jobs: Sequence[CopyJob]) -> None:
        """Do what is done sooner for several copies than for each. Raises MissingProgramError."""
        if self._prints is not None:
            self._prints.print_ahead({job.index: self._code.symbols(job.index) for job in jobs})

    def make_ready(self, job: CopyJob) -> ReadyCopy:
        """Make a copy and read it back, without writing it anywhere. Raises CopyCheckError."""
        symbols, data, digest = self._made(job)
        evidence = self._read_back(job.copy, job.index, symbols, data)
        return ReadyCopy(job.index, digest, len(data), evidence)

    def write(self, job: CopyJob) -> ReadyCopy:
        """Make a copy that was read back before and write it into the out folder.

        The file appears under its name only when it is complete. Raises CopyCheckError when it does not come
        out as it was, StorageError.
        """
        _, data, digest = self._made(job)
        _write(self._request.out / self._name(job.copy), data)
        return ReadyCopy(job.index, digest, len(data), 0.0)

    def data(self, job: CopyJob) -> bytes:
        """The bytes of a copy that was read back before. Raises CopyCheckError."""
        return self._made(job)[1]

    def _made(self, job: CopyJob) -> tuple[NDArray[np.uint8], bytes, str]:
        symbols = self._code.symbols(job.index)
        try:
            data = self._marked(job.index, symbols, job.stamp)
        except ValueError as error:  # what a format cannot say only shows when it is written
            raise CopyCheckError(f"Copy {job.copy} cannot be written: {error}.") from None
        digest = hashlib.sha256(data).hexdigest()
        if job.sha256 not in (None, digest):
            raise CopyCheckError(
                f"Copy {job.copy} was made with other bytes before, by another build of the compression "
                "library or of LibreOffice; keep its first file, which holds the same marks, or go on with "
                "that build."
            )
        return symbols, data, digest

    def _marked(self, index: int, symbols: NDArray[np.uint8], stamp: bytes) -> bytes:
        if self._prints is not None:
            return self._prints.write(index, symbols, stamp)
        pages = {
            where: layout.write(self._own(symbols, first), stamp)
            for first, (where, layout) in self._layouts.items()
        }
        if self._format is None:
            return pages[""]
        rewrites = [
            r for first, text in self._texts.items() for r in text.rewrites(self._own(symbols, first))
        ]
        if not pages:
            return self._format.write(self._request.original, rewrites)
        replaced = {int(where): data for where, data in pages.items()}
        assert isinstance(self._format, Container)  # noqa: S101 - only such files have parts
        return self._format.write(self._request.original, rewrites, replaced)

    def _printed(self, table: CarrierTable, probabilities: NDArray[np.float64]) -> PrintCopies:
        office = self._stack.enter_context(Office())
        printer = Printer.of(self._request.original, table, office)
        return PrintCopies(printer, table, self._request.strength, probabilities, self._request.kept)

    def _own(self, symbols: NDArray[np.uint8], first: int) -> NDArray[np.uint8]:
        return symbols[first : first + self._counts[first]]

    def _read_back(self, copy: str, index: int, symbols: NDArray[np.uint8], data: bytes) -> float:
        """log10 likelihood ratio for the copy's own codeword against another copy's, read from the file."""
        if self._prints is not None:
            return self._prints.read_back(copy, index, symbols, data)
        found = 0.0
        if self._format is not None:
            text = self._format.read(data).text
            for first, part in self._texts.items():
                found += part.read_back(copy, index, self._own(symbols, first), text)
        for first, (where, layout) in self._layouts.items():
            inner = inner_original(data, where)
            found += layout.read_back(copy, index, self._own(symbols, first), inner)
        return found


def _format(request: MakeRequest) -> ProseFormat:
    found = prose_format(request.file_name, request.original)
    assert found is not None  # noqa: S101 - it was registered with marks in its text
    return found


def inner_original(data: bytes, where: str) -> bytes:
    """The bytes of a part of a document: itself, or the attachment of a mail with this number."""
    if not where:
        return data
    form = prose_format("", data)
    assert isinstance(form, Container)  # noqa: S101 - only such files have parts
    return next(a.data for a in form.attachments(data) if a.number == int(where))


def pack_templates(templates: Mapping[str, bytes]) -> bytes | None:
    """Templates by part as the registry keeps them; that of a document without parts is kept as it is."""
    if not templates:
        return None
    if list(templates) == [""]:
        return templates[""]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for where, data in sorted(templates.items()):
            write_member(archive, f"part {where}", data)
    return buffer.getvalue()


def unpack_templates(data: bytes, wheres: list[str]) -> dict[str, bytes]:
    """Inverse of `pack_templates`, for the parts of a table."""
    if wheres in ([], [""]):
        return dict.fromkeys(wheres, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {where: archive.read(f"part {where}") for where in wheres}


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageError(
                f"There is no room left to write to {path.parent}; free some and run the same command again "
                "to resume."
            ) from None
        raise StorageError(f"{path} cannot be written ({error.strerror}).") from None
