"""The check of an evidence pack, from its bytes alone.

1. The bag is whole: every byte is accounted for (`bag`).
2. The statement about all its files is signed by the log's key (`dsse`), and says what pack.json says.
3. Each log entry in the pack is in one and the same checkpoint, signed by that key, and opens to what it is
   said to be about; the commitments' digests are among them, and come before the leak was received.
4. Commitments, openings and scores are recomputed (`evidence`).
5. The artefacts are the files that the log entries of receipt and trace are about.

What these rules show is *proven*, given the log's key; everything else in the pack is *stated*. Whose key it
is, and since when others know the commitment, only something from outside can tell: `Trust`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fother.verify import bag, checkpoint, claims, dsse, keychain, note, timestamp, tlogproof
from fother.verify.claims import Claims, cautious
from fother.verify.commitment import header_digest
from fother.verify.entry import Entry
from fother.verify.errors import VerificationError
from fother.verify.evidence import Checked, Result, open_case, recompute

PREDICATE_TYPE = "urn:x-fother:evidence-pack:v1"
STATEMENT = "statement.json"
KEY = "log/key.txt"
HANDOVERS = "log/handover-"
PROOF = ".tlog-proof"
STAMPS = "stamp/"  #: proofs in earlier checkpoints that were time-stamped, and the responses


@dataclass(frozen=True)
class Trust:
    """What whoever checks a pack has from elsewhere; all of it may be missing.

    `key` verifier key of the log; `commitment` digest of a commitment (64 hex digits) from a receipt that was
    handed out when the copies were made; `witnesses` keys of those who cosigned the log; `roots` certificates
    of time-stamping authorities (PEM).
    """

    key: str = ""
    commitment: str = ""
    witnesses: tuple[str, ...] = ()
    roots: bytes = b""


@dataclass(frozen=True)
class Outcome:
    """The result of a check, in sentences; `valid` when there are no errors."""

    proven: tuple[str, ...]
    stated: tuple[str, ...]
    errors: tuple[str, ...]
    claims: Claims | None = None
    cases: tuple[Checked, ...] = ()

    @property
    def valid(self) -> bool:
        return not self.errors


@dataclass
class _Check:
    files: dict[str, bytes]
    claims: Claims
    trust: Trust
    keys: list[note.VerifierKey]  #: of the log in their order, the present one last
    proven: list[str] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)
    entries: dict[int, tuple[Entry, Mapping[str, Any]]] = field(default_factory=dict)


def check(path: Path, trust: Trust = Trust()) -> Outcome:
    """Check a pack in a folder or a ZIP file. What is wrong becomes an error of the outcome."""
    try:
        return check_files(bag.read(path), trust)
    except VerificationError as error:
        return Outcome((), (), (str(error),))
    except OSError as error:
        return Outcome((), (), (f"{path} cannot be read ({error.strerror or error}).",))


def check_files(files: Mapping[str, bytes], trust: Trust = Trust()) -> Outcome:
    """Check the files of a bag by their path."""
    try:
        payload, info = bag.payload_of(files)
        found = claims.decode(_file(payload, claims.FILE))
        _check_info(info, found)
        run = _Check(payload, found, trust, _keys(payload))
        _statement(run)
        _log(run)
        _stamps(run)
        cases = [_case(run, number) for number in range(len(found.cases))]
        _custody(run, cases)
        _stated(run)
    except VerificationError as error:
        return Outcome((), (), (str(error),))
    except RecursionError:
        return Outcome((), (), ("The pack is nested too deeply.",))
    return Outcome(tuple(run.proven), tuple(run.stated), (), found, tuple(cases))


def info_of(found: Claims) -> dict[str, str]:
    """What bag-info.txt says of a pack."""
    return {
        "Bag-Software-Agent": found.software,
        "Bagging-Date": found.made_at[:10],
        "External-Description": "Evidence pack of a trace: fother verify, or data/verify_pack.py, checks it",
        "External-Identifier": found.trace,
    }


def _check_info(info: Mapping[str, str], found: Claims) -> None:
    if dict(info) != info_of(found):
        raise VerificationError("bag-info.txt was altered: it does not fit the pack.")


def _keys(payload: Mapping[str, bytes]) -> list[note.VerifierKey]:
    """The log's keys: the first one is in the pack, and each handed over to the next."""
    first = note.verifier_key(_file(payload, KEY).decode("utf-8", "replace"))
    return keychain.follow(first, [payload[name] for name in sorted(payload) if name.startswith(HANDOVERS)])


