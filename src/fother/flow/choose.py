"""Which registered documents to look at in a leak, when nobody says.

Text is searched for text; pictures are recognised by how the words of a page lie, and by their own text where
that fails. All of it compares the leak with unmarked originals, so the choice says nothing about copies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fother.flow.identify import SURE_SHAPE, accepted, find_text
from fother.flow.known_wordings import tables
from fother.flow.leaks import LeakedFile, pages_by_sheet, with_text
from fother.flow.library import Library, open_library
from fother.flow.progress import Progress
from fother.identify.match import TextMatch
from fother.model.capture import Sighting
from fother.registry import Document, Registry
from fother.vision.shapes.index import ShapeHit

_TRIED_BLINDLY = 20  # documents whose every page is compared with a picture that nothing else recognises
_ALIKE = 40  # pages that one picture may show, in as many documents
_AS_ALIKE = 0.7  # of the best page's score
_PLAIN_SHAPE = 40.0  # score (decades) from which a page is recognised without its text being read


@dataclass(frozen=True)
class Choice:
    """The documents to look at; what each sheet may show is noted in the files themselves.

    `shown` are those whose text the leak has, marked or not, the surest first: what it shows when no page of
    it can be measured.
    """

    documents: tuple[Document, ...]
    searched: int  #: documents in the registry
    how: tuple[str, ...]
    notes: tuple[str, ...] = ()
    shown: tuple[Document, ...] = ()


def only(registry: Registry, document: Document, files: Sequence[LeakedFile], progress: Progress) -> Choice:
    """The document that the user names."""
    shown: tuple[Document, ...] = ()
    bare = [file for file in files if _text_alone(file)]
    if bare:
        with open_library(registry, progress) as library:
            matches = [m for file in bare for m in _matches(library, file.sighting)]
        shown = (document,) if any(m.document == document.id for m in matches) else ()
    notes = () if in_text(registry, document) else tuple(map(_no_marks, bare))
    return Choice((document,), 1, ("named by the user",), notes, shown)


def choose(registry: Registry, files: Sequence[LeakedFile], progress: Progress) -> Choice:
    """Choose by text, then by the shapes of pages, then by recognised text; in small registries take all."""
    searched = len(registry.media_types())
    how: dict[str, None] = {}
    read: dict[str, float] = {}
    found: set[str] = set()
    with open_library(registry, progress) as library:
        for file in files:
            if file.sighting.text and (claimed := _by_text(library, file, file.sighting)):
                read |= claimed
                how["text"] = None
            # Reading a picture takes seconds, so plain likeness goes first, and faint likeness last.
            alike = _alike(library, file, progress) if _unclaimed(file) else {}
            if pages := _by_shapes(file, alike, _PLAIN_SHAPE):
                found |= pages
                how["shapes of pages"] = None
            if _unclaimed(file) and (claimed := _by_recognised(library, file, progress)):
                read |= claimed
                how["recognised text"] = None
            if pages := _by_shapes(file, alike, SURE_SHAPE):
                found |= pages
                how["faint shapes of pages"] = None
    shown = tuple(registry.document(i) for i in sorted(read, key=lambda i: (read[i], i)))
    documents = [*shown, *(registry.document(i) for i in sorted(found - set(read)))]
    notes = [
        *(_no_marks(f) for f in files if _text_alone(f) and not any(in_text(registry, d) for d in documents)),
        *(_unmarked(d) for d in documents if not _marked(d)),
    ]
    if searched <= _TRIED_BLINDLY and any(_unclaimed(file) for file in files):
        documents = list(registry.documents())
        how["every document of a small registry"] = None
    return Choice(tuple(filter(_marked, documents)), searched, tuple(how), tuple(notes), shown)


def _marked(document: Document) -> bool:
    return "carriers" in document.blobs


def in_text(registry: Registry, document: Document) -> bool:
    """Whether copies of a document carry marks in their words or characters."""
    return any(any(table.text()) for table in tables(registry, document))


def _unmarked(document: Document) -> str:
    return f"The leak also shows {document.title} ({document.id}), of which no copies can be issued."


def _text_alone(file: LeakedFile) -> bool:
    return bool(file.sighting.text) and not file.sighting.sheets


def _no_marks(file: LeakedFile) -> str:
    return (
        f"{file.name} holds text only, and no document that it shows carries marks in its text; fother "
        "identify says what it shows."
    )


def _unclaimed(file: LeakedFile) -> bool:
    return any(sheet.number not in file.claimed for sheet in file.sighting.sheets)


def _matches(library: Library, sighting: Sighting) -> list[TextMatch]:
    return accepted(find_text(library, sighting.text, sighting.recognised))


def _by_text(library: Library, file: LeakedFile, sighting: Sighting) -> dict[str, float]:
    """Documents that have passages of a text, with the probability of coincidence."""
    found: dict[str, float] = {}
    for match in _matches(library, sighting):
        found[match.document] = match.coincidence
        for sheet, pages in pages_by_sheet(sighting, match.passages).items():
            file.claim(sheet, match.document, pages)
    return found


def _alike(library: Library, file: LeakedFile, progress: Progress) -> dict[int, list[ShapeHit]]:
    """Pages whose words lie as those of a picture do, best first, by sheet."""
    sheets = [s for s in file.sighting.sheets if s.number not in file.claimed]
    progress.stage("Searching by the shapes of pages", len(sheets))
    found = {}
    for sheet, capture in file.pictures(sheets):
        if capture is not None:
            found[sheet.number] = library.alike(capture.image, _ALIKE)
        progress.step()
    return found


def _by_shapes(file: LeakedFile, alike: Mapping[int, Sequence[ShapeHit]], least: float) -> set[str]:
    """Claim the sheets that are alike enough. Versions and duplicates are alike and all taken."""
    found = set()
    for sheet, hits in alike.items():
        if sheet in file.claimed:
            continue
        for hit in hits:
            if hit.score >= max(least, _AS_ALIKE * hits[0].score):
                file.claim(sheet, hit.document, (hit.page,))
                found.add(hit.document)
    return found


def _by_recognised(library: Library, file: LeakedFile, progress: Progress) -> dict[str, float]:
    sheets = tuple(s for s in file.sighting.sheets if s.number not in file.claimed)
    silent = replace(file.sighting, sheets=sheets, text="", parts=())
    read = with_text(replace(file, sighting=silent), "quick", progress)
    return _by_text(library, file, read.sighting) if read.sighting.text else {}
