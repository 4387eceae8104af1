"""How much of a recognised text looks like words, in any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from fother.intake.ocr.interface import Line

_SURE = 0.6


def is_plausible(token: str) -> bool:
    """Whether a token looks like a word or a number: no signs inside, no capital after a small letter."""
    core = token.strip("\"'“”‘’«»„()[]{}<>.,;:!?…-–—*/•·。，、：；？！（）")
    if not core:
        return False
    kinds = [unicodedata.category(c)[0] for c in core]
    letters = sum(kind in "LM" for kind in kinds)
    digits = sum(kind == "N" for kind in kinds)
    if letters + digits < 0.7 * len(core):
        return False
    if letters and digits:
        return min(letters, digits) <= 2 or core[0].isdigit() or core[-1].isdigit()
    if not letters:
        return True
    if len(core) == 1:
        return ord(core) > 0x2FF or core in "aAIiyYoOuU&"
    return core.islower() or core.isupper() or core[1:].islower() or not core.isascii() or "-" in core


def share_plausible(lines: Iterable[Line]) -> float:
    """Share of the characters (0…1) that stand in plausible words; 0 for no text."""
    words = [word.text for line in lines for word in line.words]
    total = sum(map(len, words))
    return sum(len(word) for word in words if is_plausible(word)) / total if total else 0.0


def legible(lines: Iterable[Line]) -> int:
    """Characters in words that look plausible and of which the recogniser is fairly sure."""
    return sum(
        len(word.text)
        for line in lines
        for word in line.words
        if word.confidence >= _SURE and is_plausible(word.text)
    )
