"""Is a record found by another recognition of it? Real pairs: one record released and recognised twice.

    python bench/text_corpus.py --git-dir DIR        # once
    python bench/ocr_pairs.py --git-dir DIR [--documents 10000] [--queries 600] [--peer-queries 60] [--seed 4]

DIR is a clone of github.com/noops888/jfk-files-text, in which many records stand several times: they were
released in 2017 to 2025, often with other parts blackened, and recognised anew by other programs. The
registry holds one release of each record. A query is two sentences in a row of another release, as they were
recognised there. Whether the registered release has that passage at all is settled by rapidfuzz, apart from
what is measured: its partial ratio must be at least 60 (unrelated text has some 45) and below 99 (the same
recognition). Rows are bands of this ratio: the lower, the worse the two recognitions agree.

`first`: the first hit of the index is the record, or another that holds the passage as well: to within three
points of it, or with a ratio of at least 75.
`accepted`: the first match is, and its coincidence is at most the default threshold. `common`: not accepted
because the passage is shown as a form or formula. Peers as in bench/recall.py, on the same queries, fewer.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rapidfuzz import fuzz

from no_match import Registry, verdict
from recall import MINHASH, PEERS, Project, build, passages
from text_corpus import Text, blobs, load, releases

BANDS = (60, 70, 80, 90, 99)
HOLDS = 75  # partial ratio; unrelated text has some 45
_PREFIX = 40_000  # characters of a text that sentences are taken from


@dataclass(frozen=True)
class Pair:
    """Two sentences of another release, the number of the registered one, and how well it has them."""

    text: str
    document: int
    ratio: float


class Holders:
    """Whether a document has a passage about as well as the record that it was taken from."""

    def __init__(self, texts: list[Text]) -> None:
        self._texts = texts
        self._flat: dict[int, str] = {}

    def ratio(self, document: int, passage: str) -> float:
        if document not in self._flat:
            self._flat[document] = flat(self._texts[document][2])
        return fuzz.partial_ratio(flat(passage), self._flat[document])

    def right(self, pair: Pair, document: int | None) -> bool:
        if document is None:
            return False
        enough = min(pair.ratio - 3, HOLDS)
        return document == pair.document or self.ratio(document, pair.text) >= enough


def flat(text: str) -> str:
    return " ".join(text.lower().split())


def other_releases(git_dir: Path, registered: Sequence[Text]) -> list[Text]:
    """The second longest release of each registered record, its number in place of its id."""
    found = releases(git_dir)
    numbers, wanted = [], []
    for number, (name, _, _) in enumerate(registered):
        different = sorted({blob: size for size, blob in found.get(name, ())}.items(), key=lambda b: -b[1])
        if len(different) > 1:
            numbers.append(number)
            wanted.append(different[1][0])
    texts = blobs(git_dir, wanted)
    return [(str(number), "record", text) for number, text in zip(numbers, texts, strict=True)]


def pairs(others: list[Text], holders: Holders, count: int, dice: random.Random) -> list[Pair]:
    """Passages that the registered release has too, differently recognised."""
    chosen: dict[str, Pair] = {}
    drawn = 0
    while len(chosen) < count and drawn < 20 * count:
        (run,) = passages(others, 2, 1, dice)
        drawn += 1
        document = int(others[run.document][0])
        ratio = holders.ratio(document, run.text)
        if BANDS[0] <= ratio < BANDS[-1]:
            chosen.setdefault(run.text, Pair(run.text, document, ratio))
    print(f"{len(others):,} records with two recognitions; {drawn:,} passages drawn, {len(chosen):,} in both")
    return list(chosen.values())


def ask(registry: Registry, asked: list[Pair], holders: Holders, few: int) -> None:
    rows = [*pairwise(BANDS), (BANDS[0], BANDS[-1])]
    results = []
    for pair in asked:
        hits = registry.index.search(pair.text)
        matches = registry.match(pair.text)
        kind = verdict(matches)
        named = kind == "accepted" and holders.right(pair, int(matches[0].document))
        results.append((pair.ratio, bool(hits) and holders.right(pair, int(hits[0].document)), named, kind))
    share = sum(r[1] for r in results[:few]) / max(1, len(results[:few]))
    print(f"\nproject, the {few} queries that the peers get: first {share:.3f}")
    print(f"\n{'ratio':>9} {'queries':>8} {'first':>7} {'accepted':>9} {'common':>7} {'wrong':>6}")
    for low, high in rows:
        some = [r for r in results if low <= r[0] < high]
        count = max(1, len(some))
        first = sum(r[1] for r in some) / count
        named = sum(r[2] for r in some) / count
        common = sum(r[3] == "standard" for r in some) / count
        wrong = sum(r[3] == "accepted" and not r[2] for r in some) / count
        print(
            f"{low:4}–{high:<4} {len(some):8} {first:7.3f} {named:9.3f} {common:7.3f} {wrong:6.3f}",
            flush=True,
        )


def ask_peer(name: str, texts: list[Text], asked: list[Pair], holders: Holders, folder: Path) -> None:
    system = build(PEERS[name], texts, folder)
    right = sum(holders.right(pair, system.best(pair.text)) for pair in asked)
    print(f"{name:12} {len(asked):5} queries, first {right / max(1, len(asked)):.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--git-dir", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=600)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--peer-queries", type=int, default=60)
    parser.add_argument("--minhash-documents", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    texts = [text for text in load() if text[1] == "record"]
    random.Random(arguments.seed).shuffle(texts)
    texts = texts[: arguments.documents]
    holders = Holders(texts)
    others = [(n, k, t[:_PREFIX]) for n, k, t in other_releases(arguments.git_dir, texts)]
    asked = pairs(others, holders, arguments.queries, random.Random(arguments.seed))
    folder = Path(tempfile.mkdtemp())
    try:
        project = build(Project, texts, folder)
        ask(Registry(texts, project.index), asked, holders, arguments.peer_queries)
        for name in arguments.peers:
            few = arguments.minhash_documents if name in MINHASH else len(texts)
            held = [pair for pair in asked if pair.document < few][: arguments.peer_queries]
            ask_peer(name, texts[:few], held, holders, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
