"""Word files as prose: what is read, what stays, and that copies differ in the letters of their runs only."""

from __future__ import annotations

import io
import random
import re
import zipfile

import pytest
from docx_samples import (
    BOLD,
    STRICT,
    STYLES,
    WORD,
    box,
    docx,
    field,
    paragraph,
    part,
    parts_of,
    rich,
    run,
    style,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fother.errors import InputFileError, PasswordError, SignedFileError
from fother.formats.prose.choice import prose_format
from fother.formats.prose.docx import Docx, DocxTemplate
from fother.formats.text.content import Budget, Content
from fother.formats.text.package import Package
from fother.formats.text.word import read_word
from fother.model.prose import Prose, Rewrite, rewritten

SPACE = "\u2005"
MAIN = "word/document.xml"


def read(body: str, **rest: object) -> Prose:
    return Docx().read(docx(body, styles=STYLES, **rest))  # type: ignore[arg-type]


def fixed(prose: Prose) -> list[tuple[str, str]]:
    """(stretch, reason) of what stays."""
    return [(prose.text[f.start : f.end], f.reason) for f in prose.fixed]


def free(prose: Prose) -> list[str]:
    return [prose.text[start:end] for start, end in prose.free]


def spaced(prose: Prose) -> list[Rewrite]:
    """All spaces that may change, changed."""
    return [
        Rewrite(at, at + 1, SPACE)
        for start, end in prose.free
        for at in range(start, end)
        if prose.text[at] == " "
    ]


def written(data: bytes, changes: list[Rewrite], name: str = MAIN) -> str:
    return parts_of(Docx().write(data, changes))[name].decode()


# What is read


def test_kinds_in_the_order_of_the_file() -> None:
    cell = f"<w:tbl><w:tr><w:tc>{paragraph('inner')}</w:tc></w:tr></w:tbl>"
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
    unlisted = '<w:pStyle w:val="Numbered"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    prose = read(
        paragraph("head", properties='<w:pStyle w:val="heading1"/>')
        + paragraph("level", properties='<w:outlineLvl w:val="0"/>')
        + paragraph("styled level", properties='<w:pStyle w:val="Outlined"/>')
        + paragraph("running", properties='<w:outlineLvl w:val="9"/>')
        + paragraph("bullet", properties='<w:pStyle w:val="ListBullet"/>')
        + paragraph("number", properties=listed)
        + paragraph("styled number", properties='<w:pStyle w:val="Numbered"/>')
        + paragraph("no number", properties=unlisted)
        + f"<w:tbl><w:tr><w:tc>{cell}{paragraph('outer')}</w:tc></w:tr></w:tbl>"
        + paragraph("Figure", properties='<w:pStyle w:val="caption"/>')
        + paragraph("anchor", box(paragraph("boxed"))),
        stories={
            "footnotes": part("footnotes", f"<w:footnote>{paragraph('below')}</w:footnote>"),
            "endnotes": part("endnotes", f"<w:endnote>{paragraph('behind')}</w:endnote>"),
            "footer1": part("ftr", paragraph("foot")),
            "header2": part("hdr", paragraph("second")),
            "header1": part("hdr", f"<w:tbl><w:tr><w:tc>{paragraph('first')}</w:tc></w:tr></w:tbl>"),
        },
    )
    assert [(prose.text[b.start : b.end], b.kind) for b in prose.blocks] == [
        ("head", "heading"),
        ("level", "heading"),
        ("styled level", "heading"),
        ("running", "paragraph"),
        ("bullet", "item"),
        ("number", "item"),
        ("styled number", "item"),
        ("no number", "paragraph"),
        ("inner", "cell"),
        ("outer", "cell"),
        ("Figure", "caption"),
        ("anchor", "paragraph"),
        ("boxed", "paragraph"),
        ("first", "header"),
        ("second", "header"),
        ("foot", "footer"),
        ("below", "note"),
        ("behind", "note"),
    ]


