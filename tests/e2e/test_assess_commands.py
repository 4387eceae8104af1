"""Assessment and response from the command line: markings and clocks, as people and programs use them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fother_command import fother

from fother.model.bodies import from_body
from fother.model.capture import TextPart, WordBoxes
from fother.model.case import KINDS
from fother.registry import DocumentText, open_registry

NOTE = """SECRET//REL TO USA, GBR

(U) The harbour of Sandhaven closes at night.

(S//NF) The master of the Heron named the source.
"""


@pytest.fixture
def case(tmp_path: Path) -> str:
    registry = open_registry(tmp_path / "home", create=True)
    made = registry.put_item("case", {"title": "The harbour note"})
    registry.close()
    return made.id


def test_markings_of_a_text(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text(NOTE, encoding="utf-8")
    found = fother("markings", file, home=tmp_path).json
    assert found["roll_up"]["banner"] == "SECRET//NOFORN"
    assert [c["rule"] for c in found["conflicts"]] == ["banner-below-portion"]
    assert [m["text"] for m in found["markings"]] == ["SECRET//REL TO USA, GBR", "(U)", "(S//NF)"]
    said = fother("markings", file, home=tmp_path, json_output=False).stdout
    assert said.startswith("The text is SECRET//NOFORN.")
    one = fother("markings", "--marking", "SECRET//NF", home=tmp_path).json["markings"][0]
    assert (one["valid"], one["banner"], one["faults"][0]["start"]) == (False, "SECRET//NOFORN", 8)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("markings", "--marking", "SECRET//NOFRON"), 2, "character 9"),
        (("markings",), 2, "Give a file"),
        (("clocks", "due", "gdpr", "--trigger", "aware=2026-03-02T09:30"), 2, "zone"),
        (("clocks", "due", "gdpr", "--trigger", "found=2026-03-02T09:30Z"), 2, "has no trigger found"),
        (("clocks", "due", "hipaa"), 6, "known are"),
        (("clocks", "due", "gdpr", "--trigger", "aware=2026-03-02T09:30Z", "--zone", "Mars/Base"), 2, "zone"),
    ],
)
def test_errors_are_one_sentence(tmp_path: Path, words: tuple[str, ...], status: int, says: str) -> None:
    ran = fother(*words, home=tmp_path)
    assert (ran.status, ran.stdout) == (status, "")
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_clock_runs_in_a_case(tmp_path: Path, case: str) -> None:
    home = tmp_path / "home"
    aware = "aware=2026-03-02T09:30+01:00"
    started = fother(
        "clocks", "start", case, "gdpr", "--trigger", aware, "--zone", "Europe/Paris", home=home
    ).json
    (step,) = [s for s in started["steps"] if s["step"] == "authority"]
    assert (step["due"], step["state"]) == ("2026-03-05T09:30:00+01:00", "overdue")
    done = fother(
        "clocks", "start", case, "gdpr", "--done", "authority=2026-03-04T16:10+01:00",
        "--proof", "authority=receipt 4711", home=home,
    ).json  # fmt: skip
    assert done["clock"] == started["clock"]
    assert [s["state"] for s in done["steps"] if s["step"] == "authority"] == ["done"]
    assert fother("clocks", "case", case, home=home).json["clocks"] == [done]
    registry = open_registry(home)
    (deadline,) = registry.items("deadline", case=case)
    assert deadline.version == 2
    assert deadline.body["proof"] == "receipt 4711"
    assert deadline.body["due"] == "2026-03-05T09:30:00+01:00"
    registry.close()
    refused = fother("clocks", "start", case, "nis2", "--done", "final=2026-03-04T16:10+01:00", home=home)
    assert (refused.status, "does not run" in refused.stderr) == (2, True)


def test_guard_of_a_draft(tmp_path: Path, case: str) -> None:
    home = tmp_path / "home"
    draft = tmp_path / "draft.txt"
    draft.write_text("The memo is genuine. SECRET//NOFORN was its marking.", encoding="utf-8")
    alone = fother("guard", draft, home=tmp_path / "nowhere").json
    assert alone["verdict"] == "stop"
    assert {f["rule"] for f in alone["findings"]} == {"confirms-authenticity", "states-marking"}
    registry = open_registry(home)
    kept = {"title": "The memo", "status": "altered"}
    registry.put_item("described", kept, case=case)
    registry.add_document(
        b"The master of the Heron is paid by the harbour office for what he tells of the night boats.",
        file_name="heron.txt", media_type="text/plain", pages=1, text=_text(
            "The master of the Heron is paid by the harbour office for what he tells of the night boats."
        ),
    )  # fmt: skip
    registry.close()
    draft.write_text(
        "The memo is genuine. It is not true that the master of the Heron is paid by the harbour office "
        "for what he tells of the night boats.",
        encoding="utf-8",
    )
    found = fother("guard", draft, "--case", case, home=home).json
    rules = {f["rule"] for f in found["findings"]}
    assert {"contradicts-facts", "discloses-passage", "confirms-authenticity"} <= rules
    said = fother("guard", draft, home=home, json_output=False).stdout
    assert said.startswith("Do not say it like this.")
    assert "Always safe: We are aware of the reports." in said
    assert fother("guard", draft, "--case", case, home=tmp_path / "nowhere").status == 2


def _text(text: str) -> bytes:
    return DocumentText(text, (TextPart("page", 0, len(text)),), False, WordBoxes()).to_bytes()


DOCUMENT = """SECRET//REL TO USA, GBR

(U) The harbour of Sandhaven is closed at night, and the ferry to the islands sails twice a day in summer.

(S//NF) A source with direct access told the Norland Ministry of Transport that German officials met the envoy
Ann Example said to be trusted at Camp Delta on 3 March, and that sixteen thousand tons were moved that night.

(U) Nothing else was noted by the watch, whose list of ships is kept at the office on the old quay for a year.
"""


def test_an_identified_leak_is_assessed(tmp_path: Path, case: str) -> None:
    home = tmp_path / "home"
    document = tmp_path / "harbour.txt"
    document.write_text(DOCUMENT, encoding="utf-8")
    registered = fother("register", document, home=home).json["document"]
    leak = tmp_path / "leak.txt"
    leak.write_text(DOCUMENT.split("(S//NF) ")[1].split("\n\n")[0] + "\n", encoding="utf-8")
    identified = fother("identify", leak, home=home).json
    access = tmp_path / "access.csv"
    access.write_text("who,document,pages\nReader A,,\nReader B,harbour,1\n", encoding="utf-8")
    found = fother("assess", identified["identification"], "--case", case, "--access", access, home=home).json
    (one,) = found["leaks"]
    assert one["marking"] == "SECRET//NOFORN"  # the leak cut the mark off; the document has it
    levels = {p["name"]: p["severity"] for p in one["parties"]}
    assert levels["Germany"] == "severe"
    assert {"Norland Ministry of Transport", "Camp Delta", "Ann Example"} <= levels.keys()
    assert {f["name"] for f in one["facts"]} == {"human source", "03-03", "16000"}
    assert [(a["document"], a["copies"], a["listed"]) for a in found["access"]] == [(registered, 0, 2)]

    listed = fother("exposure", "list", case, home=home).json["exposures"]
    told = [p["name"] for p in one["parties"] if p["kind"] != "place"]
    assert sorted(e["name"] for e in listed) == sorted(told)
    assert len(found["entered"]) == len(told)
    assert {e["review"] for e in listed} == {"proposed"}
    registry = open_registry(home)
    for item in registry.items(("exposure", "party")):
        from_body(KINDS[item.kind], item.body)
    registry.close()
    (germany,) = [e for e in listed if e["name"] == "Germany"]
    checked = ("--accept", "--severity", "high", "--why", "checked")
    reviewed = fother("exposure", "review", germany["exposure"], *checked, home=home).json
    assert (reviewed["version"], reviewed["body"]["review"]) == (2, "confirmed")
    again = fother("assess", identified["identification"], "--case", case, home=home).json
    assert again["entered"] == []
    kept = fother("exposure", "list", case, home=home).json["exposures"]
    assert [e["severity"] for e in kept if e["name"] == "Germany"] == ["high"]
    new = ("--party", "Heron Shipping", "--source", one["source"])
    added = fother("exposure", "add", case, *new, "--quote", "the envoy", home=home).json
    assert added["body"]["quotes"][0]["text"] == "the envoy"
    wrong = fother("exposure", "add", case, *new, "--quote", "not there", home=home)
    assert (wrong.status, "does not stand" in wrong.stderr) == (2, True)


def test_a_case_is_given_and_taken(tmp_path: Path, case: str) -> None:
    home = tmp_path / "home"
    registry = open_registry(home)
    registry.put_item("report", {"outlet": "The Daily Ledger", "title": "Note leaked"}, case=case)
    (report,) = registry.items("report", case=case)
    said = {
        "report": report.id,
        "speaker": {"name": "the ministry", "kind": "organisation"},
        "stance": "deny",
        "content": [{"start": 3, "end": 14, "text": "it is false"}],
    }
    registry.put_item("statement", said, case=case)
    registry.put_item("described", {"title": "The memo", "status": "altered", "tlp": "RED"}, case=case)
    other = registry.put_item("case", {"title": "Their case", "tlp": "AMBER"}).id
    registry.close()
    for form in ("stix", "misp", "jsonld", "csv", "ics"):
        file = tmp_path / f"case.{form}"
        told = fother("exchange", "export", case, "--to", form, "--out", file, home=home).json
        assert (told["tlp"], told["reports"], told["statements"], told["left_out"]) == ("AMBER", 1, 1, 1)
        assert b"The memo" not in file.read_bytes()
    taken = fother("exchange", "import", other, tmp_path / "case.stix", home=home).json
    assert (taken["from"], len(taken["entered"])) == (case, 2)
    for form in ("stix", "csv", "jsonld", "misp"):
        assert fother("exchange", "import", other, tmp_path / f"case.{form}", home=home).json["entered"] == []
    again = tmp_path / "again.json"
    assert fother("exchange", "export", other, "--to", "stix", "--out", again, home=home).status == 0
    assert "it is false" in again.read_text("utf-8")
    bad = fother("exchange", "import", other, tmp_path / "home" / "nothing", home=home)
    assert (bad.status, bad.stdout) == (3, "")
    none = fother("exchange", "export", case, "--to", "pdf", "--out", again, home=home)
    assert (none.status, "no format" in none.stderr) == (2, True)
