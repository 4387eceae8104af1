"""Excel files (XLSX, ECMA-376 part 1, SpreadsheetML): sheets as rows of cells, comments."""

from __future__ import annotations

from typing import Any

from fother.formats.text.cells import number_formats, shown
from fother.formats.text.content import Content, Refused
from fother.formats.text.office import (
    alternative_texts,
    drawn_text,
    read_properties,
    related,
    take_pictures,
)
from fother.formats.text.package import Package
from fother.formats.text.xml import attribute, elements, local, parse

_MAIN = "xl/workbook.xml"


def read_workbook(package: Package, content: Content) -> None:
    """A piece for each sheet: a line for each row, cells that hold something parted by tabs."""
    workbook = parse(package.part(_MAIN))
    relations = related(package, _MAIN)
    sheets = [
        (attribute(sheet, "name"), attribute(sheet, "state"), relations.get(_relation(sheet), ("", ""))[1])
        for sheet in elements(workbook, "sheet")
    ]
    if not sheets:
        raise Refused("the workbook has no sheet that can be read")
    strings = _shared(package)
    formats = number_formats(parse(package.part("xl/styles.xml")))
    from_1904 = any(attribute(p, "date1904") in ("1", "true") for p in elements(workbook, "workbookPr"))
    for name, state, part in sheets:
        root = parse(package.part(part))
        if root is None:
            content.note(f"Sheet {name[:60]} is damaged and was not read.")
            continue
        kind = "hidden" if state in ("hidden", "veryHidden") else "sheet"
        content.add(kind, _rows(root, strings, formats, from_1904), name)
        _add_remarks(package, content, part, name)
    read_properties(package, content)
    take_pictures(package, content)


def _relation(sheet: Any) -> str:
    return next((str(v) for k, v in sheet.attrib.items() if k.endswith("}id")), "")


def _text(element: Any) -> str:
    """Text of a shared or inline string, without its phonetic reading."""
    runs = []
    for node in element.iter("{*}t"):
        if local(node.getparent().tag) != "rPh":
            runs.append(node.text or "")
    return "".join(runs)


def _shared(package: Package) -> list[str]:
    name = next((n for n in package.names if n.lower() == "xl/sharedstrings.xml"), "")
    return [_text(item) for item in elements(parse(package.part(name)), "si")] if name else []


def _rows(root: Any, strings: list[str], formats: list[str], from_1904: bool) -> str:
    lines = []
    for row in elements(root, "row"):
        cells = [_cell(cell, strings, formats, from_1904) for cell in row.iterchildren("{*}c")]
        if any(cells):
            lines.append("\t".join(cell for cell in cells if cell))
    footer = [f.text or "" for name in ("oddHeader", "oddFooter") for f in elements(root, name)]
    return "\n".join(lines + footer)


def _cell(cell: Any, strings: list[str], formats: list[str], from_1904: bool) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return _text(cell)
    value = next((v.text or "" for v in cell.iterchildren("{*}v")), "")
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value[:9]) < len(strings) else ""
    if kind == "b":
        return "TRUE" if value.strip() == "1" else "FALSE"
    if kind != "n" or not value:
        return value
    style = cell.get("s") or "0"
    known = style.isdecimal() and int(style[:9]) < len(formats)
    return shown(value, formats[int(style)] if known else "General", from_1904)


def _add_remarks(package: Package, content: Content, part: str, label: str) -> None:
    for kind, target in related(package, part).values():
        root = parse(package.part(target)) if kind in ("comments", "threadedComment", "drawing") else None
        if root is None:
            continue
        if kind == "drawing":
            content.add("sheet", drawn_text(root), label)
            content.add("alternative", alternative_texts(root, ("cNvPr",)), label)
        elif kind == "comments":
            authors = ["".join(a.itertext()) for a in elements(root, "author")]
            for comment in elements(root, "comment"):
                who = comment.get("authorId") or ""
                author = authors[int(who)] if who.isdecimal() and int(who[:9]) < len(authors) else ""
                content.add("comment", _text(comment), author)
        else:
            for comment in elements(root, "threadedComment"):
                content.add("comment", "".join(comment.itertext()), "")
