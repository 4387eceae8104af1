"""Protective markings: read, written, found in running text, checked and rolled up.

Supported: the United States (CAPCO register, CUI), NATO, the European Union, the United Kingdom, TLP 2.0, and
an organisation's own labels. docs/reference/markings.md lists the syntax with its sources.
"""

from fother.assess.markings.check import Conflict, check_text
from fother.assess.markings.find import Found, Paragraph, find_markings, paragraphs
from fother.assess.markings.model import Fault, Form, Marking, Parsed
from fother.assess.markings.own import OwnScheme, load_schemes
from fother.assess.markings.parse import parse
from fother.assess.markings.render import render
from fother.assess.markings.rollup import Reason, Restriction, RollUp, join, lift, roll_up

__all__ = [
    "Conflict",
    "Fault",
    "Form",
    "Found",
    "Marking",
    "OwnScheme",
    "Paragraph",
    "Parsed",
    "Reason",
    "Restriction",
    "RollUp",
    "check_text",
    "find_markings",
    "join",
    "lift",
    "load_schemes",
    "paragraphs",
    "parse",
    "render",
    "roll_up",
]
