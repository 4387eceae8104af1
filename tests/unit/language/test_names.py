"""Names of countries, bodies and outlets, and an organisation's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fother.errors import InputFileError
from fother.language.names import packaged_names, read_names

OWN = """
[countries.NL1]
name = "Norland"
adjectives = ["Norlandic"]
metonyms = ["Helm"]
[[bodies]]
names = ["Harbour Authority"]
country = "NL1"
"""


def test_names_adjectives_and_metonyms_are_told_apart() -> None:
    text = "French officials told Reuters that Moscow and the Pentagon’s allies knew."
    found = [(text[m.start : m.end], m.entry.name, m.how) for m in packaged_names().find(text)]
    assert found == [
        ("French", "France", "adjective"),
        ("Reuters", "Reuters", "name"),
        ("Moscow", "Russia", "metonym"),
        ("Pentagon", "Department of Defense", "name"),
    ]


def test_codes_of_countries_are_iso_codes_and_used_once() -> None:
    codes = [e.code for e in packaged_names().entries if e.kind == "country"]
    assert len(codes) == len(set(codes))
    assert all(code is not None and len(code) == 2 and code.isupper() for code in codes)


def test_own_names_come_first(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text(OWN)
    names = packaged_names().with_own(read_names(tmp_path / "names.toml"))
    entry = names.whole("the Harbour Authority")
    assert entry is not None
    assert (entry[0].kind, entry[0].code) == ("body", "NL1")
    assert names.whole("Helm") == (names.country("NL1"), "metonym")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[countries.X]\nadjectives = ['a']", "name"),
        ("[[bodies]]\nnames = 'one'", "list of words"),
        ("[[bodies", "not valid TOML"),
        ("[[outlets]]\nnames = []", "misspells"),
    ],
)
def test_bad_lists_are_refused_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "names.toml").write_text(text)
    with pytest.raises(InputFileError, match=told) as caught:
        read_names(tmp_path / "names.toml")
    assert "\n" not in str(caught.value)


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot be read"):
        read_names(tmp_path / "none.toml")