def _statement(run: _Check) -> None:
    key = run.keys[-1]
    stated = dsse.open_sealed(_file(run.files, STATEMENT), key.public)
    subjects = {
        name: hashlib.sha256(data).hexdigest() for name, data in run.files.items() if name != STATEMENT
    }
    if stated != dsse.statement(subjects, PREDICATE_TYPE, predicate(run.claims)):
        raise VerificationError("The signed statement is about other files or says something else.")
    if run.trust.key and note.verifier_key(run.trust.key) not in run.keys:
        raise VerificationError("The pack is signed with another key than the one you named.")
    whose = ", which follows from the key that you named" if run.trust.key else ""
    run.proven.append(
        f"All {len(run.files)} files of the pack are as they were signed with the key "
        f"{key.name}+{key.id.hex()}{whose}."
    )
    if not run.trust.key:
        run.stated.append(
            f"That {key.name}+{key.id.hex()} is the log's key: compare it with one from elsewhere."
        )


def predicate(found: Claims) -> dict[str, Any]:
    """What the statement says beside the names of the files."""
    accused = [a for case in found.cases for a in case.accused]
    return {
        "accused": [
            {"copy": a.copy, "log10_bound": cautious(a.log10_bound), "step": a.step} for a in accused
        ],
        "alpha": found.whole["alpha"],
        "family": found.family,
        "software": found.software,
        "trace": found.trace,
    }


def _log(run: _Check) -> None:
    """Rule 3: all entries in the pack are in one checkpoint."""
    witnesses = [note.verifier_key(text) for text in run.trust.witnesses]
    signed: bytes | None = None
    for name in sorted(run.files):
        if not name.endswith(PROOF) or name.startswith((HANDOVERS, STAMPS)):
            continue
        proof = tlogproof.parse(run.files[name])
        if signed not in (None, proof.checkpoint):
            raise VerificationError("The log entries of the pack are proven against different checkpoints.")
        signed = proof.checkpoint
        shown = tlogproof.check_entry(run.files[name], run.keys[-1], witnesses, len(witnesses))
        if name != f"log/{shown.index}{PROOF}" or shown.detail is None or proof.encode() != run.files[name]:
            raise VerificationError(f"{name} is not the proof of an opened entry in its only form.")
        run.entries[shown.index] = shown.entry, shown.detail
    if signed is None:
        raise VerificationError("The pack holds no entry of the log.")
    size = checkpoint.opened(signed, run.keys[-1]).size
    kinds = ", ".join(f"{run.entries[n][0].kind} ({n})" for n in sorted(run.entries))
    run.proven.append(f"In the log of {size} entries that the key signed are, in this order: {kinds}.")
    for seen in checkpoint.cosigners(signed, witnesses):
        when = datetime.fromtimestamp(seen.time, UTC).strftime("%Y-%m-%d %H:%M UTC")
        run.proven.append(f"The witness {seen.key.name} saw the log in this state, by its clock at {when}.")


def _stamps(run: _Check) -> None:
    """Time stamps of earlier checkpoints, each with the proof that an entry of the pack is in there."""
    roots = timestamp.roots_of(run.trust.roots) if run.trust.roots else []
    for name in sorted(n for n in run.files if n.startswith(STAMPS) and n.endswith(PROOF)):
        signed = tlogproof.parse(run.files[name]).checkpoint
        by = note.check(note.parse(signed), run.keys)
        shown = tlogproof.check_entry(run.files[name], by)
        if run.entries.get(shown.index, (None,))[0] != shown.entry:
            raise VerificationError(f"{name} is about another entry than those of the pack.")
        digest = hashlib.sha256(checkpoint.opened(signed, by).text.encode()).digest()
        stamp = timestamp.check(_file(run.files, name.removesuffix(PROOF) + ".tsr"), digest, roots)
        when = stamp.time.strftime("%Y-%m-%d %H:%M UTC")
        said = f"Log entry {shown.index} existed by {when}: {stamp.authority} stamped the time"
        if stamp.trusted:
            run.proven.append(f"{said}, and its certificate leads to a root that you trust.")
        else:
            run.stated.append(f"{said}; give its root to have the certificate checked.")


