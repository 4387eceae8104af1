from __future__ import annotations

import io
import re

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from pdf_samples import LINE, add_page, one_page, paragraph, resources, saved
from test_pdf_document import form

from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.glyphs import PdfPage
from fother.formats.pdf.render import open_renderer
from fother.formats.pdf.template import CopyTemplate

STAMP = bytes(range(16))


def words_of(pages: list[PdfPage]) -> tuple[list[NDArray[np.int32]], int]:
    """Every word between spaces its own cluster, straight from the text."""
    clusters, count = [], 0
    for page in pages:
        of_glyph = np.full(len(page.text), -1, np.int32)
        for i, text in enumerate(page.text):
            if text == " ":
                continue
            line_break = i > 0 and abs(page.origin[i, 1] - page.origin[i - 1, 1]) > 1
            if i == 0 or page.text[i - 1] == " " or line_break:
                count += 1
            of_glyph[i] = count - 1
        clusters.append(of_glyph)
    return clusters, count


def template_of(data: bytes) -> tuple[CopyTemplate, list[PdfPage], list[NDArray[np.int32]]]:
    source = PdfSource.open(data)
    pages = list(source.pages())
    clusters, count = words_of(pages)
    return CopyTemplate.build(source, pages, clusters, count), pages, clusters


def shifts(template: CopyTemplate, seed: int = 3) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(-0.4, 0.4, template.clusters)


def content(data: bytes, page: int = 0) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        opened = pdf.pages[page]
        opened.contents_coalesce()
        return bytes(opened.obj.Contents.read_bytes())


OPERATORS = {
    "Tj": b"BT /F1 11 Tf 72 700 Td (Hello wide world) Tj 0 -20 Td (next line here) Tj ET",
    "hex": b"BT /F1 11 Tf 72 700 Td <48656C6C6F207769646520776F726C64> Tj ET",
    "TJ": b"BT /F1 11 Tf 72 700 Td [(Hel)-20.5(lo wi)40(de)-300.125( world)15] TJ (tail) Tj ET",
    "quote": b"BT /F1 11 Tf 14 TL 72 700 Td (Hello there) ' (wide world) ' ET",
    "double quote": b'BT /F1 11 Tf 14 TL 72 700 Td 3 .5 (Hello wide) " (spaced the same) Tj ET',
    "spacing": b"BT /F1 11 Tf .2 Tc 4 Tw 80 Tz 3 Ts 72 700 Td (Hello wide world) Tj ET",
    "rotated": b"BT /F1 11 Tf 0.8 0.6 -0.6 0.8 200 300 Tm (Hello wide world) Tj ET",
    "scaled": b"q 2 0 0 2 10 10 cm BT /F1 1 Tf 8 0 0 8 30 100 Tm (Hello wide) Tj 0 -1.2 TD (wo rld) Tj ET Q",
    "mirrored": b"BT /F1 -11 Tf -1 0 0 -1 72 700 Tm (Hello wide world) Tj ET",
    "glyph by glyph": b"BT /F1 11 Tf 72 700 Td (H) Tj 8 0 Td (i) Tj 10 0 Td (y) Tj 6 0 Td (o) Tj ET",
    "word in two operators": b"BT /F1 11 Tf 72 700 Td (first sec) Tj (ond third) Tj ET",
    "escapes": b"BT /F1 11 Tf 72 700 Td (a\\(b c\\)d \\\\e \\101f) Tj ET",
}


@pytest.mark.parametrize("name", OPERATORS)
def test_glyphs_move_as_told_and_text_stays(name: str) -> None:
    data = one_page(OPERATORS[name])
    template, (page,), (clusters,) = template_of(data)
    moved = shifts(template)
    copy = template.copy(moved, STAMP)
    with open_renderer(data) as original, open_renderer(copy) as marked:
        assert marked.text(0) == original.text(0)
    (found,) = PdfSource.open(copy).pages()
    assert found.text == page.text
    axis = (page.end - page.origin) / np.linalg.norm(page.end - page.origin, axis=1, keepdims=True)
    expected = np.where(clusters >= 0, template.realised(moved)[clusters], 0)[:, None] * axis
    solid = ~page.space
    np.testing.assert_allclose((found.origin - page.origin)[solid], expected[solid], atol=1e-9)
    assert np.abs(template.realised(moved) - moved).max() <= page.unit.max() / 2 + 1e-12


