"""Where a report names persons and bodies, by the parse, by titles and roles beside a name, and by lists."""

from __future__ import annotations

import re

from fother.language.names import Names
from fother.model.press import Span
from fother.press import cues
from fother.press.frame import Frame
from fother.press.name_forms import HONORIFICS, NAME, ROLE, ROLES, TITLES, is_outlet_name, without_article


def people(plain: Frame, names: Names) -> list[tuple[Span, str]]:
    """Persons named in a text with their names, without titles, in reading order."""
    found: dict[Span, str] = {}
    for entity in plain.doc.ents:
        if entity.label_ != "PERSON":
            continue
        span = plain.span(entity.start, entity.end)
        words = re.sub(r"(?:'s|’s)$", "", span.of(plain.text))
        if "\n" in words or is_outlet_name(words) or names.whole(words) is not None:
            continue
        found[Span(span.start, span.start + len(words))] = _name_of(words)
    # Titles make a person of whatever name follows: "Foreign Minister Dal Oren".
    titled = re.compile(rf"(?<![\w])(?i:{TITLES}{ROLES}|mr|mrs|ms|dr|sir|dame)\.?\s+(?P<name>{NAME})")
    for match in titled.finditer(plain.text):
        span = Span(*match.span("name"))
        words = match["name"]
        if not any(s.touches(span) for s in found) and names.whole(words) is None:
            body = words.split()[-1].lower() in cues.BODIES or is_outlet_name(words)
            if not body and not ROLE.fullmatch(words):
                found[span] = _name_of(words)
    # "A spokesman for the ministry, Per Lindqvar, said"; "the justice minister, Una Brandt".
    beside = re.compile(
        rf"(?<!\w)(?i:{ROLES})(?:\s+(?:for|of|at|in)\s+[^,.;\n]{{2,60}})?,\s+(?P<name>{NAME})(?=[,.]|\s+[a-z])"
    )
    for match in beside.finditer(plain.text):
        span = Span(*match.span("name"))
        words = match["name"]
        body = words.split()[-1].lower() in cues.BODIES or is_outlet_name(words)
        if (
            " " in words
            and not body
            and not any(s.touches(span) for s in found)
            and names.whole(words) is None
        ):
            found[span] = _name_of(words)
    for entry in (m for m in names.find(plain.text, "person")):
        span = Span(entry.start, entry.end)
        if not any(s.touches(span) for s in found):
            found[span] = entry.entry.name
    return sorted(found.items(), key=lambda item: item[0])


def _name_of(words: str) -> str:
    name = HONORIFICS.sub("", words)
    lead = re.match(rf"(?i:{TITLES}{ROLES})\s+(?=[A-ZÀ-ÖØ-Þ])", name)
    return name[lead.end() :] if lead else name


def organisations(plain: Frame, names: Names) -> list[tuple[Span, str, str | None]]:
    """Bodies named in a text, in reading order."""
    found: list[tuple[Span, str, str | None]] = []
    for entity in plain.doc.ents:
        if entity.label_ != "ORG":
            continue
        span = plain.span(entity.start, entity.end)
        name = without_article(span.of(plain.text))
        listed = names.whole(name)
        if "\n" in name or is_outlet_name(name) or (listed and listed[0].kind != "body"):
            continue
        found.append((span, listed[0].name if listed else name, listed[0].code if listed else None))
    pattern = re.compile(
        r"\b(?:[A-Z][\w-]+\s+){0,4}(?:Ministry|Department|Agency|Office|Service|Commission|Council|Directorate|"
        r"Authority|Bureau|Institute|Party|Embassy|Committee)\b(?:\s+(?:of|for|on)\s+(?:the\s+)?[A-Z][\w-]+"
        r"(?:\s+(?:and\s+)?[A-Z][\w-]+)*)?"
    )
    for match in pattern.finditer(plain.text):
        span = Span(*match.span())
        held = [f for f in found if f[0].touches(span)]
        if all(len(f[1]) < len(match.group()) for f in held):
            found = [f for f in found if f not in held]
            found.append((span, without_article(match.group()), None))
    return sorted(found, key=lambda f: f[0])
