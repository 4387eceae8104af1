"""What the benches of tracing share: real pages made into copies, captures read as `trace` reads them."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pikepdf
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.channels.layout.observe import PageReading
from fother.codes.code import FingerprintingCode
from fother.codes.decoder import Decoding, decode
from fother.codes.observations import Observations
from fother.flow.original import Original, open_original
from fother.flow.reading import measure_page, read_page
from fother.formats.pdf.check import Layout, settle
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.template import CopyTemplate
from fother.model.capture import Displacements
from fother.vision.find import Capture, find_pages

CORPUS = Path(__file__).parent / "corpus"
OUT = Path(__file__).parent / "out"
COPIES = 10_000
ALPHA = 1e-6
KEY = bytes(range(32))
Grey = NDArray[np.uint8]


def power_pages(count: int | None = None) -> list[dict[str, Any]]:
    """The real prose pages that tracing is measured on, see corpus.py."""
    pages: list[dict[str, Any]] = json.loads((CORPUS / "power_pages.json").read_text())
    return [p for p in pages if (CORPUS / p["file"]).exists()][:count]


@dataclass
class Subject:
    """One page of a real document, registered as a document of its own."""

    name: str
    producer: str
    data: bytes
    carriers: LayoutCarriers
    template: CopyTemplate
    original: Original
    resistance: int = 3

    @cached_property
    def code(self) -> FingerprintingCode:
        return FingerprintingCode(KEY, len(self.carriers.left), self.resistance)

    @property
    def words(self) -> int:
        return int(self.carriers.words.sum())

    @cached_property
    def index(self) -> dict[int, Any]:
        return dict(self.original.index())

    def copy(self, index: int, strength: float = 1.0) -> bytes:
        """The marked PDF of copy `index`."""
        return self.template.copy(self.carriers.displacement(self.code.symbols(index), strength), bytes(16))

    def measure(self, image: Grey) -> tuple[Displacements, ...]:
        """Find the page and measure its words, against the unmarked original; empty if it is not found."""
        found = find_pages(self.index, Capture(image))
        return measure_page(self.original, found[0]) if found else ()

    def observe(
        self,
        seen: Sequence[Displacements],
        code: FingerprintingCode | None = None,
        strength: float = 1.0,
    ) -> PageReading | None:
        return read_page(self.original, seen, strength, (code or self.code).probabilities)

    def read(self, image: Grey) -> tuple[Observations, Displacements | None]:
        """Observations of one capture, empty when the page is not found."""
        seen = self.measure(image)
        reading = self.observe(seen) if seen else None
        if reading is None:
            return Observations.empty(), seen[0] if seen else None
        return reading.observations.refit(), seen[0]

    def decode(self, observations: Observations, alpha: float = ALPHA) -> Decoding:
        return decode(self.code, COPIES, observations, alpha=alpha)


@contextlib.contextmanager
def subject(
    file: Path, page: int, producer: str = "", resistance: int = 3, pages: int = 1
) -> Iterator[Subject]:
    """Open one page of a file, or several from there on, as a subject."""
    single = pikepdf.new()
    with pikepdf.open(file) as whole:
        single.pages.extend(list(whole.pages)[page : page + pages])
        buffer = io.BytesIO()
        single.save(buffer)
    source = PdfSource.open(buffer.getvalue(), allow_signed=True)
    carriers, moved = plan(source.pages())
    template = CopyTemplate.build(source, source.pages(), moved, len(carriers.page))
    layout = Layout(carriers.page, carriers.segment, carriers.box, carriers.axis, carriers.em)
    outcome = settle(source.data, template, layout, carriers.trials(np.random.default_rng(0)))
    carriers = carriers.freeze(outcome.segments, outcome.pages)
    with open_original(source.data, carriers) as original:
        yield Subject(
            f"{file.stem}:{page + 1}", producer, source.data, carriers, template, original, resistance
        )


def lines_of_words(carriers: LayoutCarriers, words: int) -> NDArray[np.int64]:
    """Indices of the clusters of whole lines from the middle of the page, about `words` words (±10 %)."""
    carrying = np.unique(carriers.carrier_segment)
    counts = np.array([carriers.words[carriers.segment == s].sum() for s in carrying])
    best: tuple[float, int, int] = (1e9, 0, 1)
    for start in range(len(carrying)):
        total = np.cumsum(counts[start:])
        stop = int(np.argmin(np.abs(total - words)))
        middle = abs(start + stop / 2 - len(carrying) / 2) / max(len(carrying), 1)
        miss = abs(float(total[stop]) - words) / words
        best = min(best, (round(max(miss, 0.05), 2) + 0.05 * middle, start, start + stop + 1))
    chosen = carrying[best[1] : best[2]]
    return np.flatnonzero(np.isin(carriers.segment, chosen))


def crop_around(image: Grey, places: NDArray[np.float64], margin: float) -> Grey | None:
    """The part of a capture around some places (k, 2) of word centres, pixels; None if they lie outside."""
    good = places[np.isfinite(places).all(1)]
    if len(good) < 4:
        return None
    x0, y0 = np.floor(good.min(0) - margin).astype(int)
    x1, y1 = np.ceil(good.max(0) + margin).astype(int)
    part = image[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
    return part if min(part.shape) > 16 else None