@pytest.mark.parametrize(
    ("inner", "stays"),
    [
        (f'<w:hyperlink r:id="x">{run("b")}</w:hyperlink>', [("b", "a link")]),
        (field('HYPERLINK "u"', "b"), [("b", "a link")]),
        (field(" TOC \\o ", "b"), [("b", "a field")]),
        (f'<w:fldSimple w:instr="PAGE">{run("b")}</w:fldSimple>', [("b", "a field")]),
        (f'<w:ins w:id="1">{run("b")}</w:ins>', [("b", "a tracked change")]),
        (f'<w:moveTo w:id="1">{run("b")}</w:moveTo>', [("b", "a tracked change")]),
        ("<m:oMath><m:r><m:t>b</m:t></m:r></m:oMath>", [("b", "a formula")]),
        (f"<w:bdo>{run('b')}</w:bdo>", [("b", "text in a direction of its own")]),
        (run("b", '<w:rStyle w:val="VerbatimChar"/>'), [("b", "code")]),
        (run("b", '<w:rStyle w:val="Keyword"/>'), [("b", "code")]),  # by what its style is based on
        (run("b", '<w:rFonts w:ascii="Courier New"/>'), [("b", "code")]),
        (run("b", '<w:rFonts w:ascii="Wingdings"/>'), [("b", "letters of a symbol font")]),
        (run("b", "<w:rtl/>"), [("b", "right-to-left text")]),
        (run("b", '<w:fitText w:val="90"/>'), [("b", "text fitted to a width")]),
        ("<w:r><w:tab/></w:r>", [("\t", "a tab")]),
        ('<w:r><w:br w:type="page"/></w:r>', [("\n", "a line break")]),
        ("<w:r><w:noBreakHyphen/></w:r>", [("\u2011", "a hyphen of Word's own")]),
        ('<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>', [("\ufffc", "a symbol")]),
        (run("b\tc"), [("\t", "a line break or a tab")]),
        (run("漢字"), [("漢字", "East Asian text")]),
        (
            f"<w:r><w:ruby><w:rt>{run('b')}</w:rt><w:rubyBase>{run('c')}</w:rubyBase></w:ruby></w:r>",
            [("bc", "text with a reading aid")],
        ),
        ("<w:r><w:t>b<!-- c -->d</w:t></w:r>", [("bd", "text mixed with markup")]),
        ("<w:r><w:t><![CDATA[b]]></w:t></w:r>", [("b", "text mixed with markup")]),
        *(
            (f"<w:sdt><w:sdtPr>{mark}</w:sdtPr><w:sdtContent>{run('b')}</w:sdtContent></w:sdt>", [("b", why)])
            for mark, why in (
                ('<w:dataBinding w:xpath="x"/>', "a field of a form"),
                ("<w:dropDownList/>", "a field of a form"),
                ("<w:showingPlcHdr/>", "a field of a form"),
                ('<w:lock w:val="sdtContentLocked"/>', "a locked field"),
            )
        ),
    ],
)
def test_what_stays_as_it_is(inner: str, stays: list[tuple[str, str]]) -> None:
    prose = read(paragraph("before ", inner, " after"))
    assert fixed(prose) == stays
    assert prose.text.startswith("before ")
    assert prose.text.endswith(" after")
    assert free(prose)[0].startswith("before ")
    assert free(prose)[-1].endswith(" after")


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ('<w:pStyle w:val="SourceCode"/>', "code"),
        ('<w:pStyle w:val="Bodyofcode"/>', "code"),
        ('<w:pStyle w:val="Quote"/>', "a quotation"),
        ('<w:framePr w:dropCap="drop"/>', "a large initial"),
    ],
)
def test_whole_paragraphs_that_stay(properties: str, reason: str) -> None:
    assert fixed(read(paragraph("Stays.", properties=properties))) == [("Stays.", reason)]


def test_a_text_control_that_is_not_locked_may_change() -> None:
    lock = '<w:sdtPr><w:lock w:val="sdtLocked"/></w:sdtPr>'
    control = f"<w:sdt>{lock}<w:sdtContent>{run('b c')}</w:sdtContent></w:sdt>"
    assert free(read(paragraph("a ", control))) == ["a ", "b c"]


def test_a_field_over_several_paragraphs() -> None:
    begin, end = field("TOC", "one").split(run("one"))
    prose = read(paragraph("a", begin, "one") + paragraph("two") + paragraph("three", end, "b"))
    assert fixed(prose) == [("one", "a field"), ("two", "a field"), ("three", "a field")]


def test_a_field_within_a_field_and_an_end_without_a_beginning() -> None:
    begin, end = field("IF", "x").split(run("x"))
    prose = read(paragraph(begin, field("REF", "in"), "out", end, end, "free"))
    assert fixed(prose) == [("inout", "a field")]
    assert free(prose) == ["free"]


def test_deleted_and_hidden_text_is_no_part_of_the_prose() -> None:
    gone = '<w:del w:id="1"><w:r><w:delText>gone</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="2">{run("moved")}</w:moveFrom>'
    prose = read(
        paragraph(
            "a", gone, "b", moved, "c", run("hid", "<w:vanish/>"), "d", run("h", '<w:rStyle w:val="Hidden"/>')
        )
        + paragraph(run("shown", '<w:vanish w:val="0"/>'))
    )
    assert prose.text == "abcd\nshown"
    assert prose.seams == (1, 2, 3)


