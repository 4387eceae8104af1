"""Pages: which words are blocks, what stays and why, and that all else is kept letter by letter."""

from __future__ import annotations

import re

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.errors import InputFileError
from fother.formats.prose.choice import prose_format
from fother.formats.prose.html import Html
from fother.formats.prose.markup import letters, tokens
from fother.model.prose import Prose, Rewrite

HTML = Html()


def read(page: str) -> Prose:
    return HTML.read(page.encode())


def blocks(page: str) -> list[tuple[str, str]]:
    prose = read(page)
    return [(b.kind, prose.text[b.start : b.end]) for b in prose.blocks]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>One<p>two", [("paragraph", "One"), ("paragraph", "two")]),
        ("<h2>Head</h2>text", [("heading", "Head"), ("paragraph", "text")]),
        ("<ul><li>a b<li>c</ul>d", [("item", "a b"), ("item", "c"), ("paragraph", "d")]),
        ("<table><tr><td>a<th>b</table>", [("cell", "a"), ("cell", "b")]),
        ("<p>one<br>two</p>", [("paragraph", "one\ntwo")]),
        ("a<script>if (x<y) '</p>'</script>b", [("paragraph", "ab")]),
        ("<script><!--<script></script>x</script>y--></script>z", [("paragraph", "y-->z")]),
        ("<title>no</title><style>p{}</style><textarea>no</textarea>yes", [("paragraph", "yes")]),
        ("a<svg><text>no</text></svg>b <select><option>no</select>c", [("paragraph", "ab c")]),
        ('<p title="a>b" data-x=\'"\'>x</p>', [("paragraph", "x")]),
        ("<a title=it's>x</a>y", [("paragraph", "xy")]),
        ("a<!-- > <p>no -->b<!-->c<![if x]>d<?php x ?>e</>f", [("paragraph", "abcdef")]),
        (
            "3 < 4 & 5 &lt; 6 &amp 7 &notit; &#x41;&unknown;",
            [("paragraph", "3 < 4 & 5 < 6 & 7 ¬it; A&unknown;")],
        ),
        ("<p>cut <b off", [("paragraph", "cut")]),
        ('<span style="display:block">a</span>b', [("paragraph", "a"), ("paragraph", "b")]),
    ],
)
def test_words_are_found_as_browsers_show_them(page: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(page) == expected


@pytest.mark.parametrize(
    ("page", "stays", "reason"),
    [
        ("to <a href=x>the <b>report</b></a> now", "the report", "a link"),
        ("<p hidden>gone</p>", "gone", "hidden"),
        ('<p style="display : none">gone</p>', "gone", "hidden"),
        ('<p style="font-size:0px;">gone</p>', "gone", "hidden"),
        ("<p translate=no>Name</p>", "Name", "marked as not to be translated"),
        ("<blockquote>said</blockquote>", "said", "a quotation"),
        ("x <code>a b</code>", "a b", "code"),
        ("one  two", "  ", "white space"),
        ("one <b> two</b>", "  ", "white space"),
        ("one\n two", "\n ", "a line end"),
        ("one <br> two", " \n ", "a line end"),
        ('<div class="gmail_quote gmail_quote_container">old</div>', "old", "a quotation"),
        ('<p>x<div id="divRplyFwdMsg">a</div>', "a", "a quotation"),
        ("<p><b>From:</b> A<br><b>Sent:</b> B<br><b>To:</b> C</p>", "From: A\nSent: B\nTo: C", "a quotation"),
        ("<p>see www.example.org/a</p>", "www.example.org/a", "a web address"),
    ],
)
def test_what_stays_as_it_is(page: str, stays: str, reason: str) -> None:
    prose = read(page)
    assert {prose.text[f.start : f.end]: f.reason for f in prose.fixed}[stays] == reason


def test_what_follows_an_earlier_message_is_a_quotation() -> None:
    page = "<p>New.</p><p>From: A<br>Sent: B<br>To: C</p><p>Old words.</p>"
    assert read(page).free == ((0, 4),)


def test_inline_elements_are_seams() -> None:
    assert read("ab<b>cd</b>e<wbr>f").seams == (2, 4, 5)


@pytest.mark.parametrize(
    ("head", "written"),
    [
        (b'<meta charset="utf-8">', "\u2005é".encode()),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', b"&#8197;\xe9"),
        (b"", b"&#8197;&#233;"),
        (b'<meta charset="us-ascii">', b"&#8197;&#233;"),
    ],
)
def test_what_the_encoding_lacks_becomes_a_reference(head: bytes, written: bytes) -> None:
    page = head + b"<p>one two"
    if b"1252" in head:
        page = page.replace(b"one", b"\xfc")
    at = HTML.read(page).text.index(" ")
    copy = HTML.write(page, [Rewrite(at, at + 1, "\u2005é")])
    assert copy == page.replace(b" two", written + b"two")


@pytest.mark.parametrize(
    ("page", "at", "said"),
    [("AT&T", 3, "amp;"), ("R&am x", 4, ";"), ("a < b", 3, "/"), ("a <", 2, "<!--"), ("a <", 1, "&#60;")],
)
def test_a_letter_never_completes_a_reference_or_a_tag(page: str, at: int, said: str) -> None:
    copy = HTML.write(page.encode(), [Rewrite(at, at + 1, said)])
    text = read(page).text
    assert HTML.read(copy).text == text[:at] + said + text[at + 1 :]


def test_a_text_that_a_page_cannot_say_is_refused() -> None:
    for page, change in (("R&axmp;", Rewrite(3, 4, "")), ("<p>a</p><p>b</p>", Rewrite(0, 1, " "))):
        with pytest.raises(ValueError, match="read as something else"):
            HTML.write(page.encode(), [change])


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "a b",
                "&amp;",
                "&am",
                "p;",
                "<",
                ">",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                '"',
                "<a href='",
                "'>",
                "</a>",
                "=",
                "\n",
                " ",
                "<td>",
                "<li>",
                "x",
                "/",
                "<br>",
                "<svg>",
                "</svg>",
                "&#6",
                "5;",
                "é",
            ]
        ),
        max_size=14,
    )
)
@settings(max_examples=400, deadline=None)
def test_tokens_are_the_whole_source(pieces: list[str]) -> None:
    source = "".join(pieces)
    at = 0
    for token in tokens(source):
        assert token.start == at < token.end
        at = token.end
        if token.kind == "text":
            inner = token.start
            for _, start, end in letters(source, token.start, token.end):
                assert start == inner < end
                inner = end
            assert inner == token.end
    assert at == len(source)


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "one two",
                "&amp;",
                "&eacute;",
                "&#65;",
                "<!-- x -->",
                "<script>1<2</script>",
                "<a href='x>y'>",
                "</a>",
                "\n",
                " ",
                "<li>",
                "<br>",
                "z",
                "<div>",
                "</div>",
            ]
        ),
        max_size=14,
    )
)
@settings(max_examples=200, deadline=None)
def test_the_words_are_those_of_another_parser(pieces: list[str]) -> None:
    page = "".join(pieces)
    tree = lxml.html.document_fromstring(f"<html><body>{page}</body></html>".encode(), parser=_PARSER)
    for script in tree.xpath("//script"):
        script.text = ""
    said = re.sub(r"\s", "", "".join(tree.xpath("//body//text()")))
    try:
        assert re.sub(r"\s", "", read(page).text) == said
    except InputFileError:
        assert not said


_PARSER = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)


@pytest.mark.parametrize("data", [b"", b" \n", b"\xff\xfe<"])
def test_nothing_to_read_is_said_in_one_sentence(data: bytes) -> None:
    with pytest.raises(InputFileError, match=r"^The .*[.]$"):
        HTML.read(data)


def test_deeply_nested_pages_are_read() -> None:
    assert read("<div>" * 4_000 + "x").text == "x"
    assert read("<div>x" * 4_000 + "</b>" * 4_000).text == "\n".join("x" * 4_000)
    assert read("<span>" * 4_000 + "<li>x" * 4_000).text == "\n".join("x" * 4_000)


def test_a_page_is_found_by_its_content() -> None:
    assert prose_format("page", b"<!DOCTYPE html><p>x") == HTML
    assert prose_format("page.html", b"<p>a fragment</p>") == HTML
    assert prose_format("page.txt", b"<html><p>shown as source") != HTML
