"""Which sheets of a leak the passages of a document stand on, and which pages each sheet may show."""

from __future__ import annotations

from fother.flow.leaks import pages_by_sheet
from fother.model.capture import Sighting, TextPart
from fother.model.match import Passage


def sighting(*parts: TextPart) -> Sighting:
    return Sighting("leak.pdf", "0" * 64, "application/pdf", (), text="x" * 600, parts=parts)


def test_each_sheet_of_a_long_leak_is_looked_for_on_its_own_pages() -> None:
    seen = sighting(*(TextPart("page", 100 * n, 100 * n + 99, n) for n in range(6)))
    passage = Passage((0, 600), (0, 600), (3, 4, 5, 6, 7, 8), 1.0, -200.0)
    shown = pages_by_sheet(seen, [passage])
    assert sorted(shown) == [0, 1, 2, 3, 4, 5]
    assert all(n + 2 in pages and len(pages) <= 4 for n, pages in shown.items())  # from 0 here, from 1 there


def test_sheets_beside_a_passage_are_left_alone() -> None:
    seen = sighting(TextPart("page", 0, 99, 0), TextPart("page", 100, 199, 1), TextPart("comment", 200, 300))
    assert pages_by_sheet(seen, [Passage((110, 300), (0, 190), (2,), 1.0, -50.0)]) == {1: {1}}


def test_a_document_without_pages_claims_the_sheet_and_no_page() -> None:
    seen = sighting(TextPart("page", 0, 99, 0))
    assert pages_by_sheet(seen, [Passage((10, 90), (0, 80), (), 1.0, -50.0)]) == {0: set()}
