"""A Word file of two pages whose author left wordings open."""

from __future__ import annotations

import io
import random
import zipfile
from xml.sax.saxutils import escape

_WHO = [
    "department",
    "committee",
    "council",
    "supplier",
    "board",
    "inspector",
    "ministry",
    "depot",
    "laboratory",
    "harbour",
]
_WHAT = [
    "review",
    "budget",
    "drawings",
    "schedule",
    "contract",
    "survey",
    "figures",
    "delivery",
    "estimate",
    "inspection",
]
_WHERE = [
    "the northern section",
    "the old harbour",
    "both bridges",
    "the valley",
    "every smaller station",
    "the coast",
]
_WHEN = [
    "before winter",
    "early in spring",
    "within a month",
    "after the second hearing",
    "by the end of June",
]
_OPEN = (
    "{{began|started}} a longer look at the WHAT for WHERE",
    "{{needed|required}} {{more time|a further week}} for the WHAT, which nobody had kept",
    "said {{that |}}the WHAT {{could not|couldn't}} be right for WHERE",
    "asked {{whether|if}} the WHAT would be {{finished|completed}} WHEN",
    "{{did not|didn't}} agree with the WHAT of WHERE and wanted another one WHEN",
)
_THEN = (
    "and the managers had been told so WHEN",
    "because work on WHERE went on WHEN as though it were settled",
    "while the others waited for news from WHERE",
    "but no answer came WHEN",
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def sentences(count: int) -> list[str]:
    """So many sentences, no two alike."""
    draw = random.Random(7)
    lines = []
    for k in range(count):
        line = f"In week {k + 1} the {draw.choice(_WHO)} {draw.choice(_OPEN)}, {draw.choice(_THEN)}."
        for name, choices in (("WHAT", _WHAT), ("WHERE", _WHERE), ("WHEN", _WHEN)):
            while name in line:
                line = line.replace(name, draw.choice(choices), 1)
        lines.append(line)
    return lines


def report(count: int = 44, *, field: str = "") -> bytes:
    """A Word file with so many sentences, four to a paragraph, every second paragraph justified."""
    said = sentences(count)
    paragraphs = [" ".join(said[k : k + 4]) for k in range(0, count, 4)]
    body = "".join(
        f'<w:p><w:pPr><w:jc w:val="{"both" if n % 2 else "left"}"/></w:pPr><w:r><w:t xml:space="preserve">'
        f"{escape(text)}</w:t></w:r></w:p>"
        for n, text in enumerate(paragraphs)
    )
    if field:
        body += f'<w:p><w:fldSimple w:instr=" {field} "><w:r><w:t>7</w:t></w:r></w:fldSimple></w:p>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)),
                f'<?xml version="1.0" encoding="UTF-8"?>{content}',
            )
    return buffer.getvalue()
