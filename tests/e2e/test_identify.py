"""A leak of any kind leads to its document, its passages and what was altered; foreign text to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import leaks
import numpy as np
import pytest
import shelf
from fother_command import World, fother
from shelf import MEMO, QUOTE, Desk

from fother.demo.settings import Photo
from fother.demo.simulate import crop_lines, phone_photo

RETYPED = (
    "The swing brigde at the neck of the basin is sixty yaers old and has ben kept with great care. It "
    "opens in four minuts when all is wel."
)
ALTERED = tuple(text.replace("16,000", "61,000").replace("must not offer", "must offer") for text in MEMO)


def _documents(found: dict[str, Any]) -> list[str]:
    """Documents whose agreement counts, best first."""
    return [match["document"] for match in found["matches"] if match["verdict"] != "not-ours"]


def _pages(found: dict[str, Any]) -> set[int]:
    return {passage["page"] for passage in found["matches"][0]["passages"]}


def _grave(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(c["kind"], c["document_text"], c["leak_text"]) for c in found["changes"] if c["grave"]]


def test_a_quote_of_two_sentences(desk: Desk) -> None:
    leak = desk.put("quote.txt", QUOTE.encode())
    found = desk.identify(leak)
    assert (found["verdict"], _documents(found), found["changes"]) == ("genuine", [desk.shelf.report], [])
    (match,) = found["matches"]
    (passage,) = match["passages"]
    start, end = passage["leak"]
    assert desk.text(leak)[start:end] == QUOTE
    assert passage["page"] == 2
    assert passage["similarity"] > 0.99
    assert match["coincidence"] < 1e-6
    assert match["leak_covered"] > 0.99


def test_a_quote_retyped_with_errors(desk: Desk) -> None:
    found = desk.identify(desk.put("retyped.txt", RETYPED.encode()))
    assert (found["verdict"], _documents(found)) == ("genuine", [desk.shelf.report])
    assert 0.8 < found["matches"][0]["passages"][0]["similarity"] < 0.99


def test_an_article_that_quotes(desk: Desk) -> None:
    leak = desk.put("article.html", shelf.article(QUOTE))
    found = desk.identify(leak)
    assert (found["verdict"], _documents(found), _grave(found)) == ("mixed", [desk.shelf.report], [])
    text = desk.text(leak)
    ((start, end),) = [passage["leak"] for passage in found["matches"][0]["passages"]]
    assert QUOTE in text[start:end]
    assert end - start < len(QUOTE) + 10
    foreign = " ".join(text[slice(*span)] for span in found["artefacts"][0]["foreign"])
    assert "spokesman" in foreign
    assert "swing bridge" not in foreign


def test_a_word_file_with_an_altered_figure_and_without_its_not(desk: Desk) -> None:
    found = desk.identify(desk.put("stores.docx", shelf.docx(ALTERED)))
    assert (found["verdict"], _documents(found)) == ("altered", [desk.shelf.memo])
    changes = {kind: (document, leak) for kind, document, leak in _grave(found)}
    assert set(changes) == {"number", "negation"}
    assert ("16,000" in changes["number"][0], "61,000" in changes["number"][1]) == (True, True)
    assert ("not" in changes["negation"][0].split(), "not" in changes["negation"][1].split()) == (True, False)
    sentence = next(c["sentence"] for c in found["changes"] if c["kind"] == "number")
    assert "61,000" in sentence
    assert "16,000" in sentence


def test_a_mail_that_quotes_and_carries_an_altered_file(desk: Desk) -> None:
    altered = "\n\n".join(ALTERED).encode()
    leak = desk.put("desk.eml", shelf.mail(QUOTE, {"stores.txt": altered}))
    found = desk.identify(leak)
    assert found["verdict"] == "altered"
    parts = {one["artefact"]: one for one in found["artefacts"]}
    assert set(parts) == {"desk.eml", "desk.eml/stores.txt"}
    body, attached = parts["desk.eml"], parts["desk.eml/stores.txt"]
    assert (body["verdict"], _documents(body)) == ("genuine", [desk.shelf.report])
    assert (attached["verdict"], _documents(attached)) == ("altered", [desk.shelf.memo])
    assert {kind for kind, _, _ in _grave(attached)} == {"number", "negation"}
    shown = fother("show", attached["sighting"], home=desk.shelf.home).json
    assert shown["parent"] == body["sighting"]


def test_an_archive_of_three_files(desk: Desk) -> None:
    members = {
        "one/quote.txt": QUOTE.encode(),
        "two.docx": shelf.docx(MEMO[1:4]),
        "three.txt": shelf.FOREIGN.encode(),
    }
    found = desk.identify(desk.put("all.zip", shelf.zipped(members)))
    assert found["verdict"] == "mixed"
    verdicts = {one["artefact"]: (one["verdict"], _documents(one)) for one in found["artefacts"]}
    assert verdicts == {
        "all.zip/one/quote.txt": ("genuine", [desk.shelf.report]),
        "all.zip/two.docx": ("genuine", [desk.shelf.memo]),
        "all.zip/three.txt": ("not-ours", []),
    }
    assert {match["artefact"] for match in found["matches"]} == {"all.zip/one/quote.txt", "all.zip/two.docx"}


def test_a_copy_of_the_second_document(desk: Desk, world: World) -> None:
    found = desk.identify(Path(world.other_issued["copies"][0]["file"]))
    assert (found["verdict"], _documents(found)) == ("genuine", [desk.shelf.second])
    assert found["matches"][0]["document_covered"] > 0.95
    assert found["matches"][0]["leak_covered"] > 0.95


def test_a_screenshot_of_a_page(desk: Desk, world: World) -> None:
    leak = leaks.image(leaks.picture(world.sample, 0, 110), desk.folder / "a.png")
    found = desk.identify(leak)
    assert (found["verdict"], _documents(found), _pages(found)) == ("genuine", [desk.shelf.report], {1})
    assert _grave(found) == []
    assert found["matches"][0]["leak_covered"] > 0.9


def test_a_few_lines_in_dark_mode(desk: Desk, world: World) -> None:
    shown = 255 - crop_lines(leaks.picture(world.sample, 1, 110), np.random.default_rng(3), lines=8)
    leak = leaks.image(shown, desk.folder / "dark.png")
    found = desk.identify(leak)
    assert (found["verdict"], _documents(found), _pages(found)) == ("genuine", [desk.shelf.report], {2})
    text = desk.text(leak)
    assert {p["leak"][1] <= len(text) for p in found["matches"][0]["passages"]} == {True}
    start, end = found["matches"][0]["passages"][0]["leak"]
    assert len(text[start:end].split()) > 50


def test_a_photo(desk: Desk, world: World) -> None:
    page = leaks.picture(world.sample, 1, 400)
    photo = phone_photo(page, 110, np.random.default_rng(7), Photo(), page_dpi=400)
    found = desk.identify(leaks.image(photo, desk.folder / "a.jpg", quality=85))
    assert (found["verdict"], _documents(found), _pages(found)) == ("genuine", [desk.shelf.report], {2})


def test_foreign_text_is_not_ours(desk: Desk) -> None:
    found = desk.identify(desk.put("clocks.txt", shelf.FOREIGN.encode()))
    assert (found["verdict"], found["matches"], found["changes"]) == ("not-ours", [], [])
    assert found["artefacts"][0]["foreign"] == [[0, len(shelf.FOREIGN.rstrip())]]


def test_a_public_text_does_not_count(desk: Desk) -> None:
    found = desk.identify(desk.put("novel.txt", shelf.PROVERB.encode()))
    assert (found["verdict"], _documents(found)) == ("not-ours", [])
    (match,) = found["matches"]
    assert (match["document"], match["verdict"]) == (desk.shelf.public, "not-ours")
    assert all(passage["common"] for passage in match["passages"])
    both = desk.identify(desk.put("both.txt", f"{shelf.PROVERB}\n{QUOTE}\n".encode()))
    assert (both["verdict"], _documents(both)) == ("genuine", [desk.shelf.report])


def test_a_picture_without_text_is_not_ours(desk: Desk) -> None:
    y, x = np.mgrid[0:300, 0:400]
    sky = np.stack([x / 400, y / 300, (x + y) / 700], axis=-1) * 255
    found = desk.identify(leaks.image(sky.astype(np.uint8), desk.folder / "sky.png"))
    assert (found["verdict"], found["matches"]) == ("not-ours", [])
    assert len(found["artefacts"]) == 1


def test_the_report_shows_both_texts_and_loads_nothing(desk: Desk) -> None:
    report = desk.folder / "report.html"
    leak = desk.put("stores.docx", shelf.docx(ALTERED))
    found = desk.identify(leak, "--report", report, "--source", "a bench by the quay")
    html = report.read_text(encoding="utf-8")
    assert found["report"] == str(report)
    for words in ("61,000", "16,000", "Winter stores", "a bench by the quay"):
        assert words in html, words
    for foreign in ("<script", "http://", "https://", "<link", "@import"):
        assert foreign not in html, foreign
    kept = fother("show", found["identification"], home=desk.shelf.home).json
    assert kept["id"] == found["identification"]


def test_only_json_is_printed(desk: Desk) -> None:
    quote = desk.put("quote.txt", QUOTE.encode())
    for words in (("identify", quote), ("intake", quote, "--text"), ("reindex",)):
        ran = fother(*words, home=desk.shelf.home, alone=True)
        assert isinstance(ran.json, dict)
        assert ran.stderr == ""


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("identify",), 2, "ARTEFACT"),
        (("identify", "{folder}/absent.txt"), 3, "absent.txt"),
        (("identify", "{folder}/junk.bin"), 3, "junk.bin"),
        (("identify", "{folder}/quote.txt", "--found-at", "yesterday"), 2, "--found-at"),
        (("intake", "{folder}/quote.txt", "--found-at", "2026-03-05 14:07"), 2, "--found-at"),
        (("intake", "{folder}/absent.txt"), 3, "absent.txt"),
        (("intake", "{folder}/empty.txt"), 3, "empty"),
        (("identify", "{folder}/quote.txt", "--report", "{folder}/no/such/r.html"), 7, "r.html"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_faults_are_one_sentence(desk: Desk, words: tuple[str, ...], status: int, says: str) -> None:
    desk.put("quote.txt", QUOTE.encode())
    desk.put("junk.bin", bytes(range(256)) * 4)
    desk.put("empty.txt", b"")
    ran = fother(*(word.format(folder=desk.folder) for word in words), home=desk.shelf.home)
    assert (ran.status, ran.stdout) == (status, ""), ran.stderr
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


def test_identify_needs_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(QUOTE)
    fother("intake", tmp_path / "a.txt", home=tmp_path / "home")
    ran = fother("identify", tmp_path / "a.txt", home=tmp_path / "home")
    assert (ran.status, ran.stdout) == (6, "")
    assert "register" in ran.stderr


def test_the_version_that_is_not_shown_is_no_alteration(tmp_path: Path) -> None:
    home, words = tmp_path / "home", "\n\n".join(MEMO)
    ids = {}
    for name, text in (("draft.txt", words.replace("16,000", "15,500")), ("final.txt", words)):
        (tmp_path / name).write_text(text)
        ids[name] = fother("register", tmp_path / name, home=home).json["document"]
    found = fother("identify", tmp_path / "final.txt", home=home).json
    assert (found["verdict"], found["changes"]) == ("genuine", [])
    told = {m["document"]: (m["leads"], [c["leak_text"] for c in m["changes"]]) for m in found["matches"]}
    assert told == {ids["final.txt"]: (True, []), ids["draft.txt"]: (False, ["16,000"])}
