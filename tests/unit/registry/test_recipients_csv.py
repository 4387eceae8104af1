"""Recipient lists as they come out of real programs, and every way in which they can be wrong."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.errors import RecipientListError
from fother.registry import RecipientRow, read_recipients
from fother.registry.recipients_csv import MAX_SHOWN, is_email


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problems(folder: Path, content: str | bytes) -> str:
    with pytest.raises(RecipientListError) as error:
        read_recipients(written(folder, content))
    return str(error.value)


def test_a_plain_list(tmp_path: Path) -> None:
    text = "name,email,organisation,partner,role\nAnn Lee,ann@example.org,Example Ltd,Daily,editor\nBo,,,,\n"
    assert read_recipients(written(tmp_path, text)) == [
        RecipientRow(1, 2, "Ann Lee", "ann@example.org", "Example Ltd", "Daily", "editor"),
        RecipientRow(2, 3, "Bo"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings(
    tmp_path: Path, delimiter: str, ending: str, encoding: str
) -> None:
    lines = [["E-Mail", "Company", "Full Name"], ["zoë@example.org", "Müller, Söhne; KG", "Zoë"]]
    text = ending.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    (row,) = read_recipients(written(tmp_path, text.encode(encoding)))
    assert (row.name, row.email, row.organisation) == ("Zoë", "zoë@example.org", "Müller, Söhne; KG")


def test_headers_have_synonyms_and_other_columns_are_kept(tmp_path: Path) -> None:
    text = "Given name,SURNAME,e_mail address,Org.,Job Title,Shoe size\nAnn,Lee,a@example.org,X,Chair, 38 \n"
    (row,) = read_recipients(written(tmp_path, text))
    assert row == RecipientRow(1, 2, "Ann Lee", "a@example.org", "X", "", "Chair", {"Shoe size": "38"})


def test_rows_and_lines_count_apart(tmp_path: Path) -> None:
    text = '\nname,note\n\nAnn,"one\ntwo"\n\n,\nBo,x\n'
    rows = read_recipients(written(tmp_path, text))
    assert [(r.row, r.line, r.name) for r in rows] == [(1, 4, "Ann"), (3, 8, "Bo")]
    assert rows[0].extra == {"note": "one\ntwo"}
    by_csv = list(csv.DictReader(io.StringIO(text.lstrip())))
    assert [by_csv[r.row - 1]["name"] for r in rows] == ["Ann", "Bo"]


def test_excel_announces_its_separator(tmp_path: Path) -> None:
    (row,) = read_recipients(written(tmp_path, "sep=;\r\nname;email\r\nAnn;a@example.org\r\n"))
    assert (row.row, row.line, row.name) == (1, 3, "Ann")


def test_empty_columns_at_the_end_are_harmless(tmp_path: Path) -> None:
    (row,) = read_recipients(written(tmp_path, "name,email,,\nAnn,a@example.org,,,,,\n"))
    assert row.extra == {}


def test_another_encoding_is_read_only_when_it_can_be_said(tmp_path: Path) -> None:
    data = "name\nAnn\nJos\u00e9\n".encode("cp1252")
    assert "Line 3 is not UTF-8" in problems(tmp_path, data)
    told: list[str] = []
    rows = read_recipients(written(tmp_path, data), told.append)
    assert [r.name for r in rows] == ["Ann", "José"]
    assert len(told) == 1
    assert "Windows-1252" in told[0]
    assert "line 3" in told[0]
    with pytest.raises(RecipientListError, match="not UTF-8"):
        read_recipients(written(tmp_path, b"name\n\x81\n"), told.append)


def test_utf8_lists_say_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    read_recipients(written(tmp_path, "name\nZoë\n"), told.append)
    assert told == []


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = (
        "name,email,org\n"
        "Ann,ann@example.org,A\n"  # 2
        "Ann,ANN@example.org,B\n"  # 3: same address
        ",,C\n"  # 4: neither name nor address
        "Bo,bo at example.org,\n"  # 5: malformed
        "Cy,,D\n"  # 6
        "cy ,,d\n"  # 7: same name and organisation
        "Di,di@example.org,E,F\n"  # 8: too many columns
        "E\x00d,,\n"  # 9: control character
    )
    told = problems(tmp_path, text)
    assert told.startswith("list.csv has 6 problems; nothing was made:")
    for part in (
        "Line 3 (row 2): the same e-mail address ANN@example.org as in line 2 (row 1)",
        "Line 4 (row 3): neither name nor e-mail",
        "Line 5 (row 4): 'bo at example.org' is no e-mail address",
        "Line 7 (row 6): the same name cy of d as in line 6 (row 5)",
        "Line 8 (row 7): 4 columns, the header has 3",
        "Line 9 (row 8): column 1 holds control characters",
    ):
        assert part in told


def test_namesakes_with_different_addresses_are_two_people(tmp_path: Path) -> None:
    text = "name,email,org\nAnn,a1@example.org,A\nAnn,a2@example.org,A\n"
    assert len(read_recipients(written(tmp_path, text))) == 2
    assert "line 2" in problems(tmp_path, "name,email,org\nAnn,a1@example.org,A\nAnn,,A\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("name,email\n", "no recipient"),
        ("name,email\n,\n\n", "no recipient"),
        ("Ann,ann@example.org\nBo,bo@example.org\n", "Line 1 is no header"),
        ("organisation,role\nA,B\n", "Line 1 is no header"),
        (
            "name,e-mail,Mail\nAnn,a@example.org,b@example.org\n",
            "several columns mean 'email' (e-mail, Mail)",
        ),
        ("name,desk,desk\nAnn,1,2\n", "2 columns are called 'desk'"),
        ("name,,org\nAnn,lost,A\n", "column 2 holds 'lost' but its header is empty"),
        ('name\nAnn\n"Bo\nCy\n', "Line 3: the quotes"),
        ('name\n"Ann" Lee\n', "Line 2: the quotes"),
        (b"\xff\xfen", "broken UTF-16"),
    ],
)
def test_single_problems(tmp_path: Path, content: str | bytes, said: str) -> None:
    told = problems(tmp_path, content)
    assert said in told
    assert "\n" not in told


def test_a_flood_of_problems_is_cut(tmp_path: Path) -> None:
    told = problems(tmp_path, "name,email\n" + "x,y\n" * 500)
    assert told.count("\n") == MAX_SHOWN + 1
    assert "more" in told.splitlines()[-1]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RecipientListError, match="There is no recipient list"):
        read_recipients(tmp_path / "none.csv")
    with pytest.raises(RecipientListError, match="cannot be read"):
        read_recipients(tmp_path)


@pytest.mark.parametrize(
    "good", ["a@example.org", "a.b+c@x-y.example.org", "o'neil@example.org", "zoë@müller.example"]
)
def test_addresses(good: str) -> None:
    assert is_email(good)


@pytest.mark.parametrize(
    "bad",
    [
        "a",
        "@example.org",
        "a@",
        "a@example",
        "a@@example.org",
        "a b@example.org",
        "a@example..org",
        "a@-example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "Ann <a@example.org>",
        "a@example.org, b@example.org",
        "a@example.org.",
        "x" * 250 + "@example.org",
    ],
)
def test_malformed_addresses(bad: str) -> None:
    assert not is_email(bad)


_text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12)


@given(
    names=st.lists(_text, min_size=1, max_size=8, unique_by=lambda s: s.casefold()),
    notes=st.lists(st.text(st.sampled_from('ab,;"\n\t')), min_size=8, max_size=8),
    delimiter=st.sampled_from(",;\t"),
)
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], notes: list[str], delimiter: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(["Name", "E-mail", "Note"])
    for number, (name, note) in enumerate(zip(names, notes, strict=False)):
        writer.writerow([name, f"p{number}@example.org", note])
    path = written(tmp_path_factory.mktemp("csv"), buffer.getvalue())
    rows = read_recipients(path)
    assert [r.name for r in rows] == names
    assert [r.row for r in rows] == list(range(1, len(names) + 1))
    assert [r.extra["Note"] for r in rows] == [note.strip() for note in notes[: len(names)]]
