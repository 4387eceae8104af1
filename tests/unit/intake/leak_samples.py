"""Small files of every kind that intake reads, made from nothing but the standard library and Pillow."""

from __future__ import annotations

import email.message
import io
import struct
import zipfile

import pikepdf
from PIL import Image

WORDS = "The ministry bought 16,000 tonnes of grain and did not tell the committee."
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def package(**parts: str | bytes) -> bytes:
    """A ZIP of parts; in their names "__" stands for "/" and a last "_" for "."."""
    return zipped({name.replace("__", "/"): content for name, content in parts.items()})


def zipped(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relations(*pairs: tuple[str, str]) -> str:
    """A .rels part: relation types and targets, with the ids r1, r2…"""
    rows = (
        f'<Relationship Id="r{n}" Type="{_TYPE}{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(pairs, 1)
    )
    return f"<Relationships {_RELATIONS}>{''.join(rows)}</Relationships>"


def docx(body: str = "", prolog: str = "", **others: bytes | str) -> bytes:
    """A Word file with one paragraph of WORDS, then `body` (WordprocessingML)."""
    first = f"<w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p>"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": f"{prolog}<w:document {_W}><w:body>{first}{body}</w:body></w:document>",
    }
    for name, content in others.items():
        parts[f"word/{name}.xml"] = content
    return zipped(parts)


def story(kind: str, text: str, attributes: str = "", inner: str = "") -> str:
    """A header, footer, notes or comments part."""
    paragraph = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    held = f"<w:{inner} {attributes}>{paragraph}</w:{inner}>" if inner else paragraph
    return f"<w:{kind} {_W}>{held}</w:{kind}>"


def pptx() -> bytes:
    def slide(root: str, text: str, show: str = "") -> str:
        paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("|"))
        return f"<p:{root} {_P} {_A} {show}><p:txBody>{paragraphs}</p:txBody></p:{root}>"

    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "ppt/presentation.xml": f'<p:presentation {_P} {_R}><p:sldIdLst><p:sldId id="256" r:id="r2"/>'
            '<p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": relations(
                ("slide", "slides/slide1.xml"), ("slide", "slides/slide2.xml")
            ),
            "ppt/slides/slide1.xml": slide("sld", "shown last"),
            "ppt/slides/slide2.xml": slide("sld", f"{WORDS}|second line"),
            "ppt/slides/_rels/slide2.xml.rels": relations(
                ("notesSlide", "../notesSlides/notesSlide1.xml"), ("comments", "../comments/comment1.xml")
            ),
            "ppt/notesSlides/notesSlide1.xml": slide("notes", "say it slowly"),
            "ppt/comments/comment1.xml": f'<p:cmLst {_P}><p:cm authorId="0"><p:text>too long</p:text></p:cm>'
            "</p:cmLst>",
            "ppt/commentAuthors.xml": f'<p:cmAuthorLst {_P}><p:cmAuthor id="0" name="Kim"/></p:cmAuthorLst>',
        }
    )


def xlsx(rows: str = "") -> bytes:
    """A workbook: a shared and an inline string, a number with thousands, a date, a share, a hidden sheet."""
    first = (
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>Amount</t></is></c></row>'
        '<row><c s="1"><v>16000</v></c><c s="2"><v>46082</v></c><c s="3"><v>0.125</v></c>'
        '<c><v>0.30000000000000004</v></c><c t="b"><v>1</v></c><c t="s"><v>999</v></c></row>'
    )
    hidden = '<row><c t="inlineStr"><is><t>hidden words</t></is></c></row>'
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "xl/workbook.xml": f'<workbook {_S} {_R}><sheets><sheet name="Costs" sheetId="1" r:id="r1"/>'
            '<sheet name="Secret" sheetId="2" state="hidden" r:id="r2"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")
            ),
            "xl/sharedStrings.xml": f"<sst {_S}><si><t>{WORDS}</t></si></sst>",
            "xl/styles.xml": f'<styleSheet {_S}><numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
            '<cellXfs><xf numFmtId="0"/><xf numFmtId="3"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>'
            "</styleSheet>",
            "xl/worksheets/sheet1.xml": f"<worksheet {_S}><sheetData>{first}{rows}</sheetData></worksheet>",
            "xl/worksheets/sheet2.xml": f"<worksheet {_S}><sheetData>{hidden}</sheetData></worksheet>",
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("comments", "../comments1.xml")),
            "xl/comments1.xml": f"<comments {_S}><authors><author>Kim</author></authors><commentList>"
            '<comment authorId="0"><text><t>why so much?</t></text></comment></commentList></comments>',
        }
    )