@pytest.mark.parametrize("name", OPERATORS)
def test_zero_displacement_draws_the_same_pixels(name: str) -> None:
    data = one_page(OPERATORS[name])
    template, _, _ = template_of(data)
    with open_renderer(data) as original, open_renderer(template.copy(np.zeros(template.clusters))) as marked:
        np.testing.assert_array_equal(original.render(0, 150)[0], marked.render(0, 150)[0])


def test_only_text_operators_change() -> None:
    before = (
        b"q 0.3000 0 0 1.50 -.0 0 cm % note\nBI /W 2 /H 1 /BPC 8 /CS /G ID (\xff EI 0 0 m 00.10 5 l S Q\n"
    )
    after = b"\n/Fig <</MCID 0 /E (x)>> BDC 1.00 0 0 rg 0 0 9.990 9 re f EMC (kept) pop\n"
    data = one_page(before + b"BT /F1 11 Tf 72 700 Td (Hello world) Tj ET" + after)
    template, _, _ = template_of(data)
    written = content(template.copy(shifts(template)))
    assert written.startswith(before)
    assert written.endswith(after)


def test_numbers_of_an_operator_add_up_to_the_original() -> None:
    data = one_page(OPERATORS["TJ"])
    template, _, _ = template_of(data)
    written = content(template.copy(shifts(template)))
    arrays = re.findall(rb"\[(.*?)\]\s*TJ", written)
    sums = [sum(float(n) for n in re.findall(rb"-?[\d.]+", re.sub(rb"\([^)]*\)", b" ", a))) for a in arrays]
    assert sums == [pytest.approx(-20.5 + 40 - 300.125 + 15, abs=1e-9), 0]


def test_copies_are_deterministic_and_survive_storage() -> None:
    template, _, _ = template_of(one_page(paragraph()))
    moved = shifts(template)
    stored = template.to_bytes()
    assert stored == template.to_bytes()
    again = CopyTemplate.from_bytes(stored)
    assert again.copy(moved, STAMP) == template.copy(moved, STAMP)
    assert again.copy(-moved, STAMP) == template.copy(-moved, STAMP) != template.copy(moved, STAMP)
    np.testing.assert_array_equal(again.realised(moved), template.realised(moved))


def test_unknown_template_version_is_refused() -> None:
    import json
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("header.json", json.dumps({"version": 99}))
    with pytest.raises(ValueError, match="version 99"):
        CopyTemplate.from_bytes(buffer.getvalue())


def test_bad_arguments() -> None:
    template, _, _ = template_of(one_page(paragraph(1)))
    with pytest.raises(ValueError, match="displacements"):
        template.copy(np.zeros(template.clusters + 1))
    with pytest.raises(ValueError, match="too large"):
        template.copy(np.full(template.clusters, 500.0))
    with pytest.raises(ValueError, match="16 bytes"):
        template.copy(np.zeros(template.clusters), b"short")


@pytest.mark.parametrize("mode", ["disable", "generate"])
@pytest.mark.parametrize("linearize", [False, True])
def test_file_structures(mode: str, linearize: bool) -> None:
    pdf = pikepdf.new()
    for _ in range(3):
        add_page(pdf, paragraph())
    pdf.docinfo["/Title"] = "A title"
    data = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode[mode], linearize=linearize)
    template, _, _ = template_of(data)
    copy = template.copy(shifts(template), STAMP)
    with pikepdf.open(io.BytesIO(copy)) as again:
        assert again.check_pdf_syntax() == [] if hasattr(again, "check_pdf_syntax") else again.check() == []
        assert str(again.docinfo["/Title"]) == "A title"
        assert len(again.pages) == 3
    assert (b"/ObjStm" in copy) == (mode == "generate")


def test_unmarked_streams_do_not_survive_an_incremental_original() -> None:
    first = one_page(b"BT /F1 11 Tf 72 700 Td (SECRET FIRST DRAFT) Tj ET")
    start = int(re.findall(rb"startxref\s+(\d+)", first)[-1])
    with pikepdf.open(io.BytesIO(first)) as pdf:
        number = pdf.pages[0].obj.Contents.objgen[0]
        size = int(pdf.trailer.Size)
        root = pdf.trailer.Root.objgen[0]
    body = b"BT /F1 11 Tf 72 700 Td (second draft of this) Tj ET"
    update = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(body), body)
    table = (
        b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            number,
            len(first),
            size,
            root,
            start,
            len(first) + len(update),
        )
    )
    template, _, _ = template_of(first + update + table)
    copy = template.copy(shifts(template), STAMP)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        streams = [o.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Stream)]
    assert not any(b"SECRET" in s or s == body for s in streams)
    assert copy.count(b"startxref") == 1


