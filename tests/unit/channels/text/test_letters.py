"""Texts as they are compared."""

from __future__ import annotations

import sys

from fother.channels.text.letters import flat, flatten


def test_no_character_becomes_many() -> None:
    every = "".join(chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF)
    assert max(len(flat(character)) for character in every) <= 4
    assert flat("\ufdfa") == "\ufdfa"
    assert flat("oﬃce ¼") == "office 1⁄4"


def test_a_flat_view_is_bounded_by_its_source() -> None:
    view = flatten("\ufdfa" * 1000)
    assert len(view.text) == len(view.source) == 1000
    assert view.letter_source.tolist() == list(range(1000))
