"""Stamps found in a file: 16-byte ids in trailers and XMP, readable even when the file is cut short."""

from __future__ import annotations

import io
import re

import pikepdf

_ID = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f\s]{32,64})>\s*(?:<([0-9A-Fa-f\s]{32,64})>)?")
_UUID = re.compile(
    rb"(?:uuid|xmp\.iid|xmp\.did)[:.]([0-9A-Fa-f]{8})-?([0-9A-Fa-f]{4})-?([0-9A-Fa-f]{4})"
    rb"-?([0-9A-Fa-f]{4})-?([0-9A-Fa-f]{12})"
)
_MOST = 64  # ids looked at in one file


def find_stamps(untrusted: bytes, password: str = "") -> list[bytes]:
    """Every 16-byte id that could be a stamp, first seen first, without repeats, at most 64.

    Whether one of them is a stamp only the registry can tell. Nothing is raised for damaged files or a
    wrong password.
    """
    found: dict[bytes, None] = {}
    for match in _ID.finditer(untrusted):
        for group in match.groups():
            _add(found, group or b"")
    _add_uuids(found, untrusted)
    try:
        with pikepdf.open(io.BytesIO(untrusted), password=password) as pdf:
            for item in pdf.trailer.get("/ID", []):
                raw = bytes(item)
                if len(raw) == 16:
                    found.setdefault(raw)
            metadata = pdf.Root.get("/Metadata")
            if isinstance(metadata, pikepdf.Stream):
                _add_uuids(found, bytes(metadata.read_bytes()))
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError):
        pass  # the search in the raw bytes has to do
    except (ValueError, TypeError, KeyError, AttributeError):
        pass  # the search in the raw bytes has to do
    return list(found)[:_MOST]


def _add(found: dict[bytes, None], digits: bytes) -> None:
    clean = re.sub(rb"\s", b"", digits)
    if len(clean) == 32:
        found.setdefault(bytes.fromhex(clean.decode()))


def _add_uuids(found: dict[bytes, None], data: bytes) -> None:
    for match in _UUID.finditer(data):
        _add(found, b"".join(match.groups()))
