"""Styles of a Word file (ECMA-376 part 1, 17.7), as far as they tell what a text is: a heading, code, …"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from fother.formats.text.xml import attribute, elements, local
from fother.model.prose import BlockKind

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_LONGEST_CHAIN = 20
#: Words in a style's name -> why what it sets stays as it is. Names are Word's and those of other writers.
_REASONS = (
    ({"code", "source", "verbatim", "preformatted", "listing", "typewriter", "keyboard", "sample"}, "code"),
    ({"quote", "quotation", "blockquote"}, "a quotation"),
    ({"bibliography", "citation"}, "a citation"),
    ({"toc", "index"}, "a table of contents or an index"),
)
_MONOSPACE = re.compile(
    r"mono|courier|consol|menlo|monaco|fixed|typewriter|letter gothic|lucida sans typewriter|source code"
    r"|fira code|inconsolata|andale|cascadia|jetbrains|ocr[ -]?[ab]\b|terminal",
    re.I,
)
_SYMBOLS = re.compile(r"^(symbol|wingdings.*|webdings|mt extra|zapf ?dingbats|marlett)$", re.I)


@dataclass(frozen=True)
class Style:
    """What a style says, its ancestors included; None where it leaves something open."""

    reason: str = ""
    kind: BlockKind | None = None
    font: str | None = None
    hidden: bool | None = None
    listed: bool | None = None

    def over(self, base: Style) -> Style:
        """This style where it speaks, else `base`."""
        return Style(
            self.reason or base.reason,
            self.kind or base.kind,
            base.font if self.font is None else self.font,
            base.hidden if self.hidden is None else self.hidden,
            base.listed if self.listed is None else self.listed,
        )


class Styles:
    """The styles of a file by their ids; `root` is its styles part, or None."""

    def __init__(self, root: Any) -> None:
        self._elements = {attribute(e, "styleId"): e for e in elements(root, "style")}
        self._known: dict[str, Style] = {}
        self._defaults = {
            attribute(e, "type"): name
            for name, e in self._elements.items()
            if is_on_value(attribute(e, "default") or "0")
        }
        plain = next(elements(root, "rPrDefault"), None)
        self._base = replace(run_style(next(elements(plain, "rPr"), None)), hidden=None)
        self.language = primary_language(next(elements(plain, "lang"), None))

    def paragraph(self, name: str) -> Style:
        """The style of a paragraph; the default one for a name that is empty or unknown."""
        return self._resolved(name if name in self._elements else self._defaults.get("paragraph", ""), True)

    def character(self, name: str) -> Style:
        return self._resolved(name, False)

    def _resolved(self, name: str, with_defaults: bool) -> Style:
        key = f"{name}\0{with_defaults}"
        if key not in self._known:
            style, seen = Style(), 0
            while (element := self._elements.get(name)) is not None and seen < _LONGEST_CHAIN:
                style = style.over(_own(element))
                base = element.find("{*}basedOn")
                name, seen = (attribute(base, "val") if base is not None else ""), seen + 1
            self._known[key] = style.over(self._base) if with_defaults else style
        return self._known[key]


def run_style(properties: Any) -> Style:
    """What run properties (w:rPr) say themselves."""
    if properties is None:
        return Style()
    font = hidden = None
    for mark in properties:
        name = local(mark.tag) if isinstance(mark.tag, str) else ""
        if name == "rFonts":
            font = "" if attribute(mark, "asciiTheme") else (attribute(mark, "ascii") or font)
        elif name in ("vanish", "webHidden"):
            hidden = is_on(mark) or bool(hidden)
    return Style(font=font, hidden=hidden)


def is_monospace(font: str | None) -> bool:
    return bool(font and _MONOSPACE.search(font))


def is_symbols(font: str | None) -> bool:
    return bool(font and _SYMBOLS.match(font))


def is_on(mark: Any) -> bool:
    """Whether a property that is on or off is on: it is so when it says nothing (17.17.4)."""
    return mark is not None and is_on_value(attribute(mark, "val") or "1")


def is_on_value(value: str) -> bool:
    return value.lower() not in ("0", "false", "off", "none")


def primary_language(mark: Any) -> str:
    """en of en-GB; empty when none is said."""
    return attribute(mark, "val").partition("-")[0].lower() if mark is not None else ""


def _own(element: Any) -> Style:
    name = element.find("{*}name")
    words = [w.lower() for w in _WORDS.findall(attribute(name, "val") if name is not None else "")]
    reason = next((why for some, why in _REASONS if some.intersection(words)), "")
    if words[:2] == ["block", "text"]:
        reason = "a quotation"
    properties = element.find("{*}pPr")
    said = replace(run_style(element.find("{*}rPr")), reason=reason, kind=_kind(words))
    if properties is None:
        return said
    if said.kind is None and is_outlined(properties):
        said = replace(said, kind="heading")
    return replace(said, listed=is_listed(properties))


def _kind(words: list[str]) -> BlockKind | None:
    if words[:1] in (["heading"], ["title"], ["subtitle"]):
        return "heading"
    if words[:1] == ["caption"]:
        return "caption"
    return "item" if words[:1] == ["list"] else None


def is_outlined(properties: Any) -> bool:
    """Whether paragraph properties (w:pPr) give it a level of the outline, 0 to 8; 9 is running text."""
    level = properties.find("{*}outlineLvl")
    return level is not None and attribute(level, "val") in tuple("012345678")


def is_listed(properties: Any) -> bool | None:
    """Whether they number it or give it a bullet; number 0 takes away what a style gave."""
    number = properties.find("{*}numPr/{*}numId")
    return attribute(number, "val") != "0" if number is not None else None
