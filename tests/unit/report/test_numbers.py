from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.report import numbers

_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def _read(words: str) -> float:
    """The base-10 logarithm that a printed size stands for."""
    plain = words.replace(",", "")
    if found := re.fullmatch(r"(?:([0-9.]+) × )?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain):
        return math.log10(float(found[1] or 1)) + int(found[2].translate(_DIGITS))
    if plain.endswith(" million"):
        return math.log10(float(plain.removesuffix(" million"))) + 6
    return math.log10(float(plain))


@given(st.floats(min_value=-300, max_value=300))
def test_sizes_are_rounded_down_and_keep_two_figures(log10_value: float) -> None:
    told = _read(numbers.size_words(log10_value))
    assert told <= log10_value + 1e-6
    assert told >= log10_value - math.log10(1.1) - 1e-6


@given(st.floats(min_value=-1e6, max_value=0))
def test_odds_never_claim_less_chance_than_there_is(log10_probability: float) -> None:
    words = numbers.odds_words(log10_probability)
    assert not re.search(r"\b1 in 0\b|\b0 in\b", words)
    if log10_probability < -300:
        assert words == "less than 1 in 10³⁰⁰"
    elif found := re.fullmatch(r"([0-9]+) in 10", words):
        assert int(found[1]) / 10 >= 10**log10_probability - 1e-6
    elif words != "practically certain":
        assert -_read(words.removeprefix("1 in ")) >= log10_probability - 1e-6


@pytest.mark.parametrize(
    ("log10_value", "words"),
    [
        (0.0, "1"),
        (0.4, "2.5"),
        (2.62325, "420"),
        (3.0, "1,000"),
        (4.3802, "23,000"),
        (6.63, "4.2 million"),
        (8.9, "790 million"),
        (9.0, "10⁹"),
        (22.63, "4.2 × 10²²"),
        (301.0, "more than 10³⁰⁰"),
        (-2.0, "0.01"),
        (-22.0, "10⁻²²"),
    ],
)
def test_sizes_as_people_write_them(log10_value: float, words: str) -> None:
    assert numbers.size_words(log10_value) == words


@pytest.mark.parametrize("function", [numbers.size_words, numbers.odds_words])
def test_an_unknown_number_is_refused(function: object) -> None:
    with pytest.raises(ValueError, match="not known"):
        function(math.nan)  # type: ignore[operator]


@given(st.floats(min_value=-20, max_value=250), st.floats(min_value=1e-9, max_value=0.999))
def test_posterior_agrees_with_bayes_rule(log10_lr: float, prior: float) -> None:
    wrong = numbers.posterior_log10_wrong(log10_lr, prior)
    assert wrong <= 1e-12
    odds_after = -wrong + math.log10(max(0.0, 1 - 10**wrong)) if wrong < -1e-9 else None
    if odds_after is not None:
        assert odds_after == pytest.approx(math.log10(prior / (1 - prior)) + log10_lr, abs=1e-5)


@given(st.floats(min_value=-400, max_value=0))
def test_posterior_words_never_round_up(log10_wrong: float) -> None:
    words = numbers.posterior_words(log10_wrong)
    assert "100" not in words
    told = float(re.findall(r"[0-9.]+", words)[0]) / 100
    if not words.startswith("under"):
        assert told <= 1 - 10**log10_wrong + 1e-9


def test_threshold_is_the_bonferroni_quantile() -> None:
    # Φ⁻¹(1 − 5e-11) from the inverse of the normal tail
    assert numbers.naming_threshold(1e-6, 10_000) == pytest.approx(6.4670, abs=1e-3)
    assert 0.5 * math.erfc(numbers.naming_threshold(0.1, 5) / math.sqrt(2)) == pytest.approx(0.01)
