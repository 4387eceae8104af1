"""Respond: leak → sighting → match → observations → verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from fother.channels.table import CarrierTable
from fother.errors import NotFoundError, UsageError
from fother.evidence.kept import KeptCase, seen_of
from fother.evidence.kept import encode as encode_kept
from fother.flow.choose import Choice, choose, only
from fother.flow.leaks import LeakedFile, receive_leaks
from fother.flow.looking import EditionReader, Leak, look
from fother.flow.progress import Progress, Silent
from fother.flow.reading_text import LeakTexts
from fother.flow.sightings import keep
from fother.model.verdict import PageEvidence, TextEvidence, Verdict
from fother.registry import Artefact, Copy, Document, Edition, Registry
from fother.report.numbers import count_words
from fother.report.sentences import (
    alike_sentence,
    bound_sentence,
    lr_sentence,
    none_sentence,
    original_sentence,
    verdict_sentence,
)
from fother.report.trace_report import render_trace_report
from fother.trace.verdict import EditionCase, judge, nothing_found

DEFAULT_ALPHA = 1e-6


@dataclass(frozen=True)
class Traced:
    """A verdict and what it was reached from."""

    verdict: Verdict
    artefacts: tuple[Artefact, ...]
    parameters: Mapping[str, Any]
    evidence: bytes  #: what an evidence pack is made of


@dataclass(frozen=True)
class _Seen:
    """What one document has to do with the leak."""

    document: Document
    cases: tuple[EditionCase, ...]
    evidence: tuple[PageEvidence, ...]
    excerpts: tuple[TextEvidence, ...]
    notes: tuple[str, ...]


def trace(
    registry: Registry,
    leaks: Sequence[Path],
    *,
    document: str | None = None,
    alpha: float = DEFAULT_ALPHA,
    password: str = "",
    pictures: bool = False,
    progress: Progress | None = None,
) -> Traced:
    """Name the copy or copies that a leak was made from, or none.

    All `leaks` are taken as evidence of one leak and added up. Without `document` the leak is identified
    first: by its text, then by the shapes of its pages. The choice uses unmarked originals only, so it knows
    no codeword and costs no evidence; the family of the bound is every copy of every document looked at.
    `pictures` adds what the report draws.

    Raises InputFileError, PasswordError, SandboxError, NotFoundError, UsageError.
    """
    listener = progress or Silent()
    _check_arguments(leaks, alpha)
    asked = registry.document(document) if document else None
    if asked is None and not registry.media_types():
        raise NotFoundError("The registry holds no document yet; register the original first.")
    files = receive_leaks(leaks, password, listener)
    artefacts = _received(registry, files)
    choice = only(registry, asked, files, listener) if asked else choose(registry, files, listener)
    candidates = choice.documents
    # Counted once: copies issued while the trace runs belong neither to the family nor to the decoding.
    counts = {e.id: registry.copies_count(e.id) for d in candidates for e in registry.editions(d.id)}
    family = sum(counts.values())
    leak = Leak(files, LeakTexts(files, listener), registry.home / "cache", pictures)
    seen = [s for d in candidates for s in _look(registry, d, counts, leak, listener)]
    stamped = _stamped(registry, files)
    tried = _tried(choice, files, seen)
    notes = (*(note for file in files for note in file.sighting.notes), *choice.notes)
    stamps = tuple(c.id for c in stamped)
    listener.stage("Comparing with all copies")
    verdicts = [
        judge(
            s.document.id,
            s.document.title,
            s.cases,
            s.evidence,
            s.excerpts,
            alpha=alpha,
            family=family,
            tried=tried,
            stamps=tuple(c.id for c in stamped if c.document == s.document.id),
            notes=(*notes, *s.notes),
        )
        for s in seen
    ] or [_nothing_seen(registry, choice, nothing_found(alpha, family, tried, stamps, notes))]
    verdict = max(verdicts, key=lambda v: (len(v.accused) > 0, v.carriers_read))
    others = tuple(replace(v, sentence=_sentence(v)) for v in verdicts if v.accused and v is not verdict)
    verdict = replace(
        verdict,
        sentence=_sentence(verdict),
        others=others,
        notes=(*verdict.notes, *(_also(v) for v in others)),
    )
    return Traced(
        verdict,
        artefacts,
        {"alpha": alpha, "document": document, "family": family},
        encode_kept(
            [
                KeptCase(s.document.id, c.edition, seen_of(c.seen()))
                for s in seen
                for c in s.cases
                if c.readings or c.texts
            ]
        ),
    )


def _received(registry: Registry, files: Sequence[LeakedFile]) -> tuple[Artefact, ...]:
    """The artefacts as kept sightings: those that are there already, or new ones."""
    known = {seen.sha256: seen.id for seen in registry.sightings()}
    if not all(file.sighting.sha256 in known for file in files):
        known |= {taken.record.sha256: taken.record.id for taken in keep(registry, files, "", None)}
    return tuple(Artefact(f.name, f.sighting.sha256, known[f.sighting.sha256]) for f in files)


def _check_arguments(leaks: Sequence[Path], alpha: float) -> None:
    if not leaks:
        raise UsageError("Name at least one leaked file.")
    if not 0 < alpha <= 0.1:
        raise UsageError(f"--alpha is a probability above 0 and at most 0.1, not {alpha:g}.")


def _look(
    registry: Registry, document: Document, counts: Mapping[str, int], leak: Leak, progress: Progress
) -> Iterator[_Seen]:
    """Find the document in the leak and read its marks, once for each edition.

    Editions share their carriers unless the document was planned anew between them.
    """
    editions = [e for e in registry.editions(document.id) if e.id in counts]
    tables = dict.fromkeys(e.carriers for e in editions) or dict.fromkeys(
        [document.blobs["carriers"]] if "carriers" in document.blobs else []
    )
    sheets = sum(len(f.sighting.sheets) for f in leak.files)
    original = registry.get_blob(document.blobs["original"])
    for name in tables:
        table = CarrierTable.from_bytes(registry.get_blob(name))
        progress.stage(f"Looking for {document.title}", sheets)
        own = [e for e in editions if e.carriers == name]
        codes = {e.id: table.code(registry.edition_key(e), e.resistance) for e in own}
        readers = [EditionReader(e.id, e.strength, codes[e.id].probabilities) for e in own]
        # Without any edition nothing can be compared, but whether the document is there can be told.
        nobody = [EditionReader("", 1.0, np.full(table.count, 0.5))]
        shown = look(document.id, original, table, readers or nobody, leak, progress)
        if not shown.found:
            continue
        cases = [
            EditionCase(
                codes[edition.id],
                counts[edition.id],
                tuple(shown.measured[edition.id]),
                _namer(registry, edition),
                edition.id,
                frozenset(decoy.index for decoy in registry.decoys(edition=edition.id)),
                tuple(shown.read[edition.id]),
            )
            for edition in own
        ]
        yield _Seen(document, tuple(cases), tuple(shown.pages), tuple(shown.excerpts), tuple(shown.notes))


def _nothing_seen(registry: Registry, choice: Choice, verdict: Verdict) -> Verdict:
    """No page was found in the leak; its text may show a document all the same."""
    if not choice.shown:
        return verdict
    best = choice.shown[0]
    copies = sum(registry.copies_count(e.id) for e in registry.editions(best.id))
    return replace(
        verdict,
        document=best.id,
        title=best.title,
        scores=np.zeros(copies),
        stronger=("The file itself, or a picture of a page as the leak shows it.",) if copies else (),
    )


def _namer(registry: Registry, edition: Edition) -> Callable[[int], str]:
    return lambda index: registry.decoy_at(edition.id, index) or registry.copy_at(edition.id, index).id


def _stamped(registry: Registry, files: Sequence[LeakedFile]) -> list[Copy]:
    """Copies whose stamp is in the files' metadata. A stamp points; only the code accuses."""
    found: dict[str, Copy] = {}
    for untrusted in (s for f in files for s in f.sighting.untrusted_stamps):
        copy = registry.find_stamp(bytes.fromhex(untrusted))
        if copy is not None:
            found[copy.id] = copy
    return list(found.values())


