"""The United States' syntax: CAPCO banner lines and portion marks, and CUI.

A marking is a row of categories between double slashes: classification or non-US marking, SCI, SAP, atomic
energy, foreign government information, dissemination, other agencies' dissemination.
"""

from __future__ import annotations

from fother.assess.markings import us_rules
from fother.assess.markings.model import Form, Parsed
from fother.assess.markings.us_items import (
    AS_BANNER,
    CATEGORIES,
    CUI_NAMES,
    KNOWN,
    Reading,
    control_name,
    cui_category,
    only_categories,
    read_categories,
    read_codes,
    read_controls,
    read_segment,
)
from fother.assess.markings.vocabulary import (
    CUI_CATEGORIES,
    LADDERS,
    NATO_ATOMAL,
    NATO_PORTIONS,
    US_PORTIONS,
)
from fother.assess.markings.words import Piece, fail, in_order

NATO_HEADS = frozenset({*NATO_PORTIONS, *NATO_ATOMAL, *LADDERS["NATO"]})


def parse_us(text: str, form: Form) -> Parsed:
    """Read a banner line or the inside of a portion mark. Raises MarkingError."""
    head, *rest = Piece(text, 0).split("//")
    reading = Reading(form)
    if not head.text:
        if not rest:
            raise fail(head, "is no marking")
        head, *rest = rest
        _foreign_head(head, reading)
    elif head.text in CUI_NAMES:
        return _parse_cui(head, rest, reading)
    else:
        _us_head(head, reading)
    reading.places["level"] = head
    seen = 0
    for segment in rest:
        categories = seen == 5 and not reading.cui and only_categories(segment)
        if categories:
            read_categories(segment, reading)
        category = 5 if categories else read_segment(segment, reading)
        # WAIVED follows its programme, and categories follow CUI, as groups of their own.
        again = categories or segment.text == "WAIVED"
        if category < seen or (category == seen and not again):
            reading.fault(
                "category-order",
                segment,
                f"“{segment.text}” ({CATEGORIES[category]}) stands after {CATEGORIES[seen]}; the order is "
                f"{', '.join(CATEGORIES)}, each once.",
            )
        seen = max(seen, category)
    marking = reading.marking()
    found = us_rules.check(marking, reading.places)
    return Parsed(marking, form, (*reading.faults, *found))


def _us_head(head: Piece, reading: Reading) -> None:
    levels = [level for level in LADDERS["US"] if level != "RESTRICTED"]
    abbreviations = {k: v for k, v in US_PORTIONS.items() if k != "R"}
    if reading.form == "banner" and head.text in levels:
        reading.level = head.text
    elif reading.form == "portion" and head.text in abbreviations:
        reading.level = abbreviations[head.text]
    else:
        words = levels if reading.form == "banner" else abbreviations
        raise fail(head, f"is no classification of a {reading.form}", words)


def _foreign_head(head: Piece, reading: Reading) -> None:
    """JOINT, another country's or a concealed source's classification, after the leading double slash."""
    words = list(head.words())
    if not words:
        raise fail(head, "is empty where a country and its classification should be")
    reading.foreign = True
    reading.joint = words[0].text == "JOINT"
    levels = dict.fromkeys(LADDERS["US"], "") if reading.form == "banner" else US_PORTIONS
    names = {level: US_PORTIONS.get(level, level) for level in levels}
    if reading.joint:
        words = words[1:]
        found = _level_at(words, 0, names)
        if found is None:
            raise fail(head, "lacks a classification after JOINT")
        level, used = found
        reading.level, codes = level, words[used:]
    else:
        at = next((n for n in range(len(words)) if _level_at(words, n, names) is not None), None)
        if at is None:
            raise fail(head, "lacks a classification such as “//GBR S” or “//DEU SECRET”")
        level, used = _level_at(words, at, names) or ("", 0)
        if words[at + used :]:
            raise fail(words[at + used], "stands after the classification; countries stand before it")
        reading.level, codes = level, words[:at]
        if not codes:
            raise fail(head, "lacks the country, or FGI when it is concealed")
    if [c.text for c in codes] == ["FGI"] and not reading.joint:
        return
    texts = read_codes(codes, reading, "owner")
    if (
        reading.joint
        and ("USA" not in texts or len(texts) < 2)
        and not (reading.form == "portion" and not texts)
    ):
        reading.fault("joint-owners", head, "JOINT names the United States and at least one other owner.")
    if not in_order(texts):
        reading.fault("code-order", head, "Owners stand by the alphabet, countries before groups.")
    reading.owners = frozenset(texts)


def _level_at(words: list[Piece], at: int, names: dict[str, str]) -> tuple[str, int] | None:
    """The level that begins at a word, and how many words it takes."""
    for used in (2, 1):
        text = " ".join(w.text for w in words[at : at + used])
        if len(words) >= at + used and text in names:
            return names[text], used
    return None


def _parse_cui(head: Piece, rest: list[Piece], reading: Reading) -> Parsed:
    """CUI banners and portions: control marking // categories // limited dissemination (32 CFR 2002.20)."""
    reading.level, reading.cui = "UNCLASSIFIED", frozenset()
    reading.places["level"] = head
    if head.text != "CUI" and reading.form == "portion":
        reading.fault("wrong-form", head, f"In a portion mark {head.text} is written CUI.")
    if len(rest) > 2:
        raise fail(rest[2], "is one group too many; CUI has categories and dissemination only")
    for place, segment in enumerate(rest):
        first = segment.split("/")[0].text
        if place == 0 and cui_category(first) and not (len(rest) == 1 and control_name(first)):
            read_categories(segment, reading)
        elif segment.text and (control_name(first) or first in AS_BANNER):
            if place == 0 and len(rest) == 2:
                raise fail(rest[1], "follows the dissemination controls; categories stand before them")
            read_controls(segment, reading, 6)
        else:
            raise fail(
                segment,
                "is neither a category nor a dissemination control of CUI",
                [*CUI_CATEGORIES, *KNOWN],
            )
    marking = reading.marking()
    found = us_rules.check(marking, reading.places)
    return Parsed(marking, reading.form, (*reading.faults, *found))
