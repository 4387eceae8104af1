"""Markings: examples of the standards, what they forbid, generated and damaged strings, speed on text.

    python bench/markings_corpus.py [--generated 20000]

Examples and forbidden strings are tests/data/markings. Generated ones are drawn from the grammar, written in
both forms and read back; then each is damaged by one random edit and read again, which may be refused but
must not fail otherwise. Running text is the United States' government text that the tests ship. No other
parser of these markings is installable from PyPI, so there is nothing to stand beside.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import tomllib
from collections import Counter
from pathlib import Path

from fother.assess.markings import Marking, find_markings, parse, render, roll_up
from fother.assess.markings.model import paths
from fother.assess.markings.vocabulary import DISSEMINATION, LADDERS, OTHER
from fother.errors import MarkingError

DATA = Path(__file__).parents[1] / "tests" / "data"
PLAIN = sorted({*DISSEMINATION, *OTHER} - {"REL TO", "DISPLAY ONLY", "EYES ONLY"})
CODES = ["AUS", "CAN", "DEU", "FRA", "GBR", "JPN", "NZL", "NATO", "FVEY", "ISAF"]


def strings(name: str) -> list[tuple[str, str]]:
    groups = tomllib.loads((DATA / "markings" / name).read_text("utf-8"))["group"]
    return [(g.get("rule", g["source"].split()[0]), text) for g in groups for text in g["markings"]]


def faults(text: str) -> set[str]:
    try:
        return {f.rule for f in parse(text).faults if f.severity == "error"}
    except MarkingError:
        return {"unreadable"}


def generated(rng: random.Random) -> Marking:
    if rng.random() < 0.2:
        system = rng.choice(["NATO", "EU", "TLP"])
        return Marking(system, rng.choice(LADDERS[system][1:]))
    sci = frozenset().union(
        *(
            paths(c, *rng.choice([(), ("G",), ("ABC", "XYZ")]))
            for c in rng.sample(["SI", "TK"], rng.randrange(3))
        )
    )
    codes = frozenset(rng.sample(CODES, rng.randrange(1, 4)))
    foreign = rng.random() < 0.2
    return Marking(
        "US",
        rng.choice(["UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "TOP SECRET"]),
        frozenset(rng.sample(["AUS", "DEU", "GBR"], 2)) if foreign else frozenset(),
        foreign=foreign,
        sci=sci,
        sap=rng.choice([frozenset(), paths("BP"), paths("BP", "J12")]),
        atomic=rng.choice([frozenset(), frozenset({"RD", "RD-SIGMA 14"}), frozenset({"FRD"})]),
        fgi=rng.choice([None, None, frozenset(), codes]),
        controls=frozenset(rng.sample(PLAIN, rng.randrange(4))),
        rel_to=rng.choice([None, codes | {"USA"}]),
    )


def damaged(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) + 1)
    kind = rng.randrange(3)
    letter = rng.choice("/-, ()ABCNORSTX")
    return text[:place] + (letter if kind else "") + text[place + (kind < 2) :]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--generated", type=int, default=20_000)
    number = arguments.parse_args().generated
    for name in ("valid.toml", "invalid.toml"):
        cases = strings(name)
        right = [not faults(t) if name == "valid.toml" else rule in faults(t) for rule, t in cases]
        kinds = dict(Counter(r for r, _ in cases))
        print(f"{name}: {sum(right)} of {len(cases)} as expected; by source or rule: {kinds}")
    rng = random.Random(7)
    start = time.process_time()
    back = total = refused = 0
    for _ in range(number):
        marking = generated(rng)
        for form in ("banner", "portion"):
            text = render(marking, form)
            total += 1
            back += parse(text, form).marking == marking
            try:
                parse(damaged(text, rng))
            except MarkingError:
                refused += 1
    spent = time.process_time() - start
    print(f"generated: {back} of {total} strings came back")
    print(f"damaged: {refused} of {total} were refused, none failed otherwise")
    print(f"reading and writing: {spent / total / 2 * 1e6:.0f} µs a string")
    markings = [generated(rng) for _ in range(1000)]
    start = time.process_time()
    roll_up(markings)
    print(f"roll-up of 1,000 portions: {(time.process_time() - start) * 1e3:.0f} ms")
    lines = (DATA / "us-government" / "registered.jsonl").read_text("utf-8").splitlines()
    text = "\n\n".join(str(json.loads(line).get("text", "")) for line in lines)
    start = time.process_time()
    found = find_markings(text)
    spent = time.process_time() - start
    rate = len(text) / spent / 1e6
    print(
        f"running text: {len(text):,} characters, {len(found)} found, {rate:.1f} million characters a second"
    )
    for (place, words), count in Counter((f.place, text[f.start : f.end]) for f in found).most_common(12):
        print(f"  {count} × {place} {words}")


if __name__ == "__main__":
    main()
