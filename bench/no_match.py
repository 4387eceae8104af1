"""How often does text that shows no registered document match one, and how often is text that does missed?

    python bench/text_corpus.py --git-dir …          # once
    python bench/no_match.py [--documents 10000] [--queries 4000] [--debian FOLDER] [--seed 2]
                              [--show] [--without-habits]
    python bench/no_match.py --recall [--queries 500]
    python bench/no_match.py --unnoticed [--queries 400]

Negatives are runs of two sentences from texts that are not registered:
others   texts by other authors: Debian packages (`anarchism`, `debian-handbook`, `fortunes`), downloaded with
         apt-get unless --debian names a folder with the .deb files
records  records of the corpus that were held out; with another seed than 1, which `identify.habits` was
         fitted with, only such as were not held out then. What is a copy of a registered text or a form
         that one holds is no negative: a run with 40 letters in a row that a registered text holds as well,
         or with 60 within 500 characters on either side. Copies whose recognition is too poor for that are
         told from what stands beside the run: 150 letters before or after it are found (rapidfuzz partial
         ratio >= 65) beside the matched passage too. Neither rule looks at what is scored.
The first table compares the coincidence that is stated with how often it occurs, and gives the share of false
matches at the default threshold with its one-sided 95 % upper limit (Clopper & Pearson, Biometrika 26, 1934).

--recall takes runs of sentences of registered texts, damaged as in bench/recall.py. `accepted`: some document
passes the threshold. `standard`: not accepted because the passage is shown as common wording (a form, a
release note). `missed`: the rest. `first`: the own document, or one that holds the same passage, comes first.

--unnoticed makes the table of `fother.identify.unnoticed`: misses by length and share of wrong characters.
"""

from __future__ import annotations

import argparse
import gzip
import html
import math
import os
import random
import re
import secrets
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from scipy.stats import beta

from fother.identify.alignment import pieces
from fother.identify.chance import ACCEPTED
from fother.identify.index import PassageIndex
from fother.identify.letters import letters_of
from fother.identify.match import Source, TextMatch, match_text
from fother.identify.unnoticed import LETTERS, WRONG, legibility, worth
from recall import CELLS, WORD, Judge, damaged, passages
from recall import Passage as Run
from text_corpus import Text, load

PACKAGES = ("anarchism", "debian-handbook", "fortunes")
STATED = (1e-1, 1e-2, 1e-3, 1e-4)
COPY, COPY_BESIDE, BESIDE = 40, 60, 500
_SAME = 65  # partial ratio; unrelated text of these lengths has some 45
_BLOCK = 20  # letters; every run of twice as many holds one that begins at a multiple of it
_FITTED = 1  # seed
_STANDS = 3_000  # characters of a text from which documents of other authors are taken


@dataclass
class Registry:
    texts: list[Text]
    index: PassageIndex
    seconds: float = 0.0
    queries: int = 0
    habits: bool = True

    def __post_init__(self) -> None:
        self.characters = sum(len(text) for _, _, text in self.texts)

    def source(self, name: str) -> Source:
        title, _, text = self.texts[int(name)]
        return Source(name, title, text)

    def match(self, leak: str) -> list[TextMatch]:
        hits = self.index.search(leak)
        clock = time.process_time()
        found = match_text(
            leak,
            hits,
            self.source,
            registry_characters=self.characters,
            registry_documents=len(self.texts),
            frequency=self.index.document_frequency,
            habits=self.index.habits if self.habits else None,
        )
        self.seconds += time.process_time() - clock
        self.queries += 1
        return found

    def cost(self) -> str:
        """CPU milliseconds of a query's matching since the last call."""
        answer = f"{1e3 * self.seconds / max(1, self.queries):5.1f}"
        self.seconds, self.queries = 0.0, 0
        return answer


class Copies:
    """Whether letters of a text stand in a registered one: found by blocks of 20 letters, then compared."""

    def __init__(self, texts: list[Text]) -> None:
        self._letters = [letters_of(text).text for _, _, text in texts]
        hashes, places = [], []
        for number, text in enumerate(self._letters):
            if len(text) >= _BLOCK:
                every = pieces(text, _BLOCK)[::_BLOCK]
                hashes.append(every)
                places.append(number * (1 << 32) + _BLOCK * np.arange(len(every)))
        every, place = np.concatenate(hashes), np.concatenate(places)
        order = np.argsort(every, kind="stable")
        self._hash: NDArray[np.uint64] = every[order]
        self._place: NDArray[np.int64] = place[order]

    def longest(self, text: str, enough: int) -> bool:
        """Whether `enough` letters of the text in a row stand in a registered text."""
        mine = letters_of(text).text
        if len(mine) < _BLOCK:
            return False
        asked = pieces(mine, _BLOCK)
        first = np.searchsorted(self._hash, asked, "left")
        count = np.minimum(np.searchsorted(self._hash, asked, "right") - first, 40)
        for at in np.flatnonzero(count).tolist():
            for nth in range(int(first[at]), int(first[at] + count[at])):
                number, place = divmod(int(self._place[nth]), 1 << 32)
                if self._run(mine, at, self._letters[number], place) >= enough:
                    return True
        return False

    @staticmethod
    def _run(one: str, i: int, other: str, j: int) -> int:
        back = 0
        while back < min(i, j) and one[i - back - 1] == other[j - back - 1]:
            back += 1
        ahead = 0
        while i + ahead < len(one) and j + ahead < len(other) and one[i + ahead] == other[j + ahead]:
            ahead += 1
        return back + ahead


