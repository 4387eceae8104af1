"""The answer of a trace, complete enough to be printed, drawn and checked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Accusation:
    """One named copy.

    `p` is the probability that an innocent copy scores as high in the step that named it, the choice among
    hypotheses included: from exact tails, or an upper bound where the step goes by e-values. `bound` is the
    family-wise probability that this procedure names *any* innocent copy at this strength of evidence.
    `log10_lr` is the smallest of `log10_lr_against`.
    """

    copy: str
    index: int  #: place in `Verdict.scores`
    log10_p: float
    log10_bound: float
    log10_lr: float
    log10_lr_against: dict[str, float]  #: "another copy", "the unmarked original"
    step: str  #: "single", "lines", "pages", "pair", "conditional 1", …
    hypothesis: str  #: e.g. "1 copy", "interleave of 3"

    @property
    def p(self) -> float:
        return float(10.0 ** max(self.log10_p, -300.0))

    @property
    def bound(self) -> float:
        return float(min(1.0, 10.0 ** max(self.log10_bound, -300.0)))


@dataclass(frozen=True)
class PageEvidence:
    """One page found in one sheet, with what the report draws.

    `boxes` (n, 4) are x0, y0, x1, y1 in points from the top left of the page as shown; `mark` (n,) is the
    displacement along the text in points after the capture's own warp was removed (NaN: not measured);
    `sigma` (n,) its standard deviation.
    """

    artefact: str
    sheet: int
    page: int  #: 0-based
    page_size: tuple[float, float]
    boxes: NDArray[np.float64]
    mark: NDArray[np.float64]
    sigma: NDArray[np.float64]
    density: float
    method: str
    carriers_read: int
    background: bytes = b""  #: PNG of the original page
    sheet_image: bytes = b""  #: JPEG of the sheet as received, reduced


@dataclass(frozen=True)
class TextMark:
    """One place of a leaked text that carries marks: which of its `forms` it shows, None where that is not
    clear. `start`, `end` are code points of `TextEvidence.text`."""

    start: int
    end: int
    channel: str  #: "characters" or "wording"
    family: str
    forms: tuple[str, ...]
    form: int | None


@dataclass(frozen=True)
class TextEvidence:
    """A leaked text in which places of a document's own text were found, with what was read there."""

    artefact: str
    text: str  #: of the leak, as read
    marks: tuple[TextMark, ...]
    recognised: bool  #: read in a picture
    carriers_read: int
    #: kinds of places that all read alike, so that nothing was taken from them: channel, family, how many
    alike: tuple[tuple[str, str, int], ...] = ()
    as_original: int = (
        0  #: wordings read, when all of them (at least twelve) are those of the unmarked original
    )

    def read(self, channel: str) -> int:
        """How many places of a channel say which form they show."""
        return sum(mark.form is not None for mark in self.marks if mark.channel == channel)


@dataclass(frozen=True)
class Candidate:
    """One copy in the ranking, named or not."""

    copy: str
    index: int
    log10_p: float
    log10_lr: float
    decoy: bool = False  #: nobody got this copy


@dataclass(frozen=True)
class Verdict:
    """The result of one trace against one document (the best one), or against none."""

    document: str | None
    title: str
    accused: tuple[Accusation, ...]
    alpha: float
    sentence: str  #: the verdict for a person
    copies: int  #: copies in the family over which the bound holds
    tried: dict[str, object]  #: documents, pages, sheets, hypotheses, alignments
    evidence: tuple[PageEvidence, ...] = ()
    excerpts: tuple[TextEvidence, ...] = ()
    ranking: tuple[Candidate, ...] = ()  #: best copies first, at most 20
    #: (copies,) standardised score of every copy under the one-copy hypothesis
    scores: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    carriers_read: int = 0
    #: standardised score to expect of the source, from the measured noise; NaN if nothing was read
    expected_score: float = float("nan")
    stamps: tuple[str, ...] = ()  #: copies whose stamp was found intact
    stronger: tuple[str, ...] = ()  #: what would have made the evidence stronger, sentences
    notes: tuple[str, ...] = ()
    #: decoys that were named: copies that nobody got, so each is a false alarm and accuses no one
    false_alarms: tuple[Accusation, ...] = ()
    #: verdicts on other documents that the same leak shows and of which copies are named
    others: tuple[Verdict, ...] = ()
