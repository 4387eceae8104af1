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
    "spring summer fall autumn winter morning afternoon evening today tomorrow week month year"
    " additional first second third last former latter early late earlier later more less most least"
    " other others such same next previous past present future current new old young small medium large"
    " high low short long near many few all some any only own even then also not local state federal"
    " national international regional future subsequent initial final minimum maximum"
)


_PROCESS = ("tion", "sion", "ment", "ing", "sis", "al", "ance", "ence", "ure", "y", "ase", "son")
_SMALL = words("as so then not yet too very only just even well better best again once twice here there")


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
        if word.i < sentence.start + 2:
            continue
        whole = _phrases(word) or _last_two(word)
        if whole is not None:
            yield whole
            continue
        first = word.nbor(-1)
        second = word.nbor() if word.i + 1 < sentence.end else None
        if second is None or not _pair(first, word, second):
            continue
        if first.tag_ in ("NN", "NNS") and not _bare(first, second):
            continue
        if first.tag_ == "JJ" and not _beside(first, second):
            continue
        a, b = first.text, second.text
        yield Change(first.idx, end(second), f"{like(a, b)} {word.text} {a[:1].lower() + a[1:]}")


def _ordered(*words: Token) -> bool:
    """Words of rank, scale or time among them, or processes of which one may come before the other."""
    if any(w.lemma_.lower() in _ORDERED for w in words):
        return True
    nouns = [w for w in words if w.pos_ == "NOUN"]
    return len(nouns) > 1 and sum(w.lower_.endswith(_PROCESS) for w in nouns) > 1


def _phrases(word: Token) -> Change | None:
    """Two nouns that each have words of their own before them: "agency staff and outside experts"."""
    first = word.head
    second = next((c for c in first.children if c.dep_ == "conj"), None)
    if second is None or word.i + 1 != second.left_edge.i or first.i + 1 != word.i:
        return None
    if first.tag_ != second.tag_ or first.tag_ not in ("NN", "NNS") or first.dep_ not in ("dobj", "pobj"):
        return None
    left, right = list(first.doc[first.left_edge.i : first.i]), list(first.doc[second.left_edge.i : second.i])
    if not left or not right or len(left) > 3 or len(right) > 3:
        return None
    kinds = [[t.dep_ for t in side] for side in (left, right)]
    if any(not set(k) <= {"amod", "compound", "det"} for k in kinds) or ("det" in kinds[0]) != (
        "det" in kinds[1]
    ):
        return None
    if not all({"amod", "compound"} & set(k) or k == ["det"] for k in kinds):
        return None
    if any(c.i > second.i for c in (*first.children, *second.children)) or any(
        t.text == "-" for t in (*left, *right)
    ):
        return None
    if len([c for c in first.children if c.dep_ in ("conj", "cc")]) != 2 or first.lemma_ == second.lemma_:
        return None
    if any(t.lemma_.lower() in _ORDERED for t in (*left, *right)) or _ordered(first, second):
        return None
    if frozenset((first.lemma_, second.lemma_)) in fixed_pairs():
        return None
    following = second.nbor() if second.i + 1 < len(second.doc) else None
    if following is None or following.text not in (".", ";") or left[0].lower_ in ("a", "an"):
        return None
    a = first.doc.text[left[0].idx : end(first)]
    b = first.doc.text[right[0].idx : end(second)]
    return Change(left[0].idx, end(second), f"{b} {word.text} {a}")


def _last_two(word: Token) -> Change | None:
    """The last two of a list of plain nouns: "plans, budgets, and reports"."""
    before = word.nbor(-1)
    comma = before.text == ","
    left = word.nbor(-2) if comma else before
    right = word.nbor() if word.i + 1 < len(word.doc) else None
    if (
        right is None
        or left.dep_ != "conj"
        or right.dep_ != "conj"
        or right.head != left
        or word.head != left
    ):
        return None
    head = left.head
    if (
        left.tag_ != right.tag_
        or head.tag_ != left.tag_
        or left.tag_ not in ("NNS", "JJ")
        or not left.is_alpha
    ):
        return None
    if not right.is_alpha or left.left_edge != left or any(True for _ in right.children):
        return None
    lemmas = {left.lemma_.lower(), right.lemma_.lower()}
    if (
        _ordered(left, right)
        or frozenset(lemmas) in fixed_pairs()
        or "other" in {t.lower_ for t in left.sent}
    ):
        return None
    if len([c for c in left.children if c.dep_ not in ("punct", "cc", "conj")]) > 0:
        return None
    following = right.nbor() if right.i + 1 < len(right.doc) else None
    if left.tag_ == "NNS" and (following is None or following.text not in (".", ";", ",")):
        return None
    if left.tag_ == "JJ" and (following is None or following != head.head):
        return None
    between = left.doc.text[end(left) : right.idx]
    return Change(left.idx, end(right), f"{right.text}{between}{left.text}")


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
        and not _ordered(first, second)
        and frozenset(lemmas) not in fixed_pairs()
        and first.dep_ != "conj"
        and len([c for c in first.children if c.dep_ in ("conj", "cc")]) == 2
        and not any(c.dep_ in ("conj", "cc") for c in second.children)
        and not {first.lower_, second.lower_} & _SMALL
        and not any(t.lower_ in ("both", "either", "neither", "between", "respectively") for t in first.sent)
    )


def _bare(first: Token, second: Token) -> bool:
    """Nothing but an article before the nouns; after them at most an "of" that speaks of both."""
    before = [c for c in first.children if c.i < first.i]
    if any(c.dep_ != "det" or c.lower_ not in ("the", "its", "their") for c in before):
        return False
    after = [c for c in (*first.children, *second.children) if c.i > second.i]
    shared = ("of",) if before else ("of", "for", "to", "in")
    if after and not (len(after) == 1 and after[0].lower_ in shared and after[0].i == second.i + 1):
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
