"""Speed of a trace: one photo of a 10-page document against 10,000 copies, through the real flow.

    python bench/speed_trace.py

The registry holds 10,000 reserved copies; the photo is a simulated phone photo of one page. Shown beside the
parts that any such program needs: decoding the JPEG and SIFT features of the photo and of one page.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import pikepdf

from fother.demo import simulate
from fother.demo.settings import Photo
from fother.flow.copies import CopyJob, CopyMaker
from fother.flow.issuing import make_request
from fother.flow.registering import register
from fother.flow.respond import trace
from fother.formats.pdf.render import open_renderer
from fother.registry import RecipientRow, open_registry
from lab import CORPUS, power_pages


def timed(label: str, start: float, cpu: float) -> None:
    print(
        f"| {label} | {time.perf_counter() - start:.2f} s | {time.process_time() - cpu:.2f} s |", flush=True
    )


def main() -> None:
    page = power_pages(2)[1]
    with tempfile.TemporaryDirectory() as temporary, pikepdf.open(CORPUS / page["file"]) as whole:
        folder = Path(temporary)
        ten = pikepdf.new()
        ten.pages.extend(list(whole.pages)[page["page"] - 5 : page["page"] + 5])
        ten.save(folder / "ten.pdf")
        print("| step | wall | CPU |\n|---|---|---|")
        with open_registry(folder / "home") as registry:
            start, cpu = time.perf_counter(), time.process_time()
            document = register(registry, folder / "ten.pdf").document
            timed("register 10 pages (template, text check, forecast)", start, cpu)
            edition = registry.edition(document.id, 3, 1.0)
            rows = [RecipientRow(k + 1, k + 2, email=f"r{k}@example.org") for k in range(10_000)]
            start, cpu = time.perf_counter(), time.process_time()
            reservation = registry.reserve(edition.id, rows, source="rows")
            timed("reserve 10,000 copies", start, cpu)
            copy = reservation.entries[4711].copy
            maker = CopyMaker(make_request(registry, document, edition, folder))
            start, cpu = time.perf_counter(), time.process_time()
            for entry in reservation.entries[:20]:
                maker.make_ready(CopyJob(entry.copy.id, entry.copy.index, registry.stamp(entry.copy), None))
            timed("20 copies made and read back", start, cpu)
            maker.write(CopyJob(copy.id, copy.index, registry.stamp(copy), None))
            with open_renderer((folder / "copy.pdf").read_bytes()) as renderer:
                sheet = renderer.render(5, 600)[0]
            photo = simulate.phone_photo(sheet, 130, np.random.default_rng(1), Photo(colour=False))
            cv2.imwrite(str(folder / "leak.jpg"), photo)
            for label in ("first trace (makes the page index)", "second trace"):
                start, cpu = time.perf_counter(), time.process_time()
                verdict = trace(registry, [folder / "leak.jpg"]).verdict
                timed(f"{label} against 10,000 copies", start, cpu)
                assert [a.copy for a in verdict.accused] == [copy.id], verdict
            start, cpu = time.perf_counter(), time.process_time()
            image = cv2.imdecode(np.frombuffer((folder / "leak.jpg").read_bytes(), np.uint8), 0)
            small = cv2.resize(image, None, fx=1300 / max(image.shape), fy=1300 / max(image.shape))
            cv2.SIFT.create(5000).detectAndCompute(small, None)
            timed("floor: decode the photo, SIFT features", start, cpu)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
