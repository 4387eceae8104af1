"""XML of untrusted files: no entities, no DTD, no network, no huge trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from fother.formats.text.content import Refused

_PROLOG = 1 << 16


def parse(data: bytes, *, recover: bool = True) -> Any:
    """Root element of an XML part, as far as it is well formed; None when nothing of it is.

    Without `recover` it is None unless all of it is well formed.

    Raises Refused for a document type: office files have none, so it can only be an attack.
    """
    if b"<!DOCTYPE" in data[:_PROLOG].replace(b"\0", b"") or b"<!ENTITY" in data:
        raise Refused("its XML declares a document type or entities, which such files never do")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def walk(root: Any) -> Iterator[tuple[bool, Any, str]]:
    """(is the start, element, local name) of every element, without recursion."""
    if root is None:
        return
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if isinstance(element.tag, str):
            yield event == "start", element, local(element.tag)


def local(name: str) -> str:
    return name.rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """Value of an attribute by its local name, "" when there is none."""
    for key, value in element.attrib.items():
        if key == name or key.endswith("}" + name):
            return str(value)
    return ""


def elements(root: Any, name: str) -> Iterator[Any]:
    """All elements with a local name, in the order of the file."""
    if root is not None:
        yield from root.iter("{*}" + name, name)
