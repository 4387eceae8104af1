"""Which format a document is in, so that its text can be marked in place."""

from __future__ import annotations

from pathlib import PurePath

from fother.formats.prose.interface import ProseFormat
from fother.formats.prose.plain import Plain
from fother.formats.text.content import Refused
from fother.formats.text.sniff import sniff

_PLAIN = {"", ".txt", ".text", ".asc"}


def prose_format(name: str, data: bytes) -> ProseFormat | None:
    """By the content, and by the name where the content leaves it open; None when no format reads it.

    A file named .txt is plain text whatever its text looks like; data, source and logs are not rewritten.
    """
    try:
        kind = sniff(data)
    except Refused:
        return None
    ending = PurePath(name).suffix.lower()
    if kind == "text/plain" and ending in _PLAIN:
        return Plain()
    return None
