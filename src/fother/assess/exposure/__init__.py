"""Exposure: which parties leaked text concerns, what it gives away of each, and how grave that is.

Everything is a proposal with its place, rule and confidence; people confirm, correct and add.
"""

from fother.assess.exposure.combine import Combination, Leak, combinations
from fother.assess.exposure.find import find_parties
from fother.assess.exposure.model import Exposed, Mention, Party
from fother.assess.exposure.rubric import Rubric, Severity, Weighed, default_rubric, load_rubric, weigh

__all__ = [
    "Combination",
    "Exposed",
    "Leak",
    "Mention",
    "Party",
    "Rubric",
    "Severity",
    "Weighed",
    "combinations",
    "default_rubric",
    "find_parties",
    "load_rubric",
    "weigh",
]