def test_typewritten_documents_are_no_code() -> None:
    typed = run("Typed on a machine, all of it.", '<w:rFonts w:ascii="Courier New"/>')
    assert fixed(read(paragraph(typed) + paragraph("And this not."))) == []


def test_runs_that_look_alike_are_one() -> None:
    noise = '<w:proofErr w:type="spellStart"/>'
    prose = read(
        paragraph(
            '<w:r w:rsidR="00A1"><w:t>one </w:t></w:r>'.replace("<w:t>", '<w:t xml:space="preserve">'),
            noise,
            '<w:r w:rsidRPr="00B2"><w:rPr><w:noProof/><w:lang w:val="en-US"/></w:rPr><w:t>two</w:t></w:r>',
            "<w:r><w:lastRenderedPageBreak/><w:t>three</w:t></w:r>",
            '<w:r><w:rPr><w:bCs/><w:rFonts w:hint="eastAsia"/></w:rPr><w:t>four</w:t></w:r>',
        )
    )
    assert free(prose) == ["one twothreefour"]


@pytest.mark.parametrize(
    "between",
    [
        '<w:bookmarkStart w:id="0" w:name="b"/>',
        '<w:commentRangeStart w:id="0"/>',
        '<w:r><w:commentReference w:id="0"/></w:r>',
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
        "<w:r><w:drawing/></w:r>",
        '<w:permStart w:id="1" w:edGrp="everyone"/>',
        "<w:del/>",
        field("PAGE", "").replace(run(""), ""),
    ],
)
def test_what_lies_between_letters_is_a_seam(between: str) -> None:
    prose = read(paragraph("one", between, "two"))
    assert prose.text == "onetwo"
    assert prose.seams == (3,)


@pytest.mark.parametrize("look", [BOLD, '<w:sz w:val="28"/>', '<w:lang w:val="fr-FR"/>', "<w:i/>"])
def test_a_change_of_look_is_a_seam(look: str) -> None:
    assert read(paragraph("one", run("two", look), "three")).seams == (3, 6)


def test_spaces_at_the_ends_count_only_where_they_are_kept() -> None:
    prose = read(paragraph(run(" a ", space=""), run(" b ", space=' xml:space="default"'), run(" c ")))
    assert prose.text == "ab c "
    kept = part("document", f"<w:body>{paragraph(run(' a ', space=''))}</w:body>").replace(
        "<w:body", '<w:body xml:space="preserve"'
    )
    assert Docx().read(docx(kept.encode())).text == " a "


def test_strict_files_are_read() -> None:
    strict = part("document", f"<w:body>{paragraph('Some words.')}</w:body>").replace(WORD, STRICT)
    assert Docx().read(docx(strict.encode())).text == "Some words."


def test_notes_say_what_is_left_unmarked() -> None:
    prose = read(
        paragraph("a") + '<w:altChunk r:id="x"/>',
        stories={"comments": part("comments", ""), "chart1": part("chart", "")},
    )
    assert len(prose.notes) == 3
    assert all(note.endswith(".") for note in prose.notes)


# What is written


def test_only_the_letters_change() -> None:
    data = rich()
    before, changes = parts_of(data), spaced(Docx().read(data))
    after = parts_of(Docx().write(data, changes))
    assert list(before) == list(after)
    touched = {name for name in before if before[name] != after[name]}
    stories = ("document", "header1", "header2", "footer1", "footnotes")
    assert touched == {f"word/{name}.xml" for name in stories}
    for name in touched:
        plain = re.sub(rb' xml:space="preserve"', b"", before[name])
        copy = re.sub(rb' xml:space="preserve"', b"", after[name])
        assert copy.replace(SPACE.encode(), b" ") == plain


def test_members_keep_order_dates_methods_and_packed_bytes() -> None:
    data = rich()
    copy = Docx().write(data, spaced(Docx().read(data)))
    with zipfile.ZipFile(io.BytesIO(data)) as one, zipfile.ZipFile(io.BytesIO(copy)) as other:
        for a, b in zip(one.infolist(), other.infolist(), strict=True):
            kept = ("filename", "date_time", "compress_type", "create_system", "external_attr", "extra")
            assert [getattr(a, k) for k in kept] == [getattr(b, k) for k in kept]
    assert Docx().write(data, []) == data


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_methods_of_packing(method: int) -> None:
    data = docx(paragraph("a b"), method=method)
    copy = Docx().write(data, [Rewrite(1, 2, SPACE)])
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert {i.compress_type for i in archive.infolist()} == {method}
    assert Docx().read(copy).text == f"a{SPACE}b"


