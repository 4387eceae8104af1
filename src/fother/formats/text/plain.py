"""Plain text, Markdown, tables as text, source: as it stands, marks and all."""

from __future__ import annotations

import re

from fother.formats.text.charset import decode
from fother.formats.text.content import Content

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff\ue000-\uf8ff]")
_LOOKED_AT = 1 << 16
_MOST_CONTROLS = 0.02


def looks_like_text(data: bytes) -> bool:
    """Whether bytes of no known format are mostly characters that one can print."""
    sample = decode(data[:_LOOKED_AT])
    controls = len(_CONTROLS.findall(sample))
    return bool(sample.strip()) and controls <= _MOST_CONTROLS * len(sample)


def read_plain(data: bytes, content: Content) -> None:
    content.add("body", decode(data))