def _case(run: _Check, number: int) -> Checked:
    case = run.claims.cases[number]
    checked = open_case(run.files, case)
    first_leak = min((n for n, (e, _) in run.entries.items() if e.kind == "receive"), default=None)
    digests = []
    for commitment in checked.commitments.values():
        digest = header_digest(commitment.header.encode()).hex()
        at = next((n for n, (_, d) in run.entries.items() if d.get("commitment") == digest), None)
        if at is None or run.entries[at][0].kind != "issue":
            raise VerificationError("A commitment of the pack is not in the log.")
        if first_leak is not None and at > first_leak:
            raise VerificationError("A copy was committed only after the leak had been received.")
        digests.append(digest)
        when = run.entries[at][0].time.strftime("%Y-%m-%d %H:%M UTC")
        run.proven.append(
            f"{commitment.header.copies} copies ({commitment.header.decoys} of them decoys) of the document "
            f"with SHA-256 {checked.original} were committed in log entry {at}, with their biases, the "
            "table of carriers and the rules of decision."
        )
        run.stated.append(f"The time of that entry, {when}, by the clock of whoever kept the log.")
    if run.trust.commitment:
        if run.trust.commitment.lower() not in digests:
            raise VerificationError("The commitment of your receipt is not the one in this pack.")
        run.proven.append("The commitment is the one of the receipt that you hold.")
    recompute(checked, run.claims.family, run.claims.alpha)
    for claim, result in zip(case.accused, checked.results, strict=True):
        run.proven += _about(
            checked, claim.hypothesis_name, claim.step, result, run.claims.family, run.claims.alpha
        )
    return checked


def _about(
    checked: Checked, hypothesis: str, step: str, result: Result, family: int, alpha: float
) -> list[str]:
    found = [
        f"Copy {result.copy} opens to the commitment: codeword, file and sealed recipient are as committed.",
        f"From the observations of {len(checked.seen)} carriers, copy {result.copy} "
        + (f"scores {result.score}, " if result.score is not None else "scores ")
        + f"{result.deviations:.1f} standard deviations above innocent copies (step '{step}', {hypothesis}); "
        f"an innocent copy does as well with probability {_power(result.log10_p)} at most.",
        f"Naming any innocent one of {family} copies on such evidence has probability "
        f"{_power(result.log10_bound)} at most.",
    ]
    if result.decoys:
        spent = result.log10_bound - result.log10_p
        false = sum(p + spent <= math.log10(alpha) for p in result.decoys)
        found.append(
            f"Beside it, {len(result.decoys)} copies that nobody got were scored in the same way: the best "
            f"reaches {_power(min(result.decoys))}"
            + (", so none would be named." if not false else f"; {false} would be named, a false alarm.")
        )
    return found


def _power(log10: float) -> str:
    text = cautious(log10)
    return f"{10 ** float(text):.2g}" if float(text) > -3 else f"10^{text}"


def _custody(run: _Check, cases: Sequence[Checked]) -> None:
    received = {d.get("sha256"): n for n, (e, d) in run.entries.items() if e.kind == "receive"}
    traced = [d for e, d in run.entries.values() if e.kind == "trace" and d.get("trace") == run.claims.trace]
    if not traced:
        raise VerificationError("The trace of the pack is not in the log.")
    listed = {item[0] for item in traced[0].get("artefacts", [])}
    for artefact in run.claims.artefacts:
        found = hashlib.sha256(_file(run.files, artefact.file)).hexdigest()
        if found != artefact.sha256 or found not in listed:
            raise VerificationError(f"{artefact.file} is not the file that the trace was about.")
        at = received.get(found)
        known = f", received in log entry {at}" if at is not None else ""
        run.proven.append(f"{artefact.file} (SHA-256 {found}) is a file of that trace{known}.")
        for copy in (o.copy for case in cases for o in case.opened() if o.file.hex() == found):
            run.proven.append(f"{artefact.file} is, byte for byte, the committed file of copy {copy}.")
    for name in run.files:
        if name.startswith("artefact/") and name not in {a.file for a in run.claims.artefacts}:
            raise VerificationError(f"{name} belongs to no artefact of the pack.")


def _stated(run: _Check) -> None:
    if any(case.accused for case in run.claims.cases):
        run.stated += [
            "That the observations are what the artefact shows: whoever has the unmarked original can "
            "measure them again (fother verify --original).",
            f"That {run.claims.family} copies and the attempts listed in pack.json are all that was tried.",
            "Likelihood ratios, runner-up and other hypotheses in pack.json.",
            "To whom the copy was given: that is sealed, and no part of this pack.",
        ]
        if any(a.step == "pair" for case in run.claims.cases for a in case.accused):
            run.stated.append("That the pairs were tried among a list of the length in pack.json.")
    else:
        run.stated.append(
            "That no copy could be named: codewords of copies that are not accused stay closed."
        )
    run.stated.append(
        "Not shown by any pack: who leaked the copy. Whoever had it may have, and so may whoever made it."
    )


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise VerificationError(f"The pack lacks its file {name}.")
    return files[name]
