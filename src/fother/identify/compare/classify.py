"""What kind of fact a difference touches, and whether it is grave."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fother.identify.compare.lexicon import Lexicon
from fother.identify.compare.normal import fold
from fother.identify.compare.tokens import Token
from fother.model.match import ChangeKind

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "professor",
        "general",
        "colonel",
        "major",
        "captain",
        "lieutenant",
        "sergeant",
        "admiral",
        "minister",
        "president",
        "senator",
        "judge",
        "ambassador",
        "director",
        "herr",
        "frau",
        "oberst",
        "hauptmann",
        "minister",
        "generalleutnant",
        "monsieur",
        "madame",
        "señor",
        "señora",
        "don",
        "doña",
        "sir",
        "lord",
        "lady",
        "agent",
    ]
)
_PARTS = re.compile(r"//?|,|:| - |-| TO ")
_MARKINGS = frozenset(
    [
        "TS",
        "S",
        "C",
        "U",
        "R",
        "CUI",
        "FOUO",
        "SBU",
        "OUO",
        "LES",
        "NU",
        "NR",
        "NC",
        "NS",
        "CTS",
        "NF",
        "NOFORN",
        "SI",
        "TK",
        "HCS",
        "REL",
        "ORCON",
        "OC",
        "PROPIN",
        "IMCON",
        "LIMDIS",
        "EXDIS",
        "NODIS",
        "FVEY",
        "FISA",
        "SECRET",
        "RESTRICTED",
        "CONFIDENTIAL",
        "UNCLASSIFIED",
        "DECLASSIFIED",
        "OFFICIAL",
        "SENSITIVE",
        "TLP",
        "RED",
        "AMBER",
        "AMBER+STRICT",
        "GREEN",
        "WHITE",
        "CLEAR",
        "GEHEIM",
        "VERTRAULICH",
        "VS",
        "NUR",
        "CONFIDENTIEL",
        "RESERVADO",
        "SECRETO",
        "CONFIDENCIAL",
    ]
) | {
    "TOP SECRET",
    "NATO SECRET",
    "NATO RESTRICTED",
    "NATO CONFIDENTIAL",
    "NATO UNCLASSIFIED",
    "COSMIC TOP SECRET",
    "EU RESTRICTED",
    "EU SECRET",
    "EU CONFIDENTIAL",
    "RESTREINT UE",
    "FOR OFFICIAL USE ONLY",
    "EYES ONLY",
    "UK EYES ONLY",
    "OFFICIAL SENSITIVE",
    "STRICTLY CONFIDENTIAL",
    "STRENG GEHEIM",
    "DIFFUSION RESTREINTE",
    "NUR FÜR DEN DIENSTGEBRAUCH",
    "TRÈS SECRET",
    "SECRET DÉFENSE",
    "INTERNAL USE ONLY",
    "LEGALLY PRIVILEGED",
    "LAW ENFORCEMENT SENSITIVE",
    "SENSITIVE BUT UNCLASSIFIED",
    "CONFIDENTIEL DÉFENSE",
    "DIFUSIÓN LIMITADA",
}
_COUNTRY = re.compile("USA|GBR|CAN|AUS|NZL|DEU|FRA|ESP|ITA|POL|NLD|NOR|DNK|BEL|JPN|KOR|NATO|ISAF|ACGU")
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non")
_PHRASE = 3  # tokens; more that are left out or added are a deletion or insertion, whatever they hold


@dataclass(frozen=True)
class Words:
    """What the words of one document say about words: which are names, which exist."""

    lexicon: Lexicon
    known: frozenset[str]  #: keys of the document and of the lexicon
    lower: frozenset[str]  #: keys seen without a capital
    names: frozenset[str]  #: keys seen with a capital inside a sentence and never without
    capitals: bool  #: the document is written in capitals, which then say nothing

    def is_name(self, token: Token) -> bool:
        """Whether the token reads as a proper name."""
        if token.kind != "word" or not token.text[:1].isalpha() or token.key in self.lexicon.known:
            return False
        if token.key in self.names:
            return True
        if self.capitals or not token.text[0].isupper() or token.key in self.lower:
            return False
        if len(token.text) < 2:
            return False
        return not token.sentence_start and "de" not in self.lexicon.languages

    def topic(self, token: Token) -> ChangeKind | None:
        """The kind of fact that a single token carries, None for none."""
        if token.kind == "marking":
            return "marking"
        if token.kind == "date":
            return "date"
        if token.kind == "number" or token.key in self.lexicon.vague or token.key in self.lexicon.magnitudes:
            return "number"
        if token.key in self.lexicon.negations:
            return "negation"
        if token.key in self.lexicon.certainty:
            return "certainty"
        return "name" if self.is_name(token) else None


def learn(tokens: Sequence[Token], lexicon: Lexicon) -> Words:
    """Vocabulary of a document."""
    lower: set[str] = set()
    inside: Counter[str] = Counter()
    letters = capitals = 0
    titled = False
    german = "de" in lexicon.languages
    for place, token in enumerate(tokens):
        if token.kind != "word" or not token.text[:1].isalpha():
            continue
        letters += len(token.text)
        capitals += len(token.text) if token.text.isupper() else 0
        if token.text[0].islower():
            lower.add(token.key)
        else:
            before = tokens[place - 1] if place else None
            titled = before is not None and before.key in _TITLES
            beside = before is not None and before.kind == "word" and before.text[:1].isupper() and not (
                before.sentence_start
            )  # fmt: skip
            if len(token.text) > 1 and not token.sentence_start and (not german or titled or beside):
                inside[token.key] += 1
    shouting = capitals > 0.6 * letters
    names = frozenset() if shouting else frozenset(inside) - lower - lexicon.known
    known = (
        frozenset(token.key for token in tokens) | frozenset(token.flat for token in tokens) | lexicon.known
    )
    return Words(lexicon, known, frozenset(lower), names, shouting)


def _reversed(words: Words, document: Sequence[Token], leak: Sequence[Token]) -> bool:
    gone = [token.flat for token in document]
    new = [token.flat for token in leak]
    for one in gone:
        for other in new:
            if words.lexicon.opposite(one, other):
                return True
            short, long = sorted((one, other), key=len)
            if len(short) >= 4 and any(long == prefix + short for prefix in _PREFIXES):
                return True
    return False


def _remaining(document: Sequence[Token], leak: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Both sides without what they share."""
    shared = Counter(token.key for token in document) & Counter(token.key for token in leak)
    sides: list[list[Token]] = []
    for side in (document, leak):
        left = shared.copy()
        rest = []
        for token in side:
            if left[token.key] > 0:
                left[token.key] -= 1
            else:
                rest.append(token)
        sides.append(rest)
    return sides[0], sides[1]


