"""The ZIP container of a Word file: what is in it, and a copy of it in which some parts differ.

Parts that do not differ are copied as they are packed (APPNOTE.TXT 4.3, PKWARE).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from isal import isal_zlib

from fother.errors import InputFileError, PasswordError, SignedFileError
from fother.formats.text.content import Budget, Locked, Refused
from fother.formats.text.office import related
from fother.formats.text.package import Package
from fother.formats.text.sniff import sniff
from fother.formats.text.xml import attribute, elements, parse

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sBBBBHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_ZIP64 = 0x0001  # id of the extra field that holds sizes beyond 32 bits
_DESCRIPTOR = 0x0008  # flag: sizes follow the data instead of standing before it
_DEFLATE_LEVEL = 2
_BUDGET = Budget(part=64 << 20)
_DAMAGED = "The Word file is damaged: {}; repair it or save it again with a word processor."


class Container:
    """A Word file taken apart. Raises InputFileError, PasswordError or SignedFileError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._package = _open(data)
        self.names = self._package.names
        self.main = next((t for k, t in self._related("") if k == "officeDocument"), "")
        if self.main not in self._package:
            raise InputFileError("The file is no Word file: it has no document in it.")
        self.related = self._related(self.main)
        self._refuse_other_kinds()
        _ = self._members  # refuses what could be read but not written

    def part(self, name: str) -> bytes:
        """Bytes of a part, b"" when there is none. Raises InputFileError when it is damaged or too large."""
        entry = next((e for e in self._package.entries if e.name == name), None)
        try:
            return self._package.unpack(entry) if entry is not None else b""
        except Locked:
            raise PasswordError(f"The part {name} of the Word file is encrypted.") from None
        except Refused as reason:
            raise InputFileError(f"The Word file cannot be used, for its part {name}: {reason}.") from None

    def xml(self, name: str) -> Any:
        """Root element of a part, None when there is none. Raises InputFileError unless it is well formed."""
        data = self.part(name)
        if not data:
            return None
        try:
            root = parse(data, recover=False)
        except Refused as reason:
            raise InputFileError(f"The Word file cannot be used, for its part {name}: {reason}.") from None
        if root is None:
            raise InputFileError(_DAMAGED.format(f"{name} is not well-formed XML, or nested too deeply"))
        return root

    def written(self, changed: Mapping[str, bytes]) -> bytes:
        """The file with other bytes in some of its parts: same order, names, dates and methods."""
        pieces: list[bytes] = []
        central: list[bytes] = []
        at = 0
        for info, extra, packed in self._members:
            sizes = info.CRC, info.compress_size, info.file_size
            if (content := changed.get(info.filename)) is not None:
                packed = _packed(content, info.compress_type)
                sizes = zlib.crc32(content), len(packed), len(content)
            shared = _shared_fields(info, sizes)
            name = _name(info)
            pieces += [_LOCAL.pack(b"PK\x03\x04", *shared, len(name), len(extra)), name, extra, packed]
            central.append(_central_record(info, shared, name, at))
            at += _LOCAL.size + len(name) + len(extra) + len(packed)
        directory = b"".join(central)
        count = len(central)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, len(self._comment))
        return b"".join([*pieces, directory, end, self._comment])

    @cached_property
    def _comment(self) -> bytes:
        return zipfile.ZipFile(io.BytesIO(self.data)).comment

    @cached_property
    def _members(self) -> list[tuple[zipfile.ZipInfo, bytes, bytes]]:
        """What the directory says of each member, its local extra fields, its packed bytes; as they lie."""
        members = []
        infos = zipfile.ZipFile(io.BytesIO(self.data)).infolist()
        for info in sorted(infos, key=lambda i: i.header_offset):
            head = self.data[info.header_offset : info.header_offset + _LOCAL.size]
            if len(head) < _LOCAL.size:
                raise InputFileError(_DAMAGED.format("it is cut off, or its list of contents is broken"))
            *_, name_length, extra_length = _LOCAL.unpack(head)
            name_at = info.header_offset + _LOCAL.size
            extra_at = name_at + name_length
            if self.data[name_at:extra_at] != _name(info):
                # Such a part counts as missing; written anew it would be found.
                raise InputFileError(
                    _DAMAGED.format(f"its list of contents does not agree with {info.filename}")
                )
            start = extra_at + extra_length
            packed = self.data[start : start + info.compress_size]
            members.append((info, _without_zip64(self.data[extra_at:start]), packed))
        return members

    def _related(self, part: str) -> list[tuple[str, str]]:
        """(kind, name) of the parts that a part points to."""
        try:
            return list(related(self._package, part).values())
        except Refused as reason:
            raise InputFileError(f"The Word file cannot be used: {reason}.") from None

    def _refuse_other_kinds(self) -> None:
        kind = self._content_type(self.main)
        if "macroEnabled" in kind or any(k == "vbaProject" for k, _ in self.related):
            raise InputFileError(
                "The Word file carries macros; save it as a document without macros (.docx) and try again."
            )
        if "template" in kind:
            raise InputFileError("The file is a Word template; save it as a document (.docx) and try again.")
        if kind and "wordprocessingml" not in kind:
            raise InputFileError("The file is an Office file, but no Word file.")
        if any(name.startswith("_xmlsignatures/") for name in self.names):
            raise SignedFileError(
                "The Word file carries a digital signature, which marking would break; use the unsigned file."
            )

    def _content_type(self, name: str) -> str:
        types = self.xml("[Content_Types].xml")
        for element in elements(types, "Override"):
            if attribute(element, "PartName").lstrip("/").lower() == name.lower():
                return attribute(element, "ContentType")
        return ""


