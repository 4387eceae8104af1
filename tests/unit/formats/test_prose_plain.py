"""Plain text: what is a block, what stays as it is and why, how it is written."""

from __future__ import annotations

import pytest

from fother.errors import InputFileError
from fother.formats.prose.choice import prose_format
from fother.formats.prose.plain import Plain
from fother.model.prose import Prose, Rewrite

PLAIN = Plain()


def reasons(prose: Prose) -> dict[str, str]:
    return {prose.text[f.start : f.end]: f.reason for f in prose.fixed}


def blocks(prose: Prose) -> list[str]:
    return [prose.text[b.start : b.end] for b in prose.blocks]


def test_blank_lines_and_list_marks_part_blocks() -> None:
    prose = PLAIN.read(b"One line\r\nand another.\r\n \r\n- first\r\n- second\r\n\r\nEnd.")
    assert blocks(prose) == ["One line\nand another.", "- first", "- second", "End."]
    assert [b.kind for b in prose.blocks] == ["paragraph", "item", "item", "paragraph"]
    assert reasons(prose) == {"\n": "a line end", "- ": "a list mark"}


@pytest.mark.parametrize(
    ("text", "stays", "reason"),
    [
        ("see https://a.example/x?y=1 now", "https://a.example/x?y=1", "a web address"),
        ("write to a.b@c.example now", "a.b@c.example", "an e-mail address"),
        ("> said before\n> and more", "> said before\n> and more", "a quotation"),
        ("Sam wrote:\n\n> yes", "Sam wrote:", "a quotation"),
        ("Hi\n\n--\nJo Sample\nOffice", "Jo Sample\nOffice", "a signature"),
        ("    int x = f(1);\n    return x;", "int x = f(1);\n    return x;", "code"),
        ("Name     Share\nNorth       12", "Name     Share\nNorth       12", "a table"),
        ("a | b\n1 | 2", "a | b\n1 | 2", "a table"),
        ("Title\n=====\nText", "=====", "a rule"),
        ("two  spaces", "  ", "white space"),
    ],
)  # fmt: skip
def test_what_stays_as_it_is(text: str, stays: str, reason: str) -> None:
    assert reasons(PLAIN.read(text.encode()))[stays] == reason


def test_all_after_a_forwarded_head_is_a_quotation() -> None:
    prose = PLAIN.read(b"See below.\n\n-----Original Message-----\nFrom: A\n\nOld words.\n\nMore.")
    assert prose.free == ((0, 10),)


def test_justified_text_is_no_table() -> None:
    prose = PLAIN.read(
        b"This  text is set in full  lines and so it\nhas wide  spaces here and  there but is no\ntable."
    )
    assert "a table" not in reasons(prose).values()


def test_an_encoding_is_kept_while_it_holds_the_words() -> None:
    source = "Ein schöner Tag für alle.".encode("cp1252")
    prose = PLAIN.read(source)
    assert "Windows-1252" in prose.notes[0]
    assert PLAIN.write(source, [Rewrite(4, 11, "grüner")]) == "Ein grüner Tag für alle.".encode("cp1252")
    assert PLAIN.write(source, [Rewrite(3, 4, "\u2005")]) == "Ein\u2005schöner Tag für alle.".encode()


def test_damaged_bytes_stay() -> None:
    source = "Größe, Maß, Fuß, Öl, Übung, Ärger und ".encode() + b"\xff mehr"
    prose = PLAIN.read(source)
    assert reasons(prose) == {"\ufffd": "damaged characters"}
    assert PLAIN.write(source, [Rewrite(6, 7, "\u2005")]) == source.replace(b" Ma", "\u2005Ma".encode(), 1)


def test_all_but_the_rewrites_is_kept_byte_by_byte() -> None:
    source = b"\xef\xbb\xbf\r\n  One  two\tthree \r\n\r\n\r\nfour\n\n"
    assert PLAIN.write(source, []) == source
    at = PLAIN.read(source).text.index("four")
    assert PLAIN.write(source, [Rewrite(at, at + 4, "five")]) == source.replace(b"four", b"five")


def test_a_line_without_words_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read as something else"):
        PLAIN.write(b"One\n\ntwo", [Rewrite(4, 7, "")])


@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xff\xfea"])
def test_nothing_to_read_is_said_in_one_sentence(data: bytes) -> None:
    with pytest.raises(InputFileError, match=r"^The .*[.]$"):
        PLAIN.read(data)


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "letter", "a.text"])
def test_plain_text_is_found(name: str) -> None:
    assert prose_format(name, b"Some words here.\n") == PLAIN


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b""),
        ("a.txt", b"\0\1\2\3" * 50),
        ("a.csv", b"a,b\n1,2\n"),
        ("a.pdf", b"%PDF-1.7\n"),
        ("x", b"MZ\x90\0"),
    ],
)
def test_nothing_reads_other_files(name: str, data: bytes) -> None:
    assert prose_format(name, data) is None


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf16_that_could_be_taken_for_another_encoding_gets_a_byte_order_mark(order: str) -> None:
    text = "Мы согласны and so it is here и так далее " * 3
    data = text.encode(f"utf-16-{order}")
    spaces = [at for at, letter in enumerate(text.rstrip()) if letter == " "]
    copy = Plain().write(data, [Rewrite(at, at + 1, " \u200d\u200d\u200c") for at in spaces])
    said = text.rstrip().replace(" ", " \u200d\u200d\u200c")
    assert copy == f"\ufeff{said} ".encode(f"utf-16-{order}")
    assert Plain().read(copy).text == said
    assert Plain().write(data, [Rewrite(12, 15, "now")]) == text.replace("and", "now", 1).encode(
        f"utf-16-{order}"
    )
