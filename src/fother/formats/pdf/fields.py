"""Number fields: places of fixed width in a content stream that take a TJ number for each copy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

NARROW, WIDE = 5, 9  #: characters of the whole part: up to four or eight digits and a sign
LARGEST = {NARROW: 9_999, WIDE: 99_999_999}
MAX_DECIMALS = 4
_ZERO, _POINT, _BLANK, _MINUS = b"0. -"


def layout(width: int, decimals: int) -> bytes:
    """A blank field: right-aligned number of `width` characters, then point and decimals if there are any."""
    return b" " * (width - 1) + b"0" + (b"." + b"0" * decimals if decimals else b"")


@dataclass(frozen=True)
class FieldTable:
    """Number fields, f in all, parallel arrays.

    The number of a field is ``base / 10**decimals + round(-d[after] / unit) - round(-d[before] / unit)`` with
    d the displacement of a cluster in points, 0 for cluster -1.
    """

    position: NDArray[np.int64]  #: (f,) first byte
    width: NDArray[np.int8]  #: (f,) NARROW or WIDE
    decimals: NDArray[np.int8]  #: (f,) 0…MAX_DECIMALS
    base: NDArray[np.int64]  #: (f,) scaled by 10**decimals
    before: NDArray[np.int32]  #: (f,) cluster that ends here, or -1
    after: NDArray[np.int32]  #: (f,) cluster that begins here, or -1
    unit: NDArray[np.float64]  #: (f,) points of one TJ unit

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def fill(self, content: NDArray[np.uint8], displacement: NDArray[np.float64]) -> NDArray[np.uint8]:
        """`content` with every field written; raises ValueError if a number outgrows its field."""
        filled = content.copy()
        if not len(self.position):
            return filled
        numbers = self.numbers(displacement)
        plain, rest = self._groups
        values = numbers[plain]
        if len(values):
            if int(np.abs(values).max()) > LARGEST[NARROW]:
                raise ValueError("a displacement is too large for its number field")
            slots = np.ndarray((len(filled) - NARROW + 1,), f"S{NARROW}", filled.data, 0, (1,))
            slots[self.position[plain]] = _NARROW_NUMBERS[values + LARGEST[NARROW]]
        for width, decimals, members in rest:
            text = write(numbers[members], width, decimals)
            filled[self.position[members][:, None] + np.arange(text.shape[1])] = text
        return filled

    def numbers(self, displacement: NDArray[np.float64]) -> NDArray[np.int64]:
        """(f,) numbers scaled by 10**decimals."""
        moved = np.append(displacement, 0.0)  # index -1: what stays
        steps = np.rint(moved[self.before] * self._per_unit) - np.rint(moved[self.after] * self._per_unit)
        return self.base + steps.astype(np.int64) * self._scale

    @cached_property
    def _per_unit(self) -> NDArray[np.float64]:
        return 1.0 / self.unit

    @cached_property
    def _scale(self) -> NDArray[np.int64]:
        return 10 ** self.decimals.astype(np.int64)

    @cached_property
    def _groups(self) -> tuple[NDArray[np.intp], list[tuple[int, int, NDArray[np.intp]]]]:
        """Indices of the plain narrow fields, and of the others by (width, decimals)."""
        plain = np.flatnonzero((self.width == NARROW) & (self.decimals == 0))
        rest = []
        for width in (NARROW, WIDE):
            for decimals in range(MAX_DECIMALS + 1):
                members = np.flatnonzero((self.width == width) & (self.decimals == decimals))
                if len(members) and (width, decimals) != (NARROW, 0):
                    rest.append((width, decimals, members))
        return plain, rest


def write(numbers: NDArray[np.int64], width: int, decimals: int) -> NDArray[np.uint8]:
    """(k, width + 1 + decimals) characters, or (k, width), of numbers scaled by 10**decimals.

    Raises ValueError if one needs more than `width` characters before the point.
    """
    size = np.abs(numbers)
    whole, part = np.divmod(size, 10**decimals)
    if len(numbers) and int(whole.max()) > LARGEST[width]:
        raise ValueError("a displacement is too large for its number field")
    text = np.full((len(numbers), width + (decimals + 1 if decimals else 0)), _BLANK, np.uint8)
    sign_at = np.full(len(numbers), width - 2)
    for column in range(width - 1, -1, -1):
        shown = (whole > 0) | (column == width - 1)
        text[shown, column] = _ZERO + whole[shown] % 10
        sign_at[shown] = column - 1
        whole = whole // 10
    negative = numbers < 0
    text[negative, sign_at[negative]] = _MINUS
    if decimals:
        text[:, width] = _POINT
        for column in range(width + decimals, width, -1):
            text[:, column] = _ZERO + part % 10
            part = part // 10
    return text


def _narrow_numbers() -> NDArray[np.bytes_]:
    numbers = np.arange(-LARGEST[NARROW], LARGEST[NARROW] + 1)
    return write(numbers, NARROW, 0).view(f"S{NARROW}").ravel()


_NARROW_NUMBERS = _narrow_numbers()
