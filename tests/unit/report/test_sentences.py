from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fother.report import sentences as say

from .synthetic import verdict


@pytest.mark.parametrize(
    ("log10_lr", "words"),
    [
        (0.0, "no support either way"),
        (math.log10(2), "weak support"),
        (1.0, "moderate support"),
        (2.0, "moderately strong support"),
        (3.0, "strong support"),
        (4.0, "very strong support"),
        (5.99, "very strong support"),
        (6.0, "extremely strong support"),
        (400.0, "extremely strong support"),
        (-2.5, "moderately strong support for the alternative"),
    ],
)
def test_verbal_scale_of_enfsi_2015(log10_lr: float, words: str) -> None:
    assert say.support_words(log10_lr) == words


def test_the_three_verdicts() -> None:
    one = say.verdict_sentence(document="d-1", accused=["c-1"], carriers_read=9)
    several = say.verdict_sentence(document="d-1", accused=["c-1", "c-2"], carriers_read=9)
    none = say.verdict_sentence(document="d-1", accused=[], carriers_read=9)
    assert one == "This leak derives from copy c-1."
    assert several == "This leak combines two of our copies: c-1 and c-2."
    assert none == "None of our copies is named."
    unissued = say.verdict_sentence(document="d-1", accused=[], carriers_read=0, copies=0)
    assert unissued.endswith("no copy of this document has been issued.")
    assert [say.verdict_kind(a) for a in (["x"], ["x", "y"], [])] == ["copy", "coalition", "none"]


def test_no_verdict_speaks_of_a_person() -> None:
    every = [
        say.verdict_sentence(document=d, accused=a, carriers_read=n)
        for d in (None, "d-1")
        for a in ([], ["c-1"], ["c-1", "c-2"])
        for n in (0, 5)
    ]
    assert not any(
        word in s.lower() for s in every for word in ("leaked by", "recipient", "person", "guilty")
    )


def test_bound_is_told_in_words() -> None:
    assert say.bound_sentence(-22.63) == (
        "This procedure names any innocent copy at this strength of evidence "
        "with probability at most 1 in 4.2 × 10²²."
    )
    assert say.bound_sentence(-5000.0).endswith("with probability less than 1 in 10³⁰⁰.")


def test_lottery_comparison_is_true() -> None:
    assert say.lottery_sentence(-7.1) == ""
    assert say.lottery_sentence(-7.2).endswith("out of 49.")
    # log10(49 choose 6) = 7.1456: eight draws are 57.2, nine are 64.3
    assert "eight times in a row" in say.lottery_sentence(-59.1)


def test_likelihood_ratio_below_one_is_not_sold_as_support() -> None:
    assert "times less probable" in say.lr_sentence("c-1", -3.0, ["another copy"])
    assert "equally probable" in say.lr_sentence("c-1", 0.1, ["another copy"])


def test_none_tells_apart_absence_of_evidence_and_evidence_of_absence() -> None:
    strong = replace(verdict(named=0, pages=()), carriers_read=400)
    assert "unmarked original" in say.none_sentence(strong)
    assert "may still derive" in say.none_sentence(replace(strong, expected_score=4.0))
    assert "says nothing about any copy" in say.none_sentence(replace(strong, carriers_read=0))
    assert "No copy of this document has been issued" in say.none_sentence(
        replace(strong, scores=strong.scores[:0])
    )
    assert "no copies to compare" in say.none_sentence(replace(strong, document=None))


def test_best_innocent_copy_is_corrected_for_all_copies() -> None:
    assert "chance alone would be expected" in say.best_innocent_sentence(-3.8, 10_000)
    assert "1 in 100" in say.best_innocent_sentence(-6.0, 10_000)


def test_long_lists_are_shortened() -> None:
    assert say.join_words(["a"]) == "a"
    assert say.join_words(["a", "b", "c"]) == "a, b and c"
    assert say.join_words(list("abcdefgh"), most=3) == "a, b and 6 more"
