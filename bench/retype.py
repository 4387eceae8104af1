"""Words of an excerpt needed to name one of 100, 1,000 or 10,000 recipients when the text was typed anew.

    python bench/retype.py [--turns 1] [--seed 1] [--ocr 22] [--only-ocr]

Wordings alone are used; all that the rules propose counts as approved. For each document, a random recipient
among the first hundred and a random excerpt. Damage: none; 5 % of the words with a typing error; 5 % of the
characters mistyped; a simulator of recognition with 2 % wrong characters; and with --ocr N, in N documents,
a page set with Typst, printed and scanned at 150 dpi by the simulator of the demonstration and read by the
recogniser that intake uses. Named at alpha = 1e-6 means a bound of 1e-6 or less.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np

from fother.channels.text.observe import observe
from fother.codes.decoder import decode
from text_damage import mistyped, mistyped_words, recognised
from text_lab import CORPUS, Damage, code, documents, excerpt, printed_and_read, rounds

SIZES = (50, 100, 200, 300, 500, 1000, 2000)
COPIES = (100, 1_000, 10_000)
ALPHAS = (1e-3, 1e-6)
DAMAGES: dict[str, Damage] = {
    "typed without errors": lambda text, _: " ".join(text.split()),
    "5 % of words mistyped": lambda text, chance: mistyped_words(" ".join(text.split()), 0.05, chance),
    "5 % of characters mistyped": lambda text, chance: mistyped(" ".join(text.split()), 0.05, chance),
    "2 % misrecognised (simulated)": lambda text, chance: recognised(text, 0.02, chance),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ocr", type=int, default=0)
    parser.add_argument("--only-ocr", action="store_true")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    options = parser.parse_args()
    found = documents(options.corpus)
    words, places = sum(d.words for d in found), sum(len(d.carriers.places) for d in found)
    print(
        f"{len(found)} documents, {words} words, {places} wordings, {100 * places / words:.1f} per 100 words"
    )
    for name, damage in () if options.only_ocr else DAMAGES.items():
        report(name, measured(found, damage, options.turns, options.seed, "mis" in name and "recog" in name))
    if options.ocr:
        chosen = [d for d in found if d.words >= 1_000][: options.ocr]
        read = partial(printed_and_read, dpi=150)
        report(
            f"set, printed, scanned and recognised ({len(chosen)} documents)",
            measured(chosen, read, options.turns, options.seed, True, sizes=(1000,)),
        )


class Tally:
    """Of one size: tries, named by setting, wrong names, carriers used and misread, words, error rates."""

    def __init__(self) -> None:
        self.tries = self.wrong = self.used = self.misread = self.words = 0
        self.named: dict[tuple[int, float], int] = defaultdict(int)
        self.errors: list[float] = []


def measured(  # type: ignore[no-untyped-def]
    found, damage: Damage, turns: int, seed: int, recognised: bool, sizes=SIZES
) -> dict[int, Tally]:
    tallies = {size: Tally() for size in sizes}
    for number, document, chance in rounds(found, turns, seed):
        of = code(document, number)
        for size in sizes:
            if document.words < size:
                continue
            true = chance.randrange(100)
            symbols = of.symbols(true)
            leak = damage(excerpt(document.carriers.rendered(symbols), size, chance), chance)
            score(tallies[size], document, of, leak, true, symbols, size, recognised)
    return tallies


def score(tally: Tally, document, of, leak: str, true: int, symbols, size: int, recognised: bool) -> None:  # type: ignore[no-untyped-def]
    reading = observe(document.carriers, leak, recognised=recognised)
    tally.tries += 1
    tally.words += size
    if reading is None:
        return
    seen = reading.observations
    tally.used += len(seen)
    tally.misread += int(np.count_nonzero((seen.value > 0) != symbols[seen.position]))
    tally.errors.append(reading.error)
    for copies in COPIES:
        for named in decode(of, copies, seen, alpha=max(ALPHAS)).named:
            tally.wrong += named.index != true
            for alpha in ALPHAS:
                if named.index == true and 10.0**named.log10_bound <= alpha:
                    tally.named[copies, alpha] += 1


def report(name: str, tallies: dict[int, Tally]) -> None:
    print(f"\n{name}")
    heads = [f"{copies:,} at {alpha:.0e}" for copies in COPIES for alpha in ALPHAS]
    print(f"{'words':>6} {'tries':>5} " + " ".join(f"{h:>15}" for h in heads)
          + f" {'wrong':>6} {'read/100':>8} {'misread':>8} {'error':>6}")  # fmt: skip
    for size, t in tallies.items():
        if not t.tries:
            continue
        shares = [t.named[copies, alpha] / t.tries for copies in COPIES for alpha in ALPHAS]
        print(f"{size:6} {t.tries:5} " + " ".join(f"{100 * s:13.0f} %" for s in shares)
              + f" {t.wrong:6} {100 * t.used / t.words:8.1f} {100 * t.misread / max(1, t.used):6.2f} %"
              + f" {np.mean(t.errors) if t.errors else 0:6.3f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
