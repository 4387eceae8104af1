"""ZIP packages read with caution: what is unpacked is counted while it is unpacked, names are not believed.

A package that was cut off has lost its list of contents; what lies before the cut is found by the headers of
its parts (APPNOTE.TXT 4.3.7, PKWARE).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from fother.formats.text.content import Budget, Locked, Refused

_CHUNK = 1 << 18
_FREE = 1 << 20  # unpacked bytes below which no ratio is asked for
_MOST_ENTRIES = 20_000
_LOCAL = struct.Struct("<4sHHHHHIIIHH")


@dataclass(frozen=True)
class Entry:
    """One thing in a package. Either `info` is set or `found`: start of the packed bytes, method, length."""

    name: str
    encrypted: bool
    info: zipfile.ZipInfo | None = None
    found: tuple[int, int, int] | None = None


class Package:
    """An untrusted ZIP package in memory. Raises Refused when nothing in it can be listed."""

    def __init__(self, data: bytes, budget: Budget, password: str = "") -> None:
        self._data = data
        self._budget = budget
        self._left = budget.unpacked
        self._password = password.encode() or None
        self.cut_off = False
        self._zip: zipfile.ZipFile | None = None
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            listed = self._zip.infolist()
            entries = [Entry(i.filename, bool(i.flag_bits & 1), info=i) for i in listed if not i.is_dir()]
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError, OverflowError):
            self.cut_off = True
            entries = list(_by_headers(data))
        if not entries and self.cut_off:
            raise Refused("the archive is damaged or cut off")
        self.entries = entries[:_MOST_ENTRIES]
        self._by_name = {entry.name: entry for entry in self.entries}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    def part(self, name: str) -> bytes:
        """Bytes of a part, b"" when there is none or it is damaged. Raises Refused over the budget."""
        entry = self._by_name.get(name)
        if entry is None or entry.encrypted:
            return b""
        return self.unpack(entry, partial=True)

    def unpack(self, entry: Entry, *, partial: bool = False) -> bytes:
        """Bytes of an entry; with `partial` what came before the damage, perhaps nothing.

        Raises Locked, or Refused with a reason: too large, expands too much, damaged, unknown compression.
        """
        if entry.encrypted and not self._password:
            raise Locked("it is encrypted and no password was given")
        taken = bytearray()
        try:
            for chunk in self._chunks(entry):
                taken += chunk
                self._check(entry, len(taken))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error):
            if not partial:  # a damaged part must not cost the text of the others
                raise Refused("it is damaged or cut off") from None
        except NotImplementedError:
            raise Refused("it is packed by a method that is not known here") from None
        except RuntimeError:  # zipfile's word for a password that does not fit
            raise Locked("it is encrypted and the password does not open it") from None
        self._left -= len(taken)
        return bytes(taken)

    def _chunks(self, entry: Entry) -> Iterator[bytes]:
        if entry.info is not None and self._zip is not None:
            with self._zip.open(entry.info, pwd=self._password) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        elif entry.found is not None:
            start, method, length = entry.found
            if method == zipfile.ZIP_STORED and length:
                yield self._data[start : start + length]
            elif method == zipfile.ZIP_DEFLATED:
                yield from _inflate(self._data, start)
            else:
                raise NotImplementedError

    def _check(self, entry: Entry, size: int) -> None:
        packed = entry.info.compress_size if entry.info is not None else len(self._data)
        if size > self._budget.part:
            raise Refused(f"unpacked it has more than {self._budget.part >> 20} MB")
        if size > _FREE and size > self._budget.ratio * max(packed, 1):
            raise Refused(f"unpacked it is over {self._budget.ratio} times larger, like a decompression bomb")
        if size > self._left:
            raise Refused(f"everything unpacked together has more than {self._budget.unpacked >> 20} MB")


def _inflate(data: bytes, start: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(-15)
    place = start
    while not stream.eof and place < len(data):
        yield stream.decompress(data[place : place + _CHUNK], _CHUNK)
        while stream.unconsumed_tail:
            yield stream.decompress(stream.unconsumed_tail, _CHUNK)
        place += _CHUNK


def _by_headers(data: bytes) -> Iterator[Entry]:
    """Entries of a package without a list of contents."""
    place, seen = 0, 0
    while (place := data.find(b"PK\x03\x04", place)) >= 0 and seen < _MOST_ENTRIES:
        seen += 1
        if place + _LOCAL.size > len(data):
            return
        _, _, flags, method, _, _, _, length, _, name_length, extra = _LOCAL.unpack_from(data, place)
        start = place + _LOCAL.size + name_length + extra
        raw = data[place + _LOCAL.size : place + _LOCAL.size + name_length]
        name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        if start < len(data) and name and not name.endswith("/"):
            yield Entry(name, bool(flags & 1), found=(start, method, length))
        place += 4


def has_package_behind(data: bytes) -> bool:
    """Whether a file of another kind carries a ZIP package at its very end."""
    tail = data[-65_557:]
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(tail):
        return False
    return end + 22 + int.from_bytes(tail[end + 20 : end + 22], "little") == len(tail)
