"""Places of an adverb: "has also issued" / "also has issued"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fother.channels.wording.rules.grammar import end, words
from fother.channels.wording.rules.interface import Change, Family, Usage

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence

#: Adverbs that speak of the whole predicate on either side of the first helping verb.
_FREE = words("also generally often usually typically currently frequently sometimes previously recently")
_HELPERS = words("has have had is are was were will can could would may might should must")


def _changes(sentence: Sentence, _usage: Usage) -> Iterator[Change]:
    for adverb in sentence:
        if adverb.lower_ not in _FREE or adverb.dep_ != "advmod" or adverb.i + 1 >= sentence.end:
            continue
        if adverb.i <= sentence.start + 1:
            continue
        before, after, verb = adverb.nbor(-1), adverb.nbor(), adverb.head
        if verb.pos_ not in ("VERB", "AUX") or any(c.dep_ == "neg" for c in verb.children):
            continue
        subjects = [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")]
        if not subjects or subjects[0].tag_ in ("WDT", "WP", "EX"):
            continue
        helpers = [c for c in verb.children if c.dep_ in ("aux", "auxpass")]
        if not helpers or sentence[adverb.i - sentence.start].is_title:
            continue
        if before == helpers[0] and before.lower_ in _HELPERS and after in (verb, *helpers[1:]):
            if before.nbor(-1) == subjects[0]:
                yield Change(before.idx, end(adverb), f"{adverb.text} {before.text}")
        elif after == helpers[0] and after.lower_ in _HELPERS and before == subjects[0]:
            yield Change(adverb.idx, end(after), f"{after.text} {adverb.text}")


FAMILY = Family("adverb", "The adverb speaks of the same verb in both places.", _changes)
