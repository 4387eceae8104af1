"""How the passage index grows: size, build time and latency from ten thousand to a million documents.

    python bench/text_corpus.py --git-dir …                    # once
    python bench/index_scale.py [--sizes 10000 17000 100000] [--words 1000] [--queries 300] [--folder DIR]
    python bench/index_scale.py --sizes 1000000 --synthetic --words 300

One index grows through the sizes. Its first documents are the gathered real texts; when these are used up, or
with --synthetic from the first, documents are made of words drawn as often as they occur in the real texts,
`--words` each. A query is two sentences (35 words of a synthetic document), clean, with 5 % of its characters
misread, or with 20 % of its words replaced; `right` is the share whose source comes first (near duplicates do
not count as right here). `search` is the index's alone, `answer` adds the alignment of what it proposes
(`match_text`; reading the documents' texts is not counted). Times are of the processor and, where said, on
the clock: other work on the machine lengthens the latter. `holders` is the 95th percentile of the processor's
milliseconds for asking in how many documents four stretches of the query stand. `one more` is the median of
the milliseconds on the clock in which one further document is registered.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from fother.identify import match
from fother.identify.index import PassageIndex
from fother.model.match import Hit
from recall import CELLS, WORD, Passage, damaged, folder_size, passages
from text_corpus import Text, load

CHOSEN = ("clean", "c5", "w20")


class Source:
    """Documents by number: real ones first, then synthetic ones, the same at every call."""

    def __init__(self, real: list[Text], words: list[str], length: int, seed: int) -> None:
        self.real = real
        self._words = np.array(words, dtype=object)
        self._length, self._seed = length, seed

    def text(self, number: int) -> str:
        if number < len(self.real):
            return self.real[number][2]
        dice = np.random.default_rng((self._seed, number))
        return " ".join(self._words[dice.integers(0, len(self._words), self._length)])

    def documents(self, first: int, end: int) -> Iterator[tuple[str, str]]:
        return ((str(number), self.text(number)) for number in range(first, end))

    def queries(self, held: int, count: int, dice: random.Random) -> list[Passage]:
        """Passages from all over the index."""
        real = min(held, len(self.real))
        drawn = [n for n in (dice.randrange(held) for _ in range(count)) if n >= real]
        found = passages(self.real[:real], 2, count - len(drawn), dice) if count > len(drawn) else []
        for number in drawn:
            words = self.text(number).split(" ")
            start = dice.randrange(max(1, len(words) - 35))
            found.append(Passage(number, " ".join(words[start : start + 35])))
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 17_000, 100_000])
    parser.add_argument("--words", type=int, default=1000, help="of a synthetic document")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--synthetic", action="store_true", help="no real documents")
    parser.add_argument("--folder", type=Path, default=None)
    arguments = parser.parse_args()
    texts = load()
    random.Random(3).shuffle(texts)
    vocabulary = WORD.findall(" ".join(t[2][:5000] for t in texts[::4]))
    source = Source([] if arguments.synthetic else texts, vocabulary, arguments.words, 3)
    folder = Path(tempfile.mkdtemp(dir=arguments.folder))
    print(
        f"{'':29}{'building':>15}{'search CPU ms':>15}{'on the clock':>16}{'answer CPU ms':>16}\n"
        f"documents  text MB  index MB  CPU s  clock s{'p50    p95':>15}{'p50    p95':>16}{'p50    p95':>16}"
        "  holders  right  one more"
    )
    try:
        grow(source, sorted(arguments.sizes), arguments.queries, vocabulary, folder / "index")
    finally:
        shutil.rmtree(folder)


def grow(source: Source, sizes: list[int], queries: int, vocabulary: list[str], folder: Path) -> None:
    index = PassageIndex.open(folder, secrets.token_bytes(32))
    held, used, passed = 0, 0.0, 0.0
    for size in sizes:
        cpu, clock = time.process_time(), time.monotonic()
        index.add(source.documents(held, size))
        used += time.process_time() - cpu
        passed += time.monotonic() - clock
        held = size
        print(
            f"{held:9,} {index.characters / 1e6:8,.0f} {folder_size(folder) / 1e6:9,.0f} {used:6,.0f} "
            f"{passed:8,.0f} {latency(index, source, queries, vocabulary)}",
            flush=True,
        )


def latency(index: PassageIndex, source: Source, queries: int, vocabulary: list[str]) -> str:
    """The row's columns that follow those of building."""
    held = len(index)
    dice = random.Random(held)
    asked = [
        (passage, damaged(passage.text, *CELLS[cell], vocabulary, dice))
        for passage in source.queries(held, queries, dice)
        for cell in CHOSEN
    ]
    for _, query in asked[:20]:
        index.search(query)
    search, clock, answer, holders = [], [], [], []
    right = 0
    for passage, query in asked:
        begun, used = time.perf_counter(), time.process_time()
        hits = index.search(query)
        search.append(time.process_time() - used)
        clock.append(time.perf_counter() - begun)
        right += bool(hits) and hits[0].document == str(passage.document)
        answer.append(search[-1] + aligned(index, source, query, hits))
        quarter = -(-len(query) // 4)
        used = time.process_time()
        index.document_frequency(query, [(at, at + quarter) for at in range(0, len(query), quarter)])
        holders.append(time.process_time() - used)
    more = []
    for nth in range(5):
        begun = time.perf_counter()
        index.add([(f"more {held} {nth}", f"{source.text(nth)} {nth}")])
        more.append(time.perf_counter() - begun)
    index.remove([f"more {held} {nth}" for nth in range(5)])
    figures = [np.quantile(times, q) * 1e3 for times in (search, clock, answer) for q in (0.5, 0.95)]
    return (
        "  ".join(f"{a:6.1f} {b:6.1f} " for a, b in zip(figures[::2], figures[1::2], strict=True))
        + f"{np.quantile(holders, 0.95) * 1e3:7.1f} {right / len(asked):6.3f} {np.median(more) * 1e3:9.0f}"
    )


def aligned(index: PassageIndex, source: Source, query: str, hits: list[Hit]) -> float:
    """Seconds of the processor that the alignment takes."""
    texts = {hit.document: source.text(int(hit.document)) for hit in hits}
    characters = index.characters
    used = time.process_time()
    match.match_text(
        query,
        hits,
        lambda document: match.Source(document, document, texts[document]),
        registry_characters=characters,
        registry_documents=len(index),
        frequency=index.document_frequency,
        habits=index.habits,
    )
    return time.process_time() - used


if __name__ == "__main__":
    main()
