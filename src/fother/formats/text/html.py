"""Web pages: what is shown, block by block; what is hidden, kept apart."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
from lxml import etree

from fother.formats.text.charset import decode
from fother.formats.text.content import Content, Refused

_DECLARED = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.I)
_LOOKED_AT = 4096
_NOT_TEXT = {"script", "style", "template", "noframes", "iframe", "object", "svg", "math-alt", "head"}
_BLOCKS_WORDS = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section "
    "summary table tbody tfoot thead tr ul caption br title "
)
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_HIDDEN = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)", re.I)
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_AROUND_BREAKS = re.compile(r" *\n[ \n]*")


def read_html(data: bytes, content: Content, declared: str | None = None) -> None:
    """Title, visible text, hidden text, alternative texts. Raises Refused when nothing can be parsed."""
    root = _parse(data, declared)
    if root is None:
        raise Refused("the web page is damaged beyond reading")
    for title in root.iter("title"):
        content.say("title", title.text or "")
        content.add("title", _tidy([title.text or ""]))
        break
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name in ("author", "description", "generator", "keywords", "date", "og:site_name", "og:url"):
            content.say(name, meta.get("content") or "")
    shown, hidden, alternative = _text(root)
    content.add("body", shown)
    content.add("hidden", hidden)
    content.add("alternative", alternative)


def text_of(data: bytes, declared: str | None = None) -> str:
    """The visible text alone, "" when nothing can be parsed."""
    root = _parse(data, declared)
    return "" if root is None else _text(root)[0]


def _parse(data: bytes, declared: str | None) -> Any:
    named = _DECLARED.search(data[:_LOOKED_AT])
    text = decode(data, declared or (named.group(1).decode("ascii") if named else None))
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return lxml.html.document_fromstring(text.replace("\0", "\ufffd").encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError, TypeError):
        return None


def _text(root: Any) -> tuple[str, str, str]:
    """(shown, hidden, alternative). Walks without recursion: pages may be nested without end."""
    shown: list[str] = []
    hidden: list[str] = []
    alternative: dict[str, None] = {}
    hiding: list[Any] = []
    kept = 0  # depth of elements whose white space stands
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        out = hidden if hiding else shown
        if event == "start":
            if not tag or tag in _NOT_TEXT:
                walker.skip_subtree()
                continue
            if _is_hidden(element):
                hiding.append(element)
                out = hidden
            if tag in _BLOCKS:
                out.append("\n")
            kept += tag in ("pre", "textarea")
            if tag in ("img", "area", "input") and (alt := (element.get("alt") or "").strip()):
                alternative.setdefault(alt)
            if tag == "input" and (element.get("type") or "text").lower() in ("text", "submit", "button"):
                out.append(_spaced(element.get("value") or "", False))
            out.append(_spaced(element.text or "", kept > 0))
            continue
        if tag == "tr":
            while out and not out[-1].strip():
                out.pop()  # the tab after the last cell
        if tag in _BLOCKS:
            out.append("\n")
        elif tag in ("td", "th"):
            out.append("\t")
        if tag not in _NOT_TEXT:
            kept -= tag in ("pre", "textarea")
        if hiding and hiding[-1] is element:
            hiding.pop()
        if element is not root:
            (hidden if hiding else shown).append(_spaced(element.tail or "", kept > 0))
    return _tidy(shown), _tidy(hidden), "\n".join(alternative)


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    return "hidden" in element.attrib or (style is not None and _HIDDEN.search(style[:4000]) is not None)


def _spaced(text: str, kept: bool) -> str:
    # Line ends that stand become marks, so that the tidying leaves them.
    return text.replace("\r\n", "\n").replace("\n", "\x01") if kept else _SPACES.sub(" ", text)


def _tidy(runs: list[str]) -> str:
    text = _AROUND_BREAKS.sub("\n", "".join(runs))
    # Cells that hold paragraphs still stand beside each other; the last of a row ends it.
    text = text.replace("\n\t\n", "\t").replace("\n\t", "\t").replace("\t\n", "\n")
    return re.sub(" {2,}", " ", text).replace("\x01", "\n").strip(" \n\t")
