"""A leak leads to the copy it was made from, however it was changed on the way, and to no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import leaks
import numpy as np
import pytest
from fother_command import World, fother, running_text

from fother.demo.settings import Photo
from fother.demo.simulate import crop_lines, phone_photo, print_scan

Named = Callable[..., None]
Nobody = Callable[..., dict]


def _trace(world: World, *leaks: Path) -> dict:
    return fother("trace", *leaks, "--document", world.document, home=world.home).json


def test_the_copy_itself(world: World, named: Named) -> None:
    copy, file = world.copy(3)
    named(copy, file)
    assert _trace(world, file)["stamps"] == [copy]


def test_saved_again_without_metadata(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(4)
    leak = leaks.saved_again(file, tmp_path / "a.pdf")
    named(copy, leak)
    assert _trace(world, leak)["stamps"] == []


def test_encrypted_with_an_owner_password(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(5)
    named(copy, leaks.encrypted(file, tmp_path / "a.pdf", user=""))


def test_encrypted_with_a_user_password(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(5)
    leak = leaks.encrypted(file, tmp_path / "a.pdf", user="secret")
    named(copy, leak, options=("--password", "secret"))
    refused = fother("trace", leak, "--password", "wrong", home=world.home)
    assert refused.status == 3
    assert refused.stdout == ""
    assert "password" in refused.stderr


@pytest.mark.parametrize("order", [[1], [2, 0, 1]], ids=["one page", "other order"])
def test_pages_taken_out_or_reordered(world: World, named: Named, tmp_path: Path, order: list[int]) -> None:
    copy, file = world.copy(6)
    named(copy, leaks.pages_of(file, order, tmp_path / "a.pdf"))


def test_pages_scaled_onto_another_sheet(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(7)
    named(copy, leaks.scaled(file, tmp_path / "a.pdf"))


def test_pages_turned_into_pictures(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(8)
    named(copy, leaks.pictures_only(file, tmp_path / "a.pdf"))


@pytest.mark.parametrize(
    ("name", "dpi", "options"),
    [
        ("a.png", 96, {}),
        ("a.png", 150, {}),
        ("a.jpg", 150, {"quality": 60}),
        ("a.webp", 130, {"quality": 75}),
    ],
)
def test_screenshots(
    world: World, named: Named, tmp_path: Path, name: str, dpi: float, options: dict[str, int]
) -> None:
    copy, file = world.copy(9)
    named(copy, leaks.image(leaks.picture(file, 1, dpi), tmp_path / name, **options))


def test_tiff_of_several_pages(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(10)
    named(copy, leaks.tiff([leaks.picture(file, k, 150) for k in (1, 0)], tmp_path / "a.tif"))


def test_phone_photo(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(11)
    photo = phone_photo(leaks.picture(file, 1, 400), 110, np.random.default_rng(7), Photo(), page_dpi=400)
    named(copy, leaks.image(photo, tmp_path / "a.jpg", quality=85))


def test_print_and_scan(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(12)
    scan = print_scan(leaks.picture(file, 0, 600)[..., 0], 150, np.random.default_rng(8))
    named(copy, leaks.image(scan, tmp_path / "a.jpg", quality=80))


def test_a_paragraph_cut_out_of_a_screenshot(world: World, named: Named, tmp_path: Path) -> None:
    copy, file = world.copy(1)
    part = crop_lines(leaks.picture(file, 1, 150), np.random.default_rng(9), lines=10)
    named(copy, leaks.image(part, tmp_path / "a.png"))


def test_several_files_add_up(world: World, tmp_path: Path) -> None:
    copy, file = world.copy(2)
    shown = leaks.picture(file, 1, 110)
    generator = np.random.default_rng(10)
    parts = [leaks.image(crop_lines(shown, generator, lines=4), tmp_path / f"{name}.png") for name in "ab"]
    alone = [_trace(world, part)["ranking"][0] for part in parts]
    both = _trace(world, *parts)
    assert both["ranking"][0]["copy"] == copy
    assert both["ranking"][0]["log10_lr"] > max(one["log10_lr"] for one in alone)
    assert both["tried"]["artefacts"] == ["a.png", "b.png"]


def test_the_unmarked_original_names_nobody(world: World, nobody: Nobody, tmp_path: Path) -> None:
    assert nobody(world.sample)["document"] == world.document
    nobody(leaks.image(leaks.picture(world.sample, 1, 120), tmp_path / "a.png"))


def test_a_foreign_document_is_none_of_ours(nobody: Nobody, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.pdf"
    foreign.write_bytes(running_text(pages=1, seed=77, size=11))
    for leak in (foreign, leaks.image(leaks.picture(foreign, 0, 120), tmp_path / "a.png")):
        found = nobody(leak)
        assert found["document"] is None


def test_a_copy_from_another_registry_names_nobody(world: World, nobody: Nobody, tmp_path: Path) -> None:
    home = tmp_path / "home"
    document = fother("register", world.sample, home=home).json["document"]
    issued = fother("issue", document, "--to", world.recipients, "--out", tmp_path / "copies", home=home).json
    leak = Path(issued["copies"][0]["file"])
    nobody(leak)
    nobody(leaks.image(leaks.picture(leak, 1, 120), tmp_path / "a.png"))


def test_with_and_without_naming_the_document(world: World, tmp_path: Path) -> None:
    copy, whole = world.copy(3)
    file = leaks.pages_of(whole, [1], tmp_path / "a.pdf")
    asked = fother("trace", file, "--document", "Sample report", home=world.home).json
    open_to_all = fother("trace", file, home=world.home).json
    wrong = fother("trace", file, "--document", world.other_registered["document"], home=world.home).json
    assert [a["copy"] for a in asked["accused"]] == [a["copy"] for a in open_to_all["accused"]] == [copy]
    # The document is found in the unmarked originals' text, which costs no evidence: the bound is the same.
    assert asked["accused"][0]["log10_bound"] == open_to_all["accused"][0]["log10_bound"]
    for found, searched, how in ((asked, 1, "named by the user"), (open_to_all, 2, "text")):
        tried = found["tried"]
        assert (tried["documents"], tried["documents_searched"], tried["chosen_by"]) == (1, searched, [how])
    assert (wrong["document"], wrong["accused"]) == (None, [])


def test_pages_of_two_copies_in_one_file(world: World, tmp_path: Path) -> None:
    (one, first), (two, second) = world.copy(4), world.copy(9)
    a, b = leaks.pages_of(first, [0], tmp_path / "a.pdf"), leaks.pages_of(second, [1], tmp_path / "b.pdf")
    found = _trace(world, a, b)
    assert {x["copy"] for x in found["accused"]} == {one, two}


def test_report(world: World, tmp_path: Path) -> None:
    copy, file = world.copy(9)
    leak = leaks.image(leaks.picture(file, 1, 110), tmp_path / "a.png")
    report = tmp_path / "report.html"
    fother("trace", leak, "--report", report, "--document", world.document, home=world.home)
    html = report.read_text(encoding="utf-8")
    assert copy in html
    assert "data:image/png;base64," in html
    assert html.count("<script") == 0
    assert "Sample Reader" not in html
