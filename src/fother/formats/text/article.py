"""Saved pages of news: the article without the page around it, and what the page says about itself.

Runs inside the sandbox only. trafilatura finds the article (A. Barbaresi, Trafilatura, ACL 2021,
doi:10.18653/v1/2021.acl-demo.15); the day of publication is taken from JSON-LD and Open Graph first, because
they carry it as the outlet printed it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import lxml.html
from lxml import etree

from fother.formats.text.charset import decode
from fother.formats.text.content import Refused
from fother.formats.text.html import text_of

_DECLARED = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.I)
_SHORT = 200  # code points; an article shorter than this may be the extractor's failure
_MOST_SCRIPTS = 50
_DATES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "og:pubdate",
)
_OUTLETS = ("og:site_name", "application-name", "twitter:site")


@dataclass(frozen=True)
class Article:
    """One report: its text (title first) and what it says about itself, "" where it says nothing.

    `published` is as printed, an ISO 8601 day or moment where the source gives one. `raw` are the bytes that
    it was read from when it is a part of a larger file.
    """

    text: str
    title: str = ""
    outlet: str = ""
    author: str = ""
    published: str = ""
    url: str = ""
    raw: bytes = b""


def read_article(data: bytes) -> Article:
    """The article of a web page. Raises Refused when the page holds no text."""
    import trafilatura

    named = _DECLARED.search(data[:4096])
    markup = decode(data, named.group(1).decode("ascii") if named else None).replace("\0", "\ufffd")
    found: Any = trafilatura.bare_extraction(
        markup, include_comments=False, include_tables=True, favor_recall=True, with_metadata=True
    )
    claims = _claims(markup)
    body = (found.text or "").strip() if found is not None else ""
    if len(body) < _SHORT:
        whole = text_of(data)
        body = whole if len(whole) > 2 * len(body) and not body else body or whole
    if not body.strip():
        raise Refused("the page holds no text")
    title = claims.get("title") or (found.title if found is not None else "") or ""
    return Article(
        text=with_title(title, tidy(body)),
        title=title,
        outlet=claims.get("outlet") or (found.sitename if found is not None else "") or "",
        author=claims.get("author") or (found.author if found is not None else "") or "",
        published=claims.get("published") or (found.date if found is not None else "") or "",
        url=claims.get("url") or (found.url if found is not None else "") or "",
    )


def with_title(title: str, body: str) -> str:
    """The text of an article with its headline first, unless the text begins with it."""
    title = " ".join(title.split())
    if not title or body[: len(title) + 40].casefold().find(title.casefold()) >= 0:
        return body
    return f"{title}\n\n{body}"


def tidy(text: str) -> str:
    """Line ends as \\n, paragraphs parted by one blank line, no space at line ends."""
    lines = (
        " ".join(line.split()) for line in re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text).split("\n")
    )
    return "\n\n".join(line for line in lines if line)


def _claims(markup: str) -> dict[str, str]:
    """What meta elements and JSON-LD say."""
    found: dict[str, str] = {}
    try:
        root = lxml.html.document_fromstring(
            markup.encode("utf-8", "replace"),
            lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False),
        )
    except (etree.LxmlError, ValueError, AssertionError, TypeError):
        return found
    for script in root.xpath("//script[@type='application/ld+json']")[:_MOST_SCRIPTS]:
        try:
            _from_json(json.loads(script.text or ""), found, 0)
        except (ValueError, RecursionError):
            continue
    metas = {
        (m.get("property") or m.get("name") or m.get("itemprop") or "").lower(): m.get("content") or ""
        for m in root.iter("meta")
    }
    for name, keys in (
        ("published", _DATES),
        ("outlet", _OUTLETS),
        ("url", ("og:url",)),
        ("title", ("og:title",)),
    ):
        for key in keys:
            if metas.get(key):
                found.setdefault(name, metas[key].strip().lstrip("@"))
    if "published" not in found:
        for element in root.iter("time"):
            if re.match(r"\d{4}-\d\d-\d\d", element.get("datetime") or ""):
                found["published"] = element.get("datetime")
                break
    return found


def _from_json(value: Any, found: dict[str, str], depth: int) -> None:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value[:50]:
            _from_json(item, found, depth + 1)
    elif isinstance(value, dict):
        if isinstance(value.get("datePublished"), str):
            found.setdefault("published", value["datePublished"])
            if isinstance(value.get("headline"), str):
                found.setdefault("title", value["headline"])
            for name, key in (("outlet", "publisher"), ("author", "author")):
                one = value.get(key)
                one = one[0] if isinstance(one, list) and one else one
                shown = one.get("name") if isinstance(one, dict) else one
                if isinstance(shown, str):
                    found.setdefault(name, shown)
        if "@graph" in value:
            _from_json(value["@graph"], found, depth + 1)
