"""Who a source is: named, anonymous, a body, a document or an outlet; role, organisation, country; pronouns.

Works on mentions in reading order and remembers who was named, so that "she", "the minister" and "Holt" find
the fullest name that the report has given before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fother.language.names import Names
from fother.model.press import Span, Speaker, SpeakerKind
from fother.press import cues
from fother.press.frame import Frame
from fother.press.phrases import Range, noun_phrase

if TYPE_CHECKING:
    from spacy.tokens import Token

_COUNT = re.compile(
    r"(?i)^(?:at least |more than |some |about )?(one|two|three|four|five|six|seven|eight|nine|ten"
    r"|\d+|several|"
    r"some|many|multiple|a few|a couple of|a number of|a group of|both|dozens of|another|an?)\b"
)
_TITLES = (
    r"(?:(?:deputy|former|acting|senior|chief|vice|assistant|prime|foreign|defen[cs]e|interior|finance|justice|"
    r"home|first|permanent|shadow|opposition|government|ministry|press|national|security|intelligence|army|"
    r"party|junior|retired|outgoing|under|top|lead|general|attorney|regional|cultural|trade|health|energy|"
    r"information|state|public|affairs|data|protection|human|rights|legal|communications)[ -]+)*"
)
_ROLES = (
    r"(?:prime minister|foreign minister|director general|director-general|attorney general"
    r"|secretary of state|"
    r"secretary general|secretary-general|chief of staff|spokes(?:man|woman|person|people)|minister"
    r"|secretary|"
    r"ambassador|president|chancellor|chair(?:man|woman|person)?|general|admiral|colonel|captain|commander|"
    r"officials?|officers?|advis[eo]rs?|aides?|diplomats?|sources?|senators?|lawmakers?|prosecutors?|director|"
    r"commissioner|governor|mayor|envoy|judge|lawyers?|attorneys?|analysts?|investigators?|deputy|leader|chief|"
    r"head|researchers?|professor|historian|inspector|ombudsman|editor|whistleblower|contractors?|engineers?|"
    r"employees?|staffers?|members?|insiders?|executives?|representatives?|negotiators?|experts?|critics?|"
    r"soldiers?|mp|premier|taoiseach|tánaiste|td|councillors?|king|queen|witness(?:es)?|observers?|reporter|correspondent|journalist|columnist|host)"
)
_ROLE = re.compile(rf"(?i)\b({_TITLES}{_ROLES})\b")
_HONORIFICS = re.compile(
    r"^(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|Dame|Prof|Professor|Gen|Col|Maj|Capt|Sen|Rep|Adm|Lt)\.?\s+"
)
_CAPITALISED = re.compile(
    r"\b[A-ZÀ-ÖØ-Þ][\w’'.\-]*(?:\s+(?:(?:al|ben|bin|da|de|del|den|der|di|dos|el|la|le|van|von|ter|af)\s+)*[A-ZÀ-ÖØ-Þ][\w’'.\-]*)+"
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


@dataclass
class Known:
    """Who has been named so far, in reading order."""

    persons: list[tuple[int, str, str]] = field(default_factory=list)  #: place, name, "m", "f" or ""
    bodies: list[tuple[int, str, str | None]] = field(default_factory=list)  #: place, name, country
    outlets: list[tuple[int, str]] = field(default_factory=list)
    speakers: list[Speaker] = field(default_factory=list)


class Speakers:
    """Reads sources of one report as speakers; call `read` in reading order."""

    def __init__(self, frame: Frame, plain: Frame, names: Names, outlet: str) -> None:
        self._text = frame.text
        self._names = names
        self._outlet = outlet
        self._mentions = names.find(frame.text)
        self._known = Known()
        self._persons = _people(plain, names)
        self._bodies = _organisations(plain, names)
        self._genders: dict[str, str] = {}
        self._subjects = [
            (frame.span(*tokens), tokens, frame)
            for subject in frame.doc
            if subject.dep_ in ("nsubj", "nsubjpass")
            and subject.pos_ in ("NOUN", "PROPN")
            and not frame.aside_of(subject)
            for tokens in [noun_phrase(subject)]
            if tokens[0] < tokens[1]
        ]
        for place, name in self._persons:
            before = frame.text[max(0, place.start - 24) : place.start].split()
            title = before[-1].strip(".,").lower() if before else ""
            if title in cues.GENDERS:
                self._genders.setdefault(name.split()[-1], cues.GENDERS[title])

    @property
    def persons(self) -> tuple[tuple[Span, str], ...]:
        """Every place where a person is named, and the name there."""
        return tuple(self._persons)

    @property
    def bodies(self) -> tuple[tuple[Span, str, str | None], ...]:
        """Every place where a body is named, its name, its country's code."""
        return tuple(self._bodies)

    def fullest(self, name: str) -> str:
        """The fullest name of a person in the whole report."""
        return self._longest(name, len(self._text))

    def read(self, frame: Frame, span: Span, tokens: Range) -> Speaker:
        """The speaker at a place of the text."""
        words = span.of(self._text)
        head = _head(frame, tokens)
        speaker = self._resolved(self._plain(words, span, head), words, head)
        self._known.speakers.append(speaker)
        return speaker

    def _plain(self, words: str, span: Span, head: Token) -> Speaker:
        """What the words themselves say, without looking back."""
        core = re.split(r",|\bwho\b|\bwhich\b", words, maxsplit=1)[0].strip()
        person = self._person_in(span)
        found = _ROLE.search(words)
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
            return Speaker(span, "named", self._longest(core.title(), len(self._text)))
        if entry is not None and entry[0].kind == "person":
            return Speaker(span, "named", entry[0].name, role, body, entry[0].code)
        if entry is not None and entry[1] != "adjective":
            return Speaker(span, "organisation", entry[0].name, None, entry[0].name, entry[0].code)
        if lemma in cues.PEOPLE or (role and lemma in role.lower()):
            named = _CAPITALISED.search(_ROLE.sub("", core)) if head.pos_ == "PROPN" else None
            if named is None:
                count = _COUNT.match(core)
                return Speaker(span, "anonymous", None, role, body, country, count and count.group(1).lower())
        if lemma in cues.DOCUMENTS and head.ent_type_ != "PERSON":
            return Speaker(span, "document", core)
        if lemma in cues.BODIES or head.ent_type_ in ("ORG", "GPE", "NORP"):
            name = _without_article(core)
            named_body = any(w[:1].isupper() for w in name.split())
            return Speaker(span, "organisation", name if named_body else None, None, body or name, country)
        if head.pos_ == "PROPN" or _CAPITALISED.search(core):
            kind: SpeakerKind = "named" if _looks_like_person(core) else "organisation"
            name = _HONORIFICS.sub("", _without_article(core))
            if kind == "named" and role:
                name = _HONORIFICS.sub("", re.sub(rf"(?i)^.*\b{re.escape(role)}\s+", "", name)) or name
            return Speaker(span, kind, name, role, body if kind == "named" else name, country)
        count = _COUNT.match(core)
        return Speaker(span, "anonymous", None, role, body, country, count and count.group(1).lower())

    def _resolved(self, one: Speaker, words: str, head: Token) -> Speaker:
        """The same with what the report has said before of whoever is meant."""
        lower = words.lower().strip()
        place = one.span.start
        if lower in ("he", "she"):
            return self._pronoun(one, cues.GENDERS[lower], place)
        if lower in ("they", "who", "both", "all", "one", "another", "others", "some", "neither", "most"):
            before = [s for s in self._known.speakers if s.kind in ("anonymous", "organisation")]
            if lower in ("they", "both", "who") and before:
                return replace(before[-1], span=one.span)
            return replace(one, kind="anonymous", name=None)
        if one.kind == "named" and one.name is not None:
            return self._full_name(one, place)
        if lower == "it":
            return self._thing(one, place)
        definite = re.match(r"(?i)(?:the|that|this|his|her|its|their)\b", words) is not None
        if not definite:
            return one
        if one.kind == "outlet":
            return one
        lemma = head.lemma_.lower()
        if one.kind == "document" and lemma in cues.VESSELS:
            owner = self._owner(one, place)
            return owner if owner is not None else one
        if one.kind == "anonymous":
            same = [
                s
                for s in self._known.speakers
                if s.kind in ("anonymous", "named") and lemma in _bare(s.role) and s.span.end <= place
            ]
            bare = len(words.split()) <= 3 and not re.search(r"['’]s?\s", words)
            if (
                same
                and bare
                and (one.organisation is None or same[-1].organisation in (None, one.organisation))
            ):
                return replace(same[-1], span=one.span)
            bare = len(words.split()) <= 3 and not re.search(r"['’]s?\s", words)
            titled = self._titled(lemma, place) if bare and head.tag_ != "NNS" else None
            if titled is not None and one.organisation is None:
                return replace(one, kind="named", name=titled)
        if one.kind == "organisation" and one.name is None:
            return self._body(one, lemma, place)
        return one

    def _thing(self, one: Speaker, place: int) -> Speaker:
        """Whom "it" means: the last body, outlet or document that spoke or began a sentence."""
        before = [
            s
            for s in self._known.speakers
            if s.kind in ("organisation", "outlet", "document") and s.span.end <= place
        ]
        previous = self._subjects_before(place)
        if previous is not None and (not before or previous.span.start > before[-1].span.start):
            return replace(previous, span=one.span)
        return replace(before[-1], span=one.span) if before else replace(one, kind="organisation")

    def _subjects_before(self, place: int) -> Speaker | None:
        """The document or body that is the subject of the sentence before a place."""
        for span, tokens, frame in reversed(self._subjects):
            if span.end > place:
                continue
            speaker = self._plain(span.of(self._text), span, _head(frame, tokens))
            if speaker.kind in ("organisation", "document", "outlet"):
                return speaker
        return None

    def _family_name(self, core: str) -> str | None:
        """The full name of somebody whose family name alone is printed."""
        last = re.sub(r"(?i)^(?:mr|mrs|ms|miss|dr|sir|dame|lord|lady)\.?\s+", "", core)
        if not re.fullmatch(r"[A-ZÀ-ÖØ-Þ][\w’'-]+", last):
            return None
        full = [n for _, n in self._persons if n.split()[-1] == last and len(n.split()) > 1]
        return full[0] if full else None

    def _pronoun(self, one: Speaker, gender: str, place: int) -> Speaker:
        fits = [
            s
            for s in self._known.speakers
            if s.kind == "named" and self._gender(s.name) in ("", gender) and s.span.end <= place
        ]
        near = [
            (p.start, name)
            for p, name in self._persons
            if p.end <= place and self._gender(name) in ("", gender)
        ]
        # The speaker before, unless somebody was named since.
        if fits and fits[-1].name is not None and not self._subject_since(near, fits[-1], place):
            self._genders.setdefault(fits[-1].name.split()[-1], gender)
            return replace(fits[-1], span=one.span)
        anonymous = [s for s in self._known.speakers if s.kind == "anonymous" and s.span.end <= place]
        if anonymous and (not near or anonymous[-1].span.start > near[-1][0]):
            return replace(anonymous[-1], span=one.span)
        if near:
            name = self._longest(near[-1][1], place)
            self._genders.setdefault(name.split()[-1], gender)
            known = [s for s in self._known.speakers if s.name == name]
            if known:
                return replace(known[-1], span=one.span)
            place_of = next(p for p, n in reversed(self._persons) if p.start == near[-1][0])
            role, body, country = self._around(place_of)
            return replace(one, kind="named", name=name, role=role, organisation=body, country=country)
        return replace(one, kind="anonymous", name=None)

    def _subject_since(self, near: list[tuple[int, str]], speaker: Speaker, place: int) -> bool:
        """Whether somebody else begins a sentence between a speaker's last words and a pronoun."""
        for start, name in near:
            if start <= speaker.span.end or self._longest(name, place) == speaker.name:
                continue
            before = self._text[:start].rstrip()
            opens = before.endswith((".", "?", "!", "”", "\n")) or "\n" in self._text[len(before) : start]
            lead = re.split(r"[.?!\n]", self._text[:start])[-1].strip(" ”\"’'“‘")
            if opens or (_ROLE.fullmatch(lead) is not None):
                return True
        return False

    def _gender(self, name: str | None) -> str:
        return self._genders.get(name.split()[-1], "") if name else ""

    def _full_name(self, one: Speaker, place: int) -> Speaker:
        assert one.name is not None  # noqa: S101
        name = self._longest(one.name, place)
        before = [s for s in self._known.speakers if s.kind == "named" and s.name == name]
        if before:
            past = before[-1]
            return replace(
                one,
                name=name,
                role=one.role or past.role,
                organisation=one.organisation or past.organisation,
                country=one.country or past.country,
            )
        if one.role is None:
            for p, n in self._persons:
                if p.start < place and self._longest(n, p.end) == name:
                    role, body, country = self._around(p)
                    if role:
                        return replace(one, name=name, role=role, organisation=body, country=country)
        return replace(one, name=name)

    def _longest(self, name: str, place: int) -> str:
        """The fullest name before a place that ends in the same word."""
        last = name.split()[-1]
        same = [n for p, n in self._persons if p.start <= place and n.split()[-1] == last]
        return max((*same, name), key=lambda n: len(n.split()))

    def _around(self, place: Span) -> tuple[str | None, str | None, str | None]:
        """Role, organisation and country that stand directly before or after a name."""
        sentence = self._text.rfind("\n", 0, place.start) + 1
        before = re.split(r"[,;.]\s", self._text[sentence : place.start])[-1]
        after = re.match(r",\s*((?:the|a|an|who is)?\s*[^,.;\n]{3,80})[,.;]", self._text[place.end :])
        for words in (before[-80:], after.group(1) if after else ""):
            found = _ROLE.search(words)
            if found and (words is not before[-80:] or words.rstrip().endswith(found.group(1))):
                body, country = self._body_of(words, place, None)
                return found.group(1), body, country
        return None, None, None

    def _titled(self, lemma: str, place: int) -> str | None:
        """ "The minister", when one minister was named before."""
        names = []
        for p, name in self._persons:
            if p.end <= place:
                role, _, _ = self._around(p)
                if role and lemma in _bare(role):
                    names.append(self._longest(name, place))
        return names[-1] if names else None

    def _owner(self, one: Speaker, place: int) -> Speaker | None:
        """Whose statement "the statement" is."""
        by = re.search(r"(?:from|by|of)\s+(.+)$", one.span.of(self._text))
        if by:
            entry = self._names.whole(by.group(1))
            name = entry[0].name if entry else _without_article(by.group(1))
            return Speaker(one.span, "organisation", name, None, name, entry[0].code if entry else None)
        before = [
            s for s in self._known.speakers if s.kind in ("organisation", "named") and s.span.end <= place
        ]
        return replace(before[-1], span=one.span) if before else None

    def _body(self, one: Speaker, lemma: str, place: int) -> Speaker:
        """The last body named before that is of the kind that a noun tells."""
        for p, name, country in reversed(self._bodies):
            if p.end <= place and (
                lemma in name.lower() or (lemma in ("agency", "service") and name.isupper())
            ):
                return replace(one, name=name, organisation=name, country=country or one.country)
        before = [s for s in self._known.speakers if s.organisation and lemma in s.organisation.lower()]
        if before:
            past = before[-1].organisation
            return replace(one, name=past, organisation=past, country=before[-1].country)
        if lemma in ("agency", "service", "organisation", "organization", "group", "alliance"):
            listed = [m for m in self._mentions if m.entry.kind == "body" and m.end <= place]
            if listed:
                entry = listed[-1].entry
                return replace(one, name=entry.name, organisation=entry.name, country=entry.code)
        return replace(one, name=one.organisation)

    def _person_in(self, span: Span) -> str | None:
        """The name of a person that begins or is what a source is, not one it merely mentions."""
        for place, name in self._persons:
            if span.holds(place):
                # "A spokesman for the ministry, Per Lindqvar": what stands directly before the name counts.
                lead = self._text[span.start : place.start].rsplit(",", 1)[-1]
                owns = re.match(r"['’]s?\s+\w", self._text[place.end : span.end])
                if not owns and not re.search(
                    r"\b(?:for|of|to|from|by|at|with|in|near|under)\s|['’]s?\s", lead
                ):
                    return self._longest(name, place.end)
        return None

    def _body_of(self, words: str, span: Span, person: str | None) -> tuple[str | None, str | None]:
        """The organisation somebody speaks for, and the country that is named with it."""
        offset = span.start + max(0, span.of(self._text).find(words))
        inside = [m for m in self._mentions if offset <= m.start and m.end <= offset + len(words)]
        bodies = [m.entry for m in inside if m.entry.kind == "body"]
        country = next((m.entry.code for m in inside if m.entry.kind == "country"), None)
        if bodies:
            return bodies[0].name, bodies[0].code or country
        named = _FOR.search(words)
        if named:
            name = _without_article(re.split(r"\b(?:who|which|that)\b", named["body"])[0].strip())
            if name and (name[0].isupper() or name.split()[-1].lower() in cues.BODIES):
                return name, country
        held = [n for p, n, _ in self._bodies if span.holds(p) and n != person]
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
            return _without_article(before.group(1)), country
        return None, country

    def _outlet_name(self, core: str, listed: str | None) -> str:
        if listed:
            return listed
        name = _without_article(core)
        if name[:1].isupper():
            longer = [
                m.group()
                for m in _CAPITALISED.finditer(self._text)
                if m.group().endswith(name) and _is_outlet_name(m.group()) and len(m.group()) > len(name)
            ]
            return _without_article(longer[0]) if longer and " " not in name else name
        for match in reversed(list(_CAPITALISED.finditer(self._text[: self._text.find(core) + 1]))):
            if _is_outlet_name(match.group()):
                return _without_article(match.group())
        return name


