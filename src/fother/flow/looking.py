"""What a leak shows of one document: all its channels read against the unmarked original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.layout.printed import Print
from fother.channels.table import CarrierTable
from fother.codes.observations import Observations
from fother.errors import InputFileError, MissingProgramError
from fother.flow.copies import inner_original
from fother.flow.leaks import LeakedFile
from fother.flow.original import open_original
from fother.flow.pictures import page_evidence
from fother.flow.printing import reference_prints
from fother.flow.progress import Progress
from fother.flow.reading import match_leak, read_pages
from fother.flow.reading_text import LeakTexts, read_texts, text_evidence
from fother.model.verdict import PageEvidence, TextEvidence

#: Lines and pages of the parts of a document are numbered apart from each other.
_GROUPS = 1_000_000
_PRINTS = 100  # number of the first print


@dataclass(frozen=True)
class EditionReader:
    """One edition as its marks are read: strength and biases (m,), nothing of any copy."""

    edition: str
    strength: float
    probabilities: NDArray[np.float64]


@dataclass
class Shown:
    """What the leak shows: observations by edition, an entry for each page or text, and what a report draws.

    `measured` are positions of words, whose noise is fitted over all of them; `read` are letters.
    """

    measured: dict[str, list[Observations]]
    read: dict[str, list[Observations]]
    pages: list[PageEvidence] = field(default_factory=list)
    excerpts: list[TextEvidence] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  #: what could not be looked at, and why

    @property
    def found(self) -> bool:
        """Whether anything of the document is there."""
        return bool(self.pages or self.excerpts)


@dataclass(frozen=True)
class Leak:
    """The files of a leak and their texts, as they are looked at for one document after the other."""

    files: Sequence[LeakedFile]
    texts: LeakTexts
    cache: Path | None = None  #: a folder for what can be made again
    pictures: bool = False  #: whether a report draws what is found

    @classmethod
    def of(cls, files: Sequence[LeakedFile], progress: Progress) -> Leak:
        return cls(files, LeakTexts(files, progress))


def look(
    key: str,
    original: bytes,
    table: CarrierTable,
    editions: Sequence[EditionReader],
    leak: Leak,
    progress: Progress,
) -> Shown:
    """Read what a leak shows of a document, for each edition of one table of carriers.

    `key` names the document in what the files claim to show.
    """
    shown = Shown({e.edition: [] for e in editions}, {e.edition: [] for e in editions})
    for number, (first, where, carriers) in enumerate(table.layouts()):
        data = inner_original(original, where)
        place = _Place(first, carriers.count, number * _GROUPS)
        _look_at_pages(key, data, carriers, place, editions, leak, leak.files, progress, shown)
    _look_at_prints(key, original, table, editions, leak, progress, shown)
    for number, (first, text) in enumerate(table.text(), len(table.parts)):
        readings = {s: read_texts(text, leak.texts, s) for s in {e.strength for e in editions}}
        for edition in editions:
            found = readings[edition.strength]
            shown.read[edition.edition] += [r.observations.shifted(first, number * _GROUPS) for _, r in found]
            if edition is editions[0]:
                shown.excerpts += [text_evidence(text, file, r) for file, r in found]
    return shown


@dataclass(frozen=True)
class _Place:
    """Which columns the carriers of some pages are, and where the numbers of their lines and pages begin."""

    first: int
    count: int
    group: int
    shown: Print | None = None  #: for a print, whose carriers are columns in an order of their own

    def biases(self, edition: EditionReader) -> NDArray[np.float64]:
        """Of the carriers of the pages."""
        own = edition.probabilities[self.first : self.first + self.count]
        return own if self.shown is None else self.shown.biases(own)

    def put(self, seen: Observations) -> Observations:
        """Observations of these carriers as observations of columns."""
        columns = seen if self.shown is None else self.shown.observed(seen)
        return columns.shifted(self.first, self.group)


def _look_at_prints(
    key: str,
    original: bytes,
    table: CarrierTable,
    editions: Sequence[EditionReader],
    leak: Leak,
    progress: Progress,
    shown: Shown,
) -> None:
    """Read the pages of a printed document, those in each file against a print with that file's wordings."""
    if (printed := table.printed()) is None:
        return
    first, gaps = printed
    files = [file for file in leak.files if file.sighting.sheets]
    readings = read_texts(next(table.text())[1], leak.texts, editions[0].strength)
    by_file = [[r for other, r in readings if other.name == file.name] for file in files]
    try:
        references = reference_prints(original, table, by_file)
    except (MissingProgramError, InputFileError) as error:
        shown.notes.append(f"Its pages could not be compared, only its words: {error}")
        progress.note(shown.notes[-1])
        return
    for number, (file, laid) in enumerate(zip(files, references, strict=True), _PRINTS):
        place = _Place(first, gaps.count, number * _GROUPS, laid.shown)
        _look_at_pages(key, laid.pdf, laid.shown.layout, place, editions, leak, [file], progress, shown)


def _look_at_pages(
    key: str,
    data: bytes,
    carriers: LayoutCarriers,
    place: _Place,
    editions: Sequence[EditionReader],
    leak: Leak,
    files: Sequence[LeakedFile],
    progress: Progress,
    shown: Shown,
) -> None:
    """Find pages of a PDF in files of the leak and read their marks."""
    with open_original(data, carriers, leak.cache) as original:
        match = match_leak(key, original, files, progress)
        for edition in editions if match.pages else ():
            biases = place.biases(edition)
            # A page looks a little different to each strength, but what a report draws is the same.
            readings = read_pages(original, match, edition.strength, biases)
            pairs = [(m, r) for m, r in zip(match.pages, readings, strict=True) if r is not None]
            shown.measured[edition.edition] += [place.put(r.observations) for _, r in pairs]
            if edition is editions[0]:
                drawn = len(shown.pages)
                shown.pages += [
                    page_evidence(original, m, r, drawn + k if leak.pictures else None)
                    for k, (m, r) in enumerate(pairs)
                ]