def _tried(choice: Choice, files: Sequence[LeakedFile], seen: Sequence[_Seen]) -> dict[str, object]:
    return {
        "documents": len(choice.documents),
        "documents_searched": choice.searched,
        "chosen_by": choice.how,
        "documents_found": [s.document.id for s in seen],
        "artefacts": [f.name for f in files],
        "sheets": sum(len(f.sighting.sheets) for f in files),
        "pages": sorted({page.page + 1 for s in seen for page in s.evidence}),
        "texts": sum(len(s.excerpts) for s in seen),
        "isolation": files[0].sighting.isolation,
        "registered_to": "the unmarked original",
    }


def _also(other: Verdict) -> str:
    copies = ", ".join(a.copy for a in other.accused)
    return (
        f"The leak also shows {other.title}: {copies} is named there, within the same bound. Its own report "
        f"comes with --document {other.document}."
    )


def _sentence(verdict: Verdict) -> str:
    return verdict_sentence(
        document=verdict.document,
        accused=[a.copy for a in verdict.accused],
        carriers_read=verdict.carriers_read,
        copies=int(verdict.scores.size),
    )


def report_html(verdict: Verdict, generated_at: datetime, version: str) -> str:
    """The report of a trace as one self-contained page."""
    return render_trace_report(verdict, generated_at=generated_at, version=version)


def explain(verdict: Verdict) -> list[str]:
    """The verdict in plain sentences, most important first."""
    lines = [verdict.sentence]
    if verdict.accused:
        lines.append(bound_sentence(max(a.log10_bound for a in verdict.accused)))
        lines += [lr_sentence(a.copy, a.log10_lr, list(a.log10_lr_against)) for a in verdict.accused]
        lines.append("This says which copy the leak derives from, not who leaked it.")
    else:
        lines.append(none_sentence(verdict))
    for stamp in verdict.stamps:
        lines.append(
            f"The file carries the untouched stamp of copy {stamp}: a pointer that anyone could paste in, "
            "not evidence."
        )
    pages = sorted({page.page + 1 for page in verdict.evidence})
    if pages:
        words = sum(int((page.mark == page.mark).sum()) for page in verdict.evidence)
        listed = ", ".join(map(str, pages[:12])) + (" …" if len(pages) > 12 else "")
        lines.append(
            f"Read: {words} words on page{'s' if len(pages) > 1 else ''} {listed} of {verdict.title}, "
            f"compared with {verdict.copies} copies."
        )
    for excerpt in verdict.excerpts:
        how = "recognised in a picture" if excerpt.recognised else "as it was received"
        lines.append(
            f"Read in {excerpt.artefact}, {how}: {count_words(excerpt.read('wording'), 'wording')} and "
            f"{count_words(excerpt.read('characters'), 'space')}, compared with {verdict.copies} copies."
        )
        if excerpt.as_original:
            lines.append(original_sentence(excerpt.as_original))
        lines += map(alike_sentence, dict.fromkeys(e[:2] for e in excerpt.alike))
    lines += verdict.notes
    if verdict.stronger and not verdict.accused:
        lines.append("Stronger evidence would come from: " + " ".join(verdict.stronger))
    return lines
