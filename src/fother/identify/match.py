"""From places that the index proposes to the documents that a leak shows, passage by passage.

Each proposed place is aligned letter by letter (`alignment`), the agreement is weighed (`chance`), and what
documents of different origin or public texts share is taken off (`sharing`). A passage that keeps less than
half of its worth is shown with the reason (`Passage.common`); the coincidence of its document is that of what
remains.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fother.identify.alignment import alignments
from fother.identify.chance import (
    ACCEPTED,
    agreement,
    information,
    log_expected,
    log_probability,
    penalty,
    together,
)
from fother.identify.letters import Letters, letters_of
from fother.identify.sharing import Agreement, Frequency, Habits, Shared, Source, Use, limit, shared
from fother.identify.spans import covered_share, union, whole_words, with_marks
from fother.model.match import Hit, Passage, Span

__all__ = ["Frequency", "Source", "TextMatch", "match_text"]

SHOWN = 1e-2  #: passages less probable by accident than this are shown
FORMULAE = "made of formulae that recur in many registered documents"
_SLACK = 600  #: characters on both sides of where the index places the leak
_MOST_DOCUMENTS = 40
_MOST_OF_SHORT = 12  #: documents followed for a leak that is too short to show many
_SHORT = 1500  #: characters
_MOST_PLACES = 12  #: hits of one document that are followed
_MOST_AGREEMENTS = 200  #: of one document
_LEAST_LOG10 = -300.0
_LETTERS = 0.8  #: share of the characters of a text that are letters or digits


@dataclass(frozen=True)
class TextMatch:
    """One registered document that a leak agrees with.

    `coincidence` is the probability that a leak with no part in the document agrees as well with any of the
    registry. `agreement` is what all passages say together, common or not, in nats: it ranks versions of one
    document. `leak_covered` and `document_covered` are shares (0…1) of words.
    """

    document: str
    title: str
    passages: tuple[Passage, ...]  #: in the order of the leak
    leak_covered: float
    document_covered: float
    coincidence: float
    agreement: float
    public: bool = False


def match_text(
    leak_text: str,
    hits: Sequence[Hit],
    source: Callable[[str], Source],
    *,
    registry_characters: int,
    registry_documents: int = 0,
    frequency: Frequency | None = None,
    habits: Habits | None = None,
    recognised: bool = False,
) -> list[TextMatch]:
    """Documents that a leak shows, nearest first; documents that only coincide and public texts last.

    `source` gives the text of a document of the hits. `registry_characters` and `registry_documents` say how
    much the index holds; with the number of documents grows how many may hold a text that is no boilerplate.
    `frequency` tells in how many registered documents stretches of a text occur (spans are of that text),
    `habits` how far those documents foretell a text.
    `recognised` says that the leak's text was recognised in a picture: differences then cost less.
    """
    leak = letters_of(leak_text)
    registry = max(1, int(registry_characters * _LETTERS))
    uses = []
    most = _MOST_OF_SHORT if len(leak_text) <= _SHORT else _MOST_DOCUMENTS
    for rank, (document, places) in enumerate(_windows(hits, len(leak_text)).items()):
        held = source(document)
        if rank < most or held.public:
            use = _use(leak, held, places, registry, recognised)
            if use.agreements:
                uses.append(use)
    sharing = shared(leak, uses, frequency, habits, limit(registry_documents))
    matches = [
        _match(leak_text, leak, use, common, registry) for use, common in zip(uses, sharing, strict=True)
    ]
    return sorted(
        matches, key=lambda m: (m.public, m.coincidence > ACCEPTED, -m.agreement, -m.document_covered)
    )


def _windows(hits: Sequence[Hit], length: int) -> dict[str, list[Span]]:
    """Where in each document the leak may lie, by document in the order of the hits."""
    found: dict[str, list[Span]] = {}
    slack = _SLACK + length // 4
    for hit in hits:
        if hit.document not in found and len(found) >= _MOST_DOCUMENTS:
            continue
        places = found.setdefault(hit.document, [])
        if len(places) < _MOST_PLACES:
            start = hit.offset - hit.leak[0]
            places.append((max(0, start - slack), max(0, start) + length + slack))
    return {document: union(places) for document, places in found.items()}


def _use(leak: Letters, source: Source, places: Sequence[Span], registry: int, recognised: bool) -> Use:
    """All agreements of the leak with one document that are not plainly accidents."""
    found: list[Agreement] = []
    within = max(1, int(len(source.text) * _LETTERS))
    for start, end in places:
        letters = letters_of(source.text[start:end], start)
        nats = information(letters)
        for item in alignments(leak, letters):
            gained = agreement(item, letters, nats)
            worth = float(gained.sum()) - penalty(item, recognised)
            if log_expected(worth, len(leak), within) < math.log(SHOWN):
                telling = log_expected(worth, len(leak), registry) < math.log(SHOWN)
                found.append(Agreement(item, letters, gained, worth, telling))
    found.sort(key=lambda item: -item.nats)
    kept: list[Agreement] = []
    for candidate in found[:_MOST_AGREEMENTS]:
        start, end = candidate.found.leak
        if all(end <= other.found.leak[0] or start >= other.found.leak[1] for other in kept):
            kept.append(candidate)
    return Use(source, tuple(kept) if any(one.telling for one in kept) else ())


def _match(leak_text: str, leak: Letters, use: Use, sharing: Sequence[Shared], registry: int) -> TextMatch:
    source = use.source
    passages = []
    for item, common in zip(use.agreements, sharing, strict=True):
        leak_span = _span(leak_text, leak, item.found.leak)
        document_span = _span(source.text, item.letters, item.found.document)
        leak_span, document_span = with_marks(leak_text, leak_span, source.text, document_span)
        chance = log_probability(log_expected(item.nats * common.counted, len(leak), registry)) / math.log(10)
        sentence = "in a text registered as public" if source.public else common.sentence()
        alone = log_expected(item.nats * common.own, len(leak), registry)
        if not sentence and alone <= math.log(ACCEPTED) < chance * math.log(10):
            sentence = FORMULAE
        passages.append(
            Passage(
                leak_span,
                document_span,
                _pages(source, document_span),
                item.found.similarity,
                max(_LEAST_LOG10, chance),
                sentence,
            )
        )
    counted = [item.nats * common.counted for item, common in zip(use.agreements, sharing, strict=True)]
    within = int(len(source.text) * _LETTERS)
    chance = 0.0 if source.public else together(counted, len(leak), registry, within) / math.log(10)
    return TextMatch(
        source.id,
        source.title,
        tuple(sorted(passages, key=lambda passage: passage.leak)),
        covered_share(leak_text, [passage.leak for passage in passages]),
        covered_share(source.text, [passage.document for passage in passages]),
        10.0 ** max(_LEAST_LOG10, chance),
        sum(item.nats for item in use.agreements),
        source.public,
    )


def _pages(source: Source, span: Span) -> tuple[int, ...]:
    """Pages (from 1) that a stretch of a document stands on."""
    first = bisect.bisect_right(source.page_starts, span[0])
    last = bisect.bisect_left(source.page_starts, span[1])
    return tuple(range(max(1, first), max(1, first, last) + 1)) if source.page_starts else ()


def _span(text: str, letters: Letters, span: Span) -> Span:
    """Whole words of a text around letters `span`."""
    return whole_words(text, (int(letters.offset[span[0]]), int(letters.offset[span[1] - 1]) + 1))
