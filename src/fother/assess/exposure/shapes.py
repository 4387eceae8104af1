"""Shapes of names in English text: organisations, programmes, places."""

from __future__ import annotations

import re

_CAP = r"[A-ZÀ-Þ][\w’'-]+"
_BODIES = "|".join(
    (
        "Ministry|Agency|Authority|Office|Department|Council|Commission|Committee|Bank|University|Corporation",
        "Corps|Company|Group|Institute|Institution|Embassy|Consulate|Police|Service|Services|Directorate|Bureau",
        "Command|Fleet|Brigade|Battalion|Regiment|Division|Squadron|Guard|Foundation|Association|Union|Party",
        "Board|Ltd|Limited|Inc|LLC|PLC|plc|GmbH|AG|SA|Holding|Holdings|Industries|Shipping|Lines",
    )
)
_SITES = "|".join(
    (
        "Harbour|Harbor|Port|Airport|Airfield|Air Base|Base|Barracks|Camp|Station|Island|Islands|Bay|Strait",
        "Straits|River|Lake|Sea|Mountain|Mountains|Valley|Bridge|Square|Street|Road|Avenue|Palace|House|Hotel",
        "Quay|Pier|Dock|Border|Province|District|Region|Peninsula|Canal|Tunnel|Plant|Reactor|Facility|Depot",
    )
)
_OF = r"(?:Ministry|Department|Office|Bureau|Embassy|Bank|University|Institute|Council|Agency) (?:of|for)"
ORGANISATION = re.compile(
    rf"(?<![\w-])(?:(?:{_CAP} (?:and |of |for |the )?){{1,5}}(?:{_BODIES})\b"
    rf"(?: (?:of|for) (?:the )?{_CAP}(?: {_CAP})?)?"
    rf"|{_OF} (?:the )?{_CAP}(?: (?:and |of )?{_CAP}){{0,3}})"
)
ACRONYM = re.compile(r"\s*\(([A-Z][A-Za-z]{1,7})\)")
_WORD = rf"((?:[A-Z]{{3,}}|{_CAP})(?:\s+[A-Z]{{3,}})?)"
_NAMED = r"(?i:code-?named|code ?name|code ?word|cryptonym|known internally as)"
#: "Operation HERON"; "codenamed Heron"; two words in capitals.
PROGRAMME = (
    re.compile(rf"(?:Operation|Project|Programme|Program|Exercise|Task Force|Plan)\s+{_WORD}"),
    re.compile(rf"{_NAMED}\s+[“\"']?{_WORD}"),
    re.compile(r"(?<![\w-])([A-Z]{4,}(?: [A-Z]{4,})+)(?![\w-])"),
)
PLACE = re.compile(rf"(?<![\w-])((?:{_CAP} ){{1,3}}(?:{_SITES}))(?![\w-])")
IN = re.compile(rf"(?<!\w)(?:in|at|near|outside|from|to|towards|off) ({_CAP}(?: {_CAP})?)(?![\w’'-])")
_LATITUDE = r"\d{1,2}(?:[.°]\s?\d+)?(?:['′]\s?\d*)?[\"″]?\s?[NS]"
_LONGITUDE = r"\d{1,3}(?:[.°]\s?\d+)?(?:['′]\s?\d*)?[\"″]?\s?[EW]"
#: Degrees, decimal degrees, or the grid of the armed forces (MGRS).
COORDINATES = re.compile(
    rf"(?<![\w.])(?:{_LATITUDE}[,\s]+{_LONGITUDE}"
    r"|-?\d{1,2}\.\d{3,},\s?-?\d{1,3}\.\d{3,}|\d{1,2}[C-X]\s?[A-Z]{2}\s?\d{4,10})(?!\w)"
)
PLACE_BEFORE = re.compile(r"(?:\bin|\bat|\bnear|\boutside|\bto|\bfrom|\boff)\s+$")
NO_NAMES = frozenset(
    [
        "the",
        "this",
        "that",
        "these",
        "those",
        "he",
        "she",
        "it",
        "they",
        "we",
        "i",
        "our",
        "their",
        "his",
        "her",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
    ]
) | frozenset(
    [
        "friday",
        "saturday",
        "sunday",
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
    ]
)
