"""Identify: leak → sighting → text → hits → passages → changes → genuine, altered, mixed or not ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.errors import NotFoundError, UsageError
from fother.flow.known_wordings import known_wordings
from fother.flow.leaks import LeakedFile, pages_by_sheet, receive_leaks, with_text
from fother.flow.library import Library, open_library
from fother.flow.progress import Progress, Silent
from fother.flow.reread import standing
from fother.flow.seeing import SeenPage, explained, look, opened, pixels_of, sheets_show
from fother.identify.changes import compare
from fother.identify.genuine import SURE, genuineness
from fother.identify.genuine import accepted as is_accepted
from fother.identify.match import TextMatch, match_text
from fother.identify.unnoticed import log10_unnoticed
from fother.model.match import Change, DocumentMatch, Genuineness, Identification
from fother.registry import Registry

_COMPARED = 5  # documents whose differences from the leak are worked out
_SHAPES = 3  # pages that a picture without legible text is compared with
#: Score (decades) from which a page is taken as recognised by the shapes of its words.
SURE_SHAPE = 15.0
_SHOWN = 10  # documents in an answer


@dataclass(frozen=True)
class FileIdentified:
    """One artefact, what it is, and the registered pages seen in its pictures, by document."""

    file: LeakedFile
    identification: Identification
    seen: Mapping[str, Sequence[SeenPage]] = field(default_factory=dict)


def identify(
    registry: Registry,
    leaks: Sequence[Path],
    *,
    password: str = "",
    progress: Progress | None = None,
) -> list[FileIdentified]:
    """Say of each artefact which registered documents it shows, which passages, and what was altered.

    Archives and mails give one artefact for themselves, if they have text, and one for each thing inside.

    Raises UsageError, NotFoundError, InputFileError, PasswordError, SandboxError, RegistryError and
    StorageError.
    """
    listener = progress or Silent()
    if not leaks:
        raise UsageError("Name at least one leaked file.")
    if not registry.media_types():
        raise NotFoundError("The registry holds no document yet; register the original first.")
    with open_library(registry, listener) as library:
        files = [with_text(f, "full", listener) for f in receive_leaks(leaks, password, listener)]
        return [identify_file(library, f, listener) for f in files if f.sighting.text or f.sighting.sheets]


def identify_file(library: Library, file: LeakedFile, progress: Progress) -> FileIdentified:
    """Identify one artefact whose text was read or recognised."""
    text, recognised = file.sighting.text, file.sighting.recognised
    progress.stage("Searching the registry")
    found = find_text(library, text, recognised)
    shown = accepted(found)[:_COMPARED]
    progress.stage("Comparing with the documents", len(shown))
    changes: dict[str, list[Change]] = {}
    seen: dict[str, list[SeenPage]] = {}
    for match in shown:
        changes[match.document], seen[match.document] = _compared(library, file, match)
        progress.step()
    drawn = explained(file.sighting.words, [page for pages in seen.values() for page in pages])
    judged = genuineness(text, found, changes, drawn)
    matches = [
        _match(m, changes.get(m.document, []), seen.get(m.document, []), m.document in judged.leaders)
        for m in _worth_showing(found)
    ]
    if not shown:
        by_picture = _by_shapes(library, file, seen, progress)
        if by_picture:
            return FileIdentified(file, _identified_by_picture(file, by_picture), seen)
    identification = Identification(
        artefact=file.name,
        verdict=judged.verdict,
        sentence=judged.sentence,
        matches=tuple(matches),
        foreign=judged.foreign,
        log10_unrelated=log10_unnoticed(text, recognised) if judged.verdict == "not-ours" else None,
        notes=file.sighting.notes,
    )
    return FileIdentified(file, identification, seen)


def _worth_showing(found: Sequence[TextMatch]) -> list[TextMatch]:
    """Documents that are no coincidence, and those whose agreement is discounted for a reason."""
    shown = [m for m in found if accepted([m]) or m.public or any(p.common for p in m.passages)]
    return shown[:_SHOWN]


def _match(
    found: TextMatch, changes: Sequence[Change], seen: Sequence[SeenPage], leads: bool
) -> DocumentMatch:
    grave = any(c.grave and c.confidence >= SURE for c in changes)
    verdict: Genuineness = "altered" if grave else "genuine"
    return DocumentMatch(
        document=found.document,
        title=found.title,
        coincidence=found.coincidence,
        passages=found.passages,
        changes=tuple(changes),
        leak_covered=found.leak_covered,
        document_covered=found.document_covered,
        verdict=verdict if accepted([found]) else "not-ours",
        regions=tuple(region for page in seen for region in page.regions),
        leads=leads,
    )


def _by_shapes(
    library: Library, file: LeakedFile, seen: dict[str, list[SeenPage]], progress: Progress
) -> list[DocumentMatch]:
    """Documents whose pages a picture shows, by how words lie, for text that nobody can read."""
    wanted: dict[str, dict[int, set[int]]] = {}
    score: dict[str, float] = {}
    sheets = file.silent_sheets()
    progress.stage("Searching by the shapes of pages", len(sheets))
    for sheet, capture in file.pictures(sheets):
        for hit in library.alike(capture.image, _SHAPES) if capture else ():
            wanted.setdefault(hit.document, {}).setdefault(sheet.number, set()).add(hit.page)
            score[hit.document] = max(score.get(hit.document, 0.0), hit.score)
        progress.step()
    matches = []
    for document, pages in wanted.items():
        entry = library.registry.document(document)
        with opened(library.registry, entry) as original:
            found = look(original, file, pages) if original else []
        if found or score[document] >= SURE_SHAPE:
            seen[document] = found
            regions = tuple(region for page in found for region in page.regions)
            shown = {page.page for page in found} or {p for some in pages.values() for p in some}
            matches.append(
                DocumentMatch(
                    document=document,
                    title=entry.title,
                    coincidence=10.0 ** -score[document],
                    passages=(),
                    changes=(),
                    leak_covered=1.0,
                    document_covered=len(shown) / max(1, entry.pages),
                    verdict="genuine",
                    route="picture",
                    regions=regions,
                )
            )
    return sorted(matches, key=lambda m: m.coincidence)


def _identified_by_picture(file: LeakedFile, matches: Sequence[DocumentMatch]) -> Identification:
    titles = ", ".join(f"“{m.title}”" for m in matches)
    sentence = f"The picture shows a page of {titles}; its text is too poor to be compared word by word."
    count = sum(len(m.regions) for m in matches)
    if count:
        # Pixels alone point; they do not prove an alteration.
        places = "One place looks different" if count == 1 else f"{count} places look different"
        sentence = f"{sentence} {places}; compare by eye."
    return Identification(
        artefact=file.name,
        verdict="genuine",
        sentence=sentence,
        matches=tuple(matches),
        foreign=(),
        notes=file.sighting.notes,
    )


def find_text(library: Library, text: str, recognised: bool) -> list[TextMatch]:
    """The documents that hold passages of a text, best first; also those that may well be coincidence."""
    return match_text(
        text,
        library.hits(text),
        library.source,
        registry_characters=library.index.characters,
        registry_documents=len(library.index),
        frequency=library.index.document_frequency,
        habits=library.index.habits,
        recognised=recognised,
    )


def accepted(found: Sequence[TextMatch]) -> list[TextMatch]:
    """Matches that are no coincidence."""
    return [match for match in found if is_accepted(match)]


def _compared(library: Library, file: LeakedFile, match: TextMatch) -> tuple[list[Change], list[SeenPage]]:
    """The differences between a leak and a document, by text and, where pages are seen, by pixels."""
    sighting = file.sighting
    held = library.text(match.document)
    pairs = [(p.document, p.leak) for p in match.passages]
    document = library.registry.document(match.document)
    issued = known_wordings(library.registry, document, held.text)
    if not sighting.recognised:
        return compare(held.text, sighting.text, pairs, variants=issued), []
    with opened(library.registry, document) as original:
        seen = look(original, file, pages_by_sheet(sighting, match.passages)) if original else []
        changes = compare(
            held.text,
            sighting.text,
            pairs,
            recognised=True,
            confidence=_confidence(file),
            same_pixels=pixels_of(held.words, seen) if seen else None,
            leak_pixels=sheets_show(sighting.words, seen) if seen else None,
            variants=issued,
        )
        return (standing(original, sighting, seen, changes) if original else changes), seen


def _confidence(file: LeakedFile) -> NDArray[np.float64]:
    """The recogniser's confidence for each code point; 1 between words."""
    out = np.ones(len(file.sighting.text))
    words = file.sighting.words
    for start, end, value in zip(words.start, words.end, words.confidence, strict=True):
        out[start:end] = value
    return out
