"""Texts for tests of the passage index: made of words drawn at random, so that no two share a passage."""

from __future__ import annotations

import random

WORDS = """
agency ambassador archive assess brief bridge budget cable carrier channel clause coast committee
consul convoy courier decree deputy district embassy engine export figure frontier garrison harbour
import inquiry island journal ledger letter marshal measure memo minister mission monitor mountain
naval notice office officer order paper parcel patrol permit pilot port premier province quarter
radio railway ration record region report river route sector senate signal source station storm
strait summary supply survey tanker target telegram tender terminal transit treaty tribunal tunnel
union vessel village visit warrant water weapon winter witness yard zone
""".split()  # noqa: SIM905


def text(seed: int, words: int = 400) -> str:
    """Sentences of some twelve words with a few rare ones, as names and numbers are."""
    dice = random.Random(seed)
    drawn = [
        dice.choice(WORDS) if dice.random() < 0.8 else "".join(dice.choices("abdegiklmnoprstu", k=7))
        for _ in range(words)
    ]
    sentences = [" ".join(drawn[at : at + 12]).capitalize() + "." for at in range(0, words, 12)]
    return " ".join(sentences)


def misread(passage: str, share: float, seed: int) -> str:
    """So many of the characters replaced, dropped or doubled."""
    dice = random.Random(seed)
    out = []
    for character in passage:
        hit = dice.random() < share
        out.append(dice.choice([dice.choice("etaoin"), "", character * 2]) if hit else character)
    return "".join(out)


def reworded(passage: str, share: float, seed: int) -> str:
    """So many of the words replaced by others."""
    dice = random.Random(seed)
    return " ".join(dice.choice(WORDS) if dice.random() < share else word for word in passage.split())
