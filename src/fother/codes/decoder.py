"""Names the copies a leak was made from, or none, with a proven bound of naming a wrong one.

What is guaranteed
    Whatever the observations are, however they were made and whoever attacked the copies: if no codeword was
    looked at while making them, the probability that `decode` names any copy that had no part in the leak is
    at most α. With `family` set to the number of copies of all documents and editions tried, the same holds
    for all those calls together.

Why
    1. An innocent copy's symbols are independent Bernoulli(p_j), also given the observations, the biases and
       all other codewords: the attackers never saw them and the observations were made against the unmarked
       original (Tardos 2003).
    2. So under every hypothesis h the integer score S_h of an innocent has a known distribution. Its upper
       tail is computed exactly, or bounded from above (`tail`); P_h(S_h) is a p-value, and so is
       min_h P_h / w_h with Σ w_h = 1 (Bonferroni). A wrong hypothesis costs power, never validity.
       exp of the unrounded score has expectation 1 and is an e-value (likelihood ratio); so are averages over
       hypotheses and shares, and products over disjoint blocks (`blocks`), which Markov makes p-values.
    3. Each step has its own share of α, divided by `family` (union bound):
       single scores .44, lines .03, pages .03, conditional steps .25, pairs .25.
    4. Conditional step s = 1, 2, … tests every other copy given the codewords of the accused A, at
       .25·2^-s. As long as only participants have been accused, A is a function of the observations and the
       participants' codewords, hence independent of an innocent's symbols: steps before compare each copy
       with fixed thresholds, never copies with each other.
    5. The pair step, run when nobody was named, tests copy i given k for both among the K best, at .25/K
       (`pairs`). Its list depends on everybody, so A_j, the set that would be accused if copy j did not
       exist, is worked out for each listed j, and j is left out of later steps unless A_j = A.

Sources: Tardos, STOC 2003; Škorić, Katzenbeisser & Celik, "Symmetric Tardos fingerprinting codes for
arbitrary alphabet sizes", Des. Codes Cryptogr. 46 (2008); Oosterwijk, Škorić & Doumen, "Optimal suspicion
functions for Tardos traitor tracing schemes", IH&MMSec 2013; Laarhoven, IH&MMSec 2014; Furon & Desoubeaux,
WIFS 2014; Meerwald & Furon, IEEE TIFS 7 (2012).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from . import blocks, pairs
from .code import FingerprintingCode
from .hypotheses import DEFAULT_FAMILY
from .observations import Observations, relative_likelihood
from .scan import scan, symbols_at
from .stage import LN10, MARGIN, Stage
from .tail import moments

NAME = "fother decoder 1"  #: changes whenever the numbers that it gives may change
#: shares of α by step
BUDGET = {"single": 0.44, "lines": 0.03, "pages": 0.03, "conditional": 0.25, "pair": 0.25}
SINGLE, LINES, PAGES, CONDITIONAL, PAIR = BUDGET.values()
_LISTED = 65_536  # from here on later steps look only at copies that are somewhat suspect on their own
_SUSPECT = 0.3


@dataclass(frozen=True)
class Named:
    """One copy named. All numbers are decimal logarithms; a probability is never rounded to 0.

    `log10_p`: probability that an innocent copy scores as high in this step, the choice among hypotheses
    included. `log10_bound`: probability that the whole procedure names *any* innocent copy at this strength
    of evidence (≤ log10 α). `log10_lr_copy`: likelihood ratio of "this copy took part" against "another copy
    did instead"; `log10_lr_original`: against "nobody's copy, the unmarked original".
    """

    index: int
    log10_p: float
    log10_bound: float
    log10_lr_copy: float
    log10_lr_original: float
    step: str  #: "single", "lines", "pages", "pair", "conditional 1", "conditional 2", …
    hypothesis: str


@dataclass(frozen=True)
class Decoding:
    """Result of `decode`."""

    named: tuple[Named, ...]
    #: best 20 copies: (index, log10 p, log10 likelihood ratio against another copy). p is an upper bound
    #: unless the copy is named
    ranking: tuple[tuple[int, float, float], ...]
    scores: NDArray[np.float64]  #: (n,) one-copy scores, mean 0 and standard deviation 1 for innocent copies
    expected_score: float  #: what the source is expected to score if it is one copy; NaN if nothing was read
    hypotheses_tried: int  #: sets of weights by which copies were scored


@dataclass
class _Search:
    """What the steps of one decoding share; `named` grows."""

    code: FingerprintingCode
    copies: int
    observations: Observations
    probabilities: NDArray[np.float64]
    alpha: float
    family: int
    named: dict[int, Named] = field(default_factory=dict)
    barred: set[int] = field(default_factory=set)
    tried: int = 0

    def log_threshold(self, share: float) -> float:
        return math.log(self.alpha) + math.log(share) - math.log(self.family)

    def symbols(self, copies: Iterable[int]) -> NDArray[np.uint8]:
        return symbols_at(self.code, np.fromiter(copies, dtype=np.int64), self.observations.position)

    def name(
        self, index: int, log_p: float, share: float, ratios: tuple[float, float], step: str, how: str
    ) -> None:
        """Records the copy if its evidence is within the share; the strongest evidence stays."""
        if log_p > self.log_threshold(share):
            return
        bound = log_p + math.log(self.family) - math.log(share)
        found = Named(index, log_p / LN10, bound / LN10, ratios[0] / LN10, ratios[1] / LN10, step, how)
        if index not in self.named or found.log10_bound < self.named[index].log10_bound:
            self.named[index] = found

    def name_by_score(self, stage: Stage, copies: Iterable[int], share: float, step: str) -> None:
        """Tests copies near the threshold by exact tails."""
        for index in copies:
            symbols = self.symbols([index])[0]
            log_p, hypothesis = stage.log_p(symbols, (-math.inf, self.log_threshold(share) + MARGIN))
            if log_p > self.log_threshold(share):
                continue
            ratios = stage.log_e_value(symbols), stage.log_ratio_to_original(symbols)
            self.name(index, log_p, share, ratios, step, hypothesis.name)


def decode(
    code: FingerprintingCode,
    copies: int,
    obs: Observations,
    *,
    alpha: float = 1e-6,
    family: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Decoding:
    """Copies 0 … `copies` - 1 of `code` that took part in a leak, see the module docstring.

    `alpha` in (0, 1) bounds the probability of naming any innocent copy; `family` ≥ `copies` is the number of
    copies over all documents, editions and alignments tried (default `copies`); `progress` gets 0 … 1.
    Raises `UsageError` for a carrier the code does not have or numbers out of range.
    """
    _check(code, copies, obs, alpha)
    informative = obs.select(obs.separation > 0)
    if copies == 0 or len(informative) == 0:
        return Decoding((), (), np.zeros(copies), math.nan, 0)
    probabilities = code.probabilities[informative.position]
    search = _Search(code, copies, informative, probabilities, alpha, max(copies, family or 0))
    nobody = np.zeros((0, len(informative)), dtype=np.uint8)
    first = Stage.prepare(DEFAULT_FAMILY, informative, probabilities, nobody)
    everyone = np.arange(copies, dtype=np.int64)
    scores = scan(code, everyone, informative.position, first.weights, progress)
    bounds = first.log_bounds(scores)
    search.tried += len(first.hypotheses)
    suspects = everyone
    if copies > _LISTED:
        suspects = everyone[bounds <= math.log(_SUSPECT * min(1.0, 1e6 / copies))]

    near = np.flatnonzero(bounds <= search.log_threshold(SINGLE) + MARGIN)
    search.name_by_score(first, near.tolist(), SINGLE, "single")
    _name_by_blocks(search, first, suspects)
    if not search.named:
        _name_by_pairs(search, bounds)
    _name_conditionally(search, suspects)

    mean, deviation = moments(first.weights[0], probabilities)
    return Decoding(
        named=tuple(sorted(search.named.values(), key=lambda named: named.log10_bound)),
        ranking=_ranking(search, first, bounds, scores[0]),
        scores=(scores[0] - mean) / deviation if deviation > 0 else np.zeros(copies),
        expected_score=expected_score(informative, probabilities),
        hypotheses_tried=search.tried,
    )


def expected_score(observations: Observations, probabilities: NDArray[np.float64]) -> float:
    """Standardised one-copy score to expect of the true source, from separations and biases alone.

    Every carrier adds p(1-p)·(E[w|1] - E[w|0]) to the mean and p(1-p)·E[w²] to the variance of an innocent,
    w being the log-likelihood ratio of the symbols (Gauss-Hermite quadrature over the noise).
    """
    if not np.any(observations.separation > 0):
        return math.nan
    nodes, shares = np.polynomial.hermite_e.hermegauss(25)
    shares = shares / shares.sum()
    d = observations.separation
    symbol = np.array([0.0, 1.0])[:, None, None]
    value = (2 * symbol - 1) * d / 2 + nodes[:, None]  # (symbol, node, carrier)
    levels = [relative_likelihood(value, d, np.array(level)) for level in (0.0, 1.0)]
    gain = np.log(levels[1]) - np.log(levels[0])
    shift = shares @ gain
    square = shares @ (gain * gain)
    power = (1 - probabilities) * square[0] + probabilities * square[1]
    spread = probabilities * (1 - probabilities)
    return float((spread * (shift[1] - shift[0])).sum() / math.sqrt(float((spread * power).sum())))


def _check(code: FingerprintingCode, copies: int, obs: Observations, alpha: float) -> None:
    if copies < 0:
        raise UsageError(f"The number of copies must be 0 or more, not {copies}.")
    if not 0 < alpha < 1:
        raise UsageError(f"The false-accusation bound must lie between 0 and 1, not {alpha}.")
    if len(obs) and int(obs.position[-1]) >= code.length:
        raise UsageError(f"Carrier {int(obs.position[-1])} was observed, but the code has {code.length}.")


def _name_by_blocks(search: _Search, first: Stage, suspects: NDArray[np.int64]) -> None:
    """Step 1, second part: copies of which only some lines or pages were used."""
    one_copy = first.evidence[0]
    to_original = float((one_copy.log_marginal - first.log_original).sum())
    rows = max(1, 2**26 // len(search.observations))
    ids = (("lines", LINES, search.observations.block), ("pages", PAGES, search.observations.page))
    for step, share, block in ids:
        if len(np.unique(block)) < 2:
            continue
        search.tried += 1
        for start in range(0, len(suspects), rows):
            piece = suspects[start : start + rows]
            log_e = blocks.log_e_values(search.symbols(piece), one_copy, block)
            for at in np.flatnonzero(-log_e <= search.log_threshold(share)):
                ratios = float(log_e[at]), float(log_e[at]) + to_original
                search.name(int(piece[at]), -float(log_e[at]), share, ratios, step, f"some {step} of it")


def _name_by_pairs(search: _Search, bounds: NDArray[np.float64]) -> None:
    """Pair step, and which copies must be left out of the conditional steps after it."""
    if search.copies < 2:
        return
    length = min(pairs.list_length(len(search.observations)), search.copies - 1)
    order = np.argsort(bounds, kind="stable")[: length + 1]
    symbols = search.symbols(order)
    share = PAIR / length
    search.tried += len(pairs.FAMILY)
    passing = pairs.passing_pairs(
        search.observations, search.probabilities, symbols, search.log_threshold(share)
    )
    for i, k, _, _, stage in passing:
        if i < length and k < length:
            log_p, hypothesis = stage.log_p(symbols[i])
            ratios = stage.log_e_value(symbols[i]), stage.log_ratio_to_original(symbols[i])
            search.name(int(order[i]), log_p, share, ratios, "pair", hypothesis.name)
    accused = {i for i, k, *_ in passing if i < length and k < length}
    for j in range(length):
        if {i for i, k, *_ in passing if j not in (i, k)} != accused - {j}:
            search.barred.add(int(order[j]))


def _name_conditionally(search: _Search, suspects: NDArray[np.int64]) -> None:
    """Conditional steps: given the accused, who else took part?"""
    share = CONDITIONAL
    step = 0
    while search.named:
        step, share = step + 1, share / 2
        accused = list(search.named)
        stage = Stage.prepare(
            DEFAULT_FAMILY, search.observations, search.probabilities, search.symbols(accused)
        )
        if not stage.weights.any():
            return
        search.tried += len(stage.hypotheses)
        bounds = stage.log_bounds(scan(search.code, suspects, search.observations.position, stage.weights))
        near = suspects[bounds <= search.log_threshold(share) + MARGIN].tolist()
        innocent_so_far = [i for i in near if i not in search.named and i not in search.barred]
        search.name_by_score(stage, innocent_so_far, share, f"conditional {step}")
        if len(search.named) == len(accused):
            return


def _ranking(
    search: _Search, first: Stage, bounds: NDArray[np.float64], scores: NDArray[np.int32]
) -> tuple[tuple[int, float, float], ...]:
    """Best 20 copies by their own evidence, the named ones with the evidence that named them."""
    best = np.lexsort((-scores, bounds))[:20].tolist()
    listed = [*search.named, *(i for i in best if i not in search.named)]
    rows = []
    for index, symbols in zip(listed, search.symbols(listed), strict=True):
        if index in search.named:
            rows.append((index, search.named[index].log10_p, search.named[index].log10_lr_copy))
        else:
            rows.append((index, float(bounds[index]) / LN10, first.log_e_value(symbols) / LN10))
    return tuple(sorted(rows, key=lambda row: (row[1], -row[2]))[:20])
