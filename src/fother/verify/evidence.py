"""The evidence against copies, recomputed from the files of one case: commitment, openings, observations.

1. The observations name only carriers that the commitment counts.
2. The biases are those whose salted hash is in every header of the case.
3. Each accused copy and each decoy opens to the root of its header.
4. The score of each accused copy, its exact tail and the bound are recomputed with the biases, hypotheses
   and budget of its header; what the pack claims must not be stronger.
5. Every decoy is scored beside each accused copy, in the same way.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fother.verify import canonical
from fother.verify.claims import Accused, Case, cautious
from fother.verify.commitment import (
    Header,
    Hypothesis,
    decode_header,
    document_hash,
    thresholds_hash,
    unpack_thresholds,
)
from fother.verify.errors import VerificationError
from fother.verify.opening import Opening, decode_opening
from fother.verify.score import Scorer, Seen, decode_seen, prior, step_share

LN10 = math.log(10)
_ROUNDED = 0.001  # decades by which another machine's logarithms may differ


@dataclass(frozen=True)
class Result:
    """What came out for one accused copy. All but the score are decimal logarithms."""

    copy: str
    score: int | None  #: integer score; None where the step goes by e-values
    deviations: float
    log10_p: float
    log10_bound: float
    decoys: tuple[float, ...]  #: log10 p of every decoy, by the same measure


@dataclass(frozen=True)
class Commitment:
    """One commitment of a case with its opened copies."""

    folder: str
    header: Header
    openings: Mapping[str, Opening]
    decoys: tuple[str, ...]


@dataclass
class Checked:
    """A case whose commitments hold; `results` as far as they could be recomputed."""

    case: Case
    original: str  #: SHA-256 of the unmarked original
    seen: Seen
    thresholds: Sequence[int]
    commitments: dict[str, Commitment]
    symbols: dict[str, list[int]]  #: of every opened copy, for every carrier
    results: list[Result] = field(default_factory=list)

    def opened(self) -> list[Opening]:
        """The openings of the accused copies."""
        named = {a.copy for a in self.case.accused}
        return [o for c in self.commitments.values() for o in c.openings.values() if o.copy in named]


def open_case(files: Mapping[str, bytes], case: Case) -> Checked:
    """Rules 1 to 3. `files` is the pack's payload. Raises VerificationError."""
    seen = decode_seen(_file(files, f"{case.folder}/observations.csv"))
    shared = canonical.decode(_file(files, f"{case.folder}/biases.json"))
    commitments: dict[str, Commitment] = {}
    symbols: dict[str, list[int]] = {}
    thresholds: list[int] = []
    try:
        salt, packed = bytes.fromhex(shared["salt"]), base64.b64decode(shared["thresholds"], validate=True)
        original, document_salt = shared["original"], bytes.fromhex(shared["original_salt"])
        stands_for = document_hash(document_salt, bytes.fromhex(original))
        if canonical.encode(shared) != files[f"{case.folder}/biases.json"] or len(shared) != 4:
            raise ValueError("another form")
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise VerificationError("The opened biases are malformed.") from None
    for name in case.commitments:
        folder = f"{case.folder}/{name}"
        header = decode_header(_file(files, f"{folder}/header.json"))
        thresholds = unpack_thresholds(header.support, header.carriers, packed)
        if thresholds_hash(salt, thresholds) != header.thresholds:
            raise VerificationError("The biases are not those that were committed.")
        if stands_for != header.document:
            raise VerificationError("The original is not the one that was committed.")
        if seen.carrier and seen.carrier[-1] >= header.carriers:
            raise VerificationError("The observations name a carrier that the document does not have.")
        opened: dict[str, Opening] = {}
        decoys = []
        for path in sorted(files):
            if path.startswith((f"{folder}/copies/", f"{folder}/decoys/")):
                opening = decode_opening(files[path])
                symbols[opening.copy] = opening.check(header)
                if path != f"{folder}/{path.split('/')[-2]}/{opening.copy}.json" or opening.copy in opened:
                    raise VerificationError(f"{path} opens another copy than its name says.")
                opened[opening.copy] = opening
                if "/decoys/" in path:
                    decoys.append(opening.copy)
                    if not opening.is_decoy():
                        raise VerificationError(f"Copy {opening.copy} is no decoy: somebody was to get it.")
        if len(decoys) != header.decoys:
            raise VerificationError(
                f"The commitment has {header.decoys} decoys, the pack opens {len(decoys)}; all are needed."
            )
        commitments[name] = Commitment(name, header, opened, tuple(decoys))
    return Checked(case, original, seen, thresholds, commitments, symbols)