def outlet_in(words: str, names: Names) -> str | None:
    """The outlet that some words name, if they name one."""
    core = re.split(r",|\bwho\b|\bwhich\b", words, maxsplit=1)[0].strip()
    for mention in names.find(core, "outlet"):
        return mention.entry.name
    found = next((m.group() for m in _CAPITALISED.finditer(core) if _is_outlet_name(m.group())), None)
    if found is None and re.fullmatch(r"(?:[Tt]he\s+)?[A-Z][\w-]+", core) and _is_outlet_name(core):
        found = core
    return _without_article(found) if found else None


def _head(frame: Frame, tokens: Range) -> Token:
    return frame.doc[tokens[0] : tokens[1]].root


def _is_outlet(core: str, head: Token, person: str | None) -> bool:
    if person is not None:
        return False
    name = _without_article(core)
    if name[:1].isupper() and _is_outlet_name(name):
        return True
    return head.lemma_.lower() in cues.OUTLET_NOUNS and head.pos_ in ("NOUN", "PROPN")


def _is_outlet_name(name: str) -> bool:
    words = name.split()
    last = words[-1].lower().strip(".’'") if words else ""
    if last not in cues.OUTLET_ENDINGS or not words[-1][:1].isupper():
        return False
    return len(words) > 1 or last in (
        "ledger",
        "herald",
        "tribune",
        "gazette",
        "courier",
        "chronicle",
        "post",
    )


