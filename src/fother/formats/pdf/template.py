"""Templates: parse and patch a PDF once, then write copies by filling numbers into bytes.

Every text operator that shows a movable cluster becomes a TJ array with one number field before the cluster
and one after it. The fields of an operator always add up to its original numbers, so whatever follows stays
put. A copy is the base file (everything but the patched streams, without the originals of these streams),
the filled and deflated streams, and a fresh cross-reference: no parser runs per copy.

The content of a copy depends on template, displacement and stamp alone. Its bytes also depend on the build of
the deflate library.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from fother.formats.pdf import writer
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.fields import FieldTable
from fother.formats.pdf.glyphs import PartKey, PdfPage
from fother.formats.pdf.patch import Patcher
from fother.formats.pdf.writer import BaseFile
from fother.model.page import PageGlyphs

_VERSION = 1
DEFLATE_LEVEL = 1  #: of ISA-L: as small as zlib at 4 to 5 on content streams, several times as fast


@dataclass(frozen=True)
class CopyTemplate:
    """All that is needed to write copies of one document.

    `content` holds the patched streams one after another with blank number fields; stream i is
    ``content[bounds[i] : bounds[i + 1]]`` and belongs to ``base.objects[i]``.
    """

    clusters: int
    content: NDArray[np.uint8]
    bounds: NDArray[np.int64]
    fields: FieldTable
    base: BaseFile
    #: (clusters,) points of one TJ unit where the cluster moves, 0 where it cannot
    unit: NDArray[np.float64]

    @classmethod
    def build(
        cls,
        source: PdfSource,
        pages: Iterable[PageGlyphs],
        cluster_of_glyph: Iterable[NDArray[np.int32]],
        n_clusters: int,
    ) -> CopyTemplate:
        """Patch the source. `pages` are the source's own, in order; -1 marks glyphs that stay.

        Both arguments may be iterators: only one page is held at a time.
        """
        patcher = Patcher(n_clusters)
        for page, clusters in zip(pages, cluster_of_glyph, strict=True):
            patcher.add(page if isinstance(page, PdfPage) else source.page(page.number), clusters)
        keys: list[PartKey] = list(patcher.streams)
        content = b"".join(patcher.streams.values())
        sizes = [len(stream) for stream in patcher.streams.values()]
        return cls(
            clusters=n_clusters,
            content=np.frombuffer(content, np.uint8),
            bounds=np.cumsum([0, *sizes], dtype=np.int64),
            fields=patcher.fields(),
            base=writer.base_file(source.data, source.password, keys),
            unit=patcher.unit,
        )

    def copy(self, displacement: NDArray[np.float64], stamp: bytes | None = None) -> bytes:
        """The PDF with every cluster moved by (clusters,) points along its text.

        `stamp`, 16 bytes, goes into the trailer's /ID and the XMP instance id. Raises ValueError for a
        displacement of the wrong length or of more than about an em.
        """
        moved = np.ascontiguousarray(displacement, np.float64)
        if moved.shape != (self.clusters,):
            raise ValueError(f"expected {self.clusters} displacements, got {moved.shape}")
        filled = self.fields.fill(self.content, moved).data
        bounds = self.bounds.tolist()
        streams = [isal_zlib.compress(filled[start:stop], DEFLATE_LEVEL) for start, stop in pairwise(bounds)]
        return self.base.write(streams, stamp)

    def realised(self, displacement: NDArray[np.float64]) -> NDArray[np.float64]:
        """(clusters,) points after rounding to whole TJ units; 0 for clusters that never move."""
        unit = self.unit
        safe = np.where(unit > 0, unit, 1.0)
        return np.where(unit > 0, np.rint(np.asarray(displacement) / safe) * unit, 0.0)

    def to_bytes(self) -> bytes:
        """Frozen form for the registry: the same bytes for the same template."""
        buffer = io.BytesIO()
        header = {"version": _VERSION, "clusters": self.clusters, "base": self.base.header()}
        arrays: dict[str, NDArray[Any]] = {
            "content": self.content,
            "bounds": self.bounds,
            "unit": self.unit,
            **{f"fields/{name}": array for name, array in self.fields.arrays().items()},
            **{f"base/{name}": array for name, array in self.base.arrays().items()},
        }
        with zipfile.ZipFile(buffer, "w") as archive:
            _write(archive, "header.json", json.dumps(header).encode())
            for name, array in arrays.items():
                packed = io.BytesIO()
                np.lib.format.write_array(packed, array, allow_pickle=False)
                _write(archive, name, packed.getvalue())
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> CopyTemplate:
        """Inverse of `to_bytes`; raises ValueError for another version."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            header = json.loads(archive.read("header.json"))
            if header["version"] != _VERSION:
                raise ValueError(f"PDF templates of version {header['version']} are not known here")
            arrays = {
                name: np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name != "header.json"
            }
        part = {
            group: {name.removeprefix(group): a for name, a in arrays.items() if name.startswith(group)}
            for group in ("fields/", "base/")
        }
        return cls(
            clusters=int(header["clusters"]),
            content=arrays["content"],
            bounds=arrays["bounds"],
            fields=FieldTable(**part["fields/"]),
            base=BaseFile.restore(header["base"], part["base/"]),
            unit=arrays["unit"],
        )


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # A fixed date: the default is the clock's, and the same template must give the same bytes.
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)
