"""Fonts as far as the positions of glyphs need them: codes, advances, Unicode, spaces (ISO 32000-1, 9.5-9.7).

A wrong width can only make words group badly: the writer restores every operator to its original length, so
no width is ever trusted for the page's appearance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf
from pdfminer.cmapdb import CMapDB
from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.fontmetrics import FONT_METRICS

from fother.formats.pdf.cmaps import CodeSpace, parse_cid_map, parse_code_space, parse_to_unicode

UNKNOWN = "\ufffd"
_STANDARD_NAMES = {
    "arial": "Helvetica",
    "helvetica": "Helvetica",
    "timesnewroman": "Times-Roman",
    "times": "Times-Roman",
    "couriernew": "Courier",
    "courier": "Courier",
}


class Code(NamedTuple):
    """What one code shows: advance in text space at size 1, text, whether it is a space."""

    advance: float
    text: str
    space: bool
    word_space: bool  #: Tw applies: single-byte code 32


@dataclass
class Font:
    """A font dictionary read once. `problem` says why its text cannot be moved, empty if it can."""

    vertical: bool = False
    problem: str = ""
    em: float = 1.0  #: nominal em over font size; Type 3 fonts choose their own scale
    vertical_advance: float = -1.0
    _single: list[Code] | None = None
    _codes: dict[bytes, Code] = field(default_factory=dict)
    _space: CodeSpace | None = None
    _to_unicode: dict[int, str] = field(default_factory=dict)
    _cid_of_code: dict[int, int] | None = None
    _text_of_cid: dict[int, str] = field(default_factory=dict)
    _width_of_cid: dict[int, float] = field(default_factory=dict)
    _default_width: float = 1000.0

    @classmethod
    def read(cls, dictionary: Any) -> Font:
        """Read a font dictionary; entries that do not parse are treated as absent."""
        if str(dictionary.get("/Subtype", "")) == "/Type0":
            return _composite(dictionary)
        return _simple(dictionary)

    def codes(self, data: bytes) -> Iterator[tuple[int, Code]]:
        """(offset, code) for the character codes of a shown string."""
        if self._single is not None:
            return enumerate(map(self._single.__getitem__, data))
        return self._multi(data)

    def _multi(self, data: bytes) -> Iterator[tuple[int, Code]]:
        space = self._space or CodeSpace(((2, b"\0\0", b"\xff\xff"),))
        known = self._codes
        for offset, raw in space.split(data):
            code = known.get(raw)
            if code is None:
                code = known[raw] = self._lookup(raw)
            yield offset, code

    def _lookup(self, raw: bytes) -> Code:
        value = int.from_bytes(raw, "big")
        cid = value if self._cid_of_code is None else self._cid_of_code.get(value, 0)
        text = self._to_unicode.get(value) or self._text_of_cid.get(cid) or UNKNOWN
        word_space = raw == b" "
        width = self._width_of_cid.get(cid, self._default_width)
        return Code(max(width, 0.0) / 1000, text, text.isspace(), word_space)


def _numbers(values: Any) -> list[float]:
    result = []
    for value in values if values is not None else []:
        try:
            result.append(float(value))
        except (TypeError, ValueError):
            result.append(0.0)
    return result


def _to_unicode(dictionary: Any) -> dict[int, str]:
    stream = dictionary.get("/ToUnicode")
    if not isinstance(stream, pikepdf.Stream):
        return {}
    try:
        return parse_to_unicode(stream.read_bytes())
    except pikepdf.PdfError:
        return {}


def _simple(dictionary: Any) -> Font:
    font = Font()
    to_unicode = _to_unicode(dictionary)
    type3 = str(dictionary.get("/Subtype", "")) == "/Type3"
    base, names = _encoding(dictionary)
    text = dict(EncodingDB.encodings[base])
    for code, name in names.items():
        try:
            text[code] = name2unicode(name)
        except (KeyError, ValueError):
            text[code] = UNKNOWN
    widths, problem = _simple_widths(dictionary, text)
    scale = 0.001
    if type3:
        matrix = _numbers(dictionary.get("/FontMatrix")) or [0.001, 0, 0, 0.001, 0, 0]
        scale = abs(matrix[0])
        font.em = _type3_em(dictionary, matrix, widths)
    spaces = _space_codes(base, names, to_unicode)
    font.problem = problem
    font._single = [
        Code(
            max(widths.get(code, 0.0), 0.0) * scale,
            to_unicode.get(code) or text.get(code) or UNKNOWN,
            code in spaces,
            code == 32,
        )
        for code in range(256)
    ]
    return font


def _encoding(dictionary: Any) -> tuple[str, dict[int, str]]:
    """Base encoding's name and the glyph names that /Differences sets."""
    encoding = dictionary.get("/Encoding")
    base, names = "StandardEncoding", {}
    if isinstance(encoding, pikepdf.Name):
        base = str(encoding)[1:]
    elif isinstance(encoding, pikepdf.Dictionary):
        base = str(encoding.get("/BaseEncoding", "/StandardEncoding"))[1:]
        code = 0
        for item in encoding.get("/Differences", []):
            if isinstance(item, pikepdf.Name):
                names[code] = str(item)[1:]
                code += 1
            else:
                code = int(item)
    else:
        names = _built_in_names(dictionary)
    return (base if base in EncodingDB.encodings else "StandardEncoding"), names


