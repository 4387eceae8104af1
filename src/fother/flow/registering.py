"""Register: original → text and carriers → forecast; kept in the registry, never sent to anyone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fother.channels.table import CarrierTable
from fother.channels.wording.variant import Approved
from fother.errors import InputFileError, UnmarkableError, UsageError
from fother.flow.forecast import forecast
from fother.flow.leaks import open_document
from fother.flow.library import PDF, text_of
from fother.flow.planning import plan_pdf, plan_print, plan_prose
from fother.flow.progress import Progress, Silent
from fother.flow.strength import require_resistance, strength_factor
from fother.flow.variants import approved_variants, beside
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.unlock import unlock
from fother.formats.prose.choice import prose_format
from fother.formats.prose.docx import Docx
from fother.model.capture import Sighting
from fother.model.page import PageReport
from fother.registry import Document, Registry, plan_bytes

MIN_CARRIERS = 12


@dataclass(frozen=True)
class Registered:
    """A document in the registry with what was found out about it."""

    document: Document
    plan: Mapping[str, Any]
    known: bool  #: it had been registered before
    planned_anew: bool = False  #: and its carriers are others now


def register(
    registry: Registry,
    file: Path,
    *,
    title: str | None = None,
    password: str = "",
    allow_signed: bool = False,
    public: bool = False,
    text_only: bool = False,
    variants: Path | None = None,
    as_pdf: bool = False,
    progress: Progress | None = None,
) -> Registered:
    """Store an unmarked original with its text, find its carriers, forecast what they can do.

    A PDF carries marks in its layout; DOCX, HTML, mail, Markdown and plain text carry them in their text:
    `variants` is a file of wordings that people approved (by default the one beside `file`, if there is one).
    Any other file, one registered `text_only`, and a `public` text are kept for identification alone:
    they get no carriers, and no copies of them can be issued. Copies of a DOCX registered `as_pdf` are PDFs
    printed by LibreOffice, and carry marks in their layout as well.

    Raises InputFileError, MissingProgramError, PasswordError, SandboxError, SignedFileError, StorageError,
    UsageError.
    """
    listener = progress or Silent()
    data = read_file(file)
    approved = () if is_pdf(data) or public or text_only else approved_variants(file, variants)
    if approved:
        listener.note(f"Approved wordings are read from {(variants or beside(file)).name}.")
    return register_bytes(
        registry,
        file.name,
        data,
        title=title,
        password=password,
        allow_signed=allow_signed,
        public=public,
        text_only=text_only,
        approved=approved,
        as_pdf=as_pdf,
        progress=listener,
    )


def register_bytes(
    registry: Registry,
    name: str,
    data: bytes,
    *,
    title: str | None = None,
    password: str = "",
    allow_signed: bool = False,
    public: bool = False,
    text_only: bool = False,
    approved: Sequence[Approved] = (),
    as_pdf: bool = False,
    alternatives: bool = True,
    progress: Progress,
) -> Registered:
    """`register` for a file that is in memory already, with the wordings that its author approved.

    Without `alternatives`, double braces in a text that is not issued as PDF are left as they are.
    """
    lock_notes: tuple[str, ...] = ()
    form = None
    if is_pdf(data):
        data, lock_notes = unlock(data, password)
        password = ""
    else:
        form = prose_format(name, data)
    if as_pdf and (public or text_only or not isinstance(form, Docx)):
        raise UsageError("Only a Word file (.docx) that is to be marked can be issued as PDF.")
    if public or text_only or not (is_pdf(data) or form):
        return _register_text(registry, name, data, title, password, public, progress)
    known = registry.document_with_bytes(data)
    if known is not None and known.media_type == PDF and "template" in known.blobs:
        return Registered(known, registry.plan(known), True)
    if form is None:
        planned = plan_pdf(PdfSource.open(data, allow_signed=allow_signed), progress)
    else:
        try:
            prose = form.read(data)
        except InputFileError as error:
            if as_pdf:
                raise
            return _register_text(registry, name, data, title, password, public, progress, str(error))
        if as_pdf:
            planned = plan_print(data, form, prose, approved, progress)
        else:
            planned = plan_prose(data, form, prose, approved, progress, alternatives=alternatives)
        if planned.table.count < MIN_CARRIERS and not as_pdf:
            few = f"it has {planned.table.count} carriers, too few to tell copies apart."
            return _register_text(registry, name, data, title, password, public, progress, few)
    progress.stage("Reading the text", None)
    said = Path(name).with_suffix(".pdf").name if as_pdf else name
    sighting = open_document(said, planned.plain, password, progress).sighting
    _refuse_copy(registry, sighting)
    progress.stage("Forecasting", None)
    facts = {
        "notes": [*lock_notes, *planned.notes],
        "pages": [asdict(page) for page in planned.pages],
        "forecast": forecast(planned.table),
    }
    table = planned.table.to_bytes()
    if known is not None:
        return _planned_anew(registry, known, table, planned.template, facts)
    document = registry.add_document(
        data,
        file_name=name,
        media_type=PDF if form is None else form.media_type,
        pages=len(sighting.sheets),
        title=title,
        carriers=table,
        template=planned.template,
        plan=facts,
        text=text_of(sighting).to_bytes(),
    )
    return Registered(document, facts, False)


def _planned_anew(
    registry: Registry, known: Document, table: bytes, template: bytes | None, facts: Mapping[str, Any]
) -> Registered:
    """A document registered before: other approved wordings are other carriers, for copies from now on."""
    anew = known.blobs.get("carriers") != hashlib.sha256(table).hexdigest()
    if anew:
        if template is not None:
            registry.put_blob(known.id, "template", template)
        registry.put_blob(known.id, "carriers", table)
        known = registry.put_blob(known.id, "plan", plan_bytes(facts))
    if known.public:
        known = registry.set_public(known.id, False)
    return Registered(known, facts, True, anew)


def _register_text(
    registry: Registry,
    name: str,
    data: bytes,
    title: str | None,
    password: str,
    public: bool,
    progress: Progress,
    unmarkable: str = "",
) -> Registered:
    """Keep a document for identification alone: its text, without carriers; `unmarkable` says why."""
    known = registry.document_with_bytes(data)
    if known is not None:
        if known.public != public:
            known = registry.set_public(known.id, public)
        return Registered(known, registry.plan(known), True)
    progress.stage("Reading the text", None)
    sighting = open_document(name, data, password, progress).sighting
    _refuse_copy(registry, sighting)
    if not any(map(str.isalnum, sighting.text)):
        raise InputFileError(f"{name} holds no text, so a leak of it could not be recognised.")
    why = "a public text" if public else "kept for identification only"
    because = f" It cannot be marked: {unmarkable}" if unmarkable else ""
    facts: dict[str, Any] = {
        "notes": [f"{name} is {why}: leaks of it are recognised, copies of it cannot be issued.{because}"],
        "pages": [],
        "forecast": None,
    }
    document = registry.add_document(
        data,
        file_name=name,
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


def forecast_again(
    registry: Registry, reference: str, resistance: int, strength: str
) -> tuple[Document, dict[str, Any]]:
    """The document's plan with the forecast for these parameters. Raises NotFoundError, UsageError."""
    require_resistance(resistance)
    document = registry.document(reference)
    table = carrier_table(registry, document)
    facts = dict(registry.plan(document))
    factor = strength_factor(strength)
    if (resistance, factor) != (facts["forecast"]["resistance"], facts["forecast"]["strength"]):
        facts["forecast"] = forecast(table, resistance, factor)
    return document, facts


def carrier_table(registry: Registry, document: Document) -> CarrierTable:
    """The document's present carriers. Raises UnmarkableError when it has none."""
    if "carriers" not in document.blobs:
        raise UnmarkableError(
            f"{document.title} was registered for identification only, so copies of it cannot be told apart."
        )
    return CarrierTable.from_bytes(registry.get_blob(document.blobs["carriers"]))


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
