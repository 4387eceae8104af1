"""Hostile and awkward leaks: evidence where there is any, else one clear sentence; the parent is unharmed."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from fother.errors import FotherError, InputFileError, PasswordError, SandboxError
from fother.intake.limits import DEFAULT, Limits
from fother.intake.parent import receive_all, render_bytes
from fother.model.capture import Sighting

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")

LIMITS = replace(DEFAULT, wall_seconds=60.0, cpu_seconds=40, memory_bytes=2 << 30)


def receive(path: Path, password: str = "", limits: Limits = DEFAULT) -> Sighting:
    """What is seen of the file itself."""
    return receive_all(path, password=password, limits=limits)[0].sighting


def picture(mode: str = "L", size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Dark on the left, light on the right, a black spot at the top left."""
    grey = np.tile(np.linspace(60, 250, size[0]), (size[1], 1)).astype(np.uint8)
    grey[:10, :10] = 0
    return Image.fromarray(grey).convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def read(folder: Path, data: bytes, name: str = "leak") -> list[np.ndarray]:
    path = folder / name
    path.write_bytes(data)
    return [sheet.image for sheet in receive(path, limits=LIMITS).sheets if sheet.image is not None]


def pdf(*contents: bytes) -> bytes:
    document = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for content in contents:
        document.add_blank_page(page_size=(300, 300))
        page = document.pages[-1].obj
        page.Contents = document.make_stream(content)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    buffer = io.BytesIO()
    document.save(buffer, compress_streams=True)
    return buffer.getvalue()


def attempt(path: Path, limits: Limits = LIMITS) -> tuple[int, str]:
    """Sheets read, or 0 and the sentence that says why not; anything but a sentence is let through."""
    try:
        return len(receive(path, limits=limits).sheets), ""
    except FotherError as error:
        return 0, str(error)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_every_kind_of_image_is_read_the_same(tmp_path: Path) -> None:
    plain = np.asarray(picture())
    sixteen = Image.fromarray((plain.astype(np.uint32) * 257).astype(np.uint16))
    clear = picture("RGBA")
    clear.putalpha(Image.fromarray(np.where(plain == 0, 0, 255).astype(np.uint8)))
    kinds = {
        "grey.png": (encoded(picture(), "PNG"), plain, 0),
        "colour.webp": (encoded(picture("RGB"), "WEBP", lossless=True), plain, 1),
        "cmyk.jpg": (encoded(picture("CMYK"), "JPEG", quality=95), plain, 12),
        "cmyk.tif": (encoded(picture("CMYK"), "TIFF"), plain, 2),
        "palette.png": (encoded(picture("P"), "PNG"), plain, 1),
        "palette.gif": (encoded(picture("P"), "GIF"), plain, 1),
        "bits.tif": (encoded(picture("1"), "TIFF", compression="group4"), np.asarray(picture("1")) * 255, 0),
        "grey.bmp": (encoded(picture(), "BMP"), plain, 0),
        # Stretched to the full range, as scanners' darkest and lightest are anywhere.
        "sixteen.png": (encoded(sixteen, "PNG"), np.round(plain.astype(float) * 255 / plain.max()), 1),
        "clear.png": (encoded(clear, "PNG"), np.where(plain == 0, 255, plain), 1),
    }
    paths = []
    for name, (data, _, _) in kinds.items():
        (tmp_path / name).write_bytes(data)
        paths.append(tmp_path / name)
    for path in paths:
        (sheet,) = receive(path, limits=LIMITS).sheets
        _, expected, tolerance = kinds[path.name]
        assert sheet.image is not None
        assert sheet.image.shape == expected.shape, path.name
        assert np.abs(sheet.image.astype(float) - expected).max() <= tolerance, path.name


def test_photos_are_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated clockwise
    (seen,) = read(tmp_path, encoded(picture(), "JPEG", exif=exif, quality=95))
    assert seen.shape == (120, 80)
    assert seen[2:8, 72:78].mean() < 20


