"""Infinitives of purpose: "To reduce costs, …" / "In order to reduce costs, …"; "helps identify" / "helps to
identify"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, words
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence

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


PURPOSE = Family(
    "purpose", "At the start of a sentence “to” can only mean “in order to”.", _purpose, legal=True
)
HELP = Family("help to", "After “help” the infinitive may stand with or without “to”.", _help)
