"""Which registered documents to look at in a leak, when nobody says.

Text is searched for text; pictures are recognised by how the words of a page lie, and by their own text where
that fails. All of it compares the leak with unmarked originals, so the choice says nothing about copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fother.flow.identify import SURE_SHAPE, accepted, find_text
from fother.flow.leaks import LeakedFile, with_text
from fother.flow.library import Library, open_library
from fother.flow.progress import Progress
from fother.model.capture import Sighting
from fother.model.match import Passage
from fother.registry import Document, Registry

_TRIED_BLINDLY = 20  # documents whose every page is compared with a picture that nothing else recognises
_LIKELY_PAGES = 3


@dataclass(frozen=True)
class Choice:
    """The documents to look at; what each sheet may show is noted in the files themselves."""

    documents: tuple[Document, ...]
    searched: int  #: documents in the registry
    how: tuple[str, ...]
    notes: tuple[str, ...] = ()


def only(document: Document) -> Choice:
    """The document that the user names."""
    return Choice((document,), 1, ("named by the user",))


def choose(registry: Registry, files: Sequence[LeakedFile], progress: Progress) -> Choice:
    """Choose by text, then by the shapes of pages, then by recognised text; in small registries take all."""
    documents = {d.id: d for d in registry.documents()}
    markable = {i: d for i, d in documents.items() if "carriers" in d.blobs}
    how: dict[str, None] = {}
    found: set[str] = set()
    with open_library(registry, progress) as library:
        for file in files:
            if file.sighting.text and (claimed := _by_text(library, file, file.sighting)):
                found |= claimed
                how["text"] = None
            for way, chosen in (("shapes of pages", _by_shapes), ("recognised text", _by_recognised)):
                if _unclaimed(file) and (claimed := chosen(library, file, progress)):
                    found |= claimed
                    how[way] = None
    blank = any(_unclaimed(file) for file in files)
    if blank and len(markable) <= _TRIED_BLINDLY:
        found |= set(markable)
        how["every document of a small registry"] = None
    notes = tuple(
        f"The leak also shows {documents[i].title} ({i}), of which no copies can be issued."
        for i in sorted(found - set(markable))
    )
    return Choice(tuple(d for i, d in markable.items() if i in found), len(documents), tuple(how), notes)


def _unclaimed(file: LeakedFile) -> bool:
    return any(sheet.number not in file.claimed for sheet in file.sighting.sheets)


def _by_text(library: Library, file: LeakedFile, sighting: Sighting) -> set[str]:
    found = set()
    for match in accepted(find_text(library, sighting.text, sighting.recognised)):
        found.add(match.document)
        for passage in match.passages:
            for sheet in sheets_of(sighting, passage):
                pages = () if passage.page is None else (passage.page - 1,)
                file.claim(sheet, match.document, pages)
    return found


def _by_shapes(library: Library, file: LeakedFile, progress: Progress) -> set[str]:
    """Pages whose words lie as those of a picture do."""
    found = set()
    sheets = [s for s in file.sighting.sheets if s.number not in file.claimed]
    progress.stage("Searching by the shapes of pages", len(sheets))
    for sheet, capture in file.pictures(sheets):
        if capture is not None:
            for hit in library.shapes.search(capture.image, limit=_LIKELY_PAGES):
                if hit.score >= SURE_SHAPE:
                    file.claim(sheet.number, hit.document, (hit.page,))
                    found.add(hit.document)
        progress.step()
    return found


def _by_recognised(library: Library, file: LeakedFile, progress: Progress) -> set[str]:
    sheets = tuple(s for s in file.sighting.sheets if s.number not in file.claimed)
    silent = replace(file.sighting, sheets=sheets, text="", parts=())
    read = with_text(replace(file, sighting=silent), "quick", progress)
    return _by_text(library, file, read.sighting) if read.sighting.text else set()


def sheets_of(sighting: Sighting, passage: Passage) -> list[int]:
    """The sheets that show a passage."""
    start, end = passage.leak
    parts = sighting.parts
    return [p.sheet for p in parts if p.sheet is not None and start < p.end and end > p.start]
