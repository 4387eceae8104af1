"""A registered original at work: its pages as references, features and glyphs, made when first needed."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fother.channels.layout.carriers import LayoutCarriers
from fother.channels.layout.glyphs import TextIndex, glyph_boxes, owners
from fother.flow.strength import STRENGTHS
from fother.formats.pdf.render import Renderer, open_renderer
from fother.model.capture import Characters, GlyphBoxes
from fother.vision import locate
from fother.vision.find import PageIndex
from fother.vision.reference import DPI, PX_PER_PT, SUPERSAMPLING, Reference

_CACHE_VERSION = 1
#: Features of a page that take part in the vote, and of a whole document: bounds time and memory.
_VOTING, _VOTING_TOTAL = 4000, 80_000
MAX_STRENGTH = max(STRENGTHS.values())


class Original:
    """One unmarked document, open. `cache` is a folder for things that can be made again, or None."""

    def __init__(
        self, data: bytes, renderer: Renderer, carriers: LayoutCarriers, key: str, cache: Path | None
    ) -> None:
        self.data = data
        self.carriers = carriers
        self._renderer = renderer
        self._key = key
        self._cache = cache
        self.reference = lru_cache(maxsize=8)(self._reference)
        self.characters = lru_cache(maxsize=64)(self._characters)
        self.owners = lru_cache(maxsize=64)(self._owners)
        self.glyphs = lru_cache(maxsize=8)(self._glyphs)
        self.features = lru_cache(maxsize=16)(self._known_features)

    @property
    def pages(self) -> int:
        return self._renderer.page_count

    def size(self, page: int) -> tuple[float, float]:
        """Width and height of a page as shown, points."""
        return self._renderer.size(page)

    def to_shown(self, page: int) -> NDArray[np.float64]:
        """(2, 3) matrix from user space to points as shown, y down."""
        return self._renderer.matrix(page, *self.size(page))

    def picture(self, page: int, dpi: float) -> NDArray[np.uint8]:
        """The page as shown, (height, width) grey."""
        return self._renderer.render(page, dpi)[0]

    def shown_boxes(self, page: int) -> NDArray[np.float64]:
        """(n, 4) x0, y0, x1, y1 of the page's clusters, points from the top left as shown, y down."""
        box = self.carriers.box[self._clusters(page)]
        matrix = self.to_shown(page)
        corners = np.stack([box[:, [0, 1]], box[:, [2, 1]], box[:, [2, 3]], box[:, [0, 3]]], 1)
        shown = corners @ matrix[:, :2].T + matrix[:, 2]
        return np.concatenate([shown.min(1), shown.max(1)], 1)

    def words(self, page: int) -> list[str]:
        """Texts of the page's clusters."""
        return list(self.carriers.text[self._clusters(page)])

    def _clusters(self, page: int) -> slice:
        first, last = np.searchsorted(self.carriers.page, [page, page + 1])
        return slice(int(first), int(last))

    def reach(self, page: int) -> float:
        """Largest displacement, in points, that marks of the strongest kind can give a word of the page."""
        _, _, response = self.carriers.response(page, MAX_STRENGTH)
        return float(np.abs(response).sum(1).max(initial=0.0))

    def _characters(self, page: int) -> Characters:
        return self._renderer.characters(page)

    def _owners(self, page: int) -> NDArray[np.int64]:
        return owners(self.carriers, page, self.characters(page))

    def _reference(self, page: int) -> Reference:
        render, matrix = self._renderer.render(page, DPI * SUPERSAMPLING)
        part = self._clusters(page)
        return Reference.from_render(
            render,
            matrix,
            self.carriers.box[part],
            self.carriers.axis[part],
            self.carriers.em[part],
            self.carriers.segment[part],
        )

    def _glyphs(self, page: int) -> GlyphBoxes:
        matrix = self._renderer.matrix(page, *(side * PX_PER_PT for side in self.size(page)))
        return glyph_boxes(self.carriers, page, matrix, self.characters(page))

    @cached_property
    def text(self) -> TextIndex:
        """Tells which page a leaked text is."""
        return TextIndex(self.carriers)

    def index(self, chosen: Collection[int] | None = None) -> Iterator[tuple[int, PageIndex]]:
        """What is needed to recognise every page that has carriers, or the chosen of them, in order."""
        pages = [p for p in np.unique(self.carriers.carrier_page).tolist() if chosen is None or p in chosen]
        count = min(_VOTING, max(60, _VOTING_TOTAL // max(len(pages), 1)))
        for page in pages:
            found = self._features(page)
            if found is not None:
                width, height = self.size(page)
                shape = (int(height * DPI / 72), int(width * DPI / 72))
                yield page, PageIndex(found.strongest(count), partial(self.features, page), shape)

    def _known_features(self, page: int) -> locate.Features:
        found = self._features(page)
        assert found is not None  # noqa: S101 - only pages in the index are asked for
        return found

    def _features(self, page: int) -> locate.Features | None:
        file = self._cache / f"{self._key}-{page}.npz" if self._cache else None
        if file is not None and file.exists():
            try:
                with np.load(file, allow_pickle=False) as stored:
                    return locate.Features(
                        stored["points"], stored["descriptors"].astype(np.float32), stored["strength"]
                    )
            except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
                pass  # damaged: made again below
        image, _ = self._renderer.render(page, DPI)
        found = locate.page_features(image)
        if file is not None and found is not None:
            # A full or read-only disk costs time at the next trace, nothing else.
            with suppress(OSError):
                _keep(file, found)
        return found


def _keep(file: Path, found: locate.Features) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part.npz")
    try:
        np.savez_compressed(part, **found.to_arrays())  # type: ignore[arg-type]
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def open_original(data: bytes, carriers: LayoutCarriers, cache: Path | None = None) -> Iterator[Original]:
    """Open an original for tracing or checking. Raises InputFileError."""
    key = f"{_CACHE_VERSION}-{hashlib.sha256(data).hexdigest()[:24]}"
    with open_renderer(data) as renderer:
        yield Original(data, renderer, carriers, key, cache)
