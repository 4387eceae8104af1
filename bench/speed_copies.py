"""Speed of writing copies, beside its floors, all from one run.

    python bench/speed_copies.py [FILES…] [--pages 10] [--copies 200]

Prints, in CPU time of one core, for the middle pages of each file: pikepdf's open and save of the same file;
the bare deflate of the changed streams by zlib at its default level (as pikepdf deflates) and by ISA-L (as we
do); our copy(), the displacement included; template seconds a page (planning included, closed loop not); and
memory.
"""

from __future__ import annotations

import argparse
import io
import resource
import time
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pikepdf
from isal import isal_zlib

from fother.channels.layout.carriers import plan
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.template import DEFLATE_LEVEL, CopyTemplate

DEFAULTS = (
    "py-pdf__sample-files--pdflatex-4-pages.pdf",
    "pymupdf__PyMuPDF--test_4245.pdf",
    "jsvine__pdfplumber--federal-register-2020-17221.pdf",
    "mozilla__pdf.js--pdkids.pdf",
    "made-chromium.pdf",
    "r-doc-pdf--R-intro.pdf",
)


def first_pages(data: bytes, pages: int) -> bytes:
    """A PDF of exactly `pages` pages: the file's own from its middle, repeated if it has fewer."""
    with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.new() as short:
        start = max(0, (len(pdf.pages) - pages) // 2)
        for page in list(pdf.pages)[start : start + pages]:
            short.pages.append(page)
        while len(short.pages) < pages:
            again = pikepdf.open(io.BytesIO(data))
            for page in list(again.pages)[: pages - len(short.pages)]:
                short.pages.append(page)
        buffer = io.BytesIO()
        short.save(buffer)
    return buffer.getvalue()


def cpu_ms(action: Callable[[], object], times: int) -> float:
    """CPU milliseconds of one call, the mean over `times`."""
    action()
    start = time.process_time()
    for _ in range(times):
        action()
    return 1e3 * (time.process_time() - start) / times


def open_and_save(data: bytes) -> None:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(io.BytesIO())


def measure(path: Path, pages: int, copies: int) -> None:
    data = first_pages(path.read_bytes(), pages)
    start = time.process_time()
    source = PdfSource.open(data, allow_signed=True)
    carriers, clusters = plan(source.pages())
    template = CopyTemplate.build(source, source.pages(), clusters, len(carriers.page))
    seconds = (time.process_time() - start) / pages
    generator = np.random.default_rng(1)
    codes = [generator.integers(0, 2, len(carriers.left), np.uint8) for _ in range(copies)]
    stamps = [generator.bytes(16) for _ in range(copies)]
    number = iter(range(copies + 1))

    def copy() -> bytes:
        k = next(number) % copies
        return template.copy(carriers.displacement(codes[k]), stamps[k])

    ours = cpu_ms(copy, copies)
    filled = template.fields.fill(template.content, carriers.displacement(codes[0])).tobytes()
    streams = [filled[a:b] for a, b in pairwise(template.bounds.tolist())]
    deflate = cpu_ms(lambda: [isal_zlib.compress(s, DEFLATE_LEVEL) for s in streams], copies)
    default = cpu_ms(lambda: [zlib.compress(s) for s in streams], max(copies // 10, 1))
    floor = cpu_ms(lambda: open_and_save(data), max(copies // 10, 1))
    size = len(template.copy(carriers.displacement(codes[0]), stamps[0]))
    sizes = f"{len(data) >> 10} kB, content {len(filled) >> 10} kB"
    print(f"{path.name}: {pages} pages, {sizes}, {len(carriers.left)} carriers")
    print(f"  pikepdf open and save   {floor:8.2f} ms")
    print(f"  bare deflate, zlib 6    {default:8.2f} ms")
    print(f"  bare deflate, ISA-L {DEFLATE_LEVEL}   {deflate:8.2f} ms")
    print(
        f"  copy()                  {ours:8.2f} ms = {1e3 / ours:.0f} copies/s per core, {size >> 10} kB each"
    )
    print(f"      = {ours / default:.2f} of zlib's deflate, {ours / deflate:.2f} of ISA-L's, ", end="")
    print(f"{ours / floor:.2f} of open and save")
    print(f"  template                {seconds:8.3f} s a page, {len(template.to_bytes()) >> 10} kB stored")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    corpus = Path(__file__).parent / "corpus"
    parser.add_argument("files", nargs="*", type=Path, default=[corpus / name for name in DEFAULTS])
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--copies", type=int, default=200)
    options = parser.parse_args()
    for path in options.files:
        if path.exists():
            measure(path, options.pages, options.copies)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"peak memory of this process: {peak} MB")


if __name__ == "__main__":
    main()
