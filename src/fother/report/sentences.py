"""The plain sentences of a verdict, shared by the report and the command line.

A verdict says from which *copy* a leak derives. Who held that copy is a separate question, so no
sentence here names a person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from fother.model.verdict import Verdict
from fother.report.numbers import (
    at_most_words,
    count_words,
    naming_threshold,
    odds_words,
    percent_words,
    size_words,
)

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

VerdictKind = Literal["copy", "coalition", "none"]


@dataclass(frozen=True)
class SupportBand:
    """One step of the verbal scale: likelihood ratios from `lower` up to the next step, as log10."""

    log10_lower: float
    label: str
    range: str
    meaning: str


#: Verbal equivalents of likelihood ratios, ENFSI Guideline for Evaluative Reporting in Forensic Science,
#: approved version 3.0, European Network of Forensic Science Institutes, 2015.
ENFSI_2015: tuple[SupportBand, ...] = (
    SupportBand(0.0, "no support either way", "1 to 2", "about equally probable"),
    SupportBand(math.log10(2.0), "weak support", "2 to 10", "slightly more probable"),
    SupportBand(1.0, "moderate support", "10 to 100", "more probable"),
    SupportBand(2.0, "moderately strong support", "100 to 1,000", "appreciably more probable"),
    SupportBand(3.0, "strong support", "1,000 to 10,000", "much more probable"),
    SupportBand(4.0, "very strong support", "10,000 to 1 million", "far more probable"),
    SupportBand(6.0, "extremely strong support", "1 million and above", "exceedingly more probable"),
)


def _small(number: int) -> str:
    """Numbers up to ten in letters, as running text has them."""
    return _SMALL[number] if number < len(_SMALL) else f"{number:,}"


def support_step(log10_lr: float) -> int:
    """Index into `ENFSI_2015` of the strength of a ratio or of its inverse, 0…6."""
    return max(i for i, band in enumerate(ENFSI_2015) if abs(log10_lr) >= band.log10_lower - 1e-9)


def support_words(log10_lr: float) -> str:
    """ "extremely strong support"; ratios below 1 give "… support for the alternative"."""
    step = support_step(log10_lr)
    label = ENFSI_2015[step].label
    return f"{label} for the alternative" if step > 0 and log10_lr < 0 else label


def lr_words(log10_lr: float) -> str:
    """ "2.5 × 10²² times more probable"; "about equally probable" for ratios between ½ and 2."""
    if support_step(log10_lr) == 0:
        return "about equally probable"
    return f"{size_words(abs(log10_lr))} times {'more' if log10_lr > 0 else 'less'} probable"


def join_words(items: Sequence[str], most: int = 6) -> str:
    """ "a", "a and b", "a, b and c"; beyond `most` items "a, b and 7 more"."""
    shown = list(items) if len(items) <= most else [*items[: most - 1], f"{len(items) - most + 1} more"]
    if len(shown) < 2:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def verdict_kind(accused: Sequence[object]) -> VerdictKind:
    """Which of the three verdicts this is, from the accused copies."""
    return "none" if not accused else "copy" if len(accused) == 1 else "coalition"


def verdict_sentence(
    *, document: str | None, accused: Sequence[str], carriers_read: int, copies: int | None = None
) -> str:
    """The verdict in one sentence without any number but the count of copies.

    `accused` holds the ids of the named copies, `carriers_read` how many marks were read in the leak,
    `copies` how many copies of the document there were to compare with, if that is known.
    """
    kind = verdict_kind(accused)
    if kind == "copy":
        return f"This leak derives from copy {accused[0]}."
    if kind == "coalition":
        return f"This leak combines {_small(len(accused))} of our copies: {join_words(accused)}."
    if document is None:
        return "None of our copies: this leak shows no registered document."
    if copies == 0:
        return "None of our copies: no copy of this document has been issued."
    if carriers_read == 0:
        return "None of our copies is named: no mark could be read in this leak."
    return "None of our copies is named."


def original_sentence(count: int) -> str:
    """What it means that so many wordings all read as in the unmarked original."""
    return (
        f"All {count} wordings that were read are those of the unmarked original, as in one copy of "
        f"{size_words(count * math.log10(2))}: the leak was made from an unmarked file, or its marks were "
        "undone."
    )


def alike_sentence(kind: tuple[str, str]) -> str:
    """Why nothing was taken from places of a channel and family that all read alike."""
    channel, family = kind
    if channel == "characters":
        return (
            f"Marks of the kind “{family}” all read alike: the text was cleaned or retyped on its way, so "
            "nothing was taken from them."
        )
    return (
        f"Wordings of the kind “{family}” all read alike, as in an unmarked text, so nothing was taken from "
        "them."
    )


def bound_sentence(log10_bound: float) -> str:
    """What the family-wise bound promises, in one sentence."""
    return (
        "This procedure names any innocent copy at this strength of evidence "
        f"with probability {at_most_words(log10_bound)}."
    )


def lottery_sentence(log10_bound: float) -> str:
    """The bound beside an everyday improbability, or an empty string when it is the likelier of the two."""
    wins = math.floor(-log10_bound / math.log10(math.comb(49, 6)))
    if wins < 1:
        return ""
    times = "" if wins == 1 else " twice in a row" if wins == 2 else f" {_small(wins)} times in a row"
    return f"That is less likely than picking the six winning lottery numbers out of 49{times}."


def lr_sentence(copy: str, log10_lr: float, against: Sequence[str]) -> str:
    """The headline likelihood ratio in one sentence; `against` are the alternatives it was taken over."""
    others = " or from ".join(against) if against else "anything else"
    if support_step(log10_lr) == 0:
        return (
            f"The measurements are about equally probable whether the leak derives from copy {copy} "
            f"or from {others}."
        )
    return (
        f"The measurements are {'at least ' if 0 < log10_lr <= 300 else ''}{lr_words(log10_lr)} if the leak "
        f"derives from copy {copy} than if it derives from {others}."
    )


def chance_to_name(expected_score: float, alpha: float, copies: int) -> float:
    """Probability that one unaltered copy, read this well, would have been named; NaN if nothing was."""
    if math.isnan(expected_score):
        return math.nan
    return NormalDist().cdf(expected_score - naming_threshold(alpha, copies))


def none_sentence(verdict: Verdict) -> str:
    """Why no copy was named, and how much that means."""
    if verdict.document is None:
        return (
            "Nothing in the leak could be matched to a registered document, "
            "so there were no copies to compare it with."
        )
    if verdict.scores.size == 0:
        return "No copy of this document has been issued, so there was nothing to compare the leak with."
    if verdict.carriers_read == 0:
        return (
            "The leak shows our document, but too small, too blurred or too much changed for its marks to be "
            "measured. This says nothing about any copy."
        )
    chance = chance_to_name(verdict.expected_score, verdict.alpha, verdict.copies)
    read = f"{count_words(verdict.carriers_read, 'mark')} could be read in the leak"
    if math.isnan(chance):
        return f"{read}, but no copy agrees with them well enough to be named."
    if chance >= 0.99:
        return (
            f"{read}, enough to name one unaltered copy with a chance of {percent_words(chance)}. "
            "That none is named speaks for the unmarked original, a new typesetting or a mixture of copies."
        )
    return (
        f"{read}. One unaltered copy would have been named with a chance of {percent_words(chance)}, "
        "so this leak may still derive from one of our copies."
    )


def best_innocent_sentence(log10_p: float, copies: int) -> str:
    """How remarkable the best-scoring copy is when nobody is named: Bonferroni over all copies."""
    family = log10_p + math.log10(max(copies, 1))
    if family >= math.log10(0.5):
        return (
            f"The best score among {count_words(copies, 'copy', 'copies')} is what chance alone "
            "would be expected to produce."
        )
    return (
        f"Among {count_words(copies, 'copy', 'copies')}, chance alone produces a best score this high "
        f"with probability {at_most_words(family)}; that is not enough to name a copy here."
    )


__all__ = [
    "ENFSI_2015",
    "SupportBand",
    "VerdictKind",
    "at_most_words",
    "best_innocent_sentence",
    "bound_sentence",
    "chance_to_name",
    "count_words",
    "join_words",
    "lottery_sentence",
    "lr_sentence",
    "lr_words",
    "none_sentence",
    "odds_words",
    "percent_words",
    "size_words",
    "support_step",
    "support_words",
    "verdict_kind",
    "verdict_sentence",
]
