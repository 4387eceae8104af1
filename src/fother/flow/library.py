"""The registry's texts and the indexes over them, brought up to date whenever they are opened.

The indexes are made from the registry and never the other way round: an interrupted or deleted index costs
time, nothing else.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from fother.errors import InputFileError, RegistryError, StorageError
from fother.flow.leaks import open_document
from fother.flow.progress import Progress, Silent
from fother.formats.prose.docx import Docx
from fother.identify.index import PassageIndex
from fother.identify.match import Source
from fother.model.capture import Sighting
from fother.model.match import Hit
from fother.registry import Document, DocumentText, Registry
from fother.vision.shapes.index import ShapeHit, ShapeIndex
from fother.vision.shapes.signature import page_signature

PDF = "application/pdf"
#: Kinds of files whose text may say where on a page its words lie; a Word file's does where it was printed.
_PAGED = (PDF, Docx().media_type)
_KEPT_TEXTS = 64
_BATCH = 64  # documents whose pages are entered in one write


class Library:
    """All registered texts, searchable."""

    def __init__(self, registry: Registry, index: PassageIndex, shapes: ShapeIndex) -> None:
        self.registry = registry
        self.index = index
        self.shapes = shapes
        self.text = lru_cache(maxsize=_KEPT_TEXTS)(partial(_text, registry))

    def hits(self, text: str) -> list[Hit]:
        """Places that may be what a text shows. Raises RegistryError when the index is damaged."""
        with _damage_told(self.registry):
            return self.index.search(text)

    def alike(self, image: NDArray[np.uint8], limit: int) -> list[ShapeHit]:
        """Pages whose words lie as in a picture. Raises RegistryError when the index is damaged."""
        with _damage_told(self.registry):
            return self.shapes.search(image, limit=limit)

    def source(self, document: str) -> Source:
        """A document as the matcher sees it."""
        entry, held = self.registry.document(document), self.text(document)
        return Source(entry.id, entry.title, held.text, held.page_starts, entry.public)


@contextmanager
def _damage_told(registry: Registry) -> Iterator[None]:
    """What a damaged file of an index makes its reader say, as one sentence with the way out."""
    try:
        yield
    except (InputFileError, OSError, ValueError, LookupError) as error:
        raise RegistryError(
            f"A search index in {registry.index_folder} is damaged; run `fother reindex` to build it again."
        ) from error


@contextmanager
def open_library(registry: Registry, progress: Progress) -> Iterator[Library]:
    """Open the indexes with every registered document in them. Raises RegistryError, StorageError."""
    with _damage_told(registry):
        passages = PassageIndex.open(registry.index_folder / "passages", registry.index_key())
    with closing(passages) as index:
        with _damage_told(registry):
            shapes = ShapeIndex.open(registry.index_folder / "shapes")
        _add(registry, index, shapes, progress)
        yield Library(registry, index, shapes)


def _add(registry: Registry, index: PassageIndex, shapes: ShapeIndex, progress: Progress) -> None:
    """Add the documents that an index does not hold yet."""
    kinds = registry.media_types()
    unread = sorted(kinds.keys() - index.ids())
    if unread:
        progress.stage("Indexing the text of registered documents", len(unread))
        index.add(((d, _text(registry, d).text) for d in unread), progress.step)
    unseen = sorted({d for d, kind in kinds.items() if kind in _PAGED} - shapes.ids())
    if unseen:
        progress.stage("Indexing the pages of registered documents", len(unseen))
        for start in range(0, len(unseen), _BATCH):
            batch = unseen[start : start + _BATCH]
            shapes.add_many({d: signatures(_text(registry, d)) for d in batch})
            progress.step(len(batch))


def _text(registry: Registry, document: str) -> DocumentText:
    return document_text(registry, registry.document(document))


def signatures(held: DocumentText) -> dict[int, NDArray[np.uint64]]:
    """How the words of each page lie, by page; nothing for pages that are pictures themselves.

    A document without any such page has an empty first one, so that it counts as indexed.
    """
    words = held.words
    pages = {} if held.recognised else {int(p): words.box[words.sheet == p] for p in np.unique(words.sheet)}
    return {p: page_signature(boxes) for p, boxes in pages.items()} or {0: page_signature(np.zeros((0, 4)))}


def document_text(registry: Registry, document: Document) -> DocumentText:
    """The document's text; read from the original when it was registered before texts were kept."""
    if "text" not in document.blobs:
        data = registry.get_blob(document.blobs["original"])
        sighting = open_document(document.file_name, data, "", Silent()).sighting
        document = registry.put_blob(document.id, "text", text_of(sighting).to_bytes())
    return registry.document_text(document)


def text_of(sighting: Sighting) -> DocumentText:
    """What the registry keeps of a document's text."""
    return DocumentText(sighting.text, sighting.parts, sighting.recognised, sighting.words)


def rebuild(registry: Registry, progress: Progress) -> int:
    """Delete the indexes and make them anew; how many documents they hold. Raises StorageError."""
    try:
        if registry.index_folder.exists():
            shutil.rmtree(registry.index_folder)
    except OSError as error:
        raise StorageError(f"{registry.index_folder} cannot be deleted ({error.strerror}).") from None
    with open_library(registry, progress) as library:
        return len(library.index.ids())
