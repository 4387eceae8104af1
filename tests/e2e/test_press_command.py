"""fother press from files to positions, as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fother_command import fother

WIRE = """HELM (Norland Wire) — A leaked memo about the grain reserve is genuine, two officials said Monday.

“This is a forgery,” Prime Minister Anna Holt told reporters. The ministry declined to comment on the memo.

Holt will travel to Osterby next week."""
PAGE = f"""<html><head><title>Grain memo</title>
<meta property="og:site_name" content="Daily Ledger">
<meta property="article:published_time" content="2026-03-05T06:00:00Z"></head>
<body><article><h1>Grain memo</h1>
{"".join(f"<p>{p}</p>" for p in WIRE.split(chr(10) * 2))}</article></body></html>"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("press")
    (folder / "wire.txt").write_text(WIRE, encoding="utf-8")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    original = "At present rates of use the stocks of the state grain reserve would last nine days. " * 2
    (folder / "memo.txt").write_text(original, encoding="utf-8")
    return folder


def test_from_files_to_positions(desk: Path) -> None:
    home = desk / "home"
    added = fother(
        "press", "add", desk / "wire.txt", "--outlet", "Norland Wire", "--date", "2026-03-04", home=home
    ).json
    text = fother("press", "show", added["report"], "--text", home=home, json_output=False).stdout
    assert text == WIRE
    for statement in added["statements"]:
        for part in (statement["speaker"], *statement["content"]):
            assert text[part["start"] : part["end"]] == part["text"]
        assert statement["chain"][0] == "Norland Wire"
        assert {"role", "organisation", "country", "stance", "mode"} <= statement.keys()
    stances = {s["speaker"]["name"] or s["speaker"]["text"]: s["stance"] for s in added["statements"]}
    assert stances["Anna Holt"] == "deny"
    assert stances["two officials"] == "confirm"
    assert "decline" in stances.values()
    assert [(e["start_date"], e["end_date"]) for e in added["events"]] == [("2026-03-09", "2026-03-15")]
    assert added["documents"][0]["text"].startswith("A leaked memo")

    page = fother("press", "add", desk / "page.html", home=home).json
    assert (page["outlet"], page["published"], page["group"]) == (
        "Daily Ledger",
        "2026-03-05",
        added["report"],
    )
    listed = fother("press", "list", home=home).json["reports"]
    assert [r["report"] for r in listed] == [added["report"], page["report"]]

    found = fother("press", "positions", home=home).json
    assert {c["against"] for c in found["contradictions"]} == {"another"}
    holt = next(s["id"] for s in added["statements"] if s["speaker"]["name"] == "Anna Holt")
    (accepted,) = fother("press", "review", "accept", holt, home=home).json["findings"]
    assert (accepted["review"], accepted["version"]) == ("confirmed", 2)
    shown = fother("press", "show", added["report"], home=home, json_output=False).stdout
    assert "accepted" in shown
    assert "denies" in shown


def test_claims_are_compared_with_registered_documents(desk: Path) -> None:
    home = desk / "claims"
    fother("register", desk / "memo.txt", "--title", "Grain reserve", home=home)
    report = desk / "claim.txt"
    report.write_text(
        "A leaked memo says that the stocks of the state grain reserve would last nine days. "
        "The memo also says that the fleet was sold to Varenia for four million crowns.",
        encoding="utf-8",
    )
    added = fother("press", "add", report, "--outlet", "Ledger", "--date", "2026-03-04", home=home).json
    found = fother("press", "claims", added["report"], home=home).json["claims"]
    assert [c["support"] for c in found] == ["verbatim", "not in the document"]
    assert found[0]["title"] == "Grain reserve"


def test_faults_are_one_sentence_and_leave_nothing(desk: Path) -> None:
    home = desk / "faults"
    for words, status in (
        (("press", "add", desk / "none.txt"), 3),
        (("press", "add", desk / "wire.txt", "--date", "yesterday"), 2),
        (("press", "add", desk / "wire.txt", "--case", "K-00000000"), 6),
        (("press", "watch", "file:///etc/hostname"), 2),
        (("press", "show", "N-00000000"), 6),
    ):
        ran = fother(*words, home=home)
        assert ran.status == status, ran.stderr
        assert ran.stdout == ""
        assert len(ran.stderr.strip().splitlines()) == 1
    assert fother("press", "list", home=home).json == {"reports": []}
