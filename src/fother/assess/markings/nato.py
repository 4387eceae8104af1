"""NATO markings: "NATO SECRET", "COSMIC TOP SECRET ATOMAL", "//NS//ATOMAL//OC", releasability statements.

NATO writes caveats and "RELEASABLE TO" after the level; within US papers they stand between double slashes.
Both are read; the canonical form is the latter, without a leading double slash in a banner.
"""

from __future__ import annotations

import re

from fother.assess.markings.model import Fault, Form, Marking, Parsed
from fother.assess.markings.vocabulary import LADDERS, NATO_ATOMAL, NATO_CAVEATS, NATO_PORTIONS, TETRAGRAPHS
from fother.assess.markings.words import Piece, fail, in_order, is_code, looks_like_code

_RELEASE = re.compile(r"(?:-|–|—)?\s*(?:REL TO|RELEASABLE TO|RELEASEABLE TO|REL) ")
#: NATO and a body of it, "NATO ISAF SECRET", "NIS"; "NATO/EAPC RESTRICTED", for partners.
_ACTIVITY = re.compile(r"NATO[ /]([A-Z]{1,6}) (SECRET|CONFIDENTIAL|RESTRICTED|UNCLASSIFIED)")
_BODIES = frozenset({*TETRAGRAPHS, "EAPC", "PFP", "ICI", "RSM", "KFOR", "ISAF"}) - {"NATO"}
_CONTROLS = {"OC": "ORCON", "ORCON": "ORCON"}


def parse_nato(text: str, form: Form) -> Parsed:
    """Read a NATO marking. Raises MarkingError."""
    head, *rest = Piece(text, 0).split("//")
    faults: list[Fault] = []
    if not head.text and rest:
        head, *rest = rest
    level, activity, after = _level(head, form)
    caveats: set[str] = {f"ACTIVITY {activity}"} if activity else set()
    if head.text in NATO_ATOMAL:
        caveats.add("ATOMAL")
    released: list[str] = []
    segments = [after, *rest] if after.text else rest
    for segment in segments:
        if not segment.text:
            raise fail(segment, "is empty: two double slashes with nothing between, or one at the end")
        released += _segment(segment, caveats, faults)
    if released and not in_order(released, first="USA" if "USA" in released else ""):
        faults.append(Fault("code-order", "Codes stand by the alphabet.", head.end, len(text), "note"))
    if "ATOMAL" in caveats and LADDERS["NATO"].index(level) < 2:
        faults.append(Fault("level", "ATOMAL is CONFIDENTIAL or higher.", 0, len(text)))
    if {"BALK", "BOHEMIA"} & caveats and level != "COSMIC TOP SECRET":
        faults.append(Fault("level", "BALK and BOHEMIA are COSMIC TOP SECRET.", 0, len(text)))
    controls = frozenset(caveats & {"ORCON"})
    marking = Marking(
        "NATO",
        level,
        controls=controls,
        rel_to=frozenset(released) if released else None,
        caveats=frozenset(caveats) - controls,
    )
    return Parsed(marking, form, tuple(faults))


def _level(head: Piece, form: Form) -> tuple[str, str, Piece]:
    """The level, the NATO body if one is named, and what follows in the same segment."""
    if form == "portion":
        short = {**NATO_PORTIONS, **NATO_ATOMAL}
        word = next(iter(head.words()), head)
        rest = head.after(len(word.text))
        if word.text in short:
            level = short[word.text]
            return (level, "", rest)
        activity = re.fullmatch(r"N([A-Z]{1,6})([SCRU])", word.text)
        if activity and (len(activity[1]) == 1 or activity[1] in _BODIES):
            names = {"S": "SECRET", "C": "CONFIDENTIAL", "R": "RESTRICTED", "U": "UNCLASSIFIED"}
            return f"NATO {names[activity[2]]}", activity[1], rest
        raise fail(head, "is no NATO portion mark", short)
    for level in LADDERS["NATO"]:
        if re.match(rf"{level}(?![A-Z])", head.text):
            return level, "", head.after(len(level))
    activity = _ACTIVITY.match(head.text)
    if activity and (len(activity[1]) == 1 or activity[1] in _BODIES):
        return f"NATO {activity[2]}", activity[1], head.after(activity.end())
    raise fail(head, "is no NATO classification", LADDERS["NATO"])


def _segment(segment: Piece, caveats: set[str], faults: list[Fault]) -> list[str]:
    """Read caveats, or a releasability statement whose codes are returned."""
    start = _RELEASE.match(segment.text)
    if start:
        codes = []
        for piece in segment.after(start.end()).split(","):
            for code in re.split(r" AND | ", piece.text):
                if not looks_like_code(code) and code != "EU":
                    raise fail(Piece(code, piece.start), "is no code of a country or group")
                if not is_code(code):
                    faults.append(
                        Fault(
                            "unknown-code",
                            f"{code} is no group that is known here.",
                            piece.start,
                            piece.end,
                            "note",
                        )
                    )
                codes.append(code)
        return codes
    if segment.text.startswith("-"):  # "COSMIC TOP SECRET-BOHEMIA"
        segment = segment.after(1)
    word = next(iter(segment.split("/"))).text
    found = re.match(r"[A-Z]+", word)
    name = _CONTROLS.get(found[0], found[0]) if found else ""
    if name not in NATO_CAVEATS:
        raise fail(segment, "is no caveat of NATO", [*NATO_CAVEATS, "RELEASABLE TO"])
    if name in caveats:
        faults.append(Fault("item-twice", f"{name} stands twice.", segment.start, segment.end))
    caveats.add(name)
    rest = segment.after(len(found[0]) if found else 0)
    return (
        _segment(rest.after(1) if rest.text.startswith("/") else rest, caveats, faults) if rest.text else []
    )
