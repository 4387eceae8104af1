"""Commas that are a matter of style: before the last of a list, and before "and" between two full clauses.

See The Chicago Manual of Style, 17th ed., 6.19 and 6.22, and New Hart's Rules, 4.3.5: both ways are correct.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, subject
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_LONGEST = 6  # words of a member of a list


def _list(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    """ "A, B and C" / "A, B, and C", where no member holds an "and" of its own."""
    for word in sentence:
        if word.dep_ != "cc" or word.lower_ not in ("and", "or"):
            continue
        members = _members(word)
        if len(members) < 3 or not all(_plain(m, members) for m in members):
            continue
        before = word.nbor(-1)
        if before.text == "," and before.i > 0 and before.nbor(-1).is_alpha:
            last = before.nbor(-1)
            yield Change(last.idx, end(before), last.text)
        elif before.is_alpha and members[-1].i > word.i:
            yield Change(before.idx, end(before), f"{before.text},")


def _members(word: Token) -> list[Token]:
    """Members of the list that an "and" closes, in order; empty if it closes none."""
    first = word.head
    while first.dep_ == "conj":
        first = first.head
    members = [first]
    while following := [c for c in members[-1].conjuncts if c.dep_ == "conj" and c.head == members[-1]]:
        members.append(following[0])
    return members if word.head == members[-2 if len(members) > 1 else -1] else []


def _plain(member: Token, members: list[Token]) -> bool:
    """A member with few words, without commas, clauses and conjunctions of its own."""
    own = [
        t
        for t in member.subtree
        if not any(t == m or m.is_ancestor(t) for m in members if m != member and member.is_ancestor(m))
    ]
    inner = [t for t in own if t.dep_ not in ("punct", "cc") or t.head != member]
    return (
        member.pos_ in ("NOUN", "ADJ", "VERB", "ADV")
        and len(inner) <= _LONGEST
        and not any(t.is_punct or t.dep_ in ("cc", "relcl", "acl", "ccomp", "advcl", "appos") for t in inner)
    )


def _clauses(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    """The comma before "and" or "but" that joins two main clauses, each with its own subject."""
    for word in sentence:
        if word.dep_ != "cc" or word.lower_ not in ("and", "but") or word.i + 1 >= sentence.end:
            continue
        first = word.head
        second = next((c for c in first.children if c.dep_ == "conj" and c.i > word.i), None)
        if first.dep_ != "ROOT" or second is None or not _full(first) or not _full(second):
            continue
        who = subject(second)
        before = word.nbor(-1)
        if who is None or who.left_edge.i != word.i + 1 or who.lower_ in ("who", "which", "that", "what"):
            continue
        if sum(1 for t in sentence[: word.i - sentence.start] if t.text == ",") > 1:
            continue
        if before.text == "," and before.nbor(-1).is_alpha and word.i - sentence.start <= 15:
            last = before.nbor(-1)
            yield Change(last.idx, end(before), last.text)
        elif before.is_alpha:
            yield Change(before.idx, end(before), f"{before.text},")


def _full(verb: Token) -> bool:
    finite = verb.tag_ in ("VBD", "VBZ", "VBP") or any(c.dep_ in ("aux", "auxpass") for c in verb.children)
    return finite and subject(verb) is not None and verb.pos_ in ("VERB", "AUX")


LIST = Family("list comma", "The comma before the last of a list is a matter of style.", _list, legal=False)
CLAUSE = Family("clause comma", "The comma between two full clauses is a matter of style.", _clauses)
