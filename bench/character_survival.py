"""Claim: the marks of the characters channel survive copy and paste; what flattens which is known.

Every candidate for a space, and every form in use, goes once through every route of `text_routes` (its
docstring says what to install), between words of its own; what stands between them afterwards is printed:
"=" the same, "sp" a plain space, "-" the words joined, else the code points.

    python bench/character_survival.py [--candidates | --kinds] [--markdown] [--json FILE]

`--kinds` sums the forms in use up by kind of mark: kept, a plain space, or what else; and how many of the 32
forms come through exactly.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from fother.channels.characters import FORMS
from text_routes import ROUTES

#: How a space could be written: a character in its place, or an invisible one before or behind it.
CANDIDATES = (
    *"\u0020\u2008\u2005\u2009\u2004\u2006\u205f\u00a0\u202f",
    " \u200c", "\u200c ", " \u200d", "\u200d ", " \u200b", "\u200b ", "\u2060 ", " \u2060", " \ufeff",
    " \u034f", " \ufe00", " \u2063", " \u00ad", " \u180e", " \u061c", " \u200e",
)  # fmt: skip
_TAG = "bcdfghjklmnpqrstvwz"


def shown(text: str) -> str:
    """Code points of a form, for people: "20+200C"."""
    return "+".join(f"{ord(letter):X}" for letter in text)


def sample(forms: Sequence[str]) -> list[str]:
    """One line for each form, with words of its own about it."""
    return [f"here we read left{_tag(k)}{form}right{_tag(k)} and then go on" for k, form in enumerate(forms)]


def _tag(number: int) -> str:
    return _TAG[number // len(_TAG)] + _TAG[number % len(_TAG)]


def outcome(text: str, number: int, form: str) -> str:
    """What became of a form: see the module's docstring."""
    found = re.search(f"left{_tag(number)}(.{{0,9}}?)right{_tag(number)}", text, re.S)
    if not found:
        return "lost"
    between = found.group(1)
    if between == form:
        return "="
    return "sp" if between == " " else "-" if not between else shown(between)


def table(forms: Sequence[str]) -> dict[str, dict[str, list[str] | str]]:
    """group → route → outcome of each form, or why the route was not run."""
    lines = sample(forms)
    found: dict[str, dict[str, list[str] | str]] = {}
    for group, routes in ROUTES.items():
        found[group] = {}
        for name, route in routes.items():
            try:
                text = route(lines)
            except (ImportError, OSError) as missing:
                found[group][name] = f"not run: {missing}"
                continue
            found[group][name] = [outcome(text, k, form) for k, form in enumerate(forms)]
            print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    return found


KINDS = {"U+200C": (1, 2, 3), "U+200D": (4, 8, 12), "U+2008": (16,)}


def by_kind(row: Sequence[str]) -> list[str]:
    """Outcomes of all forms in use, summed up."""
    words = {"=": "kept", "sp": "space", "-": "words joined"}
    cells = []
    for numbers in KINDS.values():
        found = {words.get(row[k], "?" if "3F" in row[k] else "changed") for k in numbers}
        cells.append(found.pop() if len(found) == 1 else "changed")
    return [*cells, str(sum(cell == "=" for cell in row))]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--candidates", action="store_true", help="all candidates, not the forms in use")
    parser.add_argument("--kinds", action="store_true", help="the forms in use by kind of mark")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    forms = CANDIDATES if options.candidates else FORMS
    found = table(forms)
    if options.json:
        options.json.write_text(json.dumps({"forms": [shown(f) for f in forms], "routes": found}, indent=1))
    heads = [*KINDS, "of 32 exact"] if options.kinds else [shown(form) for form in forms]
    if options.kinds:
        found = {
            group: {name: row if isinstance(row, str) else by_kind(row) for name, row in rows.items()}
            for group, rows in found.items()
        }
    width = max(map(len, heads)) + 1
    for group, rows in found.items():
        print(f"\n{group}")
        if options.markdown:
            print("\n| route | " + " | ".join(heads) + " |\n|---|" + "---|" * len(heads))
        else:
            print(" " * 44 + "".join(head.rjust(width) for head in heads))
        for name, row in rows.items():
            if isinstance(row, str):
                print(f"{name}: {row}")
            elif options.markdown:
                print(f"| {name} | " + " | ".join(row) + " |")
            else:
                print(f"{name[:43]:44}" + "".join(cell.rjust(width) for cell in row))


if __name__ == "__main__":
    main()