def recompute(checked: Checked, family: int, alpha: float) -> None:
    """Rules 4 and 5: fills `results`. Raises VerificationError when a claim is stronger than its evidence."""
    committed = sum(c.header.copies for c in checked.commitments.values())
    if family < committed:
        raise VerificationError(
            f"The pack counts {family} copies in its bound, yet {committed} are committed in it."
        )
    accused = {a.copy: a for a in checked.case.accused}
    for claim in checked.case.accused:
        result = _result(checked, claim, accused, family)
        checked.results.append(result)
        for what, found, claimed in (
            ("probability", result.log10_p, claim.log10_p),
            ("bound", result.log10_bound, claim.log10_bound),
        ):
            if found > claimed + _ROUNDED:
                raise VerificationError(
                    f"The pack claims a {what} of 10^{claimed:.2f} for copy {claim.copy}; "
                    f"its observations give 10^{cautious(found)}."
                )
        if result.log10_bound > math.log10(alpha) + _ROUNDED:
            raise VerificationError(
                f"Copy {claim.copy} is named although the bound, 10^{cautious(result.log10_bound)}, is above "
                f"the level of {alpha:g}."
            )


def _result(checked: Checked, claim: Accused, accused: Mapping[str, Accused], family: int) -> Result:
    commitment = checked.commitments.get(claim.commitment)
    if commitment is None or claim.copy not in commitment.openings or claim.copy in commitment.decoys:
        raise VerificationError(f"Copy {claim.copy} is named and not opened.")
    if claim.copy in claim.given or any(copy not in accused for copy in claim.given):
        raise VerificationError(f"What is taken as known against {claim.copy} is not accused itself.")
    header = commitment.header
    tried = header.family()
    hypothesis = next((h for h in tried if (h.model, h.colluders) == (claim.model, claim.colluders)), None)
    if hypothesis is None:
        raise VerificationError(f"The commitment does not have the hypothesis against {claim.copy}.")
    columns = checked.seen.carrier
    scale = 2.0**header.planes
    probabilities = [checked.thresholds[j] / scale for j in columns]
    given = [_at(checked.symbols[copy], columns) for copy in claim.given]
    scorer = Scorer(checked.seen, probabilities, hypothesis, given)
    log_p = _Measure(checked.seen, scorer, tried, hypothesis, claim)
    share = step_share(header.shares, claim.step, claim.listed)
    own = _at(checked.symbols[claim.copy], columns)
    found = log_p(own)
    decoys = [_at(checked.symbols[d], columns) for c in checked.commitments.values() for d in c.decoys]
    return Result(
        copy=claim.copy,
        score=None if claim.step in ("lines", "pages") else scorer.score(own),
        deviations=scorer.deviations(own),
        log10_p=found / LN10,
        log10_bound=(found + math.log(family) - math.log(share)) / LN10,
        decoys=tuple(log_p(symbols) / LN10 for symbols in decoys),
    )


class _Measure:
    """The p-value of a copy in the step that named it, natural logarithm, ≤ 0."""

    def __init__(
        self,
        seen: Seen,
        scorer: Scorer,
        tried: Sequence[Hypothesis],
        hypothesis: Hypothesis,
        claim: Accused,
    ) -> None:
        self._scorer = scorer
        self._block = {"lines": seen.line, "pages": seen.page}.get(claim.step)
        if self._block is None:
            self._log_prior = math.log(prior(tried, hypothesis, claim.step, len(claim.given)))
        elif hypothesis.colluders != 1 or claim.given:
            raise VerificationError(f"The step '{claim.step}' knows no other copies.")

    def __call__(self, symbols: Sequence[int]) -> float:
        if self._block is not None:
            return min(0.0, -self._scorer.log_block_e_value(symbols, self._block))
        return min(0.0, self._scorer.log_p(symbols) - self._log_prior)


def _at(symbols: Sequence[int], columns: Sequence[int]) -> list[int]:
    return [symbols[j] for j in columns]


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise VerificationError(f"The pack lacks its file {name}.")
    return files[name]
