"""fother variants, from the document to the places: as a command, killed, resumed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fother.cli.app import app

TEXT = (
    "In order to help, the team {{did|made}} a review of the plans and carried out a study of the costs.\n\n"
    "With regard to the costs, the office carried out a study, and the agency said"
    " that it was in line with them.\n"
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    return path


def _run(*words: str | Path, status: int = 0) -> str:
    result = CliRunner().invoke(app, ["variants", *map(str, words)])
    if status == 0:
        assert result.exit_code == 0, result.output
    else:
        assert result.exit_code != 0
        return str(result.exception)
    return result.stdout


def test_without_a_terminal_the_file_is_written_and_the_way_told(document: Path) -> None:
    told = _run(document)
    file = document.with_name("a.txt.variants.yaml")
    assert "To review" in told
    assert "approve: undecided" in file.read_text()
    assert "approve: yes" not in file.read_text()


def test_approve_a_family_and_go_on(document: Path) -> None:
    _run(document)
    told = _run(document, "--approve-family", "synonym", "--actor", "A. Example")
    assert "  other: " in told
    again = json.loads(_run(document, "--json"))
    decided = {v["family"]: v["approve"] for v in again["variants"]}
    assert decided["synonym"] == "yes"
    assert set(decided.values()) == {"yes", "undecided"}
    assert {v["by"] for v in again["variants"] if v["approve"] == "yes"} == {"A. Example"}
    assert again["own"] == 1
    document.write_text("A first line that is new to it all.\n\n" + TEXT)
    later = json.loads(_run(document, "--json"))
    assert [v["approve"] for v in later["variants"]] == [v["approve"] for v in again["variants"]]


def test_list_writes_nothing(document: Path) -> None:
    assert "now:" in _run(document, "--list")
    assert not document.with_name("a.txt.variants.yaml").exists()


def test_other_languages_are_told(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_text(
        "Um die Kosten zu senken, hat die Behörde eine Prüfung der Pläne und Regeln durchgeführt.\n"
    )
    assert "does not look like English" in _run(path)


def test_faults_leave_everything_as_it_was(document: Path) -> None:
    file = document.with_name("a.txt.variants.yaml")
    file.write_text("version: 1\nvariants:\n- {sentence: a b, other: a c, approve: perhaps}\n")
    before = file.read_bytes()
    assert "line 3 says approve: perhaps" in _run(document, status=1)
    assert file.read_bytes() == before
    assert "no variant of the family x" in _run(
        document, "--approve-family", "x", "--out", file.with_name("c"), status=1
    )
