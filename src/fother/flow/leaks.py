"""Leaked files as the flows hold them: read in the sandbox, pictures fetched when needed, text recognised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from fother.errors import SandboxError
from fother.flow.progress import Progress
from fother.intake.parent import receive_all, receive_bytes, render_bytes
from fother.intake.recognise import Recognised, recognise
from fother.model.capture import Sheet, Sighting, TextPart, WordBoxes
from fother.model.match import Passage
from fother.vision.find import Capture

Effort = Literal["quick", "full"]
T = TypeVar("T")
MAIL = "message/rfc822"
_RENDER_BATCH = 8  # pages of a leaked PDF rendered at a time, to bound memory
_KEPT_CAPTURES = 24  # pictures kept from one document to the next, with their features
_TOGETHER = 6  # pictures whose text is recognised by one child process
_RECOGNISED = 30  # sheets without text that are put through recognition


@dataclass(frozen=True)
class LeakedFile:
    """One artefact: its bytes as received and what the sandbox made of them.

    `captures` keeps the pictures that were looked at, by sheet, while documents are tried one after another.
    `claimed` says what a sheet may show, by sheet and document: pages (0-based), an empty set for any page.
    """

    name: str
    data: bytes
    sighting: Sighting
    password: str = ""
    captures: dict[int, Capture] = field(default_factory=dict)
    claimed: dict[int, dict[str, set[int]]] = field(default_factory=dict)

    def silent_sheets(self) -> list[Sheet]:
        """Sheets whose text was not read from the file: pictures, and pages that are pictures inside.

        A page whose text is an invisible layer over a picture counts as a picture: anyone can put anything
        there.
        """
        if self.sighting.recognised and self.sighting.media_type != "application/pdf":
            return list(self.sighting.sheets)
        parts = self.sighting.parts
        read = {p.sheet for p in parts if p.sheet is not None and p.kind != "hidden" and p.end > p.start}
        return [s for s in self.sighting.sheets if s.number not in read]

    def claim(self, sheet: int, document: str, pages: Iterable[int] = ()) -> None:
        """Note that a sheet may show a document, on these pages if they are known."""
        self.claimed.setdefault(sheet, {}).setdefault(document, set()).update(pages)

    def pictures(self, sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Capture | None]]:
        """The sheets as pictures, one after the other; None for a page that cannot be rendered."""
        for start in range(0, len(sheets), _RENDER_BATCH):
            batch = sheets[start : start + _RENDER_BATCH]
            self._load(batch)
            for sheet in batch:
                yield sheet, self.captures.get(sheet.number)
            if len(sheets) > _KEPT_CAPTURES:
                self.captures.clear()

    def _load(self, sheets: Sequence[Sheet]) -> None:
        missing = [s for s in sheets if s.number not in self.captures]
        rendered = self._rendered([s.number for s in missing if s.image is None])
        for sheet in missing:
            image = rendered.get(sheet.number) if sheet.image is None else sheet.image
            if image is not None:
                self.captures[sheet.number] = Capture(image)

    def _rendered(self, pages: Sequence[int]) -> dict[int, NDArray[np.uint8]]:
        """Pictures of some pages. A page that makes the reader fail must not hide the others."""
        if not pages:
            return {}
        try:
            return render_bytes(self.name, self.data, pages, password=self.password)
        except SandboxError:
            if len(pages) == 1:
                return {}
        return {number: image for page in pages for number, image in self._rendered([page]).items()}


def receive_leaks(paths: Sequence[Path], password: str, progress: Progress) -> list[LeakedFile]:
    """Read leaked files, and what is inside archives and mails, in the sandbox.

    Raises InputFileError, PasswordError, SandboxError.
    """
    progress.stage("Opening the leak in the sandbox", len(paths))
    files = []
    for path in paths:
        for received in receive_all(path, password=password):
            files.append(LeakedFile(received.name, received.data, received.sighting, password))
        progress.step()
    return files


def open_document(name: str, data: bytes, password: str, progress: Progress) -> LeakedFile:
    """A document to be registered, read with the same reader as leaks, so that their texts agree.

    Raises InputFileError, PasswordError, SandboxError.
    """
    whole, *inside = receive_bytes(name, data, password=password)
    document = with_text(LeakedFile(name, data, whole.sighting, password), "full", progress)
    if whole.sighting.media_type != MAIL:
        return document
    # What is attached to a mail is part of what was sent.
    attached = [with_text(LeakedFile(m.name, m.data, m.sighting, password), "full", progress) for m in inside]
    return replace(document, sighting=_followed(document.sighting, [a.sighting for a in attached]))


def _followed(mail: Sighting, attached: Sequence[Sighting]) -> Sighting:
    """The mail's sighting with the text of what is attached behind its own."""
    text, parts = mail.text, list(mail.parts)
    for other in attached:
        if other.text:
            start = len(text) + 1
            text = f"{text}\n{other.text}"
            parts.append(TextPart("body", start, len(text), label=other.artefact))
    return replace(mail, text=text, parts=tuple(parts))


