"""A pack checked: by the stand-alone verifier and, given the original, by measuring the leak again."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.codes.observations import Observations
from fother.evidence import standalone
from fother.evidence.kept import seen_of
from fother.flow.leaks import receive_leaks
from fother.flow.original import open_original
from fother.flow.progress import Progress
from fother.flow.reading import match_leak, read_pages
from fother.flow.safeguard import plan_original, read_file
from fother.formats.pdf.unlock import unlock
from fother.verify import bag, pack
from fother.verify.claims import cautious
from fother.verify.errors import VerificationError
from fother.verify.evidence import Checked, recompute
from fother.verify.pack import Outcome, Trust
from fother.verify.score import Seen

_CLOSE = 0.25  # of the noise: values closer than this count as the same


def verifier() -> bytes:
    """The verifier as one Python file."""
    return standalone.build()


def verify(
    place: Path,
    trust: Trust,
    *,
    original: Path | None = None,
    carriers: Path | None = None,
    progress: Progress,
) -> Outcome:
    """Check a pack; with the unmarked original also measure the leaked files in it again.

    Raises InputFileError, PasswordError, UsageError, SandboxError for the files given beside the pack.
    """
    outcome = pack.check(place, trust)
    if original is None or not outcome.valid:
        return outcome
    data, _ = unlock(read_file(original), "")
    table = None if carriers is None else read_file(carriers)
    try:
        payload, _ = bag.payload_of(bag.read(place))
        said = [_again(payload, outcome, case, data, table, progress) for case in outcome.cases]
    except VerificationError as error:
        return Outcome((), (), (str(error),))
    return replace(
        outcome,
        proven=(*outcome.proven, *said),
        stated=tuple(s for s in outcome.stated if not s.startswith("That the observations are")),
    )


def _again(
    payload: dict[str, bytes],
    outcome: Outcome,
    case: Checked,
    data: bytes,
    table: bytes | None,
    progress: Progress,
) -> str:
    """Measure the leak against the original anew and score the named copies on that.

    Raises VerificationError when the original or the table is another one, or the evidence does not hold.
    """
    assert outcome.claims is not None  # noqa: S101 - a valid outcome has claims
    if hashlib.sha256(data).hexdigest() != case.original:
        raise VerificationError("The original that you gave is not the one that was committed.")
    header = next(iter(case.commitments.values())).header
    if table is None:
        table = plan_original(data, progress).to_bytes()
    if hashlib.sha256(table).digest() != header.table:
        raise VerificationError(
            "The table of carriers is not the one that was committed; with another version of Fother it must "
            "be given with --carriers."
        )
    plan = LayoutCarriers.from_bytes(table)
    probabilities = np.array(case.thresholds) / 2.0**header.planes
    found = _measured(payload, outcome, case, data, plan, float(header.strength), probabilities, progress)
    same, common = _agreement(case.seen, found)
    own = Checked(case.case, case.original, found, case.thresholds, case.commitments, case.symbols)
    claims = outcome.claims
    own.case = replace(
        case.case, accused=tuple(replace(a, log10_p=0.0, log10_bound=99.0) for a in case.case.accused)
    )
    recompute(own, claims.family, claims.alpha)
    bounds = ", ".join(f"{r.copy}: 10^{cautious(r.log10_bound)}" for r in own.results)
    return (
        f"Measured again from the leaked files and the original: {common} carriers, {same} of them as in the "
        f"pack, and the same copies are named with the bound {bounds}."
    )


def _measured(
    payload: dict[str, bytes],
    outcome: Outcome,
    case: Checked,
    data: bytes,
    plan: LayoutCarriers,
    strength: float,
    probabilities: NDArray[np.float64],
    progress: Progress,
) -> Seen:
    assert outcome.claims is not None  # noqa: S101
    with tempfile.TemporaryDirectory(prefix="fother-") as folder:
        paths = []
        for artefact in outcome.claims.artefacts:
            path = Path(folder) / Path(artefact.file).name
            path.write_bytes(payload[artefact.file])
            paths.append(path)
        files = receive_leaks(paths, "", progress)
        with open_original(data, plan) as opened:
            match = match_leak(case.case.document, opened, files, progress)
            readings = [r for r in read_pages(opened, match, strength, probabilities) if r is not None]
    seen = Observations.combine([r.observations for r in readings])
    return seen_of(seen.refit().in_thousandths())


def _agreement(stated: Seen, found: Seen) -> tuple[int, int]:
    """How many carriers both have, and in how many of them the values are close."""
    values = dict(zip(stated.carrier, stated.value, strict=True))
    common = [(values[c], v) for c, v in zip(found.carrier, found.value, strict=True) if c in values]
    return sum(abs(a - b) <= 1000 * _CLOSE for a, b in common), len(found)
