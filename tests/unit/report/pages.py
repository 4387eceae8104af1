"""Reads a report as a browser and a screen reader do."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """Elements in order, ids, visible text, and proof that every element is closed in turn."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data.replace("\u00a0", " ")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def assert_accessible(page: Page) -> None:
    """What WCAG 2.2 (https://www.w3.org/TR/WCAG22/) asks of the structure: language, one main part, headings
    in order, every picture with words, headers of tables with their scope, references that lead somewhere."""
    names = [name for name, _ in page.elements]
    assert [names.count(n) for n in ("main", "h1", "nav", "footer")] == [1, 1, 1, 1]
    assert page.all("html")[0]["lang"] == "en"
    assert "title" in names
    ids = [a["id"] for _, a in page.elements if a.get("id")]
    assert len(ids) == len(set(ids))
    levels = [int(n[1]) for n in names if re.fullmatch("h[1-6]", n)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    for _, attrs in page.elements:
        for key in ("href", "aria-labelledby"):
            for target in (attrs.get(key) or "").split():
                if key == "aria-labelledby" or target.startswith("#"):
                    assert target.removeprefix("#") in ids
    assert all(i.get("alt") for i in page.all("img"))
    assert all(
        s.get("aria-hidden") or s.get("aria-label") or s.get("aria-labelledby") for s in page.all("svg")
    )
    assert all(t.get("scope") in ("col", "row") for t in page.all("th"))
    assert all(a.get("aria-label") for n, a in page.elements if n == "div" and a.get("role") == "region")
    assert all(int(a["tabindex"] or 0) <= 0 for _, a in page.elements if "tabindex" in a)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours "#rrggbb" (WCAG 2.2, 1.4.3)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
