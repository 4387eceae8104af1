"""Awkward files made by hand, one trap each: what people register by mistake, and what they really have."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

_TEXT = (
    "the report of this year shows that most of our partners kept their word and sent what they had "
    "promised while a few asked for more time because their own suppliers were late again"
)


def sample() -> bytes:
    """The sample report that ships with Fother."""
    return resources.files("fother.demo").joinpath("sample.pdf").read_bytes()


def _helvetica() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )


def paragraph(lines: int = 40, seed: int = 0) -> bytes:
    """Content stream of a page of running text in Helvetica 10."""
    rng = random.Random(seed)
    text = [" ".join(rng.choices(_TEXT.split(), k=12)).encode() for _ in range(lines)]
    return b"BT /F1 10 Tf 14 TL 72 700 Td\n" + b"".join(b"(%s) Tj T*\n" % line for line in text) + b"ET\n"


def pdf_of(contents: Iterable[bytes], font: pikepdf.Dictionary | None = None, **save: object) -> bytes:
    """A PDF with one letter page for each content stream; its font is called F1."""
    pdf = pikepdf.new()
    fonts = pikepdf.Dictionary(F1=pdf.make_indirect(font if font is not None else _helvetica()))
    shared = pdf.make_indirect(pikepdf.Dictionary(Font=fonts))
    for content in contents:
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, 612, 792],
            Resources=shared,
            Contents=pdf.make_stream(content),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return saved(pdf, **save)


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, **options)
    return buffer.getvalue()


def many_pages(count: int) -> bytes:
    """A document of `count` different pages of 25 lines."""
    return pdf_of((paragraph(25, seed) for seed in range(count)), compress_streams=True)


def encrypted(user: str, owner: str) -> bytes:
    with pikepdf.open(io.BytesIO(sample())) as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(user=user, owner=owner, R=6))


def image_only() -> bytes:
    """A scan: one page that is a picture."""
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (300, 220), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "PDF")
    return buffer.getvalue()


def signed() -> bytes:
    """A PDF with a filled signature field. The signature's bytes are made up; its place is not."""
    with pikepdf.open(io.BytesIO(sample())) as pdf:
        value = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Sig,
                Filter=pikepdf.Name("/Adobe.PPKLite"),
                SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
                ByteRange=[0, 840, 960, 240],
                Contents=pikepdf.String(b"\x30\x82" + bytes(64)),
            )
        )
        field = pikepdf.Dictionary(
            FT=pikepdf.Name.Sig,
            T=pikepdf.String("Signature1"),
            V=value,
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            Rect=[0, 0, 0, 0],
        )
        widget = pdf.make_indirect(field)
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[widget], SigFlags=3)
        return saved(pdf)


def outlines() -> bytes:
    """Text drawn as curves, as graphics programs export it."""
    rng = random.Random(5)
    letters = []
    for line in range(30):
        for k in range(60):
            x, y = 72 + 8 * k, 700 - 14 * line
            letters.append(f"{x} {y} m {x + rng.random() * 6:.2f} {y + 8} l {x + 5} {y} l f")
    return pdf_of(["\n".join(letters).encode()])


def type3() -> bytes:
    """A font whose glyphs are small drawings."""
    pdf = pikepdf.new()
    glyph = pdf.make_stream(b"500 0 0 0 400 600 d1 0 0 400 600 re f")
    names = [f"/g{code}" for code in range(97, 123)]
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type3,
        FontBBox=[0, 0, 600, 700],
        FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
        CharProcs=pikepdf.Dictionary({"/space": pdf.make_stream(b"500 0 d0"), **dict.fromkeys(names, glyph)}),
        Encoding=pikepdf.Dictionary(Differences=[97, *map(pikepdf.Name, names), 32, pikepdf.Name("/space")]),
        FirstChar=32,
        LastChar=122,
        Widths=[500] * 91,
    )
    fonts = pikepdf.Dictionary(F1=pdf.make_indirect(font))
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, 612, 792],
        Resources=pikepdf.Dictionary(Font=fonts),
        Contents=pdf.make_stream(paragraph(30)),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return saved(pdf)


