"""Claim: a hostile file gives evidence or one clear sentence within its limits; the parent is unharmed.

At least 100 files are made: decompression bombs of every kind that can hold one, entity bombs, pictures of
many pixels, nesting without end, files of two kinds at once, and good files of every kind cut off or mutated
at random places (seeded). Each is read in a process of its own, so that the peak of the parent's memory can
be measured. Checked for each: nothing but a FotherError is raised, its sentence is one line, time and memory
of the parent stay within the bounds, and a witness file beside it in an archive is still read.

No peer reads these kinds of files behind a process boundary, so none is shown.
Run: python bench/hostile.py [mutants, default 80] [seed, default 1]
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "unit" / "intake"))

import leak_samples as made  # noqa: E402

from fother.errors import FotherError  # noqa: E402
from fother.intake.limits import DEFAULT  # noqa: E402
from fother.intake.parent import receive_all  # noqa: E402

LIMITS = replace(
    DEFAULT, wall_seconds=30.0, cpu_seconds=20, memory_bytes=2 << 30, total_bytes=256 << 20, all_seconds=60.0
)
SECONDS = 65.0  # all_seconds, and what starting and ending processes takes
MEGABYTES = (LIMITS.total_bytes + 8 * LIMITS.kept_pixels >> 20) + 256  # what may cross, and the parent itself
MOST_SHOWN = {"seconds": 10, "mb": 5}
WITNESS = "A witness sentence that must still be read."


def bombs() -> dict[str, bytes]:
    zeros = bytes(1 << 20)
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.txt", "w") as member:
        for _ in range(2000):
            member.write(zeros)
    layer = made.zipped({"zeros.txt": b"0" * (50 << 20)})
    for _ in range(5):
        layer = made.zipped({f"{n}.zip": layer for n in range(16)})
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(12)
    )
    pixels = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d))
        for k, d in ((b"IHDR", pixels), (b"IDAT", zlib.compress(bytes(10 << 20), 9)), (b"IEND", b""))
    )
    wide = "<w:p><w:r><w:t>" + "x" * (60 << 20) + "</w:t></w:r></w:p>"
    cells = '<row><c t="s"><v>0</v></c></row>' * 800_000
    boundary = "".join(f'--b{n}\nContent-Type: multipart/mixed; boundary="b{n + 1}"\n\n' for n in range(3000))
    deep_mail = f'From: a@b\nSubject: deep\nContent-Type: multipart/mixed; boundary="b0"\n\n{boundary}'
    return {
        "one-large-member.zip": big.getvalue(),
        "nested-16-to-the-5.zip": layer,
        "members-100000.zip": made.zipped({f"{n}.txt": "x" for n in range(100_000)}, zipfile.ZIP_STORED),
        "overlapping.zip": overlapping(),
        "paths.zip": made.zipped(
            {"../../../etc/passwd": "x y", "C:\\windows\\a.txt": "x y", "/": "", "\x1b[2J": "a b"}
        ),
        "laughs.docx": made.docx(prolog=laughs + "]>"),
        "laughs.odt": made.zipped(
            {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": laughs + "]><x>&m;</x>"}
        ),
        "external.docx": made.docx(prolog='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        "wide.docx": made.docx(wide),
        "deep.docx": made.docx("<w:tbl>" * 200_000),
        "deep.pptx": made.zipped(
            {"[Content_Types].xml": "<Types/>", "ppt/slides/slide1.xml": "<a>" * 1_000_000}
        ),
        "rows.xlsx": made.xlsx(cells),
        "repeats.ods": made.odt('<text:p><text:s text:c="999999999"/></text:p>' * 50_000),
        "deep.rtf": made.rtf("{" * 1_000_000),
        "groups.rtf": made.rtf("{}" * 5_000_000),
        "notes.rtf": made.rtf("{\\footnote x}" * 500_000),
        "bin.rtf": made.rtf("\\bin2147483647 x"),
        "fields.rtf": made.rtf("{\\field{\\*\\fldinst{HYPERLINK " + '"' * 500_000),
        "deep.html": made.html("<div>" * 1_000_000),
        "deep-tables.html": made.html("<table><tr><td>" * 100_000),
        "attributes.html": made.html("<p " + "a=1 " * 1_000_000 + ">"),
        "spaces.html": made.html(" \n" * 3_000_000),
        "entities.html": made.html("&amp;" * 2_000_000),
        "deep.eml": deep_mail.encode(),
        "parts.eml": made.mail(**{f"a{n}_txt": b"x y z" for n in range(3000)}),
        "headers.eml": b"From: a@b\nTo: c@d\n" + b"X-A: =?utf-8?q?x?=\n" * 300_000 + b"\nbody",
        "one-header.eml": b"From: a@b\nSubject: " + b"=?utf-8?b?" * 500_000 + b"\n\nbody",
        "messages-10000.mbox": made.mailbox(10_000),
        "messages-attached.mbox": made.mailbox(500, a_txt=b"some words"),
        "long-line.txt": b"word " * 20_000_000,
        "zeros.txt": bytes(10 << 20),
        "pixels.png": png,
        "frames.gif": made.image("GIF", save_all=True, append_images=gif_frames()),
        "bomb.pdf": pdf_bomb(),
        "loop.pdf": pdf_loop(),
        "objects.pdf": made.pdf(b"BT /F1 1 Tf 0 0 Td " + b"(x) Tj " * 300_000 + b"ET"),
        "invisible.pdf": made.pdf(b"BT 3 Tr /F1 1 Tf 0 0 Td " + b"(words ) Tj " * 50_000 + b"ET"),
        "attachments.pdf": made.pdf(attached=b"x y " * 1000),
        "cycle.msg": cyclic_compound(),
    }


def gif_frames() -> list[object]:
    from PIL import Image

    return [Image.new("P", (2000, 2000), n % 250) for n in range(500)]


def overlapping() -> bytes:
    """Many entries that share one packed body, so that the ratio of the whole is far over that of each."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = b"some words " * 90_000
    packed = body.compress(plain) + body.flush()
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, zlib.crc32(plain), len(packed), len(plain), 1, 0
    )
    data = local + b"a" + packed
    entries = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            *(b"PK\1\2", 20, 20, 0, 8, 0, 0, zlib.crc32(plain), len(packed), len(plain), 1, 0, 0, 0, 0, 0, 0),
        )
        + b"a"
        for _ in range(20_000)
    )
    return (
        data
        + entries
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 20_000, 20_000, len(entries), len(data), 0)
    )