def _looks_like_person(core: str) -> bool:
    name = _HONORIFICS.sub("", _without_article(core))
    words = name.split()
    if core.lower().startswith("the ") or not words:
        return False
    body = words[-1].lower() in cues.BODIES or any(w.lower() in ("of", "for", "and") for w in words)
    return not body and not (len(words) == 1 and words[0].isupper() and len(words[0]) > 1)


def _without_article(words: str) -> str:
    return re.sub(r"^(?:the|a|an)\s+|(?:['’]s?)$", "", words.strip(), flags=re.I).strip(" ,.;:")


def _bare(role: str | None) -> set[str]:
    return set((role or "").lower().replace("-", " ").split())


def _people(plain: Frame, names: Names) -> list[tuple[Span, str]]:
    """Persons named in a text with their names, without titles, in reading order."""
    found: dict[Span, str] = {}
    for entity in plain.doc.ents:
        if entity.label_ != "PERSON":
            continue
        span = plain.span(entity.start, entity.end)
        words = re.sub(r"(?:'s|’s)$", "", span.of(plain.text))
        if "\n" in words or _is_outlet_name(words) or names.whole(words) is not None:
            continue
        found[Span(span.start, span.start + len(words))] = _name_of(words)
    # Titles make a person of whatever name follows: "Foreign Minister Dal Oren".
    titled = re.compile(rf"(?<![\w])(?i:{_TITLES}{_ROLES}|mr|mrs|ms|dr|sir|dame)\.?\s+(?P<name>{_NAME})")
    for match in titled.finditer(plain.text):
        span = Span(*match.span("name"))
        words = match["name"]
        if not any(s.touches(span) for s in found) and names.whole(words) is None:
            body = words.split()[-1].lower() in cues.BODIES or _is_outlet_name(words)
            if not body and not _ROLE.fullmatch(words):
                found[span] = _name_of(words)
    # "A spokesman for the ministry, Per Lindqvar, said"; "the justice minister, Una Brandt".
    beside = re.compile(
        rf"(?<!\w)(?i:{_ROLES})(?:\s+(?:for|of|at|in)\s+[^,.;\n]{{2,60}})?,\s+(?P<name>{_NAME})(?=[,.]|\s+[a-z])"
    )
    for match in beside.finditer(plain.text):
        span = Span(*match.span("name"))
        words = match["name"]
        body = words.split()[-1].lower() in cues.BODIES or _is_outlet_name(words)
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


_NAME = (
    r"[A-ZÀ-ÖØ-Þ][\w’'\-]+(?:[ ](?:(?:al|ben|bin|da|de|del|den|der|di|dos|el|la|le|van|von|ter|af)[ ])*"
    r"[A-ZÀ-ÖØ-Þ][\w’'\-]+){0,3}"
)


def _name_of(words: str) -> str:
    name = _HONORIFICS.sub("", words)
    lead = re.match(rf"(?i:{_TITLES}{_ROLES})\s+(?=[A-ZÀ-ÖØ-Þ])", name)
    return name[lead.end() :] if lead else name


def _organisations(plain: Frame, names: Names) -> list[tuple[Span, str, str | None]]:
    """Bodies named in a text, in reading order."""
    found: list[tuple[Span, str, str | None]] = []
    for entity in plain.doc.ents:
        if entity.label_ != "ORG":
            continue
        span = plain.span(entity.start, entity.end)
        name = _without_article(span.of(plain.text))
        listed = names.whole(name)
        if "\n" in name or _is_outlet_name(name) or (listed and listed[0].kind != "body"):
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
            found.append((span, _without_article(match.group()), None))
    return sorted(found, key=lambda f: f[0])
