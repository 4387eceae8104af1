"""Probabilities, ratios and counts written for people, from base-10 logarithms.

Everything stays in logarithms until it is text, so that evidence far beyond the range of a float can be
told. Rounding is always to the cautious side: a chance of error is never made smaller, a likelihood ratio
never larger. Zero is never printed: below 1e-300 the text is "less than 1 in 10³⁰⁰".
"""

from __future__ import annotations

import math
from statistics import NormalDist

#: |log10| beyond which only "less than" or "more than" is said
LOG10_LIMIT = 300.0
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: absorbs the rounding error of log10 itself, so that 10^3 is "1,000" and not "990"
_SLACK = 1e-9


def ten_to_the(exponent: int) -> str:
    """`22` → "10²²"."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def count_words(number: int, singular: str, plural: str | None = None) -> str:
    """A count with thousands separators and its noun: "1 copy", "10,000 copies"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def size_words(log10_value: float) -> str:
    """Two figures, rounded down, of a number given by its logarithm: "420", "4.2 million", "4.2 × 10²²".

    Raises ValueError for NaN.
    """
    if math.isnan(log10_value):
        raise ValueError("a number that is not known has no words")
    if log10_value > LOG10_LIMIT:
        return f"more than {ten_to_the(int(LOG10_LIMIT))}"
    if log10_value < -LOG10_LIMIT:
        return f"less than {ten_to_the(-int(LOG10_LIMIT))}"
    exponent = math.floor(log10_value + _SLACK)
    # tenths of the leading figure: 4.27 → 42, never 43
    tenths = max(10, math.floor(10.0 ** (log10_value - exponent + 1) + 1e-6))
    if exponent < -3 or exponent >= 9:
        mantissa = "" if tenths == 10 else f"{tenths / 10:.1f}".removesuffix(".0") + " × "
        return mantissa + ten_to_the(exponent)
    if exponent < 0:
        return f"{tenths * 10.0 ** (exponent - 1):.{1 - exponent}f}".rstrip("0")
    if exponent >= 6:
        return f"{tenths * 10.0 ** (exponent - 7):,.1f}".removesuffix(".0") + " million"
    if exponent == 0:
        return f"{tenths / 10:.1f}".removesuffix(".0")
    return f"{tenths * 10 ** (exponent - 1):,}"


def odds_words(log10_probability: float) -> str:
    """A probability as odds: "1 in 4.2 × 10²²", "3 in 10", "less than 1 in 10³⁰⁰", "practically certain".

    `log10_probability` is at most 0 up to rounding; larger values count as 0. Raises ValueError for NaN.
    """
    if math.isnan(log10_probability):
        raise ValueError("a probability that is not known has no odds")
    if log10_probability < -LOG10_LIMIT:
        return f"less than 1 in {ten_to_the(int(LOG10_LIMIT))}"
    if log10_probability >= math.log10(0.95):
        return "practically certain"
    if log10_probability > math.log10(0.1) + _SLACK:
        return f"{math.ceil(10.0**log10_probability * 10 - 1e-6)} in 10"
    return f"1 in {size_words(-log10_probability)}"


def at_most_words(log10_probability: float) -> str:
    """ "at most 1 in 24,000", or "less than 1 in 10³⁰⁰"."""
    words = odds_words(log10_probability)
    return words if words.startswith("less than") else f"at most {words}"


def percent_words(probability: float) -> str:
    """A probability between 0 and 1 as a percentage that never claims 0 % or 100 %: "97 %", "under 1 %"."""
    if probability > 0.99:
        return "over 99 %"
    if probability < 0.01:
        return "under 1 %"
    return f"{round(probability * 100)} %"


def posterior_log10_wrong(log10_lr: float, prior: float) -> float:
    """Base-10 logarithm of the probability that the leak does *not* derive from the copy.

    Bayes' rule with prior probability `prior` (0 < prior < 1) and likelihood ratio 10**`log10_lr`.
    """
    log10_for = math.log10(prior) + max(-1e6, min(1e6, log10_lr))
    log10_against = math.log10(1.0 - prior)
    top = max(log10_for, log10_against)
    log10_sum = top + math.log10(10.0 ** (log10_for - top) + 10.0 ** (log10_against - top))
    return log10_against - log10_sum


def posterior_words(log10_wrong: float) -> str:
    """The probability that the leak derives from the copy, with at most six nines: "over 99.9999 %"."""
    if log10_wrong <= -6.0:
        return "over 99.9999 %"
    wrong = 10.0**log10_wrong
    if wrong >= 0.9999:
        return "under 0.01 %"
    percent = 100.0 * (1.0 - wrong)
    digits = 2 if wrong > 0.99 else max(1, math.ceil(-log10_wrong) - 2)
    step = 10.0**digits
    # rounded down: a posterior is never made larger than it is
    return f"{math.floor(percent * step + 1e-7) / step:.{digits}f} %"


def naming_threshold(alpha: float, copies: int) -> float:
    """Standardised score above which one copy is named: the normal quantile of (α/2)/copies.

    About half of α belongs to the search for single copies, divided over all of them (Bonferroni). The
    decision itself uses exact tail probabilities; this value is for drawings and for planning.
    """
    return -NormalDist().inv_cdf(min(0.5, alpha / 2.0 / max(copies, 1)))