def test_files_whose_sizes_follow_the_data() -> None:
    """As programs write them that do not go back in the file, with sizes of 64 bits in local headers."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(docx(paragraph("a b"))).items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
        archive.comment = b"said at the end"
    copy = Docx().write(pipe.getvalue(), [Rewrite(1, 2, SPACE)])
    assert Docx().read(copy).text == f"a{SPACE}b"
    assert zipfile.ZipFile(io.BytesIO(copy)).comment == b"said at the end"
    assert parts_of(copy)


def test_a_rewrite_over_several_runs_goes_into_the_first() -> None:
    data = docx(paragraph(run("beg", BOLD), run("in n", BOLD), run("ow", BOLD)))
    said = written(data, [Rewrite(1, 8, "egin &amp; <so>")])
    assert ">begin &amp;amp; &lt;so&gt;</w:t>" in said
    assert said.count("<w:r>") == 3
    assert said.count("></w:t>") == 1
    assert '">w</w:t>' in said


def test_what_stands_in_the_file_as_a_reference_stays_one() -> None:
    data = docx(paragraph(run("a&#x20AC;b &amp; c\r\nd")))
    assert "a&#x20AC;b &amp;\u2005c\r\nd" in written(data, [Rewrite(5, 6, SPACE)])


def test_spaces_are_kept_where_a_rewrite_ends_with_one() -> None:
    data = docx(paragraph(run(" one two ", space=""), run("x", space="")))
    assert '<w:t xml:space="preserve">one \u2005</w:t>' in written(data, [Rewrite(4, 7, SPACE)])
    assert "<w:t> one 2 </w:t>" in written(data, [Rewrite(4, 7, "2")])
    unspaced = docx(paragraph(run("one", space=' xml:space="default"')))
    assert '<w:t xml:space="preserve"> </w:t>' in written(unspaced, [Rewrite(0, 3, " ")])


def test_an_insertion_stays_out_of_what_is_fixed() -> None:
    link = f'<w:hyperlink r:id="x">{run("link")}</w:hyperlink>'
    data = docx(paragraph("a", link, "b"))
    assert f'{run("a!")}<w:hyperlink r:id="x">{run("link")}' in written(data, [Rewrite(1, 1, "!")])
    assert f"</w:hyperlink>{run('!b')}" in written(data, [Rewrite(5, 5, "!")])


def test_repeated_headers_change_together() -> None:
    header = part("hdr", paragraph("a b"))
    data = docx("", stories={"header1": header, "header2": header, "footer1": header})
    prose = Docx().read(data)
    assert prose.text == "a b\na b"
    copy = Docx().write(data, [Rewrite(1, 2, SPACE)])
    changed = [name for name, content in parts_of(copy).items() if SPACE.encode() in content]
    assert changed == ["word/header1.xml", "word/header2.xml"]
    assert Docx().read(copy).text == f"a{SPACE}b\na b"


def test_text_boxes_change_for_old_programs_too() -> None:
    data = docx(paragraph("a", box(paragraph("b c"))))
    assert written(data, [Rewrite(3, 4, SPACE)]).count(f"b{SPACE}c") == 2


def test_text_boxes_that_old_programs_show_otherwise_stay() -> None:
    prose = Docx().read(docx(paragraph("a", box(paragraph("b c"), paragraph("d")))))
    assert prose.text == "a\nb c"
    assert fixed(prose) == [("b c", "text written otherwise for older programs")]


def test_a_text_box_seen_only_by_old_programs_is_no_text() -> None:
    assert Docx().read(docx(paragraph("a", box("", paragraph("d"))))).text == "a"


def test_what_intake_reads_of_a_copy_is_what_was_written() -> None:
    data = rich()
    prose = Docx().read(data)
    changes = spaced(prose)
    content = Content()
    read_word(Package(Docx().write(data, changes), Budget()), content)
    shown = "\n".join(p.text for p in content.pieces if p.kind != "deleted")
    expected = rewritten(prose.text, changes)
    assert sorted("".join(shown.split())) == sorted("".join(expected.split()))
    assert shown.count(SPACE) == expected.count(SPACE)


@given(st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_changed_markup_is_refused_or_rewritten_rightly(seed: int) -> None:
    chance = random.Random(seed)
    parts = parts_of(rich())
    markup = bytearray(parts[MAIN])
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(markup))
        # Tags move about, so that elements nest as no program writes them.
        markup[at : at + chance.choice((0, 1, 40))] = chance.choice(
            (
                b"",
                b"<",
                b"<w:p>",
                b"</w:p>",
                b"<w:r/>",
                b"<w:t>",
                b"</w:t>",
                b"<t>x</t>",
                b"&",
                b"\x00",
                b"<!--",
            )
        )
    data = docx(bytes(markup))
    try:
        prose = Docx().read(data)
    except InputFileError:
        return
    changes = spaced(prose)
    assert Docx().read(Docx().write(data, changes)).text == rewritten(prose.text, changes)


@given(st.lists(st.sampled_from(("a", " b ", "&lt;", "\n", "<w:tab/>", "<w:br/>", "漢", "<x/>")), max_size=8))
@settings(max_examples=80, deadline=None)
def test_any_run_is_read_as_lxml_reads_it(inner: list[str]) -> None:
    texts = "".join(i if i.startswith("<") else f'<w:t xml:space="preserve">{i}</w:t>' for i in inner)
    prose = Docx().read(docx(paragraph(f"<w:r>{texts}</w:r>")))
    root = etree.fromstring(part("p", texts).encode())
    signs = {"tab": "\t", "br": "\n"}
    assert prose.text == "".join(signs.get(e.tag.rpartition("}")[2], e.text or "") for e in root)


def test_one_reading_serves_many_copies() -> None:
    data = rich()
    template, form = DocxTemplate(data), Docx()
    changes = spaced(template.prose)
    assert form.write(data, changes) == form.write(data, changes) == template.write(changes)
    assert form.read(docx(paragraph("another"))).text == "another"
    assert form.write(data, changes) == template.write(changes)


def test_reading_copies_back_does_not_read_the_original_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read_files = []

    class Counted(DocxTemplate):
        def __init__(self, data: bytes) -> None:
            read_files.append(data)
            super().__init__(data)

    monkeypatch.setattr("fother.formats.prose.docx.document.DocxTemplate", Counted)
    data, form = rich(), Docx()
    changes = spaced(form.read(data))
    for _ in range(3):
        form.read(form.write(data, changes))
    assert read_files.count(data) == 1


# What is refused


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"no Word file", "no Word file"),
        (rich()[:400], "damaged"),
        (docx(b""), "damaged|empty|cannot be used"),
        (docx(b"<w:document"), "not well-formed"),
        (docx(b'<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>'), "document type or entities"),
        (docx("", content_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        (docx("", stories={"vbaProject": "x"}), "macros"),
        (docx("", content_type=WORD + ".wordprocessingml.template.main+xml"), "template"),
        (docx("", content_type="application/vnd.openxmlformats-officedocument.x"), "no Word file"),
        (docx(b"<d>" * 400 + b"</d>" * 400), "nested too deeply"),
        (docx(f"<w:p><w:r><w:t>{'0' * (80 << 20)}</w:t></w:r></w:p>".encode()), "larger|more than"),
        (docx(b"<?xml version='1.0' encoding='UTF-7'?><d>+AOk-</d>"), "encoding|well-formed"),
    ],
)
def test_other_files_are_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(InputFileError, match=said) as caught:
        Docx().read(data)
    assert str(caught.value).endswith(".")


def test_two_parts_of_one_name_are_refused() -> None:
    buffer = io.BytesIO(docx(paragraph("a")))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(MAIN, "<x/>")
    with pytest.raises(InputFileError, match="same name"):
        Docx().read(buffer.getvalue())


def test_a_part_that_is_named_otherwise_than_in_the_list_is_refused() -> None:
    # Read, it would count as missing; written anew, a copy would have it.
    data = rich().replace(b"word/_rels/document.xml.rels", b"word/_reOs/document.xml.rels", 1)
    with pytest.raises(InputFileError, match="list of contents"):
        Docx().read(data)


def test_signed_files_are_refused() -> None:
    data = docx(paragraph("a"), others={"_xmlsignatures/sig1.xml": b"<Signature/>"})
    with pytest.raises(SignedFileError, match="digital signature"):
        Docx().read(data)


def test_encrypted_members_are_refused() -> None:
    data = bytearray(docx(paragraph("a")))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(PasswordError):
        Docx().read(bytes(data))


def test_styles_that_refer_to_each_other_end() -> None:
    styles = style("One", based="Two") + style("Two", based="One")
    data = docx(paragraph("a", properties='<w:pStyle w:val="One"/>'), styles=styles)
    assert Docx().read(data).text == "a"


def test_word_files_are_known_by_their_content() -> None:
    assert isinstance(prose_format("any name", rich()), Docx)
