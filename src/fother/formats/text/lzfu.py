"""Compressed RTF inside Outlook messages ([MS-OXRTFCP])."""

from __future__ import annotations

import struct

_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_RING = 4096


def decompress(packed: bytes, most: int) -> bytes:
    """The RTF, at most `most` bytes of it and as far as the data goes; b"" for an unknown kind."""
    if len(packed) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<I I 4s I", packed)
    if kind == b"MELA":
        return packed[16 : 16 + min(size, most)]
    if kind != b"LZFu":
        return b""
    ring = bytearray(_START + bytes(_RING - len(_START)))
    write = len(_START)
    out = bytearray()
    place = 16
    most = min(size, most)
    while place < len(packed) and len(out) < most:
        control = packed[place]
        place += 1
        for bit in range(8):
            if control >> bit & 1:
                if place + 2 > len(packed):
                    return bytes(out[:most])
                token = packed[place] << 8 | packed[place + 1]
                place += 2
                read, length = token >> 4, (token & 15) + 2
                if read == write:  # the end is marked by pointing at itself
                    return bytes(out[:most])
            else:
                if place >= len(packed):
                    return bytes(out[:most])
                ring[write] = packed[place]
                place += 1
                read, length = write, 1
            for _ in range(length):
                byte = ring[read]
                ring[write] = byte
                out.append(byte)
                read, write = (read + 1) % _RING, (write + 1) % _RING
    return bytes(out[:most])
