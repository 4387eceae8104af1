"""Markings of a text: found, checked against each other, rolled up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fother.assess.markings import (
    Conflict,
    Found,
    OwnScheme,
    Parsed,
    RollUp,
    check_text,
    find_markings,
    load_schemes,
    parse,
    render,
    roll_up,
)
from fother.assess.markings.check import portions_of


@dataclass(frozen=True)
class MarkedText:
    """The markings of a text. `whole` rolls up its portions, or its banners when no portion is marked."""

    text: str
    found: tuple[Found, ...]
    conflicts: tuple[Conflict, ...]
    whole: RollUp


def read_markings(text: str, labels: Path | None = None) -> MarkedText:
    """Find and check the markings of a text; `labels` is a file with an organisation's own.

    Raises InputFileError and MarkingError for a bad file of labels.
    """
    schemes = load_schemes(labels) if labels else ()
    found = find_markings(text, schemes)
    return MarkedText(text, found, check_text(text, schemes), roll_up(_carriers(found), schemes=schemes))


def _carriers(found: Sequence[Found]) -> list[Any]:
    portions = [marking for _, marking in portions_of(found)]
    return portions or [f.marking for f in found if f.place == "banner"]


def read_strings(texts: Sequence[str], labels: Path | None = None) -> tuple[list[Parsed], RollUp]:
    """Read markings given as strings, and roll them up. Raises MarkingError, InputFileError."""
    schemes: tuple[OwnScheme, ...] = load_schemes(labels) if labels else ()
    parsed = [parse(text, schemes=schemes) for text in texts]
    return parsed, roll_up([p.marking for p in parsed], schemes=schemes)


def parsed_fields(text: str, parsed: Parsed) -> dict[str, Any]:
    """One marking of `markings --json`; places count code points from the start of the marking."""
    return {
        "text": text,
        "system": parsed.marking.system,
        "level": parsed.marking.level,
        "form": parsed.form,
        "valid": parsed.valid,
        "banner": render(parsed.marking, "banner"),
        "portion": render(parsed.marking, "portion"),
        "faults": [
            {"rule": f.rule, "severity": f.severity, "sentence": f.sentence, "start": f.start, "end": f.end}
            for f in parsed.faults
        ],
    }


def rollup_fields(whole: RollUp) -> dict[str, Any]:
    """The roll-up of `markings --json`."""
    return {
        "banner": whole.banner,
        "audience": None if whole.restriction.audience is None else sorted(whole.restriction.audience),
        "reasons": [{"element": r.element, "parts": list(r.parts)} for r in whole.reasons],
    }


def marked_fields(marked: MarkedText) -> dict[str, Any]:
    """`markings --json` of a text; places count code points of the text."""
    return {
        "markings": [
            {
                **parsed_fields(marked.text[f.start : f.end], f.parsed),
                "place": f.place,
                "start": f.start,
                "end": f.end,
            }
            for f in marked.found
        ],
        "conflicts": [
            {"rule": c.rule, "sentence": c.sentence, "start": c.start, "end": c.end} for c in marked.conflicts
        ],
        "roll_up": rollup_fields(marked.whole),
    }


def explain_marked(marked: MarkedText) -> list[str]:
    """The markings of a text in plain sentences, most important first."""
    if not marked.found:
        return ["The text carries no marking that is known here."]
    portions = sum(f.place == "portion" for f in marked.found)
    lines = [f"The text is {marked.whole.banner or 'marked, but not as a whole'}."]
    lines.append(
        f"{len(marked.found)} marking{'s' if len(marked.found) > 1 else ''}, {portions} of them on portions."
    )
    lines += [f"Character {c.start + 1}: {c.sentence}" for c in marked.conflicts]
    return lines


def explain_parsed(text: str, parsed: Parsed) -> list[str]:
    """One marking in plain sentences."""
    state = "valid" if parsed.valid else "not valid"
    canonical = render(parsed.marking, parsed.form)
    lines = [f"{text}: {state} ({parsed.marking.system}, {parsed.form}); canonical form {canonical}."]
    return lines + [f"  Character {f.start + 1}: {f.sentence}" for f in parsed.faults]
