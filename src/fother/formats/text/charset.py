"""Bytes to characters: marked, declared, or guessed."""

from __future__ import annotations

import codecs
import contextlib
import importlib
import pkgutil

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT = 1 << 16
#: These turn bytes into bytes, or more bytes than there were, or names into addresses: not for leaked text.
_NO_CHARSETS = {"base64", "bz2", "hex", "idna", "punycode", "quopri", "rot-13", "rot13", "uu", "zlib", "mbcs"}
_NO_CHARSETS |= {"unicode-escape", "raw-unicode-escape", "undefined", "oem"}


def preload() -> None:
    """Load the standard library's decoders: a confined process may not be able to open files later."""
    import encodings

    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError, AttributeError):
            importlib.import_module(f"encodings.{module.name}")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`: by its byte order mark, as UTF-8, as UTF-16 by its zeros, as declared, as cp1252.

    UTF-8 comes before what is declared because text that is valid UTF-8 by chance is rare. What cannot be
    decoded becomes U+FFFD. Never raises.
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    sample = data[:_LOOKED_AT]
    # ISO-2022 escapes into other sets with ASCII bytes alone, which would pass for UTF-8.
    escaped = declared is not None and b"\x1b" in sample and "2022" in declared
    if (wide := guess_wide(sample)) is not None:
        return data.decode(wide, "replace")
    if not escaped and is_utf8(data):
        return data.decode("utf-8", "replace")
    if declared is not None and (named := known(declared)) is not None:
        with contextlib.suppress(ValueError, LookupError, AssertionError):
            return data.decode(named, "replace")
    return _western(data)


def known(name: str) -> str | None:
    """The name of a decoder of text, None when there is no such."""
    try:
        found = codecs.lookup(name.strip().strip("\"'")[:40]).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.replace("_", "-") in _NO_CHARSETS else found


def is_utf8(data: bytes) -> bool:
    """Valid UTF-8, apart from a last character that was cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def guess_wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: Latin text in it has a zero in every second byte."""
    if len(sample) < 4 or 0 not in sample:
        return None
    half = max(len(sample) // 2, 1)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None
