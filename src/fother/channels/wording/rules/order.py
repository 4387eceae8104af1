"""Order of two plain words joined by "and" or "or": "roles and duties" / "duties and roles".

Only words of one kind that nothing else hangs on, and no pair that is fixed, ranked or in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, like, words
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_KINDS = ("NNS", "NN", "JJ", "RB")
#: Words whose place in a pair tells rank, time, number or scale.
_ORDERED = words(
    "first second third last former latter early late earlier later more less most least other others"
    " such same next previous past present future current new old young small medium large high low"
    " short long near many few all some any only own even then also not local state federal national"
    " international regional future subsequent initial final minimum maximum"
)


@lru_cache(maxsize=1)
def fixed_pairs() -> frozenset[frozenset[str]]:
    """Pairs of lemmas that English says in one order ("terms and conditions")."""
    text = resources.files(__package__).joinpath("fixed_pairs.txt").read_text("utf-8")
    return frozenset(
        frozenset(line.split()) for line in text.splitlines() if line.strip() and not line.startswith("#")
    )


def _changes(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    for word in sentence:
        if word.dep_ != "cc" or word.lower_ not in ("and", "or"):
            continue
        first = word.nbor(-1) if word.i > sentence.start else None
        second = word.nbor() if word.i + 1 < sentence.end else None
        if first is None or second is None or not _pair(first, word, second):
            continue
        if first.tag_ in ("NN", "NNS") and not _bare(first, second):
            continue
        if first.tag_ == "JJ" and not _beside(first, second):
            continue
        a, b = first.text, second.text
        yield Change(first.idx, end(second), f"{like(a, b)} {word.text} {a[:1].lower() + a[1:]}")


def _pair(first: Token, word: Token, second: Token) -> bool:
    lemmas = {first.lemma_.lower(), second.lemma_.lower()}
    return (
        word.head == first
        and second.dep_ == "conj"
        and second.head == first
        and first.tag_ == second.tag_
        and first.tag_ in _KINDS
        and first.is_alpha
        and second.is_alpha
        and len(lemmas) == 2
        and not lemmas & _ORDERED
        and frozenset(lemmas) not in fixed_pairs()
        and first.dep_ != "conj"
        and len([c for c in first.children if c.dep_ in ("conj", "cc")]) == 2
        and not any(c.dep_ in ("conj", "cc") for c in second.children)
        and not any(t.lower_ in ("both", "either", "neither", "between", "respectively") for t in first.sent)
    )


def _bare(first: Token, second: Token) -> bool:
    """Nothing but an article before the nouns; after them at most an "of" that speaks of both."""
    before = [c for c in first.children if c.i < first.i]
    if any(c.dep_ != "det" or c.lower_ not in ("the", "its", "their") for c in before):
        return False
    after = [c for c in (*first.children, *second.children) if c.i > second.i]
    if after and not (before and len(after) == 1 and after[0].lower_ == "of" and after[0].i == second.i + 1):
        return False
    if any(c.i < second.i for c in second.children):
        return False
    following = second.nbor() if second.i + 1 < len(second.doc) else None
    if first.dep_ in ("compound", "nmod") or second.dep_ == "compound":
        return False
    return following is None or not (
        following.pos_ in ("NOUN", "PROPN", "ADJ", "NUM") or following.text in ("-", "'s", "’s", "(")
    )


def _beside(first: Token, second: Token) -> bool:
    """Two adjectives before the same noun, or after "be" with nothing hanging on the second."""
    if any(c for c in second.children) or any(c.dep_ not in ("cc", "conj", "punct") for c in first.children):
        return False
    following = second.nbor() if second.i + 1 < len(second.doc) else None
    if first.dep_ == "amod":
        noun = first.head
        return (
            following == noun
            and (noun.pos_ == "NOUN")
            and first.nbor(-1).tag_ not in ("JJ", "NN", "RB", "RBR", "RBS", "HYPH")
        )
    if first.dep_ == "acomp":
        return (following is None or following.text in (".", ",", ";")) and first.nbor(-1).lemma_ == "be"
    return False


FAMILY = Family("order", "Both are named, whichever comes first.", _changes)
