"""Markings of a whole text against each other: unmarked portions, banners that say too little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fother.assess.markings.find import Found, Paragraph, find_markings, paragraphs
from fother.assess.markings.model import Codes, Marking
from fother.assess.markings.own import OwnScheme
from fother.assess.markings.render import render
from fother.assess.markings.rollup import Restriction, join, lift, resolve, roll_up
from fother.assess.markings.vocabulary import GROUPS

_WORDS = 5  #: a paragraph with fewer words needs no mark of its own (headings, signatures)


@dataclass(frozen=True)
class Conflict:
    """Something wrong with the markings of a text. Offsets are code points."""

    rule: str
    sentence: str
    start: int
    end: int


def check_text(
    text: str, schemes: Sequence[OwnScheme] = (), groups: Mapping[str, Codes] = GROUPS
) -> tuple[Conflict, ...]:
    """Faults of each marking, unmarked portions, and conflicts of banners with portions and each other."""
    found = find_markings(text, schemes)
    conflicts = [
        Conflict(
            fault.rule,
            f"{text[f.start : f.end]}: {fault.sentence}",
            f.start + fault.start,
            f.start + fault.end,
        )
        for f in found
        for fault in f.parsed.faults
        if fault.severity == "error"
    ]
    conflicts += _unmarked(text, found, list(paragraphs(text, schemes)))
    conflicts += _banners(found, schemes, groups)
    return tuple(sorted(conflicts, key=lambda c: (c.start, c.rule)))


def portions_of(found: Sequence[Found]) -> list[tuple[Found, Marking]]:
    """Portion marks with the lists that they take from the banner."""
    banner = next((f.marking for f in found if f.place == "banner" and f.marking.system == "US"), None)
    return [(f, resolve(f.marking, banner)) for f in found if f.place == "portion"]


def _unmarked(text: str, found: Sequence[Found], split: Sequence[Paragraph]) -> Iterator[Conflict]:
    if not any(p.portion for p in split):
        return
    banners = [(f.start, f.end) for f in found if f.place == "banner"]
    for p in split:
        body = text[p.start : p.end]
        is_banner = any(p.start <= start and end <= p.end for start, end in banners)
        if p.portion is None and not is_banner and len(body.split()) >= _WORDS:
            yield Conflict("unmarked-portion", "This paragraph has no portion mark.", p.start, p.end)


def _banners(
    found: Sequence[Found], schemes: Sequence[OwnScheme], groups: Mapping[str, Codes]
) -> Iterator[Conflict]:
    banners = [f for f in found if f.place == "banner" and f.marking.system != "TLP"]
    for one in banners[1:]:
        if one.marking != banners[0].marking:
            first = render(banners[0].marking)
            sentence = f"This banner says {render(one.marking)}, the first one {first}."
            yield Conflict("banners-differ", sentence, one.start, one.end)
    portions = [marking for _, marking in portions_of(found)]
    if not banners or not portions:
        return
    wanted = roll_up(portions, groups, schemes)
    banner = banners[0]
    missing = list(_missing(wanted.restriction, lift(banner.marking, groups, schemes)))
    if missing:
        sentence = f"The banner is below its portions: {'; '.join(missing)}. They add up to {wanted.banner}."
        yield Conflict("banner-below-portion", sentence, banner.start, banner.end)


def _missing(portions: Restriction, banner: Restriction) -> Iterator[str]:
    """What a banner lacks of the restriction of its portions."""
    whole = join(portions, banner)
    have = dict(banner.levels)
    for system, place in sorted(whole.levels):
        if system in have and place > have[system]:
            yield f"a portion of {system} stands higher"
    unclassified = {
        ("control", name) for name in ("FOUO", "SBU", "SBU NOFORN", "LES NOFORN", "RELIDO", "NOFORN")
    }
    for kind, value in sorted(whole.elements - banner.elements - unclassified, key=str):
        if kind in ("sci", "sap", "atomic", "control", "cui"):
            yield f"{'-'.join(value) if isinstance(value, tuple) else value or 'CUI'} is missing"
    if banner.audience is not None and whole.audience is not None and banner.audience - whole.audience:
        beyond = ", ".join(sorted(banner.audience - whole.audience))
        yield f"a portion may not be released to {beyond}"
    if banner.audience is None and portions.audience is not None:
        yield "a portion limits its release"
