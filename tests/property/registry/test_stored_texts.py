"""Texts come back as they were stored, and damage is told in words."""

from __future__ import annotations

import bisect
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.errors import RegistryError
from fother.model.capture import TextPart, WordBoxes
from fother.registry import DocumentText

MAGIC = b"fother text\0\x01"


@st.composite
def texts(draw: st.DrawFn) -> DocumentText:
    text = draw(st.text(st.characters(), max_size=200))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    parts = [
        TextPart(
            draw(st.sampled_from(["page", "body", "hidden"])),
            start,
            end,
            draw(st.none() | st.integers(0, 40)),
            draw(st.text(max_size=5)),
        )
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    n = draw(st.integers(0, 5))
    spans = np.sort(np.array(draw(st.lists(st.integers(0, len(text)), min_size=2 * n, max_size=2 * n)), int))
    numbers = np.float32(draw(st.lists(st.floats(0, 1e4, width=32), min_size=5 * n, max_size=5 * n)))
    words = WordBoxes(
        spans[::2], spans[1::2], np.arange(n), np.float64(numbers[: 4 * n].reshape(n, 4)), numbers[4 * n :]
    )
    return DocumentText(text, tuple(parts), draw(st.booleans()), words)


@given(texts())
@settings(max_examples=60, deadline=None)
def test_texts_come_back(held: DocumentText) -> None:
    data = held.to_bytes()
    again = DocumentText.from_bytes(data)
    assert (again.text, again.parts, again.recognised) == (held.text, held.parts, held.recognised)
    for name in ("start", "end", "sheet", "box", "confidence"):
        found, stored = getattr(again.words, name), getattr(held.words, name)
        assert np.array_equal(found, stored)
        assert found.dtype == getattr(WordBoxes(), name).dtype
    assert again.to_bytes() == data


@given(texts(), st.data())
@settings(max_examples=60, deadline=None)
def test_damage_is_told(held: DocumentText, data: st.DataObject) -> None:
    whole = held.to_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    for broken in (
        whole[:at],
        whole + b"x",
        whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :],
    ):
        try:
            again = DocumentText.from_bytes(broken)
        except RegistryError:
            continue
        # RFC 1950 has bits in its header that say nothing of the content.
        assert again.text == held.text
        assert len(broken) == len(whole)


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_content_is_read_or_refused(content: bytes) -> None:
    with pytest.raises(RegistryError):
        DocumentText.from_bytes(MAGIC + zlib.compress(content))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a text"),
        (b"%PDF", "not a text"),
        (MAGIC[:-1] + b"\x02", "newer version"),
        (MAGIC, "damaged"),
        (MAGIC + zlib.compress(b"\0" * 4), "damaged"),
        (MAGIC + zlib.compress(b"\xff" * 4), "damaged"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, said: str) -> None:
    with pytest.raises(RegistryError, match=said):
        DocumentText.from_bytes(data)


def one_word(end: int) -> WordBoxes:
    return WordBoxes(np.array([0]), np.array([end]), np.array([0]), np.ones((1, 4)), np.ones(1))


@pytest.mark.parametrize(
    "held",
    [
        DocumentText("four", (TextPart("page", 0, 5),)),
        DocumentText("four", (TextPart("page", 2, 1),)),
        DocumentText("four", (TextPart("page", 0, 3), TextPart("page", 2, 4))),
        DocumentText("four", (TextPart("page", 0, 3, -1),)),
        DocumentText("four", (TextPart("page", 0, 3, 10**9),)),
        DocumentText("four", words=one_word(5)),
        DocumentText("four", words=WordBoxes(np.array([0]), np.array([4]))),
    ],
)
def test_parts_and_words_must_lie_in_the_text(held: DocumentText) -> None:
    with pytest.raises(RegistryError):
        held.to_bytes()


def test_a_word_at_the_very_end_is_in_the_text() -> None:
    assert len(DocumentText.from_bytes(DocumentText("four", words=one_word(4)).to_bytes()).words) == 1


def test_pages_begin_where_their_text_does() -> None:
    parts = (
        TextPart("title", 0, 3),
        TextPart("page", 4, 10, 1),
        TextPart("header", 11, 14, 2),
        TextPart("page", 15, 20, 3),
        TextPart("page", 20, 20, 4),
    )
    starts = DocumentText("x" * 20, parts).page_starts
    assert starts == (4, 4, 15, 15, 20)
    assert [bisect.bisect_right(starts, offset) for offset in (0, 4, 9, 15, 19)] == [0, 2, 2, 4, 4]
    assert DocumentText("x", (TextPart("body", 0, 1),)).page_starts == ()