def test_all_frames_are_read(tmp_path: Path) -> None:
    other = Image.eval(picture(), lambda v: 255 - v)
    tiff = read(tmp_path, encoded(picture(), "TIFF", save_all=True, append_images=[other, picture()]))
    assert [frame.shape for frame in tiff] == [(80, 120)] * 3
    assert tiff[1].mean() < tiff[0].mean()
    webp = encoded(picture("RGB"), "WEBP", save_all=True, append_images=[other.convert("RGB")])
    assert len(read(tmp_path, webp)) == 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_half_a_picture_is_evidence_and_said_to_be_half(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (160, 200), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    path = tmp_path / "half"
    path.write_bytes(data[: len(data) // 2])
    seen = receive(path, limits=LIMITS)
    (sheet,) = seen.sheets
    assert sheet.image is not None
    assert sheet.image.shape == (160, 200)
    assert np.abs(sheet.image[:60].astype(float) - noise[:60]).mean() < 12
    assert "cut off" in seen.notes[0]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_pixel_bombs_are_refused(tmp_path: Path, kind: str) -> None:
    if kind == "PNG":
        header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 200_000, 200_000, 8, 0, 0, 0, 0))
        body = png_chunk(b"IDAT", zlib.compress(bytes(1 << 20), 9)) + png_chunk(b"IEND", b"")
        data = b"\x89PNG\r\n\x1a\n" + header + body
    elif kind == "TIFF":
        fields = [(256, 4, 1, 300_000), (257, 4, 1, 300_000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
        fields += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 300_000), (279, 4, 1, 100)]
        entries = b"".join(struct.pack("<HHII", *entry) for entry in fields)
        data = b"II*\0" + struct.pack("<IH", 8, len(fields)) + entries + bytes(4)
    else:
        # An extended header with a canvas of 2²⁴ by 2²⁰ pixels before a picture of one.
        small = encoded(Image.new("RGB", (1, 1)), "WEBP", lossless=True)[12:]
        canvas = b"VP8X" + struct.pack("<II", 10, 0) + b"\xff\xff\xff" + b"\xff\xff\x0f"
        data = b"RIFF" + struct.pack("<I", 4 + len(canvas + small)) + b"WEBP" + canvas + small
    with pytest.raises(InputFileError, match=r"pixels|damaged"):
        read(tmp_path, data)


def test_a_huge_page_of_text_is_capped(tmp_path: Path) -> None:
    content = b"BT /F1 1 Tf " + b"1 0 0 1 10 10 Tm (" + b"word " * 60_000 + b") Tj ET"
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf(content))
    limits = replace(LIMITS, characters=5000)
    (sheet,) = receive(path, limits=limits).sheets
    assert sheet.characters is not None
    assert len(sheet.characters.text) == 5000


def test_a_bomb_of_nested_forms_ends_in_one_sentence_or_a_picture(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 300))
    form = document.make_stream(b"0 0 1 1 re f")
    for _ in range(14):  # 12 ** 14 drawings
        inner = form
        form = document.make_stream(b"/X Do " * 12)
        for stream in (inner, form):
            stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            stream.BBox = [0, 0, 300, 300]
        form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
    document.pages[0].obj.Contents = document.make_stream(b"/X Do")
    document.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
    path = tmp_path / "nested.pdf"
    document.save(path)
    sheets, sentence = attempt(path, replace(LIMITS, cpu_seconds=2, wall_seconds=10.0))
    assert sheets == 1 or sentence.count("nested.pdf") == 1


def test_a_deflate_bomb_in_the_metadata_or_content_does_no_harm(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 300))
    bomb = zlib.compress(bytes(64 << 20), 9)
    stream = pikepdf.Stream(document, bomb, Filter=pikepdf.Name.FlateDecode)
    document.pages[0].obj.Contents = document.make_indirect(stream)
    document.Root.Metadata = document.make_indirect(
        pikepdf.Stream(document, bomb, Filter=pikepdf.Name.FlateDecode)
    )
    path = tmp_path / "bomb.pdf"
    document.save(path)
    sheets, sentence = attempt(path, replace(LIMITS, cpu_seconds=5, memory_bytes=1 << 30))
    assert sheets == 1 or sentence.count("bomb.pdf") == 1


