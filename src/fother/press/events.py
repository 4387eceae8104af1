"""Planned events: visits, meetings, hearings that a report says will happen, with the days it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from fother.language.dates import DateMention, find_dates
from fother.model.press import PlannedEvent, Span
from fother.press.cues import words_of
from fother.press.frame import Frame
from fother.press.phrases import noun_phrase, subject_of, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Token

_NOUNS = words_of(
    """
    visit trip meeting briefing hearing summit talk call conference testimony vote deadline speech
    session debate consultation negotiation tour inspection launch election trial ceremony exercise
    review round
    """
)
_VERBS = words_of(
    """
    visit travel meet brief testify arrive fly host hold convene discuss attend address hear appear
    publish release present vote gather open begin start return depart leave receive report sign
    speak reopen question debate welcome resume chair consult
    """
)
_STATES = frozenset(
    (
        "be",
        "have",
        "seem",
        "remain",
        "last",
        "know",
        "believe",
        "think",
        "say",
        "tell",
        "add",
    )
)
_AHEAD = frozenset(
    (
        "will",
        "shall",
        "'ll",
        "’ll",
        "would",
    )
)
_PROMISES = frozenset(
    (
        "promise",
        "vow",
        "pledge",
        "agree",
        "offer",
        "threaten",
        "want",
        "hope",
    )
)
_PLANS = words_of(
    """
    plan schedule expect due slate set intend aim prepare agree postpone move confirm
    """
)


def planned_events(frame: Frame, published: date | None, first_weekday: int = 0) -> tuple[PlannedEvent, ...]:
    """Events ahead, in the order of the text; without a publication date relative ones stay unresolved."""
    text = frame.text
    ahead = [t for t in frame.doc if _is_event(t) and (_is_ahead(t) or _scheduled(t))]
    futures = [frame.span(t.sent.start, t.sent.end) for t in ahead]
    dates = find_dates(
        text,
        published,
        future=lambda place: any(s.start <= place < s.end for s in futures),
        first_weekday=first_weekday,
    )
    found: list[PlannedEvent] = []
    for token in ahead:
        when = _when(frame, token, dates)
        if when is None and not _firm(token):
            continue
        if published is not None and when is not None and when.last is not None and when.last < published:
            continue
        # "Talks in the coming weeks" alone is no plan.
        if not _is_ahead(token) and (
            when is None or when.granularity == "vague" or "this" in _words(text, when)
        ):
            continue
        event = _event(frame, token, when)
        if not any(e.span.touches(event.span) for e in found):
            found.append(event)
    return tuple(sorted(found, key=lambda e: e.span))


def _words(text: str, when: DateMention) -> list[str]:
    return text[when.start : when.end].lower().split()


def _is_event(token: Token) -> bool:
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB":
        return lemma in _VERBS or (lemma not in _STATES and _dated(token))
    return token.pos_ == "NOUN" and (lemma in _NOUNS or _expected(token))


def _expected(noun: Token) -> bool:
    """ "A verdict is expected by Friday"."""
    return noun.dep_ == "nsubjpass" and noun.head.lemma_.lower() in ("expect", "schedule", "plan", "due")


def _dated(verb: Token) -> bool:
    """A verb with a time of its own: "write to everyone within two weeks"."""
    held = (c for c in verb.children if c.dep_ in ("prep", "npadvmod", "advmod", "dobj") and c.i > verb.i)
    return any(t.ent_type_ == "DATE" for c in held for t in c.subtree)


def _is_ahead(token: Token) -> bool:
    if any(c.lower_ in ("past", "recent", "previous", "last") for c in token.children):
        return False
    if any(
        c.dep_ in ("aux", "auxpass") and c.lower_ in ("was", "were", "had", "has", "have")
        for c in token.children
    ):
        return any(c.lower_ in _AHEAD for c in token.children)
    up = [token, *token.ancestors][:4]
    for one in up:
        if one.pos_ in ("VERB", "AUX") and any(c.lower_ in _AHEAD for c in one.children if c.dep_ == "aux"):
            return one.lemma_.lower() not in ("say", "tell", "not")
        if _is_plan(one, token):
            return True
        if one.lemma_ == "look" and any(c.lower_ == "forward" for c in one.children):
            return True
        if one.dep_ in ("ccomp", "relcl", "advcl") and one is not token:
            break
    return any(
        c.lower_ in ("planned", "scheduled", "upcoming", "forthcoming", "next") for c in token.children
    )


def _scheduled(token: Token) -> bool:
    """ "Leaves on Monday", "the election in May": ahead when the date is."""
    if token.tag_ in ("VBZ", "VBP") and _dated(token):
        return True
    return token.pos_ == "NOUN" and any(
        c.dep_ == "prep" and c.i > token.i and any(t.ent_type_ == "DATE" for t in c.children)
        for c in token.children
    )


def _is_plan(one: Token, event: Token) -> bool:
    """ "Is due to", "plans to", "is scheduled for", "is to travel", "is meeting … on Monday"."""
    lemma = one.lemma_.lower()
    if one.i == event.i:
        to = any(c.lower_ == "to" and c.dep_ == "aux" for c in one.children)
        be = one.head.lemma_ == "be" and one.dep_ in ("xcomp", "ccomp")
        progressive = one.tag_ == "VBG" and any(
            c.lower_ in ("is", "are") for c in one.children if c.dep_ == "aux"
        )
        return (to and be) or progressive
    if lemma in ("due", "set", "scheduled", "slated"):
        return one.head.lemma_ in ("be", "remain") or one.pos_ in ("VERB", "ADJ")
    if lemma in _PROMISES and one.i != event.i:
        return bool(event.dep_ == "xcomp" and event.head.i == one.i)
    if one.i != event.i and event.dep_ == "ccomp":
        return False
    passive = any(c.dep_ in ("auxpass", "nsubjpass") for c in one.children)
    present = one.tag_ in ("VBZ", "VBP", "VBN")
    return lemma in _PLANS and (passive or present)


def _firm(token: Token) -> bool:
    """An event told firmly enough to be one without a date."""
    planned = any(c.lower_ in ("planned", "scheduled", "upcoming", "forthcoming") for c in token.children)
    return planned and token.pos_ == "NOUN"


def _when(frame: Frame, token: Token, dates: Sequence[DateMention]) -> DateMention | None:
    """The date of the event's sentence that stands nearest, rather behind than before."""
    sentence = frame.span(token.sent.start, token.sent.end)
    place = frame.span(token.i, token.i + 1).start
    said = _saying_dates(frame, token)
    near = [
        (abs(d.start - place) + (0 if d.start >= place else 40), d)
        for d in dates
        if sentence.start <= d.start < sentence.end and not any(s.start <= d.start < s.end for s in said)
    ]
    return min(near, key=lambda item: item[0])[1] if near else None


