"""Every kind of file gives its text in parts; hostile ones give evidence or one sentence."""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import leak_samples as made
import numpy as np
import pytest

from fother.errors import FotherError, InputFileError, PasswordError
from fother.intake.limits import DEFAULT
from fother.intake.parent import Received, member_name, receive_bytes, render_bytes
from fother.intake.wire import PART_KINDS
from fother.model.capture import Sighting

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
LIMITS = replace(DEFAULT, wall_seconds=60.0, cpu_seconds=40, memory_bytes=2 << 30)
HEIC = Path(__file__).parent / "data" / "grey.heic"


def read(data: bytes, name: str = "leak") -> tuple[Received, ...]:
    return receive_bytes(name, data, limits=LIMITS)


def parts(sighting: Sighting) -> list[tuple[str, str, str]]:
    return [(p.kind, p.label, sighting.text[p.start : p.end]) for p in sighting.parts]


@pytest.mark.parametrize("name", [n for n in made.samples() if n not in ("a.zip",)])
def test_every_kind_is_read(name: str) -> None:
    first = read(made.samples()[name], name)[0].sighting
    if first.media_type.startswith("image/"):
        assert first.sheets[0].image is not None
        assert first.sheets[0].image.shape == (80, 120)
    else:
        assert made.WORDS in first.text
        assert {p.kind for p in first.parts} <= set(PART_KINDS)


def test_heic_photos_are_read() -> None:
    (got,) = read(HEIC.read_bytes())
    assert got.sighting.media_type == "image/heif"
    assert got.sighting.metadata["camera"] == "Sample phone"
    (sheet,) = got.sighting.sheets
    assert sheet.image is not None
    assert sheet.image[20:, :10].mean() < 80 < 220 < sheet.image[:, -10:].mean()


def test_word_files_give_all_their_parts() -> None:
    deleted = '<w:p><w:del w:author="Sam"><w:r><w:delText>never </w:delText></w:r></w:del><w:r><w:t>a</w:t>'
    deleted += "<w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:instrText>PAGE</w:instrText></w:r></w:p>"
    vanished = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r></w:p>"
    data = made.docx(
        deleted + vanished,
        header1=made.story("hdr", "Restricted"),
        footer1=made.story("ftr", "page one"),
        footnotes=made.story("footnotes", "a source", inner="footnote"),
        comments=made.story("comments", "sure?", 'w:author="Kim"', "comment"),
    )
    (got,) = read(data)
    assert parts(got.sighting) == [
        ("body", "", f"{made.WORDS}\na\tb\u2011"),
        ("header", "", "Restricted"),
        ("footer", "", "page one"),
        ("note", "", "a source"),
        ("comment", "Kim", "sure?"),
        ("deleted", "Sam", "never"),
        ("hidden", "", "unseen"),
    ]


def test_slides_come_in_their_order_with_notes_and_comments() -> None:
    (got,) = read(made.pptx())
    assert parts(got.sighting) == [
        ("slide", "slide 1", f"{made.WORDS}\nsecond line"),
        ("notes", "slide 1", "say it slowly"),
        ("comment", "Kim", "too long"),
        ("slide", "slide 2", "shown last"),
    ]


def test_cells_are_shown_as_their_formats_say() -> None:
    (got,) = read(made.xlsx())
    assert parts(got.sighting) == [
        ("sheet", "Costs", f"{made.WORDS}\tAmount\n16,000\t2026-03-01\t12.5%\t0.3\tTRUE"),
        ("comment", "Kim", "why so much?"),
        ("hidden", "Secret", "hidden words"),
    ]


def test_rich_text_tells_what_is_not_shown() -> None:
    body = r"{\f1 \'cf\'f0}\u8364?{\v unseen}{\deleted gone}{\footnote a source}{\*\atnauthor Kim}"
    (got,) = read(made.rtf(body + r"{\*\annotation sure?}{\*\unknown nothing}{\header Restricted}"))
    assert parts(got.sighting) == [
        ("body", "", f"{made.WORDS}\nПр€"),
        ("note", "", "a source"),
        ("comment", "Kim", "sure?"),
        ("header", "", "Restricted"),
        ("deleted", "", "gone"),
        ("hidden", "", "unseen"),
    ]


def test_web_pages_keep_the_hidden_apart() -> None:
    body = '<div style="display: none">unseen</div><img alt="a barn"><table><tr><td>A<td>B<tr><td>C</table>'
    (got,) = read(made.html(body))
    assert parts(got.sighting) == [
        ("title", "", "Grain"),
        ("body", "", f"{made.WORDS}\nA\tB\nC"),
        ("hidden", "", "unseen"),
        ("alternative", "", "a barn"),
    ]


def test_an_invisible_text_layer_is_not_taken_for_the_page() -> None:
    layer = b"BT 3 Tr /F1 12 Tf 20 200 Td (a layer of words) Tj ET"
    (got,) = read(made.pdf(b"BT /F1 12 Tf 20 200 Td (plain words) Tj ET", layer))
    shown, scan = got.sighting.sheets
    assert shown.characters is not None
    assert shown.characters.text == "plain words"
    assert scan.characters is None
    assert parts(got.sighting) == [("page", "", "plain words"), ("hidden", "", "a layer of words")]
    words = got.sighting.words
    assert got.sighting.text[words.start[1] : words.end[1]] == "words"
    x0, y0, x1, y1 = words.box[0]
    assert 19 < x0 < x1 < 60
    assert 85 < y0 < 100 < y1 < 108


