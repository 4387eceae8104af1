"""What Word, PowerPoint and Excel files (ECMA-376, Office Open XML) have in common."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from fother.formats.text.content import Content, Refused
from fother.formats.text.package import Package
from fother.formats.text.xml import attribute, elements, local, parse

_PICTURE = re.compile(r"/(media|embeddings)/[^/]+\.(png|jpe?g|gif|bmp|tiff?|webp|docx|xlsx|pptx|pdf)$", re.I)
_SMALLEST_PICTURE = 2048  # bytes; bullets and logos are smaller
_NUMBER = re.compile(r"\d+")


def numbered(names: list[str], pattern: str) -> list[str]:
    """Names that match, by the number in their last component."""

    def order(name: str) -> tuple[int, str]:
        digits = _NUMBER.search(name.rpartition("/")[2])
        return int(digits.group()[:9]) if digits else 0, name

    matching = re.compile(pattern, re.I)
    return sorted((n for n in names if matching.fullmatch(n)), key=order)


def related(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relations of a part: id -> (last word of the type, name of the part it points to)."""
    folder, _, name = part.rpartition("/")
    relations = {}
    for element in elements(parse(package.part(f"{folder}/_rels/{name}.rels".lstrip("/"))), "Relationship"):
        if element.get("TargetMode") == "External":
            continue
        target = unquote(element.get("Target") or "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = (element.get("Type") or "").rpartition("/")[2]
        relations[element.get("Id") or ""] = (kind, posixpath.normpath(path))
    return relations


def read_properties(package: Package, content: Content) -> None:
    """Core and application properties (docProps) as metadata."""
    for part in ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"):
        root = parse(package.part(part))
        if root is None:
            continue
        for element in root:
            if not isinstance(element.tag, str):
                continue
            name = element.get("name") if local(element.tag) == "property" else local(element.tag)
            value = "".join(element.itertext())
            if name in ("HeadingPairs", "TitlesOfParts", None):
                continue
            content.say(name, value)


def take_pictures(package: Package, content: Content) -> None:
    """Take out pictures and files that are embedded: a screenshot pasted into a letter is evidence."""
    for entry in package.entries:
        if not _PICTURE.search("/" + entry.name):
            continue
        try:
            data = package.unpack(entry, partial=True)
        except Refused:
            continue
        if len(data) >= _SMALLEST_PICTURE and not content.take(entry.name.rpartition("/")[2], data):
            return


def drawn_text(root: Any) -> str:
    """Text of DrawingML (a:p, a:r, a:t, a:br, a:tab) below an element: a line for each paragraph."""
    lines = []
    for paragraph in elements(root, "p"):
        runs = []
        for element in paragraph.iter():
            name = local(element.tag) if isinstance(element.tag, str) else ""
            if name == "t":
                runs.append(element.text or "")
            elif name == "br":
                runs.append("\n")
            elif name == "tab" and local(element.getparent().tag) == "r":
                runs.append("\t")
        lines.append("".join(runs))
    return "\n".join(lines)


def alternative_texts(root: Any, names: tuple[str, ...]) -> str:
    """Descriptions that were written for pictures, each once."""
    found: dict[str, None] = {}
    for name in names:
        for element in elements(root, name):
            for key in ("title", "descr"):
                if text := attribute(element, key).strip():
                    found.setdefault(text)
    return "\n".join(found)
