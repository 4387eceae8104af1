"""Safeguard: document → carriers → codeword → marked copies → recipients."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.errors import InputFileError, InterruptedWorkError, StorageError, UnmarkableError
from fother.flow.commit import DECOYS, commit_issues, committed_edition
from fother.flow.copies import CopyJob, MakeRequest, copy_name
from fother.flow.forecast import forecast
from fother.flow.leaks import open_document
from fother.flow.library import PDF, text_of
from fother.flow.log import published
from fother.flow.making import Makers
from fother.flow.parts import sweep
from fother.flow.progress import Progress, Silent, counted
from fother.flow.strength import require_resistance, strength_factor
from fother.formats.pdf.check import Layout, settle
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.template import CopyTemplate
from fother.formats.pdf.unlock import unlock
from fother.model.capture import Sighting
from fother.model.page import PageReport
from fother.registry import (
    CommitmentRecord,
    Document,
    Edition,
    Entry,
    IssuedFile,
    ReadyCopy,
    Registry,
    Reservation,
    read_recipients,
)

MIN_CARRIERS = 12
#: Seed of the trial copies that are read back at registration: the same for every document, no copy's.
_TRIALS = 20240229
#: Extracting the text of thousands of pages takes long; the four extreme trials find nearly all.
_MANY_PAGES, _MANY_TRIALS, _FEW_TRIALS = 300, 12, 5
_BATCH = 16  # copies that a kill at the worst moment makes the next run repeat


@dataclass(frozen=True)
class Registered:
    """A document in the registry with what was found out about it."""

    document: Document
    plan: Mapping[str, Any]
    known: bool  #: it had been registered before


def register(
    registry: Registry,
    file: Path,
    *,
    title: str | None = None,
    password: str = "",
    allow_signed: bool = False,
    public: bool = False,
    text_only: bool = False,
    progress: Progress | None = None,
) -> Registered:
    """Store an unmarked original with its text, find its carriers, forecast what they can do.

    A file that is not a PDF, one registered `text_only`, and a `public` text are kept for identification
    alone: they get no carriers, and no copies of them can be issued.

    Raises InputFileError, PasswordError, SandboxError, SignedFileError, StorageError.
    """
    listener = progress or Silent()
    data = read_file(file)
    if not is_pdf(data):
        return _register_text(registry, file, data, title, password, public, listener)
    original, lock_notes = unlock(data, password)
    if public or text_only:
        return _register_text(registry, file, original, title, "", public, listener)
    known = registry.document_with_bytes(original)
    if known is not None and "template" in known.blobs:
        return Registered(known, registry.plan(known), True)
    source = PdfSource.open(original, allow_signed=allow_signed)
    listener.stage("Reading the text", None)
    sighting = open_document(file.name, original, "", listener).sighting
    _refuse_copy(registry, sighting)
    carriers, template = _plan(source, listener)
    listener.stage("Forecasting", None)
    facts = {
        "notes": [*lock_notes, *source.notes],
        "pages": [asdict(page) for page in carriers.page_reports()],
        "forecast": forecast(carriers),
    }
    document = registry.add_document(
        original,
        file_name=file.name,
        media_type=PDF,
        pages=source.page_count,
        title=title,
        carriers=carriers.to_bytes(),
        template=template.to_bytes(),
        plan=facts,
        text=text_of(sighting).to_bytes(),
    )
    return Registered(document, facts, False)


def _register_text(
    registry: Registry,
    file: Path,
    data: bytes,
    title: str | None,
    password: str,
    public: bool,
    progress: Progress,
) -> Registered:
    """Keep a document for identification alone: its text, without carriers."""
    known = registry.document_with_bytes(data)
    if known is not None:
        if known.public != public:
            known = registry.set_public(known.id, public)
        return Registered(known, registry.plan(known), True)
    progress.stage("Reading the text", None)
    sighting = open_document(file.name, data, password, progress).sighting
    _refuse_copy(registry, sighting)
    if not any(map(str.isalnum, sighting.text)):
        raise InputFileError(f"{file.name} holds no text, so a leak of it could not be recognised.")
    why = "a public text" if public else "kept for identification only"
    facts: dict[str, Any] = {
        "notes": [f"{file.name} is {why}: leaks of it are recognised, copies of it cannot be issued."],
        "pages": [],
        "forecast": None,
    }
    document = registry.add_document(
        data,
        file_name=file.name,
        media_type=sighting.media_type,
        pages=len(sighting.sheets),
        title=title,
        plan=facts,
        public=public,
        text=text_of(sighting).to_bytes(),
    )
    return Registered(document, facts, False)


def _refuse_copy(registry: Registry, sighting: Sighting) -> None:
    """A marked copy is no original: what is compared with it would be compared with one reader's marks."""
    for stamp in sighting.untrusted_stamps:
        copy = registry.find_stamp(bytes.fromhex(stamp))
        if copy is not None:
            raise InputFileError(
                f"{sighting.artefact} is the marked copy {copy.id} of a registered document; register the "
                "unmarked original, or trace this file if it leaked."
            )


