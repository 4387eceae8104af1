"""Genuine, altered, mixed with foreign text, or not ours: what the matches of a leak say about it as a whole.

The rules, in this order:
1. No match whose coincidence is at most `chance.ACCEPTED` (public texts never count): not ours.
2. A grave change in what is shown of a leading document: altered.
3. Foreign text of some extent beside the registered text, or incomplete pieces of several documents that are
   no versions of each other: mixed.
4. Otherwise: genuine.

A document leads when it explains words of the leak that no better match explains; versions of a document that
another one explains as well or better do not, and their differences are no alterations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fother.identify.chance import ACCEPTED
from fother.identify.match import TextMatch
from fother.identify.spans import gaps, union, word_count
from fother.model.match import Change, Genuineness, Span

FOREIGN = 8  #: words; shorter stretches between passages are not called foreign
MIXED = 20  #: foreign words that make a leak mixed …
MIXED_SHARE = 0.05  #: … when they are this share of it
_ADDS = 8  #: words of the leak that a leading document explains alone
_WHOLE = 0.8  #: share of a document that is shown when it counts as complete
SURE = 0.5  #: confidence that a change must have


@dataclass(frozen=True)
class Judgement:
    """What a leak is as a whole, in one sentence, its stretches that no match explains, and the ids of the
    documents that lead."""

    verdict: Genuineness
    sentence: str
    foreign: tuple[Span, ...]
    leaders: tuple[str, ...] = ()


def leading(matches: Sequence[TextMatch], leak_text: str) -> list[TextMatch]:
    """Accepted matches that explain words which no match before them explains, in the order given."""
    chosen: list[TextMatch] = []
    covered: list[Span] = []
    for match in matches:
        if not accepted(match):
            continue
        mine = union(passage.leak for passage in match.passages)
        new = [
            (max(a, start), min(b, end))
            for a, b in gaps(len(leak_text), covered)
            for start, end in mine
            if max(a, start) < min(b, end)
        ]
        if not chosen or sum(word_count(leak_text[a:b]) for a, b in new) >= _ADDS:
            chosen.append(match)
            covered = union([*covered, *mine])
    return chosen


def accepted(match: TextMatch) -> bool:
    """Whether a match is more than a coincidence, and with a document that is not public."""
    return not match.public and match.coincidence <= ACCEPTED


def genuineness(
    leak_text: str,
    matches: Sequence[TextMatch],
    changes_by_document: Mapping[str, Sequence[Change]] | None = None,
    explained: Sequence[Span] = (),
) -> Judgement:
    """Judge a leak by its matches and by what was changed in each document's passages.

    `explained` are stretches of the leak that are no foreign text though no match has them: lettering of a
    figure that the page shows as well.
    """
    leaders = leading(matches, leak_text)
    if not leaders:
        public = [match for match in matches if match.public]
        sentence = "The leak shows no registered document."
        if public:
            sentence = f"The leak shows the public text “{public[0].title}” and no registered document."
        elif sharing := [match for match in matches if any(passage.common for passage in match.passages)]:
            sentence = f"The leak shares only common wording with registered documents: {_names(sharing)}."
        return Judgement("not-ours", sentence, ((0, len(leak_text)),) if leak_text.strip() else ())
    shown = [p.leak for match in matches if accepted(match) or match.public for p in match.passages]
    shown += explained
    foreign = [span for span in gaps(len(leak_text), shown) if word_count(leak_text[slice(*span)]) >= FOREIGN]
    foreign = [_trimmed(leak_text, span) for span in foreign]
    words = max(1, word_count(leak_text))
    foreign_words = sum(word_count(leak_text[slice(*span)]) for span in foreign)
    grave = sum(
        change.grave and change.confidence >= SURE
        for match in leaders
        for change in (changes_by_document or {}).get(match.document, ())
    )
    mixed = foreign_words >= MIXED and foreign_words >= MIXED_SHARE * words
    spliced = len(leaders) > 1 and sum(match.document_covered < _WHOLE for match in leaders) > 1
    names = _names(leaders)
    leads = tuple(match.document for match in leaders)
    if grave:
        what = "one place was altered" if grave == 1 else f"{grave} places were altered"
        also = f"; {foreign_words} of its {words} words are foreign" if mixed else ""
        return Judgement("altered", f"The leak shows {names}; {what}{also}.", tuple(foreign), leads)
    if mixed:
        sentence = f"The leak shows {names} beside foreign text: {foreign_words} of its {words} words."
        return Judgement("mixed", sentence, tuple(foreign), leads)
    if spliced:
        sentence = f"The leak puts together parts of {len(leaders)} documents: {names}."
        return Judgement("mixed", sentence, tuple(foreign), leads)
    amount = "the whole of" if all(match.document_covered >= 0.98 for match in leaders) else "parts of"
    sentence = f"The leak shows {amount} {names} without alterations."
    return Judgement("genuine", sentence, tuple(foreign), leads)


def _names(matches: Sequence[TextMatch]) -> str:
    named = [f"“{match.title or match.document}”" for match in matches[:3]]
    if len(matches) > 3:
        return f"{', '.join(named)} and {len(matches) - 3} more"
    return " and ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else named[0]


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
