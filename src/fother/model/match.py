"""The answer of an identification: which documents a leak shows, which passages, and what was altered.

Offsets are code points: of the leak's text (`Sighting.text`) and of the document's text as registered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Span = tuple[int, int]  #: start, end
ChangeKind = Literal[
    "number",
    "negation",
    "name",
    "date",
    "marking",
    "certainty",
    "insertion",
    "deletion",
    "order",
    "wording",
]
Genuineness = Literal["genuine", "altered", "mixed", "not-ours"]


@dataclass(frozen=True)
class Hit:
    """A place that the index proposes: this stretch of the leak may be that part of the document."""

    document: str
    leak: Span
    offset: int  #: where in the document the stretch would begin; exact to some 200 characters
    score: float  #: comparable within one route only
    route: Literal["characters", "words"]


@dataclass(frozen=True)
class Passage:
    """A stretch of the leak and the stretch of the document that it shows.

    `similarity` is 0…1 after alignment. `common` says why the passage does not count as evidence, with the
    place it also stands in: boilerplate, a public text, formulae of the house; empty when it counts.
    `log10_chance` is the logarithm of the probability that text by somebody who never saw the document agrees
    as well as this with any passage of the registry.
    """

    leak: Span
    document: Span
    pages: tuple[int, ...]  #: 1-based, in order; empty for a document without pages
    similarity: float
    log10_chance: float
    common: str = ""

    @property
    def page(self) -> int | None:
        """The page that it begins on."""
        return self.pages[0] if self.pages else None

    def pages_beside(self, leak: Span) -> tuple[int, ...]:
        """Of the pages, those that a part of the leak may show, by its place in the passage and one around.

        Only the passage as a whole is laid beside the document, so a part's place is that of its share.
        """
        start, end = self.leak
        first = max(0, leak[0] - start) / max(1, end - start)
        last = (min(end, leak[1]) - start) / max(1, end - start)
        count = len(self.pages)
        if count <= 2:
            return self.pages
        return self.pages[max(0, math.floor(first * count) - 1) : math.ceil(last * count) + 1]


@dataclass(frozen=True)
class Change:
    """One real difference between leak and document. A side that has nothing has an empty text.

    `document` and `leak` are spans; an empty span says where the missing text would stand, None that there
    is no such place. `grave` is False for changes of wording that carry no fact.
    """

    kind: ChangeKind
    document_text: str
    leak_text: str
    document: Span | None
    leak: Span | None
    sentence: str  #: "The leak says 61,000; the document says 16,000."
    grave: bool = True
    confidence: float = 1.0  #: 0…1, lower where the leak's text was recognised in a picture


@dataclass(frozen=True)
class Region:
    """A place of a page where a picture of it shows something else.

    `page_box` is x0, y0, x1, y1 in points from the top left of the page as shown; `sheet_outline` the four
    corners of the same place in the sheet, pixels. `kind`: "changed" other content, "covered" plain paint or
    paper over content, "added" content where the page has none.
    """

    sheet: int
    page: int  #: 0-based
    kind: Literal["changed", "covered", "added"]
    page_box: tuple[float, float, float, float]
    sheet_outline: tuple[tuple[float, float], ...]
    words: str  #: text of the document under it
    score: float  #: how sure, standard deviations


@dataclass(frozen=True)
class DocumentMatch:
    """One registered document found in a leak.

    `coincidence` is the probability that a leak with no part in this document matches the registry as well.
    `leak_covered` and `document_covered` are shares (0…1) of words. `leads` is False where a better match
    explains the same words of the leak: another version, whose differences are no alterations.
    """

    document: str
    title: str
    coincidence: float
    passages: tuple[Passage, ...]
    changes: tuple[Change, ...]
    leak_covered: float
    document_covered: float
    verdict: Genuineness
    route: Literal["text", "picture"] = "text"
    regions: tuple[Region, ...] = ()
    leads: bool = True


@dataclass(frozen=True)
class Identification:
    """What one artefact is: the matches, best first, and the verdict over all of them.

    `log10_unrelated` belongs to "not-ours": the logarithm of the probability that a leak of this length and
    legibility that does show a registered document would have gone unnoticed.
    """

    artefact: str
    verdict: Genuineness
    sentence: str
    matches: tuple[DocumentMatch, ...]
    foreign: tuple[Span, ...]  #: stretches of the leak that no match explains
    log10_unrelated: float | None = None
    notes: tuple[str, ...] = ()
