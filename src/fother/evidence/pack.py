"""Makes evidence packs: opens what was committed, states the rest, signs it all.

The pack claims of each copy what its own verifier recomputes from it, rounded up, and nothing stronger.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fother.codes import DEFAULT_FAMILY
from fother.codes.pairs import list_length
from fother.errors import EvidenceError
from fother.evidence import standalone
from fother.evidence.commitment import CommittedCopy, CommittedEdition
from fother.evidence.words import METHOD, custody_words, verdict_words
from fother.verify import bag, canonical, claims, dsse, evidence, note
from fother.verify import pack as checking
from fother.verify.claims import cautious
from fother.verify.commitment import Hypothesis
from fother.verify.errors import VerificationError
from fother.verify.score import Scorer, Seen, prior

LN10 = math.log(10)
_WEAKEST = "0.00"


@dataclass(frozen=True)
class Bound:
    """One commitment: its header as in the log, and what is needed to open it."""

    header: bytes
    copies: tuple[CommittedCopy, ...]
    entry: int


@dataclass(frozen=True)
class NamedCopy:
    """One copy that the trace named."""

    copy: str
    index: int
    entry: int  #: of its commitment in the log
    step: str
    hypothesis: str


@dataclass(frozen=True)
class CaseMaterial:
    """One edition of which copies are named."""

    document: str
    title: str
    edition: str
    shared: CommittedEdition
    seen: Seen
    commitments: tuple[Bound, ...]
    accused: tuple[NamedCopy, ...]
    decoys: Mapping[int, str]  #: ids by index


@dataclass(frozen=True)
class ArtefactMaterial:
    """A leaked file as received; `facts` are JSON values about how it came."""

    data: bytes
    ending: str  #: of its name in the pack, like ".pdf"
    sighting: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class PackMaterial:
    """All that a pack is made of."""

    trace: str
    traced_at: str
    made_at: str  #: ISO 8601
    software: str
    alpha: float
    family: int
    sentence: str
    verdict: Mapping[str, Any]  #: as `trace --json` said it
    cases: tuple[CaseMaterial, ...]
    artefacts: tuple[ArtefactMaterial, ...]
    first_key: str
    handovers: Mapping[str, bytes]
    proofs: Mapping[int, bytes]  #: opened log entries
    stamps: Mapping[int, tuple[bytes, bytes]]  #: by entry: proof in a time-stamped checkpoint, response
    key_id: str
    sign: Callable[[bytes], bytes]


def make(material: PackMaterial) -> dict[str, bytes]:
    """All files of the pack by their path; see `fother.verify.pack`.

    Raises EvidenceError when the evidence of a copy does not reach the level of the trace.
    """
    payload: dict[str, bytes] = {
        standalone.NAME: standalone.build(),
        checking.KEY: material.first_key.encode(),
    }
    payload |= {checking.HANDOVERS + name: data for name, data in material.handovers.items()}
    payload |= {f"log/{number}{checking.PROOF}": data for number, data in material.proofs.items()}
    for number, (proof, response) in material.stamps.items():
        payload[f"{checking.STAMPS}{number}{checking.PROOF}"] = proof
        payload[f"{checking.STAMPS}{number}.tsr"] = response
    artefacts = []
    for number, artefact in enumerate(material.artefacts, start=1):
        name = f"artefact/{number}{artefact.ending}"
        payload[name] = artefact.data
        digest = hashlib.sha256(artefact.data).hexdigest()
        artefacts.append({"file": name, "sha256": digest, "sighting": artefact.sighting, **artefact.facts})
    cases = []
    for number, case in enumerate(material.cases, start=1):
        cases.append(_case(f"case-{number}", case, payload))
    whole = {
        "alpha": repr(material.alpha),
        "artefacts": artefacts,
        "cases": cases,
        "family": material.family,
        "made_at": material.made_at,
        "sentence": material.sentence,
        "software": material.software,
        "trace": material.trace,
        "traced_at": material.traced_at,
        "verdict": plain(material.verdict),
        "version": claims.VERSION,
    }
    results = _strengthen(whole, payload, material)
    payload[claims.FILE] = canonical.encode(whole)
    payload["method.txt"] = METHOD.encode()
    payload["verdict.txt"] = verdict_words(whole, results).encode()
    payload["custody.txt"] = custody_words(whole).encode()
    found = claims.decode(payload[claims.FILE])
    subjects = {name: hashlib.sha256(data).hexdigest() for name, data in payload.items()}
    stated = dsse.statement(subjects, checking.PREDICATE_TYPE, checking.predicate(found))
    payload[checking.STATEMENT] = dsse.seal(stated, material.key_id, material.sign)
    return bag.whole(payload, checking.info_of(found))


def _case(folder: str, case: CaseMaterial, payload: dict[str, bytes]) -> dict[str, Any]:
    """Enters the files of a case; what pack.json says of it, its figures still missing."""
    payload[f"{folder}/observations.csv"] = case.seen.encode()
    payload[f"{folder}/biases.json"] = canonical.encode(
        {
            "original": case.shared.original.hex(),
            "original_salt": case.shared.secrets.of_document.hex(),
            "salt": case.shared.secrets.of_thresholds.hex(),
            "thresholds": base64.b64encode(case.shared.packed_thresholds()).decode(),
        }
    )
    folders = {bound.entry: f"commitment-{bound.entry}" for bound in case.commitments}
    for bound in case.commitments:
        place = f"{folder}/{folders[bound.entry]}"
        payload[f"{place}/header.json"] = bound.header
        named = [c for c in case.accused if c.entry == bound.entry]
        nobody = [c.index for c in bound.copies if c.identity is None]
        wanted = [(c.index, c.copy, "copies") for c in named]
        wanted += [(index, case.decoys[index], "decoys") for index in nobody]
        indices, names = [w[0] for w in wanted], [w[1] for w in wanted]
        openings = case.shared.openings(bound.copies, indices, names)
        for opening, (_, name, kind) in zip(openings, wanted, strict=True):
            payload[f"{place}/{kind}/{name}.json"] = opening.encode()
    return {
        "accused": [_accused(c, case, folders[c.entry]) for c in case.accused],
        "carriers_read": len(case.seen),
        "commitments": [folders[bound.entry] for bound in case.commitments],
        "document": case.document,
        "edition": case.edition,
        "folder": folder,
        "title": case.title,
    }


def _accused(named: NamedCopy, case: CaseMaterial, commitment: str) -> dict[str, Any]:
    model, colluders = "interleave", 1
    for hypothesis in DEFAULT_FAMILY:
        if hypothesis.name == named.hypothesis:
            model, colluders = hypothesis.model, hypothesis.colluders
    if named.step == "pair":
        given = _partner(named, case, Hypothesis(model, colluders, 0.0))
    else:
        given = [c.copy for c in case.accused if _order(c.step) < _order(named.step)]
    total = sum(len(bound.copies) for bound in case.commitments)
    listed = min(list_length(len(case.seen)), max(1, total - 1)) if named.step == "pair" else 1
    return {
        "colluders": colluders,
        "commitment": commitment,
        "copy": named.copy,
        "given": sorted(given),
        "listed": listed,
        "log10_bound": _WEAKEST,
        "log10_p": _WEAKEST,
        "model": model,
        "step": named.step,
    }


def _partner(named: NamedCopy, case: CaseMaterial, hypothesis: Hypothesis) -> list[str]:
    """The copy that is taken as known against one found in a pair: of several the one that tells most."""
    columns = list(case.seen.carrier)
    p = case.shared.code.probabilities[columns].tolist()
    own = case.shared.code.symbols(named.index)[columns].tolist()
    others = [c for c in case.accused if c.step == "pair" and c.copy != named.copy]

    def log_p(other: NamedCopy) -> float:
        known = case.shared.code.symbols(other.index)[columns].tolist()
        return Scorer(case.seen, p, hypothesis, [known]).log_p(own)

    return [min(others, key=log_p).copy] if others else []


def _order(step: str) -> int:
    """Steps up to the pairs know no other copy; each conditional one takes those before it as known."""
    name, _, number = step.partition(" ")
    return int(number) if name == "conditional" else 0


def _strengthen(
    whole: dict[str, Any], payload: Mapping[str, bytes], material: PackMaterial
) -> dict[str, evidence.Result]:
    """Fills in the figures that the pack's own evidence gives, and the counter-evidence."""
    found = claims.decode(canonical.encode(whole))
    results: dict[str, evidence.Result] = {}
    for stated, case in zip(whole["cases"], found.cases, strict=True):
        try:
            checked = evidence.open_case(payload, case)
            # Measured against certainty first: what comes out is then what is claimed.
            evidence.recompute(replace_claims(checked), material.family, 1 - 1e-12)
        except VerificationError as error:
            raise EvidenceError(f"No evidence pack can be made of {material.trace}: {error}") from error
        for accused, result in zip(stated["accused"], checked.results, strict=True):
            if result.log10_bound > math.log10(material.alpha):
                raise EvidenceError(
                    f"The bound for copy {result.copy} that others can check, "
                    f"10^{cautious(result.log10_bound)}, does not reach the level of the trace, "
                    f"{material.alpha:g}; no pack was made."
                )
            accused |= {"log10_p": cautious(result.log10_p), "log10_bound": cautious(result.log10_bound)}
            accused["other_hypotheses"] = _others(checked, accused)
            results[result.copy] = result
    return results


