"""Pages found by the shapes of their words: recall, scores of wrong pages, and a SIFT vote beside it.

    python bench/page_shapes.py [--pdfs FOLDER] [--documents N] [--pages 12] [--unregistered 400]
    [--small 60] [--kinds scan75,phone60,…] [--seed 1]

The registry holds every page of the PDFs of bench/corpus (see corpus.py), read as registration reads them.
Captured are pages of running text of as many documents as possible, without the first ten of
power_pages.json, on which the search was developed. Each capture is searched for twice: among all pages,
and among the pages of all other documents, where every hit is wrong. More wrong searches are made of plain
renderings and crops of further pages. The peer is `vision.locate.vote`, the shortlist that is made for one
document, over a small registry: SIFT features of all pages in memory, one nearest-neighbour index.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from fother.demo import simulate
from fother.demo.settings import Photo
from fother.errors import FotherError
from fother.flow.library import signatures, text_of
from fother.intake.parent import receive_bytes
from fother.vision.locate import CaptureFeatures, Features, page_features, vote
from fother.vision.reference import DPI
from fother.vision.shapes import ShapeIndex, word_blobs
from fother.vision.shapes.signature import unpack

Grey = NDArray[np.uint8]
Page = tuple[str, int]
HERE = Path(__file__).parent
OUT = HERE / "out" / "page_shapes"
FINE = 400.0
LEVELS = (4, 6, 8, 10, 12, 15, 20)


def _photo(dpi: float, **settings: float) -> Callable[[Grey, np.random.Generator], Grey]:
    look = Photo(colour=False, **settings)  # type: ignore[arg-type]
    return lambda page, rng: simulate.phone_photo(page, dpi, rng, look, FINE)


def _shot(dpi: float, lines: int = 0, quality: int = 70) -> Callable[[Grey, np.random.Generator], Grey]:
    def capture(page: Grey, rng: np.random.Generator) -> Grey:
        part = simulate.crop_lines(page, rng, lines) if lines else page
        return simulate.screenshot(part, quality, dpi / FINE)

    return capture


def _dark(page: Grey, rng: np.random.Generator) -> Grey:
    return np.asarray(255 - _shot(80)(page, rng), np.uint8)


KINDS: dict[str, Callable[[Grey, np.random.Generator], Grey]] = {
    "scan75": lambda page, rng: simulate.print_scan(page, 75, rng, page_dpi=FINE),
    "scan150": lambda page, rng: simulate.print_scan(page, 150, rng, page_dpi=FINE),
    "phone60": _photo(60),
    "phone80": _photo(80),
    "phone110": _photo(110, curl=0.6),
    "defocused110": _photo(110, defocus=2.5, shake=3.0),
    "screen50": _shot(50),
    "screen72": _shot(72, quality=50),
    "crop6@72": _shot(72, 6),
    "crop12@72": _shot(72, 12),
    "dark80": _dark,
}


def rendered(folder: Path, page: Page, dpi: float) -> Grey:
    with pypdfium2.PdfDocument(folder / page[0]) as document:
        picture = document[page[1]].render(scale=dpi / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture if picture.ndim == 2 else picture[..., 0])


def grey(picture: Grey) -> Grey:
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def fill(folder: Path, limit: int | None) -> ShapeIndex:
    """The registry's index, made on the first run."""
    index = ShapeIndex.open(OUT / "index")
    known = index.ids()
    start, added = time.perf_counter(), 0
    for path in sorted(folder.glob("*.pdf"))[:limit]:
        if path.name in known:
            continue
        try:
            whole, *_ = receive_bytes(path.name, path.read_bytes())
        except FotherError as error:
            print(f"{path.name}: {error}", flush=True)
            continue
        pages = signatures(text_of(whole.sighting))
        index.add(path.name, pages)
        added += len(pages)
    if added:
        print(f"{added} pages read and entered in {time.perf_counter() - start:.0f} s", flush=True)
    return index


