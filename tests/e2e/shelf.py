"""A registry of several documents of several kinds, and leaks of them made from text alone."""

from __future__ import annotations

import email.message
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from fother_command import fother

VERDICTS = {"genuine", "altered", "mixed", "not-ours"}
KINDS = {"number", "negation", "name", "date", "marking", "certainty"} | {
    "insertion",
    "deletion",
    "order",
    "wording",
}

MEMO = (
    "Memorandum on the winter stores of the Sandhaven grain wharf, for the treasurer alone.",
    "The wharf bought 16,000 tonnes of barley in October and did not tell the insurers until the ships had "
    "sailed.",
    "Storage in the second silo is safe, provided that the hatch on the north side is never opened in rain.",
    "Captain Elin Marsh signed the delivery notes on 14 November 2025, and the harbour office countersigned "
    "them on the same afternoon.",
    "The committee may sell the remainder before spring, but it must not offer it below the price that the "
    "growers were promised.",
)
NOTES = (
    "Minutes of the night watch committee. The lamp keeper reported that the fog signal had failed twice "
    "since the last meeting, both times shortly before dawn. Nobody could say whether battery or relay was "
    "to blame.\n\nThe committee agreed to borrow a spare signal from the lifeboat station and to write to "
    "the makers. Mrs Orme asked that fishermen be told by wireless rather than by a notice on the quay, as "
    "most of them leave before the notice board can be read.\n"
)
PROVERB = (
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in "
    "want of a wife. However little known the feelings or views of such a man may be on his first entering a "
    "neighbourhood, this truth is so well fixed in the minds of the surrounding families, that he is "
    "considered the rightful property of some one or other of their daughters.\n"
)
QUOTE = (
    "The swing bridge at the neck of the basin is sixty years old and has been kept with great care. It "
    "opens in four minutes when all is well."
)
FOREIGN = (
    "The museum will reopen its gallery of clocks in May, after a roof repair that took twice as long as the "
    "builders had promised. Visitors are asked to use the garden entrance while the scaffolding is removed, "
    "and guided tours for schools resume in the second week of term.\n"
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
    '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
    'document.main+xml"/></Types>'
)


@dataclass(frozen=True)
class Shelf:
    """A registry and the ids of its documents: two PDFs with copies, a Word file, a text, a public text."""

    home: Path
    report: str
    second: str
    memo: str
    notes: str
    public: str


@dataclass(frozen=True)
class Desk:
    """Where leaks land: the registry, and a folder for the files of one test."""

    shelf: Shelf
    folder: Path

    def put(self, name: str, data: bytes) -> Path:
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def identify(self, leak: Path, *options: object) -> dict[str, Any]:
        """The answer of `identify`, which must keep its contract whatever it says."""
        found: dict[str, Any] = fother("identify", leak, *options, home=self.shelf.home).json
        keeps_the_contract(found)
        return found

    def text(self, leak: Path) -> str:
        """The text of a leak as `intake --text` prints it; offsets count in it."""
        taken = fother("intake", leak, "--text", home=self.shelf.home).json["sightings"]
        return str(taken[0]["text"])


def keeps_the_contract(found: dict[str, Any]) -> None:
    """Names, kinds and ranges of what `identify --json` prints."""
    assert found["verdict"] in VERDICTS
    assert {one["verdict"] for one in found["artefacts"]} <= VERDICTS
    assert re.fullmatch(r"M-[0-9A-Z]{8}", found["identification"])
    for match in found["matches"]:
        assert re.fullmatch(r"D-[0-9A-Z]{8}", match["document"])
        assert 0.0 <= match["coincidence"] <= 1.0
        for passage in match["passages"]:
            for start, end in (passage["leak"], passage["document"]):
                assert 0 <= start < end
            assert passage["page"] is None or passage["page"] >= 1
            assert 0.0 <= passage["similarity"] <= 1.0
    for change in found["changes"]:
        assert change["kind"] in KINDS
        assert isinstance(change["document_text"], str)
        assert isinstance(change["leak_text"], str)
        assert change["in"] in {match["document"] for match in found["matches"]}


def docx(paragraphs: Sequence[str]) -> bytes:
    """A Word file with these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    return zipped(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _RELATIONS.encode(),
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>".encode(),
        }
    )


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def mail(body: str, attachments: dict[str, bytes]) -> bytes:
    """A message with a plain body and files."""
    message = email.message.EmailMessage()
    message["From"], message["To"] = "sam@example.org", "desk@example.org"
    message["Subject"], message["Date"] = "For your desk", "Mon, 02 Mar 2026 10:00:00 +0000"
    message.set_content(body)
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def article(quote: str) -> bytes:
    """A web page of a newspaper that quotes."""
    own = (
        "Officials at the harbour have been arguing about the night shift for months, according to people "
        "who work there and who asked not to be named.",
        "Reporters for this newspaper have seen a draft of a review that was meant for a handful of readers.",
        "A spokesman would not comment on the draft, but said that ships were welcome at every hour.",
    )
    paragraphs = [own[0], own[1], f"“{quote}”", own[2]]
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    head = "<title>Doubts about the harbour at night</title><script>var shown = 1;</script>"
    return f"<!DOCTYPE html><html><head>{head}</head><body><h1>Doubts</h1>{body}</body></html>".encode()
