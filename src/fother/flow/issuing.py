"""Issue: registered document → codewords → marked copies, committed in the log → recipients."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fother.channels.table import CarrierTable
from fother.errors import InterruptedWorkError, StorageError, UnmarkableError
from fother.flow.commit import DECOYS, commit_issues, committed_edition
from fother.flow.copies import CopyJob, MakeRequest, copy_name
from fother.flow.log import published
from fother.flow.making import Makers
from fother.flow.parts import sweep
from fother.flow.progress import Progress, Silent
from fother.flow.registering import MIN_CARRIERS, carrier_table
from fother.flow.strength import require_resistance, strength_factor
from fother.registry import (
    CommitmentRecord,
    Document,
    Edition,
    Entry,
    IssuedFile,
    ReadyCopy,
    RecipientRow,
    Registry,
    Reservation,
    read_recipients,
)

_BATCH = 16  # copies that a kill at the worst moment makes the next run repeat


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
    rows = read_recipients(recipients, listener.note)
    return issue_to(
        registry,
        registry.document(reference),
        rows,
        out,
        source=recipients.name,
        resistance=resistance,
        strength=strength,
        workers=workers,
        decoys=decoys,
        progress=listener,
    )


def issue_to(
    registry: Registry,
    document: Document,
    rows: Sequence[RecipientRow],
    out: Path,
    *,
    source: str,
    resistance: int = 3,
    strength: str = "standard",
    workers: int | None = None,
    decoys: int = DECOYS,
    progress: Progress,
) -> Issued:
    """`issue` to recipients that are known already; `source` says where they were named."""
    require_resistance(resistance)  # before anything is reserved under it
    table = carrier_table(registry, document)
    _require_carriers(document, table)
    edition = registry.edition(document.id, resistance, strength_factor(strength))
    parameters = {"resistance": resistance, "strength": strength}
    reservation = registry.reserve(edition.id, rows, source=source, parameters=parameters, decoys=decoys)
    _make_folder(out)
    name = partial(copy_name, original=document.file_name, printed=table.printed() is not None)
    files = {e.copy.id: out / name(e.copy.id) for e in reservation.entries}
    wanted = [e for e in reservation.entries if not _present(files[e.copy.id], e)]
    shared = committed_edition(registry, document, edition)
    with _interruptions(), Makers(make_request(registry, document, edition, out), workers) as makers:
        # An earlier issue may have been interrupted before it was committed.
        waiting = dict.fromkeys(e.copy.issue for e in wanted if e.copy.state == "reserved")
        bound = commit_issues(registry, [*(waiting | {reservation.issue.id: None})], shared, makers, progress)
        _write(registry, files, wanted, makers, progress)
    if reservation.issue.state == "open":
        registry.complete_issue(reservation.issue.id)
    done = registry.reservation(reservation.issue.id)
    checkpoint = published(registry).decode()
    return Issued(done, files, len(wanted), bound.get(reservation.issue.id), checkpoint)


def _write(
    registry: Registry,
    files: Mapping[str, Path],
    wanted: Sequence[Entry],
    makers: Makers,
    progress: Progress,
) -> None:
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
            name = files[copy.id].name
            batch.append(IssuedFile(copy.id, written.sha256, written.size, name, evidence))
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


def make_request(registry: Registry, document: Document, edition: Edition, out: Path) -> MakeRequest:
    """What a worker needs to make copies of an edition in the folder `out`."""
    return MakeRequest(
        original=registry.get_blob(document.blobs["original"]),
        file_name=document.file_name,
        table=registry.get_blob(edition.carriers),
        template=_template(registry, document, edition),
        key=registry.edition_key(edition),
        resistance=edition.resistance,
        strength=edition.strength,
        out=out,
    )


def _template(registry: Registry, document: Document, edition: Edition) -> bytes:
    """What moves the words of its pages; empty for an edition whose marks are all in the text."""
    name = edition.template or document.blobs.get("template")
    return b"" if name is None else registry.get_blob(name)


def _present(file: Path, entry: Entry) -> bool:
    """Whether the finished file of an issued copy still lies where it belongs, unchanged."""
    if entry.copy.state != "issued":
        return False
    try:
        data = file.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == entry.copy.sha256


def _require_carriers(document: Document, table: CarrierTable) -> None:
    if table.count >= MIN_CARRIERS:
        return
    reasons = {p.reason for _, _, part in table.layouts() for p in part.page_reports() if p.reason}
    why = " ".join(sorted(reasons)[:3])
    raise UnmarkableError(
        f"{document.file_name} has {table.count} carriers, too few to tell copies apart. {why}".strip()
    )


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        sweep(out, "C-*")
    except OSError as error:
        raise StorageError(
            f"The folder {out} cannot be written ({error.strerror}); choose another."
        ) from None