def _saying_dates(frame: Frame, token: Token) -> list[Span]:
    """Dates that belong to the saying and not to what is said: "said on Monday that …"."""
    spans = []
    for up in token.ancestors:
        if up.lemma_.lower() in ("say", "tell", "announce", "confirm", "report", "add"):
            for child in up.children:
                if child.dep_ in ("npadvmod", "prep", "advmod") and child.i < token.i:
                    spans.append(frame.span(child.left_edge.i, child.right_edge.i + 1))
    return spans


def _event(frame: Frame, token: Token, when: DateMention | None) -> PlannedEvent:
    if token.pos_ == "VERB":
        subject = subject_of(token) or _planner(token)
        tokens = (
            token.i,
            max((c.right_edge.i + 1 for c in token.children if _belongs(c, token)), default=token.i + 1),
        )
        participants = [frame.span(*noun_phrase(subject, around=token))] if subject is not None else []
    else:
        tokens = noun_phrase(token)
        subject = next((c for c in token.children if c.dep_ == "poss"), None)
        participants = [frame.span(*noun_phrase(subject))] if subject is not None else []
    tokens = trimmed(frame.doc, tokens)
    span = frame.span(*tokens)
    date_span = None
    if when is not None:
        date_span = Span(when.start, when.end)
        span = _reach(frame, span, date_span)
    return PlannedEvent(
        span,
        date_span,
        when.first if when else None,
        when.last if when else None,
        when.granularity if when else "unresolved",
        tuple(participants),
        f"planned {'act' if token.pos_ == 'VERB' else 'occasion'}",
        0.85 if when else 0.6,
    )


def _belongs(child: Token, verb: Token) -> bool:
    return child.i > verb.i and child.dep_ in (
        "dobj",
        "prep",
        "npadvmod",
        "advmod",
        "prt",
        "pobj",
        "dative",
        "xcomp",
    )


def _planner(token: Token) -> Token | None:
    """Whose plan it is: "Holt plans to visit", "is due to"."""
    for up in list(token.ancestors)[:3]:
        subject = subject_of(up)
        if subject is not None:
            return subject
    return None


def _reach(frame: Frame, span: Span, when: Span) -> Span:
    """The event with its date when both stand in one clause."""
    joined = Span(min(span.start, when.start), max(span.end, when.end))
    gap = frame.text[min(span.end, when.end) : max(span.start, when.start)]
    return joined if len(gap) <= 80 and "\n" not in gap and ";" not in gap else span
