"""Issuing again: nothing is made twice, nothing is lost, and earlier copies stay byte for byte."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import leaks
import pytest
from fother_command import World, fother


@pytest.fixture
def own(world: World, tmp_path: Path) -> World:
    """A registry of its own that a test may change: a copy of the shared one."""
    shutil.copytree(world.home, tmp_path / "home")
    shutil.copytree(world.folder / "copies", tmp_path / "copies")
    return World(
        tmp_path,
        tmp_path / "home",
        world.sample,
        world.recipients,
        world.registered,
        world.issued,
        world.other_registered,
        world.other_issued,
    )


def _issue(own: World, recipients: Path, *options: str) -> dict:
    out = own.folder / "copies"
    return fother("issue", own.document, "--to", recipients, "--out", out, *options, home=own.home).json


def _bytes(own: World) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (own.folder / "copies").iterdir()}


def test_the_same_command_again_makes_nothing_new(own: World) -> None:
    before = _bytes(own)
    again = _issue(own, own.recipients)
    assert again["made"] == 0
    assert [c["copy"] for c in again["copies"]] == [c["copy"] for c in own.issued["copies"]]
    assert _bytes(own) == before


def test_deleted_and_damaged_files_are_made_again_byte_by_byte(own: World) -> None:
    before = _bytes(own)
    lost, damaged = sorted(before)[:2]
    (own.folder / "copies" / lost).unlink()
    (own.folder / "copies" / damaged).write_bytes(b"%PDF-1.7 damaged")
    assert _issue(own, own.recipients)["made"] == 2
    assert _bytes(own) == before


def test_into_another_folder_the_same_copies_are_made(own: World, tmp_path: Path) -> None:
    few = _list(tmp_path / "few.csv", own, keep=2)
    other = tmp_path / "elsewhere"
    fother("issue", own.document, "--to", few, "--out", other, home=own.home).json  # noqa: B018
    made = {file.name: file.read_bytes() for file in other.iterdir()}
    assert len(made) == 2
    assert made.items() <= _bytes(own).items()


def test_late_recipients_leave_earlier_copies_alone(own: World, tmp_path: Path) -> None:
    before = _bytes(own)
    longer = _list(tmp_path / "longer.csv", own, more=["Late Reader,late@example.org,,,"])
    again = _issue(own, longer)
    assert again["made"] == 1
    assert [c["row"] for c in again["copies"]] == list(range(1, 14))
    after = _bytes(own)
    assert {name: after[name] for name in before} == before
    late = again["copies"][-1]
    assert late["copy"] not in {c["copy"] for c in own.issued["copies"]}
    found = fother("trace", late["file"], "--document", own.document, home=own.home).json
    assert [a["copy"] for a in found["accused"]] == [late["copy"]]
    assert found["copies"] == 13 + 2 * 16  # decoys of both issues


@pytest.mark.parametrize(("resistance", "strength"), [("1", "discreet"), ("8", "strong")])
def test_editions_of_another_resistance_or_strength(
    own: World, tmp_path: Path, resistance: str, strength: str
) -> None:
    few = _list(tmp_path / "few.csv", own, keep=2)
    issued = _issue(own, few, "--resistance", resistance, "--strength", strength)
    first = issued["copies"][0]
    assert first["copy"] not in {c["copy"] for c in own.issued["copies"]}
    leak = leaks.pages_of(Path(first["file"]), [1], tmp_path / "a.pdf")
    found = fother("trace", leak, "--document", own.document, home=own.home).json
    assert [a["copy"] for a in found["accused"]] == [first["copy"]]
    assert found["copies"] == 14 + 2 * 16  # decoys of both issues
    old = fother("trace", own.issued["copies"][0]["file"], "--document", own.document, home=own.home).json
    assert [a["copy"] for a in old["accused"]] == [own.issued["copies"][0]["copy"]]


def test_worker_processes_make_the_same_bytes(own: World, tmp_path: Path) -> None:
    more = [f"Reader {k},r{k}@example.org,,," for k in range(12)]  # with these 24: worth a pool
    longer = _list(tmp_path / "longer.csv", own, more=more)
    shutil.copytree(own.home, tmp_path / "twin")
    words = ("issue", own.document, "--to", longer, "--out")
    one = fother(*words, tmp_path / "one", "--workers", "1", home=own.home).json
    two = fother(*words, tmp_path / "two", "--workers", "2", home=tmp_path / "twin", alone=True).json
    assert [c["sha256"] for c in one["copies"]] == [c["sha256"] for c in two["copies"]]


def _list(path: Path, own: World, keep: int | None = None, more: list[str] | None = None) -> Path:
    lines = own.recipients.read_text(encoding="utf-8").splitlines()
    assert len(list(csv.reader(lines))) == 13
    path.write_text("\n".join([*lines[: None if keep is None else keep + 1], *(more or [])]) + "\n", "utf-8")
    return path
