"""Parties, and what is given away of them, in a text: registers and gazetteers first, then shapes of names.

Longer and surer finds win where two overlap. Markings are no programmes: whoever calls says where they stand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import iso3166

from fother.assess.exposure.model import Exposed, Kind, Mention, Party
from fother.assess.exposure.shapes import (
    ACRONYM,
    COORDINATES,
    IN,
    NO_NAMES,
    ORGANISATION,
    PLACE,
    PLACE_BEFORE,
    PROGRAMME,
)
from fother.language import terms
from fother.language.names import Names, packaged_names


def find_parties(
    text: str,
    own: Sequence[Party] = (),
    names: Names | None = None,
    markings: Sequence[tuple[int, int]] = (),
) -> tuple[Exposed, ...]:
    """All that a text names, in the order of first mention; `own` is the organisation's register.

    `markings` are the spans of protective markings, in which nothing is looked for.
    """
    found: dict[tuple[Kind, str], list[Mention]] = {}
    codes: dict[tuple[Kind, str], str] = {}
    ids: dict[tuple[Kind, str], str] = {}
    taken = bytearray(len(text))
    for start, end in markings:
        taken[start:end] = b"\1" * (end - start)
    for kind, name, mention, code, party in _candidates(text, own, names or packaged_names()):
        if any(taken[mention.start : mention.end]):
            continue
        taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
        key = (kind, name)
        found.setdefault(key, []).append(mention)
        codes[key] = codes.get(key, "") or code
        ids[key] = ids.get(key, "") or party
    listed = [
        Exposed(kind, name, tuple(sorted(m, key=lambda x: x.start)), codes[kind, name], ids[kind, name])
        for (kind, name), m in found.items()
    ]
    return tuple(sorted(listed, key=lambda e: e.mentions[0].start))


_Candidate = tuple[Kind, str, Mention, str, str]


def _candidates(text: str, own: Sequence[Party], names: Names) -> Iterator[_Candidate]:
    """Everything that may be named, surest first."""
    yield from _own(text, own)
    yield from _methods(text)
    yield from _persons(text)
    yield from _programmes(text)
    yield from _organisations(text)
    yield from _places(text)
    yield from _listed(text, names)
    for kind, read in (("date", terms.dates), ("figure", terms.figures)):
        for term in read(text):
            yield kind, term.value, Mention(term.start, term.end, term.text, kind, 0.9), "", ""  # type: ignore[misc]
    yield from _plain_places(text)


def _own(text: str, own: Sequence[Party]) -> Iterator[_Candidate]:
    words = sorted(((w, p) for p in own for w in (p.name, *p.aliases) if w), key=lambda x: -len(x[0]))
    for word, party in words:
        # Short names in capitals are acronyms: "SHA" is no "sha".
        flags = 0 if word.isupper() and len(word) < 6 else re.IGNORECASE
        for m in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, flags):
            yield (
                party.kind,
                party.name,
                Mention(m.start(), m.end(), m[0], "own register", 0.97),
                party.code,
                party.id,
            )


@lru_cache(maxsize=1)
def _cues() -> Mapping[str, tuple[float, re.Pattern[str]]]:
    table: dict[str, Any] = tomllib.loads(
        (resources.files("fother.assess.exposure") / "cues.toml").read_text("utf-8")
    )
    return {
        name: (
            float(group["confidence"]),
            re.compile(rf"(?<!\w)(?:{'|'.join(group['patterns'])})(?!\w)", re.IGNORECASE),
        )
        for name, group in table.items()
    }


def _methods(text: str) -> Iterator[_Candidate]:
    for name, (confidence, pattern) in _cues().items():
        for m in pattern.finditer(text):
            yield "method", name, Mention(m.start(), m.end(), m[0], f"cue: {name}", confidence), "", ""


def _persons(text: str) -> Iterator[_Candidate]:
    surnames: dict[str, str] = {}
    for term in terms.persons(text):
        words = term.value.split()
        if words[0].lower() not in NO_NAMES:
            yield "person", term.value, Mention(term.start, term.end, term.text, "named person", 0.75), "", ""
            if len(words) > 1:
                surnames.setdefault(words[-1], term.value)
    for m in _words(text, surnames):
        yield "person", surnames[m[0]], Mention(m.start(), m.end(), m[0], "surname", 0.7), "", ""


def _words(text: str, known: Mapping[str, str]) -> Iterator[re.Match[str]]:
    """Words of the text that are known, in one pass, however many are known."""
    for m in re.finditer(r"(?<![\w-])\w[\w’'-]*", text) if known else ():
        if m[0] in known:
            yield m


def _programmes(text: str) -> Iterator[_Candidate]:
    for number, pattern in enumerate(PROGRAMME):
        rule, confidence = (("programme word", 0.85), ("code word", 0.9), ("capitals", 0.4))[number]
        for m in pattern.finditer(text):
            line = text[text.rfind("\n", 0, m.start()) + 1 : (text + "\n").index("\n", m.end())]
            if number == 2 and line == line.upper():
                continue  # a heading in capitals
            if m[1].lower() not in NO_NAMES:
                yield "programme", m[1].strip(), Mention(m.start(1), m.end(1), m[1], rule, confidence), "", ""


def _organisations(text: str) -> Iterator[_Candidate]:
    acronyms: dict[str, str] = {}
    for m in ORGANISATION.finditer(text):
        name = re.sub(r"^(?:The|This|That|Our|Their|In|At|When|And|But|If) ", "", m[0])
        if " " not in name:
            continue
        start = m.end() - len(name)
        yield "organisation", name, Mention(start, m.end(), name, "shape of a name", 0.7), "", ""
        acronym = ACRONYM.match(text, m.end())
        if acronym:
            acronyms.setdefault(acronym[1], name)
    for m in _words(text, acronyms):
        yield "organisation", acronyms[m[0]], Mention(m.start(), m.end(), m[0], "its acronym", 0.85), "", ""


def _places(text: str) -> Iterator[_Candidate]:
    for m in COORDINATES.finditer(text):
        yield "place", m[0], Mention(m.start(), m.end(), m[0], "coordinates", 0.9), "", ""
    for m in PLACE.finditer(text):
        name = re.sub(r"^(?:The|This|That|Our|In|At|Near|From) ", "", m[1])
        if " " in name:
            yield (
                "place",
                name,
                Mention(m.end(1) - len(name), m.end(1), name, "shape of a place", 0.75),
                "",
                "",
            )


def _listed(text: str, names: Names) -> Iterator[_Candidate]:
    for one in names.find(text, "country", "body"):
        entry = one.entry
        words = text[one.start : one.end]
        if entry.kind == "body":
            yield "organisation", entry.name, Mention(one.start, one.end, words, "list of names", 0.9), "", ""
        elif one.how == "metonym" and PLACE_BEFORE.search(text[max(0, one.start - 12) : one.start]):
            yield "place", words, Mention(one.start, one.end, words, "capital as a place", 0.8), "", ""
        else:
            rule, confidence = {
                "name": ("list of countries", 0.95),
                "adjective": ("demonym", 0.85),
                "metonym": ("capital for its government", 0.6),
            }[one.how]
            yield (
                "country",
                entry.name,
                Mention(one.start, one.end, words, rule, confidence),
                _alpha3(entry.code),
                "",
            )


def _alpha3(code: str | None) -> str:
    country = iso3166.countries_by_alpha2.get(code or "")
    return country.alpha3 if country else ""


def _plain_places(text: str) -> Iterator[_Candidate]:
    for m in IN.finditer(text):
        if m[1].split()[0].lower() not in NO_NAMES:
            yield "place", m[1], Mention(m.start(1), m.end(1), m[1], "place after a preposition", 0.4), "", ""
