"""Real Word files, marked: does anything change but the letters of the marks?

    python bench/docx_round_trip.py FOLDER [--seed 1] [--dpi 80] [--most-pages 150] [--no-render]
                                    [--issued] [--no-words] [--resave] [--keep FOLDER] [--markdown FILE]

Three copies of every DOCX of the folder are made:
  none     no rewrites; all parts must be the same bytes
  merged   every stretch that may change is rewritten with its own words, so letters move between runs that
           look alike; the pages must stay as they are. LibreOffice rounds the place of every run, so letters
           may move a little: pages are counted that differ by any pixel, and by more than a move of two
           pixels. A page that shows the time differs too
  marked   U+2005 in place of half of the spaces between words, by a seeded generator, and half of the words
           that WORDS names replaced; with --issued spaces are written as copies of standard strength have
           them, with symbols drawn by the generator, at all places that the characters channel takes

Of each it is checked: what is read back is what was written; parts without a change have the same bytes; the
others are, by canonical XML (C14N 2.0), the same but for the letters of text elements and their xml:space;
the reader of leaked files finds the same text, or what it finds besides (text that a style hides, text of
diagrams) is what it finds besides in the original; python-docx, where it is installed, counts as many
paragraphs, tables, sections and pictures. LibreOffice makes PDFs of the original and of the copies, compared
page by page; "lines kept" is the share of the original's lines of text that hold the same words in the marked
copy: U+2005 is wider than the space of most fonts, so some lines break elsewhere.
With --resave LibreOffice saves the marked copy as DOCX, ODT and RTF, and the marks (with --issued U+200C) are
counted that are left.

Speed is CPU time of one core: reading once, and copies per second of the marked kind.
"""

from __future__ import annotations

import argparse
import difflib
import importlib.util
import io
import random
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
from lxml import etree
from numpy.typing import NDArray

from fother.channels.characters.forms import NON_JOINER
from fother.channels.characters.places import places
from fother.channels.text.carriers import TextCarriers
from fother.errors import FotherError
from fother.formats.prose.docx import DocxTemplate
from fother.formats.text.content import Budget, Content
from fother.formats.text.package import Package
from fother.formats.text.readers import read as read_leak
from fother.formats.text.sniff import OPEN_DOCUMENT
from fother.formats.text.sniff import WORD as WORD_KIND
from fother.formats.text.word import read_word
from fother.model.prose import Prose, Rewrite, rewritten

SPACE = "\u2005"
WORDS = {
    "start": "begin", "begin": "start", "big": "large", "large": "big", "but": "yet", "also": "too",
    "show": "present", "whole": "entire", "help": "aid", "use": "employ", "often": "frequently",
    "begins": "starts", "starts": "begins", "uses": "employs", "while": "whereas", "required": "needed",
    "needed": "required", "shows": "presents", "about": "around", "buy": "purchase", "enough": "sufficient",
}  # fmt: skip
BACK = {said: word for word, said in WORDS.items()}
WORD = re.compile(r"\b[a-z]+\b")
SHOWN = ("body", "header", "footer", "note")
#: ending -> LibreOffice's name of the format, media type
SAVED = {
    "docx": ("docx:MS Word 2007 XML", WORD_KIND),
    "odt": ("odt", OPEN_DOCUMENT + "text"),
    "rtf": ("rtf", "application/rtf"),
}
INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\ufffe]")
COPIES_TIMED = 20
SMOOTHING = 48  # grey levels


