"""Texts rewritten to shake off their marks: who is named, and is anybody named wrongly?

    python bench/text_attacks.py [--turns 1] [--seed 1] [--words 2000] [--copies 1000] [--documents 100]

Wordings alone (look-alikes die at the first normalisation); all that the rules propose counts as approved. Of
each document, an excerpt of a random recipient's copy goes through each attack.
Innocents: the attacked text of the unmarked original; the same text traced with another key; and a text of
another document. Whoever is named there, or beside the recipient, is a wrong name.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from text_damage import mistyped_words, normalised, quoted, reordered, sentences, substituted
from text_lab import CORPUS, Document, code, documents, excerpt, rounds, trace

Attack = Callable[[str, random.Random], str]
ALPHA = 1e-3


def attacks(found: list[Document]) -> dict[str, Attack]:
    """By name. Other words and other sentences come from the documents at large."""
    words = sorted({w for d in found for w in re.findall(r"\b[a-z]{4,}\b", d.carriers.plain)})
    strange = [s for s in sentences(found[0].carriers.plain) if 40 < len(s) < 200]
    return {
        "all Unicode normalised, ASCII only": lambda text, _: normalised(text),
        "10 % of words replaced": lambda text, c: substituted(normalised(text), 0.1, words, c),
        "20 % replaced, 5 % mistyped": lambda text, c: mistyped_words(
            substituted(normalised(text), 0.2, words, c), 0.05, c
        ),
        "sentences in another order": lambda text, c: reordered(normalised(text), c),
        "quotes in an article": lambda text, c: quoted(normalised(text), strange, c),
        "every second sentence left out": lambda text, _: " ".join(sentences(normalised(text))[::2]),
        "all of these": lambda text, c: quoted(
            reordered(mistyped_words(substituted(normalised(text), 0.1, words, c), 0.05, c), c), strange, c
        ),
    }


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
    found = [d for d in documents(options.corpus) if d.words >= options.words]
    found = found[:: max(1, len(found) // options.documents)]
    setting = [(options.copies, ALPHA)]
    print(f"{len(found)} documents, {options.words} words, {options.copies} recipients, alpha {ALPHA:g}")
    print(f"{'attack':38} {'tries':>5} {'named':>6} {'read':>6} {'misread':>8} {'wrong':>6} "
          f"{'innocents':>9} {'wrong':>6}")  # fmt: skip
    for name, attack in attacks(found).items():
        total: Counter[str] = Counter()
        for number, document, chance in rounds(found, options.turns, options.seed):
            of, other_key = code(document, number), code(document, number + 1000)
            true = chance.randrange(options.copies)
            symbols = of.symbols(true)
            leak = attack(excerpt(document.carriers.rendered(symbols), options.words, chance), chance)
            seen = trace(document, of, leak, setting, symbols)
            total["tries"] += 1
            total["read"] += seen.used
            total["misread"] += seen.wrong
            total["named"] += true in seen.named[setting[0]]
            total["wrong"] += len(set(seen.named[setting[0]]) - {true})
            original = attack(excerpt(document.carriers.plain, options.words, chance), chance)
            elsewhere = found[(number + 1) % len(found)].carriers.plain
            for against, text in ((of, original), (other_key, leak), (of, attack(elsewhere[:4000], chance))):
                total["innocents"] += 1
                total["accused"] += len(trace(document, against, text, setting).named[setting[0]])
        tries, misread = total["tries"], 100 * total["misread"] / max(1, total["read"])
        print(f"{name:38} {tries:5} {100 * total['named'] / tries:4.0f} % {total['read'] / tries:6.0f} "
              f"{misread:6.2f} % {total['wrong']:6} {total['innocents']:9} {total['accused']:6}",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
