"""What programs may rely on: names and kinds of JSON fields, exit statuses, clean standard output."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from fother_command import World, fother


def test_register(world: World) -> None:
    found = world.registered
    assert isinstance(found["document"], str)
    assert re.fullmatch(r"D-[0-9A-Z]{8}", found["document"])
    assert [page["number"] for page in found["pages"]] == [0, 1, 2, 3]
    assert {row["extent"] for row in found["forecast"]["table"]} == {"page", "paragraph", "three lines"}
    again = fother("register", world.sample, home=world.home).json
    assert (again["document"], again["known"]) == (found["document"], True)


def test_issue(world: World) -> None:
    found = world.issued
    assert isinstance(found["issue"], str)
    rows = list(csv.DictReader(world.recipients.open(encoding="utf-8")))
    assert [entry["row"] for entry in found["copies"]] == list(range(1, len(rows) + 1))
    assert len({entry["copy"] for entry in found["copies"]}) == len(rows)
    files = [Path(entry["file"]) for entry in found["copies"]]
    assert all(file.read_bytes().startswith(b"%PDF-") for file in files)
    assert len({file.read_bytes() for file in files}) == len(rows)


def test_trace(world: World) -> None:
    copy, file = world.copy(2)
    found = fother("trace", file, "--alpha", "1e-9", "--document", world.document, home=world.home).json
    assert found["alpha"] == 1e-9
    assert isinstance(found["tried"], dict)
    (accused,) = found["accused"]
    assert accused["copy"] == copy
    assert 0 < accused["p"] <= accused["bound"] <= 1e-9
    assert accused["log10_lr"] > 6


def test_every_field_is_documented(world: World) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"\b([a-z][a-z0-9_]*)`", page))
    _, file = world.copy(2)
    traced = fother("trace", file, "--document", world.document, home=world.home).json
    shown: list[dict] = [
        world.registered,
        world.registered["pages"][0],
        world.registered["forecast"],
        world.issued,
        world.issued["copies"][0],
        traced,
        traced["accused"][0],
        traced["ranking"][0],
        traced["pages"][0],
        fother("check", home=world.home).json,
        fother("recipients", home=world.home).json["recipients"][0],
    ]
    assert {key for fields in shown for key in fields} <= documented


def test_nothing_but_json_on_standard_output(world: World, tmp_path: Path) -> None:
    _, file = world.copy(2)
    commands: list[tuple[object, ...]] = [
        ("register", world.sample),
        ("issue", world.document, "--to", world.recipients, "--out", world.folder / "copies"),
        ("trace", file, "--report", tmp_path / "r.html", "--document", world.document),
        ("forecast", world.document),
        ("copies", world.document),
        ("recipients",),
        ("show", world.document),
        ("check",),
    ]
    for command in commands:
        ran = fother(*command, home=world.home, alone=True)
        assert ran.status == 0, ran.stderr
        assert isinstance(json.loads(ran.stdout), dict), command
        assert ran.stderr == "", command


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("trace", "{sample}", "--alpha", "2"), 2, "alpha"),
        (("trace",), 2, "LEAK"),
        (("register", "{folder}/absent.pdf"), 3, "absent.pdf"),
        (("register", "{junk}"), 3, "PDF"),
        (("trace", "{junk}"), 3, "junk.bin"),
        (("issue", "{document}", "--to", "{bad}", "--out", "{folder}/never"), 5, "Line 3"),
        (("issue", "D-00000000", "--to", "{recipients}", "--out", "{folder}/never"), 6, "D-00000000"),
        (("show", "C-NOSUCH"), 6, "C-NOSUCH"),
        (("forecast", "{document}", "--strength", "brutal"), 2, "brutal"),
        (("forecast", "{document}", "--resistance", "4"), 2, "4"),
        (("issue", "{document}", "--to", "{recipients}", "--out", "{sample}/x"), 7, "written"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_exit_statuses(world: World, tmp_path: Path, words: tuple[str, ...], status: int, says: str) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("name,email\nSample Reader,one@example.org\nSample Reader,not an address\n", "utf-8")
    junk = tmp_path / "junk.bin"
    junk.write_bytes(bytes(range(256)) * 4)
    places = {
        "junk": junk,
        "sample": world.sample,
        "recipients": world.recipients,
        "folder": world.folder,
        "document": world.document,
        "bad": bad,
    }
    ran = fother(*(word.format(**places) for word in words), home=world.home)
    assert ran.status == status, ran.stderr
    assert ran.stdout == ""
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (world.folder / "never").exists()


def test_a_registry_that_is_not_there(tmp_path: Path) -> None:
    ran = fother("copies", "D-1", home=tmp_path / "nothing", alone=True)
    assert (ran.status, ran.stdout) == (7, "")
    assert "Traceback" not in ran.stderr


def test_a_marked_copy_is_not_registered_as_an_original(world: World) -> None:
    copy = world.issued["copies"][0]
    for words in ((), ("--text-only",)):
        ran = fother("register", copy["file"], *words, home=world.home)
        assert (ran.status, ran.stdout) == (3, "")
        assert copy["copy"] in ran.stderr
        assert "unmarked original" in ran.stderr
