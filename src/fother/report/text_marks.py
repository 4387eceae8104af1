"""A leaked text with the places that carry marks shown in it: what was read, and what was not clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fother.model.verdict import TextEvidence, TextMark
from fother.report.sides import visible

MOST_TEXTS = 6  #: texts shown in full; further ones are listed only
_MOST_SHOWN = 12_000  # characters of one text
_CONTEXT = 160
_MOST_WORDINGS = 60

Look = Literal["text", "gap", "wording", "character", "unclear"]


@dataclass(frozen=True)
class Piece:
    """A stretch of the text as it is drawn; `title` says what was read there."""

    look: Look
    text: str
    title: str = ""


@dataclass(frozen=True)
class TextView:
    """One leaked text: its words with the marks in them, and every wording that was read."""

    artefact: str
    recognised: bool
    wordings: int
    characters: int
    unclear: int
    pieces: tuple[Piece, ...]
    read: tuple[TextMark, ...]  #: wordings, in order
    left: int  #: wordings read that are not listed
    cut: bool  #: the text is longer than what is shown
    alike: tuple[tuple[str, str], ...]  #: channels and families that all read alike
    as_original: int  #: see `TextEvidence`


def text_views(excerpts: Sequence[TextEvidence]) -> tuple[TextView, ...]:
    """The texts that are shown in full."""
    return tuple(map(_view, excerpts[:MOST_TEXTS]))


def _view(evidence: TextEvidence) -> TextView:
    worded = [m for m in evidence.marks if m.channel == "wording" and m.form is not None]
    pieces, cut = _pieces(evidence)
    return TextView(
        evidence.artefact,
        evidence.recognised,
        len(worded),
        evidence.read("characters"),
        sum(mark.form is None for mark in evidence.marks),
        pieces,
        tuple(worded[:_MOST_WORDINGS]),
        max(0, len(worded) - _MOST_WORDINGS),
        cut,
        tuple(dict.fromkeys((channel, family) for channel, family, _ in evidence.alike)),
        evidence.as_original,
    )


def _pieces(evidence: TextEvidence) -> tuple[tuple[Piece, ...], bool]:
    text, at, shown = evidence.text, 0, 0
    pieces: list[Piece] = []
    for mark in evidence.marks:
        if shown > _MOST_SHOWN:
            return tuple(pieces), True
        if mark.start < at:
            continue  # inside of a place that was drawn
        pieces += _between(text, at, mark.start, not pieces)
        pieces.append(_piece(mark, text[mark.start : mark.end]))
        shown += min(mark.start - at, 2 * _CONTEXT) + mark.end - mark.start
        at = max(at, mark.end)
    pieces += _between(text, at, len(text), False, True)
    return tuple(pieces), False


def _between(text: str, start: int, end: int, first: bool, last: bool = False) -> list[Piece]:
    """Text without marks; of a long stretch only what stands next to marks."""
    if end <= start:
        return []
    if end - start <= 2 * _CONTEXT + 40:
        return [Piece("text", visible(text[start:end]))]
    head = [] if first else [Piece("text", visible(text[start : start + _CONTEXT]))]
    tail = [] if last else [Piece("text", visible(text[end - _CONTEXT : end]))]
    return [*head, Piece("gap", "…"), *tail]


def _piece(mark: TextMark, untrusted_text: str) -> Piece:
    shown = visible(untrusted_text)
    if mark.form is None:
        return Piece("unclear", shown or "\u2009", f"{mark.family}: not clear")
    if mark.channel == "characters":
        return Piece("character", shown, f"{mark.family}: {_names(untrusted_text)}")
    other = ", ".join(repr(f) for k, f in enumerate(mark.forms) if k != mark.form)
    return Piece("wording", shown or "\u2009", f"{mark.family}: the other wording is {other}")


def _names(characters: str) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in characters)
