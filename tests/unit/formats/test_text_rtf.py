"""Rich text: any bytes give text or one refusal, in work that grows with the file and no faster."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from work_done import calls

from fother.formats.text.content import Budget, Content, Refused
from fother.formats.text.rtf import read_rtf

WORDS = rb"""{ } \par\  words \'e4 \' \u8364? \u55357? \u56832? \u-1? \u2147483647 \uc9 \uc-3 \bin3{{} \f1
    \bin99999999 \fcharset128 {\fonttbl{\f1\fcharset204A;}} \ansicpg65001 \ansicpg-7 \ansicpg99999 \mac \*
    {\*\x {\footnote\a} {\header\h} {\*\atnauthor{K}} {\*\annotation{c}} \deleted \v \v0 \plain \shptxt
    {\info{\title{T}}} {\upr{a}{\*\ud{b}}} \cell\row \~ \
    """
PIECES = st.sampled_from([*WORDS.split(), b"\\\r\n", b" ", b"\x00", b"\xff\xfe", b"\\"])


def read(data: bytes, budget: Budget | None = None) -> Content:
    content = Content(budget or Budget())
    read_rtf(data, content)
    return content


def require_content(data: bytes) -> None:
    content = read(data)  # too short to be nested too deeply
    assert all(piece.text.strip() for piece in content.pieces)
    assert sum(len(piece.text) for piece in content.pieces) <= 2 * len(data) + 100


@given(st.lists(PIECES, max_size=60))
@settings(max_examples=200)
def test_any_words_of_the_format(pieces: list[bytes]) -> None:
    require_content(rb"{\rtf1\ansi " + b"".join(pieces))


@given(st.binary(max_size=400))
@example(b"{\\rtf1\\u\\'")
@settings(max_examples=150)
def test_any_bytes(data: bytes) -> None:
    require_content(data)
    require_content(b"{\\rtf1 " + data)


@pytest.mark.parametrize(
    "piece",
    [rb"{\footnote a}", rb"\u55296?\u56320?", rb"\'e4", rb"{\*\atnauthor K}", rb"{\header a}b", rb"\v a\v0 b",
     rb"{\info{\title T}}", rb"\bin2 ab", rb"\uc100\u8364", b"\\", b"{}", rb"\f1\fcharset128 "],
)  # fmt: skip
def test_work_grows_with_the_file_and_no_faster(piece: bytes) -> None:
    few, many = (calls(lambda n=n: read(rb"{\rtf1 " + piece * n)) for n in (200, 1600))
    assert many <= 9 * few


def test_groups_without_end_are_refused() -> None:
    with pytest.raises(Refused, match="nested too deeply"):
        read(b"{\\rtf1" + b"{" * 20_000)


def test_pairs_of_surrogates_make_one_character() -> None:
    assert [p.text for p in read(rb"{\rtf1 a\u55357?\u56832?b}").pieces] == ["a\U0001f600b"]
    # Also split over groups, and half a pair alone is never taken for a character.
    assert "\U0001f600" in read(rb"{\rtf1 {\u55357?}{\u56832?}}").pieces[0].text


def test_long_texts_are_cut_and_said_to_be() -> None:
    content = read(rb"{\rtf1 " + b"word " * 100 + b"}", Budget(text=50))
    assert len(content.pieces[0].text) <= 50
    assert "first 50 characters" in content.notes[0]
