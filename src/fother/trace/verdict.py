"""The verdict on one document: decode every edition, keep the family-wise bound, say it plainly."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fother.codes.code import FingerprintingCode
from fother.codes.decoder import Decoding, Named, decode
from fother.codes.observations import Observations
from fother.model.verdict import Accusation, Candidate, PageEvidence, TextEvidence, Verdict

#: Below this standardised score even a true source would not stand out.
_FAINT = 4.0
#: Readings this sharp show a symbol at two standard deviations from the middle or more.
_SHARP, _MIN_SHARP, _NEAR_MIDDLE = 4.0, 40, 1.7


@dataclass(frozen=True)
class EditionCase:
    """One edition of a document and what the leak shows of its code: one entry of `readings` for each page
    in each sheet, one of `texts` for each text. `name(index)` is the id of a copy."""

    code: FingerprintingCode
    copies: int
    readings: tuple[Observations, ...]
    name: Callable[[int], str]
    edition: str = ""
    decoys: frozenset[int] = frozenset()  #: indices of copies that nobody got
    texts: tuple[Observations, ...] = ()

    def seen(self) -> Observations:
        """All readings as one, as they are decoded and kept."""
        return Observations.together(self.readings, self.texts)


def judge(
    document: str,
    title: str,
    cases: Sequence[EditionCase],
    evidence: Sequence[PageEvidence],
    excerpts: Sequence[TextEvidence] = (),
    *,
    alpha: float,
    family: int,
    tried: Mapping[str, object],
    stamps: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Verdict:
    """Decode each edition against all its copies.

    `family` is the number of copies over everything that was tried; every edition's decoder is given it, so
    the bounds hold for all of them together (union bound).
    """
    plain = [Observations.combine([*case.readings, *case.texts]) for case in cases]
    combined = [case.seen() for case in cases]
    decodings = [
        decode(case.code, case.copies, seen, alpha=alpha, family=family)
        for case, seen in zip(cases, combined, strict=True)
    ]
    # Scores of all editions lie one after the other in the verdict, and indices point into them.
    offsets = [sum(c.copies for c in cases[:k]) for k in range(len(cases))]
    named = sorted(
        (
            (_accusation(case, found, first), found.index in case.decoys)
            for case, d, first in zip(cases, decodings, offsets, strict=True)
            for found in d.named
        ),
        key=lambda pair: pair[0].log10_bound,
    )
    accused = [accusation for accusation, decoy in named if not decoy]
    alarms = tuple(accusation for accusation, decoy in named if decoy)
    ranking = sorted(
        (
            Candidate(case.name(index), first + index, log10_p, log10_lr, index in case.decoys)
            for case, d, first in zip(cases, decodings, offsets, strict=True)
            for index, log10_p, log10_lr in d.ranking
        ),
        key=lambda c: c.log10_p,
    )[:20]
    read = max((len(seen) for seen in combined), default=0)
    expected = max(
        (d.expected_score for d in decodings if not math.isnan(d.expected_score)), default=math.nan
    )
    copies = sum(case.copies for case in cases)
    unmarked = () if accused else _unmarked(plain)
    return Verdict(
        document=document,
        title=title,
        accused=tuple(accused),
        alpha=alpha,
        sentence="",
        copies=family,
        tried={**tried, "hypotheses": sum(d.hypotheses_tried for d in decodings)},
        evidence=tuple(evidence),
        excerpts=tuple(excerpts),
        ranking=tuple(ranking),
        scores=np.concatenate([d.scores for d in decodings]) if decodings else np.zeros(0),
        carriers_read=read,
        expected_score=expected,
        stamps=stamps,
        stronger=() if unmarked else stronger(decodings, evidence, excerpts, bool(accused), expected, copies),
        notes=(*notes, *unmarked, *map(_false_alarm, alarms)),
        false_alarms=alarms,
    )


def nothing_found(
    alpha: float, family: int, tried: Mapping[str, object], stamps: tuple[str, ...], notes: tuple[str, ...]
) -> Verdict:
    """No registered document was found in the leak."""
    return Verdict(
        document=None,
        title="",
        accused=(),
        alpha=alpha,
        sentence="",
        copies=family,
        tried=dict(tried),
        stamps=stamps,
        stronger=(
            "A sharper or larger picture of a page of running text, or the file itself.",
            "Registering the document, if it is one of yours and was never registered.",
        ),
        notes=notes,
    )


def _more_text(excerpts: Sequence[TextEvidence]) -> list[str]:
    worded = sum(e.read("wording") for e in excerpts)
    characters = sum(e.read("characters") for e in excerpts)
    advice = [f"More of the text: {worded} of its wordings and {characters} of its spaces say anything."]
    if not characters:
        advice.append("The file or message itself: retyping and pictures lose the marks in its characters.")
    return advice


def _accusation(case: EditionCase, named: Named, first: int) -> Accusation:
    against = {
        "another copy": named.log10_lr_copy,
        "the unmarked original": named.log10_lr_original,
    }
    return Accusation(
        copy=case.name(named.index),
        index=first + named.index,
        log10_p=named.log10_p,
        log10_bound=named.log10_bound,
        log10_lr=min(against.values()),
        log10_lr_against=against,
        step=named.step,
        hypothesis=named.hypothesis,
    )


def _false_alarm(alarm: Accusation) -> str:
    return (
        f"The decoy {alarm.copy}, a copy that nobody got, scores high enough to be named (bound "
        f"10^{math.ceil(alarm.log10_bound)}). A false alarm: doubt whatever else is named here."
    )


def _unmarked(readings: Sequence[Observations]) -> tuple[str, ...]:
    """A sentence when the words stand where the unmarked original has them: sharp readings, all near the
    middle between the two symbols. Copies that were averaged disagree in many places, but not in all."""
    for seen in readings:
        sharp = seen.separation > _SHARP
        if sharp.sum() >= _MIN_SHARP and float((seen.value[sharp] ** 2).mean()) < _NEAR_MIDDLE:
            return (
                "The words stand where the unmarked original has them, so the leak was made from an unmarked "
                "file or from a copy whose marks were undone.",
            )
    return ()


def stronger(
    decodings: Sequence[Decoding],
    evidence: Sequence[PageEvidence],
    excerpts: Sequence[TextEvidence],
    named: bool,
    expected: float,
    copies: int,
) -> tuple[str, ...]:
    """What would have made the evidence stronger, in sentences."""
    if not decodings:
        return ("No copy of this document has been issued, so there is nothing to compare with.",)
    advice: list[str] = []
    words = sum(int(np.isfinite(page.mark).sum()) for page in evidence)
    densities = [page.density for page in evidence if math.isfinite(page.density)]
    if evidence and words < 150:
        advice.append(f"More text: {words} words were read; a whole page of running text is plenty.")
    if densities and min(densities) < 90:
        advice.append(
            f"A sharper picture: this one shows {min(densities):.0f} dots per inch of page; 120 is good."
        )
    noise = [float(np.nanmedian(page.sigma)) for page in evidence if np.isfinite(page.sigma).any()]
    if noise and min(noise) > 0.15:
        advice.append(
            "A capture that does not round letters to whole pixels: a print-out, a photo, a larger zoom."
        )
    if excerpts and not named:
        advice += _more_text(excerpts)
    clear = _FAINT + math.sqrt(2 * math.log(max(copies, 2)))
    if not named and expected > clear:
        advice.append(
            "The capture is good enough to name a single source. So the leak comes from no issued copy, or "
            "several copies were combined, or the marks were removed; more pages would tell."
        )
    if not advice and named:
        advice.append("Nothing: the capture gave nearly all the evidence that its words can carry.")
    return tuple(advice)
