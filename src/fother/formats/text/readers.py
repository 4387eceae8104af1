"""Which reader reads which kind of file."""

from __future__ import annotations

from fother.formats.text import sniff
from fother.formats.text.archive import read_archive
from fother.formats.text.content import Content
from fother.formats.text.html import read_html
from fother.formats.text.mail import read_mail, read_mailbox
from fother.formats.text.msg import read_msg
from fother.formats.text.opendocument import read_flat_document, read_open_document
from fother.formats.text.package import Package
from fother.formats.text.plain import read_plain
from fother.formats.text.rtf import read_rtf
from fother.formats.text.slides import read_slides
from fother.formats.text.word import read_word
from fother.formats.text.workbook import read_workbook

_SIMPLE = {
    "application/rtf": read_rtf,
    "application/mbox": read_mailbox,
    "message/rfc822": read_mail,
    "text/html": read_html,
    "text/plain": read_plain,
    sniff.MSG: read_msg,
    sniff.FLAT: read_flat_document,
}
_PACKAGES = {sniff.WORD: read_word, sniff.SLIDES: read_slides, sniff.WORKBOOK: read_workbook}
_CUT_OFF = "The file is damaged or cut off; what is left of it was read."


def read(kind: str, data: bytes, content: Content, password: str = "") -> None:
    """Fill `content` from a file that `sniff` found to be of a kind (neither a PDF nor a picture).

    Raises Refused or Locked; other errors of damaged files are possible and mean the same.
    """
    if kind in _SIMPLE:
        _SIMPLE[kind](data, content)
    elif kind == sniff.ZIP:
        read_archive(data, content, password)
    else:
        package = Package(data, content.budget, password)
        if package.cut_off:
            content.note(_CUT_OFF)
        _PACKAGES.get(kind, read_open_document)(package, content)
