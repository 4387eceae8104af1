"""Small facts of English grammar that several rules share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

#: First sound of a word against its first letter.
_VOWEL = re.compile(r"(?i)(?:[aeiou]|hour|hono|heir|honest)")
_CONSONANT = re.compile(r"(?i)(?:u[bcfklnrst][aeiou](?!n?im|nin|nim)|uni(?!n|m)|eu|one\b|once)")
_SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
_OBJECTS = ("dobj", "obj")


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def end(token: Token) -> int:
    """Code point after a token."""
    return int(token.idx) + len(token.text)


def subject(verb: Token) -> Token | None:
    return next((child for child in verb.children if child.dep_ in _SUBJECTS), None)


def object_of(verb: Token) -> Token | None:
    """The direct object; of a passive its subject."""
    wanted = (*_OBJECTS, "nsubjpass")
    return next((child for child in verb.children if child.dep_ in wanted), None)


def has(token: Token, *dependencies: str) -> bool:
    return any(child.dep_ in dependencies for child in token.children)


def preposition(token: Token, *words: str) -> bool:
    return any(c.dep_ in ("prep", "agent", "dative") and c.lower_ in words for c in token.children)


def negated(verb: Token) -> bool:
    return has(verb, "neg")


def passive(verb: Token) -> bool:
    return has(verb, "nsubjpass", "auxpass")


def article(word: str) -> str:
    """ "a" or "an", whichever stands before a word."""
    return "an" if _VOWEL.match(word) and not _CONSONANT.match(word) else "a"


def inflected(lemma: str, tag: str) -> str | None:
    """A word in the form that a Penn Treebank tag names; None when none is known."""
    from lemminflect import getInflection

    if tag in ("VB", "VBP", "NN", "JJ", "RB"):
        return lemma
    forms = getInflection(lemma, tag=tag)
    return str(forms[0]) if forms else None


def like(original: str, other: str) -> str:
    """`other` with a capital if the original begins with one."""
    return other[:1].upper() + other[1:] if original[:1].isupper() else other
