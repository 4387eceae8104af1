"""What of a document can carry marks: its carriers, and what its copies are made from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fother.channels import characters
from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.channels.layout.printed import WordGaps
from fother.channels.table import PRINT, CarrierTable, Part
from fother.channels.text.carriers import TextCarriers
from fother.channels.text.twins import join
from fother.channels.wording.places import places as wording_places
from fother.channels.wording.variant import Approved
from fother.errors import FotherError, InputFileError
from fother.flow.copies import pack_templates
from fother.flow.progress import Progress, counted
from fother.formats.office import Office, volatile_fields
from fother.formats.pdf.check import Layout, settle
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.template import CopyTemplate
from fother.formats.prose.interface import Container, ProseFormat
from fother.model.page import PageReport
from fother.model.prose import Prose

#: Seed of the trial copies that are read back at registration: the same for every document, no copy's.
_TRIALS = 20240229
#: Extracting the text of thousands of pages takes long; the four extreme trials find nearly all.
_MANY_PAGES, _MANY_TRIALS, _FEW_TRIALS = 300, 12, 5
_PDF = "application/pdf"
_BRACES = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True)
class Planned:
    """The carriers of a document and the template of its copies.

    `plain` is the file as an unmarked copy would be: where the author wrote alternatives, with the first.
    """

    table: CarrierTable
    template: bytes | None
    plain: bytes
    pages: tuple[PageReport, ...]
    notes: tuple[str, ...]


def plan_pdf(source: PdfSource, progress: Progress) -> Planned:
    """Carriers and template of a PDF, with every line frozen whose marks would change the extracted text."""
    carriers, template = _plan_layout(source, progress)
    return Planned(
        CarrierTable.single(carriers),
        template.to_bytes(),
        source.data,
        tuple(carriers.page_reports()),
        tuple(source.notes),
    )


def plan_original(data: bytes, progress: Progress) -> bytes:
    """The table of carriers of a PDF, as registering it makes it. Raises InputFileError, PasswordError."""
    return plan_pdf(PdfSource.open(data, allow_signed=True), progress).table.to_bytes()


def _plan_layout(source: PdfSource, progress: Progress) -> tuple[LayoutCarriers, CopyTemplate]:
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


def plan_print(
    data: bytes, form: ProseFormat, prose: Prose, approved: Sequence[Approved], progress: Progress
) -> Planned:
    """Carriers of a Word file, read as `prose`, whose copies are printed as PDF: approved wordings, and the
    gaps between words.

    LibreOffice leaves characters of no width out of the PDFs that it makes, so none are used. `plain` is the
    print of the unmarked original. Raises InputFileError, MissingProgramError.
    """
    if moving := volatile_fields(data):
        raise InputFileError(
            f"Fields of the document change from print to print ({', '.join(moving)}), so no copy could be "
            "made a second time; replace them by plain text first."
        )
    progress.stage("Finding carriers", None)
    worded, notes = wording_places(prose, approved)
    text = TextCarriers(prose.text, tuple(sorted(worded, key=lambda place: place.start)))
    progress.stage("Printing the unmarked original", None)
    with Office() as office:
        (plain,) = office.print([form.write(data, text.unmarked)])
    layout, moved = plan(counted(PdfSource.open(plain).pages(), progress))
    gaps = WordGaps.of(text, layout, moved)
    table = CarrierTable((Part("", text), Part(PRINT, gaps)))
    reports = gaps.example.layout.page_reports()
    return Planned(table, None, plain, tuple(reports), (*prose.notes, *notes))


def plan_prose(
    data: bytes,
    form: ProseFormat,
    prose: Prose,
    approved: Sequence[Approved],
    progress: Progress,
    *,
    alternatives: bool = True,
) -> Planned:
    """Carriers of a document whose text can be rewritten, read as `prose`: approved wordings, and characters
    between them.

    Without `alternatives`, what stands in double braces is left as it is. The pages of PDFs attached to a
    mail are carriers too. Raises InputFileError.
    """
    progress.stage("Finding carriers", None)
    worded, notes_of_wordings = wording_places(prose, approved, alternatives=alternatives)
    taken = [span for p in worded for span in ((p.start, p.end), *p.twins)]
    if not alternatives:  # it is somebody's code, in which a character of no width is a fault
        taken += [found.span() for found in _BRACES.finditer(prose.text)]
    between = characters.places(prose, taken)
    places = join(sorted([*worded, *between], key=lambda place: place.start), prose)
    text = TextCarriers(prose.text, tuple(places))
    parts = [Part("", text)]
    templates: dict[str, bytes] = {}
    pages: list[PageReport] = []
    notes = [*prose.notes, *notes_of_wordings]
    if isinstance(form, Container):
        for attachment in form.attachments(data):
            if attachment.media_type != _PDF or attachment.signed:
                continue
            where = str(attachment.number)
            try:
                planned = plan_pdf(PdfSource.open(attachment.data), progress)
            except FotherError as error:
                notes.append(f"The attachment {attachment.name} goes along unmarked: {error}")
                continue
            parts.append(Part(where, planned.table.parts[0].carriers))
            templates[where] = planned.template or b""
            pages += planned.pages
    plain = form.write(data, text.unmarked) if text.unmarked else data
    return Planned(CarrierTable(tuple(parts)), pack_templates(templates), plain, tuple(pages), tuple(notes))
