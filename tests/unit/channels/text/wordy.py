"""A document with places of both channels, for tests."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from fother.channels import characters
from fother.channels.text.carriers import Place, TextCarriers
from fother.model.prose import Block, Prose

SUBJECTS = ("The committee", "Our delegation", "The ministry", "A second group", "The regional office")
VERBS = ("discussed", "rejected", "welcomed", "postponed", "examined")
OBJECTS = ("the budget", "a new treaty", "the harbour project", "several complaints", "the water supply")
TAILS = ("during a long meeting", "without further debate", "after some hesitation", "in the northern hall")
ALTERNATIVES = (
    ("do not", "don't"),
    ("begin", "start"),
    ("however", "nevertheless"),
    ("said that", "said"),
    ("program", "programme"),
    ("bread, salt, and water", "bread, salt and water"),
    ("salaries and pensions", "pensions and salaries"),
    ("at once", "immediately"),
)


def text(sentences: int, seed: int) -> str:
    """Paragraphs of some six sentences, about half of them with a wording."""
    rng = np.random.default_rng(seed)

    def pick(options: tuple[str, ...]) -> str:
        return options[int(rng.integers(len(options)))]

    lines = []
    for _ in range(sentences):
        said = f"{pick(SUBJECTS)} {pick(VERBS)} {pick(OBJECTS)} {pick(TAILS)}"
        number = int(rng.integers(100, 999))
        one, _ = ALTERNATIVES[int(rng.integers(len(ALTERNATIVES)))]
        if rng.random() < 0.5:
            said += f" and people {one} near place {number} of the old town"
        lines.append(f"{said}, as paragraph {number} shows.")
    return "\n".join(" ".join(lines[k : k + 6]) for k in range(0, len(lines), 6))


def carriers(said: str, with_characters: bool = False) -> TextCarriers:
    """Every wording of `ALTERNATIVES` in a text, and its spaces."""
    other = {a: b for pair in ALTERNATIVES for a, b in (pair, pair[::-1])}
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(other, key=len, reverse=True))) + r")\b")
    blocks = [found.span() for found in re.finditer(r"[^\n]+", said)]
    places = [
        Place(m.start(), m.end(), (m.group(), other[m.group()]), "wording", "pair", number)
        for number, (start, end) in enumerate(blocks)
        for m in pattern.finditer(said, start, end)
    ]
    if with_characters:
        prose = Prose(said, tuple(Block(*span) for span in blocks))
        places += characters.places(prose, [(place.start, place.end) for place in places])
    return TextCarriers(said, tuple(sorted(places, key=lambda place: place.start)))


def symbols(of: TextCarriers, seed: int) -> NDArray[np.uint8]:
    """Symbols of some copy."""
    return np.random.default_rng(seed).integers(0, 2, of.count, dtype=np.uint8)
