"""Two or three recipients make one text of their copies: how many of them are named, and anybody else?

    python bench/text_collusion.py [--turns 1] [--seed 1] [--words 2000] [--copies 1000] [--documents 100]

Mixing: sentence by sentence, paragraph by paragraph, or place by place wherever the copies differ (each
symbol shown is then one that a colluder has). Wordings alone (retyped), and wordings with spaces (pasted).
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from text_damage import normalised
from text_lab import CORPUS, Document, code, documents, rounds, trace

ALPHA = 1e-3
Symbols = NDArray[np.uint8]


def mixed(document: Document, copies: list[Symbols], unit: str, chance: random.Random) -> Symbols:
    """The symbols of the text that they make: in every unit those of one of them."""
    carriers = document.carriers
    widths = np.diff(carriers.first_column)
    keys: list[int]
    if unit == "place":
        keys = list(range(len(carriers.places)))
    elif unit == "paragraph":
        keys = [place.block for place in carriers.places]
    else:  # a sentence ends at a full stop; counted from the text before each place
        text = carriers.text
        keys, at, count = [], 0, 0
        for place in carriers.places:
            count += text.count(". ", at, place.start) + text.count("\n", at, place.start)
            at = place.start
            keys.append(count)
    choice = {key: chance.randrange(len(copies)) for key in sorted(set(keys))}
    whose = np.repeat([choice[key] for key in keys], widths)
    return np.asarray(np.choose(whose, copies), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--words", type=int, default=2_000)
    parser.add_argument("--copies", type=int, default=1_000)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    options = parser.parse_args()
    setting = [(options.copies, ALPHA)]
    for channel in ("wordings", "wordings and spaces"):
        spaces = "spaces" in channel
        found = [d for d in documents(options.corpus, spaces=spaces) if d.words >= options.words]
        found = found[:: max(1, len(found) // options.documents)]
        print(f"\n{channel}: {len(found)} documents, their first {options.words} words, "
              f"{options.copies} recipients, alpha {ALPHA:g}")  # fmt: skip
        print(f"{'colluders':>9} {'mixed by':>10} {'tries':>5} {'one named':>9} {'all named':>9} "
              f"{'per text':>8} {'read':>6} {'wrong':>6}")  # fmt: skip
        for colluders in (2, 3):
            for unit in ("sentence", "paragraph", "place"):
                total: Counter[str] = Counter()
                for number, document, chance in rounds(found, options.turns, options.seed):
                    of = code(document, number)
                    guilty = set(chance.sample(range(options.copies), colluders))
                    shown = mixed(document, [of.symbols(k) for k in sorted(guilty)], unit, chance)
                    text = document.carriers.rendered(shown)
                    leak = " ".join(text.split(" ")[: options.words])
                    seen = trace(document, of, leak if spaces else normalised(leak), setting, shown)
                    named = set(seen.named[setting[0]])
                    total["tries"] += 1
                    total["one"] += bool(named & guilty)
                    total["all"] += guilty <= named
                    total["named"] += len(named & guilty)
                    total["wrong"] += len(named - guilty)
                    total["read"] += seen.used
                tries = total["tries"]
                print(f"{colluders:9} {unit:>10} {tries:5} {100 * total['one'] / tries:7.0f} % "
                      f"{100 * total['all'] / tries:7.0f} % {total['named'] / tries:8.2f} "
                      f"{total['read'] / tries:6.0f} {total['wrong']:6}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
