"""The statement guard: what a draft statement would give away, confirm, deny or contradict.

It reads a draft before it is said; people decide. Rules are a file, the default is to neither confirm nor
deny.
"""

from fother.respond.guard.check import guard
from fother.respond.guard.model import Context, Earlier, Fact, Finding, Guarded, Overlap, Rule, Rules, Stated
from fother.respond.guard.read import default_rules, load_rules

__all__ = [
    "Context",
    "Earlier",
    "Fact",
    "Finding",
    "Guarded",
    "Overlap",
    "Rule",
    "Rules",
    "Stated",
    "default_rules",
    "guard",
    "load_rules",
]
