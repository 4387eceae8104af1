"""Text that can be rewritten: where rewrites may lie, and which are refused."""

from __future__ import annotations

import pytest

from fother.model.prose import Block, Fixed, Prose, Rewrite, require_writable, rewritten

#                 0123456789
PROSE = Prose("abc def\nghi", (Block(0, 7), Block(8, 11)), (Fixed(1, 2, "a link"),), (4, 9))


def test_free_stretches_end_at_blocks_seams_and_what_is_fixed() -> None:
    assert PROSE.free == ((0, 1), (2, 4), (4, 7), (8, 9), (9, 11))


def test_nothing_fixed_leaves_whole_blocks() -> None:
    assert Prose("ab\n\ncd", (Block(0, 2), Block(3, 3), Block(4, 6))).free == ((0, 2), (4, 6))


def test_all_fixed_leaves_nothing() -> None:
    assert Prose("abcd", (Block(0, 4),), (Fixed(0, 2, "code"), Fixed(2, 4, "a link"))).free == ()


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [Rewrite(0, 1, "x"), Rewrite(2, 4, ""), Rewrite(4, 4, "y"), Rewrite(7, 7, "z"), Rewrite(8, 9, "")],
        [Rewrite(4, 7, "\u2005é中😀\u200c")],
    ],
)
def test_rewrites_within_free_stretches_are_writable(changes: list[Rewrite]) -> None:
    require_writable(PROSE, changes)


@pytest.mark.parametrize(
    "changes",
    [
        [Rewrite(0, 2, "")],  # into what is fixed
        [Rewrite(3, 5, "")],  # over a seam
        [Rewrite(7, 8, "")],  # a block's end
        [Rewrite(11, 12, "")],  # beyond the text
        [Rewrite(-1, 1, "")],
        [Rewrite(3, 2, "")],
        [Rewrite(2, 4, "x"), Rewrite(3, 4, "y")],
        [Rewrite(4, 5, "x"), Rewrite(2, 3, "y")],
        *([Rewrite(4, 7, f"a{sign}b")] for sign in "\0\t\n\r\x0b\x85\u2028\ud800\uffff"),
    ],
)
def test_other_rewrites_are_refused(changes: list[Rewrite]) -> None:
    with pytest.raises(ValueError, match="rewrit"):
        require_writable(PROSE, changes)


def test_a_line_end_may_be_written_again_but_not_added() -> None:
    wrapped = Prose("a\nb", (Block(0, 3),))
    require_writable(wrapped, [Rewrite(0, 3, "b\na")])
    with pytest.raises(ValueError, match="adds a line end"):
        require_writable(wrapped, [Rewrite(0, 3, "b\n\na")])


def test_rewritten() -> None:
    assert rewritten("one two", [Rewrite(0, 3, "1"), Rewrite(3, 3, ","), Rewrite(7, 7, "!")]) == "1, two!"
