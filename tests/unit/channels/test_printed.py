from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from printed_pages import page, printed

from fother.channels.layout.carriers import plan
from fother.channels.layout.printed import Print, WordGaps, copy_words
from fother.channels.table import PRINT, CarrierTable, Part
from fother.channels.text.carriers import Place, TextCarriers
from fother.codes.observations import Observations


def text_of(said: str, *changes: tuple[str, str]) -> TextCarriers:
    """A text with places: each first occurrence of the first as the second."""
    places = []
    for old, new in changes:
        start = said.index(old)
        places.append(Place(start, start + len(old), (old, new), "wording", "test", 0))
    return TextCarriers(said, tuple(sorted(places, key=lambda p: p.start)))


def shown(print_: Print) -> list[tuple[str, str, int]]:
    """The words beside each carrier, and its column."""
    text, left = print_.layout.text, print_.layout.left.tolist()
    return [(text[k], text[k + 1], c) for k, c in zip(left, print_.columns.tolist(), strict=True)]


def laid(text: TextCarriers, symbols: Sequence[int], per_line: int = 4) -> tuple[WordGaps, Print]:
    """Gaps of a text, and the print of the copy with these symbols."""
    gaps = WordGaps.of(text, *printed(text.plain.split(), per_line))
    chosen = np.array(symbols, np.uint8)
    copy = text.rendered(chosen)
    return gaps, gaps.laid_out(text, chosen, 1.0, *printed(copy.split(), per_line))


def test_the_gaps_of_a_text_are_those_between_words_of_a_line() -> None:
    text = text_of("one two\nthree\tfour  five")
    gaps = WordGaps.of(text, *printed(text.plain.split(), 9))
    assert gaps.left.tolist() == [0, 3]
    assert shown(gaps.example) == [("one", "two", 0), ("two", "three", -1), ("three", "four", -1),
                                   ("four", "five", 1)]  # fmt: skip


def test_the_end_of_a_line_shows_no_gap() -> None:
    gaps, print_ = laid(text_of("a1 b1 c1 d1 e1 f1 g1 h1"), [])
    assert gaps.count == 7
    assert print_.columns.tolist() == [0, 1, 2, 4, 5, 6]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # As many words: each gap is that of the plain text.
        ("began", "started", {("she", "started"): 1, ("started", "early"): 2}),
        ("began early", "started soon", {("she", "started"): 1, ("started", "soon"): 2, ("soon", "that"): 3}),
        # Fewer or more: what is inside is nobody's gap; what is beside a known word is that word's.
        ("began early", "rose", {("she", "rose"): 1, ("rose", "that"): 3}),
        ("early", "very early indeed", {("began", "very"): 2, ("very", "early"): -1, ("early", "indeed"): -1,
                                        ("indeed", "that"): 3}),
        # Where words on both sides say something else, nothing is said.
        ("early ", "", {("began", "that"): -1}),
        ("began ", "began-", {("she", "began-early"): 1, ("began-early", "that"): -1}),
    ],
)  # fmt: skip
def test_gaps_beside_another_wording(old: str, new: str, expected: dict[tuple[str, str], int]) -> None:
    text = text_of("when she began early that year nobody came", (old, new))
    _, print_ = laid(text, [1], per_line=12)
    found = {(a, b): column for a, b, column in shown(print_)}
    assert {pair: found[pair] for pair in expected} == expected
    assert found["that", "year"] == 4
    assert found["nobody", "came"] == 6


def test_added_words_do_not_take_a_gap_twice() -> None:
    text = text_of("they said the plan was good", ("the ", "that the "))
    _, print_ = laid(text, [1], per_line=12)
    columns = [c for _, _, c in shown(print_) if c >= 0]
    assert len(columns) == len(set(columns))


