"""Reading DER (ITU-T X.690) as far as time stamps need it: definite lengths in their shortest form."""

from __future__ import annotations

from dataclasses import dataclass

from fother.verify.errors import VerificationError

INTEGER, OCTET_STRING, OBJECT, GENERALIZED_TIME = 0x02, 0x04, 0x06, 0x18
SEQUENCE, SET = 0x30, 0x31


def context(number: int) -> int:
    """The tag of a constructed context-specific element, such as [0]."""
    return 0xA0 | number


@dataclass(frozen=True)
class Element:
    """One element; `raw` is all of it, `content` what is inside."""

    tag: int
    content: bytes
    raw: bytes

    def children(self) -> list[Element]:
        """The elements inside. Raises VerificationError when they do not fill it."""
        found, place = [], 0
        while place < len(self.content):
            item = _read(self.content, place)
            found.append(item)
            place += len(item.raw)
        return found

    def integer(self) -> int:
        """Raises VerificationError when it is none."""
        _require(self.tag == INTEGER and bool(self.content))
        return int.from_bytes(self.content, "big", signed=True)

    def oid(self) -> str:
        """An object identifier in dotted form. Raises VerificationError when it is none."""
        _require(self.tag == OBJECT and bool(self.content) and self.content[-1] < 0x80)
        arcs, value = [], 0
        for byte in self.content:
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def parse(untrusted: bytes) -> Element:
    """The one element that the bytes are. Raises VerificationError."""
    found = _read(untrusted, 0)
    _require(len(found.raw) == len(untrusted))
    return found


def expect(element: Element, tag: int) -> Element:
    """The element itself. Raises VerificationError when it has another tag."""
    _require(element.tag == tag)
    return element


def inside(element: Element, tag: int, least: int) -> list[Element]:
    """The children of an element of this tag, at least so many. Raises VerificationError."""
    found = expect(element, tag).children()
    _require(len(found) >= least)
    return found


def _read(data: bytes, place: int) -> Element:
    _require(place + 2 <= len(data) and data[place] & 0x1F != 0x1F)
    length, start = data[place + 1], place + 2
    if length >= 0x80:
        count = length & 0x7F
        _require(1 <= count <= 4 and start + count <= len(data))
        length = int.from_bytes(data[start : start + count], "big")
        _require(length >= 0x80 and data[start] != 0)
        start += count
    _require(start + length <= len(data))
    return Element(data[place], data[start : start + length], data[place : start + length])


def _require(holds: bool) -> None:
    if not holds:
        raise VerificationError("The time stamp is damaged, or not one of RFC 3161 in DER.")
