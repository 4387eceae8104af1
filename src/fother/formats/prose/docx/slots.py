"""Where the letters of an XML part stand: its text elements, found in the characters of the file themselves.

Copies differ from the original in these stretches only, so the rest of a part is never written anew. The XML
was parsed before and is well formed: "<" begins nothing but markup (XML 1.0, 2.4), which is what makes
finding elements by a pattern exact.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from xml.sax.saxutils import escape

from fother.model.prose import Rewrite

# What a text element may be mistaken for stands first.
_MARKUP = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"""|(?P<tag><(?:[^\s<>/:"'=!?]+:)?t)(?P<attributes>(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?/?)>""",
    re.S,
)
_SPACE = re.compile(r"""\sxml:space\s*=\s*(?:"[^"]*"|'[^']*')""")
_UNIT = re.compile(r"&[^;]*;|\r\n|[\s\S]")
_DECLARED = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True)
class Slot:
    """The content of a text element, `source[start:end]`, and its start tag from `tag` on, name until `name`.

    A slot that is not `plain` holds markup besides its letters.
    """

    tag: int
    name: int
    start: int
    end: int
    plain: bool


class Slots:
    """All text elements (local name t) of a part, in order. Raises ValueError for an unknown encoding."""

    def __init__(self, data: bytes) -> None:
        self._encoding = _encoding(data)
        try:
            self.source = data.decode(self._encoding)
            exact = self.source.encode(self._encoding) == data
        except (LookupError, UnicodeError):
            exact = False
        if not exact:
            raise ValueError(f"its encoding {self._encoding} is not known, or it is not written in it")
        self.slots = tuple(self._find())

    def __len__(self) -> int:
        return len(self.slots)

    def content(self, number: int) -> str:
        """The letters of a slot."""
        slot = self.slots[number]
        raw = self.source[slot.start : slot.end]
        return "".join(map(_letters, _units(raw))) if _is_coded(raw) else raw

    def rewritten(self, edits: Mapping[int, Sequence[Rewrite]], bare: Mapping[int, tuple[int, int]]) -> bytes:
        """The part with edits of slots' contents (disjoint, in order) carried out.

        `bare` has the slots whose spaces at the ends do not count, and what counts of their contents. Where
        an edit leaves them with a space at an end that counts, they are declared to keep spaces.
        """
        pieces: list[str] = []
        at = 0
        for number in sorted(edits):
            slot = self.slots[number]
            raw = self.source[slot.start : slot.end]
            units = _units(raw)
            places = [0, *accumulate(map(len, units))]
            first, last = bare.get(number, (0, len(units)))
            said = _spliced(raw, places, edits[number], first, last)
            if number in bare:
                if said[:1].isspace() or said[-1:].isspace():
                    attributes = _SPACE.sub("", self.source[slot.name : slot.start - 1])
                    pieces += [self.source[at : slot.name], attributes, ' xml:space="preserve">', said]
                    at = slot.end
                    continue
                said = raw[: places[first]] + said + raw[places[last] :]
            pieces += [self.source[at : slot.start], said]
            at = slot.end
        return "".join([*pieces, self.source[at:]]).encode(self._encoding, "xmlcharrefreplace")

    def _find(self) -> Iterable[Slot]:
        source = self.source
        for found in _MARKUP.finditer(source):
            if found["tag"] is None:
                continue
            if found["attributes"].endswith("/"):
                yield Slot(found.start(), found.end("tag"), found.end(), found.end(), False)
                continue
            end = source.find("<", found.end())
            yield Slot(found.start(), found.end("tag"), found.end(), end, source.startswith("</", end))


def _spliced(raw: str, places: list[int], edits: Sequence[Rewrite], first: int, last: int) -> str:
    """The letters `first` to `last` of a content, edited; `places` are where letters stand in `raw`."""
    pieces, at = [], first
    for edit in edits:
        pieces += [raw[places[at] : places[edit.start]], escape(edit.text)]
        at = edit.end
    return "".join([*pieces, raw[places[at] : places[last]]])


def _encoding(data: bytes) -> str:
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return name
    if (declared := _DECLARED.match(data)) is None:
        return "utf-8"
    name = declared[1].decode("ascii").lower()
    return "utf-8" if name == "utf8" else name


def _units(raw: str) -> list[str]:
    """What stands for one letter each."""
    return _UNIT.findall(raw) if _is_coded(raw) else list(raw)


def _is_coded(raw: str) -> bool:
    """Whether some letters are written as several characters."""
    return "&" in raw or "\r" in raw


def _letters(unit: str) -> str:
    if unit[0] != "&":
        return "\n" if unit in ("\r\n", "\r") else unit
    if unit[1] == "#":
        return chr(int(unit[3:-1], 16) if unit[2] == "x" else int(unit[2:-1]))
    return _NAMED[unit[1:-1]]
