"""Evidence packs: trace → commitments, openings, proofs → pack; and a pack checked again."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from fother.errors import EvidenceError, StorageError, UsageError
from fother.evidence.kept import KeptCase, decode
from fother.evidence.log.prove import prove
from fother.evidence.log.stamps import earliest
from fother.evidence.pack import (
    ArtefactMaterial,
    Bound,
    CaseMaterial,
    NamedCopy,
    PackMaterial,
    key_text,
    make,
    sizes,
)
from fother.flow.commit import committed_copies, committed_edition
from fother.flow.log import published
from fother.flow.parts import write_whole
from fother.registry import Registry, Trace
from fother.verify import bag

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True)
class MadePack:
    """A pack as it was written."""

    trace: str
    place: Path
    copies: tuple[str, ...]  #: that it names
    sizes: Mapping[str, int]  #: bytes of its parts


def make_pack(
    registry: Registry,
    reference: str,
    place: Path,
    *,
    no_name: bool = False,
    now: datetime,
    software: str,
) -> MadePack:
    """Make the evidence pack of a kept trace: a folder, or a ZIP file when the name ends with .zip.

    A trace that names no copy makes a pack only with `no_name`. Raises NotFoundError, EvidenceError,
    UsageError when the place is taken, StorageError.
    """
    if place.exists():
        raise UsageError(f"{place} exists already; name another place for the pack.")
    trace = registry.show(reference)
    if not isinstance(trace, Trace):
        raise UsageError(f"{reference} is no trace; a pack is made of one, T-….")
    verdict = trace.verdict
    accused = [*verdict["accused"], *(a for other in verdict["others"] for a in other["accused"])]
    if not accused and not no_name:
        raise EvidenceError(
            f"{trace.id} names no copy. A pack of it shows only what was looked at; --no-name makes one."
        )
    material = _material(registry, trace, accused, now, software)
    files = make(material)
    registry.record_export(trace.id, hashlib.sha256(files["tagmanifest-sha256.txt"]).hexdigest())
    _write(place, files)
    return MadePack(trace.id, place, tuple(a["copy"] for a in accused), sizes(files))


def _material(
    registry: Registry, trace: Trace, accused: list[Mapping[str, Any]], now: datetime, software: str
) -> PackMaterial:
    editions = {copy.edition for copy in (registry.copy(a["copy"]) for a in accused)}
    kept = () if trace.evidence is None else decode(registry.get_blob(trace.evidence))
    if accused and not kept:
        raise EvidenceError(
            f"{trace.id} was run before Fother kept observations; trace the leak again to make a pack."
        )
    cases = tuple(_case(registry, case, accused) for case in kept if case.edition in editions)
    signed = published(registry)
    numbers = sorted({*_entries(registry, trace), *(b.entry for case in cases for b in case.commitments)})
    keys = registry.log_keys()
    files = registry.log_files
    return PackMaterial(
        trace=trace.id,
        traced_at=trace.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        software=software,
        alpha=float(trace.parameters["alpha"]),
        family=int(trace.parameters["family"]),
        sentence=str(trace.verdict["verdict"]),
        verdict=_told(trace.verdict),
        cases=cases,
        artefacts=tuple(_artefact(registry, a.sighting) for a in trace.artefacts if a.sighting is not None),
        first_key=key_text(keys[0].key),
        handovers={name: files.read(f"handover/{name}") or b"" for name in files.names("handover")},
        proofs={number: prove(registry, number, signed, opened=True) for number in numbers},
        stamps=dict(_stamps(registry, [b.entry for case in cases for b in case.commitments])),
        key_id=keys[-1].key.id.hex(),
        sign=registry.log_private_key(keys[-1].key).sign,
    )


def _stamps(registry: Registry, numbers: list[int]) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    """The first time stamp after each of these log entries, with the proof that it covers the entry."""
    for number in numbers:
        found = earliest(registry.log_files, number)
        if found is not None:
            signed, response = found
            yield number, (prove(registry, number, signed, opened=True), response)


def _told(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """What the pack states of the verdict: nothing that points to a copy which is not named."""
    named = {a["copy"] for a in verdict["accused"]}
    ranking = [c if c["copy"] in named else {**c, "copy": None, "index": None} for c in verdict["ranking"]]
    fields = ("accused", "alpha", "carriers_read", "expected_score", "notes", "pages", "stronger", "tried")
    return {name: verdict[name] for name in fields} | {"ranking": ranking}


def _case(registry: Registry, kept: KeptCase, accused: list[Mapping[str, Any]]) -> CaseMaterial:
    document = registry.document(kept.document)
    edition = next(e for e in registry.editions(document.id) if e.id == kept.edition)
    bound: dict[int, Bound] = {}
    named = []
    for a in accused:
        copy = registry.copy(a["copy"])
        if copy.edition != edition.id:
            continue
        made = registry.commitment(copy.issue)
        if made is None:
            raise EvidenceError(
                f"Copy {copy.id} was issued before Fother committed to copies, so nothing about it can be "
                "proven to others."
            )
        bound[made.entry] = Bound(made.header, tuple(committed_copies(made.leaves)), made.entry)
        named.append(NamedCopy(copy.id, copy.index, made.entry, a["step"], a["hypothesis"]))
    return CaseMaterial(
        document=document.id,
        title=document.title,
        edition=edition.id,
        shared=committed_edition(registry, document, edition),
        seen=kept.seen,
        commitments=tuple(bound[entry] for entry in sorted(bound)),
        accused=tuple(named),
        decoys={decoy.index: decoy.id for decoy in registry.decoys(edition=edition.id)},
    )


def _artefact(registry: Registry, sighting: str) -> ArtefactMaterial:
    record = registry.sighting(sighting)
    ending = PurePath(record.name).suffix
    return ArtefactMaterial(
        data=registry.get_blob(record.sha256),
        ending=ending if _ENDING.fullmatch(ending) else "",
        sighting=record.id,
        facts={
            "name": record.name,
            "size": record.size,
            "media_type": record.media_type,
            "source": record.source,
            "found_at": None if record.found_at is None else record.found_at.isoformat(),
            "received_at": record.received_at.isoformat(timespec="seconds"),
            "isolation": record.isolation,
        },
    )


def _entries(registry: Registry, trace: Trace) -> list[int]:
    """The log entries of the trace itself and of the receipt of its artefacts."""
    wanted = {trace.id, *(a.sighting for a in trace.artefacts)}
    found = []
    for entry in registry.log_entries():
        if entry.kind in ("trace", "receive"):
            detail = registry.log_opening(entry.number).detail
            if detail.get(entry.kind if entry.kind == "trace" else "sighting") in wanted:
                found.append(entry.number)
    return found


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    """Write the pack whole or not at all."""
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.suffix == ".zip":
            write_whole(place, bag.zip_bytes(files))
            return
        for name, data in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(data)
        part.rename(place)
    except OSError as error:
        with suppress(OSError):
            shutil.rmtree(part, ignore_errors=True)
        raise StorageError(f"{place} cannot be written ({error.strerror}); choose another place.") from None


def carrier_table_of(registry: Registry, reference: str) -> bytes:
    """The table of carriers that a trace's leak was read with, for whoever measures it again.

    It tells which places carry marks and in which forms, and nothing of any copy. Raises NotFoundError,
    EvidenceError, UsageError.
    """
    trace = registry.show(reference)
    if not isinstance(trace, Trace):
        raise UsageError(f"{reference} is no trace; name one, T-….")
    kept = () if trace.evidence is None else decode(registry.get_blob(trace.evidence))
    named = {registry.copy(a["copy"]).edition for a in trace.verdict["accused"]}
    cases = [case for case in kept if case.edition in named] or list(kept)
    if not cases:
        raise EvidenceError(f"{trace.id} read no marks, so there is no table of carriers to give.")
    edition = next(e for e in registry.editions(cases[0].document) if e.id == cases[0].edition)
    return registry.get_blob(edition.carriers)
