"""it is / it's, do not / don't: only in a document that contracts itself, where either passes unseen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, like
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_NOT = {
    "do": "don't", "does": "doesn't", "did": "didn't", "is": "isn't", "are": "aren't", "was": "wasn't",
    "were": "weren't", "have": "haven't", "has": "hasn't", "had": "hadn't", "would": "wouldn't",
    "could": "couldn't", "should": "shouldn't", "will": "won't", "can": "can't",
}  # fmt: skip
_APART = {short: f"{word} not" if word != "can" else "cannot" for word, short in _NOT.items()}
_SUBJECT = {
    ("i", "am"): "I'm", ("you", "are"): "you're", ("we", "are"): "we're", ("they", "are"): "they're",
    ("it", "is"): "it's", ("that", "is"): "that's", ("there", "is"): "there's", ("he", "is"): "he's",
    ("she", "is"): "she's", ("i", "will"): "I'll", ("you", "will"): "you'll", ("we", "will"): "we'll",
    ("they", "will"): "they'll", ("i", "have"): "I've", ("you", "have"): "you've", ("we", "have"): "we've",
    ("they", "have"): "they've",
}  # fmt: skip
_LONG = {short.lower(): " ".join(words) for words, short in _SUBJECT.items() if not short.endswith("'s")}


def _changes(sentence: Sentence, usage: Usage) -> Iterator[Change]:
    if not usage.contracts:
        return
    tokens, text = list(sentence), sentence.text
    typed = "’" if "’" in text else "'"
    for first, second in pairwise(tokens):
        pair = (first.lower_, second.lower_.replace("’", "'"))
        start, stop = first.idx, end(second)
        said = text[start - sentence.start_char : stop - sentence.start_char]
        if (
            second.lower_ == "not"
            and first.lower_ in _NOT
            and said.lower() != "cannot"
            and _plain_not(second)
        ):
            yield Change(start, stop, like(said, _NOT[first.lower_]).replace("'", typed))
        elif said.lower().replace("’", "'") in _APART and not _question(first):
            yield Change(start, stop, like(said, _APART[said.lower().replace("’", "'")]))
        elif pair in _SUBJECT and _helps(second):
            yield Change(start, stop, like(said, _SUBJECT[pair]).replace("'", typed))
        elif said.lower().replace("’", "'") in _LONG:
            words = _LONG[said.lower().replace("’", "'")]
            yield Change(start, stop, like(said, "I" + words[1:] if words.startswith("i ") else words))


def _plain_not(word: Token) -> bool:
    """ "not" that denies the verb: no "not only", "not just", no contrast after it."""
    return (
        word.dep_ == "neg"
        and word.i + 1 < len(word.doc)
        and word.nbor().lower_ not in ("only", "just", "so", "to")
    )


def _question(verb: Token) -> bool:
    return verb.i + 2 < len(verb.doc) and verb.nbor(2).dep_ in ("nsubj", "nsubjpass", "expl")


def _helps(verb: Token) -> bool:
    """The verb has something after it: nobody writes "as good as it's."."""
    following = verb.nbor() if verb.i + 1 < len(verb.doc) else None
    if following is None or following.is_punct or following.lower_ in ("not", "to"):
        return False
    return verb.lower_ != "have" or following.tag_ in ("VBN", "RB")


FAMILY = Family("contraction", "The short form is the same words, spoken together.", _changes)
