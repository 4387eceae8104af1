"""Word files issued as PDF: what a photo of one page says by its gaps, by its words, and by both; and speed.

    python bench/printed_copies.py FOLDER [--copies 2] [--family 10000] [--dpi 110] [--seed 1] [--batch 8]

For every DOCX of the folder: all wordings that the rules propose are taken as approved (nobody judged them
here: the bench asks what marks say, not how sentences read), the file is printed, and copies of random
indices are made as `fother issue` makes them. Of each, one page is printed and photographed by the capture
simulator (`demo.simulate.phone_photo`) and read as `fother trace` reads it: sandbox, recognition of its text,
a print of the original with the wordings that were read, words measured in the picture. It is decoded against
all copies of the family at α = 1e-6, by the gaps alone, by the wordings alone and by both together: whether
the right copy is named, the log10 likelihood ratio for it, and wrong names.

Speed is CPU time, LibreOffice's included: of a print in a batch, of a print alone, and of moving a copy's
words and reading it back; copies a minute are those that one core makes.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from fother.channels.table import CarrierTable
from fother.channels.wording.suggest import suggest
from fother.channels.wording.variant import Approved, Suggestion
from fother.codes.code import FingerprintingCode
from fother.codes.observations import Observations
from fother.demo.settings import Photo
from fother.demo.simulate import phone_photo
from fother.flow.leaks import receive_leaks
from fother.flow.looking import EditionReader, Leak, Shown, look
from fother.flow.planning import Planned, plan_print
from fother.flow.print_copies import PrintCopies
from fother.flow.printing import Printer
from fother.flow.progress import Silent
from fother.formats.office import Office
from fother.formats.prose.docx import Docx
from fother.trace.verdict import EditionCase, judge

ALPHA = 1e-6
KEY = bytes(range(32))
RESISTANCE = 3
STAMP = bytes(16)


@dataclass(frozen=True)
class Read:
    """What one way of reading a leak said: log10 likelihood ratio of the right copy, names given."""

    log10_lr: float
    right: bool
    wrong: int
    carriers: int


def approved(suggestions: Sequence[Suggestion]) -> list[Approved]:
    return [Approved(s.id, s.family, s.sentence, s.other, s.throughout) for s in suggestions]


def page_of(pdf: bytes) -> NDArray[np.uint8]:
    """The fullest of the first three pages, grey, 300 dpi."""
    with pypdfium2.PdfDocument(pdf) as document:
        counts = [document[k].get_textpage().count_chars() for k in range(min(3, len(document)))]
        return np.array(document[int(np.argmax(counts))].render(scale=300 / 72).to_pil().convert("L"))


def photo(pdf: bytes, dpi: float, rng: np.random.Generator, out: Path) -> Path:
    picture = phone_photo(page_of(pdf), dpi, rng, Photo(colour=False), page_dpi=300.0)
    cv2.imwrite(str(out), picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return out


def said(
    code: FingerprintingCode,
    family: int,
    index: int,
    measured: Sequence[Observations],
    read: Sequence[Observations],
) -> Read:
    case = EditionCase(code, family, tuple(measured), str, "bench", frozenset(), tuple(read))
    seen = case.seen()
    verdict = judge("d", "t", [case], (), alpha=ALPHA, family=family, tried={})
    named = [a.copy for a in verdict.accused]
    symbols, p = code.symbols(index)[seen.position], code.probabilities[seen.position]
    likelihood = seen.likelihood([0.0, 1.0])
    expected = (1 - p) * likelihood[:, 0] + p * likelihood[:, 1]
    ratio = likelihood[np.arange(len(seen)), symbols] / expected
    return Read(
        float(np.log10(ratio).sum()),
        str(index) in named,
        len([n for n in named if n != str(index)]),
        len(seen),
    )


def looked_at(data: bytes, table: CarrierTable, code: FingerprintingCode, leak: Path) -> Shown:
    files = Leak.of(receive_leaks([leak], "", Silent()), Silent())
    reader = EditionReader("e", 1.0, code.probabilities)
    return look("d", data, table, [reader], files, Silent())


def cpu() -> float:
    """Seconds of this process and of those that it waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(s.ru_utime + s.ru_stime for s in spent)


def speed(copies: PrintCopies, code: FingerprintingCode, batch: int) -> tuple[float, float, float]:
    """CPU seconds of a print in a batch, of a print alone, and of all else that a copy takes."""
    indices = range(100, 100 + batch)
    begin = cpu()
    copies.print_ahead({201: code.symbols(201)})
    alone = cpu()
    copies.print_ahead({k: code.symbols(k) for k in indices})
    together = cpu()
    for k in indices:
        data = copies.write(k, code.symbols(k), STAMP)
        copies.read_back(str(k), k, code.symbols(k), data)
    return (together - alone) / batch, alone - begin, (cpu() - together) / batch


def document(path: Path, options: argparse.Namespace, rng: np.random.Generator, folder: Path) -> list[Read]:
    data = path.read_bytes()
    prose = Docx().read(data)
    planned: Planned = plan_print(data, Docx(), prose, approved(suggest(prose)), Silent())
    table = planned.table
    words = next(table.text())[1]
    code = table.code(KEY, RESISTANCE)
    found: list[Read] = []
    with Office() as office:
        copies = PrintCopies(Printer.of(data, table, office), table, 1.0, code.probabilities, None)
        printing, alone, moving = speed(copies, code, options.batch)
        print(
            f"{path.name[:44]:44} {len(words.plain.split()):6} words, {len(planned.pages):3} pages, "
            f"{len(words.places):4} wordings, {table.count - words.count:6} gaps; "
            f"print {printing:.2f} s (alone {alone:.2f} s), words and check {moving:.2f} s: "
            f"{60 / (printing + moving):.0f} copies/min",
            flush=True,
        )
        for index in rng.integers(0, options.family, options.copies).tolist():
            made = copies.write(index, code.symbols(index), STAMP)
            shown = looked_at(data, table, code, photo(made, options.dpi, rng, folder / f"{index}.jpg"))
            measured, read = shown.measured["e"], shown.read["e"]
            ways = [
                said(code, options.family, index, *way)
                for way in ((measured, ()), ((), read), (measured, read))
            ]
            print(
                "    copy {:5}: gaps {} | wordings {} | both {}".format(
                    index,
                    *(
                        f"10^{w.log10_lr:.1f} of {w.carriers} {'named' if w.right else 'not named'}"
                        f"{f', {w.wrong} WRONG' if w.wrong else ''}"
                        for w in ways
                    ),
                ),
                flush=True,
            )
            found += ways
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=2)
    parser.add_argument("--family", type=int, default=10_000)
    parser.add_argument("--dpi", type=float, default=110.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=8)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    every: list[Read] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(options.folder.glob("*.docx")):
            try:
                every += document(path, options, rng, Path(folder))
            except Exception as error:
                print(f"{path.name[:44]:44} left out: {error}", flush=True)
    print()
    for number, way in enumerate(("gaps alone", "wordings alone", "both")):
        part = every[number::3]
        ratios = [r.log10_lr for r in part] or [0.0]
        print(
            f"{way:15} named {sum(r.right for r in part)} of {len(part)}, wrong names "
            f"{sum(r.wrong for r in part)}; log10 LR median {np.median(ratios):.1f}, least {min(ratios):.1f}"
        )


if __name__ == "__main__":
    main()
