"""Bags (BagIt 1.0, RFC 8493) of which every byte is determined by the payload, as a folder or a ZIP file.

Strict where the RFC leaves a choice: one payload manifest and one tag manifest, SHA-256, sorted, two spaces;
names of plain letters. The ZIP file holds its members in order, uncompressed, dated 1980-01-01, without
anything between or behind them. So a bag is either exactly what `tag_files` and `zip_bytes` would write, or
it is refused.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from fother.verify.errors import VerificationError

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MAX_FILES = 10_000
MAX_BYTES = 2**31  #: of all files together
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_DATE = 0x21  # 1980-01-01 in the form of MS-DOS
_UNIX = 3 << 8


def tag_files(payload: Mapping[str, bytes], info: Mapping[str, str]) -> dict[str, bytes]:
    """The files beside the payload. `payload` maps names below data/ to bytes; `info` is what bag-info.txt
    says beside the size."""
    manifest = _manifest({f"data/{name}": data for name, data in payload.items()})
    size = sum(map(len, payload.values()))
    facts = dict(info) | {"Payload-Oxum": f"{size}.{len(payload)}"}
    lines = [f"{key}: {facts[key]}\n" for key in sorted(facts)]
    tags = {
        "bag-info.txt": "".join(lines).encode(),
        "bagit.txt": DECLARATION,
        "manifest-sha256.txt": manifest,
    }
    return tags | {"tagmanifest-sha256.txt": _manifest(tags)}


def whole(payload: Mapping[str, bytes], info: Mapping[str, str]) -> dict[str, bytes]:
    """All files of a bag by their path."""
    return {f"data/{name}": data for name, data in payload.items()} | tag_files(payload, info)


def _manifest(files: Mapping[str, bytes]) -> bytes:
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode()


def payload_of(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Payload and info of a bag's files.

    Raises VerificationError unless the files are exactly those of a bag.
    """
    payload = {name[5:]: data for name, data in files.items() if name.startswith("data/")}
    try:
        lines = files["bag-info.txt"].decode().removesuffix("\n").split("\n")
        info = dict(line.split(": ", 1) for line in lines)
        del info["Payload-Oxum"]
    except (KeyError, ValueError):
        raise VerificationError(
            "This is not an evidence pack: bag-info.txt is missing or malformed."
        ) from None
    expected = whole(payload, info)
    # To tell a file that was added or taken away from one that was altered.
    manifest = files.get("manifest-sha256.txt", b"")
    listed = {line[66:].decode("utf-8", "replace") for line in manifest.splitlines()}
    for name in sorted(files.keys() | expected.keys() | listed):
        if name not in files:
            raise VerificationError(f"The pack lacks its file {name}.")
        if name not in expected or (name.startswith("data/") and name not in listed):
            raise VerificationError(f"The pack holds a file that does not belong to it: {name}.")
    _check_manifest(files["manifest-sha256.txt"], expected["manifest-sha256.txt"])
    for name in sorted(expected):
        if files[name] != expected[name]:
            raise VerificationError(f"{name} was altered: it does not fit the other files of the pack.")
    return payload, info


def _check_manifest(found: bytes, expected: bytes) -> None:
    if found == expected:
        return
    for line, wanted in zip(found.split(b"\n"), expected.split(b"\n"), strict=False):
        if line != wanted:
            name = wanted[66:].decode() or "its end"
            raise VerificationError(f"{name} was altered: it does not have the SHA-256 of the manifest.")
    raise VerificationError("manifest-sha256.txt was altered: it has another length.")


def read(path: Path) -> dict[str, bytes]:
    """The files of a bag in a folder or a ZIP file, by their path. Raises VerificationError, OSError."""
    if path.is_dir():
        return _read_folder(path)
    if path.stat().st_size > MAX_BYTES:
        raise VerificationError(f"{path.name} is larger than {MAX_BYTES >> 30} GiB.")
    return unzip(path.read_bytes())


def _read_folder(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        if place.is_symlink() or not (place.is_dir() or place.is_file()):
            raise VerificationError(f"The pack holds something that is neither file nor folder: {name!r}.")
        if place.is_dir():
            if not any(place.iterdir()):
                raise VerificationError(f"The pack holds an empty folder that is not part of it: {name!r}.")
            continue
        _check_name(name)
        total += place.stat().st_size
        if total > MAX_BYTES or len(files) >= MAX_FILES:
            raise VerificationError("The pack is too large.")
        files[name] = place.read_bytes()
    return files


def _check_name(name: str) -> None:
    if not all(_NAME.fullmatch(part) for part in name.split("/")) or name.count("/") > 8:
        raise VerificationError(f"The pack holds a file with a name that no pack has: {name!r}.")


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A bag as a ZIP file (APPNOTE 6.3, stored), the same bytes for the same files."""
    body, directory = bytearray(), bytearray()
    for name in sorted(files):
        data, path = files[name], name.encode()
        sums = zlib.crc32(data), len(data), len(data)
        offset = len(body)
        body += _LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, _DATE, *sums, len(path), 0) + path + data
        mode = 0o100644 << 16
        directory += _CENTRAL.pack(
            b"PK\1\2", _UNIX | 20, 20, 0, 0, 0, _DATE, *sums, len(path), 0, 0, 0, 0, mode, offset
        )
        directory += path
    if len(files) > MAX_FILES or len(body) > MAX_BYTES:
        raise VerificationError("The pack is too large for a ZIP file; make a folder.")
    end = _END.pack(b"PK\5\6", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory + end)


def unzip(untrusted: bytes) -> dict[str, bytes]:
    """The files of a ZIP file that `zip_bytes` wrote. Raises VerificationError for every other one."""
    files: dict[str, bytes] = {}
    place = 0
    while untrusted[place : place + 4] == b"PK\3\4" and len(files) < MAX_FILES:
        if len(untrusted) < place + _LOCAL.size:
            break
        *_, size, length, extra = _LOCAL.unpack_from(untrusted, place)
        start = place + _LOCAL.size + length + extra
        try:
            name = untrusted[place + _LOCAL.size : place + _LOCAL.size + length].decode("ascii")
        except UnicodeDecodeError:
            break
        _check_name(name)
        files[name] = untrusted[start : start + size]
        place = start + size
    if not files or zip_bytes(files) != untrusted:
        raise VerificationError(
            "This is not an evidence pack, or its ZIP file was altered: it is not as packs are written."
        )
    return files