_O = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF = (
    f'xmlns:office="{_O}office:1.0" xmlns:text="{_O}text:1.0" xmlns:table="{_O}table:1.0" '
    f'xmlns:draw="{_O}drawing:1.0" xmlns:svg="{_O}svg-compatible:1.0" xmlns:style="{_O}style:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def odt(body: str = "", kind: str = "text") -> bytes:
    held = f"<text:p>{WORDS}</text:p>{body}"
    header = "<style:header><text:p>Restricted</text:p></style:header>"
    master = f"<style:master-page>{header}</style:master-page>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {_ODF}><office:body><office:{kind}>{held}"
            f"</office:{kind}></office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {_ODF}><office:master-styles>{master}"
            "</office:master-styles></office:document-styles>",
            "meta.xml": f"<office:document-meta {_ODF}><office:meta><dc:title>Grain</dc:title></office:meta>"
            "</office:document-meta>",
        }
    )


def ods() -> bytes:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell.format('Bread')}{cell.format('16,000')}</table:table-row>"
    return odt(f'<table:table table:name="Costs">{row}{row}</table:table>', "spreadsheet")


def rtf(body: str = "") -> bytes:
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}}{\info{\title Grain}}"
    return (head + r"\f0 " + WORDS + r"\par " + body + "}").encode("ascii")


def html(body: str = "") -> bytes:
    return (
        "<!DOCTYPE html><html><head><title>Grain</title><script>var x = 1;</script></head>"
        f"<body><p>{WORDS}</p>{body}</body></html>"
    ).encode()


def mail(subject: str = "Grain", **attachments: bytes) -> bytes:
    """A message with a plain and an HTML body that say the same; names of attachments: "_" is "."."""
    message = email.message.EmailMessage()
    message["From"], message["To"] = "Sam <sam@example.org>", "kim@example.org"
    message["Subject"], message["Date"] = subject, "Mon, 02 Mar 2026 10:00:00 +0000"
    message.set_content(WORDS)
    message.add_alternative(f"<p>{WORDS}</p>", subtype="html")
    for name, data in attachments.items():
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=name.replace("_", ".")
        )
    return message.as_bytes()


def mailbox(count: int, **attachments: bytes) -> bytes:
    one = mail(**attachments)
    return b"".join(b"From sam Mon Mar  2 10:00:00 2026\n" + one + b"\n" for _ in range(count))


