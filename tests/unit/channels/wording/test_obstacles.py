"""What stands in the way of a rewrite, against looking at everything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fother.channels.wording.obstacles import Obstacles, mask
from fother.model.prose import Block, Fixed, Prose

SPANS = st.tuples(st.integers(0, 29), st.integers(1, 12)).map(lambda s: (s[0], min(30, sum(s))))


@given(
    fixed=st.lists(SPANS, max_size=6),
    seams=st.lists(st.integers(0, 30), max_size=4),
    taken=st.lists(SPANS, max_size=3),
    span=SPANS,
)
def test_as_if_every_stretch_were_looked_at(
    fixed: list[tuple[int, int]], seams: list[int], taken: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    start, end = span
    stays = tuple(Fixed(*found, str(k)) for k, found in enumerate(fixed))
    obstacles = Obstacles(Prose("x" * 30, (Block(0, 30),), stays, tuple(seams)), taken)
    reason = obstacles.fixed_reason(span)
    overlapping = {f.reason for f in stays if f.start < end and start < f.end}
    assert reason in overlapping if overlapping else reason is None
    assert obstacles.seam_within(span) == any(start < seam < end for seam in seams)
    overlaps = any(a < end and start < b for a, b in taken)
    assert (obstacles.told(span) == "overlaps with another") == overlaps
    assert (obstacles.told(span) is None) == (
        not overlaps and not overlapping and not obstacles.seam_within(span)
    )
    assert (mask(30, taken).find(1, start, end) >= 0) == overlaps


def test_what_was_taken_later_is_in_the_way() -> None:
    obstacles = Obstacles(Prose("x" * 30, (Block(0, 30),)))
    assert obstacles.told((3, 5)) is None
    obstacles.take([(4, 6)])
    assert obstacles.told((3, 5)) == "overlaps with another"
