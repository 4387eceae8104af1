"""What a check says beyond the registry itself: search indexes, commitments, isolation of leaked files."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from fother.errors import RegistryError
from fother.evidence.commitment import CommittedEdition
from fother.flow.commit import committed_copies, committed_edition
from fother.identify.index import PassageIndex
from fother.intake.sandbox.check import advice
from fother.registry import CommitmentRecord, Copy, Finding, Registry
from fother.verify.commitment import decode_header
from fother.verify.errors import VerificationError


def index_findings(registry: Registry) -> list[Finding]:
    """Damage of the passage index; nothing when there is none yet, for it is made when it is needed."""
    folder = registry.index_folder / "passages"
    if not folder.exists():
        return []
    try:
        with closing(PassageIndex.open(folder, registry.index_key())) as index:
            damage = index.verify()
    except RegistryError as error:
        damage = [str(error)]
    return [Finding("warning", "index", sentence) for sentence in damage]


def commitment_findings(registry: Registry) -> list[Finding]:
    """Commitments that are not what the keys, carriers and recipients of today make; copies without any."""
    try:
        return _commitment_findings(registry)
    except RegistryError as error:
        return [Finding("error", "commitments", f"Commitments could not be checked: {error}")]


def _commitment_findings(registry: Registry) -> list[Finding]:
    findings: list[Finding] = []
    copies = {(copy.edition, copy.index): copy for copy in registry.copies()}
    bare = {key for key, copy in copies.items() if copy.state == "issued"}
    for document in registry.documents():
        for edition in registry.editions(document.id):
            made = registry.commitments(edition.id)
            if not made:
                continue
            shared = committed_edition(registry, document, edition)
            for one in made:
                fault = _fault(registry, shared, one, copies)
                if fault:
                    findings.append(Finding("error", one.issue, f"{fault}; restore the registry."))
                bare -= {(edition.id, leaf.index) for leaf in one.leaves}
    if bare:
        findings.append(
            Finding(
                "note",
                "commitments",
                f"{len(bare)} copies were issued before Fother committed to copies, so no evidence pack can "
                "be made about them.",
            )
        )
    return findings


def _fault(
    registry: Registry,
    shared: CommittedEdition,
    made: CommitmentRecord,
    copies: Mapping[tuple[str, int], Copy],
) -> str:
    try:
        header = decode_header(made.header)
    except VerificationError as error:
        return f"The commitment of {made.issue} is damaged ({error})"
    again = shared.header(committed_copies(made.leaves))
    for what, then, now in (
        ("codewords", header.root, again.root),
        ("biases", header.thresholds, again.thresholds),
        ("original", header.document, again.document),
        ("table of carriers", header.table, again.table),
    ):
        if then != now:
            return f"The {what} that {made.issue} committed to are not those that the registry has now"
    for leaf in made.leaves:
        copy = copies.get((made.edition, leaf.index))
        if (copy is None) != (leaf.identity is None):
            return f"{made.issue} committed to other copies than the registry has now"
        if copy is not None and registry.identity_commitment(copy) != leaf.identity:
            return f"Copy {copy.id} was committed for somebody else than the registry says now"
    return ""


def isolation_findings() -> list[Finding]:
    """What to know about the sandbox, as findings of a check: nothing when it could not be better."""
    return [
        Finding("warning" if found.severity == "warning" else "note", "sandbox", found.sentence)
        for found in advice()
        if found.severity != "good"
    ]