def test_shared_streams_and_forms() -> None:
    pdf = pikepdf.new()
    own = resources(pdf)
    own.XObject = pikepdf.Dictionary(
        F=form(pdf, b"BT /F1 11 Tf 72 500 Td (inside a form) Tj ET", Matrix=[1, 0, 0, 1, 5, 7])
    )
    head = b"BT /F1 11 Tf 72 750 Td (shared head line) Tj ET"
    one = add_page(pdf, [head, b"BT /F1 11 Tf 72 700 Td (own text here) Tj ET", b"/F Do"], own)
    two = add_page(pdf, paragraph(2))
    two.obj.Contents = pikepdf.Array([one.obj.Contents[0], two.obj.Contents])
    data = saved(pdf)
    template, pages, _ = template_of(data)
    moved = np.full(template.clusters, 0.3)
    copy = PdfSource.open(template.copy(moved))
    for before, after in zip(pages, copy.pages(), strict=True):
        step = np.round((after.origin - before.origin)[:, 0], 2)
        text = "".join(before.text)
        fixed = text.index("shared"), text.index("shared") + len("shared head line")
        assert not step[fixed[0] : fixed[1]].any()
        rest = np.r_[step[: fixed[0]], step[fixed[1] :]]
        assert set(rest.tolist()) <= {0.3, 0.0}
        assert (rest == 0.3).sum() > 8


def test_encrypted_original_gives_plain_copies() -> None:
    pdf = pikepdf.new()
    add_page(pdf, paragraph())
    data = saved(pdf, encryption=pikepdf.Encryption(user="", owner="o"))
    template, _, _ = template_of(data)
    copy = template.copy(shifts(template), STAMP)
    with pikepdf.open(io.BytesIO(copy)) as again:
        assert not again.is_encrypted
    assert b"/Encrypt" not in copy


def test_tags_links_and_forms_stay() -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, b"/P <</MCID 0>> BDC " + paragraph() + b"EMC")
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[72, 690, 120, 712],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/")),
    )
    page.obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
    pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
    pdf.Root.StructTreeRoot = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    template, _, _ = template_of(saved(pdf))
    with pikepdf.open(io.BytesIO(template.copy(shifts(template)))) as again:
        assert str(again.pages[0].obj.Annots[0].A.URI) == "https://example.org/"
        assert again.Root.MarkInfo.Marked is True
        assert again.Root.StructTreeRoot.Type == pikepdf.Name.StructTreeRoot
        assert b"/P <</MCID 0>> BDC" in again.pages[0].obj.Contents.read_bytes()


def test_type3_numbers_need_wide_fields() -> None:
    pdf = pikepdf.new()
    own = resources(pdf)
    own.Font.F2 = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type3,
            FontBBox=[0, 0, 50, 60],
            FontMatrix=[1, 0, 0, 1, 0, 0],
            CharProcs=pikepdf.Dictionary(a=pdf.make_stream(b"25 0 0 0 25 25 d1 0 0 25 25 re f")),
            Encoding=pikepdf.Dictionary(Differences=pikepdf.Array([97, pikepdf.Name("/a")])),
            FirstChar=97,
            LastChar=97,
            Widths=[25],
        )
    )
    # Bitmap fonts of TeX: size 1, all scaling in the matrix, so an em is 50,000 TJ units.
    add_page(pdf, b"BT /F2 1 Tf .24 0 0 .24 72 700 Tm [(aa)-20000.5(aa)-20000(aa)] TJ ET", own)
    source = PdfSource.open(saved(pdf))
    (page,) = source.pages()
    clusters = np.array([-1, -1, 0, 0, -1, -1], np.int32)
    template = CopyTemplate.build(source, [page], [clusters], 1)
    (found,) = PdfSource.open(template.copy(np.array([0.31]))).pages()
    np.testing.assert_allclose((found.origin - page.origin)[:, 0], [0, 0, 0.31, 0.31, 0, 0], atol=2e-4)


def test_document_without_text_still_gets_stamped_copies() -> None:
    pdf = pikepdf.new()
    add_page(pdf, b"0 0 m 100 100 l S")
    template, _, _ = template_of(saved(pdf))
    assert template.clusters == 0
    copy = template.copy(np.zeros(0), STAMP)
    assert STAMP.hex().encode() in copy
    with pikepdf.open(io.BytesIO(copy)) as again:
        assert len(again.pages) == 1


def test_text_line_is_what_the_samples_say() -> None:
    (page,) = PdfSource.open(one_page(paragraph(1))).pages()
    assert "".join(page.text).encode() == LINE
