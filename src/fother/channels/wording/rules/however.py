"""Place of "however" and its kin: "However, the agency has …" / "The agency, however, has …"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, subject, words
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence

_MOVABLE = words("however therefore consequently nevertheless")
_LONGEST = 4  # words of the subject that the adverb goes round
_KEPT = ("PROPN",)


def _changes(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    adverb = next((t for t in sentence if t.lower_ in _MOVABLE), None)
    if adverb is None or adverb.dep_ != "advmod" or adverb.head.dep_ != "ROOT":
        return
    who = subject(adverb.head)
    if who is None or who.right_edge.i - who.left_edge.i >= _LONGEST:
        return
    if who.lower_ in ("there", "it", "this", "that", "i") or any(t.is_punct for t in who.subtree):
        return
    first, last = who.left_edge, who.right_edge
    text = sentence.text[first.idx - sentence.start_char : end(last) - sentence.start_char]
    after = last.nbor() if last.i + 1 < sentence.end else None
    if after is None or (after.pos_ not in ("VERB", "AUX") and after.text != ","):
        return
    if (
        adverb.i == sentence.start
        and adverb.nbor().text == ","
        and first.i == adverb.i + 2
        and after.text != ","
    ):
        yield Change(adverb.idx, end(last), f"{text[0].upper()}{text[1:]}, {adverb.lower_},")
    elif (
        first.i == sentence.start
        and adverb.i == last.i + 2
        and after.text == ","
        and adverb.nbor().text == ","
    ):
        kept = first.pos_ in _KEPT or first.text.isupper() or first.text == "I"
        lower = text if kept else text[0].lower() + text[1:]
        yield Change(first.idx, end(adverb.nbor()), f"{adverb.text.title()}, {lower}")


FAMILY = Family("connective", "It joins the same two sentences from both places.", _changes)
