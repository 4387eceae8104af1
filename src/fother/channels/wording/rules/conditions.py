"""Conditions of the tables: what must hold of the matched tokens for both to mean the same.

`WORDS` are groups of words that several lines of the tables name with a leading `@`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import (
    has,
    negated,
    object_of,
    passive,
    preposition,
    subject,
)

if TYPE_CHECKING:
    from spacy.tokens import Token

Tokens = tuple["Token", ...]

_TIMES = "second minute hour day week month quarter year decade century time"
WORDS: Mapping[str, str] = {
    "time": _TIMES,
    "review": "review study analysis assessment investigation survey inspection audit research evaluation"
    " interview inquiry exercise operation test activity search examination experiment visit check"
    " project",
    "quantity": "number cost price rate spending demand sale revenue population export import income share"
    " percentage level volume amount expenditure value wage production output consumption employment"
    " unemployment inflation debt deficit investment growth total proportion budget earnings profit"
    " balance",
    "event": "meeting ceremony election attack talk conference hearing event discussion negotiation workshop"
    " exercise debate interview session consultation visit demonstration march exchange shooting"
    " explosion",
    "mishap": "accident incident error problem failure mistake event crash explosion delay change",
    "goal": "goal objective aim result target outcome purpose",
    "quality": "security quality efficiency effectiveness ability capability safety coordination performance"
    " oversight communication cooperation transparency accountability readiness accuracy service"
    " management",
    "measure": "effectiveness impact performance extent quality progress adequacy efficiency effect result"
    " reliability validity benefit feasibility need condition capability option",
    "change": "increase decrease amount progress number portion part reduction change investment improvement"
    " decline growth loss difference savings share proportion cut rise effort resource benefit"
    " contribution",
    "main": "reason purpose cause source objective goal factor focus concern aim responsibility method"
    " function means task advantage difference barrier obstacle driver",
    "whole": "process period country day year system document team community week project program family"
    " month region city world industry organization organisation building area",
    "further": "information detail action step research study guidance work evidence analysis discussion"
    " investigation consideration explanation comment",
    "earlier": "report study work version review estimate finding decision meeting research draft letter"
    " statement document analysis audit investigation recommendation discussion agreement",
    "full": "list set text description picture record account explanation range",
    "data": "information data evidence sample statistic comment feedback",
    "give": "information advice guidance support notice assistance training evidence example opportunity"
    " feedback detail explanation access",
    "group": "committee group office system unit team program programme commission panel fund website network"
    " board body centre center procedure process mechanism hotline",
    "plan": "plan strategy proposal list guideline draft programme program rule",
    "person": "official staff member us me him her them you it people employee officer agency committee"
    " reader user company client department manager representative",
    "trouble": "issue problem challenge concern question matter need shortcoming weakness deficiency threat",
    "trend": "rate price cost number level amount income demand spending revenue sale output production"
    " employment unemployment inflation crime",
    "limit": "access use ability number amount scope movement availability size flow",
    "method": "method technique approach tool strategy tactic procedure model measure",
    "wide": "world country government region state nation agency department organization organisation city"
    " county company industry area campus",
    "situation": "case situation instance area circumstance place country state market",
    "decide": "determine see know decide ask wonder tell learn",
    "mental": "determine know decide consider assess examine evaluate ask see verify check establish discuss",
    "judged": "unclear uncertain unknown",
    "activity": "work meeting process review negotiation construction investigation trial hearing project"
    " production operation training effort discussion testing implementation study war season talks"
    " program",
    "verb-of-saying": "say state",
    "degree": "as so too how more most less least very quite rather that enough",
    "happening": "meeting election release publication implementation issuance start beginning completion"
    " submission date arrival departure trial hearing enactment introduction approval adoption war"
    " attack event launch visit use sale delivery deployment construction closing acquisition merger"
    " inspection interview review audit discharge transfer",
    "used": "tool method technique approach system service information data resource technology software"
    " process device model standard language feature website platform network application code term"
    " account document program procedure mechanism channel template key evidence",
    "task": "task function duty work check test analysis assessment scan operation activity review action"
    " procedure maintenance update verification study evaluation investigation search",
    "thing": "document record file item button link notice label sign device paper note form text book card",
    "tool": "tool system feature service software platform technology website program model approach process"
    " api framework mechanism protocol standard code method interface form this that which it these",
    "means": "website email mail portal channel link telephone phone platform process api server network"
    " message service form system browser app application intermediary",
    "inside": "agency organization organisation department government company section document system"
    " community industry group team region country area office division network file report",
    "cost": "cost price rate risk level tax number burden fee amount expense",
    "raise": "price rate tax awareness level limit threshold fee cost standard amount",
    "consent": "approval consent notice permission authorization authorisation knowledge written art"
    " notification review agreement restraint warning probability distribution express",
}


def _words(argument: str) -> frozenset[str]:
    """Words of an argument: separated by commas, `@group` for those of a group."""
    found: list[str] = []
    for word in argument.split(","):
        found += WORDS[word[1:]].split() if word.startswith("@") else [word]
    return frozenset(found)


_listed = lru_cache(maxsize=None)(_words)


def _next(span: Tokens) -> Token | None:
    last = span[-1]
    return last.nbor() if last.i + 1 < len(last.doc) and last.i + 1 < last.sent.end else None


def _previous(span: Tokens) -> Token | None:
    return span[0].nbor(-1) if span[0].i > span[0].sent.start else None


def _is(token: Token | None, argument: str) -> bool:
    return token is not None and (
        token.lower_ in _listed(argument) or token.lemma_.lower() in _listed(argument)
    )


def _number(span: Tokens) -> bool:
    following = _next(span)
    return following is not None and (following.like_num or following.tag_ in ("CD", "$"))


def _quantity(span: Tokens) -> bool:
    """A number follows, and what it counts is no time: "over 300 cases", not "over 5 years"."""
    if not _number(span):
        return False
    last = span[-1]
    counted = last.doc[last.i + 2 : min(last.i + 6, last.sent.end)]
    nouns = any(t.pos_ in ("NOUN", "ADJ") for t in counted[:2])
    return nouns and not any(_is(t, "@time") for t in counted)


def _amod(span: Tokens) -> bool:
    """An adjective just before its noun, or before another adjective of it."""
    token, following = span[0], _next(span)
    return (
        token.dep_ == "amod"
        and token.i < token.head.i
        and following is not None
        and following.pos_ in ("NOUN", "ADJ")
        and following.text != "-"
        and not has(token, "conj", "cc", "prep", "xcomp", "advmod", "npadvmod")
    )


def _clause(verb: Token) -> Token | None:
    """A finite clause after the verb."""
    for child in verb.children:
        if child.dep_ == "ccomp" and child.i > verb.i and subject(child) is not None:
            return None if any(_opens_otherwise(c) for c in child.children) else child
    return None


def _opens_otherwise(word: Token) -> bool:
    """ "to", "how", "what", "whether": no plain clause."""
    return (
        (word.lower_ == "to" and word.dep_ == "aux") or word.tag_ in ("WRB", "WP") or word.lower_ == "whether"
    )


def _complement(verb: Token) -> Token | None:
    """An infinitive with "to" right after the verb, or after its object."""
    return next(
        (
            c
            for c in verb.children
            if c.dep_ in ("xcomp", "ccomp") and any(g.lower_ == "to" and g.dep_ == "aux" for g in c.children)
        ),
        None,
    )


def _inner(span: Tokens) -> Token:
    """The word of a phrase that the rest of the sentence hangs on: its verb, else its first word."""
    return next((t for t in span if t.pos_ in ("VERB", "AUX")), span[0])


def _object(span: Tokens, argument: str) -> bool:
    found = _target(span)
    if found is None:
        return False
    return not argument or _is(found, argument)


def _target(span: Tokens) -> Token | None:
    """What the phrase acts on: "a review" of "carry out", "tools" of "make use of"."""
    found = object_of(_inner(span))
    if found is None or found not in span:
        return found
    return next((c for c in span[-1].children if c.dep_ == "pobj"), None)


def _beyond(span: Tokens, *dependencies: str) -> bool:
    """Whether anything hangs so on the verb of a phrase that is no part of it."""
    return any(c.dep_ in dependencies and c not in span for c in _inner(span).children)


def _prepositional(span: Tokens) -> bool:
    """The phrase works as a preposition: a noun or a gerund follows, no clause."""
    last = span[-1]
    target = next((c for c in last.children if c.dep_ in ("pobj", "pcomp")), None)
    if target is None:
        return False
    return bool(target.dep_ == "pobj" or target.tag_ == "VBG")


def _not_after_be(span: Tokens) -> bool:
    return bool(span[0].head.lemma_ != "be" and span[0].dep_ != "acomp")


def _prior(span: Tokens) -> bool:
    """Before in time: a gerund or an event follows, nobody in front of whom something happens."""
    target = next((c for c in span[-1].children if c.dep_ in ("pobj", "pcomp")), None)
    return target is not None and (
        target.tag_ == "VBG" or (target.dep_ == "pobj" and _is(target, "@happening"))
    )


def _coordinates(span: Tokens) -> bool:
    """Two nouns, no subject, and nothing else in the sentence that is joined by "and" or "or"."""
    before, after = _previous(span), _next(span)
    if before is None or after is None or before.pos_ != "NOUN" or after.pos_ not in ("NOUN", "ADJ", "DET"):
        return False
    joined = any(t.lower_ in ("and", "or", "both") for t in span[0].sent)
    return before.dep_ in ("dobj", "pobj") and not joined


def _each(span: Tokens) -> bool:
    """ "each"/"every" before a singular noun, in a clause without a denial and without "other"."""
    word = span[0]
    noun = word.head
    return (
        word.dep_ == "det"
        and noun.tag_ == "NN"
        and noun.i <= word.i + 2
        and noun.lemma_
        not in (
            "party",
            "side",
            "time",
            "effort",
            "right",
            "reason",
            "way",
            "confidence",
            "other",
            "one",
            "person",
        )
        and not any(
            t.dep_ == "neg" or t.lower_ in ("two", "both", "either", "other", "almost", "nearly", "not", "no")
            for t in word.sent
        )
    )


def _asking(verb: Token) -> bool:
    return verb.dep_ == "pcomp" or _is(verb.head, "@mental")


def _own(span: Tokens) -> bool:
    """The noun stands for itself: no part of a compound, nothing compounded with it."""
    noun = next((t for t in span if t.pos_ == "NOUN"), span[0])
    return noun.dep_ != "compound" and not has(noun, "compound", "nmod")


def _present(verb: Token) -> bool:
    helpers = [c.tag_ for c in verb.children if c.dep_ in ("aux", "auxpass")]
    return verb.tag_ in ("VBZ", "VBP") or (bool(helpers) and helpers[0] in ("VBZ", "VBP"))


def _lone_sentence(span: Tokens) -> bool:
    """The phrase begins the sentence and a comma follows."""
    following = _next(span)
    return span[0].i == span[0].sent.start and following is not None and following.text == ","


def _complement_question(span: Tokens) -> bool:
    """ "whether"/"if" that opens what is asked or known: a clause with subject, finite verb and no "or"."""
    verb = span[0].head
    return (
        span[0].dep_ == "mark"
        and verb.dep_ == "ccomp"
        and _is(verb.head, "@decide")
        and subject(verb) is not None
        and not any(c.lower_ == "to" for c in verb.children)
        and not any(t.lower_ == "or" for t in verb.subtree)
    )


CONDITIONS: Mapping[str, Callable[[Tokens, str], bool]] = {
    "start": lambda s, _: s[0].i == s[0].sent.start,
    "inside": lambda s, _: s[0].i > s[0].sent.start,
    "opening": lambda s, _: _lone_sentence(s),
    "comma": lambda s, _: (n := _next(s)) is not None and n.text == ",",
    "nocomma": lambda s, _: (n := _next(s)) is None or n.text != ",",
    "number": lambda s, _: _number(s),
    "quantity": lambda s, _: _quantity(s),
    "before": lambda s, a: _is(_next(s), a),
    "notbefore": lambda s, a: not _is(_next(s), a),
    "after": lambda s, a: _is(_previous(s), a),
    "notafter": lambda s, a: not _is(_previous(s), a),
    "beforepos": lambda s, a: (n := _next(s)) is not None and n.pos_ in a.split(","),
    "afterpos": lambda s, a: (n := _previous(s)) is not None and n.pos_ in a.split(","),
    "nextto": lambda s, _: (n := _next(s)) is not None and n.lower_ == "to",
    "pos": lambda s, a: s[0].pos_ in a.split(","),
    "tag": lambda s, a: _inner(s).tag_ in a.split(","),
    "nottag": lambda s, a: _inner(s).tag_ not in a.split(","),
    "dep": lambda s, a: s[0].dep_ in a.split(","),
    "notdep": lambda s, a: s[0].dep_ not in a.split(","),
    "verb": lambda s, _: _inner(s).pos_ == "VERB" and _inner(s).dep_ not in ("amod", "compound"),
    "noun": lambda s, _: s[0].pos_ == "NOUN",
    "amod": lambda s, _: _amod(s),
    "head": lambda s, a: _is(s[0].head, a),
    "nothead": lambda s, a: not _is(s[0].head, a),
    "obj": _object,
    "notobj": lambda s, a: (o := _target(s)) is None or not _is(o, a),
    "noobj": lambda s, _: not _beyond(s, "dobj", "nsubjpass"),
    "nodobj": lambda s, _: not _beyond(s, "dobj", "dative", "xcomp", "ccomp"),
    "subj": lambda s, a: (n := subject(_inner(s))) is not None and _is(n, a),
    "that": lambda s, _: _clause(_inner(s)) is not None,
    "toinf": lambda s, _: _complement(_inner(s)) is not None,
    "noclause": lambda s, _: not _beyond(s, "ccomp", "xcomp"),
    "noprt": lambda s, _: not _beyond(s, "prt"),
    "prep": lambda s, a: preposition(_inner(s), *_listed(a)),
    "noprep": lambda s, a: not preposition(_inner(s), *_listed(a)),
    "active": lambda s, _: not passive(_inner(s)) and _inner(s).tag_ != "VBN",
    "finite": lambda s, _: _inner(s).tag_ in ("VBD", "VBZ", "VBP"),
    "positive": lambda s, _: not negated(_inner(s)),
    "lemma": lambda s, a: s[0].lemma_.lower() in _listed(a),
    "prepositional": lambda s, _: _prepositional(s),
    "notbe": lambda s, _: _not_after_be(s),
    "own": lambda s, _: _own(s),
    "plural": lambda s, _: s[0].tag_ == "NNS",
    "plain": lambda s, _: not has(s[0], "amod", "compound", "nummod", "nmod", "poss"),
    "nodegree": lambda s, _: not _is(_previous(s), "@degree"),
    "acomp": lambda s, _: s[0].dep_ == "acomp",
    "question": lambda s, _: _complement_question(s),
    "last": lambda s, _: (n := _next(s)) is None or n.is_punct,
    "advmod": lambda s, _: s[0].dep_ == "advmod",
    "present": lambda s, _: _present(s[0].head),
    "mark": lambda s, _: s[0].dep_ == "mark",
    "mass": lambda s, _: s[0].head.tag_ in ("NNS", "NN") and not has(s[0].head, "det", "poss"),
    "simple": lambda s, _: (o := _target(s)) is not None and not has(o, "conj", "relcl"),
    "xing": lambda s, _: any(c.dep_ == "xcomp" and c.tag_ == "VBG" for c in _inner(s).children),
    "noadv": lambda s, _: not has(_inner(s), "advmod", "neg"),
    "hasacomp": lambda s, _: any(c.dep_ == "acomp" and c.i == _inner(s).i + 1 for c in _inner(s).children),
    "start-the": lambda s, _: s[0].i == s[0].sent.start + 1 and s[0].nbor(-1).lower_ == "the",
    "nextnoun": lambda s, _: (n := _next(s)) is not None and n.pos_ in ("DET", "NOUN", "ADJ", "PRON"),
    "nothan": lambda s, _: not any(t.lower_ == "than" for t in s[0].sent),
    "beforetag": lambda s, a: (n := _next(s)) is not None and n.tag_ in a.split(","),
    "bracket": lambda s, _: (p := _previous(s)) is not None and p.text in ("(", ",", ";", "—"),
    "coordinate": lambda s, _: _coordinates(s),
    "eachnoun": lambda s, _: _each(s),
    "oneeach": lambda s, _: sum(t.lower_ in ("each", "every") for t in s[0].sent) == 1,
    "pobj": lambda s, a: any(c.dep_ == "pobj" and _is(c, a) for c in s[-1].children),
    "prior": lambda s, _: _prior(s),
    "asked": lambda s, _: s[0].head.dep_ in ("ccomp", "pcomp") and _asking(s[0].head),
}