def others(folder: Path | None) -> list[Text]:
    """Texts by other authors out of Debian packages."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        if folder is None:
            subprocess.run(["apt-get", "download", *PACKAGES], cwd=work, check=True, capture_output=True)
        for package in sorted((folder or work).glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(package), str(work / "x")], check=True)
        return list(_plain(work / "x"))


def _plain(folder: Path) -> Iterator[Text]:
    for path in sorted(folder.rglob("*")):
        page = ".html" in path.name
        wanted = "/en-US/" in str(path) if "debian-handbook" in str(path) else "fortunes" in str(path) or page
        if path.is_symlink() or not path.is_file() or not wanted or path.suffix in {".dat", ".u8"}:
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = data.decode("utf-8", "ignore")
        if page:
            text = html.unescape(re.sub(r"<[^<>]*>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", text)))
        if len(text) > _STANDS:
            yield path.name, "other", text


def upper(misses: int, queries: int, risk: float = 0.05) -> float:
    """One-sided upper limit of a share (Clopper-Pearson), exceeded with probability `risk` at most."""
    return 1.0 if misses >= queries else float(beta.ppf(1 - risk, misses + 1, queries - misses))


def negatives(registry: Registry, kinds: dict[str, list[Text]], arguments: argparse.Namespace) -> None:
    copies = Copies(registry.texts)
    head = " ".join(f"{'<= ' + format(s, 'g'):>9}" for s in STATED)
    print(f"\n{'negatives':10} {'queries':>8} {'copies':>7} {head}  false matches, 95 % limit    ms")
    for kind, texts in kinds.items():
        runs = passages(texts, 2, arguments.queries, random.Random(f"{arguments.seed} {kind}"))
        runs = list({run.text: run for run in runs}.values())
        kept = [run for run in runs if not _copy(copies, run, texts)]
        found = [(run, registry.match(run.text)) for run in kept]
        found = [
            (run, matches)
            for run, matches in found
            if not (matches and matches[0].coincidence <= STATED[0] and _poor(registry, run, texts, matches))
        ]
        chance = np.array([min((m.coincidence for m in matches), default=1.0) for _, matches in found])
        shares = " ".join(f"{(chance <= stated).mean():9.5f}" for stated in STATED)
        false = int((chance <= ACCEPTED).sum())
        limit = f"{false} of {len(found):,}, <= {upper(false, len(found)):.3%}"
        print(
            f"{kind:10} {len(runs):8,} {len(runs) - len(found):7,} {shares}  {limit:25} {registry.cost()}",
            flush=True,
        )
        for (run, matches), value in zip(found, chance, strict=True):
            if arguments.show and value <= STATED[0]:
                best = min(matches, key=lambda m: m.coincidence)
                shown = registry.source(best.document).text[slice(*best.passages[0].document)]
                print(f"    {value:.1e} {run.text[:140]!r}\n        {best.title}: {shown[:140]!r}")


def _copy(copies: Copies, run: Run, texts: list[Text]) -> bool:
    if copies.longest(run.text, COPY):
        return True
    text = " ".join(texts[run.document][2].split())
    start = text.find(run.text)
    beside = text[max(0, start - BESIDE) : start], text[start + len(run.text) :][:BESIDE]
    return start >= 0 and any(copies.longest(part, COPY_BESIDE) for part in beside)


def _poor(registry: Registry, run: Run, texts: list[Text], matches: list[TextMatch]) -> bool:
    """Whether what stands beside a run stands beside a matched passage as well."""
    text = " ".join(texts[run.document][2].split())
    at = text.find(run.text)
    if at < 0:
        return False
    end = at + len(run.text)
    beside = [
        letters_of(text[max(0, at - 250) : at]).text[-150:],
        letters_of(text[end : end + 250]).text[:150],
    ]
    for match in matches:
        whole = registry.source(match.document).text
        for passage in match.passages:
            first, last = passage.document
            near = [
                letters_of(whole[max(0, first - 900) : first]).text,
                letters_of(whole[last : last + 900]).text,
            ]
            for piece, other in zip(beside, near, strict=True):
                if len(piece) >= 60 and len(other) >= 60 and fuzz.partial_ratio(piece, other) >= _SAME:
                    return True
    return False


def recall(registry: Registry, arguments: argparse.Namespace) -> None:
    vocabulary = WORD.findall(" ".join(t[2][:2000] for t in registry.texts[::20]))
    judge = Judge(registry.texts)
    print(f"\nsentences cell   {'accepted':>9} {'standard':>9} {'missed':>9} {'first':>7}  ms")
    for length in (1, 2, 5):
        dice = random.Random(f"{arguments.seed} {length}")
        runs = passages(registry.texts, length, arguments.queries, dice)
        for cell in CELLS:
            dice = random.Random(f"{arguments.seed} {length} {cell}")
            counts: Counter[str] = Counter()
            for run in runs:
                matches = registry.match(damaged(run.text, *CELLS[cell], vocabulary, dice))
                counts[verdict(matches)] += 1
                counts["first"] += bool(matches) and judge.right(run, int(matches[0].document))
            shares = " ".join(f"{counts[k] / len(runs):9.4f}" for k in ("accepted", "standard", "missed"))
            first = counts["first"] / len(runs)
            print(f"{length:9} {cell:6} {shares} {first:7.3f}  {registry.cost()}", flush=True)


def verdict(matches: list[TextMatch]) -> str:
    if any(m.coincidence <= ACCEPTED for m in matches):
        return "accepted"
    return "standard" if any(p.common for m in matches[:1] for p in m.passages) else "missed"


def unnoticed(registry: Registry, arguments: argparse.Namespace) -> None:
    """Misses of excerpts of so many letters with so many characters wrong, as the module has them."""
    dice = random.Random(f"{arguments.seed} unnoticed")
    missed = np.zeros((len(LETTERS), len(WRONG)), int)
    counted = np.zeros_like(missed)
    print("\nletters: missed of counted at each share of wrong characters (median share of odd words)")
    for row, letters in enumerate(LETTERS):
        line = []
        for column, wrong in enumerate(WRONG):
            look = []
            while counted[row, column] < arguments.queries:
                (run,) = passages(registry.texts, 1 + letters // 90, 1, dice)
                held = letters_of(run.text)
                if worth(run.text) < letters or len(held) < letters:
                    continue
                leak = damaged(run.text[: int(held.offset[letters - 1]) + 1], wrong, 0.0, [], dice)
                answer = verdict(registry.match(leak))
                look.append(legibility(leak))
                counted[row, column] += answer != "standard"
                missed[row, column] += answer == "missed"
            line.append(f"{missed[row, column]}/{counted[row, column]} ({np.median(look):.3f})")
        print(f"{letters:5} " + " ".join(line), flush=True)
    print("\nlog10 of the upper limits:")
    for values in limits(missed, counted).tolist():
        print("    (" + ", ".join(f"{value:.2f}" for value in values) + "),")


def limits(missed: NDArray[np.int64], counted: NDArray[np.int64]) -> NDArray[np.float64]:
    """log10 of the upper limit of the share missed in each cell, together right with 95 %.

    A cell is missed no more often than shorter and dirtier ones, hence no more often than these together: the
    lowest limit of all ranges of them counts, each taken at 1 - 0.05 / ranges.
    """
    rows, columns = missed.shape
    out = np.zeros(missed.shape)
    ranges = missed.size
    for row in range(rows):
        for column in range(columns):
            for first in range(row + 1):
                for last in range(column + 1, columns + 1):
                    area = slice(first, row + 1), slice(column, last)
                    limit = upper(int(missed[area].sum()), int(counted[area].sum()), 0.05 / ranges)
                    out[row, column] = min(out[row, column], math.log10(limit))
    return out


def held_out(records: list[Text], documents: int, seed: int) -> set[str]:
    """Ids of the records that a run with this seed does not register."""
    shuffled = list(records)
    random.Random(seed).shuffle(shuffled)
    return {text[0] for text in shuffled[documents:]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=500, help="a kind or cell")
    parser.add_argument("--debian", type=Path)
    parser.add_argument("--recall", action="store_true")
    parser.add_argument("--unnoticed", action="store_true")
    parser.add_argument("--without-habits", action="store_true", help="no language model of the house")
    parser.add_argument("--show", action="store_true", help="print the false matches")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    records = [text for text in load() if text[1] == "record"]
    fitted = set() if arguments.seed == _FITTED else held_out(records, arguments.documents, _FITTED)
    texts = list(records)
    random.Random(arguments.seed).shuffle(texts)
    held = texts[: arguments.documents]
    with tempfile.TemporaryDirectory() as folder:
        index = PassageIndex.open(Path(folder) / "index", secrets.token_bytes(32))
        index.add((str(nth), text) for nth, (_, _, text) in enumerate(held))
        registry = Registry(held, index, habits=not arguments.without_habits)
        print(f"{len(held):,} registered records, {registry.characters / 1e6:,.0f} million characters")
        if arguments.recall:
            recall(registry, arguments)
        elif arguments.unnoticed:
            unnoticed(registry, arguments)
        else:
            fresh = [text for text in texts[arguments.documents :] if text[0] not in fitted]
            kinds = {"others": others(arguments.debian), "records": fresh}
            negatives(registry, kinds, arguments)


if __name__ == "__main__":
    main()
