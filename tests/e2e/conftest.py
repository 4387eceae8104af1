"""One registry with one issue, shared by all end-to-end tests that only read it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
import shelf
from fother_command import World, fother, running_text
from shelf import MEMO, Desk, Shelf


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample report that ships with Fother."""
    folder = tmp_path_factory.mktemp("sample")
    for name in ("sample.pdf", "recipients.csv"):
        (folder / name).write_bytes(resources.files("fother.demo").joinpath(name).read_bytes())
    return folder / "sample.pdf"


@pytest.fixture(scope="session")
def world(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A registry with the sample, issued to twelve recipients, and a second document, issued too."""
    folder = tmp_path_factory.mktemp("world")
    home = folder / "home"
    registered = fother("register", sample, "--title", "Sample report", home=home).json
    recipients = sample.with_name("recipients.csv")
    issued = fother(
        "issue", registered["document"], "--to", recipients, "--out", folder / "copies", home=home
    ).json
    second = folder / "second.pdf"
    second.write_bytes(running_text(pages=2, seed=5))
    other = fother("register", second, home=home).json
    other_issued = fother(
        "issue", other["document"], "--to", recipients, "--out", folder / "others", home=home
    ).json
    return World(folder, home, sample, recipients, registered, issued, other, other_issued)


@pytest.fixture(scope="session")
def stock(world: World, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The shared registry with three more documents, in a folder of its own."""
    folder = tmp_path_factory.mktemp("shelf")
    home = folder / "home"
    shutil.copytree(world.home, home)

    def registered(name: str, data: bytes, *options: str) -> str:
        (folder / name).write_bytes(data)
        return str(fother("register", folder / name, *options, home=home).json["document"])

    return Shelf(
        home,
        world.document,
        world.other_registered["document"],
        registered("memo.docx", shelf.docx(MEMO), "--title", "Winter stores", "--text-only"),
        registered("notes.txt", shelf.NOTES.encode(), "--text-only"),
        registered("known.txt", shelf.PROVERB.encode(), "--public"),
    )


@pytest.fixture
def desk(stock: Shelf, tmp_path: Path) -> Desk:
    return Desk(stock, tmp_path)


@pytest.fixture
def named(world: World) -> Callable[..., None]:
    """Trace files and check that one given copy is named, and no other."""

    def check(copy: str, *leaks: Path, options: tuple[str, ...] = ()) -> None:
        words = ("trace", *leaks, "--document", world.document, *options)
        found = fother(*words, home=world.home).json
        assert [a["copy"] for a in found["accused"]] == [copy], found["verdict"]
        assert found["document"] == world.document
        assert all(a["bound"] <= found["alpha"] for a in found["accused"])

    return check


@pytest.fixture
def nobody(world: World) -> Callable[..., dict]:
    """Trace files and check that no copy is named; gives the verdict."""

    def check(*leaks: Path, options: tuple[str, ...] = ()) -> dict:
        words = ("trace", *leaks, "--document", world.document, *options)
        found = fother(*words, home=world.home).json
        assert found["accused"] == [], found["verdict"]
        return found

    return check
