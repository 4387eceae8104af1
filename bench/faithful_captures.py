"""Verdicts of `identify` on faithful captures of registered pages, and changes found in altered ones.

    python bench/faithful_captures.py [--faithful 60] [--altered 30] [--pages 24] [--show]

Single pages of running text from bench/corpus (power_pages.json, see corpus.py) are registered in
bench/out/captures and issued to four recipients each; a second run goes on from there. A faithful capture
shows a copy (two times of three) or the original: a screenshot at 96-144 dpi (JPEG), a printed and scanned
page at 150-300 dpi, or a simulated phone's photo at 100-150 dpi. Every one goes through
`fother.flow.identify.identify`; any verdict but "genuine" is an error.

An altered capture shows the same pages after one or two words were painted over in the page's own pixels:
another figure, "not" taken out (the rest of the line closes up, or a gap stays), a word replaced by another,
a word covered with a bar. The new word is set in the free font that fits the old one best. A change counts as
found when its place and its new text agree; where a word was covered, as a change or as a covered region.

Results are kept in bench/out/captures/*.jsonl by number of the capture: a run with higher numbers continues.
`--again` forgets them.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import csv
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from fother.demo import simulate
from fother.demo.settings import Photo
from fother.flow.identify import FileIdentified, identify
from fother.flow.issuing import issue
from fother.flow.library import document_text
from fother.flow.registering import register
from fother.identify.genuine import SURE
from fother.model.match import Change
from fother.registry import FolderRegistry, Registry, open_registry
from lab import CORPUS, power_pages

OUT = Path(__file__).parent / "out" / "captures"
RECIPIENTS = 4
PAGE_DPI = 600
KINDS = ("screenshot", "scan", "photo")
EDITS = ("figure", "not", "word", "figure", "word", "covered")
FONTS = ("LiberationSerif-Regular", "LiberationSans-Regular", "NimbusRoman-Regular", "NimbusSans-Regular",
         "DejaVuSerif", "DejaVuSans", "LiberationSerif-Bold", "LiberationSans-Bold", "LiberationSans-Italic",
         "LiberationSerif-Italic", "LiberationMono-Regular")  # fmt: skip
FILES = (".ttf", ".otf")
WORDS = ("house", "public", "rejected", "foreign", "money", "secret", "remain", "against", "letter", "water",
         "country", "never", "private", "between", "soldiers", "machine", "winter", "allowed")  # fmt: skip
Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Edit:
    """`start`, `end` of the document's text; `text` is what the picture shows there."""

    kind: str
    start: int
    end: int
    before: str
    text: str


# ---- registry


class Pages:
    """Pages of the corpus; each is registered and issued when it is first asked for."""

    def __init__(self, registry: FolderRegistry, count: int) -> None:
        self.registry = registry
        self.pages = power_pages(count)
        self.ready: dict[int, tuple[str, list[Path]]] = {}
        self.people = OUT / "people.csv"
        with self.people.open("w", newline="") as file:
            csv.writer(file).writerows([["email"], *([f"r{k}@example.org"] for k in range(RECIPIENTS))])

    def __len__(self) -> int:
        return len(self.pages)

    def __getitem__(self, number: int) -> tuple[str, list[Path]]:
        """The document's id, and the files: original, copies."""
        if number not in self.ready:
            self.ready[number] = self._made(self.pages[number])
        return self.ready[number]

    def _made(self, page: dict[str, Any]) -> tuple[str, list[Path]]:
        single = OUT / "pages" / f"{Path(page['file']).stem}-{page['page']}.pdf"
        if not single.exists():
            single.parent.mkdir(exist_ok=True)
            with pikepdf.open(CORPUS / page["file"]) as whole, pikepdf.new() as part:
                part.pages.append(whole.pages[page["page"]])
                part.save(single, deterministic_id=True)
        found = register(self.registry, single, allow_signed=True)
        copies = OUT / "copies" / found.document.id
        if not (copies / "done").exists():
            issue(self.registry, found.document.id, self.people, copies, workers=1)
            (copies / "done").touch()
        return found.document.id, [single, *sorted(copies.glob("C-*.pdf"))]


