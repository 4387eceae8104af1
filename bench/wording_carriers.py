"""How many wordings the rules propose per 100 words of real documents, by family and kind of document.

    python bench/wording_carriers.py [--sample N --seed S --out FILE --without FILE …]

Needs bench/corpus_wording/ (see wording_corpus.py). With --sample it also draws N proposals at random, first
a document, then a family, then a proposal, for people to judge; none that an earlier sample (--without)
holds.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

from fother.channels.wording.suggest import suggest
from fother.channels.wording.variant import Suggestion
from fother.formats.prose.plain import Plain

CORPUS = Path(__file__).parent / "corpus_wording"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("wording_sample.jsonl"))
    parser.add_argument("--without", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    seen = {
        json.loads(line)["id"] for path in options.without for line in path.read_text("utf-8").splitlines()
    }
    words: Counter[str] = Counter()
    found: dict[str, list[Suggestion]] = {}
    began = time.perf_counter()
    for path in sorted(CORPUS.glob("*.txt")):
        data = path.read_bytes()
        found[path.stem] = suggest(Plain().read(data))
        words[path.stem] = len(data.split())
    took = time.perf_counter() - began
    report(found, words)
    print(f"\n{sum(words.values())} words in {took:.1f} s, loading included")
    if options.sample:
        rows = sample(found, seen, options.sample, options.seed)
        options.out.write_text(
            "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8"
        )


def report(found: dict[str, list[Suggestion]], words: Counter[str]) -> None:
    print(f"{'document':26} {'words':>7} {'variants':>8} {'per 100':>7}")
    kinds: dict[str, list[str]] = defaultdict(list)
    for name, ones in found.items():
        kinds[name.split("-")[0]].append(name)
        print(f"{name:26} {words[name]:7} {len(ones):8} {100 * len(ones) / words[name]:7.2f}")
    print()
    for kind, names in kinds.items():
        count, size = sum(len(found[n]) for n in names), sum(words[n] for n in names)
        print(f"{kind:26} {size:7} {count:8} {100 * count / size:7.2f}   of {len(names)} documents")
    total = sum(words.values())
    print(f"{'all':26} {total:7} {sum(map(len, found.values())):8} "
          f"{100 * sum(map(len, found.values())) / total:7.2f}   of {len(found)} documents\n")  # fmt: skip
    families = Counter(s.family for ones in found.values() for s in ones)
    for family, count in families.most_common():
        print(f"{family:26} {count:8} {100 * count / total:7.2f} per 100 words")


def sample(found: dict[str, list[Suggestion]], seen: set[str], count: int, seed: int) -> list[dict[str, str]]:
    """Proposals drawn without repetition: a document, then a family of it, then one of its proposals."""
    chance = random.Random(seed)
    fresh = {name: [s for s in ones if s.id not in seen] for name, ones in found.items()}
    left = {name: ones for name, ones in fresh.items() if ones}
    rows = []
    while left and len(rows) < count:
        name = chance.choice(sorted(left))
        family = chance.choice(sorted({s.family for s in left[name]}))
        one = chance.choice([s for s in left[name] if s.family == family])
        left[name].remove(one)
        if not left[name]:
            del left[name]
        rows.append(
            {"id": one.id, "document": name, "family": family, "sentence": one.sentence, "other": one.other}
        )
    return rows


if __name__ == "__main__":
    main()
