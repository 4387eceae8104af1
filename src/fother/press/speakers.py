"""Who a source is, after what the report has said before: pronouns, "the minister", family names.

Works on mentions in reading order and remembers who was named, so that "she", "the minister" and "Holt" find
the fullest name that the report has given before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fother.language.names import Names
from fother.model.press import Span, Speaker
from fother.press import cues
from fother.press.descriptions import Descriptions
from fother.press.frame import Frame
from fother.press.name_forms import ROLE, bare_words, without_article
from fother.press.phrases import Range, noun_phrase

if TYPE_CHECKING:
    from spacy.tokens import Token


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
        self._known = Known()
        self._words = Descriptions(plain, names)
        self._persons = self._words.persons
        self._bodies = self._words.bodies
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
        return self._words.longest(name, len(self._text))

    def read(self, frame: Frame, span: Span, tokens: Range) -> Speaker:
        """The speaker at a place of the text."""
        words = span.of(self._text)
        head = _head(frame, tokens)
        speaker = self._resolved(self._words.read(words, span, head), words, head)
        self._known.speakers.append(speaker)
        return speaker

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
                if s.kind in ("anonymous", "named") and lemma in bare_words(s.role) and s.span.end <= place
            ]
            bare = len(words.split()) <= 3 and not re.search(r"['’]s?\s", words)
            if (
                same
                and bare
                and (one.organisation is None or same[-1].organisation in (None, one.organisation))
            ):
                return replace(same[-1], span=one.span)
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
            speaker = self._words.read(span.of(self._text), span, _head(frame, tokens))
            if speaker.kind in ("organisation", "document", "outlet"):
                return speaker
        return None

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
            name = self._words.longest(near[-1][1], place)
            self._genders.setdefault(name.split()[-1], gender)
            known = [s for s in self._known.speakers if s.name == name]
            if known:
                return replace(known[-1], span=one.span)
            place_of = next(p for p, n in reversed(self._persons) if p.start == near[-1][0])
            role, body, country = self._words.around(place_of)
            return replace(one, kind="named", name=name, role=role, organisation=body, country=country)
        return replace(one, kind="anonymous", name=None)

    def _subject_since(self, near: list[tuple[int, str]], speaker: Speaker, place: int) -> bool:
        """Whether somebody else begins a sentence between a speaker's last words and a pronoun."""
        for start, name in near:
            if start <= speaker.span.end or self._words.longest(name, place) == speaker.name:
                continue
            before = self._text[:start].rstrip()
            opens = before.endswith((".", "?", "!", "”", "\n")) or "\n" in self._text[len(before) : start]
            lead = re.split(r"[.?!\n]", self._text[:start])[-1].strip(" ”\"’'“‘")
            if opens or (ROLE.fullmatch(lead) is not None):
                return True
        return False

    def _gender(self, name: str | None) -> str:
        return self._genders.get(name.split()[-1], "") if name else ""

    def _full_name(self, one: Speaker, place: int) -> Speaker:
        assert one.name is not None  # noqa: S101
        name = self._words.longest(one.name, place)
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
                if p.start < place and self._words.longest(n, p.end) == name:
                    role, body, country = self._words.around(p)
                    if role:
                        return replace(one, name=name, role=role, organisation=body, country=country)
        return replace(one, name=name)

    def _titled(self, lemma: str, place: int) -> str | None:
        """ "The minister", when one minister was named before."""
        names = []
        for p, name in self._persons:
            if p.end <= place:
                role, _, _ = self._words.around(p)
                if role and lemma in bare_words(role):
                    names.append(self._words.longest(name, place))
        return names[-1] if names else None

    def _owner(self, one: Speaker, place: int) -> Speaker | None:
        """Whose statement "the statement" is."""
        by = re.search(r"(?:from|by|of)\s+(.+)$", one.span.of(self._text))
        if by:
            entry = self._names.whole(by.group(1))
            name = entry[0].name if entry else without_article(by.group(1))
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
            listed = [m for m in self._words.mentions if m.entry.kind == "body" and m.end <= place]
            if listed:
                entry = listed[-1].entry
                return replace(one, name=entry.name, organisation=entry.name, country=entry.code)
        return replace(one, name=one.organisation)


def _head(frame: Frame, tokens: Range) -> Token:
    return frame.doc[tokens[0] : tokens[1]].root
