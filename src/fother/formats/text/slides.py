"""PowerPoint files (PPTX, ECMA-376 part 1, PresentationML): slides in order, speakers' notes, comments."""

from __future__ import annotations

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
from fother.formats.text.xml import attribute, elements, parse

_MAIN = "ppt/presentation.xml"


def read_slides(package: Package, content: Content) -> None:
    order = _order(package)
    if not order:
        raise Refused("the presentation has no slide that can be read")
    authors = _authors(package)
    for count, name in enumerate(order, 1):
        root = parse(package.part(name))
        if root is None:
            content.note(f"Slide {count} is damaged and was not read.")
            continue
        label = f"slide {count}"
        hidden = root.get("show") in ("0", "false")
        content.add("hidden" if hidden else "slide", drawn_text(root), label)
        content.add("alternative", alternative_texts(root, ("cNvPr",)), label)
        for kind, target in related(package, name).values():
            if kind in ("chart", "diagramData"):
                content.add("slide", drawn_text(parse(package.part(target))), label)
            elif kind == "notesSlide":
                content.add("notes", drawn_text(parse(package.part(target))), label)
            elif kind == "comments":
                _add_comments(package, content, target, authors)
    read_properties(package, content)
    take_pictures(package, content)


def _order(package: Package) -> list[str]:
    """Slides as the presentation lists them, then those it does not list."""
    relations = related(package, _MAIN)
    listed = []
    for slide in elements(parse(package.part(_MAIN)), "sldId"):
        for key, value in slide.attrib.items():
            if key.endswith("}id") and value in relations:
                listed.append(relations[value][1])
    numbers = numbered(package.names, r"ppt/slides/slide\d+\.xml")
    return list(dict.fromkeys([n for n in listed if n in package] + numbers))


def _authors(package: Package) -> dict[str, str]:
    found = {}
    for part, name in (("ppt/commentAuthors.xml", "cmAuthor"), ("ppt/authors.xml", "author")):
        for element in elements(parse(package.part(part)), name):
            found[element.get("id") or ""] = element.get("name") or ""
    return found


def _add_comments(package: Package, content: Content, part: str, authors: dict[str, str]) -> None:
    root = parse(package.part(part))
    for name in ("cm", "reply"):
        for comment in elements(root, name):
            # Old comments hold p:text, new ones paragraphs of DrawingML.
            old = "\n".join(t.text or "" for t in comment.iterchildren("{*}text"))
            new = "\n".join(drawn_text(body) for body in comment.iterchildren("{*}txBody"))
            content.add("comment", old or new, authors.get(attribute(comment, "authorId"), ""))