def is_pdf(data: bytes) -> bool:
    """Whether a file says of itself that it is a PDF, as readers take it (ISO 32000-2, annex I)."""
    return b"%PDF-" in data[:1024]


def _plan(source: PdfSource, progress: Progress) -> tuple[LayoutCarriers, CopyTemplate]:
    """Carriers and template, with every line frozen whose marks would change the extracted text."""
    progress.stage("Finding carriers", source.page_count)
    carriers, moved = plan(counted(source.pages(), progress))
    progress.stage("Preparing the template", source.page_count)
    template = CopyTemplate.build(source, counted(source.pages(), progress), moved, len(carriers.page))
    count = _MANY_TRIALS if source.page_count <= _MANY_PAGES else _FEW_TRIALS
    progress.stage("Checking that marks leave the text alone", count)
    copies = counted(carriers.trials(np.random.default_rng(_TRIALS), count), progress)
    layout = Layout(carriers.page, carriers.segment, carriers.box, carriers.axis, carriers.em)
    outcome = settle(source.data, template, layout, copies)
    if outcome.segments or outcome.pages:
        carriers = carriers.freeze(outcome.segments, outcome.pages)
    return carriers, template


def plan_original(data: bytes, progress: Progress) -> LayoutCarriers:
    """The carriers of an original, as registering it finds them. Raises InputFileError, PasswordError."""
    return _plan(PdfSource.open(data, allow_signed=True), progress)[0]


@dataclass(frozen=True)
class Issued:
    """The result of `issue`."""

    reservation: Reservation
    files: Mapping[str, Path]  #: by copy id
    made: int  #: copies written by this call; the others existed
    commitment: CommitmentRecord | None  #: None when nobody got a new copy
    checkpoint: str  #: the signed state of the log that holds it


def issue(
    registry: Registry,
    reference: str,
    recipients: Path,
    out: Path,
    *,
    resistance: int = 3,
    strength: str = "standard",
    workers: int | None = None,
    decoys: int = DECOYS,
    progress: Progress | None = None,
) -> Issued:
    """Make one marked copy per row of the recipient list.

    The list is checked first; indices are reserved in the registry before any copy is made, `decoys` among
    them; each copy is read back; all are committed in the log; only then is the first one written. Killed at
    any moment, the same call resumes and gives the same bytes.

    Raises UsageError, RecipientListError, NotFoundError, UnmarkableError, CopyCheckError, StorageError,
    LogError, InterruptedWorkError.
    """
    listener = progress or Silent()
    require_resistance(resistance)  # before anything is reserved under it
    rows = read_recipients(recipients, listener.note)
    document = registry.document(reference)
    carriers = _carriers(registry, document)
    _require_carriers(document, carriers)
    edition = registry.edition(document.id, resistance, strength_factor(strength))
    parameters = {"resistance": resistance, "strength": strength}
    reservation = registry.reserve(
        edition.id, rows, source=recipients.name, parameters=parameters, decoys=decoys
    )
    _make_folder(out)
    wanted = [e for e in reservation.entries if not _present(out, e)]
    shared = committed_edition(registry, document, edition)
    with _interruptions(), Makers(make_request(registry, document, edition, out), workers) as makers:
        # An earlier issue may have been interrupted before it was committed.
        waiting = dict.fromkeys(e.copy.issue for e in wanted if e.copy.state == "reserved")
        bound = commit_issues(registry, [*(waiting | {reservation.issue.id: None})], shared, makers, listener)
        _write(registry, wanted, makers, listener)
    if reservation.issue.state == "open":
        registry.complete_issue(reservation.issue.id)
    files = {e.copy.id: out / copy_name(e.copy.id) for e in reservation.entries}
    done = registry.reservation(reservation.issue.id)
    checkpoint = published(registry).decode()
    return Issued(done, files, len(wanted), bound.get(reservation.issue.id), checkpoint)


