"""Text operators rewritten as TJ arrays with number fields; every other byte of a stream stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from fother.formats.pdf.fields import LARGEST, MAX_DECIMALS, NARROW, WIDE, FieldTable, layout
from fother.formats.pdf.glyphs import PartKey, PdfPage, ShowOperation
from fother.formats.pdf.tokens import Token, string_value, write_string

_REACH = 1_500  #: TJ units left for displacement, at least; an em is 1000 in all but Type 3 fonts


@dataclass(frozen=True)
class _Boundary:
    """One cluster ends and another (or nothing movable) begins before a byte of a shown string."""

    element: int
    offset: int
    before: int
    after: int


class Patcher:
    """Collects patched streams and their number fields over the pages of a document."""

    def __init__(self, clusters: int) -> None:
        self.streams: dict[PartKey, bytes] = {}
        self.unit = np.zeros(clusters)
        self._rows: list[tuple[int, int, int, int, int, int, float]] = []
        self._size = 0

    def add(self, page: PdfPage, cluster_of_glyph: NDArray[np.int32]) -> None:
        """Patch the streams of one page for the clusters of its glyphs, (glyphs,)."""
        cluster_of_glyph = np.where(page.movable, cluster_of_glyph, -1)
        touched = np.unique(page.show[cluster_of_glyph >= 0])
        order = np.argsort(page.show, kind="stable")
        first = np.searchsorted(page.show[order], touched)
        last = np.searchsorted(page.show[order], touched, side="right")
        by_part: dict[PartKey, list[tuple[ShowOperation, NDArray[np.intp]]]] = {}
        for show, start, stop in zip(touched.tolist(), first, last, strict=True):
            operation = page.operations[show]
            by_part.setdefault(operation.part, []).append((operation, order[start:stop]))
        for part, patches in by_part.items():
            patches.sort(key=lambda item: item[0].start)
            self._patch(part, page, patches, cluster_of_glyph)

    def fields(self) -> FieldTable:
        """All number fields; positions count through the concatenated streams."""
        columns = list(zip(*self._rows, strict=True)) or [()] * 7
        kinds = (np.int64, np.int8, np.int8, np.int64, np.int32, np.int32, np.float64)
        return FieldTable(*(np.array(c, kind) for c, kind in zip(columns, kinds, strict=True)))

    def _patch(
        self,
        part: PartKey,
        page: PdfPage,
        patches: list[tuple[ShowOperation, NDArray[np.intp]]],
        cluster_of_glyph: NDArray[np.int32],
    ) -> None:
        original = page.parts[part]
        pieces: list[bytes] = []
        size = self._size
        position = 0
        for operation, glyphs in patches:
            unit = float(page.unit[glyphs[0]])
            boundaries = list(_boundaries(page, glyphs, cluster_of_glyph))
            self.unit[[b.after for b in boundaries if b.after >= 0]] = unit
            pieces.append(original[position : operation.start])
            size += len(pieces[-1])
            reach = int(max(_REACH, 1.5 * np.hypot(*page.ascent[glyphs[0]]) / unit))
            for piece in _rewrite(operation, boundaries, reach):
                if isinstance(piece, bytes):
                    pieces.append(piece)
                else:
                    pieces.append(layout(piece.width, piece.decimals))
                    self._rows.append(
                        (size, piece.width, piece.decimals, piece.base, piece.before, piece.after, unit)
                    )
                size += len(pieces[-1])
            position = operation.end
        pieces.append(original[position:])
        size += len(pieces[-1])
        self.streams[part] = b"".join(pieces)
        self._size = size


@dataclass(frozen=True)
class _Field:
    width: int
    decimals: int
    base: int
    before: int
    after: int


def _boundaries(
    page: PdfPage, glyphs: NDArray[np.intp], cluster_of_glyph: NDArray[np.int32]
) -> Iterator[_Boundary]:
    """Changes of cluster within one operator. A space moves with the word before it, as readers expect."""
    current = -1
    for glyph in glyphs.tolist():
        cluster = int(cluster_of_glyph[glyph])
        if cluster < 0 and page.space[glyph]:
            continue
        if cluster != current:
            yield _Boundary(int(page.element[glyph]), int(page.offset[glyph]), current, cluster)
            current = cluster
    if current >= 0:
        yield _Boundary(-1, 0, current, -1)


def _rewrite(operation: ShowOperation, boundaries: list[_Boundary], reach: int) -> Iterator[bytes | _Field]:
    """The operator as a TJ array with fields at the boundaries."""
    operands = operation.operands
    prefix = b"["
    shown = operands
    if operation.operator == b"'":
        prefix = b"T* ["
    elif operation.operator == b'"':
        prefix = operands[0].raw + b" Tw " + operands[1].raw + b" Tc T* ["
        shown = operands[2:]
    yield prefix
    base = len(operands) - len(shown)
    waiting: list[bytes] = []  # the number before a boundary joins its field
    pending = list(boundaries)
    for element, token in enumerate(shown, base):
        if token.kind == "number":
            waiting.append(token.raw)
            continue
        if token.kind not in ("string", "hex"):
            continue
        here = [b for b in pending if b.element == element]
        pending = pending[len(here) :]
        yield from _string(token, here, waiting, reach)
        waiting = []
    end = next((b for b in pending if b.element == -1), None)
    yield from _number(waiting, end, reach)
    yield b"]TJ"


def _string(
    token: Token, boundaries: list[_Boundary], waiting: list[bytes], reach: int
) -> Iterator[bytes | _Field]:
    """One shown string, cut at its boundaries."""
    if not boundaries or boundaries[0].offset > 0:
        yield from _number(waiting, None, reach)
        waiting = []
    if not boundaries:
        yield token.raw
        return
    value = string_value(token)
    position = 0
    for boundary in boundaries:
        if boundary.offset > position:
            yield write_string(value[position : boundary.offset], token)
            position = boundary.offset
        yield from _number(waiting, boundary, reach)
        waiting = []
    yield token.raw if position == 0 else write_string(value[position:], token)


def _number(waiting: list[bytes], boundary: _Boundary | None, reach: int) -> Iterator[bytes | _Field]:
    """The numbers at one place: as they are, or joined with the field of a boundary."""
    if boundary is None:
        if waiting:
            yield b" ".join([b"", *waiting, b""])
        return
    joined = _joined(waiting)
    if joined is None:
        # Too long for a field: numbers may stand side by side in a TJ array, and add up.
        yield b" ".join([b"", *waiting, b""])
        joined = (0, 0)
    base, decimals = joined
    narrow = abs(base) / 10**decimals + reach <= LARGEST[NARROW]
    yield _Field(NARROW if narrow else WIDE, decimals, base, boundary.before, boundary.after)


def _joined(waiting: list[bytes]) -> tuple[int, int] | None:
    """Sum of numbers as (scaled integer, decimals), exactly; None if it does not fit a field."""
    try:
        total = sum((Decimal(raw.decode()) for raw in waiting), Decimal(0))
    except (InvalidOperation, UnicodeDecodeError):
        return None
    exponent = total.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else MAX_DECIMALS + 1
    if decimals > MAX_DECIMALS or abs(total) > LARGEST[WIDE] // 2:
        return None
    return int(total.scaleb(decimals)), decimals
