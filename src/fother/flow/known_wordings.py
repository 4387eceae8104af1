"""The wordings that copies of a document were issued with: no leak that shows one is altered for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fother.channels.table import CarrierTable
from fother.channels.text.carriers import Place, TextCarriers
from fother.model.match import Span
from fother.model.prose import moved
from fother.registry import Document, Registry

_AROUND = 30  # code points that tell a place from another one
_WORD = re.compile(r"\w[\w’'-]*")


def known_wordings(registry: Registry, document: Document, text: str) -> list[tuple[Span, str]]:
    """Stretches of a document's registered text, each with another wording that copies may have there."""
    found: dict[tuple[Span, str], None] = {}
    for table in tables(registry, document):
        for _, carriers in table.text():
            found |= dict.fromkeys(_wordings(carriers, text))
    return sorted(found)


def tables(registry: Registry, document: Document) -> Iterator[CarrierTable]:
    """All tables of carriers that copies of a document have, or would have; none where it has no carriers."""
    present = document.blobs.get("carriers")
    if present is not None:
        for name in sorted({present, *(e.carriers for e in registry.editions(document.id))}):
            yield CarrierTable.from_bytes(registry.get_blob(name))


def _wordings(carriers: TextCarriers, text: str) -> Iterator[tuple[Span, str]]:
    """The registered text is read from the file in another way than the prose that is rewritten, so a place
    is found again by what stands around it."""
    plain, before = carriers.plain, 0
    for place in carriers.places:
        if place.channel != "wording":
            continue
        for _, last in ((place.start, place.end), *place.twins):
            end = moved(last, carriers.unmarked)
            start = end - len(place.forms[0])
            at = _found(text, plain, start, end, before)
            if at is not None:
                before = at
                yield from _whole_words(text, at, at + end - start, place)


def _found(text: str, plain: str, start: int, end: int, before: int) -> int | None:
    """Where the text has the stretch of the plain prose, looked for behind the place before first."""
    left = plain[max(0, start - _AROUND) : start].rpartition("\n")[2]
    right = plain[end : end + _AROUND].partition("\n")[0]
    wanted = left + plain[start:end] + right
    place = text.find(wanted, max(0, before - _AROUND))
    if place < 0:
        place = text.find(wanted)
    return place + len(left) if place >= 0 else None


def _whole_words(text: str, start: int, end: int, place: Place) -> Iterator[tuple[Span, str]]:
    """The other forms, widened to whole words: the comparison knows nothing smaller."""
    first = max(
        (m.start() for m in _WORD.finditer(text, max(0, start - 60), start) if m.end() >= start),
        default=start,
    )
    last = (
        next((m.end() for m in _WORD.finditer(text, end) if m.start() <= end), end)
        if end < len(text)
        else end
    )
    for form in place.forms[1:]:
        yield (first, last), text[first:start] + form + text[end:last]
