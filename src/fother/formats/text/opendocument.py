"""OpenDocument text, sheets and slides (ISO/IEC 26300): body, headers, notes, comments, deletions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fother.formats.text.content import Content, Locked, Refused
from fother.formats.text.office import take_pictures
from fother.formats.text.package import Package
from fother.formats.text.xml import attribute, elements, local, parse, walk

#: Elements whose text stands apart from the text around them, and its kind.
_APART = {
    "annotation": "comment",
    "deletion": "deleted",
    "note": "note",
    "header": "header",
    "header-left": "header",
    "header-first": "header",
    "footer": "footer",
    "footer-left": "footer",
    "footer-first": "footer",
    "notes": "notes",
    "hidden-text": "hidden",
    "hidden-paragraph": "hidden",
}
_SKIPPED = {"note-citation", "binary-data", "forms", "sequence-decls", "change-info"}
_DUBLIN_CORE = "{http://purl.org/dc/"
_VECTOR = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_MAIN = ("body", "slide", "sheet")
_MOST_SPACES = 1000
_SPACES = re.compile("[ \t\r\n]+")  # OpenDocument 1.3 part 3, 6.1.2: other spaces are letters


def read_open_document(package: Package, content: Content) -> None:
    """Raises Locked for an encrypted file, Refused for a damaged one."""
    manifest = parse(package.part("META-INF/manifest.xml"))
    if next(elements(manifest, "encryption-data"), None) is not None:
        raise Locked("it is an encrypted OpenDocument file; save it without a password and try again")
    root = parse(package.part("content.xml"))
    if root is None:
        raise Refused("the OpenDocument file is damaged beyond reading")
    for part in (root, parse(package.part("styles.xml"))):
        for body in _bodies(part):
            _read(body, content)
    _read_metadata(parse(package.part("meta.xml")), content)
    take_pictures(package, content)
    _take_pictures(package, content)


def read_flat_document(data: bytes, content: Content) -> None:
    """An OpenDocument file that is one XML file."""
    root = parse(data)
    if root is None:
        raise Refused("the OpenDocument file is damaged beyond reading")
    for body in _bodies(root):
        _read(body, content)
    _read_metadata(root, content)


def _read_metadata(root: Any, content: Content) -> None:
    for meta in elements(root, "meta"):
        for element in meta:
            if isinstance(element.tag, str):
                name = attribute(element, "name") if local(element.tag) == "user-defined" else ""
                content.say(name or local(element.tag), "".join(element.itertext()))


def _bodies(root: Any) -> list[Any]:
    # Of the styles only master pages hold text that is shown.
    return [*elements(root, "body"), *elements(root, "master-styles")] if root is not None else []


def _take_pictures(package: Package, content: Content) -> None:
    for entry in package.entries:
        if entry.name.startswith("Pictures/"):
            try:
                data = package.unpack(entry, partial=True)
            except Refused:
                continue
            if len(data) > 2048 and not content.take(entry.name.rpartition("/")[2], data):
                return


@dataclass
class _Stream:
    """Text that stands together while it is read; `depth` counts the paragraphs that are open."""

    kind: str
    label: str = ""
    runs: list[str] = field(default_factory=list)
    depth: int = 0


def _read(body: Any, content: Content) -> None:
    everything = [_Stream("body")]
    open_ones = [everything[0]]
    skipped = 0
    for start, element, name in walk(body):
        stream = open_ones[-1]
        if name in _SKIPPED or element.tag.startswith(_DUBLIN_CORE):
            skipped += 1 if start else -1
            if not start and not skipped:
                if name == "creator":
                    stream.label = "".join(element.itertext())
                _take(stream, element.tail)
        elif not skipped and start:
            own = _own(name, element)
            if own is not None:
                everything.append(own)
                open_ones.append(own)
            _opened(open_ones[-1], element, name)
        elif not skipped:
            _closed(stream, name)
            if _own(name, element) is not None and len(open_ones) > 1:
                open_ones.pop()
            _take(open_ones[-1], element.tail)
    main = [s for s in everything if s.kind in _MAIN]
    for stream in main + [s for s in everything if s.kind not in _MAIN]:
        content.add(stream.kind, "".join(stream.runs), stream.label)


def _own(name: str, element: Any) -> _Stream | None:
    """A stream for an element whose text stands apart, None for one whose text runs on."""
    if name in _APART:
        return _Stream(_APART[name])
    if name in ("title", "desc") and element.tag.startswith(_VECTOR):
        return _Stream("alternative", depth=1)
    if name == "page" and "drawing" in element.tag:
        return _Stream("slide", attribute(element, "name"))
    if name == "table" and local(element.getparent().tag) == "spreadsheet":
        return _Stream("sheet", attribute(element, "name"))
    return None


def _opened(stream: _Stream, element: Any, name: str) -> None:
    if name in ("p", "h"):
        stream.depth += 1
    elif name == "s":
        count = attribute(element, "c")
        stream.runs.append(" " * min(int(count[:6]) if count.isdecimal() else 1, _MOST_SPACES))
    elif name == "tab":
        stream.runs.append("\t")
    elif name == "line-break" or (name == "text-box" and stream.runs):
        stream.runs.append("\n")
    _take(stream, element.text)


def _take(stream: _Stream, text: str | None) -> None:
    """Text of paragraphs only: white space between other elements is layout of the file."""
    if text and stream.depth and not (text.isspace() and "\n" in text):
        stream.runs.append(_SPACES.sub(" ", text))


def _closed(stream: _Stream, name: str) -> None:
    if name in ("p", "h"):
        stream.depth = max(stream.depth - 1, 0)
        stream.runs.append("\n")
    elif name in ("table-cell", "covered-table-cell") and stream.runs and stream.runs[-1] == "\n":
        stream.runs[-1] = "\t"
    elif name == "table-row" and stream.runs and stream.runs[-1] == "\t":
        stream.runs[-1] = "\n"