def _write(registry: Registry, wanted: Sequence[Entry], makers: Makers, progress: Progress) -> None:
    """Write committed copies into their folder, and note each as issued once it is there."""
    ready: dict[int, ReadyCopy] = {}
    for issue in {e.copy.issue for e in wanted if e.copy.state == "reserved"}:
        ready |= registry.ready(issue)
    copies = {e.copy.index: e.copy for e in wanted}
    # New copies first: should an old one not come out as it was, the new recipients have theirs.
    order = sorted(copies.values(), key=lambda copy: copy.sha256 is not None)
    jobs = [CopyJob(c.id, c.index, registry.stamp(c), c.sha256 or ready[c.index].sha256) for c in order]
    progress.stage("Writing copies", len(jobs))
    batch: list[IssuedFile] = []
    try:
        for written in makers.make("write", jobs):
            copy = copies[written.index]
            known = ready.get(written.index)
            evidence = known.log10_lr if known is not None else copy.log10_lr or 0.0
            batch.append(IssuedFile(copy.id, written.sha256, written.size, copy_name(copy.id), evidence))
            progress.step()
            if len(batch) >= _BATCH:
                registry.mark_issued(*batch)
                batch.clear()
    finally:
        if batch:
            registry.mark_issued(*batch)


@contextmanager
def _interruptions() -> Iterator[None]:
    """Says in a sentence how to go on after Ctrl-C or the end of a worker."""
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedWorkError("Interrupted; the same command makes the remaining copies.") from None
    except BrokenProcessPool:
        raise InterruptedWorkError(
            "A worker process was ended from outside, perhaps for want of memory; the same command makes the "
            "remaining copies, with --workers 1 if need be."
        ) from None


def forecast_again(
    registry: Registry, reference: str, resistance: int, strength: str
) -> tuple[Document, dict[str, Any]]:
    """The document's plan with the forecast for these parameters. Raises NotFoundError, UsageError."""
    require_resistance(resistance)
    document = registry.document(reference)
    carriers = _carriers(registry, document)
    facts = dict(registry.plan(document))
    factor = strength_factor(strength)
    if (resistance, factor) != (facts["forecast"]["resistance"], facts["forecast"]["strength"]):
        facts["forecast"] = forecast(carriers, resistance, factor)
    return document, facts


def make_request(registry: Registry, document: Document, edition: Edition, out: Path) -> MakeRequest:
    """What a worker needs to make copies of an edition in the folder `out`."""
    return MakeRequest(
        original=registry.get_blob(document.blobs["original"]),
        carriers=registry.get_blob(edition.carriers),
        template=registry.get_blob(edition.template or document.blobs["template"]),
        key=registry.edition_key(edition),
        resistance=edition.resistance,
        strength=edition.strength,
        out=out,
    )


def _present(out: Path, entry: Entry) -> bool:
    """Whether the finished file of an issued copy still lies where it belongs, unchanged."""
    if entry.copy.state != "issued":
        return False
    try:
        data = (out / copy_name(entry.copy.id)).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == entry.copy.sha256


def _carriers(registry: Registry, document: Document) -> LayoutCarriers:
    if "carriers" not in document.blobs:
        raise UnmarkableError(
            f"{document.title} was registered for identification only, so copies of it cannot be told apart; "
            "only a PDF can be marked."
        )
    return LayoutCarriers.from_bytes(registry.get_blob(document.blobs["carriers"]))


def _require_carriers(document: Document, carriers: LayoutCarriers) -> None:
    count = len(carriers.left)
    if count >= MIN_CARRIERS:
        return
    reasons = {p.reason for p in carriers.page_reports() if p.reason}
    why = " ".join(sorted(reasons)[:3])
    raise UnmarkableError(
        f"{document.file_name} has {count} carriers, too few to tell copies apart. {why}".strip()
    )


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        sweep(out, "C-*")
    except OSError as error:
        raise StorageError(
            f"The folder {out} cannot be written ({error.strerror}); choose another."
        ) from None


def read_file(file: Path) -> bytes:
    """Bytes of a file named by the user. Raises InputFileError."""
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):
            raise InputFileError(f"{file} is not a file but a pipe or device; save its content first.")
        data = file.read_bytes()
    except IsADirectoryError:
        raise InputFileError(f"{file} is a folder; name a PDF file.") from None
    except OSError as error:
        raise InputFileError(f"{file} cannot be read ({error.strerror}).") from None
    if not data:
        raise InputFileError(f"{file} is empty (0 bytes).")
    return data


def page_reports(facts: Mapping[str, Any]) -> list[PageReport]:
    """The page reports of a stored plan."""
    return [replace(PageReport(0, "weak", "", 0, 0, 0), **entry) for entry in facts["pages"]]
