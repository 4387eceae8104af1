"""Intake keeps what was received, with where and when, and nothing when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import shelf
from fother_command import fother


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def _put(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def _blobs(home: Path) -> set[str]:
    return {str(p.relative_to(home)) for p in (home / "blobs").rglob("*") if p.is_file()}


def test_where_and_when_are_kept(home: Path, tmp_path: Path) -> None:
    leak = _put(tmp_path, "a.txt", shelf.NOTES.encode())
    where = ("--source", "The Sandhaven Mail, page 3", "--found-at", "2026-03-05T14:07+01:00")
    (taken,) = fother("intake", leak, *where, home=home).json["sightings"]
    assert (taken["source"], taken["found_at"]) == ("The Sandhaven Mail, page 3", "2026-03-05T13:07:00+00:00")
    assert (taken["media_type"], taken["size"]) == ("text/plain", len(shelf.NOTES.encode()))
    assert "text" not in taken
    shown = fother("show", taken["sighting"], home=home).json
    for field in ("source", "found_at", "sha256", "name", "isolation"):
        assert shown[field] == taken[field], field


def test_the_same_file_again_is_the_same_sighting(home: Path, tmp_path: Path) -> None:
    leak = _put(tmp_path, "a.txt", shelf.NOTES.encode())

    def sighting(*options: str) -> str:
        return str(fother("intake", leak, *options, home=home).json["sightings"][0]["sighting"])

    first, elsewhere = sighting("--source", "a blog"), sighting("--source", "a newspaper")
    later = sighting("--source", "a blog", "--found-at", "2026-03-05T14:07Z")
    assert len({first, elsewhere, later}) == 3
    assert sighting("--source", "a blog") == first
    # The same moment in another zone.
    assert sighting("--source", "a blog", "--found-at", "2026-03-05T15:07+01:00") == later


def test_what_is_inside_belongs_to_its_container(home: Path, tmp_path: Path) -> None:
    letter = shelf.mail(shelf.FOREIGN, {"notes.txt": shelf.NOTES.encode()})
    leak = _put(
        tmp_path, "all.zip", shelf.zipped({"in/letter.eml": letter, "memo.docx": shelf.docx(shelf.MEMO)})
    )
    taken = fother("intake", leak, "--text", home=home).json["sightings"]
    by_name = {one["name"]: one for one in taken}
    assert set(by_name) == {
        "all.zip",
        "all.zip/in/letter.eml",
        "all.zip/in/letter.eml/notes.txt",
        "all.zip/memo.docx",
    }
    parents = {name: one["parent"] for name, one in by_name.items()}
    assert parents["all.zip"] is None
    assert parents["all.zip/memo.docx"] == by_name["all.zip"]["sighting"]
    assert parents["all.zip/in/letter.eml"] == by_name["all.zip"]["sighting"]
    assert parents["all.zip/in/letter.eml/notes.txt"] == by_name["all.zip/in/letter.eml"]["sighting"]
    assert by_name["all.zip/memo.docx"]["text"].split("\n")[0] == shelf.MEMO[0]
    assert by_name["all.zip"]["text"] == ""


def test_for_people(home: Path, tmp_path: Path) -> None:
    leak = _put(tmp_path, "a.txt", b"Ten words that anyone could have written down somewhere today.")
    shown = fother("intake", leak, "--text", home=home, json_output=False).stdout
    assert "a.txt (text/plain, 10 words)" in shown
    assert "anyone could have written" in shown


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--found-at", "last week"), "last week"),
        (("--found-at", "2026-03-05T14:07"), "zone"),
        (("--found-at", "2026-13-45T14:07Z"), "--found-at"),
        (("{junk}",), "junk.bin"),
        (("{absent}",), "absent.txt"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_nothing_is_kept_when_something_is_wrong(
    home: Path, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    good = _put(tmp_path, "a.txt", shelf.NOTES.encode())
    fother("intake", good, home=home)
    before = _blobs(home)
    places = {"junk": _put(tmp_path, "junk.bin", bytes(range(256)) * 4), "absent": tmp_path / "absent.txt"}
    other = _put(tmp_path, "b.txt", shelf.FOREIGN.encode())
    ran = fother("intake", other, *(word.format(**places) for word in options), home=home)
    assert ran.status in (2, 3)
    assert ran.stdout == ""
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert _blobs(home) == before
