""" "said that X" / "said X", "the report that we issued" / "the report we issued"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, subject, words
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

#: Verbs after which a clause is understood at once, with and without "that".
_OMIT = words("say believe think know hope feel find expect ensure suggest report tell")
#: The same with a weaker claim: there "that" may be put in, and stay, but is not left out.
_ADD = _OMIT | words(
    "note state estimate indicate show acknowledge agree determine conclude recognize recognise"
    " understand assume recommend confirm claim assert mean"
)
#: A clause that begins with these needs its "that".
_POINTING = words("that this those these such")
_PRONOUNS = words("it they we he she i you there")
_OBJECT_PRONOUNS = _PRONOUNS - {"there"}


def _changes(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    for verb in sentence:
        if verb.dep_ == "ccomp" and verb.head.lemma_ in _ADD and verb.head.i < verb.i:
            yield from _content(verb)
        elif verb.dep_ == "relcl":
            yield from _relative(verb)


def _content(verb: Token) -> Iterator[Change]:
    """What somebody said: the clause must follow its verb at once and begin with its subject."""
    saying = verb.head
    who = subject(verb)
    if who is None or who.tag_ in ("WDT", "WP", "WRB") or saying.pos_ != "VERB":
        return
    first = who.left_edge
    between = list(saying.doc[saying.i + 1 : first.i])
    if len(between) == 1 and between[0].lower_ == "that" and between[0].dep_ == "mark":
        plain = saying.lemma_ in _OMIT and first.tag_ not in ("JJ", "RB", "IN", "VBG", "CD")
        short = saying.lemma_ in _ADD and first.lower_ in _PRONOUNS
        if (plain or short) and first.lower_ not in _POINTING and not _more(verb):
            yield Change(saying.idx, end(between[0]), saying.text)
    elif not between and _plain_start(first) and verb.tag_ in ("VBD", "VBZ", "VBP", "VB", "VBN", "VBG"):
        finite = verb.tag_ in ("VBD", "VBZ", "VBP") or any(
            c.dep_ in ("aux", "auxpass") for c in verb.children
        )
        if finite and not any(c.lower_ == "to" for c in verb.children):
            yield Change(saying.idx, end(saying), f"{saying.text} that")


def _plain_start(first: Token) -> bool:
    opens = first.tag_ in ("DT", "PRP$") and first.lower_ not in ("that", "this", "those")
    return opens or first.lower_ in _PRONOUNS


def _more(verb: Token) -> bool:
    """A second clause with "that" hangs on the same verb: both keep it."""
    return any(c.dep_ == "conj" and any(g.lower_ == "that" for g in c.children) for c in verb.children)


def _relative(verb: Token) -> Iterator[Change]:
    """A relative clause whose "that" is the object; its own subject is a pronoun and follows at once."""
    who = subject(verb)
    if who is None or who.lower_ not in _OBJECT_PRONOUNS:
        return
    noun = verb.head
    before = who.nbor(-1) if who.i > 0 else None
    if noun.pos_ not in ("NOUN",) or before is None:
        return
    if before.lower_ == "that" and before.dep_ in ("dobj", "pobj") and before.nbor(-1) == noun:
        if any(c.dep_ in ("dobj", "ccomp") and c != before for c in verb.children):
            return
        yield Change(noun.idx, end(before), noun.text)
    elif (
        before == noun
        and _open(verb)
        and noun.lemma_ not in ("time", "way", "day", "reason", "moment", "year")
    ):
        yield Change(noun.idx, end(noun), f"{noun.text} that")


def _open(verb: Token) -> bool:
    """A verb that lacks its object, which is then the noun before: "the report we issued"."""
    return (
        verb.tag_ in ("VBD", "VBZ", "VBP", "VBN", "VB")
        and not any(c.dep_ in ("dobj", "ccomp", "xcomp", "advmod", "prep", "acomp") for c in verb.children)
        and verb.lemma_ in _TRANSITIVE
    )


_TRANSITIVE = words(
    "use review issue identify make receive provide need examine develop collect interview find produce"
    " create recommend submit prepare conduct select offer own buy purchase visit analyze analyse"
    " require propose take describe consider discuss contact test send write obtain perform sign give"
    " request face choose"
)
FAMILY = Family("that", "“That” only opens the clause; who says what stays the same.", _changes)
