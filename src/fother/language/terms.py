"""Facts that a text states: figures, dates, names of persons. Offsets are code points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join([*_MONTHS, *(m[:3] + r"\.?" for m in _MONTHS)])
_DATES = (
    re.compile(
        rf"(?<!\w)(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+({_MONTH})(?:,?\s+(\d{{4}}))?(?!\w)", re.IGNORECASE
    ),
    re.compile(rf"(?<!\w)({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?(?!\w)", re.IGNORECASE),
    re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])"),
)
_NUMBER = re.compile(
    r"(?<![\w.,-])(?:[$€£]\s?)?(\d{1,3}(?:[,\u2009\u202f']\d{3})+|\d+)(\.\d+)?"
    r"(?:\s?(per cent|percent|%|thousand|million|billion|trillion|bn|m|k)(?!\w))?"
)
_SCALE = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SPELT = re.compile(
    r"(?<!\w)(?:({words})(?:[- ]({ones}))?)(?:\s+(hundred|thousand|million|billion))?(?!\w)".format(
        words="|".join(_WORDS), ones="|".join(list(_WORDS)[1:10])
    ),
    re.IGNORECASE,
)
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Prof(?:essor)?|Sir|Dame|Lord|Lady|General|Colonel|Major|Captain|Admiral|Lieutenant"
    r"|Sergeant|President|Chancellor|Minister|Secretary|Ambassador|Senator|Judge|Director|Commissioner|Inspector"
    r"|Agent|Officer)"
)
_NAME = r"[A-Z][a-zà-ÿ'’-]+(?:\s+(?:de|van|von|der|el|al|bin|of)\s+|\s+)(?:[A-Z]\.\s+)?[A-Z][a-zà-ÿ'’-]+"
_TITLED = re.compile(rf"(?<!\w){_TITLE}\.?\s+((?:[A-Z]\.\s*)*[A-Z][a-zà-ÿ'’-]+(?:\s+[A-Z][a-zà-ÿ'’-]+)*)")
_SAID = re.compile(
    rf"({_NAME})(?=,?\s+(?:said|says|told|wrote|writes|who|from our|of our|will|has|was|is|works|worked|added"
    r"|confirmed|denied|explained|met|\(\d\d?\)))"
)


@dataclass(frozen=True)
class Term:
    """A figure, date or name with what makes two of them the same."""

    start: int
    end: int
    text: str
    value: str


def dates(text: str) -> list[Term]:
    """Days: "3 March", "March 3, 2026", "2026-03-03". The value is month-day, which no year can change."""
    found = []
    for kind, pattern in enumerate(_DATES):
        for m in pattern.finditer(text):
            if kind == 2:
                month, day = int(m[2]), int(m[3])
            else:
                name, number = (m[2], m[1]) if kind == 0 else (m[1], m[2])
                month = next(
                    n for n, full in enumerate(_MONTHS, 1) if full.startswith(name.lower().rstrip("."))
                )
                day = int(number)
            if 1 <= month <= 12 and 1 <= day <= 31:
                found.append(Term(m.start(), m.end(), m[0], f"{month:02d}-{day:02d}"))
    return sorted(found, key=lambda t: t.start)


def figures(text: str) -> list[Term]:
    """Numbers that say something: not years, not numbers of lists, not those inside dates; below 10 only with
    a
    unit. Written out and in digits they have one value."""
    taken = [(t.start, t.end) for t in dates(text)]
    found = []
    for m in _NUMBER.finditer(text):
        whole = int(re.sub(r"\D", "", m[1]))
        value = whole + float(m[2] or 0)
        unit = (m[3] or "").lower()
        percent = unit in ("%", "percent", "per cent")
        value *= _SCALE.get(unit, 1)
        plain = not unit and not m[0].startswith(("$", "€", "£"))
        year = plain and m[2] is None and len(m[1]) == 4 and 1900 <= whole <= 2100
        if year or (plain and value < 10) or any(s < m.end() and m.start() < e for s, e in taken):
            continue
        found.append(Term(m.start(), m.end(), m[0], f"{value:.15g}{'%' if percent else ''}"))
    found += [t for t in _spelt(text) if not any(s < t.end and t.start < e for s, e in taken)]
    return sorted(found, key=lambda t: t.start)


def _spelt(text: str) -> Iterator[Term]:
    for m in _SPELT.finditer(text):
        value = float(_WORDS[m[1].lower()] + (_WORDS[m[2].lower()] if m[2] else 0))
        scale = {"hundred": 100.0, **_SCALE}.get((m[3] or "").lower(), 1.0)
        if value * scale >= 10:
            yield Term(m.start(), m.end(), m[0], f"{value * scale:.15g}")


def persons(text: str) -> list[Term]:
    """Persons by a title before them or by what they do ("Ann Example said"); the value is the name."""
    found = [Term(m.start(), m.end(), m[0], m[1]) for m in _TITLED.finditer(text)]
    for m in _SAID.finditer(text):
        if not any(t.start < m.end(1) and m.start(1) < t.end for t in found):
            found.append(Term(m.start(1), m.end(1), m[1], m[1]))
    return sorted(found, key=lambda t: t.start)


_STOP = re.compile(r"[.!?][\"”’)]*(?=\s+[A-Z“\"(])|\n[ \t]*\n\s*")
_ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Sgt|Lt|St|No|vs|e\.g|i\.e)|(?<!\w)[A-Z])\.$")


def sentences(text: str) -> list[Term]:
    """Sentences: they end at a stop before a capital, or with their paragraph."""
    found, start = [], 0
    for m in [*_STOP.finditer(text), None]:
        end = len(text) if m is None else m.end()
        if m is not None and _ABBREVIATED.search(text, max(start, end - 12), end):
            continue
        piece = text[start:end]
        lead = len(piece) - len(piece.lstrip())
        if piece.strip():
            found.append(Term(start + lead, start + len(piece.rstrip()), piece.strip(), piece.strip()))
        start = end
    return found
