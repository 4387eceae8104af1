"""The Traffic Light Protocol 2.0 of FIRST (first.org/tlp), August 2022."""

from __future__ import annotations

from fother.assess.markings.model import Fault, Form, Marking, Parsed
from fother.assess.markings.vocabulary import LADDERS
from fother.assess.markings.words import Piece, fail


def parse_tlp(text: str, form: Form) -> Parsed:
    """Read a TLP label. Labels are capitals without spaces and never translated. Raises MarkingError."""
    whole = Piece(text, 0)
    canonical = "".join(text.split()).upper()
    faults: list[Fault] = []
    if canonical == "TLP:WHITE":
        faults.append(Fault("legacy", "TLP:WHITE of version 1 is TLP:CLEAR now.", 0, len(text), "note"))
        canonical = "TLP:CLEAR"
    elif canonical not in LADDERS["TLP"]:
        raise fail(whole, "is no TLP label", LADDERS["TLP"])
    elif canonical != text:
        faults.append(
            Fault("tlp-spelling", f"The label is written {canonical}, without spaces.", 0, len(text))
        )
    return Parsed(Marking("TLP", canonical), form, tuple(faults))