def replace_claims(checked: evidence.Checked) -> evidence.Checked:
    """The same case, claiming nothing."""
    accused = tuple(replace(a, log10_p=0.0, log10_bound=99.0) for a in checked.case.accused)
    checked.case = replace(checked.case, accused=accused)
    return checked


def _others(checked: evidence.Checked, accused: Mapping[str, Any]) -> list[dict[str, str]]:
    """What every hypothesis of the step says of the copy; nothing for the steps that go by e-values."""
    if accused["step"] in ("lines", "pages"):
        return []
    header = checked.commitments[accused["commitment"]].header
    columns = checked.seen.carrier
    p = [checked.thresholds[j] / 2.0**header.planes for j in columns]
    symbols = [checked.symbols[accused["copy"]][j] for j in columns]
    given = [[checked.symbols[copy][j] for j in columns] for copy in accused["given"]]
    said = []
    tried: Sequence[Hypothesis] = header.family()
    for hypothesis in tried:
        try:
            share = prior(tried, hypothesis, accused["step"], len(given))
        except VerificationError:
            continue
        log_p = Scorer(checked.seen, p, hypothesis, given).log_p(symbols) - math.log(share)
        said.append({"hypothesis": hypothesis.name, "log10_p": cautious(log_p / LN10)})
    return said


def plain(value: Any) -> Any:
    """JSON values without fractions: these become decimal text, and what is unknown becomes null."""
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def sizes(files: Mapping[str, bytes]) -> dict[str, int]:
    """Bytes of the parts of a pack: what is opened of each accused copy, and the rest."""
    opened = [len(d) for n, d in files.items() if "/copies/" in n]
    return {
        "whole": sum(map(len, files.values())),
        "artefacts": sum(len(d) for n, d in files.items() if n.startswith("data/artefact/")),
        "opening": max(opened, default=0),
        "biases": max((len(d) for n, d in files.items() if n.endswith("/biases.json")), default=0),
        "observations": sum(len(d) for n, d in files.items() if n.endswith("/observations.csv")),
        "decoys": sum(len(d) for n, d in files.items() if "/decoys/" in n),
        "log": sum(len(d) for n, d in files.items() if n.startswith("data/log/")),
        "verifier": len(files.get(f"data/{standalone.NAME}", b"")),
    }


def key_text(first: note.VerifierKey) -> str:
    """The first key of a log as a pack holds it."""
    return f"{first}\n"
