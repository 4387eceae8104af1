"""Markings in running text: portion marks of paragraphs, banner lines, labels inside lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fother.assess.markings.model import Marking, Parsed
from fother.assess.markings.own import OwnScheme
from fother.assess.markings.parse import MOST, parse
from fother.errors import MarkingError

Place = Literal["banner", "portion", "inline"]

#: An opening that may be a portion mark; `parse` decides.
_PORTION = re.compile(
    r"\((?=(?://|(?:TS|S|C|U|R)(?:-UE/EU-(?:TS|S|C|R))?[)/ ]"
    r"|CUI[)/]|CTSA?[)/]|NS(?:AT)?[)/]|NCA?[)/]|NR[)/]|NU[)/]"
    r"|O(?:-S)?[) ]|TLP:))[^()\n]{1,200}\)"
)
_CLASS = (
    r"TOP SECRET|SECRET|CONFIDENTIAL|UNCLASSIFIED|CUI|CONTROLLED|COSMIC TOP SECRET|NATO [A-Z]+(?: [A-Z]+)?"
    r"|TR[EÈ]S SECRET UE/EU TOP SECRET|SECRET UE/EU SECRET|CONFIDENTIEL UE/EU CONFIDENTIAL"
    r"|RESTREINT UE/EU RESTRICTED|(?:UK )?OFFICIAL-SENSITIVE"
)
#: Inside a line only what no ordinary sentence holds: double slashes, or names of several words.
_INLINE = re.compile(
    rf"(?<![\w/])(?:(?:{_CLASS})//[A-Z0-9][A-Z0-9 ,/\-]*|//(?:JOINT |[A-Z]{{3,4}} )[A-Z0-9 ,/\-]+"
    r"|COSMIC TOP SECRET(?: ATOMAL| BOHEMIA| BALK)?"
    r"|NATO (?:SECRET|CONFIDENTIAL|RESTRICTED|UNCLASSIFIED)(?: ATOMAL)?"
    r"|TR[EÈ]S SECRET UE/EU TOP SECRET|SECRET UE/EU SECRET|CONFIDENTIEL UE/EU CONFIDENTIAL"
    r"|RESTREINT UE/EU RESTRICTED|(?:UK )?OFFICIAL-SENSITIVE|(?i:TLP ?: ?[a-z]+(?:\+strict)?))"
)
_BULLET = re.compile(r"\s*(?:[-•*–]\s+|\(?[0-9]{1,3}[.)]\s+|[a-z][.)]\s+|[IVX]{1,5}\.\s+|§+\s*\d+\s+)*")
_LABEL = re.compile(r"(?i)(?:overall |security )?classification\s*:\s*|marking\s*:\s*")


@dataclass(frozen=True)
class Found:
    """A marking where it stands. Offsets are code points of the text."""

    start: int
    end: int
    place: Place
    parsed: Parsed

    @property
    def marking(self) -> Marking:
        return self.parsed.marking


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and its portion mark, if it has one."""

    start: int
    end: int
    portion: Found | None


def find_markings(text: str, schemes: Sequence[OwnScheme] = ()) -> tuple[Found, ...]:
    """All markings of a text in order, without overlaps."""
    found: list[Found] = []
    for paragraph in paragraphs(text, schemes):
        if paragraph.portion:
            found.append(paragraph.portion)
        found += _lines(text, paragraph, schemes)
    found.sort(key=lambda f: (f.start, -f.end))
    return tuple(_apart(found))


def paragraphs(text: str, schemes: Sequence[OwnScheme] = ()) -> Iterator[Paragraph]:
    """Paragraphs: what stands between blank lines, and what begins with a portion mark of its own.

    A banner on a line of its own is a paragraph too.
    """
    begin: int | None = None
    portion: Found | None = None
    end = 0
    for start, stop in _full_lines(text):
        blank_before = begin is not None and text.count("\n", end, start) > 1
        mark = _portion_at(text, start, schemes)
        new = (
            blank_before
            or mark is not None
            or (begin is not None and _banner_line(text, start, stop, schemes))
        )
        if begin is None or new:
            if begin is not None:
                yield Paragraph(begin, end, portion)
            begin, portion = start, mark
        end = stop
    if begin is not None:
        yield Paragraph(begin, end, portion)


def _full_lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines that hold more than space: start of the line, end of its last word."""
    start = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            yield start, start + len(line.rstrip())
        start += len(line) + 1


def _portion_at(text: str, start: int, schemes: Sequence[OwnScheme]) -> Found | None:
    """The portion mark at the beginning of a line, after bullets and numbers."""
    bullet = _BULLET.match(text, start)
    match = _PORTION.match(text, bullet.end() if bullet else start)
    if match is None:
        return None
    parsed = _try(match[0], schemes)
    return Found(match.start(), match.end(), "portion", parsed) if parsed else None


def _lines(text: str, paragraph: Paragraph, schemes: Sequence[OwnScheme]) -> Iterator[Found]:
    for line in re.finditer(r"[^\n]+", text[paragraph.start : paragraph.end]):
        start, end = paragraph.start + line.start(), paragraph.start + line.end()
        banner = _banner_line(text, start, end, schemes)
        if banner:
            yield banner
            continue
        for match in _INLINE.finditer(text, start, end):
            shrunk = _longest(match[0], schemes)
            if shrunk:
                yield Found(match.start(), match.start() + len(shrunk[0]), "inline", shrunk[1])
        for match in _PORTION.finditer(text, start, end):
            if len(match[0]) > 4:  # "(C)" within a sentence may be anything
                parsed = _try(match[0], schemes)
                if parsed:
                    yield Found(match.start(), match.end(), "inline", parsed)


def _banner_line(text: str, start: int, end: int, schemes: Sequence[OwnScheme]) -> Found | None:
    """A line that is a banner and nothing else."""
    line = text[start:end]
    lead = len(line) - len(line.lstrip())
    label = _LABEL.match(line, lead)
    begin = label.end() if label else lead
    candidate = line[begin:].rstrip()
    if not candidate or len(candidate) > MOST or candidate.startswith("("):
        return None
    if (
        not any(s.name for s in schemes)
        and candidate != candidate.upper()
        and not candidate.upper().startswith("TLP")
    ):
        return None
    parsed = _try(candidate, schemes)
    if parsed is None or (parsed.form == "portion" and not label):
        return None
    return Found(start + begin, start + begin + len(candidate), "banner", parsed)


def _longest(text: str, schemes: Sequence[OwnScheme]) -> tuple[str, Parsed] | None:
    """The longest beginning of a stretch that is a marking; whole words fall off its end."""
    candidate = text[:MOST].rstrip(" ,/-")
    while candidate:
        parsed = _try(candidate, schemes)
        if parsed:
            return candidate, parsed
        shorter = re.sub(r"[ ,/\-]*[^ ,/\-]+$", "", candidate)
        if shorter == candidate:
            return None
        candidate = shorter
    return None


def _try(text: str, schemes: Sequence[OwnScheme]) -> Parsed | None:
    try:
        return parse(text, schemes=schemes)
    except MarkingError:
        return None


def _apart(found: Sequence[Found]) -> Iterator[Found]:
    end = -1
    for one in found:
        if one.start >= end:
            yield one
            end = one.end


def shifted(found: Found, offset: int) -> Found:
    """The same marking in a text that begins `offset` code points earlier."""
    return replace(found, start=found.start + offset, end=found.end + offset)
