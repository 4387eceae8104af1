from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from docx_samples import docx, field, paragraph, part

from fother.errors import InputFileError, MissingProgramError
from fother.formats import office
from fother.formats.office import Office, find_office, normalised, volatile_fields

needs_office = pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")


def pdf(date: str, checksum: str) -> bytes:
    """A PDF as LibreOffice writes it."""
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/CreationDate"] = date
    document.docinfo["/Producer"] = "LibreOffice"
    document.trailer["/DocChecksum"] = pikepdf.Name(f"/{checksum}")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_what_changes_from_run_to_run_is_taken_out() -> None:
    first, second = pdf("D:20240101000000Z", "AA"), pdf("D:20250101000000Z", "BB")
    assert first != second
    assert normalised(first) == normalised(second)
    with pikepdf.open(io.BytesIO(normalised(first))) as document:
        assert str(document.docinfo["/Producer"]) == "LibreOffice"
        assert "/CreationDate" not in document.docinfo


def test_fields_that_change_are_found_in_every_part() -> None:
    body = paragraph(field(" DATE \\@ yyyy ", "2021"), field(" PAGE ", "1"), field(" TIMELINE ", "x"))
    header = part(
        "hdr", paragraph('<w:fldSimple w:instr=" FILENAME \\p "><w:r><w:t>a</w:t></w:r></w:fldSimple>')
    )
    assert volatile_fields(docx(body, stories={"header1": header})) == ("DATE", "FILENAME")
    assert volatile_fields(docx(paragraph("The date is fixed."))) == ()


def test_a_damaged_file_is_said_to_be_damaged() -> None:
    with pytest.raises(InputFileError, match="damaged"):
        volatile_fields(b"PK\x03\x04 and no archive")


def test_without_libreoffice_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)
    with Office() as printer, pytest.raises(MissingProgramError, match="libreoffice-writer"):
        printer.print([docx(paragraph("One."))])


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_a_program_that_hangs_or_prints_nothing_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(office, "find_office", lambda: str(program))
    monkeypatch.setattr(office, "_START_SECONDS", 0.2)
    monkeypatch.setattr(office, "_FILE_SECONDS", 0.0)
    with Office() as printer, pytest.raises(InputFileError, match="too long"):
        printer.print([b""])
    program.write_text("#!/bin/sh\nexit 0\n")
    monkeypatch.setattr(office, "_START_SECONDS", 20.0)
    with Office() as printer, pytest.raises(InputFileError, match="cannot print"):
        printer.print([b""])


@needs_office
def test_the_same_file_is_printed_the_same_wherever_it_stands() -> None:
    one, two = docx(paragraph("The committee met.")), docx(paragraph("Nobody came."))
    with Office() as printer:
        first, second = printer.print([one, two])
    with Office() as printer:
        assert printer.print([two, one]) == [second, first]
    assert first != second


@needs_office
@pytest.mark.skipif(not office._without_network(), reason="the system gives no user namespaces")
def test_libreoffice_has_no_network() -> None:
    words = [*office._without_network(), "cat", "/proc/net/route"]
    routes = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(routes) <= 1  # the heading
