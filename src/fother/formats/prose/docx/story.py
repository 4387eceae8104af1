"""Stories of a Word file: the text of one part as passages, each letter with the text element it stands in.

What is not text but stands between letters (bookmarks, ranges of comments, fields, pictures, notes) makes a
seam, so that no rewrite carries letters over it. Deleted and hidden text is no part of a passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from fother.formats.prose.docx.looks import Look, Looks
from fother.formats.prose.docx.slots import Slots
from fother.formats.prose.docx.styles import Style, Styles, is_listed, is_outlined
from fother.formats.text.xml import attribute, local
from fother.model.prose import BlockKind, Fixed

#: What stands for a letter of a symbol font, which has no meaning without it.
OBJECT = "\ufffc"
_TRACKED = "a tracked change"
_FORM = "a field of a form"
_SIGNS = {
    "tab": ("\t", "a tab"),
    "ptab": ("\t", "a tab"),
    "br": ("\n", "a line break"),
    "cr": ("\n", "a line break"),
    "noBreakHyphen": ("\u2011", "a hyphen of Word's own"),
    "softHyphen": ("\u00ad", "a hyphen of Word's own"),
    "sym": (OBJECT, "a symbol"),
}
#: Inside a paragraph: wrappers of runs -> why their text stays; None where it may be rewritten.
_WRAPPERS = {
    "hyperlink": "a link",
    "ins": _TRACKED,
    "moveTo": _TRACKED,
    "fldSimple": "a field",
    "smartTag": None,
    "customXml": None,
    "dir": "text in a direction of its own",
    "bdo": "text in a direction of its own",
}
_UNSEEN = {"pPr", "rPr", "proofErr", "lastRenderedPageBreak", "instrText", "delInstrText", "delText"}
_CONTROLS = {
    "dropDownList",
    "comboBox",
    "date",
    "checkbox",
    "dataBinding",
    "citation",
    "bibliography",
    "equation",
}
_KEPT_LOCKS = ("contentLocked", "sdtContentLocked")
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u31ff\u3200-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]+"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")
_XML_SPACE = " \t\r\n"
_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/",
    "{http://purl.oclc.org/ooxml/wordprocessingml/",
)
_OTHERWISE = "text written otherwise for older programs"


@dataclass(frozen=True)
class Piece:
    """Letters `start` to `end` of a passage stand in a slot of the part, from its letter `skip` on."""

    start: int
    end: int
    slot: int
    skip: int


@dataclass(frozen=True)
class Passage:
    """A paragraph: its text, and where it stands. Offsets are letters of `text`."""

    text: str
    kind: BlockKind
    fixed: tuple[Fixed, ...]
    seams: tuple[int, ...]  #: also at the ends, and not always different
    pieces: tuple[Piece, ...]
    twins: tuple[Passage, ...] = ()  #: the same text, once more in the same part, for older programs

    def all_fixed(self, reason: str) -> Passage:
        return replace(self, fixed=(Fixed(0, len(self.text), reason),) if self.text else ())


@dataclass
class _Field:
    instruction: str = ""


@dataclass
class _Line:
    """A passage while it is read."""

    style: Style
    text: list[str] = field(default_factory=list)
    length: int = 0
    fixed: list[Fixed] = field(default_factory=list)
    seams: list[int] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    look: tuple[Any, ...] | None = None  #: of the letters before
    boxes: list[Passage] = field(default_factory=list)  #: of text boxes anchored in it

    def add(self, text: str, reason: str) -> None:
        if not text:
            return
        start = self.length
        self.text.append(text)
        self.length += len(text)
        if reason:
            if self.fixed and self.fixed[-1].end == start and self.fixed[-1].reason == reason:
                start = self.fixed.pop().start
            self.fixed.append(Fixed(start, self.length, reason))

    def cut(self) -> None:
        self.seams.append(self.length)


class Story:
    """Reads the passages of one part. Raises ValueError when letters and elements do not agree."""

    def __init__(self, root: Any, slots: Slots, styles: Styles, looks: Looks) -> None:
        self._slots = slots
        self._styles = styles
        self._looks = looks
        self._fields: list[_Field] = []
        self.notes: list[str] = []
        #: slots whose spaces at the ends do not count -> what of their letters counts
        self.bare: dict[int, tuple[int, int]] = {}
        self.monospace = self.letters = 0  #: letters in such a font, and all
        self._texts = list(root.iter("{*}t", "t"))
        if len(self._texts) != len(slots):
            raise ValueError("its text elements cannot be told from others")
        self._numbers = {element: number for number, element in enumerate(self._texts)}
        self._root = root
        self._kind: BlockKind = "paragraph"

    def passages(self, kind: BlockKind) -> list[Passage]:
        """All passages, in the order of the part; `kind` is what they are by default."""
        self._kind = kind
        return list(self._blocks(self._root, kind, ""))

    def _blocks(self, parent: Any, kind: BlockKind, reason: str) -> Iterator[Passage]:
        for child in parent:
            name = local(child.tag)
            if name == "p":
                if child.tag.startswith(_WORD):
                    yield from self._paragraph(child, kind, reason)
            elif name == "tc":
                yield from self._blocks(child, "cell" if kind == "paragraph" else kind, reason)
            elif name == "tr":
                tracked = child.find("{*}trPr/{*}ins") is not None
                yield from self._blocks(child, kind, reason or (_TRACKED if tracked else ""))
            elif name == "sdt":
                yield from self._blocks(child, kind, reason or _control(child))
            elif name in ("ins", "moveTo"):
                yield from self._blocks(child, kind, reason or _TRACKED)
            elif name == "AlternateContent":
                yield from self._alternatives(child, kind, reason)
            elif name == "altChunk":
                self.notes.append("A document that is embedded in the text is left as it is, unmarked.")
            elif name not in ("del", "moveFrom", "pPr", "tblPr", "sectPr"):
                yield from self._blocks(child, kind, reason)

    def _alternatives(self, parent: Any, kind: BlockKind, reason: str) -> list[Passage]:
        """The first way in which something is written; where others say the same, they change with it."""
        ways = [list(self._blocks(way, kind, reason)) for way in parent]
        if not ways or not ways[0]:
            return []  # what only older programs show is no text of the document
        first, *others = ways
        if any([p.text for p in way] != [p.text for p in first] for way in others if way):
            return [p.all_fixed(_OTHERWISE) for p in first]
        return [replace(p, twins=tuple(same)) for p, *same in zip(first, *filter(None, others), strict=True)]

    def _paragraph(self, paragraph: Any, kind: BlockKind, reason: str) -> Iterator[Passage]:
        properties = paragraph.find("{*}pPr")
        named = properties.find("{*}pStyle") if properties is not None else None
        style = self._styles.paragraph(attribute(named, "val") if named is not None else "")
        if properties is not None:
            frame = properties.find("{*}framePr")
            if frame is not None and attribute(frame, "dropCap") not in ("", "none"):
                reason = reason or "a large initial"
        line = _Line(style)
        self._inline(line, paragraph, reason)
        if kind == "paragraph":
            kind = _kind(style, properties)
        yield Passage("".join(line.text), kind, tuple(line.fixed), tuple(line.seams), tuple(line.pieces))
        yield from line.boxes

    def _inline(self, line: _Line, parent: Any, reason: str) -> None:
        for child in parent:
            name = local(child.tag)
            if name == "r":
                self._run(line, child, reason)
            elif name in _UNSEEN:
                continue
            elif name in ("del", "moveFrom"):
                line.cut()
                self._follow_fields(child)
            elif name in ("oMath", "oMathPara"):
                line.cut()
                for text in child.iter("{*}t"):
                    line.add(text.text or "", reason or "a formula")
                line.cut()
            elif name in _WRAPPERS or name in ("sdt", "sdtContent"):
                line.cut()
                inner = _control(child) if name == "sdt" else _WRAPPERS.get(name) or ""
                self._inline(line, child, reason or inner)
                line.cut()
            elif name == "AlternateContent" and len(child):
                line.cut()
                if any(local(run.tag) == "r" for run in child[0]):
                    self._inline(line, child[0], reason or _OTHERWISE)
                else:
                    line.boxes += self._boxes(child, reason)
                line.cut()
            else:
                line.cut()

    def _run(self, line: _Line, run: Any, reason: str) -> None:
        look = self._looks.look(run.find("{*}rPr"), line.style)
        for child in run:
            name = local(child.tag)
            if name == "t":
                self._take(line, child, look, self._field_reason() or reason or look.reason)
            elif name in _SIGNS:
                if not look.hidden:
                    text, why = _SIGNS[name]
                    line.add(text, self._field_reason() or reason or look.reason or why)
            elif name == "fldChar":
                line.cut()
                self._turn(attribute(child, "fldCharType"))
            elif name == "instrText" and self._fields:
                self._fields[-1].instruction += child.text or ""
            elif name == "ruby":
                line.cut()
                for inner in child.iter("{*}r"):
                    self._run(line, inner, reason or "text with a reading aid")
            elif name not in _UNSEEN:
                line.cut()
                line.boxes += self._boxes(child, reason)

    def _take(self, line: _Line, element: Any, look: Look, reason: str) -> None:
        number = self._numbers[element]
        text = element.text or ""
        if self._slots.slots[number].plain and self._slots.content(number) != text:
            raise ValueError("its letters cannot be told from its markup")
        skip = 0
        if not _keeps_space(element):
            text, skip = text.strip(_XML_SPACE), len(text) - len(text.lstrip(_XML_SPACE))
            self.bare[number] = (skip, skip + len(text))
        if look.hidden:
            line.cut()
            return
        if not text:
            return
        self.letters += len(text)
        self.monospace += len(text) if look.monospace else 0
        if look.key != line.look:
            line.cut()
            line.look = look.key
        line.pieces.append(Piece(line.length, line.length + len(text), number, skip))
        if not reason and not self._slots.slots[number].plain:
            reason = "text mixed with markup"
        if reason:
            line.add(text, reason)
            return
        for stretch, why in _split(text):
            line.add(stretch, why)

    def _boxes(self, element: Any, reason: str) -> list[Passage]:
        """Passages of the text boxes somewhere in an element."""
        if local(element.tag) == "AlternateContent":
            return self._alternatives(element, self._kind, reason)
        return list(self._blocks(element, self._kind, reason))

    def _turn(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _follow_fields(self, deleted: Any) -> None:
        for mark in deleted.iter("{*}fldChar"):
            self._turn(attribute(mark, "fldCharType"))

    def _field_reason(self) -> str:
        if not self._fields:
            return ""
        links = any(f.instruction.split()[:1] == ["HYPERLINK"] for f in self._fields)
        return "a link" if links else "a field"


def _kind(style: Style, properties: Any) -> BlockKind:
    if style.kind is None and properties is not None and is_outlined(properties):
        return "heading"
    if style.kind in ("heading", "caption"):
        return style.kind
    listed = is_listed(properties) if properties is not None else None
    if listed is None:
        listed = style.listed if style.listed is not None else style.kind == "item"
    return "item" if listed else "paragraph"


def _control(control: Any) -> str:
    """Why the text of a content control (w:sdt) stays as it is; empty where it may change."""
    properties = control.find("{*}sdtPr")
    if properties is None:
        return ""
    for mark in properties:
        name = local(mark.tag)
        if name == "lock" and attribute(mark, "val") in _KEPT_LOCKS:
            return "a locked field"
        if name in _CONTROLS or name == "showingPlcHdr":
            return _FORM
    return ""


def _keeps_space(element: Any) -> bool:
    """Whether xml:space says so, of the element or the nearest around it that says anything."""
    key = "{http://www.w3.org/XML/1998/namespace}space"
    while element is not None:
        if (said := element.get(key)) is not None:
            return bool(said == "preserve")
        element = element.getparent()
    return False


def _split(text: str) -> Iterator[tuple[str, str]]:
    """(stretch, why it stays or nothing) of a text element's letters."""
    at = 0
    found = [(m, "a line break or a tab") for m in _CONTROL.finditer(text)]
    found += [(m, "East Asian text") for m in _EAST_ASIAN.finditer(text)]
    for match, why in sorted(found, key=lambda f: f[0].start()):
        yield text[at : match.start()], ""
        yield match.group(), why
        at = match.end()
    yield text[at:], ""
