"""Looks of runs: which runs look alike, and which must stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from fother.formats.prose.docx.styles import (
    Style,
    Styles,
    is_monospace,
    is_on,
    is_symbols,
    primary_language,
    run_style,
)
from fother.formats.text.xml import attribute, local

#: Run properties that change nothing of how Latin letters look, besides those treated below.
_UNSEEN = {"noProof", "bCs", "iCs", "szCs", "lang", "rPrChange"}
_UNSEEN_FONTS = {"cs", "cstheme", "hint"}
_DIRECTED = ("rtl", "cs")


@dataclass(frozen=True)
class Look:
    """How a run looks. Runs of one paragraph with equal looks can be written as one."""

    key: tuple[Any, ...]
    reason: str = ""  #: why it must stay as it is
    hidden: bool = False
    monospace: bool = False


class Looks:
    """Looks of the runs of a file. `monospace_is_code` is false for files that are set in such a font."""

    def __init__(self, styles: Styles, *, monospace_is_code: bool = True) -> None:
        self._styles = styles
        self._monospace_is_code = monospace_is_code
        self._known: dict[tuple[bytes, Style], Look] = {}

    def look(self, properties: Any, paragraph: Style) -> Look:
        """Of a run with these properties (w:rPr, or None) in a paragraph of this style."""
        written = b"" if properties is None else etree.tostring(properties, with_tail=False)
        known = self._known.get((written, paragraph))
        if known is None:
            known = self._known[written, paragraph] = self._look(properties, paragraph)
        return known

    def _look(self, properties: Any, paragraph: Style) -> Look:
        if properties is None:
            return self._judged((self._styles.language,), paragraph, paragraph.reason)
        named = properties.find("{*}rStyle")
        own = self._styles.character(attribute(named, "val")) if named is not None else Style()
        style = run_style(properties).over(own).over(paragraph)
        reason = style.reason
        if any(is_on(properties.find("{*}" + name)) for name in _DIRECTED):
            reason = "right-to-left text"
        elif properties.find("{*}fitText") is not None:
            reason = "text fitted to a width"
        language = primary_language(properties.find("{*}lang")) or self._styles.language
        return self._judged((language, *filter(None, map(_plain, properties))), style, reason)

    def _judged(self, key: tuple[Any, ...], style: Style, reason: str) -> Look:
        monospace = is_monospace(style.font)
        if is_symbols(style.font):
            reason = "letters of a symbol font"
        elif monospace and self._monospace_is_code:
            reason = reason or "code"
        return Look(key, reason, bool(style.hidden), monospace)


def _plain(mark: Any) -> tuple[Any, ...] | None:
    """A property as values that can be compared; None for one that is not seen."""
    if not isinstance(mark.tag, str) or (name := local(mark.tag)) in _UNSEEN:
        return None
    unseen = _UNSEEN_FONTS if name == "rFonts" else ()
    said = sorted((k, v) for k, v in mark.attrib.items() if local(k) not in unseen)
    children = tuple(filter(None, map(_plain, mark)))
    return (mark.tag, tuple(said), children) if said or children or name != "rFonts" else None
