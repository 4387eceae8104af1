"""A pack checked: by the stand-alone verifier and, given the original, by measuring the leak again."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from fother.channels.table import CarrierTable
from fother.codes.observations import Observations
from fother.evidence import standalone
from fother.evidence.kept import seen_of
from fother.flow.leaks import receive_leaks
from fother.flow.looking import EditionReader, Leak, look
from fother.flow.planning import plan_original
from fother.flow.progress import Progress
from fother.flow.registering import is_pdf, read_file
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
    data = read_file(original)
    if is_pdf(data):
        data, _ = unlock(data, "")
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
    if table is None and not is_pdf(data):
        raise VerificationError(
            "Which wordings were approved is not in the document, so its table of carriers must be given "
            "with --carriers; whoever made the pack can export it."
        )
    if table is None:
        table = plan_original(data, progress)
    if hashlib.sha256(table).digest() != header.table:
        raise VerificationError(
            "The table of carriers is not the one that was committed; with another version of Fother it must "
            "be given with --carriers."
        )
    probabilities = np.array(case.thresholds) / 2.0**header.planes
    edition = EditionReader(case.case.edition, float(header.strength), probabilities)
    found = _measured(payload, outcome, case, data, CarrierTable.from_bytes(table), edition, progress)
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
    table: CarrierTable,
    edition: EditionReader,
    progress: Progress,
) -> Seen:
    assert outcome.claims is not None  # noqa: S101
    with tempfile.TemporaryDirectory(prefix="fother-") as folder:
        paths = []
        for artefact in outcome.claims.artefacts:
            path = Path(folder) / Path(artefact.file).name
            path.write_bytes(payload[artefact.file])
            paths.append(path)
        leak = Leak.of(receive_leaks(paths, "", progress), progress)
        shown = look(case.case.document, data, table, [edition], leak, progress)
    return seen_of(Observations.together(shown.measured[edition.edition], shown.read[edition.edition]))


def _agreement(stated: Seen, found: Seen) -> tuple[int, int]:
    """How many carriers both have, and in how many of them the values are close."""
    values = dict(zip(stated.carrier, stated.value, strict=True))
    common = [(values[c], v) for c, v in zip(found.carrier, found.value, strict=True) if c in values]
    return sum(abs(a - b) <= 1000 * _CLOSE for a, b in common), len(found)
