"""Approved variants found again in a document."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.channels.text.carriers import TextCarriers
from fother.channels.wording.places import places
from fother.channels.wording.variant import Approved, change
from fother.model.prose import Block, Fixed, Prose

SAID = "The agency has begun, in order to save costs, a review."
OTHER = "The agency has begun, to save costs, a review."
VARIANT = Approved("0" * 12, "phrase", SAID, OTHER)


def prose_of(*blocks: str, **more: object) -> Prose:
    found, at = [], 0
    for block in blocks:
        found.append(Block(at, at + len(block)))
        at += len(block) + 1
    return Prose("\n".join(blocks), tuple(found), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "said", "told"),
    [
        ("It said that we won.", "It said we won.", "said that", "said"),
        ("It said we won.", "It said that we won.", "said", "said that"),
        ("plans, budgets, and reports", "plans, budgets and reports", "budgets,", "budgets"),
        ("We start (soon).", "We begin (soon).", "start", "begin"),
        ("a (big) house", "a (large) house", "big", "large"),
        ("Really, we go.", "We go.", "Really, we", "We"),
        ("We go.", "We go now.", "go", "go now"),
    ],
)
def test_smallest_change_of_whole_words(before: str, after: str, said: str, told: str) -> None:
    found = change(before, after)
    assert found is not None
    (start, end), text = found
    assert (before[start:end], text) == (said, told)
    assert before[:start] + text + before[end:] == after


@given(st.lists(st.sampled_from(["a", "b", "b,", "(c)", "d."]), max_size=6), st.data())
def test_a_change_makes_the_other_sentence(words: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from(["a", "b", "b,", "(c)", "d."]), max_size=6))
    found = change(" ".join(words), " ".join(others))
    if found is None:
        assert words == others or not words or not others
        return
    (start, end), text = found
    before = " ".join(words)
    assert before[:start] + text + before[end:] == " ".join(others)
    assert before[start:end] != text
    assert before[start:end].strip()
    assert text.strip()


def test_found_word_for_word_at_every_place() -> None:
    prose = prose_of(SAID, "Then: " + SAID)
    found, notes = places(prose, [VARIANT])
    assert notes == []
    assert [(p.block, prose.text[p.start : p.end]) for p in found] == [(0, "in order to"), (1, "in order to")]
    carriers = TextCarriers(prose.text, tuple(found))
    assert carriers.rendered(np.array([1, 0], np.uint8)) == OTHER + "\nThen: " + SAID


def test_line_ends_and_double_spaces_make_no_difference() -> None:
    prose = prose_of(SAID.replace("has begun, ", "has\nbegun,  "))
    (found,), _ = places(prose, [VARIANT])
    assert found.forms == ("in order to", "to")


def test_a_line_end_that_would_be_lost_is_told() -> None:
    found, notes = places(prose_of(SAID.replace("in order", "in\norder")), [VARIANT])
    assert found == []
    assert "line end" in notes[0]


def test_a_line_end_stays_where_it_can() -> None:
    variant = Approved("1", "phrase", "It is, with respect to us, so.", "It is, with regard to us, so.")
    prose = prose_of("It is, with respect\nto us, so.")
    (found,), _ = places(prose, [variant])
    assert found.forms == ("respect", "regard")


def test_what_is_gone_is_told() -> None:
    found, notes = places(prose_of("Another sentence."), [VARIANT])
    assert found == []
    assert "not in the document any more" in notes[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"fixed": (Fixed(22, 24, "a link"),)}, "a link"),
        ({"seams": (24,)}, "change of look"),
    ],
)
def test_what_must_stay_is_told(more: dict[str, object], told: str) -> None:
    found, notes = places(prose_of(SAID, **more), [VARIANT])
    assert found == []
    assert told in notes[0]


def test_own_alternatives_come_first() -> None:
    prose = prose_of("The {{agency|office}} has begun, in order to save costs, a review.")
    found, notes = places(prose, [VARIANT])
    assert [p.family for p in found] == ["own alternative", "phrase"]
    inside = prose_of("The agency has begun, in {{order|view}} to save costs, a review.")
    found, notes = places(inside, [VARIANT])
    assert [p.family for p in found] == ["own alternative"]
    assert "overlaps" in notes[0]


def test_a_spelling_changes_everywhere_or_not_at_all() -> None:
    variant = Approved("2", "spelling", "Our judgment stands.", "Our judgement stands.", True)
    prose = prose_of("Our judgment stands.", "The judgment of “good judgment” is a judgment.")
    (found,), notes = places(prose, [variant])
    assert notes == []
    assert len(found.twins) == 2
    copy = TextCarriers(prose.text, (found,)).rendered(np.array([1], np.uint8))
    assert copy == "Our judgement stands.\nThe judgement of “good judgment” is a judgement."
    split = prose_of("Our judgment stands.", "A judgment.", seams=(25,))
    found_now, notes = places(split, [variant])
    assert found_now == []
    assert "everywhere" in notes[0]


def test_two_variants_never_overlap() -> None:
    second = Approved("3", "phrase", SAID, SAID.replace("in order to save", "so as to save"))
    found, notes = places(prose_of(SAID), [VARIANT, second])
    assert len(found) == 1
    assert "overlaps" in notes[0]


@pytest.mark.parametrize("braces", ["{{a|b}}", "{{a|b|c}}", "{{ a }}", "{{"])
def test_braces_may_be_text_like_any_other(braces: str) -> None:
    assert places(prose_of(f"We {braces} on Monday."), [], alternatives=False) == ([], [])