def pdf_bomb() -> bytes:
    bomb = zlib.compress(zlib.compress(bytes(200 << 20), 9), 9)
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length " + str(len(bomb)).encode() + b">>stream\n"
        + bomb + b"\nendstream endobj\ntrailer<</Root 1 0 R>>"
    )  # fmt: skip


def pdf_loop() -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9"  # noqa: E501
        b"99999999>>endobj\ntrailer<</Root 1 0 R>>"
    )


def cyclic_compound() -> bytes:
    data = bytearray(made.msg())
    table = len(data) - 512
    data[table : table + 400] = struct.pack("<100i", *range(100))  # every sector is followed by itself
    return bytes(data)


def polyglots() -> dict[str, bytes]:
    good = made.samples()
    return {
        "pdf+zip.pdf": good["a.pdf"] + good["a.zip"],
        "zip-with-stored-pdf.zip": made.zipped({"a.pdf": good["a.pdf"]}, zipfile.ZIP_STORED),
        "png+docx.png": good["a.png"] + good["a.docx"],
        "jpeg+html.jpg": good["a.jpg"] + good["a.html"],
        "gif+rtf.gif": good["a.gif"] + good["a.rtf"],
        "eml+pdf.eml": good["a.eml"] + good["a.pdf"],
        "docx+odt.docx": made.zipped({"word/document.xml": "<x/>", "content.xml": "<x/>", "mimetype": "x"}),
        "html-in-pdf.pdf": b"<html><body>" + good["a.pdf"] + b"</body></html>",
        "rtf-in-msg.msg": good["a.msg"] + good["a.rtf"],
        "text-with-nul.txt": b"words and\0more words " * 50,
    }


def mutants(count: int, seed: int) -> dict[str, bytes]:
    """Good files, a third of them cut off, the others with bytes changed, moved, doubled or taken out."""
    choice = random.Random(seed)
    good = sorted(made.samples().items())
    files = {}
    for number in range(count):
        name, data = good[number % len(good)]
        body = bytearray(data)
        if number % 3 == 0:
            body = body[: choice.randrange(1, len(body))]
        else:
            for _ in range(choice.choice((1, 3, 30))):
                start = choice.randrange(len(body) + 1)
                end = min(len(body), start + choice.choice((1, 2, 4, 50)))
                body[start:end] = choice.choice(
                    (choice.randbytes(end - start), body[start:end] * 2, b"", b"\xff" * 4, bytes(4))
                )
        files[f"mutant-{number:03d}{Path(name).suffix}"] = bytes(body) or b"x"
    return files


