"""Word files (DOCX, ECMA-376 part 1, WordprocessingML): all parts, and what tracked changes took out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fother.formats.text.content import Content, Refused
from fother.formats.text.office import (
    alternative_texts,
    drawn_text,
    numbered,
    read_properties,
    related,
    take_pictures,
)
from fother.formats.text.package import Package
from fother.formats.text.xml import attribute, elements, local, parse, walk

_OTHERS = (
    (r"word/header\d*\.xml", "header"),
    (r"word/footer\d*\.xml", "footer"),
    (r"word/footnotes\d*\.xml", "note"),
    (r"word/endnotes\d*\.xml", "note"),
)
_DRAWN = r"word/(charts/chart|diagrams/data)\d*\.xml"
_SIGNS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
}


def read_word(package: Package, content: Content) -> None:
    """Body, headers, footers, notes, comments, deletions, hidden text, text boxes, alternative texts."""
    main = next((t for k, t in related(package, "").values() if k == "officeDocument"), "word/document.xml")
    root = parse(package.part(main))
    if root is None:
        raise Refused("the Word file is damaged beyond reading")
    aside: list[tuple[str, str, str]] = []
    _add(content, "body", _read(root), aside)
    _add_alternative(content, root)
    for pattern, kind in _OTHERS:
        seen: set[str] = set()
        for name in numbered(package.names, pattern):
            story = _read(parse(package.part(name)))
            # Sections repeat their headers; once is enough.
            if (text := story.text()) not in seen:
                _add(content, kind, story, aside)
            seen.add(text)
    for name in numbered(package.names, r"word/comments\d*\.xml"):
        for comment in elements(parse(package.part(name)), "comment"):
            content.add("comment", _read(comment).text(), attribute(comment, "author"))
    for name in numbered(package.names, _DRAWN):
        content.add("body", drawn_text(parse(package.part(name))))
    for kind, text, label in aside:
        content.add(kind, text, label)
    read_properties(package, content)
    take_pictures(package, content)


@dataclass
class _Story:
    """Text of one part while it is read; `boxes` are text boxes, shown after their paragraph."""

    shown: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    deleted: list[tuple[str, list[str]]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def text(self) -> str:
        return "".join(self.shown)


def _add(content: Content, kind: str, story: _Story, aside: list[tuple[str, str, str]]) -> None:
    content.add(kind, story.text())
    aside += [("deleted", "".join(runs), author) for author, runs in story.deleted]
    aside.append(("hidden", "\n".join(story.hidden), ""))


def _add_alternative(content: Content, root: Any) -> None:
    content.add("alternative", alternative_texts(root, ("docPr",)))


def _read(root: Any) -> _Story:
    story = _Story()
    outer: list[list[str]] = []  # what is shown around the text box that is being read
    deletions = fallbacks = 0
    for start, element, name in walk(root):
        if name == "Fallback":  # of mc:AlternateContent: says again what Choice has said
            fallbacks += 1 if start else -1
        elif fallbacks:
            continue
        elif name in ("del", "moveFrom"):
            deletions += 1 if start else -1
            if start and deletions == 1:
                story.deleted.append((attribute(element, "author"), []))
        elif name == "txbxContent":
            if start:
                outer.append(story.shown)
                story.shown = []
            elif outer:
                story.boxes.append("".join(story.shown))
                story.shown = outer.pop()
        elif name == "r" and not start:
            _take_run(story, element, deletions > 0)
        elif name == "p" and not start:
            story.shown.append("\n")
            if not outer and story.boxes:
                story.shown += story.boxes
                story.boxes = []
        elif name == "tc" and not start and story.shown and story.shown[-1] == "\n":
            story.shown[-1] = "\t"
        elif name == "tr" and not start:
            story.shown.append("\n")
    story.shown += story.boxes
    return story


def _take_run(story: _Story, run: Any, deleted: bool) -> None:
    pieces = []
    hidden = False
    for child in run:
        name = local(child.tag) if isinstance(child.tag, str) else ""
        if name in ("t", "delText"):
            pieces.append(child.text or "")
        elif name in _SIGNS:
            pieces.append(_SIGNS[name])
        elif name == "rPr":
            hidden = any(_on(mark) for mark in child.iterchildren("{*}vanish", "{*}webHidden"))
    text = "".join(pieces)
    if not text:
        return
    if deleted:
        story.deleted[-1][1].append(text)
    elif hidden:
        story.hidden.append(text)
    else:
        story.shown.append(text)


def _on(mark: Any) -> bool:
    return attribute(mark, "val").lower() not in ("0", "false", "off")
