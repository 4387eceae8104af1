"""Commas that are a matter of style: before the last of a list, and before "and" between two full clauses.

See The Chicago Manual of Style, 17th ed., 6.19 and 6.22, and New Hart's Rules, 4.3.5: both ways are correct.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, subject, words
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
        last = members[-1]
        if any(t.lower_ in ("or", "and") for t in sentence.doc[members[0].i : word.i]):
            continue
        if last.left_edge.i != word.i + 1 or word.nbor().pos_ == "ADV" or _goes_on(last):
            continue
        before = word.nbor(-1)
        if before.text == "," and before.i > 0 and before.nbor(-1).is_alpha:
            word_before = before.nbor(-1)
            yield Change(word_before.idx, end(before), word_before.text)
        elif before.is_alpha and last.i > word.i and len({m.pos_ for m in members}) == 1:
            yield Change(before.idx, end(before), f"{before.text},")


def _goes_on(last: Token) -> bool:
    """Another "and" follows the list after a comma: "goals and tasks, and contexts of use"."""
    rest = last.doc[last.i + 1 : last.sent.end]
    comma = next((t for t in rest if t.text == ","), None)
    return comma is not None and comma.i + 1 < last.sent.end and comma.nbor().lower_ in ("and", "or")


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


_TIMES = words(
    "currently recently today now then often sometimes usually typically generally initially eventually"
    " previously subsequently later ultimately originally"
)
#: Fixed phrases that always have their comma.
_ALWAYS = words(
    "contrast addition fact general short particular conclusion summary example turn instance then"
)
_OPENERS = words(
    "in at on for by during after before under with within from to through over since throughout"
)


def _opening(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    """The comma after a short phrase or adverb that opens the sentence, before an article or pronoun."""
    first = sentence[0]
    if first.lower_ in _TIMES and first.dep_ == "advmod":
        last = first
    elif first.lower_ in _OPENERS and first.dep_ == "prep" and 2 <= len(list(first.subtree)) <= 5:
        last = first.right_edge
    else:
        return
    comma = last.i + 1 < sentence.end and last.nbor().text == ","
    start = last.i + (2 if comma else 1)
    if start >= sentence.end or not last.is_alpha or (last.is_title and last.i > first.i):
        return
    following = sentence.doc[start]
    who = subject(first.head)
    if any(t.dep_ == "pcomp" for t in first.children) or (last.i == first.i + 1 and last.lower_ == "case"):
        return
    if who is None or who.left_edge.i != start or following.tag_ not in ("DT", "PRP", "PRP$"):
        return
    if following.lower_ in ("that", "this", "these", "those") or first.head.dep_ != "ROOT":
        return
    if last.lower_ in _ALWAYS or any(
        t.dep_ in ("conj", "relcl", "acl", "cc", "advcl") for t in first.subtree
    ):
        return
    if comma:
        yield Change(last.idx, end(last.nbor()), last.text)
    else:
        yield Change(last.idx, end(last), f"{last.text},")


OPENING = Family("opening comma", "The comma after a short opening phrase is a matter of style.", _opening)
LIST = Family("list comma", "The comma before the last of a list is a matter of style.", _list, legal=False)
CLAUSE = Family("clause comma", "The comma between two full clauses is a matter of style.", _clauses)
