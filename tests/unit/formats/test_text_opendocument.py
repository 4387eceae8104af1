"""OpenDocument files: which spaces are layout of the file and which are letters."""

from __future__ import annotations

import pytest

from fother.formats.text.content import Content
from fother.formats.text.opendocument import read_flat_document

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def shown(paragraph: str) -> str:
    names = f'xmlns:office="{_OFFICE}office:1.0" xmlns:text="{_OFFICE}text:1.0"'
    content = Content()
    read_flat_document(
        f"<office:document {names}><office:body><office:text><text:p>{paragraph}</text:p></office:text>"
        "</office:body></office:document>".encode(),
        content,
    )
    return "".join(piece.text for piece in content.pieces)


@pytest.mark.parametrize("space", "\u00a0\u2002\u2005\u2008\u2009\u202f\u205f\u3000")
def test_look_alike_spaces_are_letters(space: str) -> None:
    assert shown(f"one{space}two") == f"one{space}two"


def test_other_spaces_run_together() -> None:
    assert shown("one \n\t two") == "one two"
    assert shown('one<text:s text:c="3"/>two') == "one   two"
