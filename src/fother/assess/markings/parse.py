"""Which system a marking belongs to, and reading it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fother.assess.markings.european import parse_eu, parse_uk
from fother.assess.markings.labels import parse_tlp
from fother.assess.markings.model import Form, Parsed
from fother.assess.markings.nato import parse_nato
from fother.assess.markings.own import OwnScheme
from fother.assess.markings.us import NATO_HEADS, parse_us
from fother.assess.markings.words import Piece, fail
from fother.errors import MarkingError

MOST = 500  #: code points; no real marking is that long

_TLP = re.compile(r"\s*TLP\s*:", re.IGNORECASE)
_EU = re.compile(
    r"(TR[EÈ]S |TOP )?(SECRET|RESTREINT|CONFIDENTIEL|CONFIDENTIAL) UE\b|EU (TOP |SECRET|CONF|RESTR)"
    r"|(TS|S|C|R)-UE"
)
_UK = re.compile(
    r"UK (TOP |SECRET|OFFICIAL|CONFIDENTIAL|(TS|S|C|O)\b)|OFFICIAL\b|O-S\b|O\b"
    r"|(TOP SECRET|SECRET|CONFIDENTIAL)(\s+[-–—]\s+|\s+(?=\[|(UK|FIVE|FVEY)\b))|(TS|S|C)\s+[-–—]\s"
)
_BARE_PORTION = re.compile(
    r"(TS|S|C|U)(//|$)|//(JOINT )?([A-Z]{3,4} )*(TS|S|C|R|U)(//| |$)"
    r"|//(CTS|CTSA|NS|NSAT|NC|NCA|NR|NU|N[A-Z][SCRU])(//|$)"
)


def parse(text: str, form: Form | None = None, schemes: Sequence[OwnScheme] = ()) -> Parsed:
    """Read a banner line or a portion mark, with or without its parentheses, of whatever system.

    "SECRET" and "TOP SECRET" alone are read as the United States' unless something British follows. Own
    schemes are tried first. Places in faults and errors count code points from the start of `text`.

    Raises MarkingError when it cannot be understood; what it breaks of its standard is in `faults`.
    """
    if len(text) > MOST:
        raise MarkingError(
            f"A marking has at most {MOST} characters, not {len(text)}.", start=MOST, end=len(text)
        )
    inner, shift, found = _inside(text)
    form = form or found
    for scheme in schemes:
        try:
            return _moved(scheme.parse(inner, form), shift)
        except MarkingError:
            continue
    try:
        return _moved(_system(inner, form), shift)
    except MarkingError as error:
        if shift:
            place = f"character {error.start + 1}"
            sentence = str(error).replace(place, f"character {error.start + shift + 1}", 1)
            raise MarkingError(sentence, start=error.start + shift, end=error.end + shift) from None
        raise


def _inside(text: str) -> tuple[str, int, Form]:
    """The marking without space and parentheses around it, how far it moved, and its form."""
    lead = len(text) - len(text.lstrip())
    inner = text.strip()
    if not inner:
        raise fail(Piece(text.strip(), lead), "is empty; give a marking such as SECRET//NOFORN or (S//NF)")
    if inner.startswith("(") != inner.endswith(")"):
        raise MarkingError(
            f"The parenthesis at character {lead + 1} has no partner.", start=lead, end=lead + len(inner)
        )
    if inner.startswith("("):
        body = inner[1:-1]
        return body.strip(), lead + 1 + len(body) - len(body.lstrip()), "portion"
    return inner, lead, "portion" if _BARE_PORTION.match(inner) else "banner"


def _system(text: str, form: Form) -> Parsed:
    if _TLP.match(text):
        return parse_tlp(text, form)
    if _EU.match(text):
        return parse_eu(text, form)
    if _nato(text):
        return parse_nato(text, form)
    if _UK.match(text):
        return parse_uk(text, form)
    return parse_us(text, form)


def _nato(text: str) -> bool:
    head = text.removeprefix("//").split("//")[0].strip()
    first = head.split(" ")[0]
    if head.startswith(("NATO ", "NATO/", "COSMIC")) or first in NATO_HEADS:
        return True
    return text.startswith("//") and re.fullmatch(r"N[A-Z]{1,6}[SCRU]", head) is not None


def _moved(parsed: Parsed, shift: int) -> Parsed:
    if not shift:
        return parsed
    faults = (type(f)(f.rule, f.sentence, f.start + shift, f.end + shift, f.severity) for f in parsed.faults)
    return Parsed(parsed.marking, parsed.form, tuple(faults))
