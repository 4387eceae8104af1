"""Read the marks in a leak's text: what is pasted, retyped or recognised, beside the unmarked original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fother.channels.text.carriers import TextCarriers
from fother.channels.text.observe import TextReading, observe
from fother.flow.leaks import LeakedFile, with_text
from fother.flow.progress import Progress
from fother.model.match import Span
from fother.model.verdict import TextEvidence, TextMark

_MANY = 12  #: wordings that a copy has all as in the original once in 4,096 times


@dataclass
class LeakTexts:
    """The texts of a leak's files; pictures are read when a document first needs it, and once."""

    files: Sequence[LeakedFile]
    progress: Progress
    _read: list[LeakedFile] | None = field(default=None)

    def read(self) -> list[LeakedFile]:
        """The files that have any text, that of their pictures recognised."""
        if self._read is None:
            self._read = [with_text(file, "full", self.progress) for file in self.files]
        return [file for file in self._read if file.sighting.text]


def read_texts(
    carriers: TextCarriers, texts: LeakTexts, strength: float
) -> list[tuple[LeakedFile, TextReading]]:
    """What each file shows of a document's marks in its text; files that show none are left out."""
    found = []
    for file in texts.read():
        seen = file.sighting
        reading = observe(carriers, seen.text, strength=strength, recognised=seen.recognised)
        if reading is not None and reading.sites:
            found.append((file, reading))
    return found


def text_evidence(carriers: TextCarriers, file: LeakedFile, reading: TextReading) -> TextEvidence:
    """What a report shows of a reading."""
    marks = []
    lost = {(f.channel, f.family) for f in reading.flattened}
    for site in reading.sites:
        place = carriers.places[site.place]
        form = site.form if (place.channel, place.family) not in lost else None
        start, end = _narrowed(file.sighting.text, site.leak, place.forms, site.form)
        marks.append(TextMark(start, end, place.channel, place.family, place.forms, form))
    shown = [s.form for s in reading.sites if s.channel == "wording" and s.form is not None]
    return TextEvidence(
        artefact=file.name,
        text=file.sighting.text,
        marks=tuple(sorted(marks, key=lambda mark: mark.start)),
        recognised=file.sighting.recognised,
        carriers_read=len(reading.observations),
        as_original=len(shown) if len(shown) >= _MANY and not any(shown) else 0,
        alike=tuple((f.channel, f.family, f.readings) for f in reading.flattened),
    )


def _narrowed(text: str, span: Span, forms: tuple[str, ...], form: int | None) -> Span:
    """Of the stretch that a place was read in, what shows the form, where it stands there word for word."""
    start, end = span
    shown = forms[form].casefold() if form is not None else ""
    stretch = text[start:end]
    if not shown.strip() or len(stretch.casefold()) != len(stretch):
        return span
    at = stretch.casefold().find(shown)
    return span if at < 0 else (start + at, start + at + len(shown))