@dataclass
class Result:
    name: str
    producer: str = "?"
    words: int = 0
    free: float = 0.0  #: share of letters that may change
    spaces: int = 0  #: changed in the marked copy
    replaced: int = 0
    reading: float = 0.0  #: CPU seconds
    copies: float = 0.0  #: per CPU second
    faults: list[str] = field(default_factory=list)
    pages: int = 0
    differ: int = 0  #: pages of the merged copy that differ at all
    moved: int = 0  #: by more than a move of two pixels
    marked_pages: int = -1
    lines_kept: float = -1.0
    saved: dict[str, float] = field(default_factory=dict)  #: share of spaces left, by format
    refused: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Round trip of real Word files")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dpi", type=int, default=80)
    parser.add_argument("--most-pages", type=int, default=150)
    parser.add_argument("--no-render", action="store_true")
    parser.add_argument("--issued", action="store_true")
    parser.add_argument("--no-words", action="store_true", help="change spaces only")
    parser.add_argument("--resave", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder that keeps copies and PDFs, to be looked at")
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    renders = not options.no_render and shutil.which("soffice") is not None
    results = []
    for path in sorted(options.folder.glob("*.docx")):
        with tempfile.TemporaryDirectory() as scratch:
            folder = options.keep / path.stem if options.keep else Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            result = round_trip(path, folder, options, renders)
        results.append(result)
        print(row(result), flush=True)
    print(summary(results))
    if options.markdown:
        options.markdown.write_text("\n".join([*HEAD, *map(row, results), "", summary(results), ""]))


def round_trip(path: Path, folder: Path, options: argparse.Namespace, renders: bool) -> Result:
    data = path.read_bytes()
    result = Result(path.stem)
    clock = time.process_time()
    try:
        template = DocxTemplate(data)
    except FotherError as error:
        result.refused = str(error)
        return result
    result.reading = time.process_time() - clock
    prose = template.prose
    result.producer = producer(data)
    result.words = len(prose.text.split())
    result.free = sum(end - start for start, end in prose.free) / max(1, len(prose.text))
    chance = random.Random(options.seed)
    spaces = issued(prose, chance) if options.issued else spaced(prose, chance)
    words = [] if options.no_words else worded(prose, chance)
    marks = sorted([*spaces, *words], key=lambda change: change.start)
    result.spaces = len(spaces)
    result.replaced = len(marks) - result.spaces
    copies = {
        "none": [],
        "merged": [Rewrite(start, end, prose.text[start:end]) for start, end in prose.free],
        "marked": marks,
    }
    for name, changes in copies.items():
        copy = template.write(changes)
        result.faults += [f"{name}: {fault}" for fault in faults(data, prose, changes, copy)]
        (folder / f"{name}.docx").write_bytes(copy)
    clock = time.process_time()
    for _ in range(COPIES_TIMED):
        template.write(marks)
    result.copies = COPIES_TIMED / max(1e-9, time.process_time() - clock)
    if renders:
        (folder / "original.docx").write_bytes(data)
        compare_pages(folder, options, result)
        if options.resave:
            result.saved = dict(marks_left(folder, NON_JOINER if options.issued else SPACE))
    return result


def spaced(prose: Prose, chance: random.Random) -> list[Rewrite]:
    return [
        Rewrite(start + found.start(), start + found.end(), SPACE)
        for start, end in prose.free
        for found in re.finditer(r"(?<=\w) (?=\w)", prose.text[start:end])
        if chance.random() < 0.5
    ]


def issued(prose: Prose, chance: random.Random) -> list[Rewrite]:
    carriers = TextCarriers(prose.text, tuple(places(prose, ())))
    return carriers.rewrites(np.array([chance.random() < 0.5 for _ in range(carriers.count)], np.uint8))


def worded(prose: Prose, chance: random.Random) -> list[Rewrite]:
    return [
        Rewrite(start + found.start(), start + found.end(), WORDS[found.group()])
        for start, end in prose.free
        for found in WORD.finditer(prose.text[start:end])
        if found.group() in WORDS and chance.random() < 0.5
    ]


def faults(data: bytes, prose: Prose, changes: list[Rewrite], copy: bytes) -> Iterator[str]:
    """What of the checks that need no other program did not hold."""
    expected = rewritten(prose.text, changes)
    if DocxTemplate(copy).prose.text != expected:
        yield "what is read is not what was written"
    before, after = parts(data), parts(copy)
    if list(before) != list(after):
        yield "members differ"
    for name in before:
        if before[name] != after[name] and (not changes or not same_but_letters(before[name], after[name])):
            yield f"{name} differs in more than letters"
    if letters(leaked(copy)) != letters(expected):
        texts = [(leaked(data), prose.text), (leaked(copy), expected)]
        besides = [Counter(letters(a)) - Counter(letters(b)) for a, b in texts]
        if besides[0] != besides[1] or Counter(letters(expected)) - Counter(letters(texts[1][0])):
            yield "the reader of leaks finds other text"
    if importlib.util.find_spec("docx") and (trouble := opened_by_python_docx(data, copy)):
        yield f"python-docx: {trouble}"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def same_but_letters(before: bytes, after: bytes) -> bool:
    return blank(before) == blank(after)


def blank(xml: bytes) -> bytes:
    """Canonical XML without the letters of text elements."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True))
    for element in root.iter("{*}t"):
        if element.tag.endswith("wordprocessingml/2006/main}t") or "purl.oclc.org" in element.tag:
            element.text = None
            element.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", None)
    return bytes(etree.tostring(root, method="c14n2"))


def leaked(data: bytes) -> str:
    content = Content()
    read_word(Package(data, Budget()), content)
    return "".join(piece.text for piece in content.pieces if piece.kind in SHOWN)


def letters(text: str) -> str:
    """Text without white space (but with the marks) and symbols that the reader of leaks leaves out."""
    return "".join(text.replace(SPACE, "\u2423").replace("\ufffc", "").split())


def opened_by_python_docx(data: bytes, copy: bytes) -> str:
    """What it finds different; empty for nothing, and for originals that it does not open."""
    import docx

    try:
        original = counts(docx.Document(io.BytesIO(data)))
    except Exception:
        return ""
    try:
        found = counts(docx.Document(io.BytesIO(copy)))
    except Exception as error:
        return str(error)
    return "" if found == original else f"it counts {found} instead of {original}"


def counts(document: Any) -> tuple[int, ...]:
    kinds = (document.paragraphs, document.tables, document.sections, document.inline_shapes)
    return tuple(map(len, kinds))


def compare_pages(folder: Path, options: argparse.Namespace, result: Result) -> None:
    names = ("original", "merged", "marked")
    if not convert("pdf", folder, [folder / f"{name}.docx" for name in names]):
        result.refused = "LibreOffice took more than ten minutes"
        return
    made = [folder / f"{name}.pdf" for name in names]
    if not made[0].exists():
        result.refused = "LibreOffice does not open the original"
        return
    if not all(file.exists() for file in made):
        result.faults.append("LibreOffice does not open a copy")
        return
    original, merged, copy = map(pypdfium2.PdfDocument, made)
    result.pages, result.marked_pages = len(original), len(copy)
    if len(merged) != len(original):
        result.faults.append(f"merged: {len(merged)} pages instead of {len(original)}")
    result.differ = result.moved = 0
    for number in range(min(len(original), len(merged), options.most_pages)):
        one, other = (image(pdf, number, options.dpi) for pdf in (original, merged))
        result.differ += one.shape != other.shape or bool(np.any(one != other))
        result.moved += one.shape != other.shape or not (within(one, other) and within(other, one))
    before, after = (text_lines(pdf, options.most_pages) for pdf in (original, copy))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    result.lines_kept = sum(block.size for block in matcher.get_matching_blocks()) / max(1, len(before))


def convert(form: str, folder: Path, files: list[Path]) -> bool:
    """Convert files by LibreOffice into a folder; false when it takes too long."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", form]
        try:
            subprocess.run(
                [*command, "--outdir", str(folder), *map(str, files)],
                check=False,
                capture_output=True,
                timeout=600,
            )
        except subprocess.TimeoutExpired:
            return False
    return True