def with_text(file: LeakedFile, effort: Effort, progress: Progress) -> LeakedFile:
    """The file with the text of its pictures recognised; unchanged when all its sheets have text."""
    sighting = file.sighting
    silent = file.silent_sheets()
    if not silent:
        return file
    progress.stage("Reading the text of pictures", min(len(silent), _RECOGNISED))
    found: dict[int, Recognised] = {}
    for batch in _batches(file.pictures(silent[:_RECOGNISED]), _TOGETHER):
        seen = [(sheet.number, capture.image) for sheet, capture in batch if capture is not None]
        answers = recognise([image for _, image in seen], effort=effort)
        found |= {number: answer for (number, _), answer in zip(seen, answers, strict=True)}
        progress.step(len(batch))
    notes = list(sighting.notes)
    if len(silent) > _RECOGNISED:
        notes.append(
            f"{file.name}: the text of {_RECOGNISED} of {len(silent)} pages without text was recognised."
        )
    if not any(r.text.strip() for r in found.values()):
        return replace(file, sighting=replace(sighting, notes=tuple(notes)))
    return replace(file, sighting=replace(_joined(sighting, found), notes=tuple(notes)))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def _joined(sighting: Sighting, found: dict[int, Recognised]) -> Sighting:
    """One canonical text: what was read in the file, then what was recognised, sheet by sheet."""
    visible = [p for p in sighting.parts if not (p.kind == "hidden" and p.sheet in found)]
    pieces: list[tuple[TextPart, str, WordBoxes]] = []
    for part in visible:
        inside = (sighting.words.start >= part.start) & (sighting.words.end <= part.end)
        pieces.append(
            (part, sighting.text[part.start : part.end], _some(sighting.words, inside, -part.start))
        )
    for number, seen in sorted(found.items()):
        own = replace(seen.words, sheet=np.full(len(seen.words), number, np.int64))
        pieces.append((TextPart("page", 0, len(seen.text), number), seen.text, own))
    pieces.sort(key=lambda piece: piece[0].sheet if piece[0].sheet is not None else -1)
    text = ""
    parts: list[TextPart] = []
    words: list[WordBoxes] = []
    for part, piece, boxes in pieces:
        start = len(text)
        text += piece + "\n"
        parts.append(replace(part, start=start, end=start + len(piece)))
        words.append(_some(boxes, np.ones(len(boxes), bool), start))
    return replace(sighting, text=text, parts=tuple(parts), words=_concatenated(words), recognised=True)


def pages_by_sheet(sighting: Sighting, passages: Sequence[Passage]) -> dict[int, set[int]]:
    """The sheets that passages of one document stand on, each with the pages (0-based) that it may show."""
    found: dict[int, set[int]] = {}
    for part in sighting.parts:
        for passage in passages:
            start, end = passage.leak
            if part.sheet is not None and start < part.end and end > part.start:
                pages = passage.pages_beside((part.start, part.end))
                found.setdefault(part.sheet, set()).update(page - 1 for page in pages)
    return found


def _some(words: WordBoxes, chosen: NDArray[np.bool_], offset: int) -> WordBoxes:
    return WordBoxes(
        words.start[chosen] + offset,
        words.end[chosen] + offset,
        words.sheet[chosen],
        words.box[chosen],
        words.confidence[chosen],
    )


def _concatenated(words: Sequence[WordBoxes]) -> WordBoxes:
    if not words:
        return WordBoxes()
    return WordBoxes(
        np.concatenate([w.start for w in words]),
        np.concatenate([w.end for w in words]),
        np.concatenate([w.sheet for w in words]),
        np.concatenate([w.box for w in words]),
        np.concatenate([w.confidence for w in words]),
    )
