"""What no rule touches: quotations, names, numbers, citations, markings, links, defined terms, legal words.

Offsets are code points of the parsed text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import words
from fother.language.quotes import quotations
from fother.model.match import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.tokens import Span as Sentence

_BRACKETS = re.compile(r"\([^()\n]{1,300}\)|\[[^\[\]\n]{1,300}\]")
#: Brackets that hold a citation, a marking or a definition: a digit, a capital, a quotation mark.
_TELLING = re.compile(r"[\dA-Z“”\"§]")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\S*[/\\_<>=#*`|~^{}]\S*")
#: Words that bind: as they stand, in every sentence.
_LEGAL = re.compile(
    r"(?i)\b(?:shall|hereby|herein\w*|hereto\w*|hereunder|hereof|thereof|therein|thereunder|thereto|whereas|witnesseth"
    r"|pursuant to|notwithstanding|without prejudice|indemnif\w+|warrant\w*|covenants?|liable|liability)\b"
)
_STATUTE = re.compile(
    r"§|\bU\.S\.C\b|\bC\.F\.R\b|\bStat\.|\bPub\. ?L\."
    r"|\b(?:Section|Article|Rule|Act)\b[^.]*\b(?:provides|states|reads)\b"
)
_CITING = re.compile(
    r"^\W*(?:But )?See\b|\b\d+ (?:F\.|U\.S\.|S\. ?Ct)|\bF\.(?:2d|3d|Supp)|\bv\. [A-Z]|\bId\. at\b|\bet al\."
)
_DEFINED = re.compile(
    r"[“\"]([^”\"\n]{2,60})[”\"]\s+(?:means?|shall mean|refers to|has the meaning|is defined)\b", re.I
)
_COMMON = words(
    "the of and to in a is that for on are was with as by be this it from or an at which have has were"
    " not will their been its may can these also other our we they he his she her you would should had"
    " but if"
)
_FEWEST_WORDS = 5
_LEAST_COMMON = 0.2  # share of the commonest English words


def protected(doc: Doc) -> list[Span]:
    """Stretches that stay as they are, sorted; they may overlap."""
    text = doc.text
    spans = [(q.start, q.end) for q in quotations(text)]
    spans += [m.span() for m in _BRACKETS.finditer(text) if _TELLING.search(m[0])]
    spans += [m.span() for m in _LINK.finditer(text)]
    spans += [m.span() for m in _LEGAL.finditer(text)]
    spans += [(e.start_char, e.end_char) for e in doc.ents if e.label_ not in ("DATE", "TIME")]
    spans += _names_and_numbers(doc)
    for term in {m[1] for m in _DEFINED.finditer(text)}:
        spans += [m.span() for m in re.finditer(rf"(?i)\b{re.escape(term)}\b", text)]
    return sorted(spans)


def _names_and_numbers(doc: Doc) -> Iterator[Span]:
    for token in doc:
        capital = token.text[:1].isupper() and not token.is_sent_start and token.text != "I"
        if capital or token.pos_ == "PROPN" or token.like_num or any(c.isdigit() for c in token.text):
            yield token.idx, token.idx + len(token.text)


def binds(sentence: Sentence) -> bool:
    """A sentence of a contract or a statute: its words are chosen to bind."""
    return _LEGAL.search(sentence.text) is not None or _STATUTE.search(sentence.text) is not None


def ordinary(sentence: Sentence) -> bool:
    """A full English sentence of running text: no heading, question, list of names, other language."""
    words = [t for t in sentence if t.is_alpha]
    text = sentence.text.strip()
    if len(words) < _FEWEST_WORDS or text[-1:] not in '.:;!)”"' or "?" in text or _CITING.search(text):
        return False
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return False  # a quotation goes on in another sentence, or its marks are damaged
    if text.find("”") < text.find("“"):
        return False
    if not any(t.pos_ in ("VERB", "AUX") for t in sentence):
        return False
    capitals = sum(t.text[0].isupper() for t in words)
    return capitals <= 0.5 * len(words) and mostly_english([t.text for t in words])


def mostly_english(words: Sequence[str]) -> bool:
    """Whether enough of the words are among the commonest English ones."""
    common = sum(word.lower() in _COMMON for word in words)
    return len(words) > 0 and common >= _LEAST_COMMON * len(words)