def _open(data: bytes) -> Package:
    if not data:
        raise InputFileError("The Word file is empty.")
    try:
        if data[:2] != b"PK":
            kind = sniff(data)  # raises with the advice for old and encrypted Office files
            raise InputFileError(f"The file is no Word file (.docx), it is of the kind {kind}.")
        package = Package(data, _BUDGET)
    except Locked as reason:
        raise PasswordError(f"The Word file cannot be opened: {reason}.") from None
    except Refused as reason:
        raise InputFileError(f"The Word file cannot be used: {reason}.") from None
    if package.cut_off:
        raise InputFileError(_DAMAGED.format("it is cut off, or its list of contents is broken"))
    if len(package.names) != len(package.entries):
        raise InputFileError(_DAMAGED.format("two of its parts have the same name"))
    if any(entry.encrypted for entry in package.entries):
        raise PasswordError("Parts of the Word file are encrypted; save it without a password and try again.")
    return package


def _packed(content: bytes, method: int) -> bytes:
    return content if method == zipfile.ZIP_STORED else isal_zlib.compress(content, _DEFLATE_LEVEL, -15)


def _name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _shared_fields(info: zipfile.ZipInfo, sizes: tuple[int, int, int]) -> tuple[int, ...]:
    """Fields that stand in the local header and in the directory alike."""
    year, month, day, hour, minute, second = info.date_time
    time = hour << 11 | minute << 5 | second // 2
    date = (year - 1980) << 9 | month << 5 | day
    return (info.extract_version, info.flag_bits & ~_DESCRIPTOR, info.compress_type, time, date, *sizes)


def _central_record(info: zipfile.ZipInfo, shared: tuple[int, ...], name: bytes, at: int) -> bytes:
    extra = _without_zip64(info.extra)
    version, *rest = shared
    head = _CENTRAL.pack(
        b"PK\x01\x02",
        info.create_version,
        info.create_system,
        version & 0xFF,
        version >> 8,
        *rest,
        len(name),
        len(extra),
        len(info.comment),
        0,
        info.internal_attr,
        info.external_attr,
        at,
    )
    return b"".join([head, name, extra, info.comment])


def _without_zip64(extra: bytes) -> bytes:
    """Extra fields but for sizes beyond 32 bits, which no file within the limits needs."""
    kept, at = [], 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind != _ZIP64:
            kept.append(extra[at : at + 4 + size])
        at += 4 + size
    return b"".join(kept)
