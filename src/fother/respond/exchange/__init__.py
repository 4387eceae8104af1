"""Exchange with others: a case's public part as STIX 2.1, MISP, JSON-LD and CSV, each with its TLP label, and
back.

A `Bundle` is what goes out and comes in; every format writes one and reads one.
"""

from fother.respond.exchange.formats import FORMATS, read, write
from fother.respond.exchange.model import (
    Bundle,
    Document,
    Event,
    Quoted,
    Report,
    Statement,
    Wanted,
    Who,
    cut,
)

__all__ = [
    "FORMATS",
    "Bundle",
    "Document",
    "Event",
    "Quoted",
    "Report",
    "Statement",
    "Wanted",
    "Who",
    "cut",
    "read",
    "write",
]
