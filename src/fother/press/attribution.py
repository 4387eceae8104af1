"""Who says what: attributions by verbs, by "according to", by transcripts, and quotations left over.

An attribution joins a source (a noun phrase), a cue and stretches of content. Each function is one family of
rules; `attributions` runs them in the order of their certainty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fother.model.press import Span, Stance
from fother.press import cues
from fother.press.frame import Aside, Frame
from fother.press.phrases import Range, clause, noun_phrase, reporting, subject_of, trimmed

if TYPE_CHECKING:
    from spacy.tokens import Token

_FIRST_PERSON = frozenset(("i", "we", "you", "this", "that", "there", "what", "which"))
_LABEL = re.compile(r"(?m)^[ \t]*(?P<who>[^\n:“\"«]{2,70}?)[ \t]*:[ \t]+(?=\S)(?P<words>[^\n]{8,})$")
_NOT_LABELS = re.compile(
    r"(?i)^(?:note|update|correction|read more|related|photo|image|source|sources|by|https?|published|watch|"
    r"listen|subject|date|from|to|editor's note|editor’s note|breaking|exclusive|analysis|opinion|live|"
    r"contact|tags|share|caption|video|location|re|cc|fact check|what we know|key points|summary)\b"
)
_NEAR = 14  # tokens between a quotation and the verb that reports it
_LONG = 12  # tokens of a transcript's label


@dataclass
class Attribution:
    """One act of saying, before its speaker is understood. Spans are of the canonical text."""

    source: Span
    source_range: Range
    frame: Frame
    cue: Span | None
    cue_token: int | None
    content: list[Span]
    stance: Stance
    rule: str
    confidence: float
    quoted: list[Aside] = field(default_factory=list)
    addressee: Span | None = None
    via: Span | None = None
    cited_by: Span | None = None  #: an outlet between this source and the report


def attributions(frame: Frame, *, inside: Frame | None = None) -> list[Attribution]:
    """All attributions of a text outside quotations, and, with `inside`, those within them."""
    found = by_verbs(frame)
    found += by_phrases(frame)
    found += by_labels(frame, found)
    found = adopt_quotations(frame, found)
    if inside is not None:
        asides = [a.span for a in frame.asides]
        found += [
            a
            for a in (*by_verbs(inside), *by_phrases(inside))
            if a.cue is not None
            and any(s.holds(a.cue) and s.holds(a.source) for s in asides)
            and not _inner_thought(a)
        ]
    return sorted(found, key=lambda a: (a.cue or a.content[0]).start)


def _inner_thought(one: Attribution) -> bool:
    """What a speaker says that others think, or that something shows, is no statement of theirs."""
    verb = one.frame.doc[one.cue_token] if one.cue_token is not None else None
    thinks = verb is not None and verb.lemma_.lower() in (
        "think",
        "believe",
        "fear",
        "suspect",
        "expect",
        "show",
    )
    return thinks or one.source.of(one.frame.text).lower() in ("it", "that", "which", "who")


# Verbs


def by_verbs(frame: Frame) -> list[Attribution]:
    """Verbs of saying with a clause, an infinitive, an object or a quotation put aside."""
    nearest = _assigned_asides(frame)
    found = []
    for verb in frame.doc:
        stance = cues.VERBS.get(verb.lemma_.lower())
        if stance is None or frame.aside_of(verb) or not _is_verb(verb):
            continue
        if _negated(verb) or _modal(verb) or _passive_participle(verb):
            continue
        asides = nearest.get(verb.i, [])
        source = _source(frame, verb, bool(asides))
        if source is None:
            continue
        content = _contents(frame, verb, asides)
        if not content:
            continue
        passive = next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
        if passive is not None and not _quoted_as(verb):
            continue  # "was told", "is said to": nobody is named who says it
        if verb.lemma_.lower() == "call" and any(c.lower_ in ("on", "for") for c in verb.children):
            stance = "urge"
        rule = "quotation" if asides else _rule_for(verb, frame)
        found += _split(_attribution(frame, verb, source, content, stance, rule, asides))
    return found


def _split(one: Attribution) -> list[Attribution]:
    """ "Caro thinks the paper is safe: “Publishing is not stealing.”" says two things."""
    text = one.frame.text
    colons = [a for a in one.quoted if text[: a.quotation.start].rstrip().endswith(":")]
    if colons and one.cue is not None and one.cue.start >= colons[0].span.end:
        # "His aides were less calm: “We will find it,” said one": what stands before the colon is nobody's.
        kept = [s for s in one.content if s.end > colons[0].span.start]
        place = colons[0].span.start
        return [replace(one, content=[Span(max(s.start, place), s.end) for s in kept])]
    after = [a for a in one.quoted if text[: a.quotation.start].rstrip().endswith(":")]
    told = [s for s in one.content if not any(a.span.holds(s) for a in one.quoted)]
    if not after or not told or max(s.end for s in told) > after[0].span.start:
        return [one]
    place = after[0].span.start
    second = replace(
        one,
        content=[s for s in one.content if s.start >= place],
        quoted=[a for a in one.quoted if a.span.start >= place],
        cue=None,
        cue_token=None,
        stance="assert",
        rule="colon",
        confidence=0.9,
    )
    first = replace(
        one,
        content=[s for s in one.content if s.start < place],
        quoted=[a for a in one.quoted if a.span.start < place],
        rule="clause",
    )
    return [first, second]


def _is_verb(token: Token) -> bool:
    if token.pos_ in ("VERB", "AUX"):
        return True
    # "said Holt" after a quotation is at times tagged as something else.
    return token.lower_ in ("said", "says", "added", "wrote", "asked")


def _passive_participle(verb: Token) -> bool:
    """ "Asked whether she would resign, she laughed"."""
    helped = any(c.dep_ in ("aux", "auxpass") for c in verb.children)
    if verb.i == verb.sent.start and verb.tag_ in ("VBN", "VBD") and not helped:
        return True
    return verb.tag_ == "VBN" and verb.dep_ in ("advcl", "acl") and not helped


def _negated(verb: Token) -> bool:
    up = verb.head if verb.dep_ == "xcomp" else verb
    return any(c.dep_ == "neg" for c in up.children) or any(
        c.dep_ == "neg" or c.lower_ in ("never", "neither") for c in verb.children
    )


def _modal(verb: Token) -> bool:
    """Something that may or will be said has not been said, but for promises of the speaker."""
    modals = {c.lower_ for c in verb.children if c.dep_ == "aux"}
    near = (c.lower_ for c in verb.doc[verb.i - 1 : verb.i + 2])
    if "would" in modals and any(word in ("only", "just") for word in near):
        return False  # "would say only that"
    lemma = verb.lemma_.lower()
    if verb.dep_ == "xcomp" and verb.head.lemma_ not in cues.CARRIERS:
        return True
    if verb.tag_ == "VB" and not modals & {"do", "did", "does"} and verb.dep_ != "conj":
        return "to" not in modals or verb.head.lemma_ not in cues.CARRIERS
    return bool(modals & {"would", "will", "'ll", "might", "may", "could", "should", "shall", "must"}) and (
        lemma not in ("say", "add") or verb.dep_ == "advcl"
    )


def _source(frame: Frame, verb: Token, quoted: bool) -> Token | None:
    quoted_as = _quoted_as(verb)
    if quoted_as is not None:
        passive = next((c for c in quoted_as.children if c.dep_ == "nsubjpass"), None)
        return passive or next((c for c in quoted_as.children if c.dep_ in ("dobj", "obj")), None)
    head = subject_of(verb)
    if head is None and quoted:
        # “…,” said Holt: at times taken for an object.
        after = [c for c in verb.children if c.dep_ in ("dobj", "attr", "npadvmod", "oprd") and c.i > verb.i]
        head = next((c for c in after if c.pos_ in ("PROPN", "NOUN", "PRON") and not frame.aside_of(c)), None)
    if head is None and (described := _described(verb)) is not None:
        head = next((c for c in described.children if c.dep_ in ("nsubj", "nsubjpass")), None)
    if head is None or frame.aside_of(head) or head.lower_ in _FIRST_PERSON:
        return None
    if head.tag_ == "POS" or not any(c.isalpha() for c in head.text):
        return None
    if head.pos_ not in ("NOUN", "PROPN", "PRON", "NUM", "DET", "ADJ", "VERB", "ADV", "X"):
        return None
    return head


def _described(verb: Token) -> Token | None:
    """The participle of "a memo, marked Secret, says", which a parser takes for a clause of its own."""
    doc = verb.doc
    for child in verb.children:
        between = child.i < verb.i and doc[verb.i - 1].text == "," and doc[child.i - 1].text == ","
        if between and child.dep_ in ("ccomp", "advcl") and child.tag_ in ("VBN", "VBD"):
            return child
    return None


def _quoted_as(verb: Token) -> Token | None:
    """The verb "quoted" of "was quoted as saying"."""
    prep = verb.head
    if verb.dep_ == "pcomp" and prep.lower_ == "as" and prep.head.lemma_ in ("quote", "cite"):
        head: Token = prep.head
        return head
    return None


def _contents(frame: Frame, verb: Token, asides: list[Aside]) -> list[Span]:
    lemma = verb.lemma_.lower()
    ranges: list[Range] = []
    described = _described(verb)
    for child in verb.children:
        if frame.aside_of(child) or (described is not None and child.i == described.i):
            continue
        that = any(c.dep_ == "mark" and c.lower_ in ("that", "whether", "if") for c in child.children)
        if child.dep_ == "ccomp" or (child.dep_ in ("advcl", "acl", "dep") and that and _says_that(child)):
            ranges += [r for r in clause(child, verb) if _worth(frame, r)]
        elif child.tag_ == "VBG" and child.lemma_ in ("cite", "quote"):
            # "reported, citing two officials, that …"
            told = (c for c in child.children if c.dep_ in ("ccomp", "advcl") and _says_that(c))
            ranges += [r for c in told for r in clause(c, verb)]
        elif (child.dep_ == "xcomp" and lemma in cues.WITH_INFINITIVE) or (
            child.dep_ == "oprd" and lemma in ("call", "describe", "label", "dub")
        ):
            ranges += clause(child, verb)
        elif child.dep_ in ("dobj", "obj") and lemma in cues.WITH_OBJECT and child.i > verb.i:
            ranges.append(_object(frame, child, verb))
        elif child.dep_ == "prep" and lemma in ("accuse", "blame", "describe", "warn", "call", "appeal"):
            if child.lower_ in ("of", "for", "as", "against"):
                ranges += clause(child, verb)
            elif child.lower_ == "on" and lemma == "call":  # "calls on everyone to return it"
                last = max(
                    c.right_edge.i for c in verb.children if c.dep_ in ("prep", "xcomp", "advcl", "ccomp")
                )
                ranges += [(child.i + 1, last + 1)]
        elif child.dep_ == "prep" and (said := _said_through(child)) is not None:
            ranges += clause(said, verb)
        elif child.dep_ == "prep" and lemma == "agree" and child.lower_ == "with":
            ranges += clause(child, verb)
    if verb.dep_ in ("parataxis", "ccomp", "advcl") and not ranges and not asides:
        # "The file, he said, is genuine" with the clause on top.
        head = verb.head
        mark = any(c.dep_ == "mark" for c in verb.children)
        if head.pos_ in ("VERB", "AUX") and not mark and _between_commas(verb) and not frame.aside_of(head):
            ranges += clause(head, verb)
    spans = [frame.span(*r) for r in ranges if r[0] < r[1]]
    spans += [a.span for a in asides]
    return _joined(frame.text, [_with_marks(frame, s) for s in spans])


def _said_through(prep: Token) -> Token | None:
    """The clause of "said in a post that …", which a parser hangs on the post."""
    vessel = next((c for c in prep.children if c.dep_ == "pobj"), None)
    if vessel is None or prep.lower_ not in ("in", "on", "at", "to", "with"):
        return None
    return next(
        (
            c
            for c in vessel.children
            if c.dep_ in ("acl", "relcl", "ccomp", "advcl")
            and any(
                g.lower_ == "that" and g.dep_ in ("mark", "nsubj", "dobj", "det") and g.i < c.i
                for g in c.children
            )
        ),
        None,
    )


def _says_that(child: Token) -> bool:
    return any(c.lower_ == "that" and c.dep_ == "mark" for c in child.children)


def _worth(frame: Frame, tokens: Range) -> bool:
    """A clause is more than a placeholder that stands in it."""
    return any(frame.aside_of(frame.doc[i]) is None and frame.doc[i].is_alpha for i in range(*tokens))


def _object(frame: Frame, head: Token, verb: Token) -> Range:
    """An object with what belongs to it: "the dossier as pure invention", "ministers over the lost files"."""
    right = head.right_edge.i + 1
    for child in verb.children:
        if child.dep_ == "prep" and child.lower_ in ("as", "over", "for") and child.left_edge.i == right:
            right = child.right_edge.i + 1
    return trimmed(frame.doc, (head.left_edge.i, right))


def _between_commas(verb: Token) -> bool:
    first, last = reporting(verb, verb.head)
    doc = verb.doc
    before = doc[first - 1].text if first else ""
    after = doc[last].text if last < len(doc) else "."
    return (before in (",", "—", "–", "”", '"') and after in (",", ".", "—", "–", ":", ";")) or after == "\n"


def _attribution(
    frame: Frame,
    verb: Token,
    source: Token,
    content: list[Span],
    stance: Stance,
    rule: str,
    asides: list[Aside],
) -> Attribution:
    source_range = noun_phrase(source, around=verb)
    span = frame.span(*source_range)
    kept = [s for s in content if not (s.start <= span.start and span.end <= s.end)] or content
    return Attribution(
        source=span,
        source_range=source_range,
        frame=frame,
        cue=frame.span(*_cue_range(verb)),
        cue_token=verb.i,
        content=kept,
        stance=stance,
        rule=rule,
        confidence={"quotation": 0.97, "clause": 0.9}.get(rule, 0.8),
        quoted=asides,
        addressee=_addressee(frame, verb),
        via=_via(frame, verb),
        cited_by=_agent(frame, verb),
    )


def _rule_for(verb: Token, frame: Frame) -> str:
    kinds = {c.dep_ for c in verb.children if not frame.aside_of(c)}
    if "ccomp" in kinds or verb.dep_ in ("parataxis", "ccomp"):
        return "clause"
    return "infinitive" if "xcomp" in kinds else "object"


def _cue_range(verb: Token) -> Range:
    first, last = verb.i, verb.i + 1
    while (
        first > 0
        and verb.doc[first - 1].head == verb
        and verb.doc[first - 1].dep_ in ("aux", "neg", "auxpass")
    ):
        first -= 1
    if last < len(verb.doc) and verb.doc[last].dep_ == "prt" and verb.doc[last].head == verb:
        last += 1
    return first, last


def _addressee(frame: Frame, verb: Token) -> Span | None:
    """Whom it was said to: "told reporters", "in an interview with the Ledger"."""
    if verb.lemma_.lower() in ("tell", "inform", "assure", "reassure", "warn", "remind", "advise", "brief"):
        for child in verb.children:
            if child.dep_ in ("dobj", "dative", "obj") and child.i > verb.i and not frame.aside_of(child):
                return frame.span(*noun_phrase(child))
    for child in verb.subtree:
        if abs(child.i - verb.i) > 12 or frame.aside_of(child):
            continue
        if (
            child.dep_ == "prep"
            and child.lower_ in ("to", "with")
            and child.head.lower_
            in (
                "interview",
                "speaking",
                "remarks",
                "conversation",
                "talking",
                "statement",
                "comments",
                "spoke",
            )
        ):
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            if found is not None:
                return frame.span(*noun_phrase(found))
    for child in verb.children:
        if child.dep_ in ("prep", "dative") and child.lower_ == "to":
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            if found is not None:
                return frame.span(*noun_phrase(found))
    return None


def _via(frame: Frame, verb: Token) -> Span | None:
    """The vessel of the words: "in a statement", "at a briefing"."""
    for child in verb.subtree:
        if child.dep_ == "prep" and child.lower_ in ("in", "at", "on", "during", "through", "via", "by"):
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            near = found is not None and abs(found.i - verb.i) <= 15
            if near and found is not None and found.lemma_.lower() in cues.VESSELS:
                return frame.span(*noun_phrase(found))
    return None


def _agent(frame: Frame, verb: Token) -> Span | None:
    """ "was quoted as saying by the Ledger"."""
    quoted = _quoted_as(verb)
    if quoted is not None and any(c.dep_ in ("dobj", "obj") for c in quoted.children):
        citing = next((c for c in quoted.children if c.dep_ == "nsubj"), None)
        return frame.span(*noun_phrase(citing, around=quoted)) if citing is not None else None
    places = [*verb.children, *(quoted.children if quoted is not None else ())]
    for child in places:
        if child.dep_ in ("agent", "prep") and child.lower_ == "by":
            found = next((c for c in child.children if c.dep_ == "pobj"), None)
            if found is not None and quoted is not None:
                return frame.span(*noun_phrase(found))
    return None


# Which verb reports a quotation


def _assigned_asides(frame: Frame) -> dict[int, list[Aside]]:
    """For each verb the quotations it reports; each quotation has one verb at most."""
    verbs = [
        t for t in frame.doc if t.lemma_.lower() in cues.VERBS and frame.aside_of(t) is None and _is_verb(t)
    ]
    assigned: dict[int, list[Aside]] = {}
    for aside in frame.asides:
        if aside.quotation.continues:
            continue
        rated = [(rating, v.i) for v in verbs if (rating := _rating(frame, aside, v)) > 0]
        if rated:
            assigned.setdefault(max(rated)[1], []).append(aside)
    return assigned


def _rating(frame: Frame, aside: Aside, verb: Token) -> float:
    """How much speaks for a verb as the one that reports a quotation; 0 for not at all."""
    doc = frame.doc
    first, last = (aside.last, verb.i) if verb.i >= aside.last else (verb.i + 1, aside.first)
    between = [doc[i] for i in range(first, last) if not doc[i].is_space]
    if any("\n" in doc[i].text for i in range(first, last)):
        return 0.0
    if any(frame.aside_of(t) not in (None, aside) for t in between) and verb.i > aside.last:
        return 0.0
    words = [t for t in between if t.is_alpha]
    if len(words) > 3 * _NEAR:
        return 0.0
    linked = any(t.i == verb.i for t in doc[aside.root].ancestors)
    rating = 2.0 if linked else 0.0
    if verb.lemma_.lower() in cues.QUOTING:
        rating += 1.0
    if verb.i >= aside.last:
        inner = frame.text[aside.quotation.inner_start : aside.quotation.inner_end].rstrip()
        starts_lower = between[0].text[:1].islower() if between else verb.text[:1].islower()
        if inner.endswith(".") and not starts_lower and not linked:
            return 0.0
        if any(t.text in (".", "?", "!", ";", ":") for t in between):
            return 0.0
        subject = subject_of(verb)
        inverted = len(words) == 0
        follows = subject is not None and aside.last <= subject.i < verb.i
        if not (inverted or follows or linked):
            return 0.0
        rating += 2.0 - len(words) / _NEAR
    else:
        if any(t.text in (".", "?", "!") and t.is_sent_end for t in between):
            return 0.0
        colon = frame.text[: aside.quotation.start].rstrip().endswith((":", ","))
        rating += (1.5 if colon else 0.5) - len(words) / _NEAR
    return max(rating, 0.0) if rating >= 1.0 else 0.0


# "According to"


def by_phrases(frame: Frame) -> list[Attribution]:
    """ "According to the file, …", "…, as Holt put it"."""
    found = []
    for token in frame.doc:
        if frame.aside_of(token) or (phrase := _phrase(token)) is None:
            continue
        source, last = phrase
        source_range = noun_phrase(source)
        content = _rest_of_sentence(frame, token.i, _past_description(frame, max(source_range[1], last)))
        if content:
            asides = [a for a in frame.asides if any(s.holds(a.span) for s in content)]
            found.append(
                Attribution(
                    source=frame.span(*source_range),
                    source_range=source_range,
                    frame=frame,
                    cue=frame.span(token.i, min(token.i + 2, source_range[0])),
                    cue_token=token.i,
                    content=content,
                    stance="assert",
                    rule="according to",
                    confidence=0.9,
                    quoted=asides,
                )
            )
    return found


def _past_description(frame: Frame, last: int) -> int:
    """Where "According to the memo, marked Secret, …" goes on."""
    doc = frame.doc
    if last + 1 < len(doc) and doc[last].text == "," and doc[last + 1].tag_ in ("VBN", "VBD"):
        return next((i for i in range(last + 2, min(last + 14, len(doc))) if doc[i].text == ","), last)
    return last


def _phrase(token: Token) -> tuple[Token, int] | None:
    """Source of "according to X", "per X", "in the words of X" or "as X put it", and where that ends."""
    doc = token.doc
    later = doc[token.i + 1 : token.i + 5]
    words = [t.lower_ for t in later]
    if token.lower_ == "according" and words[:1] == ["to"]:
        source = next((c for c in later[0].children if c.dep_ == "pobj"), None)
    elif token.lower_ == "per" and token.dep_ == "prep":
        source = next((c for c in token.children if c.dep_ == "pobj"), None)
        if (
            source is not None
            and source.lemma_.lower() not in cues.PEOPLE | cues.DOCUMENTS
            and not source.ent_type_
        ):
            return None  # "per year"
    elif token.lower_ == "in" and words[:3] == ["the", "words", "of"]:
        source = next((c for c in later[2].children if c.dep_ == "pobj"), None)
    elif token.lower_ == "as":
        verb = next((a for a in token.ancestors if a.lemma_ == "put"), None)
        source = (
            subject_of(verb) if verb is not None and any(c.lower_ == "it" for c in verb.children) else None
        )
        if verb is None or source is None or source.i < token.i or verb.i - token.i > 12:
            return None
        last = verb.i + 2
        if last + 1 < len(doc) and doc[last].lower_ == "to":
            last += 2
        return source, last
    else:
        return None
    return (source, source.i + 1) if source is not None else None


def _rest_of_sentence(frame: Frame, first: int, last: int) -> list[Span]:
    """What a sentence says beside "according to X": before it, or after it when it begins the sentence."""
    sentence = frame.doc[first].sent
    before = trimmed(frame.doc, (sentence.start, first))
    after = trimmed(frame.doc, (last, sentence.end))
    chosen = before if before[1] - before[0] >= 3 else after
    if chosen[1] - chosen[0] < 2:
        return []
    if chosen == after and frame.doc[last - 1].i + 1 < sentence.end:
        chosen = trimmed(frame.doc, after)
    return [_with_marks(frame, frame.span(*chosen))]


# Transcripts


def by_labels(frame: Frame, known: list[Attribution]) -> list[Attribution]:
    """ "NAME: words" at the start of a line, as in transcripts and headlines."""
    found = []
    for match in _LABEL.finditer(frame.text):
        who = Span(*match.span("who"))
        words = Span(*match.span("words"))
        if (
            _NOT_LABELS.match(match["who"])
            or _is_headline(frame.text, match["who"])
            or any(a.cue and who.touches(a.cue) for a in known)
        ):
            continue
        tokens = _tokens(frame, who)
        if tokens is None or tokens[1] - tokens[0] > _LONG or not _is_label(frame, tokens, match["who"]):
            continue
        asides = [a for a in frame.asides if words.holds(a.span)]
        found.append(
            Attribution(
                source=who,
                source_range=tokens,
                frame=frame,
                cue=Span(who.end, who.end + 1),
                cue_token=None,
                content=[words],
                stance="ask" if match["words"].rstrip().endswith("?") else "assert",
                rule="label",
                confidence=0.85,
                quoted=asides,
            )
        )
    return found


def _is_headline(text: str, label: str) -> bool:
    """Capitals that stand before a colon once are a headline's, not a speaker's."""
    several = len(label.split()) > 1 and label.upper() == label
    return several and len(re.findall(rf"(?m)^[ \t]*{re.escape(label)}[ \t]*:", text)) < 2


def _tokens(frame: Frame, span: Span) -> Range | None:
    """Tokens of the frame at a place of the text that holds no quotation."""
    inside = [t.i for t in frame.doc if not frame.aside_of(t) and span.holds(frame.span(t.i, t.i + 1))]
    return (inside[0], inside[-1] + 1) if inside else None


def _is_label(frame: Frame, tokens: Range, label: str) -> bool:
    words = [frame.doc[i] for i in range(*tokens)]
    if any(t.pos_ in ("VERB", "AUX") and t.tag_ in ("VBD", "VBZ", "VBP") for t in words):
        return False
    spoken = re.fullmatch(r"[A-Z][A-Z .’'\-]+(?:\s*\([^)]*\))?", label) is not None  # HOLT:
    return spoken or any(t.pos_ == "PROPN" or t.lemma_.lower() in cues.PEOPLE for t in words)


# Quotations that no verb reports


def adopt_quotations(frame: Frame, found: list[Attribution]) -> list[Attribution]:
    """Give quotations without a verb of their own to who spoke before them, in order.

    A quotation that follows another in its paragraph goes on with it; one that continues an open one of the
    paragraph before does too; a paragraph that begins with a quotation has the speaker of the one before.
    """
    claimed = [s for a in found for s in a.content]
    added: list[Attribution] = []
    ordered = sorted((a for a in found if a.stance != "decline"), key=lambda a: (a.cue or a.content[0]).start)
    for aside in frame.asides:
        span = aside.span
        if any(s.touches(span) for s in claimed):
            continue
        before = [a for a in (*ordered, *added) if min(c.start for c in (*a.content, a.source)) < span.start]
        # The subject of the sentence before may speak without a verb of saying: "Holt was furious. “…”"
        previous = max(before, key=lambda a: max(_last(a, span.start)), default=None)
        paragraph = frame.text.rfind("\n", 0, span.start) + 1
        actor = _actor_before(frame, aside, paragraph)
        if previous is not None:
            end = max(_last(previous, span.start))
            gap = frame.text[end : span.start]
            same = end >= paragraph
            if (same and _only_punctuation(gap)) or aside.quotation.continues:
                previous.content.append(span)
                previous.quoted.append(aside)
                claimed.append(span)
                continue
            if same and (actor is None or previous.cue is None):
                added.append(_following(previous, aside, "same paragraph", 0.8))
                claimed.append(span)
                continue
        short = len(span.of(frame.text).split()) < 4 and frame.text[paragraph : span.start].strip()
        if actor is not None and not short:  # else a title: "Meet the Press"
            added.append(_by_actor(frame, actor, aside))
            claimed.append(span)
            continue
        leads = frame.text[paragraph : span.start].strip() == ""
        if (
            previous is not None
            and leads
            and frame.text[max(_last(previous, span.start)) : span.start].count("\n\n") <= 1
        ):
            added.append(_following(previous, aside, "next paragraph", 0.7))
            claimed.append(span)
    return [*found, *added]


def _last(a: Attribution, place: int) -> list[int]:
    """Ends of its parts that lie before a place."""
    parts = [*a.content, a.source, *((a.cue,) if a.cue else ())]
    if a.cue_token is not None:
        doc = a.frame.doc
        sentence = doc[a.cue_token].sent
        end = trimmed(doc, (sentence.start, sentence.end))
        if end[0] < end[1]:
            parts.append(a.frame.span(*end))
    return [s.end for s in parts if s.end <= place] or [0]


def _only_punctuation(gap: str) -> bool:
    return re.fullmatch(r"[\s.,;:!?”’\"'»)]*", gap) is not None


def _actor_before(frame: Frame, aside: Aside, paragraph: int) -> Token | None:
    """A person or body that is the subject of the sentence just before a quotation in its paragraph."""
    last = aside.first - 1
    while last >= 0 and frame.doc[last].is_space:
        last -= 1
    if last < 0:
        return None
    sentence = frame.doc[last].sent
    place = frame.span(sentence.start, sentence.start + 1).start
    # A paragraph that ends in a colon leads the next one in: "Holt continued:".
    leads_in = frame.doc[last].text == ":" and frame.doc[last].i == sentence.end - 1 - int(
        sentence[-1].is_space
    )
    if (place < paragraph and not leads_in) or sentence.start >= aside.first:
        return None
    root = sentence.root
    if leads_in:
        verbs = [
            t for t in sentence if t.lemma_.lower() in cues.VERBS | {"continue": "assert", "issue": "assert"}
        ]
        root = next((t for t in reversed(verbs) if subject_of(t) is not None), root)
    subject = subject_of(root) if root.pos_ in ("VERB", "AUX") else None
    if subject is None or frame.aside_of(subject) or subject.lower_ in _FIRST_PERSON:
        return None
    people = subject.ent_type_ in ("PERSON", "ORG") or subject.lemma_.lower() in cues.PEOPLE | cues.BODIES
    people = people or (leads_in and subject.pos_ == "PROPN")
    return subject if people or subject.lower_ in ("he", "she", "they") else None


def _by_actor(frame: Frame, actor: Token, aside: Aside) -> Attribution:
    source_range = noun_phrase(actor)
    return Attribution(
        source=frame.span(*source_range),
        source_range=source_range,
        frame=frame,
        cue=None,
        cue_token=None,
        content=[aside.span],
        stance="assert",
        rule="sentence before",
        confidence=0.75,
        quoted=[aside],
    )


def _following(previous: Attribution, aside: Aside, rule: str, confidence: float) -> Attribution:
    return Attribution(
        source=previous.source,
        source_range=previous.source_range,
        frame=previous.frame,
        cue=None,
        cue_token=None,
        content=[aside.span],
        stance="assert",
        rule=rule,
        confidence=confidence,
        quoted=[aside],
        addressee=previous.addressee,
        cited_by=previous.cited_by,
    )


# Spans


def _with_marks(frame: Frame, span: Span) -> Span:
    """Take in a quotation mark that belongs to what the span holds."""
    start, end = span.start, span.end
    for q in frame.quotations:
        if q.inner_start == start and q.end <= end + 2:
            start = q.start
        if q.start >= start and q.start < end < q.end <= end + 2:
            end = q.end
    return Span(start, end)


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """In order, without overlaps; neighbours with nothing between them become one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        elif joined and text[joined[-1].end : span.start].strip() == "":
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
