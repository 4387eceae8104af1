"""Claim: a pasted excerpt of 100 characters names one of 10,000 copies, and never a wrong one.

Real records (FILE of `text_corpus.py`, else the records among the tests' data), one line a paragraph as in a
DOCX or a mail, are read as plain text, their spaces marked, and excerpts of running text cut from one copy:
from a word's beginning, within one paragraph, so many characters of the *original* long, four fifths of the
words plain ones in small letters. Each is read as `trace` reads it and decoded among 10,000 copies at a
family-wise bound of 1e-6 and 1e-3.

    python bench/paste.py [--corpus FILE] [--trials N] [--biased] [--innocents N] [--coalitions N]

`--coalitions` mixes symbols of two and three copies, without texts: sentence by sentence, place by place, and
with a plain space wherever the copies differ; symbols ½ against those of resistance 3.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from fother.channels.characters import places, without
from fother.channels.text.carriers import TextCarriers
from fother.channels.text.observe import observe
from fother.codes import FingerprintingCode, Observations, decode
from fother.formats.prose.plain import Plain

HERE = Path(__file__).parent
COPIES = 10_000
CURVES = {  # strength: its factor, lengths
    "standard": (1.0, (60, 80, 90, 100, 120)),
    "strong": (1.5, (50, 60, 70, 80, 100)),
    "discreet": (0.6, (120, 140, 160, 180, 200)),
}
ALPHAS = (1e-6, 1e-3)
_PLAIN_WORD = re.compile(r"[(\"“]?[A-Za-z]?[a-z]+(?:['’-][a-z]+)*[,.;:!?)\"”]*")


@dataclass(frozen=True)
class Marked:
    """A document and one of its copies."""

    carriers: TextCarriers
    code: FingerprintingCode
    even: bool
    copy: int
    strength: float

    def said(self, start: int, end: int, symbols: NDArray[np.uint8] | None = None) -> str:
        """What the copy says in place of a stretch of the original."""
        held = self.code.symbols(self.copy) if symbols is None else symbols
        forms = self.carriers.forms(held, self.strength)
        starts = [place.start for place in self.carriers.places]
        pieces, at = [], start
        for k in range(bisect_left(starts, start), bisect_left(starts, end)):
            place = self.carriers.places[k]
            pieces += [self.carriers.text[at : place.start], place.forms[forms[k]]]
            at = place.end
        return "".join([*pieces, self.carriers.text[at:end]])


def documents(count: int, corpus: Path, rng: np.random.Generator) -> list[TextCarriers]:
    """Records with their marked spaces."""
    data = HERE.parent / "tests" / "data" / "us-government"
    files = [corpus] if corpus.exists() else [data / "registered.jsonl", data / "held-out.jsonl"]
    found = []
    for file in files:
        for line in file.open(encoding="utf-8"):
            record = json.loads(line)
            if record.get("kind", "record") == "record" and 2_000 < len(record["text"]) < 12_000:
                found.append(record["text"])
    chosen = rng.choice(len(found), min(count, len(found)), replace=False)
    texts = [
        re.sub(r"(?<=\S)[ \t]*\n[ \t]*(?=[a-z])", " ", unicodedata.normalize("NFC", found[k]))
        for k in chosen.tolist()
    ]
    proses = [Plain().read(text.encode()) for text in texts]
    return [TextCarriers(prose.text, tuple(places(prose, []))) for prose in proses]


def excerpts(text: str, length: int, rng: np.random.Generator, tries: int = 200) -> Iterator[int]:
    """Where excerpts of running text of this length begin, at random."""
    starts = [m.start() for m in re.finditer(r"(?<=\s)\S", text) if m.start() + length < len(text)]
    for start in rng.permutation(starts)[:tries].tolist():
        words = text[start : start + length].split()
        if "\n" in text[start : start + length]:
            continue
        if sum(bool(_PLAIN_WORD.fullmatch(word)) for word in words) >= 0.8 * len(words) > 0:
            yield start


def code_of(carriers: TextCarriers, rng: np.random.Generator, even: bool) -> FingerprintingCode:
    """A new code for a document."""
    flags = np.full(carriers.count, True) if even else carriers.even
    return FingerprintingCode(rng.bytes(32), carriers.count, 3, flags)


def names(code: FingerprintingCode, seen: Observations) -> dict[float, set[int]]:
    """Copies named at each bound: those of the loosest whose own bound is as tight."""
    named = decode(code, COPIES, seen, alpha=max(ALPHAS)).named
    return {alpha: {n.index for n in named if n.log10_bound <= math.log10(alpha)} for alpha in ALPHAS}


def curve(texts: Sequence[TextCarriers], trials: int, rng: np.random.Generator, even: bool) -> None:
    """Share named by length and strength."""
    print(f"\nshare named, {trials} excerpts a cell, symbols {'½' if even else 'of resistance 3'}")
    print("strength  length  marked spaces  named at 1e-6  at 1e-3  another named")
    for name, (strength, lengths) in CURVES.items():
        for length in lengths:
            hits = dict.fromkeys(ALPHAS, 0)
            wrong = spaces = done = 0
            while done < trials:
                carriers = texts[int(rng.integers(len(texts)))]
                start = next(excerpts(carriers.text, length, rng), None)
                if start is None:
                    continue
                done += 1
                copy = Marked(
                    carriers, code_of(carriers, rng, even), even, int(rng.integers(COPIES)), strength
                )
                spaces += sum(start <= place.start < start + length for place in carriers.places)
                reading = observe(carriers, copy.said(start, start + length), strength=strength)
                if reading is None:
                    continue
                for alpha, named in names(copy.code, reading.observations).items():
                    hits[alpha] += copy.copy in named
                    wrong += len(named - {copy.copy})
            share = [f"{hits[alpha] / trials:.3f}" for alpha in ALPHAS]
            print(
                f"{name:10}{length:6}{spaces / trials:15.1f}{share[0]:>15}{share[1]:>9}{wrong:15}", flush=True
            )


def innocents(texts: Sequence[TextCarriers], trials: int, rng: np.random.Generator) -> None:
    """How often anybody is named who must not be."""
    print(f"\nnobody to be named, {trials} excerpts of 100 to 1,000 characters each, standard strength")
    kinds = ("unmarked text", "a copy under another key", "flattened: zero width", "flattened: all",
             "another document's copy")  # fmt: skip
    for kind in kinds:
        named = dict.fromkeys(ALPHAS, 0)
        read = done = 0
        while done < trials:
            carriers = texts[int(rng.integers(len(texts)))]
            length = int(rng.choice([100, 200, 400, 1000]))
            start = next(excerpts(carriers.text, length, rng), None)
            if start is None:
                continue
            done += 1
            code = code_of(carriers, rng, True)
            copy = Marked(carriers, code_of(carriers, rng, True), True, int(rng.integers(COPIES)), 1.0)
            leak = copy.said(start, start + length)
            of = carriers
            if kind == "unmarked text":
                leak = carriers.text[start : start + length]
            elif kind.startswith("flattened"):
                loss = kind.split(": ")[1]
                leak = re.sub("[ \u2008][\u200c\u200d]*", lambda m, loss=loss: without(m.group(), loss), leak)
            elif kind == "another document's copy":
                of = texts[int(rng.integers(len(texts)))]
                if of is carriers:
                    continue
                code = code_of(of, rng, True)
            reading = observe(of, leak)
            if reading is None:
                continue
            read += len(reading.observations) > 0
            for alpha, found in names(code, reading.observations).items():
                named[alpha] += bool(found)
        said = f"named at 1e-6: {named[1e-6]}, at 1e-3: {named[1e-3]}"
        print(f"{kind:28} read as the document's: {read:5}   {said}", flush=True)


def coalitions(trials: int, rng: np.random.Generator) -> None:
    """Characters that mixed copies need."""
    print(f"\ncharacters of text to name one at 1e-6 in 90 % of {trials} mixtures; 13 marked spaces in 100")
    for strength, per_place in (("standard", 4), ("strong", 5)):
        for count in (2, 3):
            for how in ("sentence by sentence", "place by place", "plain where they differ"):
                row = []
                for even in (True, False):
                    wrong = 0
                    reached = "> 3200"
                    for length in (100, 200, 300, 400, 600, 800, 1200, 1600, 2400, 3200):
                        sites = round(0.13 * length)
                        hits = 0
                        for trial in range(trials):
                            seen, code, held = mixture(rng, sites, per_place, count, how, even)
                            named = {n.index for n in decode(code, COPIES, seen, alpha=1e-6).named}
                            wrong += len(named - set(held))
                            hits += bool(named & set(held))
                            if trial - hits > 0.1 * trials:
                                break
                        if hits >= 0.9 * trials:
                            reached = str(length)
                            break
                    row.append(f"{'½' if even else 'resistance 3'}: {reached} (wrong {wrong})")
                print(f"{strength:9} {count} copies {how:24} " + "   ".join(row), flush=True)


def mixture(
    rng: np.random.Generator, sites: int, per_place: int, count: int, how: str, even: bool
) -> tuple[Observations, FingerprintingCode, list[int]]:
    """Observations of a mixture of copies; sentences have 14 marked spaces."""
    columns = sites * per_place
    code = FingerprintingCode(rng.bytes(32), columns, 3, np.full(columns, even))
    held = rng.choice(COPIES, count, replace=False).tolist()
    forms = np.stack([code.symbols(index) for index in held]).reshape(count, sites, per_place)
    sentence = np.arange(sites) // 14
    if how == "sentence by sentence":
        source = rng.integers(0, count, sentence[-1] + 1)[sentence]
    else:
        source = rng.integers(0, count, sites)
    symbols = forms[source, np.arange(sites)]
    if how == "plain where they differ":
        alike = (forms == forms[0]).all(axis=(0, 2))
        symbols = np.where(alike[:, None], forms[0], 0)
    block = np.repeat(sentence, per_place)
    return Observations.hard(np.arange(columns), symbols.reshape(-1), block, block // 8), code, held


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, default=HERE / "corpus_text" / "texts.jsonl")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--biased", action="store_true", help="symbols of resistance 3, not ½")
    parser.add_argument("--innocents", type=int, default=500)
    parser.add_argument("--coalitions", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(20261125)
    texts = documents(150, options.corpus, rng)
    marked = sum(len(t.places) for t in texts)
    spaces, letters = sum(t.text.count(" ") for t in texts), sum(len(t.text) for t in texts)
    print(f"{len(texts)} records, {letters:,} characters, {marked:,} marked spaces of {spaces:,}")
    if options.trials:
        curve(texts, options.trials, rng, even=not options.biased)
    if options.innocents:
        innocents(texts, options.innocents, rng)
    if options.coalitions:
        coalitions(options.coalitions, rng)


if __name__ == "__main__":
    main()
