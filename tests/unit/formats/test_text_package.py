"""Packages: whatever a ZIP says of itself, what is unpacked stays within the budget."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from work_done import calls

from fother.formats.text.content import Budget, Locked, Refused
from fother.formats.text.package import Package, has_package_behind

SMALL = Budget(unpacked=1 << 16, part=1 << 15, ratio=50)


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


GOOD = zipped({"a.txt": b"some words " * 20, "b/c.xml": b"<x/>", "d.bin": bytes(range(256))})


def unpack_all(data: bytes, budget: Budget = SMALL) -> int:
    """Bytes that came out; nothing but Refused is raised."""
    total = 0
    try:
        package = Package(data, budget)
    except Refused:
        return 0
    for entry in package.entries:
        try:
            total += len(package.unpack(entry))
        except Refused:
            continue
    return total


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=8))
@settings(max_examples=200)
def test_changed_bytes(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, value in changes:
        data[place] = value
    assert unpack_all(bytes(data)) <= SMALL.unpacked


@given(st.integers(0, len(GOOD)))
@settings(max_examples=60)
def test_cut_off(length: int) -> None:
    assert unpack_all(GOOD[:length]) <= SMALL.unpacked


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_any_bytes_behind_a_header(tail: bytes) -> None:
    assert unpack_all(b"PK\x03\x04" + tail) <= SMALL.unpacked
    assert unpack_all(tail + b"PK\x05\x06" + tail) <= SMALL.unpacked
    assert has_package_behind(tail) in (False, True)


def test_what_expands_too_much_is_refused() -> None:
    package = Package(zipped({"zeros.txt": bytes(40 << 20)}), Budget())
    with pytest.raises(Refused, match="decompression bomb"):
        package.unpack(package.entries[0])
    package = Package(zipped({"zeros.txt": bytes(1 << 16)}), SMALL)
    with pytest.raises(Refused, match="more than"):
        package.unpack(package.entries[0])


def test_all_parts_share_one_budget() -> None:
    package = Package(zipped({f"{n}": bytes(30_000) for n in range(5)}), SMALL)
    assert len(package.unpack(package.entries[0])) + len(package.unpack(package.entries[1])) == 60_000
    with pytest.raises(Refused, match="together"):
        package.unpack(package.entries[2])


def test_entries_that_lie_on_one_another_are_found_in_bounded_work() -> None:
    header = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, 0, 0, 1, 0) + b"n"
    few, many = (calls(lambda n=n: Package(header * n, SMALL)) for n in (200, 1600))
    assert many <= 9 * few
    assert len(Package(header * 30_000, SMALL).entries) <= 20_000


def test_a_damaged_part_does_not_cost_the_others() -> None:
    data = bytearray(zipped({"a.xml": b"<a>first</a>", "b.xml": b"<b>second</b>"}, zipfile.ZIP_STORED))
    data[data.index(b"PK\x03\x04")] = 0  # the header of the first
    package = Package(bytes(data), SMALL)
    assert package.part("a.xml") == b""
    assert package.part("b.xml") == b"<b>second</b>"
    with pytest.raises(Refused, match="damaged or cut off"):
        package.unpack(package.entries[0])


def test_encrypted_parts_say_so() -> None:
    data = bytearray(zipped({"a.txt": b"x"}, zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    package = Package(bytes(data), SMALL)
    with pytest.raises(Locked):
        package.unpack(package.entries[0])
    assert package.part("a.txt") == b""
