"""Real documents with their places, and tracing of an excerpt, for the benches of the text channels.

Documents are those of `wording_corpus.py`. All that the rules propose is taken as approved.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import typst
from numpy.typing import NDArray

from fother.channels import characters
from fother.channels.text.carriers import TextCarriers
from fother.channels.text.observe import observe
from fother.channels.wording.places import places
from fother.channels.wording.suggest import suggest
from fother.channels.wording.variant import Approved
from fother.codes.code import FingerprintingCode
from fother.codes.decoder import decode
from fother.demo import simulate
from fother.formats.prose.plain import Plain
from fother.intake.ocr.rapid import RapidEngine
from fother.intake.ocr.reader import Reader
from fother.intake.ocr.tesseract import TesseractEngine

CORPUS = Path(__file__).parent / "corpus_wording"
LONGEST = 24_000  # characters of a document that are used
Damage = Callable[[str, random.Random], str]


@dataclass(frozen=True)
class Document:
    """A real document and its places: wordings only, or with the spaces."""

    name: str
    words: int
    carriers: TextCarriers


def documents(folder: Path = CORPUS, *, spaces: bool = False) -> list[Document]:
    """The documents of the folder, short ones first; their places are kept, for the rules take minutes."""
    kept = folder / ("places-spaces" if spaces else "places")
    kept.mkdir(exist_ok=True)
    found = []
    for path in sorted(folder.glob("*.txt"), key=lambda path: path.stat().st_size):
        file = kept / f"{path.stem}.json"
        if not file.exists():
            text = path.read_text("utf-8")
            cut = text[: text.rfind("\n\n", 0, LONGEST)] if len(text) > LONGEST else text
            file.write_bytes(with_places(cut.encode(), spaces).to_bytes())
        carriers = TextCarriers.from_bytes(file.read_bytes())
        found.append(Document(path.stem, len(carriers.text.split()), carriers))
    return found


def with_places(data: bytes, spaces: bool) -> TextCarriers:
    """The places of a plain text."""
    prose = Plain().read(data)
    approved = [Approved(s.id, s.family, s.sentence, s.other, s.throughout) for s in suggest(prose)]
    found, _ = places(prose, approved)
    if spaces:
        taken = [span for p in found for span in ((p.start, p.end), *p.twins)]
        found = sorted([*found, *characters.places(prose, taken)], key=lambda p: p.start)
    return TextCarriers(prose.text, tuple(found))


def code(document: Document, number: int, resistance: int = 3) -> FingerprintingCode:
    """The code of one document under a key of its own."""
    carriers = document.carriers
    key = number.to_bytes(4, "big") * 8
    return FingerprintingCode(key, carriers.count, resistance, carriers.even)


def excerpt(text: str, words: int, chance: random.Random) -> str:
    """So many words of a text, from a random one on."""
    starts = [found.start() for found in re.finditer(r"\S+", text)]
    first = chance.randrange(max(1, len(starts) - words + 1))
    last = first + words
    return text[starts[first] : starts[last] if last < len(starts) else len(text)].rstrip()


@dataclass(frozen=True)
class Trace:
    """`named` copies by (recipients, alpha); carriers used and read wrongly; the error rate found."""

    named: dict[tuple[int, float], tuple[int, ...]]
    used: int
    wrong: int
    error: float


def trace(
    document: Document,
    of: FingerprintingCode,
    leak: str,
    settings: list[tuple[int, float]],
    truth: NDArray[np.uint8] | None = None,
    *,
    recognised: bool = False,
) -> Trace:
    """Names copies from a leak's text for each (number of recipients, false-accusation bound)."""
    reading = observe(document.carriers, leak, recognised=recognised)
    if reading is None or not len(reading.observations):
        return Trace(dict.fromkeys(settings, ()), 0, 0, 0.0)
    seen = reading.observations
    named = {
        (copies, alpha): tuple(n.index for n in decode(of, copies, seen, alpha=alpha).named)
        for copies, alpha in settings
    }
    wrong = 0 if truth is None else int(np.count_nonzero((seen.value > 0) != truth[seen.position]))
    return Trace(named, len(seen), wrong, reading.error)


def rounds(found: list[Document], each: int, seed: int) -> Iterator[tuple[int, Document, random.Random]]:
    """Every document so many times, each time with its own chance."""
    for number, document in enumerate(found):
        for turn in range(each):
            yield number, document, random.Random(f"{seed} {document.name} {turn}")


def printed_and_read(text: str, chance: random.Random, dpi: float = 150) -> str:
    """The text set with Typst, printed, scanned at `dpi` by the demonstration's simulator, and recognised."""
    reader = Reader(RapidEngine(), TesseractEngine() if TesseractEngine.available() else None)
    source = "#set page(margin: 2.2cm)\n#set text(11pt)\n#set par(justify: true)\n" + "\n\n".join(
        f"#text({json.dumps(paragraph)})" for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.typ"
        file.write_text(source, encoding="utf-8")
        pages = pypdfium2.PdfDocument(typst.compile(file))
    rng = np.random.default_rng(chance.randrange(2**32))
    found = []
    for page in pages:
        pixels = page.render(scale=300 / 72, grayscale=True).to_numpy()
        page_picture = np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))
        scan = simulate.print_scan(page_picture, dpi, rng, page_dpi=300)
        found += reader.read(np.ascontiguousarray(scan)).blocks
    return "\n\n".join("\n".join(line.text for line in block) for block in found)