def marks_left(folder: Path, mark: str) -> Iterator[tuple[str, float]]:
    """(format, share of a mark that the reader of leaks still finds) of the marked copy, saved anew."""
    copy = folder / "marked.docx"
    there = everything(copy.read_bytes(), WORD_KIND).count(mark)
    for ending, (form, kind) in SAVED.items():
        saved = folder / ending
        saved.mkdir(exist_ok=True)
        convert(form, saved, [copy])
        made = saved / f"marked.{ending}"
        if there and made.exists():
            yield ending, everything(made.read_bytes(), kind).count(mark) / there


def everything(data: bytes, kind: str) -> str:
    content = Content()
    read_leak(kind, data, content)
    return "".join(piece.text for piece in content.pieces)


def within(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether each pixel of a page lies between the darkest and lightest of the other's pixels around it."""
    square = np.ones((5, 5), np.uint8)
    darkest, lightest = cv2.erode(other, square).astype(int), cv2.dilate(other, square).astype(int)
    return bool(np.all((one >= darkest - SMOOTHING) & (one <= lightest + SMOOTHING)))


def image(pdf: pypdfium2.PdfDocument, number: int, dpi: int) -> NDArray[np.uint8]:
    return np.asarray(pdf[number].render(scale=dpi / 72, grayscale=True).to_numpy()).squeeze()


def text_lines(pdf: pypdfium2.PdfDocument, most: int) -> list[str]:
    """Lines of text, their spaces made one and words of a pair made the same."""
    pages = [pdf[n].get_textpage().get_text_range() for n in range(min(len(pdf), most))]
    lines = (
        " ".join(WORD.sub(_of_pair, INVISIBLE.sub("", line)).split())
        for page in pages
        for line in page.splitlines()
    )
    return [line for line in lines if line]


def _of_pair(found: re.Match[str]) -> str:
    word = found.group()
    return min(word, WORDS.get(word, word), BACK.get(word, word))


def producer(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/app.xml" not in archive.namelist():
            return "none said"
        said = archive.read("docProps/app.xml").decode("utf-8", "replace")
    found = [re.search(f"<{tag}>(.*?)<", said) for tag in ("Application", "AppVersion")]
    name = (found[0][1] if found[0] else "none said").partition("$")[0].replace("Microsoft Office ", "")
    return f"{name} {found[1][1].partition('.')[0] if found[1] else ''}".strip()


HEAD = (
    "| file | producer | words | free | spaces | words changed | pages | merged: differ | moved | "
    "pages of marked | lines kept | read s | copies/s | faults |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
)


def row(r: Result) -> str:
    if r.refused:
        return f"| {r.name} | refused: {r.refused} |"
    rendered = (r.pages, r.differ, r.moved, r.marked_pages, f"{r.lines_kept:.3f}") if r.pages else ("-",) * 5
    text = (r.name, r.producer, r.words, f"{r.free:.2f}", r.spaces, r.replaced)
    rest = (f"{r.reading:.2f}", f"{r.copies:.0f}", "; ".join(r.faults) or "none")
    return "| " + " | ".join(map(str, (*text, *rendered, *rest))) + " |"


def summary(results: list[Result]) -> str:
    read = [r for r in results if not r.refused]
    shown = [r for r in read if r.pages]
    kept = np.mean([r.lines_kept for r in shown]) if shown else 0
    saved = {
        ending: f"{np.mean([r.saved[ending] for r in shown if ending in r.saved]):.4f}"
        for ending in SAVED
        if any(ending in r.saved for r in shown)
    }
    return (
        f"{len(read)} files read, {len(results) - len(read)} refused, "
        f"{sum(bool(r.faults) for r in read)} with a fault; {sum(r.spaces for r in read)} spaces and "
        f"{sum(r.replaced for r in read)} words changed.\n"
        f"{len(shown)} rendered, {sum(r.pages for r in shown)} pages: of the merged copies "
        f"{sum(r.differ for r in shown)} differ, "
        f"{sum(r.moved for r in shown)} by more than a move of 2 pixels; "
        f"{sum(r.pages == r.marked_pages for r in shown)} marked copies keep the number of pages; lines "
        f"kept, mean {kept:.3f}; marks left after saving by LibreOffice: {saved or 'not tried'}."
    )


if __name__ == "__main__":
    main()
