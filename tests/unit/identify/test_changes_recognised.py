"""Recognised text: what a recogniser does to a faithful page is no alteration; what pixels show decides."""

from __future__ import annotations

from typing import Any

import pytest

from fother.identify.changes import compare
from fother.identify.genuine import SURE
from fother.model.match import Change, Span

SENTENCE = "Some 16,000 crates were counted by the guards, who kept a list of every one of them. "
TEXT = (
    "The commission met on 14 March 1962 to hear Colonel Hartmann on the state of the depot. "
    "Its members were not told that the stores had been moved before the winter began. "
    f"{SENTENCE}"
    "The list was sent to the ministry in Prague, where it was lost within a month. "
    "\n\n7. I further understand that my employment may be terminated by the director of the bureau. "
    "Payments were made in foreign money at the end of each quarter to all members of staff."
)


def found(leak: str, document: str = TEXT, **options: Any) -> list[Change]:
    pairs = [((0, len(document)), (0, len(leak)))]
    return compare(document, leak, pairs, recognised=True, **options)


def sure(changes: list[Change]) -> list[Change]:
    return [change for change in changes if change.grave and change.confidence >= SURE]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Hartmann", "Hartmam"),
        ("Prague", "Prag"),
        ("Hartmann", "MAN"),
        ("not told", "nof told"),
        ("7. I further", "7.1\nfurther"),
        ("14 March 1962", "14 Morch 1962"),
        ("where it was lost", "where it vvas Iost"),
        ("I further", "1 further"),
        ("the guards, who kept a list of every", "the guards, of every"),  # a part of a line overlooked
    ],
)
def test_slips_are_not_sure(before: str, after: str) -> None:
    assert before in TEXT
    assert not sure(found(TEXT.replace(before, after)))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("16,000", "61,000", "number"),
        ("not told", "told", "negation"),
        ("14 March 1962", "29 June 1962", "date"),
        (
            "Some 16,000 crates were counted by the guards, who kept a list of every one of them. ",
            "",
            "deletion",
        ),
    ],
)
def test_alterations_are_sure(before: str, after: str, kind: str) -> None:
    assert [change.kind for change in sure(found(TEXT.replace(before, after)))] == [kind]


def test_characters_that_nobody_can_see() -> None:
    document = TEXT.replace("Some 16,000", "At 10\x028 mbar 16,000")
    assert not found(document.replace("10\x028", "1018"), document)


def test_text_in_another_order_is_doubtful_without_pixels() -> None:
    moved = TEXT.replace("sent to the ministry ", "sent ").replace("quarter to", "quarter to the ministry to")
    assert not sure(found(moved))


ADDED = TEXT.replace("told that", "told by the minister that")


def shows(value: float | None) -> Any:
    def look(span: Span) -> float | None:
        assert span[1] > span[0]
        return value

    return look


def test_pixels_of_the_leak_decide_on_additions() -> None:
    assert [change.leak_text for change in found(ADDED)] == ["by the minister"]
    assert not found(ADDED, leak_pixels=shows(0.95))
    (seen,) = found(ADDED, leak_pixels=shows(0.05))
    assert seen.confidence >= 0.95
    assert found(ADDED, leak_pixels=shows(None)) == found(ADDED)


def test_one_side_that_shows_the_original_is_enough() -> None:
    leak = TEXT.replace("16,000", "61,000")
    assert not found(leak, same_pixels=shows(None), leak_pixels=shows(0.9))
    assert not found(leak, same_pixels=shows(0.9), leak_pixels=shows(0.1))


def test_another_word_in_the_picture_is_grave_when_pixels_confirm_it() -> None:
    leak = TEXT.replace("winter", "summer holiday")
    assert not sure(found(leak))
    assert sure(found(leak, same_pixels=shows(0.02)))