def pdf(*contents: bytes, attached: bytes = b"") -> bytes:
    """Pages of 300 by 300 points with the font /F1."""
    document = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for content in contents or (b"BT /F1 8 Tf 10 200 Td (" + WORDS.encode() + b") Tj ET",):
        document.add_blank_page(page_size=(300, 300))
        page = document.pages[-1].obj
        page.Contents = document.make_stream(content)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    if attached:
        document.attachments["inside"] = pikepdf.AttachedFileSpec(document, attached, filename="inside.txt")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def image(kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((120, 80)).save(buffer, kind, **options)
    return buffer.getvalue()


class _Sectors:
    """Data in sectors of one size, and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = b""
        self.chain: list[int] = []

    def store(self, data: bytes) -> int:
        """Number of the first sector."""
        start = len(self.chain)
        count = max(-(-len(data) // self.size), 1)
        self.data += data.ljust(self.size * count, b"\0")
        self.chain += [*range(start + 1, start + count), -2]
        return start


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE file ([MS-CFB]) of streams; "/" parts storages."""
    names = [""]
    for path in streams:
        parts = path.split("/")
        names += [p for n in range(1, len(parts) + 1) if (p := "/".join(parts[:n])) not in names]
    large, small = _Sectors(512), _Sectors(64)
    starts = {path: (small if len(data) < 4096 else large).store(data) for path, data in streams.items()}
    lengths = {path: len(data) for path, data in streams.items()}
    starts[""], lengths[""] = large.store(small.data), len(small.data)
    small_table = large.store(_table(small.chain, -(-len(small.chain) // 128)))
    directory = b""
    for number, name in enumerate(names):
        kind = 5 if not number else 2 if name in streams else 1
        inside = [n for n, p in enumerate(names) if n and p.rpartition("/")[0] == name]
        beside = [n for n in range(number + 1, len(names)) if _parent(names, n) == _parent(names, number)]
        label = (name.rpartition("/")[2] if number else "Root Entry").encode("utf-16-le") + b"\0\0"
        right = beside[0] if beside and number else -1
        entry = (len(label), kind, 1, -1, right, inside[0] if inside else -1, bytes(36))
        where = (starts.get(name, 0), lengths.get(name, 0))
        directory += label.ljust(64, b"\0") + struct.pack("<HBBiii36siQ", *entry, *where)
    first = large.store(directory)
    tables = -(-(len(large.chain) + 1) // 127)
    begin = len(large.chain)
    chain = large.chain + [-3] * tables
    few = (0x3E, 3, 0xFFFE, 9, 6, 0, tables, first, 0, 4096, small_table, -(-len(small.chain) // 128), -2, 0)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6xIIiIIiIiI", *few)
    header += struct.pack("<109i", *range(begin, begin + tables), *[-1] * (109 - tables))
    return header + large.data + _table(chain, tables)


def _table(chain: list[int], sectors: int) -> bytes:
    return struct.pack(f"<{128 * sectors}i", *chain, *[-1] * (128 * sectors - len(chain)))


def _parent(names: list[str], number: int) -> str | None:
    return names[number].rpartition("/")[0] if number else None


def msg(attached: bytes = b"attached words here") -> bytes:
    """An Outlook message with one attachment and one message attached to it."""

    def text(tag: str, value: str) -> tuple[str, bytes]:
        return f"__substg1.0_{tag}001F", value.encode("utf-16-le")

    one, two = "__attach_version1.0_#00000000/", "__attach_version1.0_#00000001/"
    inner = two + "__substg1.0_3701000D/"
    sent = struct.pack("<IIq", 0x00390040, 6, 134_171_352_000_000_000)
    streams = {"__properties_version1.0": bytes(32) + sent}
    streams |= dict([text("0037", "Grain"), text("0C1A", "Sam"), text("0E04", "Kim"), text("1000", WORDS)])
    streams |= {one + "__properties_version1.0": bytes(8), one + "__substg1.0_37010102": attached}
    streams |= {one + n: v for n, v in [text("3707", "..\\note.txt")]}
    streams |= {two + "__properties_version1.0": bytes(8), inner + "__properties_version1.0": bytes(24)}
    streams |= {inner + n: v for n, v in [text("0037", "Older"), text("1000", "An older message.")]}
    return compound(streams)


def samples() -> dict[str, bytes]:
    """One good file of each kind, by name."""
    return {
        "a.pdf": pdf(attached=b"attached words here"),
        "a.docx": docx(),
        "a.pptx": pptx(),
        "a.xlsx": xlsx(),
        "a.odt": odt(),
        "a.ods": ods(),
        "a.rtf": rtf(),
        "a.html": html(),
        "a.eml": mail(note_txt=b"attached words here"),
        "a.mbox": mailbox(3),
        "a.msg": msg(),
        "a.txt": WORDS.encode(),
        "a.md": f"# Grain\n\n* {WORDS}\n".encode(),
        "a.zip": zipped({"one.txt": WORDS, "two/a.docx": docx()}),
        "a.png": image(),
        "a.jpg": image("JPEG"),
        "a.webp": image("WEBP"),
        "a.tif": image("TIFF"),
        "a.gif": image("GIF"),
        "a.bmp": image("BMP"),
        "a.avif": image("AVIF"),
    }
