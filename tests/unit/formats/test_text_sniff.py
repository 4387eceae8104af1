"""The kind of any file: a media type, or one refusal that says what to do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from work_done import calls

from fother.formats.text.content import Refused
from fother.formats.text.sniff import sniff, sniff_image

IMAGES = {"png", "jpeg", "tiff", "gif", "webp", "heif", "avif", "bmp"}
MAGIC = st.sampled_from(
    [
        *(b"", b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf1"),
        *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00+", b"GIF89a", b"RIFF\0\0\0\0WEBP"),
        *(b"\0\0\0\x18ftyp" + brand for brand in (b"heic", b"avif", b"mp42")),
        *(
            b"BM" + bytes(8),
            b"7z\xbc\xaf\x27\x1c",
            b"ID3",
            b"MZ\x90\x00",
            b"From sam Mon Mar  2 10:00:00 2026\n",
        ),
        *(b"Subject: x\nFrom: a\n\n", b"<html><body>", b"\xef\xbb\xbf<!DOCTYPE html>", b"\xff\xfe<\0h\0"),
        *(b"plain words ", b"<office:document "),
    ]
)


def kind(data: bytes) -> str:
    """The media type, or the refusal, which is the end of one sentence."""
    try:
        found = sniff(data)
    except Refused as refusal:
        found = str(refusal)
    assert "/" in found or found.startswith("it is ")
    assert "\n" not in found
    assert len(found) < 200
    return found


@given(MAGIC, st.binary(max_size=600), MAGIC)
@settings(max_examples=300)
def test_any_bytes_behind_any_magic(first: bytes, middle: bytes, last: bytes) -> None:
    assert kind(first + middle + last)
    assert sniff_image(first + middle) in {None, *(f"image/{name}" for name in IMAGES)}


@given(st.integers(0, 512), st.binary(min_size=1, max_size=512))
@settings(max_examples=100)
def test_damaged_compound_files(place: int, patch: bytes) -> None:
    header = bytearray(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\3\0\xfe\xff\x09\0\6\0" + bytes(2000)
    )
    header[8 + place : 8 + place + len(patch)] = patch
    assert kind(bytes(header)).startswith(("it is", "application/vnd.ms-outlook"))


@pytest.mark.parametrize(
    "piece",
    [
        b"<",
        b" ",
        b"From ",
        b"a:b\n",
        b"PK\x03\x04" + bytes(30),
        b"a\0",
        b"\xc3\xa9",
        b"X",
        b"%PDF",
        b"A: x\n x\n",
    ],
)
def test_large_files_are_judged_by_little(piece: bytes) -> None:
    few, many = (calls(lambda n=n: kind(piece * n)) for n in (2000, 16_000))
    assert many <= 9 * few + 100


def test_a_name_is_not_believed() -> None:
    assert kind(b"\x89PNG\r\n\x1a\n" + b"%PDF-1.7") == "image/png"
    assert kind(b"junk\n%PDF-1.7\n") == "application/pdf"
    assert kind(b"plain words and nothing else") == "text/plain"
    assert "unpack it" in kind(b"7z\xbc\xaf\x27\x1c" + bytes(10))
    assert "neither a PDF" in kind(bytes(range(256)) * 4)
