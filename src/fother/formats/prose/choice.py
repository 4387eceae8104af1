"""Which format a document is in, so that its text can be marked in place."""

from __future__ import annotations

from pathlib import PurePath

from fother.formats.prose.docx import Docx
from fother.formats.prose.html import Html
from fother.formats.prose.interface import ProseFormat
from fother.formats.prose.mail import Mail
from fother.formats.prose.markdown import Markdown
from fother.formats.prose.plain import Plain
from fother.formats.text.content import Refused
from fother.formats.text.sniff import WORD, sniff

_TEXTS = {"text/plain", "text/html", "message/rfc822"}
_PLAIN = {".txt", ".text", ".asc"}
_MARKDOWN = {".md", ".markdown"}
_PAGE = {".html", ".htm", ".xhtml"}


def prose_format(name: str, data: bytes) -> ProseFormat | None:
    """By the content, and by the name where the content leaves it open; None when no format reads it.

    Text whose name says what it is for is believed: a draft of a mail in a .txt file is plain text. Data,
    source and logs are not rewritten.
    """
    try:
        kind = sniff(data)
    except Refused:
        return None
    if kind == WORD:
        return Docx()
    ending = PurePath(name).suffix.lower()
    if kind in _TEXTS and ending in _PLAIN:
        return Plain()
    if kind in ("text/plain", "text/html") and ending in _MARKDOWN:
        return Markdown()
    if kind == "message/rfc822":
        return Mail()
    if kind == "text/html" or (kind == "text/plain" and ending in _PAGE):
        return Html()
    return Plain() if kind == "text/plain" and not ending else None
