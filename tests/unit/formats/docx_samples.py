"""Small Word files, put together from the XML that matters in a test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_NAMES = (
    f'xmlns:w="{WORD}" xmlns:m="{_OFFICE}/math" xmlns:r="{_OFFICE}/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_DATE = (2021, 3, 4, 5, 6, 8)


def part(
    root: str, inner: str, head: str = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
) -> str:
    return f"{head}<w:{root} {_NAMES}>{inner}</w:{root}>"


def run(text: str, properties: str = "", space: str = ' xml:space="preserve"') -> str:
    """A run; `text` is XML."""
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}<w:t{space}>{text}</w:t></w:r>"


def paragraph(*runs: str, properties: str = "") -> str:
    """A paragraph; a string that is no markup becomes a run."""
    inner = "".join(r if r.startswith("<") else run(r) for r in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def style(name: str, inner: str = "", kind: str = "paragraph", based: str = "") -> str:
    """A style whose id is its name without spaces; the one named Normal is the default."""
    default = ' w:default="1"' if name == "Normal" else ""
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    head = f'<w:style w:type="{kind}"{default} w:styleId="{name.replace(" ", "")}">'
    return f'{head}<w:name w:val="{name}"/>{base}{inner}</w:style>'


def field(instruction: str, result: str) -> str:
    """A field written with three characters of its own, as Word writes it."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def box(new: str, old: str | None = None) -> str:
    """A run with a text box, for new and for old programs."""
    old = new if old is None else old
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>'
        f"{new}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        f"<w:txbxContent>{old}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def docx(
    body: str | bytes,
    *,
    styles: str = "",
    stories: Mapping[str, str] | None = None,
    others: Mapping[str, bytes] | None = None,
    content_type: str = _MAIN,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A Word file. `body` is what stands in w:body, or the whole part as bytes.

    `stories` are further parts by name (header1, footnotes, …), `others` are parts without a relation.
    """
    stories = dict(stories or {})
    if styles:
        stories["styles"] = part("styles", styles)
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/relationships/{name.rstrip("0123456789")}" '
        f'Target="{name}.xml"/>'
        for n, name in enumerate(stories)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        'Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{content_type}"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="r1" Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": part("document", f"<w:body>{body}</w:body>") if isinstance(body, str) else body,
        "word/_rels/document.xml.rels": f'<?xml version="1.0"?><Relationships '
        f'xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        **{f"word/{name}.xml": content for name, content in stories.items()},
        **(others or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = method
            archive.writestr(info, content)
    return buffer.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """Parts by name, in the order of the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


BOLD = "<w:b/>"
STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri"/><w:lang w:val="en-GB"/></w:rPr>'
    "</w:rPrDefault></w:docDefaults>"
    + style("Normal")
    + style("heading 1", based="Normal")
    + style("List Bullet")
    + style("caption")
    + style("Source Code")
    + style("Body of code", '<w:rPr><w:rFonts w:ascii="Consolas"/></w:rPr>', based="Normal")
    + style("Verbatim Char", kind="character")
    + style("Keyword", kind="character", based="VerbatimChar")
    + style("Quote")
    + style("Outlined", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
    + style("Numbered", '<w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr>')
    + style("Hidden", "<w:rPr><w:vanish/></w:rPr>", kind="character")
)


def rich() -> bytes:
    """A file with something of everything."""
    words = "The committee met on a clear morning, and everyone agreed that the plan could begin soon. "
    cells = "".join(f"<w:tc>{paragraph(words[: 20 + 5 * n])}</w:tc>" for n in range(3))
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('An inner cell with words.')}</w:tc></w:tr></w:tbl>"
    link = f'<w:hyperlink r:id="x">{run("a link")}</w:hyperlink>'
    put_in = f'<w:ins w:id="1" w:author="x">{run("put in ")}</w:ins>'
    gone = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    bookmark = ('<w:bookmarkStart w:id="0" w:name="b"/>', '<w:bookmarkEnd w:id="0"/>')
    coded = run("&amp; signs &lt;too&gt; &#x20AC;&#8197;5", space="")
    body = [
        paragraph("A heading of it", properties='<w:pStyle w:val="heading1"/>'),
        *(paragraph(words * 3, run("in bold letters", BOLD), words) for _ in range(4)),
        paragraph(*(run(word + " ") for word in words.split())),
        paragraph(run("  bare spaces at both ends ", space=""), coded),
        paragraph("Before ", link, " and after it"),
        paragraph("See ", field(" REF _x ", "Figure 3"), " and ", field('HYPERLINK "u"', "there")),
        paragraph("One", "<w:r><w:tab/><w:br/><w:noBreakHyphen/></w:r>", "two"),
        paragraph(put_in, "stays ", gone, "and ends"),
        paragraph(bookmark[0], "marked", bookmark[1], " by a bookmark"),
        paragraph("code();", properties='<w:pStyle w:val="SourceCode"/>'),
        paragraph("East Asian 漢字 inside ", "<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>", " of it"),
        f"<w:tbl><w:tr>{cells}<w:tc>{inner}{paragraph()}</w:tc></w:tr></w:tbl>",
        paragraph("Text with a box", box(paragraph("In the box, ", run("bold", BOLD), " text")), " around"),
        paragraph(),
    ]
    header = part("hdr", paragraph("The same header on all pages"))
    return docx(
        "".join(body),
        styles=STYLES,
        stories={
            "header1": header,
            "header2": header,
            "footer1": part("ftr", paragraph("Page ", field("PAGE", "1"), " of the report")),
            "footnotes": part("footnotes", f"<w:footnote w:id='2'>{paragraph('A note below.')}</w:footnote>"),
        },
        others={"word/media/image1.bin": bytes(range(256)) * 9},
    )