@lru_cache(maxsize=4)
def rendered(file: Path) -> Grey:
    with pypdfium2.PdfDocument(file) as document:
        picture = document[0].render(scale=PAGE_DPI / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture if picture.ndim == 2 else picture[..., 0])


# ---- captures


def captured(page: Grey, kind: str, rng: np.random.Generator) -> tuple[Grey, str]:
    """The page as a capture of this kind, and what kind precisely."""
    if kind == "screenshot":
        dpi, quality = int(rng.choice([96, 110, 120, 144])), int(rng.integers(70, 95))
        return simulate.screenshot(page, quality, dpi / PAGE_DPI), f"screenshot {dpi} dpi, JPEG {quality}"
    if kind == "scan":
        dpi = int(rng.choice([150, 200, 300]))
        return simulate.print_scan(page, dpi, rng), f"scan {dpi} dpi"
    dpi = int(rng.integers(100, 151))
    return simulate.phone_photo(page, dpi, rng, Photo(colour=False)), f"photo {dpi} dpi"


def identified(registry: Registry, picture: Grey) -> FileIdentified:
    with tempfile.TemporaryDirectory() as folder:
        leak = Path(folder) / "leak.jpg"
        cv2.imwrite(str(leak), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
        return identify(registry, [leak])[0]


def changes_of(found: FileIdentified, document: str) -> list[Change]:
    return [c for m in found.identification.matches if m.document == document for c in m.changes]


def plain(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "grave": change.grave,
        "confidence": round(change.confidence, 3),
        "sentence": change.sentence,
    }


# ---- alterations in pixels


@lru_cache(maxsize=1)
def font_files() -> list[Path]:
    """The fonts above that this machine has."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    there = {
        f.stem: f for folder in folders if folder.exists() for f in folder.rglob("*") if f.suffix in FILES
    }
    return [there[name] for name in FONTS if name in there]


def ink_box(picture: Grey, box: NDArray[np.float64]) -> tuple[int, int, int, int] | None:
    """Where the ink of a word is; None when there is none or it is light on dark."""
    x0, y0, x1, y1 = (round(float(v) * PAGE_DPI / 72) for v in box)
    x0, y0 = max(x0, 0), max(y0, 0)
    part = picture[y0:y1, x0:x1]
    if part.size < 400 or np.median(part) < 200:
        return None
    rows, columns = np.nonzero(part < 140)
    if len(rows) < 50:
        return None
    return (
        x0 + int(columns.min()),
        y0 + int(rows.min()),
        x0 + int(columns.max()) + 1,
        y0 + int(rows.max()) + 1,
    )


def drawn(text: str, font: ImageFont.FreeTypeFont) -> tuple[Grey, int]:
    """A word in black, cut to its ink, and how far its top lies from the baseline."""
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    picture = Image.new("L", (int(right - left) + 4, int(bottom - top) + 4), 255)
    ImageDraw.Draw(picture).text((2 - left, 2 - top), text, font=font, fill=0, anchor="ls")
    array = np.array(picture)
    rows, columns = np.nonzero(array < 140)
    cut = array[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return cut, int(top) - 2 + int(rows.min())


def fitting(word: Grey, text: str) -> ImageFont.FreeTypeFont:
    """The font, and the size of it, in which this text looks most like the word."""
    best: tuple[float, ImageFont.FreeTypeFont] | None = None
    for file in font_files():
        tall = drawn(text, ImageFont.truetype(str(file), 100))[0].shape[0]
        font = ImageFont.truetype(str(file), max(8, round(100 * word.shape[0] / tall)))
        mine = drawn(text, font)[0]
        shape = cv2.resize(mine, (word.shape[1], word.shape[0]), interpolation=cv2.INTER_AREA)
        width = abs(np.log(mine.shape[1] / word.shape[1]))
        value = float(np.corrcoef(shape.ravel(), word.ravel())[0, 1]) - width
        if best is None or value > best[0]:
            best = value, font
    assert best is not None
    return best[1]


def repaint(picture: Grey, ink: tuple[int, int, int, int], before: str, after: str, room: int) -> bool:
    """Set another word in place of one; False when it does not fit before the next word at x = `room`."""
    x0, y0, x1, y1 = ink
    font = fitting(picture[y0:y1, x0:x1], before)
    baseline = y0 - drawn(before, font)[1]
    new, top = drawn(after, font)
    if new.shape[1] > room - x0:
        if new.shape[1] > 1.25 * (room - x0):
            return False
        new = cv2.resize(new, (room - x0, new.shape[0]), interpolation=cv2.INTER_AREA)
    picture[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2] = 255
    y = baseline + top
    there = picture[y : y + new.shape[0], x0 : x0 + new.shape[1]]
    if there.shape != new.shape:
        return False
    np.minimum(there, new, out=there)
    return True


class Alterer:
    """Alters words of one page's picture."""

    def __init__(self, registry: Registry, document: str, picture: Grey, rng: np.random.Generator) -> None:
        held = document_text(registry, registry.document(document))
        self.text, self.words = held.text, held.words
        self.picture, self.rng = picture.copy(), rng
        self.taken: set[int] = set()

    def word(self, k: int) -> str:
        return self.text[int(self.words.start[k]) : int(self.words.end[k])]

    def places(self, kind: str) -> Iterator[int]:
        pattern = {"figure": r"[(]?\d[\d.,]{0,8}\d[.,;)]?$|\d$", "not": r"not$", "word": r"[a-z]{4,12}$"}
        wanted = re.compile(pattern.get(kind, pattern["word"]))
        fitting_places = [k for k in range(2, len(self.words) - 2) if wanted.match(self.word(k))]
        inner = [k for k in fitting_places if not self.taken & set(range(k - 3, k + 4)) and self.inside(k)]
        self.rng.shuffle(inner)
        yield from inner[:12]

    def inside(self, k: int) -> bool:
        """Whether words stand on both sides in the same line."""
        box = self.words.box
        middle = (box[k, 1] + box[k, 3]) / 2
        tall = box[k, 3] - box[k, 1]
        return all(
            box[n, 1] < middle < box[n, 3] and 0 < (box[n, 0] - box[k, 2]) * side < 1.2 * tall
            if side > 0
            else box[n, 1] < middle < box[n, 3] and 0 < box[k, 0] - box[n, 2] < 1.2 * tall
            for n, side in ((k - 1, -1), (k + 1, 1))
        )

    def alter(self, kind: str) -> Edit | None:
        for k in self.places(kind):
            ink = ink_box(self.picture, self.words.box[k])
            room = ink_box(self.picture, self.words.box[k + 1])
            if ink is None or room is None:
                continue
            done = self.altered(kind, k, ink, room[0])
            if done is not None:
                self.taken.add(k)
                return Edit(kind, int(self.words.start[k]), int(self.words.end[k]), self.word(k), done)
        return None

    def altered(self, kind: str, k: int, ink: tuple[int, int, int, int], room: int) -> str | None:
        x0, y0, x1, y1 = ink
        old = self.word(k)
        space = max(4, round(0.12 * (y1 - y0)))
        if kind == "covered":
            shade = int(self.rng.choice([0, 0, 255]))
            self.picture[y0 - 6 : y1 + 6, x0 - 6 : x1 + 6] = shade
            return ""
        if kind == "not":
            self.picture[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2] = 255
            if self.rng.random() < 0.6:
                self.close_up(k, x0, room)
            return ""
        if kind == "figure":
            new = self.figure(old)
        else:
            near = [w for w in WORDS if abs(len(w) - len(old)) <= 1 and Levenshtein.distance(w, old) > 2]
            new = str(self.rng.choice(near)) if near else ""
        if not new or not repaint(self.picture, ink, old, new, room - space):
            return None
        return new

    def figure(self, old: str) -> str:
        digits = [place for place, c in enumerate(old) if c.isdigit()]
        chosen = self.rng.choice(digits, size=min(len(digits), int(self.rng.integers(1, 3))), replace=False)
        new = list(old)
        for place in chosen:
            new[place] = str(self.rng.choice([d for d in "123456789" if d != old[place]]))
        return "".join(new)

    def close_up(self, k: int, x0: int, next_x: int) -> None:
        """Move the rest of the line to the left."""
        box, last = self.words.box, k + 1
        while (
            last + 1 < len(box) and box[last + 1, 1] < box[k, 3] - 2 and box[last + 1, 0] > box[last, 2] - 1
        ):
            last += 1
        scale = PAGE_DPI / 72
        top, bottom = (
            round(float(box[k : last + 1, 1].min()) * scale),
            round(float(box[k : last + 1, 3].max()) * scale),
        )
        right = round(float(box[last, 2]) * scale) + 6
        part = self.picture[top:bottom, next_x - 2 : right].copy()
        self.picture[top:bottom, x0 - 2 : right] = 255
        self.picture[top:bottom, x0 - 2 : x0 - 2 + part.shape[1]] = part


# ---- scoring


def same_text(shown: str, told: str) -> bool:
    """Whether the change tells the new word; words that were read as one are told together."""
    one, other = ("".join(c for c in s.casefold() if c.isalnum()) for s in (shown, told))
    return one in other or (len(one) > 3 and Levenshtein.distance(one, other) <= 1 + len(one) // 5)


def outcome(edit: Edit, changes: list[Change], regions: list[tuple[str, str]]) -> str:
    """Found as a change; place: a change there says something else; region: pixels alone; or missed."""
    here = [c for c in changes if c.document and c.document[0] <= edit.end and c.document[1] >= edit.start]
    for change in here:
        told = change.leak_text
        if edit.text and same_text(edit.text, told):
            return "found"
        if not edit.text and (not told or edit.before.casefold() not in told.casefold()):
            return "found"
    if here:
        return "place"
    word = edit.before.strip(".,;()")
    seen = any(word in words.split() or edit.before in words for _, words in regions)
    return "region" if seen else "missed"


def kept(file: Path, again: bool) -> dict[int, dict[str, Any]]:
    if again:
        file.unlink(missing_ok=True)
    if not file.exists():
        return {}
    return {row["number"]: row for row in map(json.loads, file.read_text().splitlines())}


def faithful(registry: Registry, pages: Pages, number: int) -> dict[str, Any]:
    rng = np.random.default_rng([11, number])
    document, files = pages[number % len(pages)]
    file = files[0] if rng.random() < 1 / 3 else files[1 + int(rng.integers(len(files) - 1))]
    picture, what = captured(rendered(file), KINDS[(number + number // len(pages)) % 3], rng)
    start = time.process_time()
    found = identified(registry, picture)
    answer = found.identification
    return {
        "number": number,
        "capture": what,
        "page": files[0].stem,
        "marked": file != files[0],
        "verdict": answer.verdict,
        "sentence": answer.sentence,
        "right": bool(answer.matches) and answer.matches[0].document == document,
        "changes": [plain(c) for m in answer.matches for c in m.changes],
        "regions": [(r.kind, r.words, round(r.score, 1)) for m in answer.matches for r in m.regions],
        "seconds": round(time.process_time() - start, 1),
    }


def altered(registry: Registry, pages: Pages, number: int) -> dict[str, Any]:
    rng = np.random.default_rng([12, number])
    document, files = pages[number % len(pages)]
    file = files[1 + int(rng.integers(len(files) - 1))]
    alterer = Alterer(registry, document, rendered(file), rng)
    wanted = [EDITS[(number + k) % len(EDITS)] for k in range(1 + int(rng.integers(2)))]
    edits = [e for e in (alterer.alter(kind) for kind in wanted) if e is not None]
    edits = edits or [e for e in (alterer.alter("word"),) if e is not None]
    picture, what = captured(alterer.picture, KINDS[(number + number // len(pages)) % 3], rng)
    answer = identified(registry, picture)
    changes = changes_of(answer, document)
    regions = [(r.kind, r.words) for m in answer.identification.matches for r in m.regions]
    results = [outcome(e, changes, regions) for e in edits]
    mine = [
        c
        for c in changes
        if any(e.start <= c.document[1] and c.document[0] <= e.end for e in edits if c.document)
    ]
    return {
        "number": number,
        "capture": what,
        "page": files[0].stem,
        "verdict": answer.identification.verdict,
        "edits": [(e.kind, e.before, e.text, r) for e, r in zip(edits, results, strict=True)],
        "false": [plain(c) for c in changes if c not in mine],
        "changes": [plain(c) for c in mine],
        "regions": [
            (r.kind, r.words, round(r.score, 1)) for m in answer.identification.matches for r in m.regions
        ],
    }


def summary(rows: list[dict[str, Any]], altered_rows: list[dict[str, Any]]) -> None:
    if rows:
        print(
            "\n| faithful | captures | genuine | altered | mixed | not-ours | changes told | with regions |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for kind in (*KINDS, ""):
            part = [r for r in rows if r["capture"].startswith(kind)]
            verdicts = Counter(r["verdict"] for r in part)
            told, seen = sum(len(r["changes"]) for r in part), sum(bool(r["regions"]) for r in part)
            print(f"| {kind or 'all'} | {len(part)} | {verdicts['genuine']} | {verdicts['altered']} "
                  f"| {verdicts['mixed']} | {verdicts['not-ours']} | {told} | {seen} |")  # fmt: skip
    if altered_rows:
        print("\n| altered | edits | found | other text | only as region | missed | false changes |")
        print("|---|---|---|---|---|---|---|")
        for kind in (*KINDS, ""):
            part = [r for r in altered_rows if r["capture"].startswith(kind)]
            line(kind or "all", [e for r in part for e in r["edits"]], sum(len(r["false"]) for r in part))
        for kind in dict.fromkeys(EDITS):
            line(kind, [e for r in altered_rows for e in r["edits"] if e[0] == kind], 0)
        right = sum(r["verdict"] == "altered" for r in altered_rows)
        print(f"verdict altered: {right} of {len(altered_rows)}")


def line(name: str, edits: list[list[str]], false: int) -> None:
    count = Counter(e[3] for e in edits)
    print(f"| {name} | {len(edits)} | {count['found']} | {count['place']} | {count['region']} "
          f"| {count['missed']} | {false or ''} |")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--faithful", type=int, default=60)
    parser.add_argument("--altered", type=int, default=30)
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--again", action="store_true", help="forget earlier results")
    parser.add_argument("--show", action="store_true", help="print every change of altered captures")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with open_registry(OUT / "home") as registry:
        pages = Pages(registry, options.pages)
        rows: dict[str, list[dict[str, Any]]] = {}
        for name, count, one in (
            ("faithful", options.faithful, faithful),
            ("altered", options.altered, altered),
        ):
            log = OUT / f"{name}.jsonl"
            done = kept(log, options.again)
            for number in range(count):
                if number in done:
                    continue
                done[number] = one(registry, pages, number)
                with log.open("a") as file:
                    file.write(json.dumps(done[number], ensure_ascii=False) + "\n")
                tell(done[number], options.show)
            rows[name] = [done[k] for k in sorted(done) if k < count]
    summary(rows["faithful"], rows["altered"])


def tell(row: dict[str, Any], show: bool) -> None:
    """Print what went wrong in one capture."""
    head = f"{row['number']} {row['capture']} {row['page']}: {row['verdict']}"
    if "edits" in row:
        if show or row["false"] or any(e[3] != "found" for e in row["edits"]):
            print(f"{head} {row['edits']}", flush=True)
        for change in row["false"] + (row["changes"] if show else []):
            print(f"    {change['kind']} {change['confidence']} {change['sentence']}", flush=True)
        return
    if row["verdict"] != "genuine":
        print(f"{head} {row['sentence']}", flush=True)
    for change in row["changes"]:
        if row["verdict"] != "genuine" or (change["grave"] and change["confidence"] >= SURE):
            print(f"    {change['kind']} {change['confidence']} {change['sentence']}", flush=True)


if __name__ == "__main__":
    main()
