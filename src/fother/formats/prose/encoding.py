"""Bytes of a text file and its characters, both ways without loss."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass, replace

from fother.errors import InputFileError
from fother.formats.text.charset import MARKS, guess_wide, known

_DAMAGED = re.compile("[\ud800-\udfff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
MOST_BYTES = 64 << 20  # a text of this size is no letter or report


@dataclass(frozen=True)
class Encoding:
    """How characters became bytes; a byte that is no character is a lone surrogate (PEP 383)."""

    name: str
    mark: bytes = b""  #: byte order mark at the start of the file

    def encode(self, text: str) -> bytes:
        """Inverse of `decoded`. Raises UnicodeEncodeError for characters that the encoding does not have."""
        return self.mark + text.encode(self.name, "strict" if self.wide else "surrogateescape")

    def holds(self, text: str) -> bool:
        """Whether all characters can be written in it."""
        with suppress(UnicodeEncodeError):
            self.encode(text)
            return True
        return False

    @property
    def wide(self) -> bool:
        """Code units of two or four bytes."""
        return self.name.startswith(("utf-16", "utf-32"))


UTF8 = Encoding("utf-8")


def decoded(data: bytes, declared: str | None = None) -> tuple[str, Encoding]:
    """The characters, and the encoding that turns them into the very same bytes again.

    Byte order mark, UTF-16 by its zeros, valid UTF-8, what is declared, UTF-8 with a few damaged bytes,
    Windows-1252, Latin-1. Raises InputFileError for a file that is empty, too large or half of a code unit.
    """
    if not data.strip():
        raise InputFileError("The file holds no text; give one with words in it.")
    if len(data) > MOST_BYTES:
        raise InputFileError(f"The text has more than {MOST_BYTES >> 20} MB; split it into smaller files.")
    for mark, name in MARKS:
        if data.startswith(mark):
            return _whole(data[len(mark) :], Encoding(name, mark))
    if (name := guess_wide(data[: 1 << 16]) or "") != "":
        return _whole(data, Encoding(name))
    for name in _candidates(data, declared):
        with suppress(UnicodeError, LookupError):
            encoding = Encoding(name)
            text = data.decode(name, "surrogateescape" if name == "utf-8" else "strict")
            if encoding.encode(text) == data:
                return text, encoding
    return data.decode("latin-1"), Encoding("latin-1")


def encoded(text: str, encoding: Encoding, declared: str | None = None) -> bytes:
    """Bytes that `decoded` reads as this text. Raises ValueError where it would take them for others.

    That happens to damaged files, whose encoding is guessed from what little of it is whole. UTF-16 that
    could no longer be told by its zeros gets a byte order mark.
    """
    for mark in (encoding.mark, *(mark for mark, name in MARKS if encoding.wide and name == encoding.name)):
        data = replace(encoding, mark=mark).encode(text)
        with suppress(InputFileError):
            if decoded(data, declared)[0] == text:
                return data
    raise ValueError("a rewrite would be read as something else: in another encoding, or as nothing")


def _candidates(data: bytes, declared: str | None) -> list[str]:
    named = known(declared) if declared else None
    if named in ("iso8859-1", "ascii"):
        named = "cp1252"  # what all browsers and mail programs take these names for (WHATWG Encoding)
    if named is not None and b"\x1b" in data and named.startswith("iso2022"):
        return [named]
    with suppress(UnicodeDecodeError):
        data.decode("utf-8")
        return ["utf-8"]
    letters = data.decode("utf-8", "surrogateescape")
    damaged = len(_DAMAGED.findall(letters))
    good = len(_BEYOND_ASCII.findall(letters)) - damaged
    names = ["utf-8"] if good > 4 * damaged or named == "utf-8" else []
    return [*names, *([named] if named else []), "cp1252"]


def _whole(data: bytes, encoding: Encoding) -> tuple[str, Encoding]:
    try:
        text = data.decode(encoding.name, "strict" if encoding.wide else "surrogateescape")
    except UnicodeDecodeError:
        sentence = "The text is damaged: it is not valid UTF-16 or UTF-32; save it again as UTF-8."
        raise InputFileError(sentence) from None
    return text, encoding


def shown_name(encoding: Encoding) -> str:
    """For people."""
    name = codecs.lookup(encoding.name).name
    return {"cp1252": "Windows-1252", "latin-1": "Latin-1", "iso8859-1": "Latin-1"}.get(name, name.upper())
