"""What a party is given to read: no altered words as if they were ours, and none of the desk's own notes."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from fother_command import fother
from shelf import MEMO

ALTERED = "bought 61,000 tonnes of barley"
KEPT = "the hatch on the north side"
REASON = "The size of their store, told in confidence."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a memorandum."""
    folder = tmp_path_factory.mktemp("letter")
    (folder / "memo.txt").write_text("\n\n".join(MEMO))
    fother("register", folder / "memo.txt", "--title", "Winter stores", home=folder / "home")
    return folder / "home"


@pytest.fixture(scope="module")
def case(home: Path) -> str:
    """A case whose leak is the memorandum with another figure; the exposed words are in two sentences."""
    leak = home.parent / "leak.txt"
    leak.write_text("\n\n".join(MEMO).replace("16,000", "61,000"))
    sighting = fother("intake", leak, home=home).json["sightings"][0]["sighting"]
    id: str = fother("case", "open", "Stores", home=home).json["id"]
    fother("case", "add", id, sighting, home=home)
    fother("party", "add", "Sandhaven Wharf", "--channel", "desk@wharf.example", home=home)
    words = (ALTERED, KEPT)
    quotes = [word for one in words for word in ("--quote", one)]
    made = ("--party", "Sandhaven Wharf", "--source", sighting, *quotes, "--reason", REASON)
    assert fother("exposure", "add", id, *made, home=home).json["id"]
    return id


def test_altered_sentences_are_left_out_whenever_that_is_found(home: Path, case: str) -> None:
    plan = fother("outreach", "plan", case, "Sandhaven Wharf", home=home).json["id"]
    before = fother("outreach", "draft", plan, home=home).json
    assert ALTERED in before["text"]
    assert before["notes"] == []
    assert fother("identify", home.parent / "leak.txt", home=home).json["verdict"] == "altered"
    after = fother("outreach", "draft", plan, home=home).json
    assert "61,000" not in after["text"]
    assert "16,000" not in after["text"]
    assert KEPT in after["text"]
    (note,) = after["notes"]
    assert ALTERED in note
    assert "was altered and is left out" in note
    assert "16,000" in note
    told = fother("outreach", "draft", plan, home=home, json_output=False).stdout
    assert "Not part of the letter: The passage" in told
    fother("outreach", "refresh", plan, home=home)
    again = fother("outreach", "draft", plan, home=home).json
    assert (again["text"], again["notes"]) == (after["text"], after["notes"])


def test_an_excerpt_that_cannot_be_told_apart_is_left_out_whole(home: Path, case: str) -> None:
    fother("party", "add", "Growers", home=home)
    (version,) = [
        v for v in fother("case", "history", case, home=home).json["versions"] if v["kind"] == "exposure"
    ][:1]
    there = ("--party", "Growers", "--source", version["body"]["source"])
    fother("exposure", "add", case, *there, "--quote", KEPT, home=home)
    plan = fother("outreach", "plan", case, "Growers", home=home).json["id"]
    fother("exposure", "add", case, *there, "--quote", ALTERED, home=home)
    made = fother("outreach", "draft", plan, home=home).json
    assert "61,000" not in made["text"]
    assert len(made["notes"]) == 1


def test_a_readers_report_has_none_of_the_desks_reasons(home: Path, case: str) -> None:
    files = {name: home.parent / name for name in ("one.html", "one.pdf", "all.html")}
    made = ("--out", files["one.html"], "--pdf", files["one.pdf"], "--for", "Sandhaven Wharf")
    assert fother("case", "report", case, *made, home=home).status == 0
    fother("case", "report", case, "--out", files["all.html"], home=home)
    assert REASON in files["all.html"].read_text(encoding="utf-8")
    assert "in confidence" not in files["one.html"].read_text(encoding="utf-8")
    pages = pypdfium2.PdfDocument(files["one.pdf"])
    assert "in confidence" not in " ".join(page.get_textpage().get_text_range() for page in pages)
    shown = ("case", "show", case, "--for", "Sandhaven Wharf")
    assert "in confidence" not in fother(*shown, home=home).stdout
    assert "in confidence" not in fother(*shown, home=home, json_output=False).stdout
