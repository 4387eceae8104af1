"""Relative clauses that restrict: "the rules that apply" / "the rules which apply"; "staff who are based in
X" / "staff based in X".

Both words open a restrictive clause (New Hart's Rules, 4.3.1; The Cambridge Grammar of the English Language,
chapter 12, 3.5); without commas neither adds a remark. Only
“that” is replaced: who writes “which” without a comma may have meant a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, words
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence

_ONLY_THAT = words("all everything anything nothing something much little only same first last one those")
_PERSONS = words(
    "person people man woman child individual employee official officer staff member user worker"
    " student family citizen applicant patient veteran officer agent contractor leader manager reader"
    " author owner customer client taxpayer participant respondent resident subscriber claimant group"
    " team company"
)


_PERSON = re.compile(r"(?:er|or|ist|ian|ee|ant|body)s?$")  # at the cost of a few things


def _which(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    for word in sentence:
        if word.lower_ != "that" or word.tag_ != "WDT" or word.i <= sentence.start:
            continue
        before = word.nbor(-1)
        clause = word.head
        if clause.dep_ != "relcl" or word.dep_ not in ("nsubj", "nsubjpass") or before.pos_ != "NOUN":
            continue
        noun = clause.head
        ruled = {t.lower_ for t in noun.subtree if t.i <= before.i}
        if noun.pos_ != "NOUN" or ruled & _ONLY_THAT or any(t.tag_ in ("JJS", "RBS") for t in noun.children):
            continue
        if any(n.lemma_ in _PERSONS or _PERSON.search(n.lower_) for n in (noun, before)):
            continue
        if any(t.lower_ in ("that", "which") and t != word for t in sentence):
            continue
        if word.nbor().text[:1] in "'’":
            continue
        near = [t for t in sentence if word.i - 8 < t.i < word.i]
        if any(t.lower_ in _ONLY_THAT for t in near):
            continue
        yield Change(word.idx, end(word), "which")


def _reduced(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    """ "that is", "who are" before a participle with something after it can be left out."""
    for word in sentence:
        if (
            word.lower_ not in ("that", "who", "which")
            or word.dep_ != "nsubjpass"
            or word.i <= sentence.start
        ):
            continue
        clause, before = word.head, word.nbor(-1)
        if clause.dep_ != "relcl" or clause.tag_ != "VBN" or clause.i != word.i + 2 or before.pos_ != "NOUN":
            continue
        helper = word.nbor()
        if helper.lower_ not in ("is", "are", "was", "were") or clause.head != before:
            continue
        if clause.i + 1 < len(clause.doc) and any(
            c.dep_ in ("prep", "agent", "xcomp") for c in clause.children
        ):
            if any(c.dep_ in ("conj", "cc") for c in clause.children) or clause.nbor().is_punct:
                continue
            yield Change(before.idx, end(helper), before.text)


WHICH = Family("that or which", "Without commas, both words pick out what is meant.", _which)
REDUCED = Family("short relative", "“That is” before a participle adds nothing.", _reduced)
