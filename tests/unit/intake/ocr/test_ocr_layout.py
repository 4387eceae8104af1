from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fother.intake.ocr.interface import Line, Word
from fother.intake.ocr.layout import in_reading_order


def line(text: str, x: float, y: float, width: float = 200, height: float = 20) -> Line:
    return Line((Word(text, (x, y, x + width, y + height), 1.0),))


def order(lines: list[Line]) -> str:
    return " ".join(row.text for block in in_reading_order(lines) for row in block)


def columns() -> list[Line]:
    left = [line(f"L{i}", 50, 100 + 30 * i) for i in range(6)]
    right = [line(f"R{i}", 300, 104 + 30 * i) for i in range(6)]
    return [piece for pair in zip(left, right, strict=True) for piece in pair]


def test_columns_are_read_one_after_the_other() -> None:
    assert order(columns()) == "L0 L1 L2 L3 L4 L5 R0 R1 R2 R3 R4 R5"


def test_a_title_and_a_footer_across_the_columns_stay_above_and_below() -> None:
    lines = [line("footer", 50, 320, 450), *columns(), line("title", 50, 40, 450)]
    assert order(lines) == "title L0 L1 L2 L3 L4 L5 R0 R1 R2 R3 R4 R5 footer"


def test_a_table_is_read_row_by_row() -> None:
    places = [(row, column, n) for n, column in enumerate("abc") for row in range(6)]
    cells = [line(f"{row}{column}", 50 + 150 * n, 100 + 30 * row, 60) for row, column, n in places]
    assert order(cells).split() == [f"{row}{column}" for row in range(6) for column in "abc"]


def test_narrow_columns_of_prose_are_read_one_after_the_other() -> None:
    pieces = [
        line(f"{name}{i}", 50 + 150 * n, 100 + 30 * i, 120 if i < 7 else 40)
        for i in range(8)
        for n, name in enumerate("ABC")
    ]
    assert order(pieces) == " ".join(f"{name}{i}" for name in "ABC" for i in range(8))


def test_a_table_of_words_of_unlike_length_is_read_row_by_row() -> None:
    widths = [130, 40, 70, 95, 50, 60, 110, 45]
    cells = [
        line(f"{row}{name}", 50 + 160 * n, 100 + 30 * row, widths[(row + 3 * n) % 8])
        for n, name in enumerate("ab")
        for row in range(8)
    ]
    assert order(cells).split() == [f"{row}{name}" for row in range(8) for name in "ab"]


def test_dates_beside_sentences_are_read_row_by_row() -> None:
    cells = [
        line(f"{row}{name}", 50 + 160 * n, 100 + 30 * row, 100 if n == 0 else 300)
        for n, name in enumerate("ab")
        for row in range(8)
    ]
    assert order(cells).split() == [f"{row}{name}" for row in range(8) for name in "ab"]


def test_a_wide_gap_between_rows_begins_a_block() -> None:
    rows = [line(f"{i}", 50, 30 * i) for i in range(5)] + [line(f"{i}", 50, 60 + 30 * i) for i in range(5, 9)]
    blocks = in_reading_order(rows)
    assert [len(block) for block in blocks] == [5, 4]


def test_pieces_of_one_row_are_joined_from_left_to_right() -> None:
    ((row,),) = in_reading_order([line("b", 260, 12), line("a", 50, 10)])
    assert row.text == "a b"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 1000)] * 2, *[st.floats(1, 300)] * 2), max_size=40))
def test_no_line_is_lost_or_doubled(boxes: list[tuple[float, float, float, float]]) -> None:
    lines = [line(str(i), *box) for i, box in enumerate(boxes)]
    assert sorted(order(lines).split(), key=int) == [str(i) for i in range(len(boxes))]
