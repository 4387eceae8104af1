"""RSS and Atom: the items of a feed as articles. Runs inside the sandbox only."""

from __future__ import annotations

import re
from typing import Any

from fother.formats.text.article import Article, tidy, with_title
from fother.formats.text.content import Refused
from fother.formats.text.html import text_of

MOST_ITEMS = 300
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF|item|entry)[\s>]")


def looks_like_feed(data: bytes) -> bool:
    """A feed by its first elements; also a single item or entry cut out of one."""
    head = data[:4096].replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and _ROOT.search(head) is not None and b"<html" not in head.lower()


def read_feed(data: bytes) -> list[Article]:
    """Items in the order of the feed, at most `MOST_ITEMS`. Raises Refused when there is none."""
    import feedparser

    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not re.search(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]", head):
        data = _wrapped(data)
    parsed: Any = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    outlet = str(parsed.feed.get("title") or "")
    items = [_article(entry, outlet) for entry in parsed.entries[:MOST_ITEMS]]
    kept = [item for item in items if item.text.strip()]
    if not kept:
        raise Refused("the feed holds no item with text")
    return kept


def _wrapped(data: bytes) -> bytes:
    """A lone item as a feed of one."""
    body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)
    if re.search(rb"<(?:\w+:)?entry[\s>]", body[:4096]):
        return b'<feed xmlns="http://www.w3.org/2005/Atom">' + body + b"</feed>"
    return b'<rss version="2.0"><channel>' + body + b"</channel></rss>"


def _article(entry: Any, outlet: str) -> Article:
    contents = [c.get("value") or "" for c in entry.get("content") or ()]
    markup = max([*contents, entry.get("summary") or ""], key=len)
    title = " ".join(text_of(f"<p>{entry.get('title') or ''}</p>".encode(), "utf-8").split())
    raw = markup.encode("utf-8", "replace")
    body = tidy(text_of(raw, "utf-8")) if "<" in markup or "&" in markup else tidy(markup)
    source = entry.get("source") or {}
    return Article(
        text=with_title(title, body) if body else title,
        title=title,
        outlet=str(source.get("title") or outlet),
        author=str(entry.get("author") or ""),
        published=str(entry.get("published") or entry.get("updated") or ""),
        url=str(entry.get("link") or entry.get("id") or ""),
        raw=raw or title.encode("utf-8", "replace"),
    )