def test_words_of_a_copy_know_their_number_in_the_plain_text() -> None:
    text = text_of("we do not think, that it works", ("do not", "don't"), (" that", ""))
    words, number = copy_words(text, np.array([1, 1], np.uint8))
    assert words == ["we", "don't", "think,", "it", "works"]
    assert number.tolist() == [0, -1, 3, 5, 6]


def test_furniture_and_columns_of_a_page() -> None:
    """Two columns lie on common baselines; a page number and a running title are no words of the text."""
    words = [f"w{k}" for k in range(12)]
    text = text_of(" ".join(words))
    columns = [words[0:3], words[3:6], words[6:9], words[9:12]]
    lines = [["Page", "1", "of", "9"], *columns[:2], ["My", "running", "title"], *columns[2:]]
    gaps = WordGaps.of(text, *plan([page(lines, left=[72, 72, 72, 300, 300, 300])]))
    found = {(a, b): c for a, b, c in shown(gaps.example)}
    assert found["w0", "w1"] == 0
    assert found["w7", "w8"] == 7
    assert found["w10", "w11"] == 10
    assert found["1", "of"] == found["running", "title"] == -1


def test_ligatures_are_letters() -> None:
    text = text_of("an office of affairs here")
    gaps = WordGaps.of(text, *printed(["an", "o\ufb03ce", "of", "a\ufb00airs", "here"], 9))
    assert gaps.example.columns.tolist() == [0, 1, 2, 3]


def test_what_is_no_column_does_not_change() -> None:
    text = text_of("aa bb cc dd ee", ("bb cc", "xx"))
    gaps = WordGaps.of(text, *printed(text.plain.split(), 9))
    print_ = gaps.laid_out(
        text, np.array([0], np.uint8), 1.0, *printed(["aa", "bb", "7", "8", "cc", "dd", "ee"], 9)
    )
    moved = print_.displacement(np.array([1, 0, 0, 1], np.uint8), 1.0)
    assert print_.columns.tolist() == [0, 1, -1, -1, 2, 3]
    assert np.ptp(moved[2:5]) < 1e-6  # words around gaps that are none move together
    assert np.ptp(moved) > 0.05


def test_observations_of_a_print_become_those_of_columns() -> None:
    text = text_of("aa bb cc dd ee")
    gaps = WordGaps.of(text, *printed(text.plain.split(), 9))
    print_ = Print(gaps.example.layout, np.array([3, -1, 0, 1]))
    seen = Observations(np.arange(4), np.array([1.0, 2, 3, 4]), np.full(4, 2.0), np.arange(4), np.zeros(4))
    found = print_.observed(seen)
    assert found.position.tolist() == [0, 1, 3]
    assert found.value.tolist() == [3, 4, 1]
    assert print_.biases(np.array([0.1, 0.2, 0.3, 0.4])).tolist() == [0.4, 0.5, 0.1, 0.2]
    assert print_.symbols(np.array([0, 1, 0, 1], np.uint8)).tolist() == [1, 0, 0, 1]


def test_lines_left_out_take_their_columns_along() -> None:
    _, print_ = laid(text_of("a1 b1 c1 d1 e1 f1 g1 h1"), [])
    rest = print_.without([int(print_.layout.segment[0])])
    assert rest.columns.tolist() == [4, 5, 6]
    assert len(rest.layout.left) == 3


def test_a_table_of_words_and_gaps_is_kept_and_comes_back() -> None:
    text = text_of("when she began early that year nobody came", ("began", "started"))
    gaps, _ = laid(text, [1])
    table = CarrierTable((Part("", text), Part(PRINT, gaps)))
    again = CarrierTable.from_bytes(table.to_bytes())
    assert again.to_bytes() == table.to_bytes()
    assert again.count == 8
    assert again.even.tolist() == [True] + 7 * [False]
    printed_part = again.printed()
    assert printed_part is not None
    assert printed_part[0] == 1
    assert printed_part[1].example.columns.tolist() == gaps.example.columns.tolist()
    assert not list(again.layouts())
    assert CarrierTable.single(text).printed() is None
