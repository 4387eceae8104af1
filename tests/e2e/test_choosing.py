"""Without --document, trace finds out by itself which documents a leak shows; what it cannot read it says."""

from __future__ import annotations

import leaks
import numpy as np
import shelf
from fother_command import World, fother, running_text
from shelf import MEMO, Desk

from fother.demo.settings import Photo
from fother.demo.simulate import crop_lines, phone_photo

MARKLESS = "holds text only"


def _trace(desk: Desk, *words: object) -> dict:
    return fother("trace", *words, home=desk.shelf.home).json


def _named(found: dict) -> list[str]:
    return [accused["copy"] for accused in found["accused"]]


def test_a_copy_is_found_among_several_documents(desk: Desk, world: World) -> None:
    copy, file = world.copy(3)
    found = _trace(desk, file)
    assert (_named(found), found["document"]) == ([copy], desk.shelf.report)
    assert found["tried"]["chosen_by"] == ["text"]
    assert (found["tried"]["documents"], found["tried"]["documents_searched"]) == (1, 5)


def test_copies_of_two_documents_in_one_leak(desk: Desk, world: World) -> None:
    copy, file = world.copy(3)
    other = world.other_issued["copies"][5]
    found = _trace(desk, file, other["file"])
    verdicts = {v["document"]: _named(v) for v in (found, *found["others"])}
    assert verdicts == {desk.shelf.report: [copy], desk.shelf.second: [other["copy"]]}
    assert found["copies"] == 24 + 2 * 16  # decoys of both issues


def test_a_screenshot(desk: Desk, world: World) -> None:
    copy, file = world.copy(9)
    found = _trace(desk, leaks.image(leaks.picture(file, 1, 110), desk.folder / "a.png"))
    assert (_named(found), found["document"]) == ([copy], desk.shelf.report)
    assert found["tried"]["chosen_by"][0] in ("shapes of pages", "recognised text")
    assert found["tried"]["documents"] == 1


def test_a_photo(desk: Desk, world: World) -> None:
    copy, file = world.copy(11)
    photo = phone_photo(leaks.picture(file, 1, 400), 110, np.random.default_rng(7), Photo(), page_dpi=400)
    found = _trace(desk, leaks.image(photo, desk.folder / "a.jpg", quality=85))
    assert (_named(found), found["document"]) == ([copy], desk.shelf.report)


def test_text_alone_names_nobody_and_says_why(desk: Desk) -> None:
    leak = desk.put("quote.txt", shelf.QUOTE.encode())
    for words in ((leak,), (leak, "--document", desk.shelf.report)):
        found = _trace(desk, *words)
        assert (found["accused"], found["document"]) == ([], desk.shelf.report)
        assert "no mark could be read" in found["verdict"]
        assert any(MARKLESS in note and "fother identify" in note for note in found["notes"])
    other = _trace(desk, leak, "--document", desk.shelf.second)
    assert (other["accused"], other["document"]) == ([], None)


def test_foreign_text_is_no_document(desk: Desk) -> None:
    found = _trace(desk, desk.put("clocks.txt", shelf.FOREIGN.encode()))
    assert (found["accused"], found["document"], found["tried"]["documents"]) == ([], None, 0)
    assert "no registered document" in found["verdict"]


def test_a_document_without_copies_is_named_in_the_notes(desk: Desk) -> None:
    report = desk.folder / "report.html"
    found = _trace(desk, desk.put("stores.docx", shelf.docx(MEMO)), "--report", report)
    assert (found["accused"], found["document"]) == ([], desk.shelf.memo)
    assert "no copy of this document has been issued" in found["verdict"]
    assert any("shows Winter stores" in n and "no copies can be issued" in n for n in found["notes"])
    assert "no copies can be issued" in report.read_text(encoding="utf-8")


def test_a_copy_beside_a_document_without_copies(desk: Desk, world: World) -> None:
    copy, file = world.copy(7)
    leak = desk.put("all.zip", shelf.zipped({"a.pdf": file.read_bytes(), "b.docx": shelf.docx(MEMO)}))
    found = _trace(desk, leak)
    assert (_named(found), found["document"]) == ([copy], desk.shelf.report)
    assert any("also shows Winter stores" in note for note in found["notes"])
    assert any(note.startswith("all.zip/b.docx") and MARKLESS in note for note in found["notes"])


def test_a_foreign_picture_is_compared_with_every_document_of_a_small_registry(desk: Desk) -> None:
    pdf = desk.put("foreign.pdf", running_text(pages=1, seed=77, size=11))
    lines = crop_lines(leaks.picture(pdf, 0, 100), np.random.default_rng(5), lines=4)
    found = _trace(desk, leaks.image(lines, desk.folder / "a.png"))
    assert (found["accused"], found["document"]) == ([], None)
    assert found["tried"]["chosen_by"] == ["every document of a small registry"]
    assert (found["tried"]["documents"], found["tried"]["documents_searched"]) == (2, 5)
