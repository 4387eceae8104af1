"""Infinitives of purpose: "To reduce costs, …" / "In order to reduce costs, …"; "helps identify" / "helps to
identify"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, words
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_INTRO_ONLY = words("date be begin start conclude summarize summarise recap some this that wit")


def _purpose(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    """An infinitive that opens the sentence, and a comma before the main clause: it can only say what for."""
    first = sentence[0]
    verb = first.head
    if (
        first.text == "To"
        and first.dep_ == "aux"
        and verb.dep_ == "advcl"
        and verb.head.dep_ == "ROOT"
        and verb.i <= first.i + 2
        and verb.lemma_ not in _INTRO_ONLY
        and any(t.text == "," and verb.i < t.i < verb.head.i for t in sentence)
    ):
        yield Change(first.idx, end(first), "In order to")


def _help(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    for verb in sentence:
        if verb.lemma_ != "help" or verb.pos_ not in ("VERB", "AUX") or verb.i + 1 >= sentence.end:
            continue
        after = verb.nbor()
        yield from _helped(verb)
        if after.tag_ == "TO" and after.i + 1 < sentence.end and after.nbor().tag_ == "VB":
            if after.head.head == verb and verb.tag_ != "VBN" and after.head == after.nbor():
                yield Change(verb.idx, end(after), verb.text)
        elif (
            after.tag_ == "VB"
            and after.head == verb
            and after.dep_ in ("xcomp", "ccomp")
            and verb.tag_ != "VBG"
        ):
            yield Change(verb.idx, end(verb), f"{verb.text} to")


def _helped(verb: Token) -> Iterator[Change]:
    """ "helps agencies identify" / "helps agencies to identify"."""
    doing = next((c for c in verb.children if c.dep_ in ("ccomp", "xcomp") and c.tag_ == "VB"), None)
    if doing is None or verb.tag_ == "VBN" or doing.i < verb.i + 2 or doing.i > verb.i + 5:
        return
    before = doing.nbor(-1)
    if any(t.is_punct or t.lower_ in ("and", "or", "better", "not") for t in doing.doc[verb.i : doing.i]):
        return
    if (
        before.lower_ == "to"
        and before.dep_ == "aux"
        and before.nbor(-1).pos_ in ("NOUN", "PRON")
        and before.i > verb.i + 1
    ):
        yield Change(before.idx, end(doing), doing.text)
    elif before.pos_ in ("NOUN", "PRON"):
        yield Change(doing.idx, end(doing), f"to {doing.text}")


_WITH_PURPOSE = words(
    "use employ conduct perform collect gather hold meet send write travel contact call create publish"
    " update review analyze analyse examine interview visit install deploy build develop change modify"
    " issue share add apply follow leverage exploit coordinate reach monitor search check test compare"
    " combine host post organize organise"
)
#: Nouns that often take an infinitive of their own: "a plan to reduce".
_OWN_INFINITIVE = words(
    "plan effort ability authority right opportunity way need requirement attempt decision program"
    " strategy proposal system tool order request offer chance power means time reason permission"
    " capacity obligation duty desire step action measure mechanism process procedure method failure"
    " intention commitment place option thing responsibility guidance instruction capability tendency"
    " willingness call application command initiative team group information"
)


def _middle(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    """An infinitive of purpose after a verb of doing and its object."""
    for to in sentence[1:]:
        verb = to.head
        if (
            to.lower_ != "to"
            or to.dep_ != "aux"
            or verb.dep_ != "advcl"
            or verb.tag_ != "VB"
            or verb.i <= to.i
        ):
            continue
        doing, before = verb.head, to.nbor(-1)
        if (
            doing.lemma_ not in _WITH_PURPOSE
            or doing.i >= to.i
            or doing.pos_ != "VERB"
            or doing.tag_ == "VBN"
        ):
            continue
        if before.pos_ != "NOUN" or before.lemma_ in _OWN_INFINITIVE or verb.i > to.i + 2:
            continue
        thing = next((c for c in doing.children if c.dep_ == "dobj"), None)
        if thing is None or thing.lemma_ in _OWN_INFINITIVE or any(t.text == "order" for t in sentence):
            continue
        yield Change(to.idx, end(to), "in order to")


MIDDLE = Family("purpose", "What is done has this purpose, with and without “in order”.", _middle)
PURPOSE = Family(
    "purpose", "At the start of a sentence “to” can only mean “in order to”.", _purpose, legal=True
)
HELP = Family("help to", "After “help” the infinitive may stand with or without “to”.", _help)