def composite(text: str) -> bytes:
    """Text in a two-byte font that is not embedded, as some East Asian and right-to-left files have it."""
    lines = [text[k : k + 40] for k in range(0, len(text), 40)]
    cmap = "\n".join(f"<{ord(c):04x}> <{ord(c):04x}>" for c in sorted(set(text)))
    pdf = pikepdf.new()
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def\n"
    head += "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    unicode_map = pdf.make_stream(
        f"{head}{len(set(text))} beginbfchar\n{cmap}\nendbfchar endcmap end end".encode()
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name("/CIDFontType2"),
        BaseFont=pikepdf.Name("/Absent"),
        CIDSystemInfo=pikepdf.Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
        ),
        DW=1000,
    )
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/Absent"),
        Encoding=pikepdf.Name("/Identity-H"),
        DescendantFonts=[pdf.make_indirect(descendant)],
        ToUnicode=unicode_map,
    )
    shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n" for line in lines)
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, 612, 792],
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font))),
        Contents=pdf.make_stream(f"BT /F1 10 Tf 16 TL 72 720 Td\n{shown}ET".encode()),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return saved(pdf)


def right_to_left() -> bytes:
    """Hebrew as producers write it: glyphs in visual order."""
    return composite(("שלום לכל העובדים בחברה שלנו ותודה על העבודה הטובה " * 20)[::-1])


def ideographs() -> bytes:
    """Chinese without spaces between words."""
    return composite("本報告說明公司今年的業務情況與明年的計劃，請勿外傳。" * 25)


def cut(data: bytes) -> bytes:
    """The first third of a file, as a broken download leaves it."""
    return data[: len(data) // 3]


def garbage(seed: int = 3) -> bytes:
    return random.Random(seed).randbytes(20_000)


def page_picture(dpi: int = 110) -> Image.Image:
    """The second page of the sample, as a screenshot of a viewer."""
    import pypdfium2

    document = pypdfium2.PdfDocument(sample())
    picture: Image.Image = document[1].render(scale=dpi / 72).to_pil().convert("RGB")
    document.close()
    return picture


def as_image(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


#: file name → maker
FILES: dict[str, Callable[[], bytes]] = {
    "zero.pdf": lambda: b"",
    "truncated.pdf": lambda: cut(sample()),
    "random.pdf": garbage,
    "header-only.pdf": lambda: b"%PDF-1.7\n" + garbage(),
    "user-password.pdf": lambda: encrypted("open sesame", "master"),
    "owner-password.pdf": lambda: encrypted("", "master"),
    "one-word.pdf": lambda: pdf_of([b"BT /F1 24 Tf 72 700 Td (Draft) Tj ET"]),
    "image-only.pdf": image_only,
    "empty-page.pdf": lambda: pdf_of([b""]),
    "signed.pdf": signed,
    "outlines.pdf": outlines,
    "type3.pdf": type3,
    "right-to-left.pdf": right_to_left,
    "ideographs.pdf": ideographs,
}


def write_all(folder: Path) -> None:
    """Every file of `FILES`, the sample, a recipient list, and a folder that looks like a PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_bytes(make())
    (folder / "sample.pdf").write_bytes(sample())
    (folder / "folder.pdf").mkdir(exist_ok=True)
    (folder / "people.csv").write_text(people(30))
    (folder / "empty.csv").write_text("")
    (folder / "header-only.csv").write_text("name,email\n")
    (folder / "broken.csv").write_text('name,email\n"Ann,ann@example.org\nBob,not an address\n')
    (folder / "twice.csv").write_text("name,email\nAnn,ann@example.org\nAnna,ann@example.org\n")


def people(count: int) -> str:
    """A recipient list as CSV text."""
    return "name,email\n" + "".join(f"Person {k},p{k}@example.org\n" for k in range(1, count + 1))