def prose(index: ShapeIndex, rng: np.random.Generator) -> Iterator[Page]:
    """Pages of running text in random order, one of each document, then a second of each and so on."""
    tuned = json.loads((HERE / "corpus" / "power_pages.json").read_text())[:10]
    used = {(p["file"], p["page"]) for p in tuned}
    by_document: dict[str, list[Page]] = {}
    for segment, alive in index._segments:
        for place in np.flatnonzero(alive):
            page = segment.documents[int(segment.owner[place])], int(segment.page[place])
            cells = unpack(segment.signature(int(place)))
            full = len(cells.line) >= 200 and len(cells.line) >= 6 * len(np.unique(cells.line))
            if full and page not in used:
                by_document.setdefault(page[0], []).append(page)
    queues = {d: [p[int(k)] for k in rng.permutation(len(p))] for d, p in sorted(by_document.items())}
    while queues:
        for document in rng.permutation(sorted(queues)):
            yield queues[str(document)].pop()
        queues = {d: q for d, q in queues.items() if q}


class Without:
    """The index without one document; a copy, so that the registry stays whole."""

    def __init__(self) -> None:
        self.document = ""
        self.folder = Path(tempfile.mkdtemp(prefix="without-", dir=OUT))
        self.index = ShapeIndex(self.folder)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def of(self, document: str) -> ShapeIndex:
        if document != self.document:
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.copytree(OUT / "index", self.folder)
            self.index = ShapeIndex.open(self.folder)
            self.index.remove(document)
            self.document = document
        return self.index


def recall(
    folder: Path, index: ShapeIndex, pages: Sequence[Page], kinds: Sequence[str], seed: int
) -> list[float]:
    """Print the table of recall; scores of the best wrong page of every capture."""
    without, wrong_all = Without(), []
    table: dict[str, list[tuple[bool, bool, float, float, float, float]]] = {kind: [] for kind in kinds}
    for number, page in enumerate(pages):
        fine = rendered(folder, page, FINE)
        for kind in kinds:
            try:
                picture = grey(KINDS[kind](fine, np.random.default_rng([seed, number, kinds.index(kind)])))
            except FotherError:
                continue  # fewer lines than are to be cut out
            start = time.perf_counter()
            blobs = word_blobs(picture)
            middle = time.perf_counter()
            hits = index.search_blobs(blobs)
            end = time.perf_counter()
            found = [(h.document, h.page) for h in hits]
            right = next((h.score for h in hits if (h.document, h.page) == page), 0.0)
            others = without.of(page[0]).search_blobs(blobs, 1)
            wrong = others[0].score if others else 0.0
            table[kind].append(
                (found[:1] == [page], page in found[:5], right, wrong, middle - start, end - middle)
            )
            if found[:1] != [page]:
                print(f"missed: {kind} {page[0]} page {page[1] + 1} {hits[:1]}", flush=True)
            if os.environ.get("SHOW"):
                print(kind, number, *(f"{value:.2f}" for value in table[kind][-1]), flush=True)
            if wrong >= 6:
                print(f"wrong: {kind} {page[0]} page {page[1] + 1} {others[0]}", flush=True)
            wrong_all.append(wrong)
    without.close()
    print(f"\n{len(index)} pages registered")
    print("| capture | n | @1 | @5 | right ≥ 12 | score p5 / median | wrong max | words | search |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind, rows in table.items():
        if rows:
            one, five, right, wrong, t0, t1 = np.array(rows, float).T
            low, median = np.percentile(right, [5, 50])
            print(
                f"| {kind} | {len(rows)} | {one.mean():.3f} | {five.mean():.3f} | {(right >= 12).mean():.3f} "
                f"| {low:.1f} / {median:.1f} | {wrong.max():.1f} "
                f"| {np.median(t0):.2f} s | {np.median(t1):.3f} s |"
            )
    return wrong_all


def unregistered(folder: Path, pages: Sequence[Page], seed: int) -> list[float]:
    """Scores of the best wrong page for plain captures of pages whose document is left out."""
    rng, without, scores = np.random.default_rng([seed, 9]), Without(), []
    for page in sorted(pages):
        dpi = float(rng.uniform(55, 120))
        picture = rendered(folder, page, dpi)
        if rng.random() < 0.5:
            high = int(rng.uniform(0.1, 0.6) * picture.shape[0])
            top = int(rng.integers(0, picture.shape[0] - high))
            picture = picture[top : top + high]
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.2)))
        hits = without.of(page[0]).search(np.asarray(picture, np.uint8), 1)
        scores.append(hits[0].score if hits else 0.0)
        if os.environ.get("SHOW"):
            print(f"{scores[-1]:.2f}", flush=True)
        if scores[-1] >= 6:
            print(f"wrong: {dpi:.0f} dpi {page[0]} page {page[1] + 1} {hits[0]}", flush=True)
    without.close()
    return scores


