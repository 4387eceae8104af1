"""Whatever the wordings and wherever the lines break, a gap of a print is the gap between the same words."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_pages import page

from fother.channels.layout.carriers import plan
from fother.channels.layout.printed import WordGaps, copy_words
from fother.channels.text.carriers import Place, TextCarriers

word = st.text("abcdef", min_size=1, max_size=4)
form = st.lists(word, max_size=3).map(" ".join)


@st.composite
def texts(draw: st.DrawFn) -> TextCarriers:
    """Words, some in places with another form that may be of more words, of fewer or of none."""
    pieces, places, length = [], [], 0
    for n in range(draw(st.integers(1, 14))):
        said = draw(word) + draw(st.sampled_from([" ", " ", " ", "\n", "  "]))
        if draw(st.integers(0, 2)) == 0:
            # A place with the white space behind it, or glued to the word before it.
            old, new = draw(word) + " ", draw(form)
            new = f"{new} " if new else ""
            if old != new:
                places.append(
                    Place(length + len(said), length + len(said + old), (old, new), "wording", "t", n)
                )
                said += old
        pieces.append(said)
        length += len(said)
    return TextCarriers("".join(pieces) + "end", tuple(places))


@settings(max_examples=150, deadline=None)
@given(texts(), st.data())
def test_numbers_of_words_are_those_of_the_same_words(text: TextCarriers, data: st.DataObject) -> None:
    symbols = np.array([data.draw(st.integers(0, 1)) for _ in text.places], np.uint8)
    words, number = copy_words(text, symbols)
    plain = text.plain.split()
    known = [int(n) for n in number if n >= 0]
    assert words == text.rendered(symbols).split()
    assert all(a < b for a, b in pairwise(known))
    if not symbols.any():
        assert known == list(range(len(plain)))
    changed = {w for p, s in zip(text.places, symbols, strict=True) if s for w in p.forms[1].split()}
    assert all(plain[n] == w or w in changed for w, n in zip(words, number.tolist(), strict=True) if n >= 0)


@settings(max_examples=100, deadline=None)
@given(texts(), st.data())
def test_columns_of_a_print_are_gaps_of_the_text(text: TextCarriers, data: st.DataObject) -> None:
    symbols = np.array([data.draw(st.integers(0, 1)) for _ in text.places], np.uint8)
    words = text.rendered(symbols).split()
    lines: list[list[str]] = [[]]
    for said in words:
        lines[-1].append(said)
        if data.draw(st.integers(0, 3)) == 0:
            lines.append([])
    plain_lines = [line.split() for line in text.plain.split("\n") if line.split()]
    gaps = WordGaps.of(text, *plan([page(plain_lines)]))
    print_ = gaps.laid_out(text, symbols, 1.0, *plan([page([line for line in lines if line])]))

    assert gaps.count == len(re.findall(r"(?<=\S) +(?=\S)", text.plain))
    columns = print_.columns[print_.columns >= 0]
    assert len(np.unique(columns)) == len(columns)
    assert (columns < gaps.count).all()
    assert (print_.layout.amplitude > 0).all()
    # Lines of three words or more that say what the plain text says show all their gaps, in order; where a
    # word comes again and again, a line may be taken for another, in every print of these words alike.
    if not symbols.any() and "\n" not in text.plain and len(set(words)) == len(words):
        assert (print_.columns >= 0).all()
        assert (np.diff(print_.columns) > 0).all()
    frozen = WordGaps.from_bytes(gaps.to_bytes())
    assert frozen.to_bytes() == gaps.to_bytes()
    assert frozen.left.tolist() == gaps.left.tolist()
