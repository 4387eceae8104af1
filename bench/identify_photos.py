"""End to end: a photo of one page, a registry of many real PDFs, and nobody says which document it is.

    python bench/identify_photos.py --pdfs FOLDER [--documents 1000] [--photographed 50] [--photos 100]

Registers real PDFs in bench/out/many (kept: a second run goes on from there). `--photographed` of them, those
with pages of running text, are registered to be marked and issued to 100 recipients each; the others are
registered for recognition only, which is what they are here for. Each photo shows one page of one copy
(simulated phone, 100-150 dpi) and is traced without --document. Prints how often document, page and copy were
right, and the wall time, beside the floor: decoding the photo and its SIFT features.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from fother.demo import simulate
from fother.demo.settings import Photo
from fother.errors import FotherError
from fother.flow.issuing import issue
from fother.flow.library import open_library
from fother.flow.progress import Silent
from fother.flow.registering import register
from fother.flow.respond import trace
from fother.registry import FolderRegistry, open_registry

OUT = Path(__file__).parent / "out" / "many"
RECIPIENTS = 100
WORKERS = 2


def words(path: Path) -> list[int]:
    """Words of each of the first pages; empty for files that cannot be read."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            count = len(document)
            if not 1 <= count <= 60:
                return []
            return [len(document[k].get_textpage().get_text_bounded().split()) for k in range(min(count, 8))]
    except pypdfium2.PdfiumError:
        return []


_registry: FolderRegistry | None = None


def _begin(home: Path) -> None:
    global _registry
    _registry = open_registry(home)


def _recognisable(path: Path) -> bool:
    """Register a document to be recognised; False when it holds no text or cannot be read."""
    assert _registry is not None
    try:
        register(_registry, path, text_only=True)
    except FotherError:
        return False
    return True


def fill(registry: FolderRegistry, folder: Path, documents: int, photographed: int) -> list[tuple[str, Path]]:
    """Register until there are enough; the issued documents with the folder of their copies."""
    counts = {path: words(path) for path in sorted(folder.glob("*.pdf"))}
    ranked = sorted((p for p, w in counts.items() if w), key=lambda p: (-max(counts[p]), p.name))
    people = OUT / "people.csv"
    with people.open("w", newline="") as file:
        csv.writer(file).writerows([["email"], *([f"r{k}@example.org"] for k in range(RECIPIENTS))])
    issued: list[tuple[str, Path]] = []
    held = len(registry.media_types())
    # pages of running text, from short documents: registration of a page to be marked takes a second
    telling = [p for p in ranked if 250 <= max(counts[p]) <= 900 and len(counts[p]) <= 8]
    chosen = telling[:: max(1, len(telling) // (2 * photographed))]
    for path in chosen:
        if len(issued) >= photographed:
            break
        try:
            found = register(registry, path, allow_signed=True)
            out = OUT / "copies" / found.document.id
            if not (out / "done").exists():
                issue(registry, found.document.id, people, out, workers=1)
                (out / "done").touch()
            issued.append((found.document.id, out))
        except FotherError as error:
            print(f"{path.name}: {error}", flush=True)
    todo = ranked[: max(0, documents - len(registry.media_types())) * 2]
    with ProcessPoolExecutor(
        WORKERS, get_context("spawn"), initializer=_begin, initargs=(registry.home,)
    ) as pool:
        for done in pool.map(_recognisable, todo):
            if done and len(registry.media_types()) >= documents:
                pool.shutdown(cancel_futures=True)
                break
    print(f"{held} documents before, {len(registry.media_types())} now, {len(issued)} issued", flush=True)
    return issued


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pdfs", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--photographed", type=int, default=50)
    parser.add_argument("--photos", type=int, default=100)
    arguments = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    with open_registry(OUT / "home") as registry:
        start = time.perf_counter()
        issued = fill(registry, arguments.pdfs, arguments.documents, arguments.photographed)
        print(f"registered in {time.perf_counter() - start:.0f} s", flush=True)
        start = time.perf_counter()
        with open_library(registry, Silent()):
            print(f"indexes opened in {time.perf_counter() - start:.1f} s", flush=True)
        right = np.zeros(4, int)
        taken, floor, wrong = [], [], 0
        for number in range(arguments.photos):
            document, out = issued[number % len(issued)]
            copies = sorted(out.glob("C-*.pdf"))
            copy = copies[int(rng.integers(len(copies)))]
            photo, page = photograph(copy, rng)
            with tempfile.TemporaryDirectory() as folder:
                leak = Path(folder) / "leak.jpg"
                cv2.imwrite(str(leak), photo, [cv2.IMWRITE_JPEG_QUALITY, 85])
                start = time.perf_counter()
                verdict = trace(registry, [leak]).verdict
                taken.append(time.perf_counter() - start)
                start = time.perf_counter()
                image = cv2.imread(str(leak), 0)
                cv2.SIFT.create(5000).detectAndCompute(cv2.resize(image, None, fx=0.5, fy=0.5), None)
                floor.append(time.perf_counter() - start)
            accused = [a.copy for a in verdict.accused]
            facts = (
                verdict.document == document,
                verdict.document == document and page in {e.page for e in verdict.evidence},
                accused == [copy.stem],
                verdict.document == document and not accused,
            )
            right += np.array(facts, int)
            wrong += bool(set(accused) - {copy.stem})
            if not facts[2]:
                print(
                    f"missed: {registry.document(document).file_name} page {page + 1}: {verdict.sentence} "
                    f"{verdict.tried['chosen_by']}",
                    flush=True,
                )
    n = arguments.photos
    print("\n| photos | document | page | copy | none named | wrong name |\n|---|---|---|---|---|---|")
    print(f"| {n} | {right[0]} | {right[1]} | {right[2]} | {right[3]} | {wrong} |")
    for name, seconds in (("trace", taken), ("floor: decode and SIFT", floor)):
        p50, p95 = np.percentile(seconds, [50, 95])
        print(f"{name}: median {p50:.1f} s, p95 {p95:.1f} s, max {max(seconds):.1f} s")


def photograph(copy: Path, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """A phone photo of one page of running text of a copy, and its number."""
    with pypdfium2.PdfDocument(copy) as document:
        counts = [len(p.get_textpage().get_text_bounded().split()) for p in document]
        rich = [k for k, count in enumerate(counts) if count >= 150] or [int(np.argmax(counts))]
        page = int(rng.choice(rich))
        sheet = document[page].render(scale=600 / 72, grayscale=True).to_numpy()
    sheet = sheet if sheet.ndim == 2 else sheet[..., 0]
    return simulate.phone_photo(sheet, float(rng.uniform(100, 150)), rng, Photo(colour=False)), page


if __name__ == "__main__":
    main()