def _built_in_names(dictionary: Any) -> dict[int, str]:
    """Encoding inside an embedded Type 1 program: TeX fonts have a visible glyph at code 32."""
    descriptor = dictionary.get("/FontDescriptor")
    program = descriptor.get("/FontFile") if isinstance(descriptor, pikepdf.Dictionary) else None
    if not isinstance(program, pikepdf.Stream):
        return {}
    try:
        clear = program.read_bytes().split(b"eexec", 1)[0]
    except pikepdf.PdfError:
        return {}
    found = re.findall(rb"dup\s+(\d{1,3})\s*/([^\s/]+)\s+put", clear)
    return {int(code): name.decode("latin-1") for code, name in found if int(code) < 256}


def _simple_widths(dictionary: Any, text: dict[int, str]) -> tuple[dict[int, float], str]:
    descriptor = dictionary.get("/FontDescriptor")
    missing = float(descriptor.get("/MissingWidth", 0)) if isinstance(descriptor, pikepdf.Dictionary) else 0.0
    widths = dictionary.get("/Widths")
    if widths is not None:
        first = int(dictionary.get("/FirstChar", 0))
        table = dict.fromkeys(range(256), missing)
        table.update({first + i: width for i, width in enumerate(_numbers(widths))})
        return table, ""
    name = re.sub(r"^/([A-Z]{6}\+)?", "", str(dictionary.get("/BaseFont", "")))
    metrics = FONT_METRICS.get(name) or FONT_METRICS.get(_standard_name(name))
    if metrics is None:
        return dict.fromkeys(range(256), missing), "font without widths"
    by_text = metrics[1]
    return {code: by_text.get(char, missing) for code, char in text.items()}, ""


def _standard_name(name: str) -> str:
    """Standard-14 name that viewers substitute for common font names without widths."""
    family = re.sub(r"(PS)?(MT)?$", "", re.split(r"[,\-]", name)[0]).lower()
    base = _STANDARD_NAMES.get(family, "")
    lower = name.lower()
    bold, italic = "bold" in lower, "italic" in lower or "oblique" in lower
    slope = "Italic" if base == "Times-Roman" else "Oblique"
    style = ("Bold" if bold else "") + (slope if italic else "")
    if not style:
        return base
    return f"{base.removesuffix('-Roman')}-{style}"


def _space_codes(base: str, names: dict[int, str], to_unicode: dict[int, str]) -> set[int]:
    spaces = {code for code, text in to_unicode.items() if text in (" ", "\xa0")}
    blank = {"space", "nbspace", "nonbreakingspace", "uni00A0", "uni0020"}
    spaces |= {code for code, name in names.items() if name in blank and code not in to_unicode}
    if 32 not in names and 32 not in to_unicode:
        spaces.add(32)
    if base == "WinAnsiEncoding" and 160 not in names and 160 not in to_unicode:
        spaces.add(160)
    return spaces


def _type3_em(dictionary: Any, matrix: list[float], widths: dict[int, float]) -> float:
    """Type 3 fonts name no em; letters are about half an em wide, or the box is about 1.2 em high."""
    box = _numbers(dictionary.get("/FontBBox"))
    height = abs((box[3] - box[1]) * matrix[3]) if len(box) == 4 else 0.0
    if height > 0:
        return height / 1.2
    used = sorted(width for width in widths.values() if width > 0)
    return 2.0 * abs(matrix[0]) * used[len(used) // 2] if used else 1.0


def _composite(dictionary: Any) -> Font:
    font = Font(_to_unicode=_to_unicode(dictionary))
    descendant = dictionary.DescendantFonts[0]
    font._default_width = float(descendant.get("/DW", 1000))
    font._width_of_cid = _cid_widths(descendant.get("/W"))
    vertical = _numbers(descendant.get("/DW2"))
    if len(vertical) == 2:
        font.vertical_advance = vertical[1] / 1000
    encoding = dictionary.get("/Encoding")
    if isinstance(encoding, pikepdf.Stream):
        data = encoding.read_bytes()
        font.vertical = bool(re.search(rb"/WMode\s+1", data))
        font._space = parse_code_space(data)
        font._cid_of_code = parse_cid_map(data)
        inherited = re.search(rb"/([\w-]+)\s+usecmap", data)
        if inherited and inherited.group(1) not in (b"Identity-H", b"Identity-V"):
            _predefined(font, inherited.group(1).decode())
    else:
        name = str(encoding)[1:]
        font.vertical = name.endswith("V")
        if name not in ("Identity-H", "Identity-V"):
            _predefined(font, name)
    info = descendant.get("/CIDSystemInfo")
    if isinstance(info, pikepdf.Dictionary) and not font._to_unicode:
        collection = f"{info.get('/Registry', '')!s}-{info.get('/Ordering', '')!s}"
        try:
            font._text_of_cid = dict(CMapDB.get_unicode_map(collection).cid2unichr)
        except (CMapDB.CMapNotFound, KeyError):
            font._text_of_cid = {}
    return font


def _predefined(font: Font, name: str) -> None:
    """Codes of a predefined CJK CMap, from the tables that pdfminer.six ships."""
    try:
        trie = CMapDB.get_cmap(name).code2cid
    except (CMapDB.CMapNotFound, KeyError):
        font.problem = "unknown character map"
        return
    font._space = CodeSpace.of_trie(trie)
    cids = dict(font._space.cids)
    cids.update(font._cid_of_code or {})
    font._cid_of_code = cids


def _cid_widths(array: Any) -> dict[int, float]:
    widths: dict[int, float] = {}
    items = list(array) if array is not None else []
    index = 0
    while index + 1 < len(items):
        first = int(items[index])
        if isinstance(items[index + 1], pikepdf.Array):
            widths.update({first + i: width for i, width in enumerate(_numbers(items[index + 1]))})
            index += 2
        elif index + 2 < len(items):
            last = min(int(items[index + 1]), first + 70_000)
            widths.update(dict.fromkeys(range(first, last + 1), float(items[index + 2])))
            index += 3
        else:
            break
    return widths