def classify(words: Words, document: Sequence[Token], leak: Sequence[Token]) -> tuple[ChangeKind, bool]:
    """Kind of a replacement, omission or addition, and whether it is grave."""
    if not leak or not document:
        side = document or leak
        topics = [words.topic(token) for token in side]
        facts = [topic for topic in topics if topic]
        plain: ChangeKind = "deletion" if document else "insertion"
        content = [token for token in side if token.key not in words.lexicon.common or words.topic(token)]
        if facts and all(topic == "marking" for topic in facts) and len(facts) >= len(content):
            return "marking", True
        if len(side) > _PHRASE:
            heavy = [t for t in facts if t != "certainty" or len(side) <= 12]
            return plain, bool(heavy) or len(content) >= 4
        for kind in ("marking", "negation"):
            if kind in facts:
                return kind, True
        if facts and len(facts) == len(content):
            first = facts[0]
            if all(topic == first for topic in facts):
                return first, True
        return plain, bool(facts) or any(words.lexicon.directed(token.key) for token in side)
    gone, new = _remaining(document, leak)
    before = dict.fromkeys(("marking", "negation", "date", "number", "certainty", "name"), 0)
    after = dict(before)
    for side, counts in ((gone, before), (new, after)):
        for token in side:
            topic = words.topic(token)
            if topic:
                counts[topic] += 1
    reversal = _reversed(words, gone, new)
    if before["marking"] or after["marking"]:
        return "marking", True
    if before["negation"] != after["negation"] and (before["negation"] == 0 or after["negation"] == 0):
        return ("wording" if reversal else "negation"), True
    if reversal and not (before["number"] and after["number"]):
        return "wording", True
    if before["date"] or after["date"]:
        return "date", True
    if before["number"] or after["number"]:
        return "number", True
    if before["certainty"] or after["certainty"]:
        return "certainty", True
    if before["name"] or after["name"]:
        return "name", True
    units = words.lexicon.units
    if any(token.key in units for token in gone) and any(token.key in units for token in new):
        return "number", True
    if any(token.kind == "symbol" for token in (*gone, *new)):
        return "number", True
    return "wording", False


def _digits(token: Token) -> bool:
    return any(character.isdigit() for character in token.flat)


def standard(token: Token) -> bool:
    """Whether every part of a marking is one that rules of marking know."""
    parts = _PARTS.split(token.text.strip("() "))
    return all(
        part.strip() in _MARKINGS or _COUNTRY.fullmatch(part.strip()) for part in parts if part.strip()
    )


def rank(words: Words, document: Sequence[Token], leak: Sequence[Token], recognised: bool) -> str:
    """Which rate of `noise.ALTERATION` holds for a replacement."""
    entities = [any(token.kind in ("number", "date") for token in side) for side in (document, leak)]
    real = all(
        token.kind in ("number", "date") or (token.key in words.known and not _digits(token))
        for token in leak
    )
    if any(entities):
        return "unknown" if not real else "entity" if all(entities) else "known"
    if any(token.kind == "marking" for token in leak):
        return "list" if all(standard(token) for token in leak if token.kind == "marking") else "unknown"
    if any(token.kind == "marking" for token in document):
        return "known" if real else "unknown"
    lexicon = words.lexicon
    listed = lexicon.negations | lexicon.certainty | lexicon.vague | lexicon.magnitudes.keys() | lexicon.units
    if leak and all(token.key in words.known for token in leak):
        if _reversed(words, document, leak):
            return "list"
        # Recognisers turn a word of the lists into any other; who alters takes one that says something.
        if any(token.key in listed for token in (leak if recognised else (*document, *leak))):
            return "list"
        return "name" if all(words.is_name(token) for token in leak) else "known"
    if _reversed(words, document, leak):
        return "known"
    if all(fold(token.text[:1]) != token.text[:1] for token in leak) and not words.capitals:
        named = (
            len(leak) == 1 and words.is_name(leak[0]) and any(token.text[:1].isupper() for token in document)
        )
        return "name" if named and len(leak[0].flat) > 2 else "unknown"
    return "unknown"
