"""News reports out of files from outside: pages, feeds, mails, PDFs, texts, read in the sandbox.

The parent's side: what the child says is checked before it is believed.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from fother.errors import InputFileError, SandboxError
from fother.intake.claims import text_from
from fother.intake.limits import DEFAULT, Limits
from fother.intake.parent import Received, receive_bytes
from fother.intake.process import Message, ask, printable
from fother.intake.sandbox.words import describe

_FIELDS = ("title", "outlet", "author", "published", "url")
_MOST_ARTICLES = 300
_BLANK = b"\xff\xfe\xef\xbb\xbf\0 \t\r\n"
#: The text of a longer file is cut: a report of the press is not a book.
MOST_CHARACTERS = 400_000


@dataclass(frozen=True)
class ReceivedArticle:
    """One report as it came. `data` are its own bytes; `text` is canonical: all offsets count in it.

    Claims about itself (`title`, `outlet`, `author`, `published`, `url`) are untrusted and "" where unknown;
    `day` is the day of publication when they tell one.
    """

    name: str
    data: bytes
    text: str
    media_type: str
    isolation: str
    title: str = ""
    outlet: str = ""
    author: str = ""
    published: str = ""
    url: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """The day of publication as the source prints it, in its own zone."""
        return day_of(self.published)


@dataclass(frozen=True)
class ReceivedFile:
    """A file and the reports in it; of a feed the file is kept beside its items."""

    name: str
    data: bytes
    media_type: str
    isolation: str
    articles: tuple[ReceivedArticle, ...]


def receive_articles(name: str, data: bytes, *, password: str = "", limits: Limits = DEFAULT) -> ReceivedFile:
    """All reports in one file. Raises InputFileError, PasswordError, SandboxError."""
    if not data:
        raise InputFileError(f"{name} is empty (0 bytes); get the file again.")
    if len(data) > limits.file_bytes:
        raise InputFileError(
            f"{name} has {len(data) >> 20} MB; files over {limits.file_bytes >> 20} MB are not read."
        )
    source, isolation, articles = "other", "", list[ReceivedArticle]()
    if data[:64].lstrip(_BLANK).startswith(b"<"):  # else it is neither a page nor a feed
        untrusted = ask(name, data, {"mode": "article", "password": password}, limits)
        try:
            source, isolation, articles = _checked(name, data, untrusted, limits)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise SandboxError(
                f"{name}: the reader's answer did not fit together, so it was not used."
            ) from None
    if source == "other":
        received = receive_bytes(name, data, password=password, limits=limits)
        articles = [_from_sighting(one) for one in received if one.sighting.text.strip()]
        if not articles:
            raise InputFileError(
                f"{name} holds no text; save the report as a page, a text or a PDF with text."
            )
        return ReceivedFile(
            name, data, received[0].sighting.media_type, received[0].sighting.isolation, tuple(articles)
        )
    kind = "application/xml" if source == "feed" else "text/html"
    return ReceivedFile(name, data, kind, isolation, tuple(articles))


def _checked(
    name: str, data: bytes, untrusted: list[Message], limits: Limits
) -> tuple[str, str, list[ReceivedArticle]]:
    source = isolation = ""
    articles: list[ReceivedArticle] = []
    for header, arrays in untrusted:
        if "isolation" in header:
            isolation = describe(header["isolation"])
        elif "source" in header:
            source = header["source"] if header["source"] in ("feed", "page", "other") else "other"
        elif "article" in header and len(articles) < _MOST_ARTICLES:
            number = len(articles) + 1
            articles.append(
                _article(name, data, source, number, isolation, header["article"], arrays, limits)
            )
    if not source or (source != "other" and not articles):
        raise ValueError("no answer")
    return source, isolation, articles


def _article(
    name: str,
    data: bytes,
    source: str,
    number: int,
    isolation: str,
    untrusted: Mapping[str, Any],
    arrays: list[NDArray[Any]],
    limits: Limits,
) -> ReceivedArticle:
    codes, raw = arrays
    if codes.dtype != np.int32 or codes.ndim != 1 or len(codes) > limits.text or raw.dtype != np.uint8:
        raise ValueError("not an article")
    claims = {key: printable(str(untrusted.get(key) or ""), 500) for key in _FIELDS}
    if urlsplit(claims["url"]).scheme not in ("http", "https"):
        claims["url"] = ""
    item = source == "feed"
    text, notes = _cut(text_from(codes))
    return ReceivedArticle(
        name=f"{name}/item {number}" if item else name,
        data=raw.tobytes() if item else data,
        text=text,
        media_type="text/html",
        isolation=isolation,
        title=claims["title"],
        outlet=claims["outlet"],
        author=claims["author"],
        published=claims["published"],
        url=claims["url"],
        notes=notes,
    )


def _from_sighting(one: Received) -> ReceivedArticle:
    """A mail, a PDF or a text, as the reader of leaks sees it."""
    seen = one.sighting
    meta = seen.metadata
    sender = meta.get("from", "")
    text, notes = _cut(seen.text.strip("\n"))
    return ReceivedArticle(
        name=one.name,
        data=one.data,
        text=text,
        media_type=seen.media_type,
        isolation=seen.isolation,
        title=meta.get("subject") or meta.get("title", ""),
        outlet=email.utils.parseaddr(sender)[0] or sender,
        author=meta.get("author", ""),
        published=meta.get("date", ""),
        metadata=meta,
        notes=(*seen.notes, *notes),
    )


def _cut(text: str) -> tuple[str, tuple[str, ...]]:
    if len(text) <= MOST_CHARACTERS:
        return text, ()
    return text[:MOST_CHARACTERS], (f"Only the first {MOST_CHARACTERS:,} characters were read.",)


def day_of(untrusted: str) -> date | None:
    """The day that a date of a page (ISO 8601), of a mail or of a feed (RFC 5322) tells, None for none."""
    text = untrusted.strip()
    iso = re.match(r"\d{4}-\d\d-\d\d", text)
    try:
        if iso:
            return date.fromisoformat(iso.group())
        moment: datetime | None = email.utils.parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.date() if moment else None
