"""Registering for identification alone, and indexes that were lost, damaged or never made."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import leaks
import pytest
import shelf
from fother_command import World, fother
from shelf import MEMO, QUOTE, Desk, Shelf


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Desk:
    """The same registry in a copy that a test may harm."""
    home = tmp_path / "home"
    shutil.copytree(desk.shelf.home, home)
    s = desk.shelf
    return Desk(Shelf(home, s.report, s.second, s.memo, s.notes, s.public), tmp_path)


def _quote(desk: Desk) -> dict[str, Any]:
    return desk.identify(desk.put("quote.txt", QUOTE.encode()))


def _index_files(desk: Desk) -> list[Path]:
    return sorted(p for p in (desk.shelf.home / "index").rglob("*") if p.is_file())


def _kind(path: Path) -> str:
    return f"{path.parent.name}/{re.sub(r'[0-9a-f]{8,}', '…', path.name)}"


def test_a_deleted_index_is_made_anew(own: Desk) -> None:
    before = _quote(own)
    shutil.rmtree(own.shelf.home / "index")
    assert _quote(own)["matches"] == before["matches"]
    assert _index_files(own)


def test_reindex_counts_the_documents(own: Desk) -> None:
    before = _quote(own)
    assert fother("reindex", home=own.shelf.home).json == {"documents": 5}
    assert _quote(own)["matches"] == before["matches"]
    shown = fother("reindex", home=own.shelf.home, json_output=False).stdout
    assert "Indexed 5 documents." in shown


@pytest.mark.parametrize("harm", ["cut", "overwritten", "gone"])
def test_a_damaged_index_is_told_or_mended(own: Desk, harm: str) -> None:
    """Every file of the index in turn: the answer is right, or one sentence leads to `reindex`."""
    before = _quote(own)
    # An index that grew may have kinds of files that one made at once has not.
    fother("reindex", home=own.shelf.home)
    for kind in sorted({_kind(path) for path in _index_files(own)}):
        # Made anew each time, an index has other names and sometimes fewer files, but all kinds of them.
        path = next(p for p in _index_files(own) if _kind(p) == kind)
        data = path.read_bytes()
        if harm == "gone":
            path.unlink()
        else:
            path.write_bytes(data[: len(data) // 2] if harm == "cut" else b"\xa5" * len(data))
        ran = fother("identify", own.folder / "quote.txt", home=own.shelf.home)
        assert "Traceback" not in ran.stderr
        if ran.status:
            assert (ran.status, ran.stdout) == (7, ""), (path.name, ran.stderr)
            assert "reindex" in ran.stderr, (path.name, ran.stderr)
        else:
            assert ran.json["matches"] == before["matches"], path.name
        assert fother("reindex", home=own.shelf.home).json == {"documents": 5}
    assert _quote(own)["matches"] == before["matches"]


def test_documents_registered_before_texts_were_kept(own: Desk) -> None:
    with sqlite3.connect(own.shelf.home / "registry.sqlite") as database:
        gone = database.execute("DELETE FROM document_blob WHERE role = 'text'").rowcount
    database.close()
    assert gone == 5
    shutil.rmtree(own.shelf.home / "index", ignore_errors=True)
    found = _quote(own)
    assert [m["document"] for m in found["matches"]] == [own.shelf.report]
    memo = own.identify(own.put("stores.docx", shelf.docx(MEMO)))
    assert (memo["verdict"], memo["matches"][0]["document"]) == ("genuine", own.shelf.memo)
    with sqlite3.connect(own.shelf.home / "registry.sqlite") as database:
        (kept,) = database.execute("SELECT count(*) FROM document_blob WHERE role = 'text'").fetchone()
    database.close()
    assert kept == 5
    assert fother("check", home=own.shelf.home).json["ok"] is True


def test_what_is_kept_for_identification_gets_no_copies(desk: Desk, world: World) -> None:
    out = desk.folder / "copies"
    for document in (desk.shelf.memo, desk.shelf.notes, desk.shelf.public):
        for words in (("issue", document, "--to", world.recipients, "--out", out), ("forecast", document)):
            ran = fother(*words, home=desk.shelf.home)
            assert (ran.status, ran.stdout) == (4, ""), words
            assert ran.stderr.strip().count("\n") == 0, ran.stderr
            assert "identif" in ran.stderr, ran.stderr
    assert not out.exists()


def test_register_says_what_it_did(tmp_path: Path) -> None:
    home = tmp_path / "home"
    texts = {
        "memo.docx": (shelf.docx(MEMO), ("--text-only",)),
        "notes.txt": (shelf.NOTES.encode(), ("--text-only",)),
        "known.txt": (shelf.PROVERB.encode(), ("--public",)),
    }
    for name, (data, options) in texts.items():
        (tmp_path / name).write_bytes(data)
        found = fother("register", tmp_path / name, *options, home=home).json
        assert (found["known"], found["public"]) == (False, "--public" in options)
        assert (found["pages"], found["forecast"]) == ([], None)
        assert any("cannot be issued" in note for note in found["notes"])
        again = fother("register", tmp_path / name, *options, home=home).json
        assert (again["document"], again["known"]) == (found["document"], True)
    made_public = fother("register", tmp_path / "notes.txt", "--public", home=home).json
    assert (made_public["known"], made_public["public"]) == (True, True)
    quoted = fother("identify", tmp_path / "notes.txt", home=home).json
    assert quoted["verdict"] == "not-ours"
    shown = fother("register", tmp_path / "memo.docx", home=home, json_output=False)
    assert (shown.status, "memo" in shown.stdout) == (0, True)


def test_a_pdf_for_text_alone(world: World, tmp_path: Path) -> None:
    home = tmp_path / "home"
    found = fother("register", world.sample, "--text-only", home=home).json
    assert found["forecast"] is None
    ran = fother("forecast", found["document"], home=home)
    assert (ran.status, ran.stdout) == (4, "")
    (tmp_path / "quote.txt").write_text(QUOTE)
    (match,) = fother("identify", tmp_path / "quote.txt", home=home).json["matches"]
    assert (match["document"], match["passages"][0]["page"]) == (found["document"], 2)
    # Registered again without the restriction it can be marked.
    marked = fother("register", world.sample, home=home).json
    assert (marked["document"], marked["forecast"] is None) == (found["document"], False)


def test_a_pdf_of_pictures_is_recognised_by_its_text(world: World, tmp_path: Path) -> None:
    home = tmp_path / "home"
    scan = leaks.pictures_only(leaks.pages_of(world.sample, [2], tmp_path / "one.pdf"), tmp_path / "scan.pdf")
    found = fother("register", scan, home=home).json
    (tmp_path / "quote.txt").write_text(
        "The reason was plain as soon as we stood there: the two cranes share one power supply, and when "
        "both work the second ship must be moved or must wait."
    )
    quoted = fother("identify", tmp_path / "quote.txt", home=home).json
    assert quoted["verdict"] == "genuine"
    (match,) = quoted["matches"]
    assert (match["document"], match["passages"][0]["page"]) == (found["document"], 1)
