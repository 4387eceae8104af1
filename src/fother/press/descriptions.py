"""What the words of a source say by themselves: kind, name, role, organisation, country, number.

"Two officials at the ministry", "Foreign Minister Dal Oren", "a leaked memo". Who spoke before comes in
with `speakers`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fother.language.names import Names
from fother.model.press import Span, Speaker, SpeakerKind
from fother.press import cues
from fother.press.frame import Frame
from fother.press.name_forms import (
    CAPITALISED,
    HONORIFICS,
    ROLE,
    is_outlet_name,
    looks_like_person,
    without_article,
)
from fother.press.named import organisations, people

if TYPE_CHECKING:
    from spacy.tokens import Token

_COUNT = re.compile(
    r"(?i)^(?:at least |more than |some |about )?(one|two|three|four|five|six|seven|eight|nine|ten"
    r"|\d+|several|"
    r"some|many|multiple|a few|a couple of|a number of|a group of|both|dozens of|another|an?)\b"
)
_FOR = re.compile(
    r"(?i)(?:spokes\w+|official|officer|head|director|chief|secretary|minister|adviser|advisor|lawyer|attorney|analyst|"
    r"representative|source|aide|chair\w*|president|member|researcher|fellow|professor|editor|leader)\w*\s+"
    r"(?:for|of|at|from|in|with|inside|within|close to)\s+(?P<body>[^,;()]+)"
)
#: Labels of transcripts that name a part and no person.
_SPOKEN_BY = re.compile(
    r"(?i)(?:q|a|question|answer|presenter|host|anchor|interviewer|moderator|reporter|speaker|operator)\b"
)


class Descriptions:
    """Reads the words of sources in one report. `plain` is its text parsed as it stands."""

    def __init__(self, plain: Frame, names: Names) -> None:
        self._text = plain.text
        self._names = names
        self.mentions = names.find(plain.text)
        self.persons = people(plain, names)  #: every place where a person is named, and the name there
        self.bodies = organisations(plain, names)  #: the same of bodies, with the country's code

    def read(self, words: str, span: Span, head: Token) -> Speaker:
        """What the words themselves say, without looking back; `head` is the head of the noun phrase."""
        core = re.split(r",|\bwho\b|\bwhich\b", words, maxsplit=1)[0].strip()
        person = self._person_in(span)
        found = ROLE.search(words)
        role = found.group(1) if found else None
        body, country = self._body_of(words, span, person)
        lemma = head.lemma_.lower()
        entry = self._names.whole(core)
        if (entry is not None and entry[0].kind == "outlet") or _is_outlet(core, head, person):
            return Speaker(span, "outlet", self._outlet_name(core, entry and entry[0].name))
        if person is None:
            person = self._family_name(core)
        if person is not None:
            return Speaker(span, "named", person, role, body, country)
        capitals = re.fullmatch(r"[A-Z][A-Z’'. -]{2,}", core) is not None and entry is None
        if capitals and lemma not in cues.PEOPLE | cues.BODIES and _SPOKEN_BY.match(core) is None:
            return Speaker(span, "named", self.longest(core.title(), len(self._text)))
        if entry is not None and entry[0].kind == "person":
            return Speaker(span, "named", entry[0].name, role, body, entry[0].code)
        if entry is not None and entry[1] != "adjective":
            return Speaker(span, "organisation", entry[0].name, None, entry[0].name, entry[0].code)
        if lemma in cues.PEOPLE or (role and lemma in role.lower()):
            named = CAPITALISED.search(ROLE.sub("", core)) if head.pos_ == "PROPN" else None
            if named is None:
                count = _COUNT.match(core)
                return Speaker(span, "anonymous", None, role, body, country, count and count.group(1).lower())
        if lemma in cues.DOCUMENTS and head.ent_type_ != "PERSON":
            return Speaker(span, "document", core)
        if lemma in cues.BODIES or head.ent_type_ in ("ORG", "GPE", "NORP"):
            name = without_article(core)
            named_body = any(w[:1].isupper() for w in name.split())
            return Speaker(span, "organisation", name if named_body else None, None, body or name, country)
        if head.pos_ == "PROPN" or CAPITALISED.search(core):
            kind: SpeakerKind = "named" if looks_like_person(core) else "organisation"
            name = HONORIFICS.sub("", without_article(core))
            if kind == "named" and role:
                name = HONORIFICS.sub("", re.sub(rf"(?i)^.*\b{re.escape(role)}\s+", "", name)) or name
            return Speaker(span, kind, name, role, body if kind == "named" else name, country)
        count = _COUNT.match(core)
        return Speaker(span, "anonymous", None, role, body, country, count and count.group(1).lower())

    def _family_name(self, core: str) -> str | None:
        """The full name of somebody whose family name alone is printed."""
        last = re.sub(r"(?i)^(?:mr|mrs|ms|miss|dr|sir|dame|lord|lady)\.?\s+", "", core)
        if not re.fullmatch(r"[A-ZÀ-ÖØ-Þ][\w’'-]+", last):
            return None
        full = [n for _, n in self.persons if n.split()[-1] == last and len(n.split()) > 1]
        return full[0] if full else None

    def longest(self, name: str, place: int) -> str:
        """The fullest name before a place that ends in the same word."""
        last = name.split()[-1]
        same = [n for p, n in self.persons if p.start <= place and n.split()[-1] == last]
        return max((*same, name), key=lambda n: len(n.split()))

    def around(self, place: Span) -> tuple[str | None, str | None, str | None]:
        """Role, organisation and country that stand directly before or after a name."""
        sentence = self._text.rfind("\n", 0, place.start) + 1
        before = re.split(r"[,;.]\s", self._text[sentence : place.start])[-1]
        after = re.match(r",\s*((?:the|a|an|who is)?\s*[^,.;\n]{3,80})[,.;]", self._text[place.end :])
        for words in (before[-80:], after.group(1) if after else ""):
            found = ROLE.search(words)
            if found and (words is not before[-80:] or words.rstrip().endswith(found.group(1))):
                body, country = self._body_of(words, place, None)
                return found.group(1), body, country
        return None, None, None

    def _person_in(self, span: Span) -> str | None:
        """The name of a person that begins or is what a source is, not one it merely mentions."""
        for place, name in self.persons:
            if span.holds(place):
                # "A spokesman for the ministry, Per Lindqvar": what stands directly before the name counts.
                lead = self._text[span.start : place.start].rsplit(",", 1)[-1]
                owns = re.match(r"['’]s?\s+\w", self._text[place.end : span.end])
                if not owns and not re.search(
                    r"\b(?:for|of|to|from|by|at|with|in|near|under)\s|['’]s?\s", lead
                ):
                    return self.longest(name, place.end)
        return None

    def _body_of(self, words: str, span: Span, person: str | None) -> tuple[str | None, str | None]:
        """The organisation somebody speaks for, and the country that is named with it."""
        offset = span.start + max(0, span.of(self._text).find(words))
        inside = [m for m in self.mentions if offset <= m.start and m.end <= offset + len(words)]
        bodies = [m.entry for m in inside if m.entry.kind == "body"]
        country = next((m.entry.code for m in inside if m.entry.kind == "country"), None)
        if bodies:
            return bodies[0].name, bodies[0].code or country
        named = _FOR.search(words)
        if named:
            name = without_article(re.split(r"\b(?:who|which|that)\b", named["body"])[0].strip())
            if name and (name[0].isupper() or name.split()[-1].lower() in cues.BODIES):
                return name, country
        held = [n for p, n, _ in self.bodies if span.holds(p) and n != person]
        if held:
            return held[0], country
        before = re.search(
            r"\b(?:the |an? )?((?:[A-Z][\w-]+ )*(?:[\w-]+ )?(?:ministry|government|agency"
            r"|department|office|army|police|"
            r"embassy|party|company|council|commission|service))\b(?:['’]s)?\s+\w+",
            words,
            re.I,
        )
        if before and not person:
            return without_article(before.group(1)), country
        return None, country

    def _outlet_name(self, core: str, listed: str | None) -> str:
        if listed:
            return listed
        name = without_article(core)
        if name[:1].isupper():
            longer = [
                m.group()
                for m in CAPITALISED.finditer(self._text)
                if m.group().endswith(name) and is_outlet_name(m.group()) and len(m.group()) > len(name)
            ]
            return without_article(longer[0]) if longer and " " not in name else name
        for match in reversed(list(CAPITALISED.finditer(self._text[: self._text.find(core) + 1]))):
            if is_outlet_name(match.group()):
                return without_article(match.group())
        return name


def _is_outlet(core: str, head: Token, person: str | None) -> bool:
    if person is not None:
        return False
    name = without_article(core)
    if name[:1].isupper() and is_outlet_name(name):
        return True
    return head.lemma_.lower() in cues.OUTLET_NOUNS and head.pos_ in ("NOUN", "PROPN")
