"""Compressed RTF: what Outlook writes is unpacked, anything else ends soon and small."""

from __future__ import annotations

import struct

from hypothesis import example, given, settings
from hypothesis import strategies as st
from work_done import calls

from fother.formats.text.lzfu import decompress

#: [MS-OXRTFCP] 4.1.1 and 4.2.1: the two examples of the specification, and what they say.
SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def packed(body: bytes, size: int = 1 << 20, kind: bytes = b"LZFu") -> bytes:
    return struct.pack("<II4sI", len(body) + 12, size, kind, 0) + body


def test_the_examples_of_the_specification() -> None:
    assert decompress(SIMPLE, 1000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompress(CROSSING, 1000) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_what_is_not_compressed_is_passed_on() -> None:
    assert decompress(packed(b"{\\rtf1 words}", 13, b"MELA"), 1000) == b"{\\rtf1 words}"
    assert decompress(packed(b"{\\rtf1 words}", 13, b"MELA"), 6) == b"{\\rtf1"
    assert decompress(packed(b"{\\rtf1 words}", 13, b"ABCD"), 1000) == b""


@given(st.integers(0, 200), st.integers(0, 60))
@settings(max_examples=40)
def test_never_more_than_asked_for(most: int, runs: int) -> None:
    body = b"\xfe" + b"a" + b"\x0f\xff" * 7 + (b"\xff" + b"\x0f\xff" * 8) * runs
    assert len(decompress(packed(body), most)) <= most
    assert len(decompress(packed(body, size=most), 1 << 20)) <= most


@given(st.binary(max_size=600), st.sampled_from([b"LZFu", b"MELA", b"\0\0\0\0"]), st.integers(0, 1 << 32))
@example(b"\xff", b"LZFu", 0)
@settings(max_examples=200)
def test_any_bytes_end_in_little_work(body: bytes, kind: bytes, size: int) -> None:
    data = packed(body, min(size, 0xFFFFFFFF), kind)
    out = bytearray()
    work = calls(lambda: out.extend(decompress(data, 1 << 16)))
    assert len(out) <= 9 * len(body) + 17  # two bytes stand for at most 17
    assert work <= 60 + 40 * len(data)
    assert decompress(body, 1 << 16) == decompress(body, 1 << 16)
