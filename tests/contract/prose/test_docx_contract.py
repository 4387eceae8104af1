"""Word files keep the contract of rewritable text."""

from __future__ import annotations

import sys
from pathlib import Path

from prose_contract import ProseContract

from fother.formats.prose.docx import Docx

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "formats"))

from docx_samples import docx, paragraph, part, rich


def _encoded(text: str, encoding: str, head: str) -> bytes:
    return docx(part("document", f"<w:body>{paragraph(text)}</w:body>", head).encode(encoding))


class TestDocxContract(ProseContract):
    form = Docx()
    samples = {  # noqa: RUF012
        "rich": rich(),
        "plain": docx(paragraph("Some words, and others; no more than that.") * 5),
        "empty": docx(""),
        "sixteen bits": _encoded("Wide &amp; letters", "utf-16", ""),
        "eight bits": _encoded("Naïve café", "latin-1", '<?xml version="1.0" encoding="ISO-8859-1"?>'),
    }