def peak() -> int:
    """Highest memory of this process, kB; getrusage would count its parent's before the start."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def read_one(path: Path) -> None:
    """In a process of its own: prints one line of JSON."""
    before = peak()
    start = time.perf_counter()
    try:
        got = receive_all(path, limits=LIMITS)
        notes = sum(len(r.sighting.notes) for r in got)
        parts = ", ".join(sorted({r.sighting.media_type.rpartition(".")[2] for r in got}))
        outcome = f"{len(got)} file(s), {sum(len(r.sighting.text) for r in got):,} characters, {notes} note(s): {parts}"  # noqa: E501
        lines = [note for r in got for note in r.sighting.notes]
        kind = "evidence"
    except FotherError as error:
        outcome, lines, kind = f"{type(error).__name__}: {error}", [str(error)], "sentence"
    fine = all("\n" not in line and line.endswith(".") and len(line) < 700 for line in lines)
    seconds = time.perf_counter() - start
    grown = (peak() - before) / 1024
    print(json.dumps({"kind": kind, "outcome": outcome, "seconds": seconds, "mb": grown, "one_line": fine}))


def main(count: int = 80, seed: int = 1) -> None:
    groups = {"bomb": bombs(), "polyglot": polyglots(), "mutant": mutants(count, seed)}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for group, files in groups.items():
            for name, data in files.items():
                path = Path(folder) / name
                path.write_bytes(data)
                ran = subprocess.run(
                    [sys.executable, __file__, "--one", str(path)],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                path.unlink()
                try:
                    row = json.loads(ran.stdout)
                except ValueError:
                    last = (ran.stderr.strip().splitlines() or ["no output"])[-1]
                    row = {"kind": "FAILED", "outcome": last, "seconds": 0.0, "mb": 0.0, "one_line": False}
                rows.append((group, name, len(data), row))
                if group != "mutant" or row["kind"] == "FAILED" or row["seconds"] > 5:
                    show(name, len(data), row)
        witness = Path(folder) / "witness.zip"
        hostile = {**groups["polyglot"], **mutants(40, seed + 1)}
        witness.write_bytes(made.zipped({**hostile, "witness.txt": WITNESS}))
        # One after the other they take longer than one leak may; the time of one file is measured above.
        patient = replace(LIMITS, all_seconds=900.0)
        seen = any(r.sighting.text == WITNESS for r in receive_all(witness, limits=patient))
    summary(rows, seen)


def show(name: str, size: int, row: dict[str, object]) -> None:
    print(
        f"{name:26s} {size / 1024:9.0f} kB {row['seconds']:6.1f} s {row['mb']:7.1f} MB  {str(row['outcome'])[:110]}"  # noqa: E501
    )


def summary(rows: list[tuple[str, str, int, dict[str, object]]], seen: bool) -> None:
    print(
        f"\n{'group':10s} {'files':>5s} {'evidence':>9s} {'sentence':>9s} {'failed':>7s} {'slowest':>9s} {'memory':>9s}"  # noqa: E501
    )
    for group in ("bomb", "polyglot", "mutant"):
        of = [r for g, _, _, r in rows if g == group]
        kinds = [r["kind"] for r in of]
        slowest, most = max(float(str(r["seconds"])) for r in of), max(float(str(r["mb"])) for r in of)
        print(
            f"{group:10s} {len(of):5d} {kinds.count('evidence'):9d} {kinds.count('sentence'):9d} "
            f"{kinds.count('FAILED'):7d} {slowest:7.1f} s {most:6.1f} MB"
        )
    for key, title in (("seconds", "The ten slowest"), ("mb", "The five that cost the parent most memory")):
        print(f"\n{title}:")
        for _, name, size, row in sorted(rows, key=lambda r: -float(str(r[3][key])))[: MOST_SHOWN[key]]:
            show(name, size, row)
    digest = hashlib.sha256("".join(f"{n}{r['kind']}" for _, n, _, r in rows).encode()).hexdigest()[:12]
    print(f"\n{len(rows)} files, outcomes {digest}; witness beside 50 hostile files read: {seen}")
    print(f"Bounds: {SECONDS:.0f} s, {MEGABYTES} MB")
    assert all(r["kind"] != "FAILED" and r["one_line"] for _, _, _, r in rows)
    assert all(
        float(str(r["seconds"])) <= SECONDS and float(str(r["mb"])) <= MEGABYTES for _, _, _, r in rows
    )
    assert seen


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        read_one(Path(sys.argv[2]))
    else:
        main(*(int(a) for a in sys.argv[1:3]))
