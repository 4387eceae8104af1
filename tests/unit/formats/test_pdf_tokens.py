from __future__ import annotations

import pytest

from fother.formats.pdf.tokens import name_value, number, operations, string_value, write_string


def ops(data: bytes) -> list[tuple[bytes, list[bytes]]]:
    return [(o.operator, [t.raw for t in o.operands]) for o in operations(data)]


def test_offsets_cover_operands_and_operator() -> None:
    data = b"q 1 0 0 1 5 5 cm  [(a)-3(b)] TJ Q"
    shown = next(o for o in operations(data) if o.operator == b"TJ")
    assert data[shown.start : shown.end] == b"[(a)-3(b)] TJ"


def test_operators_may_touch_their_operands() -> None:
    assert ops(b"/F1 12 Tf(a(b)c)Tj[<41>-5(x)]TJ") == [
        (b"Tf", [b"/F1", b"12"]),
        (b"Tj", [b"(a(b)c)"]),
        (b"TJ", [b"[", b"<41>", b"-5", b"(x)", b"]"]),
    ]


def test_path_runs_are_one_operation_and_do_not_eat_text_operators() -> None:
    found = [o for o, _ in ops(b"0 0 m 10 10 l S\n1 0 0 RG 5 5 20 20 re f 3 4 Td (x) Tj")]
    assert found == [b"path", b"RG", b"path", b"Td", b"Tj"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (rb"(a\(b\)\\c)", rb"a(b)\c"),
        (rb"(\101\60\7)", b"A0\x07"),
        (b"(a\\\nb\\r\\n)", b"ab\r\n"),
        (b"(a\r\nb\rc)", b"a\nb\nc"),
        (b"(deep ((nested) (pa(r)ens)))", b"deep ((nested) (pa(r)ens))"),
        (b"<48 65 6C6c 6F>", b"Hello"),
        (b"<414>", b"A@"),
    ],
)
def test_strings(raw: bytes, value: bytes) -> None:
    (shown,) = operations(raw + b" Tj")
    assert string_value(shown.operands[-1]) == value


@pytest.mark.parametrize(
    ("raw", "value"), [(b"-.5", -0.5), (b"+3.", 3.0), (b"--7", -7.0), (b"12-34", 12.0), (b"-0", 0.0)]
)
def test_numbers_as_viewers_read_them(raw: bytes, value: float) -> None:
    (operation,) = operations(raw + b" Tc")
    assert number(operation.operands[0]) == value


def test_number_refuses_a_name() -> None:
    (operation,) = operations(b"/x Tc")
    with pytest.raises(ValueError, match="expected a number"):
        number(operation.operands[0])


def test_names_resolve_hash_sequences() -> None:
    (operation,) = operations(b"/A#20B 1 Tf")
    assert name_value(operation.operands[0]) == "/A B"


def test_comments_hide_operators() -> None:
    assert ops(b"% (no) Tj\n(yes) Tj") == [(b"Tj", [b"(yes)"])]


def test_inline_image_with_its_end_marker_inside_the_data() -> None:
    data = b"BI /W 4 /H 2 /BPC 8 /CS /G ID ab EI cd EI (after) Tj"
    assert [o.operator for o in operations(data)] == [b"BI", b"Tj"]


def test_filtered_inline_image_whose_data_holds_the_letters_of_its_end() -> None:
    data = b"BI /W 9 /H 9 /F /Fl /BPC 8 /CS /G ID \x01 EI \x80\x02\xff\nEI\n(after) Tj"
    image, shown = operations(data)
    assert data[image.end - 3 : image.end] == b"\nEI"
    assert string_value(shown.operands[0]) == b"after"


def test_unfinished_stream_ends_quietly() -> None:
    assert [o.operator for o in operations(b"(a) Tj (never closed \\) [")] == [b"Tj"]


def test_written_strings_read_back() -> None:
    for like in (b"(x)", b"<00>"):
        (model,) = operations(like + b" Tj")
        for value in (b"a(b\\)\r\n", bytes(range(256))):
            (again,) = operations(write_string(value, model.operands[0]) + b" Tj")
            assert string_value(again.operands[0]) == value
