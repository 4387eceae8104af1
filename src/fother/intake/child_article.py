"""Inside the sandbox: a saved page or a feed as articles; other kinds are left to the reader of leaks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np

from fother.formats.text.article import Article, read_article
from fother.formats.text.content import Refused
from fother.formats.text.feed import looks_like_feed, read_feed
from fother.formats.text.sniff import sniff
from fother.intake.wire import write_message


def preload() -> None:
    """Load what parses, so that nothing has to be opened later."""
    import feedparser
    import trafilatura

    trafilatura.bare_extraction("<html><body><p>A first page loads what is loaded late.</p></body></html>")
    feedparser.parse(b"<rss version='2.0'><channel><item><title>a</title></item></channel></rss>")


def read_articles(out: BinaryIO, options: dict[str, Any], data: bytes) -> None:
    """The articles of a page or feed on the wire, or that it is neither."""
    if looks_like_feed(data):
        _tell(out, "feed", _guarded(read_feed, data), options)
    elif sniff(data) == "text/html":
        _tell(out, "page", [_guarded(read_article, data)], options)
    else:
        write_message(out, {"source": "other"})


def _guarded(reader: Any, data: bytes) -> Any:
    try:
        return reader(data)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever a damaged page makes a library stumble over
        raise Refused("it is damaged beyond reading") from error


def _tell(out: BinaryIO, source: str, articles: list[Article], options: dict[str, Any]) -> None:
    write_message(out, {"source": source})
    room = int(options["text"])
    for article in articles:
        text = article.text[:room]
        room -= len(text)
        fields = {k: str(v)[:1000] for k, v in asdict(article).items() if k not in ("text", "raw")}
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4")
        write_message(out, {"article": fields}, codes, np.frombuffer(article.raw, np.uint8))