def test_one_damaged_page_does_not_hide_the_others(tmp_path: Path) -> None:
    text = b"BT /F1 12 Tf 20 200 Td (some words to read here) Tj ET"
    data = pdf(text, text, text)
    with pikepdf.open(io.BytesIO(data)) as document:
        kids = document.Root.Pages.Kids
        document.pages[1].obj.MediaBox = pikepdf.Array([])
        kids[1] = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Page, Parent=7, Contents=8))
        document.save(tmp_path / "damaged.pdf")
    seen = receive(tmp_path / "damaged.pdf", limits=LIMITS)
    readable = [s.number for s in seen.sheets if s.characters is not None and "words" in s.characters.text]
    assert {0, 2} <= set(readable)
    pages = render_bytes(
        "damaged.pdf", (tmp_path / "damaged.pdf").read_bytes(), [0, 1, 2, 99], dpi=50, limits=LIMITS
    )
    assert {0, 2} <= set(pages)
    assert pages[0].shape == (209, 209)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputFileError, match="pipe or device"):
        receive(tmp_path / "pipe")
    with pytest.raises(InputFileError, match="folder"):
        receive(tmp_path)
    (tmp_path / "large").write_bytes(bytes(2000))
    with pytest.raises(InputFileError, match="MB"):
        receive(tmp_path / "large", limits=replace(LIMITS, file_bytes=1000))


def test_time_and_output_are_limited(tmp_path: Path) -> None:
    path = tmp_path / "leak.png"
    path.write_bytes(encoded(picture(), "PNG"))
    with pytest.raises(SandboxError, match="too demanding"):
        receive(path, limits=replace(LIMITS, wall_seconds=0.01))
    frames = encoded(picture(), "TIFF", save_all=True, append_images=[picture()] * 5)
    (tmp_path / "frames").write_bytes(frames)
    seen = receive(tmp_path / "frames", limits=replace(LIMITS, total_bytes=3 * 9600))
    assert len(seen.sheets) == 3
    assert "first 3 pages" in seen.notes[0]


def test_passwords(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    with pikepdf.open(io.BytesIO(pdf(b""))) as document:
        document.save(path, encryption=pikepdf.Encryption(user="sesame", owner="master"))
    with pytest.raises(PasswordError, match="--password"):
        receive(path, limits=LIMITS)
    assert len(receive(path, password="sesame", limits=LIMITS).sheets) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is of Linux")
def test_the_isolation_is_told_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "leak.png"
    path.write_bytes(encoded(picture(), "PNG"))
    told = receive(path, limits=LIMITS).isolation
    assert "child process" in told
    assert "no new privileges" in told
    if os.geteuid() == 0 and "seccomp" not in told:
        assert "no further processes" not in told  # the limit does not bind root


SEEDS = {
    "jpg": encoded(picture("RGB"), "JPEG"),
    "png": encoded(picture("P"), "PNG"),
    "tif": encoded(picture(), "TIFF", compression="tiff_lzw"),
    "webp": encoded(picture("RGB"), "WEBP"),
    "pdf": pdf(b"BT /F1 12 Tf 20 200 Td (some words to read here) Tj ET"),
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(SEEDS)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=9)), min_size=1, max_size=6),
)
def test_mutated_files_give_sheets_or_one_sentence(
    tmp_path: Path, kind: str, edits: list[tuple[float, bytes]]
) -> None:
    data = bytearray(SEEDS[kind])
    for place, new in edits:
        start = int(place * len(data))
        data[start : start + len(new)] = new
    path = tmp_path / "mutated"
    path.write_bytes(bytes(data))
    sheets, sentence = attempt(path)
    assert sheets or sentence.count("mutated") == 1
    assert "\n" not in sentence
