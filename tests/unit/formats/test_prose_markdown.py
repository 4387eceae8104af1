"""Markdown: which words are blocks, which marks are seams, what stays and why, how words are written."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.channels.characters.forms import FORMS
from fother.channels.wording.own import own_places
from fother.errors import InputFileError
from fother.formats.prose.choice import prose_format
from fother.formats.prose.markdown import Markdown, read_markdown
from fother.model.prose import Fixed, Prose, Rewrite, rewritten

MARKDOWN = Markdown()


def read(text: str) -> Prose:
    return MARKDOWN.read(text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Head #\ntext\n", [("heading", "Head"), ("paragraph", "text")]),
        ("Head\n====\n", [("heading", "Head")]),
        ("- a\n- b\n\n  c", [("item", "a"), ("item", "b"), ("item", "c")]),
        ("| a | b |\n|---|---|\n| c | a |", [("cell", "a"), ("cell", "b"), ("cell", "c"), ("cell", "a")]),
        ("*a* **b** ***c*** ~~d~~ 2 * 3 _e_f", [("paragraph", "a b c d 2 * 3 _e_f")]),
        (r"\* &amp; &#65; `x` \\", [("paragraph", "* & A x \\")]),
        ("![picture *x*](a.png) words", [("paragraph", "words")]),
        ("a\\\nb", [("paragraph", "a\nb")]),
        ("---\ntitle: x\n---\nwords", [("paragraph", "words")]),
        ("<div>\nno\n</div>\n\nyes", [("paragraph", "yes")]),
        ("[a]: https://x.example\n\nwords", [("paragraph", "words")]),
        ("a <b>c</b> <!-- d -->e", [("paragraph", "a c e")]),
        ("\tcode\n\nwords", [("paragraph", "code"), ("paragraph", "words")]),
        ("one\r\ntwo\r\n\r\nthree", [("paragraph", "one\ntwo"), ("paragraph", "three")]),
    ],
)  # fmt: skip
def test_words_are_found_without_their_marks(text: str, expected: list[tuple[str, str]]) -> None:
    prose = read(text)
    assert [(b.kind, prose.text[b.start : b.end]) for b in prose.blocks] == expected


@pytest.mark.parametrize(
    ("text", "stays", "reason"),
    [
        ("see [the *new* report](x) now", "the new report", "a link"),
        ("see [report][r] now\n\n[r]: x", "report", "a link"),
        ("see <https://a.example> now", "https://a.example", "a web address"),
        ("see https://a.example/b now", "https://a.example/b", "a web address"),
        ("run `a b` now", "a b", "code"),
        ("run <code>a b</code> now", "a b", "code"),
        ("```\na b\n```\n", "a b", "code"),
        ("> said", "said", "a quotation"),
        ("one\n  two", "\n  ", "a line end"),
        ("so[^1] it\n\n[^1]: is so", "[^1]", "a footnote mark"),
        ("- [x] done", "[x] ", "a list mark"),
    ],
)
def test_what_stays_as_it_is(text: str, stays: str, reason: str) -> None:
    prose = read(text)
    assert {prose.text[f.start : f.end]: f.reason for f in prose.fixed}[stays] == reason


def test_a_footnote_never_becomes_a_definition() -> None:
    prose = read("so[^1]\n\n[^1]: One two three.")
    note = prose.blocks[1]
    spaces = [
        Rewrite(at, at + 1, "\u2005")
        for start, end in prose.free
        for at in range(start, end)
        if prose.text[at] == " "
    ]
    copy = MARKDOWN.write(b"so[^1]\n\n[^1]: One two three.", spaces)
    assert MARKDOWN.read(copy).blocks[1] == note
    assert copy.decode().endswith("[^1]: One two\u2005three.")


def test_marks_are_seams() -> None:
    assert read("ab *cd* ef").seams == (3, 5)


@pytest.mark.parametrize(
    ("text", "change", "copy"),
    [
        ("one *two* three", Rewrite(7, 8, "\u2005"), "one *two*\u2005three"),
        ("one two", Rewrite(4, 7, "*a* [b] <c> & `d` | \\"), r"one \*a\* \[b\] \<c> \& \`d\` \| \\"),
        ("> x\n\nGröße", Rewrite(2, 7, "Maß"), "> x\n\nMaß"),
    ],
)
def test_only_the_words_are_written(text: str, change: Rewrite, copy: str) -> None:
    assert MARKDOWN.write(text.encode(), [change]).decode() == copy


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("one\n\ntwo", Rewrite(0, 3, "# one")),
        ("*a*b c", Rewrite(0, 1, "(")),
        ("a b", Rewrite(0, 3, "")),
    ],
)
def test_words_that_would_be_marks_are_refused(text: str, change: Rewrite) -> None:
    with pytest.raises(ValueError, match="read as something else"):
        MARKDOWN.write(text.encode(), [change])


@given(
    st.lists(
        st.sampled_from(
            [
                "*",
                "_",
                "**",
                "`",
                "``",
                "[",
                "]",
                "](x)",
                "![",
                "<b>",
                "</b>",
                "a",
                "b c",
                "\n",
                "\n\n",
                "> ",
                "- ",
                "# ",
                "|",
                "\n|-|-|\n",
                "~~",
                "\\",
                "&amp;",
                "    ",
                "\t",
                "1. ",
                "<",
                "\r\n",
                "---",
                "é",
            ]
        ),
        max_size=16,
    )
)
@settings(max_examples=300, deadline=None)
def test_every_text_is_read_in_order(pieces: list[str]) -> None:
    source = "".join(pieces)
    sourced = read_markdown(source)
    assert len(sourced.starts) == len(sourced.ends) == len(sourced.prose.text)
    assert list(sourced.starts) == sorted(sourced.starts)
    for letter, start, end in zip(sourced.prose.text, sourced.starts, sourced.ends, strict=True):
        if letter not in "\n&":
            assert source[start:end].endswith(letter)


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_nothing_to_read_is_said_in_one_sentence(data: bytes) -> None:
    with pytest.raises(InputFileError, match=r"^The .*[.]$"):
        MARKDOWN.read(data)


@pytest.mark.parametrize("name", ["README.md", "a.markdown"])
def test_markdown_is_found_by_its_name(name: str) -> None:
    assert prose_format(name, b"# Head\n\nwords") == MARKDOWN


_RUNS = st.sampled_from([*'*_`[)>("', "**", "***", "__", "~~", "2 * 3", "](", "<http:", "\\_"])
_WORDS = st.sampled_from(["that", "it is", "goes on", "and", "snake_case", "end.", "|", "«so»"])


@given(
    pieces=st.lists(st.tuples(_RUNS | _WORDS, st.sampled_from([" ", " ", "", "\n"])), max_size=20),
    forms=st.lists(st.sampled_from(FORMS), min_size=1, max_size=9),
)
@settings(max_examples=400, deadline=None)
def test_any_free_space_can_be_written_in_any_form(pieces: list[tuple[str, str]], forms: list[str]) -> None:
    source = "".join(word + gap for word, gap in pieces)
    prose = read("so " + source)
    spaces = [at for start, end in prose.free for at in range(start, end) if prose.text[at] == " "]
    changes = [Rewrite(at, at + 1, form) for at, form in zip(spaces, cycle(forms), strict=False)]
    written = MARKDOWN.write(("so " + source).encode(), changes)
    assert MARKDOWN.read(written).text == rewritten(prose.text, changes)


@pytest.mark.parametrize("mark", ["_", "__", "*", "**", "~~", '*"'])
def test_spaces_beside_emphasis_stay(mark: str) -> None:
    text = f"All of us agree and so {mark}that it is{mark[::-1]} goes on for all."
    prose = read(text)
    before = prose.text.index("so ") + 2
    assert Fixed(before, before + 1, "next to a mark of Markdown") in prose.fixed
    changes = [
        Rewrite(at, at + 1, FORMS[-1])
        for start, end in prose.free
        for at in range(start, end)
        if prose.text[at] == " "
    ]
    assert len(changes) >= 8
    written = MARKDOWN.write(text.encode(), changes)
    assert MARKDOWN.read(written).text == rewritten(prose.text, changes)


def test_own_alternatives_work_in_tables() -> None:
    text = "| A | The {{senior\\|higher}} grades |\n|---|---|\n| `a\\|b` | One {{a \\|}}way \\\\| or |\n"
    prose = read(text)
    places, notes = own_places(prose)
    assert [place.forms for place in places] == [("senior", "higher"), ("a ", "")]
    assert not notes
    changes = [Rewrite(place.start, place.end, place.forms[1]) for place in places]
    written = MARKDOWN.write(text.encode(), changes).decode()
    assert written == "| A | The higher grades |\n|---|---|\n| `a\\|b` | One way \\\\| or |\n"


@pytest.mark.parametrize("braces", [r"\{{", r"\{\{", r"{\{"])
def test_escaped_braces_stay(braces: str) -> None:
    prose = read(f"Hello {braces} a|b }}}} there")
    assert prose.text == "Hello {{ a|b }} there"
    assert {fixed.reason for fixed in prose.fixed} == {"escaped braces"}
    assert own_places(prose)[0] == []


def test_what_looks_like_the_definition_of_a_link_becomes_none() -> None:
    text = b"[a]: b\n\n[a]: b and so on\n"
    prose = read(text.decode())
    spaces = [at for start, end in prose.free for at in range(start, end)]
    changes = [Rewrite(at, at + 1, FORMS[-1]) for at in spaces if prose.text[at] == " "]
    assert MARKDOWN.read(MARKDOWN.write(text, changes)).text == rewritten(prose.text, changes)
    assert [change.start for change in changes] == [8, 11]
