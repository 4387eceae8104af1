"""Whatever the content stream: operators keep their sums, extraction and all other glyphs stay."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import numpy as np
import pikepdf
from hypothesis import given, settings
from hypothesis import strategies as st

from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.fields import MAX_DECIMALS, NARROW, WIDE, write
from fother.formats.pdf.render import open_renderer
from fother.formats.pdf.template import CopyTemplate
from fother.formats.pdf.tokens import number, operations, string_value

WORD = st.text("abcdefgh()\\", min_size=1, max_size=7)
NUMBER = st.one_of(
    st.integers(-60, 60), st.decimals(-60, 60, places=3, allow_nan=False), st.decimals(-9, 9, places=6)
)


def literal(text: str) -> bytes:
    return b"(" + re.sub(r"([()\\])", r"\\\1", text).encode() + b")"


@st.composite
def shows(draw: st.DrawFn) -> bytes:
    line = " ".join(draw(st.lists(WORD, min_size=1, max_size=6)))
    kind = draw(st.sampled_from(["Tj", "hex", "'", '"', "TJ"]))
    if kind == "Tj":
        return literal(line) + b" Tj T*\n"
    if kind == "hex":
        return b"<" + line.encode().hex().encode() + b"> Tj T*\n"
    if kind == "'":
        return literal(line) + b" '\n"
    if kind == '"':
        return b'%d .%d %s " 0 Tw 0 Tc\n' % (draw(st.integers(0, 3)), draw(st.integers(0, 2)), literal(line))
    pieces = []
    while line:
        cut = draw(st.integers(1, len(line)))
        pieces.append(literal(line[:cut]))
        line = line[cut:]
        if draw(st.booleans()):
            pieces.append(str(draw(NUMBER)).encode())
    return b"[" + b" ".join(pieces) + b"] TJ T*\n"


@st.composite
def pages(draw: st.DrawFn) -> bytes:
    body = b"".join(draw(st.lists(shows(), min_size=1, max_size=5)))
    scale = draw(
        st.sampled_from([b"1 0 0 1 72 700", b"2 0 0 2 40 600", b"0 1 -1 0 300 100", b".6 .8 -.8 .6 200 80"])
    )
    size = draw(st.sampled_from([b"11", b"7.5", b"1"]))
    return b"/P BMC BT /F1 %s Tf 16 TL %s Tm\n%sET EMC" % (size, scale, body)


def one_page(content: bytes) -> bytes:
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, 612, 792],
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
        Contents=pdf.make_stream(content),
    )
    pdf.pages.append(pikepdf.Page(page))
    buffer = io.BytesIO()
    pdf.save(buffer, static_id=True)
    return buffer.getvalue()


def marked(data: bytes, seed: int, reach: float) -> tuple[bytes, np.ndarray, np.ndarray]:
    """A copy with every word moved at random, the displacement of each glyph, and the solid glyphs."""
    source = PdfSource.open(data)
    (page,) = source.pages()
    solid = ~page.space
    starts = solid & np.r_[True, page.space[:-1] | (np.diff(page.show) != 0)]
    clusters = np.where(solid, np.cumsum(starts) - 1, -1).astype(np.int32)
    count = int(starts.sum())
    template = CopyTemplate.build(source, [page], [clusters], count)
    moved = np.random.default_rng(seed).uniform(-reach, reach, count)
    glyph_moves = np.where(solid, np.r_[template.realised(moved), 0.0][clusters], 0.0)
    return template.copy(moved), glyph_moves, solid


def show_sums(data: bytes) -> list[tuple[bytes, Decimal]]:
    """(shown bytes, exact sum of numbers) of each text operator."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        content = bytes(pdf.pages[0].obj.Contents.read_bytes())
    found = []
    for operation in operations(content):
        if operation.operator in (b"Tj", b"TJ", b"'", b'"'):
            tokens = operation.operands if operation.operator == b"TJ" else operation.operands[-1:]
            text = b"".join(string_value(t) for t in tokens if t.kind in ("string", "hex"))
            found.append(
                (text, sum((Decimal(t.raw.decode()) for t in tokens if t.kind == "number"), Decimal(0)))
            )
            assert all(np.isfinite(number(t)) for t in tokens if t.kind == "number")
    return found


@settings(max_examples=60, deadline=None)
@given(pages(), st.integers(0, 2**32 - 1))
def test_operators_keep_their_sums_and_glyphs_go_where_told(content: bytes, seed: int) -> None:
    data = one_page(content)
    copy, moves, solid = marked(data, seed, 0.5)
    assert show_sums(copy) == show_sums(data)
    (before,) = PdfSource.open(data).pages()
    (after,) = PdfSource.open(copy).pages()
    assert after.text == before.text
    axis = (before.end - before.origin) / np.linalg.norm(before.end - before.origin, axis=1, keepdims=True)
    np.testing.assert_allclose(
        (after.origin - before.origin)[solid], (moves[:, None] * axis)[solid], atol=1e-8
    )


@settings(max_examples=40, deadline=None)
@given(pages(), st.integers(0, 2**32 - 1))
def test_pdfium_extracts_the_same_text(content: bytes, seed: int) -> None:
    # Real spaces separate the words here, so no extractor threshold is near.
    data = one_page(content)
    copy, _, _ = marked(data, seed, 0.02)
    with open_renderer(data) as original, open_renderer(copy) as found:
        assert found.text(0) == original.text(0)


@given(
    st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=20),
    st.sampled_from([NARROW, WIDE]),
    st.integers(0, MAX_DECIMALS),
)
def test_fields_hold_their_numbers(numbers: list[int], width: int, decimals: int) -> None:
    largest = 10 ** (width - 1 + decimals) - 1
    values = np.clip(np.array(numbers, np.int64), -largest, largest)
    rows = write(values, width, decimals)
    assert rows.shape[1] == width + (decimals + 1 if decimals else 0)
    read = [Decimal(row.tobytes().decode().strip()) for row in rows]
    assert read == [Decimal(int(value)).scaleb(-decimals) for value in values]
