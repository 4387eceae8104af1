"""Make one marked copy, read its marks back, and put it in its place."""

from __future__ import annotations

import contextlib
import errno
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout import glyphs
from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.layout.observe import ReadBack
from fother.codes.code import FingerprintingCode
from fother.codes.observations import Observations
from fother.errors import CopyCheckError, FotherError, StorageError
from fother.flow.original import Original, open_original
from fother.flow.parts import write_whole
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.render import open_renderer
from fother.formats.pdf.template import CopyTemplate
from fother.registry import ReadyCopy

#: Pages that are read back in each copy; they change from copy to copy, so that all pages get their turn.
_PAGES_READ = 3
_TELLING = 30  # carriers
_RICHEST = 8
_ENOUGH = 6.0  # decades of evidence for the copy's own codeword
_SHARE = 0.5  # of the evidence its carriers can give, when that is less


@dataclass(frozen=True)
class MakeRequest:
    """All that a worker needs to make the copies of one edition."""

    original: bytes
    carriers: bytes
    template: bytes
    key: bytes
    resistance: int
    strength: float
    out: Path


@dataclass(frozen=True)
class CopyJob:
    """One copy to be made; `sha256` of its bytes if it was made before."""

    copy: str
    index: int
    stamp: bytes
    sha256: str | None

    @property
    def name(self) -> str:
        """Its file's name."""
        return copy_name(self.copy)


def copy_name(copy: str) -> str:
    """File name of a copy."""
    return f"{copy}.pdf"


class CopyMaker:
    """Makes copies of one edition, one after the other; the same bytes each time."""

    def __init__(self, request: MakeRequest) -> None:
        self._out = request.out
        self._strength = request.strength
        self._carriers = LayoutCarriers.from_bytes(request.carriers)
        self._template = CopyTemplate.from_bytes(request.template)
        self._code = FingerprintingCode(request.key, len(self._carriers.left), request.resistance)
        self._reader = ReadBack(self._carriers, self._strength, self._code.probabilities)
        self._stack = contextlib.ExitStack()
        self._original: Original = self._stack.enter_context(open_original(request.original, self._carriers))
        per_page = np.bincount(self._carriers.carrier_page, minlength=len(self._carriers.facts))
        # Pages that can speak for themselves; in a document without any, the richest ones.
        telling = np.flatnonzero(per_page >= _TELLING)
        self._count = _PAGES_READ if len(telling) else _RICHEST
        self._pages = telling if len(telling) else np.argsort(-per_page, kind="stable")[:_RICHEST]

    def close(self) -> None:
        """Close the original."""
        self._stack.close()

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
        _write(self._out / job.name, data)
        return ReadyCopy(job.index, digest, len(data), 0.0)

    def _made(self, job: CopyJob) -> tuple[NDArray[np.uint8], bytes, str]:
        symbols = self._code.symbols(job.index)
        data = self._template.copy(self._carriers.displacement(symbols, self._strength), job.stamp)
        digest = hashlib.sha256(data).hexdigest()
        if job.sha256 not in (None, digest):
            raise CopyCheckError(
                f"Copy {job.copy} was made with other bytes before, by another build of the compression "
                "library; keep its first file, which holds the same marks, or go on with that build."
            )
        return symbols, data, digest

    def _read_back(self, copy: str, index: int, symbols: NDArray[np.uint8], data: bytes) -> float:
        """log10 likelihood ratio for the copy's own codeword against another copy's, read from the file."""
        count = min(self._count, len(self._pages))
        pages = [int(self._pages[(index * count + k) % len(self._pages)]) for k in range(count)]
        try:
            evidence, possible = self._through_pdfium(symbols, data, pages)
            if evidence < min(_ENOUGH, _SHARE * possible):
                evidence, possible = self._through_content(symbols, data, pages)
        except FotherError as error:
            raise CopyCheckError(f"Copy {copy} could not be read back: {error}") from None
        if evidence < min(_ENOUGH, _SHARE * possible):
            raise CopyCheckError(
                f"Copy {copy} does not show its own marks (evidence 10^{evidence:.1f} of "
                f"10^{possible:.1f}), so it was not issued."
            )
        return evidence

    def _through_pdfium(
        self, symbols: NDArray[np.uint8], data: bytes, pages: list[int]
    ) -> tuple[float, float]:
        """The way a leaked file is read: glyph origins against those of the original."""
        readings = []
        with open_renderer(data) as renderer:
            for page in pages:
                shown = self._original.to_shown(page)
                seen = glyphs.displacements(
                    self._carriers,
                    page,
                    shown,
                    self._original.characters(page),
                    renderer.characters(page),
                    self._original.owners(page),
                )
                if seen is not None:
                    readings.append(self._reader.observe(seen, shown))
        return self._evidence(symbols, Observations.combine(readings), pages)

    def _through_content(
        self, symbols: NDArray[np.uint8], data: bytes, pages: list[int]
    ) -> tuple[float, float]:
        """For pages whose text pdfium cannot tell: glyph positions by our own reading of both files."""
        copy, original = PdfSource.open(data), PdfSource.open(self._original.data)
        readings = []
        for page in pages:
            shown = self._original.to_shown(page)
            seen = glyphs.displacements_by_order(
                self._carriers, page, shown, original.page(page), copy.page(page)
            )
            if seen is not None:
                readings.append(self._reader.observe(seen, shown))
        return self._evidence(symbols, Observations.combine(readings), pages)

    def _evidence(
        self, symbols: NDArray[np.uint8], seen: Observations, pages: list[int]
    ) -> tuple[float, float]:
        """Evidence found and the most that the carriers of these pages could give, both in decades."""
        p = self._code.probabilities
        likelihood = seen.likelihood([0.0, 1.0])
        ones, chosen = p[seen.position], symbols[seen.position]
        expected = (1 - ones) * likelihood[:, 0] + ones * likelihood[:, 1]
        found = np.log10(likelihood[np.arange(len(seen)), chosen] / expected).sum()
        columns = np.flatnonzero(np.isin(self._carriers.carrier_page, pages))
        most = -np.log10(np.where(symbols[columns] == 1, p[columns], 1 - p[columns])).sum()
        return float(found), float(most)


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
