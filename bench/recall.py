"""Which document does a quote come from? Recall at 1 on real texts, the project and peers side by side.

    python bench/text_corpus.py --git-dir …          # once
    python bench/recall.py [--documents 12000] [--queries 500] [--peer-queries 100] [--minutes 12]
                           [--peer-minutes 3] [--peers tantivy fts5 rensa datasketch]
                           [--minhash-documents 2000] [--folder DIR] [--only CELL ...] [--lengths 2]

The registry holds `--documents` texts; every 12th text is held out for queries that have no match. A query is
1, 2 or 5 sentences in a row of a registered text, damaged as its cell says: characters misread, dropped, put
in or words split and joined (c2 … c10: so many in 100 characters), words replaced by others of the registry's
vocabulary (w10, w20: so many in 100 words), or both. A proposal is right when its document is the source or
holds the undamaged passage as well (near duplicates: rapidfuzz partial ratio >= 88).

`hits` counts the first hit of the index's search. `matched` is what the project answers: the first document
that the alignment accepts (`match_text`); the share of held-out queries that it accepts is printed below.
`named` is the first document of the answer, accepted or shown as a holder of common wording (a form, a note
that many documents carry, formulae), which is no evidence of a leak but says where the passage stands.
Peers: tantivy (BM25 over the same passages of plain words, the rarest 24 words of the query), SQLite FTS5
(likewise), rensa and datasketch (MinHash LSH over passages of 60 words, 4-letter shingles, 64 permutations,
best Jaccard among the candidates). The MinHash peers need about 1 MB of memory a document and hold only the
first `--minhash-documents` texts, of which their queries are drawn: fewer texts to take for the right one, so
this favours them.

Each system stops asking after its minutes (a third of them for each length); `queries` says how many of each
cell were asked by then. Times are of the processor, a query.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import secrets
import shutil
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from rapidfuzz import fuzz

from fother.identify.index import PassageIndex
from fother.model.match import Hit
from text_corpus import Text, load

#: for each row of the table the document named first and the seconds of the processor
Answers = dict[str, tuple[int | None, float]]

CELLS = {
    "clean": (0.0, 0.0),
    "c2": (0.02, 0.0),
    "c5": (0.05, 0.0),
    "c10": (0.10, 0.0),
    "w10": (0.0, 0.10),
    "w20": (0.0, 0.20),
    "w10c5": (0.05, 0.10),
    "w20c5": (0.05, 0.20),
    "w20c10": (0.10, 0.20),
}
LENGTHS = (1, 2, 5)
CONFUSIONS = {
    "0": "oO", "1": "lI", "2": "zZ", "5": "sS", "6": "b", "8": "B", "9": "g", "a": "oes", "b": "h6",
    "c": "eo", "d": "cl", "e": "co", "f": "t", "g": "q9", "h": "b", "i": "l1j", "j": "i", "k": "h",
    "l": "1iI", "m": "rn", "n": "ru", "o": "0ca", "p": "n", "q": "g", "r": "n", "s": "5a", "t": "fl",
    "u": "nv", "v": "yu", "w": "vv", "x": "k", "y": "v", "z": "2", "I": "l1", "O": "0Q", "S": "5",
    "B": "8", "E": "F", "M": "N", ",": ".",
}  # fmt: skip
WORD = re.compile(r"[^\W_]+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'])")
SAME = 88  # partial ratio from which a document holds a passage


@dataclass(frozen=True)
class Passage:
    document: int
    text: str


def passages(texts: list[Text], length: int, count: int, dice: random.Random) -> list[Passage]:
    """`count` runs of so many sentences, each from a text drawn at random."""
    drawn: list[Passage] = []
    while len(drawn) < count:
        document = dice.randrange(len(texts))
        text = texts[document][2]
        start = dice.randrange(max(1, len(text) - 6_000))
        sentences = SENTENCE_END.split(text[start : start + 8_000])[1:-1]
        fit = [
            nth
            for nth in range(len(sentences) - length + 1)
            if all(50 < len(s) < 400 and _legible(s) for s in sentences[nth : nth + length])
        ]
        if fit:
            nth = dice.choice(fit)
            drawn.append(Passage(document, " ".join(" ".join(sentences[nth : nth + length]).split())))
    return drawn


def _legible(text: str) -> bool:
    return sum(c.isalpha() or c == " " for c in text) > 0.85 * len(text) and len(text.split()) >= 8


def damaged(text: str, characters: float, words: float, vocabulary: list[str], dice: random.Random) -> str:
    if words:
        text = " ".join(
            dice.choice(vocabulary) if dice.random() < words else word for word in text.split(" ")
        )
    if not characters:
        return text
    out = []
    for c in text:
        if dice.random() >= characters:
            out.append(c)
            continue
        kind = dice.random()
        if c == " ":
            out.append("" if kind < 0.7 else " " + dice.choice(".,'"))  # words joined, specks
        elif kind < 0.6:
            other = CONFUSIONS.get(c) or CONFUSIONS.get(c.lower()) or "etaoinsr"
            out.append(other if other in {"rn", "cl", "vv"} else dice.choice(other))
        elif kind < 0.75:
            pass  # dropped
        elif kind < 0.85:
            out.append(c + dice.choice("etaoinsrl.,'"))
        else:
            out.append(c + " ")  # a word split
    return "".join(out)


class Judge:
    """Is this document a right answer for that passage?"""

    def __init__(self, texts: list[Text]) -> None:
        self._texts = texts
        self._known: dict[tuple[str, int], bool] = {}

    def right(self, passage: Passage, document: int | None) -> bool:
        if document is None:
            return False
        return document == passage.document or self.holds(document, passage.text)

    def holds(self, document: int, text: str) -> bool:
        key = (text, document)
        if key not in self._known:
            low = " ".join(self._texts[document][2].lower().split())
            self._known[key] = fuzz.partial_ratio(" ".join(text.lower().split()), low, score_cutoff=SAME) > 0
        return self._known[key]


class Project:
    name = "project"

    def __init__(self, texts: list[Text], folder: Path) -> None:
        self.numbers = {str(nth): nth for nth in range(len(texts))}
        self.index = PassageIndex.open(folder / "index", secrets.token_bytes(32))
        self.index.add((str(nth), text) for nth, (_, _, text) in enumerate(texts))


class Matched:
    """The first match that the alignment accepts among the hits."""

    def __init__(self, project: Project, texts: list[Text]) -> None:
        from fother.identify.chance import ACCEPTED
        from fother.identify.match import Source, match_text

        self._match, self._source, self._accepted = match_text, Source, ACCEPTED
        self._project, self._texts = project, texts
        self._characters = sum(len(text) for _, _, text in texts)

    def answers(self, query: str) -> Answers:
        clock = time.process_time()
        hits = self._project.index.search(query)
        searched = time.process_time() - clock
        first = self._project.numbers[hits[0].document] if hits else None
        accepted, named = self._named(query, hits)
        spent = time.process_time() - clock
        return {"hits": (first, searched), "matched": (accepted, spent), "named": (named, spent)}

    def _named(self, query: str, hits: list[Hit]) -> tuple[int | None, int | None]:
        found = self._match(
            query,
            hits,
            lambda document: self._source(document, document, self._texts[int(document)][2]),
            registry_characters=self._characters,
            registry_documents=len(self._texts),
            frequency=self._project.index.document_frequency,
            habits=self._project.index.habits,
        )
        if not found:
            return None, None
        best = int(found[0].document)
        accepted = found[0].coincidence <= self._accepted
        shown = accepted or any(passage.common for passage in found[0].passages)
        return best if accepted else None, best if shown else None


def rows(texts: list[Text], stride: int = 40) -> Any:
    for nth, (_, _, text) in enumerate(texts):
        words = WORD.findall(text.lower())
        for first in range(0, max(1, len(words) - 60 + stride), stride):
            yield nth, words[first : first + 60]


class Tantivy:
    name = "tantivy"

    def __init__(self, texts: list[Text], folder: Path) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("x", stored=False, index_option="freq")
        builder.add_integer_field("d", fast=True)
        self._schema = builder.build()
        (folder / "tantivy").mkdir()
        index = tantivy.Index(self._schema, path=str(folder / "tantivy"))
        writer = index.writer(64_000_000, 1)
        for nth, words in rows(texts):
            writer.add_document(tantivy.Document(x=" ".join(words), d=nth))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher, self._tantivy = index.searcher(), tantivy

    def best(self, query: str) -> int | None:
        words = [w for w in dict.fromkeys(WORD.findall(query.lower())) if len(w) > 1]
        frequent = sorted((self._searcher.doc_freq("x", w), w) for w in words)
        rare = [w for df, w in frequent if df][:24]
        term, should = self._tantivy.Query.term_query, self._tantivy.Occur.Should
        asked = self._tantivy.Query.boolean_query(
            [(should, term(self._schema, "x", w, "freq")) for w in rare]
        )
        hits = self._searcher.search(asked, 1, count=False).hits
        return int(self._searcher.fast_field_values("d", [hits[0][1]])[0]) if hits else None


class Fts5:
    name = "fts5"

    def __init__(self, texts: list[Text], folder: Path) -> None:
        self._base = sqlite3.connect(folder / "fts5.db")
        # With detail=none a table without content has no word counts, and its ranking is void.
        self._base.execute("create virtual table t using fts5(x, content='')")
        self._base.execute("create table m (id integer primary key, d integer)")
        for number, (nth, words) in enumerate(rows(texts), 1):
            self._base.execute("insert into t(rowid, x) values (?, ?)", (number, " ".join(words)))
            self._base.execute("insert into m values (?, ?)", (number, nth))
        self._base.execute("create virtual table v using fts5vocab(t, 'row')")
        self._base.commit()

    def best(self, query: str) -> int | None:
        words = [w for w in dict.fromkeys(WORD.findall(query.lower())) if len(w) > 1 and w.isascii()]
        marks = ",".join("?" * len(words))
        rarest = f"select term from v where term in ({marks}) order by doc limit 24"  # noqa: S608
        known = self._base.execute(rarest, words)
        asked = " OR ".join(f'"{row[0]}"' for row in known)
        if not asked:
            return None
        ranked = "select rowid from t where t match ? order by rank limit 1"
        row = self._base.execute(ranked, (asked,)).fetchone()
        return self._base.execute("select d from m where id = ?", row).fetchone()[0] if row else None


def shingles(words: list[str]) -> list[str]:
    text = "".join(words)
    return list({text[i : i + 4] for i in range(max(1, len(text) - 3))})


class Rensa:
    name = "rensa"
    permutations, bands = 64, 32

    def __init__(self, texts: list[Text], _folder: Path) -> None:
        from rensa import RMinHash, RMinHashLSH

        self._minhash = RMinHash
        self._lsh = RMinHashLSH(threshold=0.3, num_perm=self.permutations, num_bands=self.bands)
        self._owner, self._sketches = [], []
        for nth, words in rows(texts):
            sketch = self._sketch(words)
            self._lsh.insert(len(self._owner), sketch)
            self._owner.append(nth)
            self._sketches.append(sketch)

    def _sketch(self, words: list[str]) -> Any:
        sketch = self._minhash(num_perm=self.permutations, seed=1)
        sketch.update(shingles(words))
        return sketch

    def best(self, query: str) -> int | None:
        sketch = self._sketch(WORD.findall(query.lower()))
        found = self._lsh.query(sketch)
        best = max(found, key=lambda key: sketch.jaccard(self._sketches[key]), default=None)
        return None if best is None else self._owner[best]


class Datasketch:
    name = "datasketch"

    def __init__(self, texts: list[Text], _folder: Path) -> None:
        from datasketch import MinHash, MinHashLSH

        self._first = MinHash(num_perm=64, seed=1)
        self._lsh = MinHashLSH(num_perm=64, params=(32, 2))
        self._owner: list[int] = []
        self._values: list[Any] = []
        for nth, words in rows(texts):
            sketch = self._sketch(words)
            self._lsh.insert(len(self._owner), sketch, check_duplication=False)
            self._owner.append(nth)
            self._values.append(sketch.hashvalues.astype(np.uint32))

    def _sketch(self, words: list[str]) -> Any:
        sketch = self._first.copy()
        sketch.update_batch([s.encode() for s in shingles(words)])
        return sketch

    def best(self, query: str) -> int | None:
        sketch = self._sketch(WORD.findall(query.lower()))
        values = sketch.hashvalues.astype(np.uint32)
        found = self._lsh.query(sketch)
        best = max(found, key=lambda key: int((self._values[key] == values).sum()), default=None)
        return None if best is None else self._owner[best]


PEERS = {peer.name: peer for peer in (Tantivy, Fts5, Rensa, Datasketch)}
MINHASH = {Rensa.name, Datasketch.name}


class Peer:
    """A peer asked as the project is."""

    def __init__(self, system: Any) -> None:
        self._system = system

    def answers(self, query: str) -> Answers:
        clock = time.process_time()
        best = self._system.best(query)
        return {self._system.name: (best, time.process_time() - clock)}


def folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=12_000)
    parser.add_argument("--queries", type=int, default=500, help="a cell")
    parser.add_argument("--minutes", type=float, default=12, help="of asking the project")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--peer-queries", type=int, default=100, help="a cell")
    parser.add_argument("--peer-minutes", type=float, default=3, help="of asking each peer")
    parser.add_argument("--minhash-documents", type=int, default=2_000)
    parser.add_argument("--lengths", type=int, nargs="*", choices=LENGTHS, default=list(LENGTHS))
    parser.add_argument("--only", nargs="*", choices=CELLS, default=list(CELLS))
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()
    texts = load()
    random.Random(arguments.seed).shuffle(texts)
    held_out = texts[::12]
    registered = [t for nth, t in enumerate(texts) if nth % 12][: arguments.documents]
    characters = sum(len(t[2]) for t in registered)
    print(f"{len(registered):,} documents, {characters / 1e6:,.0f} million characters")
    folder = Path(tempfile.mkdtemp(dir=arguments.folder))
    try:
        run(arguments, registered, held_out, folder)
    finally:
        shutil.rmtree(folder)


def run(arguments: argparse.Namespace, texts: list[Text], held_out: list[Text], folder: Path) -> None:
    vocabulary = WORD.findall(" ".join(t[2][:2000] for t in texts[::20]))
    judge = Judge(texts)
    few = texts[: arguments.minhash_documents]
    project = Matched(build(Project, texts, folder), texts)
    peers = [(build(PEERS[n], few if n in MINHASH else texts, folder), n) for n in arguments.peers]
    print(
        f"\nrecall at 1\n{'system':12} sentences queries "
        + " ".join(f"{cell:>6}" for cell in arguments.only)
        + "  CPU ms p50    p95"
    )
    measure(project, arguments.queries, arguments.minutes, texts, judge, vocabulary, arguments)
    for peer, name in peers:
        held = few if name in MINHASH else texts
        measure(
            Peer(peer), arguments.peer_queries, arguments.peer_minutes, held, judge, vocabulary, arguments
        )
    strangers(project, judge, held_out, arguments)


def build(make: Any, texts: list[Text], folder: Path) -> Any:
    clock, before = time.process_time(), folder_size(folder)
    system = make(texts, folder)
    spent, size = time.process_time() - clock, folder_size(folder) - before
    print(
        f"{make.name:12} {len(texts):6,} documents, built in {spent:.0f} CPU s, {size / 1e6:.0f} MB on disk",
        flush=True,
    )
    return system


def measure(
    system: Matched | Peer,
    count: int,
    minutes: float,
    texts: list[Text],
    judge: Judge,
    vocabulary: list[str],
    arguments: argparse.Namespace,
) -> None:
    for length in arguments.lengths:
        base = passages(texts, length, count, random.Random(f"{arguments.seed} {length}"))
        deadline = time.monotonic() + minutes * 60 / len(arguments.lengths)
        asked = 0
        right: dict[str, dict[str, int]] = {}
        spent: dict[str, list[float]] = {}
        for passage in base:
            if asked and time.monotonic() > deadline:
                break
            asked += 1
            for cell in arguments.only:
                dice = random.Random(f"{arguments.seed} {length} {cell} {asked}")
                query = damaged(passage.text, *CELLS[cell], vocabulary, dice)
                for row, (best, seconds) in system.answers(query).items():
                    good = right.setdefault(row, dict.fromkeys(arguments.only, 0))
                    good[cell] += judge.right(passage, best)
                    spent.setdefault(row, []).append(seconds)
        for row, good in right.items():
            shares = " ".join(f"{good[cell] / asked:6.3f}" for cell in arguments.only)
            times = "  ".join(f"{np.quantile(spent[row], q) * 1e3:9.1f}" for q in (0.5, 0.95))
            print(f"{row:12} {length:9} {asked:7} {shares} {times}", flush=True)


def strangers(system: Matched, judge: Judge, held_out: list[Text], arguments: argparse.Namespace) -> None:
    """Queries from texts that are not registered; what a registered text holds too is no false match."""
    print("\nqueries without a match: accepted, of those held by the accepted document too")
    for length in arguments.lengths:
        dice = random.Random(f"{arguments.seed} {length} strangers")
        deadline = time.monotonic() + arguments.minutes * 60 / (4 * len(arguments.lengths))
        base = passages(held_out, length, arguments.queries, dice)
        asked, accepted = 0, []
        for passage in base:
            if asked and time.monotonic() > deadline:
                break
            asked += 1
            best, _ = system.answers(passage.text)["matched"]
            if best is not None:
                accepted.append((passage, best))
        held = sum(judge.holds(best, passage.text) for passage, best in accepted)
        print(f"{length} sentences: {len(accepted)} of {asked}, {held} held")


if __name__ == "__main__":
    main()
