"""Reports out of pages, feeds, mails and texts, read in the sandbox; hostile ones end in one sentence."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from fother.errors import FotherError, InputFileError
from fother.intake.articles import day_of, receive_articles
from fother.intake.limits import DEFAULT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")

LIMITS = replace(DEFAULT, wall_seconds=60.0, cpu_seconds=40)
PARAGRAPHS = (
    "“This document is a forgery,” Prime Minister Anna Holt told reporters in Helm on Wednesday evening.",
    "The ministry of defence declined to comment on the memo, which was published by the Daily Ledger.",
    "Two officials said that the paper had been seen by at least forty people before it was printed.",
)
PAGE = f"""<!doctype html><html><head><title>Memo “forged” | Daily Ledger</title>
<meta property="og:site_name" content="Daily Ledger">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [{{"@type": "NewsArticle",
"headline": "Memo “forged”, says Holt", "datePublished": "2026-03-04T23:30:00-05:00",
"publisher": {{"name": "The Daily Ledger"}}, "author": [{{"name": "Ada Quill"}}]}}]}}</script></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Memo “forged”, says Holt</h1>
{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article><footer>Copyright</footer></body></html>""".encode()
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Norland Wire</title>
<item><title>Minister denies leak</title><link>https://wire.example/1</link>
<pubDate>Wed, 04 Mar 2026 08:00:00 GMT</pubDate>
<description>&lt;p&gt;The minister &lt;b&gt;denied&lt;/b&gt; it.&lt;/p&gt;&lt;p&gt;She left.&lt;/p&gt;
</description></item>
<item><title>Embassy silent</title><link>javascript:alert(1)</link>
<description>No comment.</description></item>
</channel></rss>"""
ENTRY = b"""<entry xmlns="http://www.w3.org/2005/Atom"><title>Embassy silent</title>
<updated>2026-03-05T10:00:00Z</updated><link href="https://wire.example/2"/>
<content type="html">&lt;p&gt;The embassy declined to comment.&lt;/p&gt;</content></entry>"""


def test_a_saved_page_gives_the_article_and_what_it_says_of_itself() -> None:
    (found,) = receive_articles("page.html", PAGE, limits=LIMITS).articles
    assert found.text == "\n\n".join(["Memo “forged”, says Holt", *PARAGRAPHS])
    assert (found.outlet, found.author) == ("The Daily Ledger", "Ada Quill")
    assert found.day == date(2026, 3, 4)  # as the outlet prints it, in its own zone
    assert found.data == PAGE
    assert "child process" in found.isolation


def test_a_feed_gives_its_items() -> None:
    first, second = receive_articles("feed.xml", FEED, limits=LIMITS).articles
    assert first.text == "Minister denies leak\n\nThe minister denied it.\n\nShe left."
    assert (first.outlet, first.day, first.url) == (
        "Norland Wire",
        date(2026, 3, 4),
        "https://wire.example/1",
    )
    assert second.url == ""  # no address of the web
    assert second.day is None


def test_a_single_entry_is_read_too() -> None:
    (found,) = receive_articles("entry.xml", ENTRY, limits=LIMITS).articles
    assert found.text == "Embassy silent\n\nThe embassy declined to comment."
    assert found.day == date(2026, 3, 5)


def test_a_mail_gives_its_text_sender_and_day() -> None:
    mail = EmailMessage()
    mail["From"] = "Norland Wire <desk@wire.example>"
    mail["Subject"] = "Minister denies leak"
    mail["Date"] = "Wed, 04 Mar 2026 08:00:00 +0100"
    mail.set_content("The minister denied it.\n")
    (found,) = receive_articles("wire.eml", mail.as_bytes(), limits=LIMITS).articles
    assert found.text == "Minister denies leak\n\nThe minister denied it."
    assert (found.outlet, found.day) == ("Norland Wire", date(2026, 3, 4))


def test_a_plain_text_is_its_own_canonical_text() -> None:
    text = "Zoë said: “No.”\r\n\r\nThe 𝕄inistry declined to comment."
    (found,) = receive_articles("a.txt", text.encode(), limits=LIMITS).articles
    assert found.text == text.replace("\r\n", "\n")


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "'
    + b"A" * 1000
    + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 20) for i in range(6))
    + b']><rss version="2.0"><channel><item><title>&g;</title></item></channel></rss>'
)
HOSTILE = {
    "entity bomb": BOMB,
    "outside entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss version="2.0"><channel>'
    b"<item><title>&x;</title><description>one two three</description></item></channel></rss>",
    "nested": b"<html><body>" + b"<div>" * 50_000 + b"deep" + b"</div>" * 50_000,
    "truncated": PAGE[: len(PAGE) // 2],
    "no text": b"<html><head></head><body></body></html>",
    "no items": b'<rss version="2.0"><channel><title>x</title></channel></rss>',
    "marks only": b"<" * 5000,
    "scripts": b"<html><script>" + b"[" * 100_000 + b"</script><body>x</body></html>",
    "deep json": b'<html><head><script type="application/ld+json">'
    + b"[" * 100_000
    + b"</script></head><body><p>"
    b"Some words to be read here.</p></body></html>",
    "zeros": b"<html>\0\0\0<body>\0</body>",
}


def attempt(data: bytes) -> tuple[list[str], str]:
    """The texts, or the sentence that says why there are none."""
    try:
        return [a.text for a in receive_articles("leak.html", data, limits=LIMITS).articles], ""
    except FotherError as error:
        return [], str(error)


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_give_text_or_one_sentence(data: bytes) -> None:
    texts, sentence = attempt(data)
    assert texts or sentence.count("leak.html") == 1
    assert "\n" not in sentence
    hostname = Path("/etc/hostname")
    secret = hostname.read_text().strip() if hostname.is_file() else ""
    assert not any(secret and secret in text for text in texts if b"hostname" in data)


def test_an_empty_file_is_told() -> None:
    with pytest.raises(InputFileError, match="empty"):
        receive_articles("nothing.html", b"")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-04T23:30:00-05:00", date(2026, 3, 4)),
        ("Wed, 04 Mar 2026 23:30:00 -0500", date(2026, 3, 4)),
        ("2026-02-30", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_days_of_publication(text: str, day: date | None) -> None:
    assert day_of(text) == day
