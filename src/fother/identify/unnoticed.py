"""How probable it is that a leak which does show a registered document in its own words is not recognised.

The answer is a measured one. Excerpts of 10,000 registered records were cut to so many letters, so many of
their characters were damaged as recognition damages them, and those for which no document was accepted were
counted (`python bench/no_match.py --unnoticed`). The table holds the logarithms of upper limits of these
shares, together right with 95 % (Clopper & Pearson, "The use of confidence or fiducial limits", Biometrika
26, 1934; an excerpt longer and cleaner than others is taken to be missed no more often than they are).
Standard wording, which many documents hold, is not counted: it is never evidence. What was reworded,
shortened or translated is another matter: nothing is said of it here.
"""

from __future__ import annotations

import math
import re

from fother.identify.chance import information
from fother.identify.letters import letters_of

LETTERS = (40, 60, 80, 110, 150, 220, 350)  #: of an excerpt
WRONG = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)  #: share of its characters
#: log10 of upper limits, rows by `LETTERS`, columns by `WRONG`
_MISSED: tuple[tuple[float, ...], ...] = (
    (-0.28, -0.07, -0.01, 0.00, 0.00, 0.00),
    (-1.26, -0.97, -0.46, -0.23, -0.10, 0.00),
    (-1.55, -1.26, -0.97, -0.65, -0.41, -0.04),
    (-1.73, -1.55, -1.26, -1.01, -0.77, -0.12),
    (-1.90, -1.73, -1.56, -1.38, -1.09, -0.39),
    (-2.08, -1.98, -1.86, -1.68, -1.38, -0.65),
    (-2.25, -2.16, -2.03, -1.86, -1.56, -0.89),
)
_RECOGNISED = 0.02  #: share of wrong characters that recognised text has at least
_ODD_BEFORE = 0.03  #: share of odd words in text without an error
_SPREAD = 1.5  #: standard deviations by which the share of odd words is taken higher
_WRONG_FOR_ODD = 1.1  #: wrong characters for each odd word
_NATS_A_LETTER = 0.9  #: of English

_ODD = re.compile(
    r"[a-z][A-Z]|[^\W\d_][0-9]|[0-9][^\W\d_]|[^\W\d_][!-%(-,.:-@\[-`{-~][^\W\d_]|^[^aAiIoOàéyY0-9\W]\W*$|^\W+$"
)


def log10_unnoticed(leak_text: str, recognised: bool = False) -> float:
    """log10 of an upper limit of the probability that a leak in a document's own words is not recognised.

    The whole text is taken to come from one document. 0.0 (it may well go unnoticed) for text shorter or
    worse than any measured. `recognised` says that the text was recognised in a picture.
    """
    letters = worth(leak_text)
    rows = [row for row, least in enumerate(LETTERS) if letters >= least]
    wrong = wrong_share(leak_text, recognised)
    columns = [column for column, most in enumerate(WRONG) if wrong <= most]
    return _MISSED[rows[-1]][columns[0]] if rows and columns else 0.0


def worth(text: str) -> float:
    """What a text says in letters of English; a sign of Chinese counts as several."""
    return float(information(letters_of(text)).sum()) / _NATS_A_LETTER


def legibility(text: str) -> float:
    """Share (0…1) of the words that look misread: letters and digits or marks mixed, capitals inside."""
    words = text.split()
    return sum(map(_odd, words)) / max(1, len(words))


def wrong_share(text: str, recognised: bool = False) -> float:
    """Share (0…1) of the characters that are wrong, estimated from words that look misread, rather high."""
    words = max(1, len(text.split()))
    odd = legibility(text) * words
    most = (odd + _SPREAD * math.sqrt(odd)) / words - _ODD_BEFORE
    return min(1.0, max(_RECOGNISED if recognised else 0.0, _WRONG_FOR_ODD * most))


def _odd(word: str) -> bool:
    return _ODD.search(word.strip("\"'“”‘’«».,;:!?()[]")) is not None
