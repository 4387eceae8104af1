"""The carriers of one document, whatever channels they belong to, as the columns of one code.

A document has parts: itself (`where` is empty) and, in a mail, its attachments. Each part has one kind of
carriers; its columns follow those of the part before. So a photo of an attached page and a pasted sentence of
the mail itself add up. A text whose copies are printed has a second part for the gaps between its words.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fother.channels.archive import write_member
from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.layout.printed import WordGaps
from fother.channels.text.carriers import TextCarriers
from fother.codes.code import FingerprintingCode

_VERSION = 1
_CONTENTS = "table.json"
PRINT = "print"  #: where the word gaps of a printed text are

Carriers = LayoutCarriers | TextCarriers | WordGaps


@dataclass(frozen=True)
class Part:
    """One part's carriers. `where` is empty for the document itself, else the number of an attachment, or
    PRINT."""

    where: str
    carriers: Carriers

    @property
    def count(self) -> int:
        """Columns of the code that the part takes."""
        return self.carriers.count


@dataclass(frozen=True)
class CarrierTable:
    """All carriers of a document: m columns."""

    parts: tuple[Part, ...]

    @classmethod
    def single(cls, carriers: Carriers) -> CarrierTable:
        """The table of a document with one kind of carriers."""
        return cls((Part("", carriers),))

    @property
    def count(self) -> int:
        """m"""
        return sum(part.count for part in self.parts)

    @cached_property
    def even(self) -> NDArray[np.bool_]:
        """(m,) columns whose symbols are equally probable whatever the resistance."""
        flags = [
            part.carriers.even if isinstance(part.carriers, TextCarriers) else np.zeros(part.count, np.bool_)
            for part in self.parts
        ]
        return np.concatenate([np.zeros(0, np.bool_), *flags])

    def code(self, key: bytes, resistance: int) -> FingerprintingCode:
        """The code of an edition that marks these carriers."""
        return FingerprintingCode(key, self.count, resistance, self.even if self.even.any() else None)

    def text(self) -> Iterator[tuple[int, TextCarriers]]:
        """Parts that carry marks in their text, each with its first column."""
        for first, part in self._placed():
            if isinstance(part.carriers, TextCarriers):
                yield first, part.carriers

    def layouts(self) -> Iterator[tuple[int, str, LayoutCarriers]]:
        """Parts that carry marks in their layout: first column, where, carriers."""
        for first, part in self._placed():
            if isinstance(part.carriers, LayoutCarriers):
                yield first, part.where, part.carriers

    def printed(self) -> tuple[int, WordGaps] | None:
        """The word gaps of a text whose copies are printed, with their first column; else None."""
        return next(((first, part.carriers) for first, part in self._placed()
                     if isinstance(part.carriers, WordGaps)), None)  # fmt: skip

    def placed_counts(self) -> Iterator[tuple[int, int]]:
        """First column and number of columns of each part."""
        for first, part in self._placed():
            yield first, part.count

    def _placed(self) -> Iterator[tuple[int, Part]]:
        first = 0
        for part in self.parts:
            yield first, part
            first += part.count

    def to_bytes(self) -> bytes:
        """Frozen form for the registry. A table of one part is that part's own form."""
        if len(self.parts) == 1 and not self.parts[0].where:
            return self.parts[0].carriers.to_bytes()
        buffer = io.BytesIO()
        contents = {"version": _VERSION, "parts": [part.where for part in self.parts]}
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            write_member(archive, _CONTENTS, json.dumps(contents).encode())
            for number, part in enumerate(self.parts):
                write_member(archive, str(number), part.carriers.to_bytes())
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> CarrierTable:
        """Inverse of `to_bytes`; raises ValueError for another version."""
        if not data.startswith(b"PK"):
            return cls.single(TextCarriers.from_bytes(data))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _CONTENTS not in archive.namelist():
                return cls.single(LayoutCarriers.from_bytes(data))
            contents = json.loads(archive.read(_CONTENTS))
            if contents["version"] != _VERSION:
                raise ValueError(f"tables of version {contents['version']} are not known here")
            return cls(
                tuple(
                    Part(where, _carriers(archive.read(str(number))))
                    for number, where in enumerate(contents["parts"])
                )
            )


def _carriers(data: bytes) -> Carriers:
    if not data.startswith(b"PK"):
        return TextCarriers.from_bytes(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        printed = WordGaps.is_in(archive)
    return WordGaps.from_bytes(data) if printed else LayoutCarriers.from_bytes(data)
