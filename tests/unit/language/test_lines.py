"""Wrapped lines are joined; paragraphs, transcripts and headlines are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fother.language.lines import unwrapped

WRAPPED = (
    "The ministry said on Monday that it had opened an inquiry into how the\n"
    "annex reached the press, and that nobody had been dismissed so far. It\n"
    "declined to say more."
)


def test_wrapped_lines_become_one() -> None:
    assert unwrapped(WRAPPED) == WRAPPED.replace("\n", " ")
    assert unwrapped(f"Title\n\n{WRAPPED}\n\nEnd.") == f"Title\n\n{WRAPPED.replace(chr(10), ' ')}\n\nEnd."


def test_two_lines_are_joined_by_the_width_of_the_others() -> None:
    two = (
        "The embassy declined to comment on the memo. Foreign Minister Dal Aren\nOren will travel next week."
    )
    assert unwrapped(f"{WRAPPED}\n\n{two}").endswith(two.replace("\n", " "))
    assert unwrapped(two) == two  # alone it may be two paragraphs


@pytest.mark.parametrize(
    "text",
    [
        "HOST: Is it real?\nLUND: I cannot say.\nHOST: Thank you very much for that.",
        "A headline of some words\nThe first sentence of the report stands here.",
        "One paragraph.\n\nAnother paragraph.",
        f"{'word ' * 40}\n{'word ' * 38}\n{'word ' * 39}",
    ],
)
def test_other_line_ends_stay(text: str) -> None:
    assert unwrapped(text) == text


@given(st.text(alphabet="ab \n\u2028.", max_size=300))
def test_places_stay(text: str) -> None:
    out = unwrapped(text)
    assert len(out) == len(text)
    assert all(a == b or (a, b) == ("\n", " ") for a, b in zip(text, out, strict=True))
