"""The score of one copy, from observations, biases and its codeword, as the decoder of Fother forms it.

With y_j what carrier j looks like, f the likelihood of y_j given how many of c combined copies hold symbol 1
there, and p_j the bias, a copy with symbol x_j gains

    F_x = Σ_t Binomial(c - 1 - a, p)(t) · f(t + κ + x),   g(x) = ln F_x - ln((1 - p)·F_0 + p·F_1),

a being the number of copies already accused and κ how many of them hold symbol 1 (Laarhoven 2014; Meerwald &
Furon 2012). The statistic is the sum of w_j·x_j with w_j = g(1) - g(0) scaled and rounded to integers: its
tail is exact whatever the leak looks like, for a copy that had no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fother.verify.commitment import Hypothesis
from fother.verify.errors import VerificationError
from fother.verify.tail import Tail

READ_ERROR = 1e-3  #: height of the flat background of every likelihood
SCALE = 1000  #: observations are kept in thousandths
WEIGHT = 16.0  #: root mean square of the integer weights
BLOCK_SHARES = (0.5, 0.3, 0.15)  #: of a document's lines or pages that come from one copy
COLUMNS = "carrier,value,separation,line,page"
_MAX_CARRIERS = 10_000_000


@dataclass(frozen=True)
class Seen:
    """What the carriers of a leak look like: parallel tuples, one entry for each carrier read.

    An entry is y ~ N((2λ - 1)·d/2, 1), λ being the share of the combined copies that hold symbol 1.
    """

    carrier: tuple[int, ...]  #: strictly increasing
    value: tuple[int, ...]  #: y in thousandths
    separation: tuple[int, ...]  #: d > 0 in thousandths
    line: tuple[int, ...]
    page: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.carrier)

    def encode(self) -> bytes:
        """A table in CSV: one line for each carrier, numbers as integers."""
        rows = zip(self.carrier, self.value, self.separation, self.line, self.page, strict=True)
        return "".join(f"{line}\n" for line in (COLUMNS, *(",".join(map(str, row)) for row in rows))).encode()


def decode_seen(untrusted: bytes) -> Seen:
    """Observations from their bytes. Raises VerificationError unless `Seen.encode` writes exactly these."""
    try:
        head, *lines = untrusted.decode("ascii").splitlines()
        rows = [tuple(map(int, line.split(","))) for line in lines]
        columns = list(zip(*rows, strict=True)) if rows else [()] * 5
        carrier, value, separation, line, page = columns
    except ValueError:
        raise VerificationError("The table of observations is malformed.") from None
    seen = Seen(carrier, value, separation, line, page)
    if head != COLUMNS or seen.encode() != untrusted:
        raise VerificationError("The table of observations is not in its only form.")
    increasing = all(a < b for a, b in pairwise(carrier))
    if carrier and not (increasing and carrier[0] >= 0 and carrier[-1] < _MAX_CARRIERS):
        raise VerificationError("The carriers of the observations are not in increasing order.")
    if any(d <= 0 for d in separation) or any(abs(n) > 10**9 for n in (*value, *separation)):
        raise VerificationError("An observation is out of range.")
    return seen


def prior(family: Sequence[Hypothesis], hypothesis: Hypothesis, step: str, accused: int) -> float:
    """The share that a hypothesis has of the budget of its step, among those that the step tries.

    Raises VerificationError when the step does not try it.
    """
    tried = [h for h in family if h.colluders > accused and (step != "pair" or _in_pairs(h))]
    if hypothesis not in tried:
        raise VerificationError(f"The step '{step}' does not try {hypothesis.name}.")
    return hypothesis.weight / math.fsum(h.weight for h in tried)


def _in_pairs(hypothesis: Hypothesis) -> bool:
    c = hypothesis.colluders
    return 1 < c <= 3 or (hypothesis.model == "interleave" and c == 5)


def step_share(shares: Mapping[str, str], step: str, listed: int = 1) -> float:
    """The share of the error budget that one step may spend on each copy.

    `step` is "single", "lines", "pages", "pair" (among `listed` copies), "conditional 1", "conditional 2", ….
    Raises VerificationError for any other.
    """
    name, _, number = step.partition(" ")
    if name not in shares or (name == "conditional") != bool(number) or (number and not number.isdigit()):
        raise VerificationError(f"The decoder has no step '{step}'.")
    share = float(shares[name])
    if name == "pair":
        return share / max(1, listed)
    return share * 0.5 ** min(int(number), 60) if number else share


class Scorer:
    """Scores copies under one hypothesis, given the symbols of copies already accused.

    `probabilities` and each of `accused` have one entry for every carrier seen, not for every carrier.
    """

    def __init__(
        self,
        seen: Seen,
        probabilities: Sequence[float],
        hypothesis: Hypothesis,
        accused: Sequence[Sequence[int]] = (),
    ) -> None:
        if len(accused) >= hypothesis.colluders:
            raise VerificationError(
                f"{len(accused)} accused copies leave no room for another in {hypothesis.name}."
            )
        ones = [sum(symbols) for symbols in zip(*accused, strict=True)] if accused else [0] * len(seen)
        self._seen = seen
        self._probabilities = probabilities
        self._gains = _gains(seen, probabilities, hypothesis, ones, len(accused))
        self.weights = integer_weights([g1 - g0 for g0, g1 in self._gains])
        self._tail = Tail(self.weights, probabilities)

    def score(self, symbols: Sequence[int]) -> int:
        """The integer score of a copy with these symbols."""
        return sum(w for w, x in zip(self.weights, symbols, strict=True) if x)

    def log_p(self, symbols: Sequence[int]) -> float:
        """Natural log of the probability that an innocent copy scores as high; -inf never occurs."""
        return self._tail.log_tail(self.score(symbols))

    def deviations(self, symbols: Sequence[int]) -> float:
        """The score in standard deviations above what innocent copies have on average."""
        pairs = list(zip(self.weights, self._probabilities, strict=True))
        mean = math.fsum(w * p for w, p in pairs)
        spread = math.sqrt(math.fsum(w * w * p * (1 - p) for w, p in pairs))
        return (self.score(symbols) - mean) / spread if spread else 0.0

    def log_e_value(self, symbols: Sequence[int]) -> float:
        """Natural log of the likelihood ratio of "this copy took part" against "another copy did"."""
        return math.fsum(gain[x] for gain, x in zip(self._gains, symbols, strict=True))

    def log_block_e_value(self, symbols: Sequence[int], block: Sequence[int]) -> float:
        """Natural log of an e-value for a copy of which only some blocks were used: the average over ρ of
        Π_b (1 - ρ + ρ·e^S_b). Its inverse is a p-value (Markov's inequality)."""
        sums: dict[int, float] = {}
        for gain, x, b in zip(self._gains, symbols, block, strict=True):
            sums[b] = sums.get(b, 0.0) + gain[x]
        logs = [math.fsum(_log_mixed(r, s) for s in sums.values()) for r in BLOCK_SHARES]
        top = max(logs)
        return top + math.log(math.fsum(math.exp(v - top) for v in logs) / len(logs))


def integer_weights(gains: Sequence[float]) -> list[int]:
    """Gains scaled to a root mean square of 16 and rounded: of the evidence 3 parts in 10,000 are lost.

    All 0 when the gains are nothing but rounding errors.
    """
    size = math.sqrt(math.fsum(g * g for g in gains) / max(1, len(gains)))
    if size <= 1e-12:
        return [0] * len(gains)
    return [round(g * (WEIGHT / size)) for g in gains]


def _gains(
    seen: Seen, probabilities: Sequence[float], hypothesis: Hypothesis, ones: Sequence[int], accused: int
) -> list[tuple[float, float]]:
    """(g(0), g(1)) of every carrier."""
    c = hypothesis.colluders
    rest = c - 1 - accused
    shares: dict[float, list[float]] = {
        p: [math.comb(rest, t) * p**t * (1 - p) ** (rest - t) for t in range(rest + 1)]
        for p in set(probabilities)
    }
    levels = [k / c for k in range(c + 1)] if hypothesis.model == "average" else [0.0, 1.0]
    one = None if hypothesis.model == "average" else chosen_one(hypothesis.model, c)
    gains = []
    for y, d, p, known in zip(seen.value, seen.separation, probabilities, ones, strict=True):
        likelihood = [_likelihood(y / SCALE, d / SCALE, level) for level in levels]
        if one is not None:
            likelihood = [likelihood[1] * o + likelihood[0] * (1 - o) for o in one]
        f0 = f1 = 0.0
        for t, share in enumerate(shares[p]):
            f0 += share * likelihood[known + t]
            f1 += share * likelihood[known + t + 1]
        marginal = math.log((1 - p) * f0 + p * f1)
        gains.append((math.log(f0) - marginal, math.log(f1) - marginal))
    return gains


def _likelihood(value: float, separation: float, level: float) -> float:
    z = value - (2 * level - 1) * separation / 2
    return (1 - READ_ERROR) * math.exp(-0.5 * z * z) + READ_ERROR


def chosen_one(model: str, colluders: int) -> list[float]:
    """Probability that a coalition shows symbol 1 when k = 0 … colluders of its copies hold it.

    Raises VerificationError for an unknown model.
    """
    half = colluders / 2
    inner = {
        "interleave": lambda k: k / colluders,
        "majority": lambda k: 1.0 if k > half else 0.5 if k == half else 0.0,
        "minority": lambda k: 1.0 if k < half else 0.5 if k == half else 0.0,
        "coin flip": lambda _: 0.5,
        "all 1": lambda _: 1.0,
        "all 0": lambda _: 0.0,
    }.get(model)
    if inner is None:
        raise VerificationError(f"The commitment names a model of collusion, '{model}', that is unknown.")
    # Marking assumption: where all copies agree, their symbol is shown.
    return [0.0, *map(inner, range(1, colluders)), 1.0]


def _log_mixed(share: float, score: float) -> float:
    """ln(1 - share + share·e^score) without overflow."""
    if score > 0:
        return score + math.log(share + (1 - share) * math.exp(-score))
    return math.log1p(share * math.expm1(score))