def tail(name: str, scores: Sequence[float]) -> None:
    value = np.array(scores)
    p50, p95, p99 = np.percentile(value, [50, 95, 99])
    over = ", ".join(f"≥ {level}: {(value >= level).sum()}" for level in LEVELS)
    print(
        f"{name}: {len(value)} captures of unregistered pages, best score median {p50:.2f}, p95 {p95:.2f}, "
        f"p99 {p99:.2f}, max {value.max():.2f}; {over}"
    )


def peer(folder: Path, pages: Sequence[Page], size: int, kinds: Sequence[str], seed: int) -> None:
    """The SIFT vote and the shape index over the same small registry, page by page the same captures."""
    full = ShapeIndex.open(OUT / "index")
    full.ids()
    held: dict[Page, NDArray[np.uint64]] = {}
    for segment, alive in full._segments:
        for place in np.flatnonzero(alive):
            key = segment.documents[int(segment.owner[place])], int(segment.page[place])
            held[key] = np.array(segment.signature(int(place)))
    others = [p for p in prose(full, np.random.default_rng([seed, 5])) if p not in set(pages)]
    registry = [*pages, *others][:size]
    shutil.rmtree(OUT / "small", ignore_errors=True)
    small = ShapeIndex.open(OUT / "small")
    small.add_many({f"{file}#{page}": {0: held[file, page]} for file, page in registry})
    features: dict[int, Features] = {}
    start = time.perf_counter()
    for number, page in enumerate(registry):
        if (found := page_features(rendered(folder, page, DPI))) is not None:
            features[number] = found
    print(f"\nSmall registry of {size} pages; SIFT features taken in {time.perf_counter() - start:.0f} s")
    kept = sum(f.points.nbytes // 2 + f.descriptors.size for f in features.values())
    disk = sum(p.stat().st_size for p in (OUT / "small").rglob("*") if p.is_file())
    print(f"state a page: shapes {disk / size / 1e3:.0f} kB, SIFT {kept / size / 1e3:.0f} kB")
    print("| capture | n | shapes @1 @5 | SIFT vote @1 @5 | shapes s | SIFT s |\n|---|---|---|---|---|---|")
    for kind in kinds:
        rows = []
        for number, page in enumerate(pages):
            try:
                picture = grey(
                    KINDS[kind](
                        rendered(folder, page, FINE),
                        np.random.default_rng([seed, number, kinds.index(kind)]),
                    )
                )
            except FotherError:
                continue
            start = time.perf_counter()
            hits = [h.document for h in small.search(picture)]
            middle = time.perf_counter()
            order = vote(features, CaptureFeatures(picture))
            name = f"{page[0]}#{page[1]}"
            rows.append(
                (
                    hits[:1] == [name],
                    name in hits[:5],
                    order[:1] == [number],
                    number in order[:5],
                    middle - start,
                    time.perf_counter() - middle,
                )
            )
        if rows:
            a1, a5, b1, b5, ta, tb = np.array(rows, float).T
            print(
                f"| {kind} | {len(rows)} | {a1.mean():.3f} {a5.mean():.3f} | {b1.mean():.3f} {b5.mean():.3f} "
                f"| {np.median(ta):.2f} | {np.median(tb):.2f} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pdfs", type=Path, default=HERE / "corpus")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--unregistered", type=int, default=400)
    parser.add_argument("--small", type=int, default=60)
    parser.add_argument("--small-kinds", default="scan75,phone80,phone110,screen72,crop12@72")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    index = fill(arguments.pdfs, arguments.documents)
    len(index)
    order = list(prose(index, np.random.default_rng(arguments.seed)))
    chosen = order[: arguments.pages]
    if arguments.unregistered:
        rest = order[arguments.pages : arguments.pages + arguments.unregistered]
        tail("renderings and crops", unregistered(arguments.pdfs, rest, arguments.seed))
    if chosen:
        wrong = recall(arguments.pdfs, index, chosen, arguments.kinds.split(","), arguments.seed)
        tail("all kinds", wrong)
    if arguments.small and chosen:
        peer(arguments.pdfs, chosen, arguments.small, arguments.small_kinds.split(","), arguments.seed)


if __name__ == "__main__":
    main()