def test_members_are_read_by_readers_of_their_own() -> None:
    letter = made.mail(a_docx=made.docx(), b_bin=bytes(range(256)) * 9)
    got = read(made.zipped({"../../etc/mail.eml": letter, "pages.pdf": made.pdf()}), "leak.zip")
    names = ["leak.zip", "leak.zip/etc/mail.eml", "leak.zip/etc/mail.eml/a.docx", "leak.zip/pages.pdf"]
    assert [r.name for r in got] == names
    assert all(made.WORDS in r.sighting.text for r in got[1:])
    assert "b.bin cannot be used" in got[1].sighting.notes[0]
    assert render_bytes("pages.pdf", got[3].data, [0], dpi=72, limits=LIMITS)[0].shape == (300, 300)


def test_containers_have_an_end() -> None:
    layer = made.zipped({"a.txt": "some words"})
    for _ in range(5):
        layer = made.zipped({"inner.zip": layer})
    got = read(layer, "deep.zip")
    assert len(got) == LIMITS.depth + 1
    assert "nested too deeply" in got[-1].sighting.notes[0]
    many = made.zipped({f"{n}.txt": "some words" for n in range(9)})
    few = receive_bytes("many.zip", many, limits=replace(LIMITS, members=3))
    assert len(few) == 4
    assert "more than 3 files" in few[0].sighting.notes[0]


def test_a_bomb_hides_no_other_member() -> None:
    got = read(made.zipped({"bomb.txt": b"0" * (30 << 20), "good.txt": made.WORDS}), "a.zip")
    assert [r.sighting.text for r in got] == ["", made.WORDS]
    assert "decompression bomb" in got[0].sighting.notes[0]


@pytest.mark.parametrize("prolog", ['<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>', "<!DOCTYPE x>"])
def test_entity_bombs_are_refused(prolog: str) -> None:
    with pytest.raises(InputFileError, match="entities"):
        read(made.docx(prolog=prolog))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (bytes(range(256)) * 4, "neither a PDF"),
        (made.compound({"WordDocument": b"x"}), "DOCX"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "7z"),
        (made.zipped({}), "empty"),
    ],
)
def test_what_is_not_read_is_told_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(InputFileError, match=sentence):
        read(data)


def test_encrypted_files_say_so() -> None:
    with pytest.raises(PasswordError, match="without a password"):
        read(made.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}))
    locked = bytearray(made.zipped({"a.txt": "x"}, zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + offset] |= 1
    with pytest.raises(PasswordError, match="--password"):
        read(bytes(locked))


def test_a_cut_off_package_gives_what_is_left() -> None:
    data = made.zipped({"a.txt": made.WORDS, "b.bin": np.random.default_rng(1).bytes(5000)})
    got = read(data[:-3000], "cut.zip")
    assert got[1].sighting.text == made.WORDS
    assert "cut off" in got[0].sighting.notes[0]


def test_text_is_decoded_by_what_it_is() -> None:
    for charset in ("utf-8", "utf-16", "utf-16-le", "cp1252", "utf-8-sig"):
        (got,) = read("Grüße aus Köln\r\nund Umgebung".encode(charset))
        assert got.sighting.text == "Grüße aus Köln\nund Umgebung", charset


def test_long_texts_are_cut_and_said_to_be() -> None:
    (got,) = receive_bytes("a.txt", b"word " * 100, limits=replace(LIMITS, text=50))
    assert len(got.sighting.text) == 50
    assert "first 50 characters" in got.sighting.notes[0]


def test_a_mailbox_of_many_messages_is_read() -> None:
    (got,) = read(made.mailbox(10_000))
    assert got.sighting.metadata["messages"] == "10000"
    assert got.sighting.text.count(made.WORDS) == 10_000


@pytest.mark.parametrize(
    ("untrusted", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\windows\\a.txt", "windows/a.txt"),
        ("a\x1b[2Jb\u202ecod.exe", "a [2Jb cod.exe"),
        ("/..//.", "without a name"),
    ],
)
def test_names_are_made_safe(untrusted: str, shown: str) -> None:
    assert member_name(untrusted) == shown


@pytest.mark.parametrize("name", sorted(made.samples()))
def test_cut_off_files_give_evidence_or_a_sentence(name: str) -> None:
    data = made.samples()[name]
    sentence = f"{name}: read."
    try:
        read(data[: len(data) // 2], name)
    except FotherError as error:
        sentence = str(error)
    assert sentence.startswith(name)
    assert "\n" not in sentence


def test_endless_nesting_ends() -> None:
    for data in (made.html("<div>" * 200_000), made.docx("<w:tbl>" * 1000), made.rtf("{" * 9000)):
        assert made.WORDS in read(data)[0].sighting.text
    deep = "".join(f'--b{n}\nContent-Type: multipart/mixed; boundary="b{n + 1}"\n\n' for n in range(2000))
    head = 'From: a@b\nSubject: deep\nContent-Type: multipart/mixed; boundary="b0"\n\n'
    assert read((head + deep).encode())[0].sighting.media_type == "message/rfc822"


def test_archives_behind_other_files_are_told() -> None:
    got = read(made.pdf() + made.zipped({"a.txt": "x"}))
    assert "behind the end" in got[0].sighting.notes[0]
    assert zipfile.is_zipfile(io.BytesIO(got[0].data))
