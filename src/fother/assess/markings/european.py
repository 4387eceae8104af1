"""European Union and United Kingdom markings.

EU: one bilingual level with caveats and releasability after it, "SECRET UE/EU SECRET - RELEASABLE TO USA",
or its abbreviation in portions, "S-UE/EU-S". UK: an optional prefix UK, the level, code words, descriptors
and national caveats between dashes, "UK SECRET - LOCSEN - UK EYES ONLY".
"""

from __future__ import annotations

import re

from fother.assess.markings.model import Fault, Form, Marking, Parsed
from fother.assess.markings.vocabulary import (
    EU_ABBREVIATIONS,
    EU_CAVEATS,
    EU_HALVES,
    LADDERS,
    UK_DESCRIPTORS,
    UK_EYES,
)
from fother.assess.markings.words import Piece, fail, looks_like_code

_DASH = re.compile(r"\s+[-–—]\s+|\s*//\s*")
_UK_LEVELS = {
    "TOP SECRET": "TOP SECRET",
    "SECRET": "SECRET",
    "OFFICIAL-SENSITIVE": "OFFICIAL-SENSITIVE",
    "OFFICIAL: SENSITIVE": "OFFICIAL-SENSITIVE",
    "OFFICIAL:SENSITIVE": "OFFICIAL-SENSITIVE",
    "OFFICIAL SENSITIVE": "OFFICIAL-SENSITIVE",
    "OFFICIAL": "OFFICIAL",
    "CONFIDENTIAL": "CONFIDENTIAL",
}
UK_SHORT = {
    "OFFICIAL": "O",
    "OFFICIAL-SENSITIVE": "O-S",
    "SECRET": "S",
    "TOP SECRET": "TS",
    "CONFIDENTIAL": "C",
}
_EYES = re.compile(r"([A-Z]+(?:\s?/\s?[A-Z]+)*) EYES ONLY")


def parts(piece: Piece) -> list[Piece]:
    """The parts between dashes that have space around them, or double slashes."""
    found, place = [], 0
    for dash in [*_DASH.finditer(piece.text), None]:
        end = dash.start() if dash else len(piece.text)
        text = piece.text[place:end]
        found.append(Piece(text.strip(), piece.start + place + len(text) - len(text.lstrip())))
        place = dash.end() if dash else end
    return found


def parse_eu(text: str, form: Form) -> Parsed:
    """Read an EU marking. Raises MarkingError."""
    head, *rest = parts(Piece(text, 0))
    faults: list[Fault] = []
    names = {level: level for level in LADDERS["EU"][1:]} | {"TRES SECRET UE/EU TOP SECRET": LADDERS["EU"][4]}
    names |= EU_ABBREVIATIONS | EU_HALVES
    name = next(
        (n for n in sorted(names, key=len, reverse=True) if re.match(rf"{n}(?![\w/])", head.text)), None
    )
    if name is None:
        raise fail(head, "is no classification of the European Union", names)
    if name in EU_HALVES:
        faults.append(Fault("bilingual", f"The full marking is {names[name]}.", head.start, head.end, "note"))
    if (name in EU_ABBREVIATIONS) != (form == "portion"):
        faults.append(
            Fault(
                "wrong-form", "Abbreviations stand in portions, full names in banners.", head.start, head.end
            )
        )
    caveats: set[str] = set()
    released: frozenset[str] | None = None
    after = head.after(len(name))
    for part in [after, *rest] if after.text else rest:
        release = re.match(r"(RELEASABLE TO|REL TO) ", part.text)
        if release:
            codes = part.after(release.end()).split(",")
            for code in codes:
                if not looks_like_code(code.text):
                    raise fail(code, "is no code of a country or group")
            released = frozenset(code.text for code in codes)
        elif part.text in EU_CAVEATS:
            caveats.add(part.text)
        else:
            raise fail(part, "is no caveat of the European Union", [*EU_CAVEATS, "RELEASABLE TO"])
    marking = Marking("EU", names[name], rel_to=released, caveats=frozenset(caveats))
    return Parsed(marking, form, tuple(faults))


def parse_uk(text: str, form: Form) -> Parsed:
    """Read a UK marking. Raises MarkingError."""
    head, *rest = parts(Piece(text, 0))
    faults: list[Fault] = []
    prefix = re.match(r"UK (?!EYES)", head.text)
    level_part = head.after(prefix.end() if prefix else 0)
    names = (
        _UK_LEVELS if form == "banner" else {short: level for level, short in UK_SHORT.items()} | _UK_LEVELS
    )
    name = next(
        (
            n
            for n in sorted(names, key=len, reverse=True)
            if re.match(rf"{re.escape(n)}(?![\w-])", level_part.text)
        ),
        None,
    )
    if name is None:
        raise fail(head, "is no classification of the United Kingdom", names)
    level = names[name]
    if level == "CONFIDENTIAL":
        sentence = "CONFIDENTIAL is not used in the United Kingdom since April 2014."
        faults.append(Fault("legacy", sentence, head.start, head.end, "note"))
    caveats: set[str] = {"UK"} if prefix else set()
    eyes: frozenset[str] | None = None
    after = level_part.after(len(name))
    for part in [after, *rest] if after.text else rest:
        part = Piece(part.text[1:-1], part.start + 1) if re.fullmatch(r"\[.*\]", part.text) else part
        found = _EYES.fullmatch(part.text)
        if found:
            eyes = _eyes(Piece(found[1], part.start))
        elif part.text in UK_DESCRIPTORS:
            caveats.add(part.text)
            if level == "OFFICIAL":
                sentence = f"{part.text} goes with OFFICIAL-SENSITIVE or higher."
                faults.append(Fault("level", sentence, part.start, part.end))
        elif re.fullmatch(r"[A-Z]{4,}( [A-Z]+| \d)?", part.text) and level in ("SECRET", "TOP SECRET"):
            caveats.add(f"CODEWORD {part.text}")
        else:
            raise fail(part, "is no descriptor, caveat or code word", UK_DESCRIPTORS)
    words = [c for c in caveats if c.startswith("CODEWORD ")]
    if words and not prefix and eyes is None and len(words) == len(caveats):
        # "SECRET - EYES ONLY": nothing else says that this is British.
        raise fail(head, "has words after it that no system known here has")
    if eyes and level == "OFFICIAL":
        faults.append(Fault("level", "National caveats go with OFFICIAL-SENSITIVE or higher.", 0, len(text)))
    return Parsed(Marking("UK", level, eyes_only=eyes, caveats=frozenset(caveats)), form, tuple(faults))


def _eyes(piece: Piece) -> frozenset[str]:
    if piece.text in ("FIVE", "FVEY"):
        return frozenset({"FVEY"})
    codes = piece.split("/")
    for code in codes:
        if code.text not in UK_EYES:
            raise fail(code, "is no nation with EYES ONLY", UK_EYES)
    return frozenset(UK_EYES[code.text] for code in codes)
