"""What kind a file is, by its content; its name is not believed."""

from __future__ import annotations

import io
import re

import olefile

from fother.formats.text.content import Locked, Refused
from fother.formats.text.mail import looks_like_mail, looks_like_mailbox
from fother.formats.text.msg import is_message
from fother.formats.text.package import Package
from fother.formats.text.plain import looks_like_text

PDF = "application/pdf"
ZIP = "application/zip"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MSG = "application/vnd.ms-outlook"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
FLAT = OPEN_DOCUMENT + "flat-xml"

_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_UNREAD = (
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it and name the files in it"),
    (b"Rar!\x1a\x07", "it is a RAR archive; unpack it and name the files in it"),
    (b"\x1f\x8b", "it is packed by gzip; unpack it and name the files in it"),
    (b"BZh", "it is packed by bzip2; unpack it and name the files in it"),
    (b"\xfd7zXZ\x00", "it is packed by xz; unpack it and name the files in it"),
    (b"\x28\xb5\x2f\xfd", "it is packed by Zstandard; unpack it and name the files in it"),
    (b"!BDN", "it is an Outlook mailbox (PST); export its messages as MSG or EML"),
    (b"%!PS", "it is PostScript; convert it to PDF"),
    (b"\x7fELF", "it is a program"),
    (b"MZ\x90\x00", "it is a program"),
    (b"SQLite format 3\x00", "it is a database; export its tables as text"),
    (b"\x00\x00\x00\x0cjP  ", "it is a JPEG 2000 image; convert it to PNG"),
    (b"8BPS", "it is a Photoshop file; export it as PNG"),
    (b"ID3", "it is a sound recording"),
    (b"OggS", "it is a sound or video recording"),
    (b"\x1aE\xdf\xa3", "it is a video recording; save the frames of interest as pictures"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIF_BRANDS = {
    b"heic",
    b"heix",
    b"hevc",
    b"hevx",
    b"heim",
    b"heis",
    b"hevm",
    b"hevs",
    b"mif1",
    b"msf1",
    b"heif",
}
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.I)
_KINDS = "neither a PDF, a text, an Office file, a message, a web page, a ZIP archive nor a picture"


def sniff(data: bytes) -> str:
    """Media type of a file. Raises Refused, with what to do, for what cannot be read."""
    if image := sniff_image(data):
        return image
    if data.startswith(b"%PDF-"):
        return PDF
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _packaged(data)
    if data.startswith(_OLE):
        return _compound(data)
    if data.startswith(b"{\\rtf"):
        return "application/rtf"
    if b"%PDF-" in data[:1024]:
        return PDF
    for magic, reason in _UNREAD:
        if data.startswith(magic):
            raise Refused(reason)
    if data[4:8] == b"ftyp":
        raise Refused("it is a video recording; save the frames of interest as pictures")
    return _textual(data)


def sniff_image(data: bytes) -> str | None:
    """Media type of a picture, None for all else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        brands = {data[i : i + 4] for i in (8, *range(16, min(len(data), 64), 4))}
        if data[8:12] in (b"avif", b"avis") or b"avif" in brands:
            return "image/avif"
        return "image/heif" if brands & _HEIF_BRANDS else None
    if (data.startswith(b"BM") and data[6:10] == b"\0\0\0\0") or (data[:2] == b"BM" and len(data) < 64):
        return "image/bmp"
    return next((kind for magic, kind in _IMAGES if data.startswith(magic)), None)


def _packaged(data: bytes) -> str:
    from fother.formats.text.content import Budget

    try:
        package = Package(data, Budget())
        kind = package.part("mimetype")[:100].decode("ascii", "replace").strip()
    except Refused:
        return ZIP  # its reader says what is wrong
    if kind.startswith(OPEN_DOCUMENT):
        return kind
    names = package.names
    for folder, office in (("word/", WORD), ("ppt/", SLIDES), ("xl/", WORKBOOK)):
        office_like = "[Content_Types].xml" in package or package.cut_off
        if office_like and any(n.startswith(folder) and n.endswith(".xml") for n in names):
            return office
    return ZIP


def _compound(data: bytes) -> str:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if is_message(ole):
                return MSG
            streams = {"/".join(entry) for entry in ole.listdir()[:2000]}
    except (OSError, ValueError, TypeError, IndexError, KeyError, RecursionError, AttributeError):
        raise Refused("it is an old Office file or message that is damaged beyond reading") from None
    if "EncryptedPackage" in streams:
        raise Locked("it is an encrypted Office file; save it without a password and try again")
    for stream, what in (
        ("WordDocument", "an old Word file (DOC); save it as DOCX or PDF"),
        ("Workbook", "an old Excel file (XLS); save it as XLSX or PDF"),
        ("Book", "an old Excel file (XLS); save it as XLSX or PDF"),
        ("PowerPoint Document", "an old PowerPoint file (PPT); save it as PPTX or PDF"),
    ):
        if stream in streams:
            raise Refused(f"it is {what}")
    raise Refused("it is an old Office file of an unknown kind; save it as PDF")


def _textual(data: bytes) -> str:
    if looks_like_mailbox(data):
        return "application/mbox"
    if looks_like_mail(data):
        return "message/rfc822"
    if not looks_like_text(data):
        raise Refused(f"it is {_KINDS} of a kind that is known here")
    head = data[:4096].replace(b"\0", b"")
    if head.lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n").startswith(b"<") and _HTML.search(head):
        return "text/html"
    return FLAT if b"<office:document" in head else "text/plain"
