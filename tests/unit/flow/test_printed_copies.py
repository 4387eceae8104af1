"""A Word file issued as PDF: wordings and moved words are columns of one code."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from printed_sample import report

from fother.channels.table import CarrierTable
from fother.demo.settings import Photo
from fother.demo.simulate import phone_photo
from fother.errors import InputFileError, MissingProgramError, UsageError
from fother.flow import printing
from fother.flow.issuing import Issued, issue
from fother.flow.registering import register
from fother.flow.respond import Traced, trace
from fother.formats import office
from fother.formats.office import find_office
from fother.registry import FolderRegistry, open_registry

needs_office = pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Issued]:
    if find_office() is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("prints")
    (folder / "report.docx").write_bytes(report())
    (folder / "list.csv").write_text("name\n" + "".join(f"Reader {k}\n" for k in range(6)))
    with open_registry(folder / "home") as registry:
        register(registry, folder / "report.docx", as_pdf=True)
        done = issue(registry, "report", folder / "list.csv", folder / "out", decoys=2, workers=1)
    return folder, done


@pytest.fixture
def registry(issued: tuple[Path, Issued], tmp_path: Path) -> FolderRegistry:
    shutil.copytree(issued[0] / "home", tmp_path / "home")
    return open_registry(tmp_path / "home")


def copy(issued: tuple[Path, Issued], number: int) -> tuple[str, Path]:
    return list(issued[1].files.items())[number]


def text(pdf: Path, page: int) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(document[page].get_textpage().get_text_range().split())


def names(result: Traced) -> list[str]:
    return [a.copy for a in result.verdict.accused]


def test_copies_are_pdfs_with_wordings_and_line_breaks_of_their_own(issued: tuple[Path, Issued]) -> None:
    files = list(issued[1].files.values())
    assert {file.suffix for file in files} == {".pdf"}
    assert len({text(file, 0) for file in files}) == 6
    assert not any("{{" in text(file, 0) for file in files)


def test_a_lost_copy_is_made_again_byte_for_byte(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    again = issue(registry, "report", issued[0] / "list.csv", tmp_path / "out", decoys=2, workers=1)
    for name, file in issued[1].files.items():
        assert again.files[name].read_bytes() == file.read_bytes()


def test_a_leaked_file_names_its_copy_by_words_and_gaps(
    issued: tuple[Path, Issued], registry: FolderRegistry
) -> None:
    name, file = copy(issued, 1)
    found = trace(registry, [file])
    assert names(found) == [name]
    assert [page.page for page in found.verdict.evidence] == [0, 1]
    assert found.verdict.excerpts[0].read("wording") > 30
    table = CarrierTable.from_bytes(registry.get_blob(registry.document("report").blobs["carriers"]))
    words = next(table.text())[1].count
    assert found.verdict.carriers_read > words + 500


def test_a_photo_of_one_page_and_a_sentence_of_another_add_up(
    issued: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    name, file = copy(issued, 4)
    with pypdfium2.PdfDocument(file) as document:
        page = np.array(document[0].render(scale=300 / 72).to_pil().convert("L"))
    photo = phone_photo(page, 110.0, np.random.default_rng(3), Photo(colour=False), page_dpi=300.0)
    Image.fromarray(photo).save(tmp_path / "photo.jpg", quality=85)
    (tmp_path / "quote.txt").write_text(text(file, 1)[100:400])
    found = trace(registry, [tmp_path / "photo.jpg", tmp_path / "quote.txt"])
    assert names(found) == [name]
    assert [(page.page, page.method == "pixels") for page in found.verdict.evidence] == [(0, True)]
    assert {e.artefact: e.read("wording") > 0 for e in found.verdict.excerpts} == {
        "photo.jpg": True,
        "quote.txt": True,
    }


def test_without_libreoffice_words_alone_are_read(
    issued: tuple[Path, Issued], registry: FolderRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, file = copy(issued, 2)
    monkeypatch.setattr(office, "find_office", lambda: None)
    found = trace(registry, [file])
    assert names(found) == [name]
    assert not found.verdict.evidence
    assert any("LibreOffice" in note for note in found.verdict.notes)


def test_the_unmarked_print_names_nobody(registry: FolderRegistry, tmp_path: Path) -> None:
    table = CarrierTable.from_bytes(registry.get_blob(registry.document("report").blobs["carriers"]))
    (plain,) = printing.reference_prints(report(), table, [[]])
    (tmp_path / "plain.pdf").write_bytes(plain.pdf)
    assert not names(trace(registry, [tmp_path / "plain.pdf"]))


def test_registering_needs_libreoffice_and_a_word_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.docx").write_bytes(report(4))
    (tmp_path / "dated.docx").write_bytes(report(4, field="DATE"))
    (tmp_path / "a.txt").write_text("One sentence of a text.")
    monkeypatch.setattr(office, "find_office", lambda: None)
    with open_registry(tmp_path / "home") as registry:
        with pytest.raises(MissingProgramError, match="not installed"):
            register(registry, tmp_path / "report.docx", as_pdf=True)
        with pytest.raises(UsageError, match="Word file"):
            register(registry, tmp_path / "a.txt", as_pdf=True)
        with pytest.raises(InputFileError, match="DATE"):
            register(registry, tmp_path / "dated.docx", as_pdf=True)
        assert not registry.media_types()
