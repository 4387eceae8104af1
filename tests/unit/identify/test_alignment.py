"""Alignments beside each other: neither takes from the other what is not its own."""

from __future__ import annotations

import numpy as np

from fother.identify.alignment import Alignment, alignments, apart
from fother.identify.letters import letters_of

BERTHS = (
    "It would lose some forty calls during the summer, for which Vestria is prepared to pay compensation of "
    "up to 900,000 crowns, although its opening offer will be half of that."
)
BOARD = (
    " The board should be aware that we were told the upper limit in confidence and that it must on no "
    "account reach the operator before the negotiations begin."
)
BRIDGE = (
    " If the bearing were to fail while Vestrian ships depend on us, both ports would be shut at once. We "
    "have not told Kaldvik about the bearing. The board will want to decide whether that is fair to a "
    "neighbour, and we recommend that they be told before anything is signed."
)


def test_an_accident_at_the_end_of_one_passage_costs_the_next_nothing() -> None:
    # "that. The b…" goes on like "that. If the b…": four letters agree by accident.
    document = letters_of(BERTHS + BOARD + BRIDGE)
    leak = letters_of(BERTHS + BRIDGE.replace("have not told", "have told"))
    first, second = sorted(alignments(leak, document), key=lambda one: one.leak)
    join = len(letters_of(BERTHS))
    assert abs(first.leak[1] - join) <= 3
    assert abs(second.leak[0] - join) <= 3
    assert second.leak[1] == len(leak)
    assert second.differing == len("not")


def test_runs_that_two_alignments_share_are_cut_to_the_letter() -> None:
    def stretch(*runs: tuple[int, int, int]) -> Alignment:
        (i, j, _), (p, q, n) = runs[0], runs[-1]
        return Alignment((i, p + n), (j, q + n), np.array(runs), len(runs) - 1, 0)

    first, second = apart([stretch((0, 500, 300), (306, 810, 4)), stretch((304, 90, 80), (387, 170, 100))])
    assert (first.leak, second.leak) == ((0, 310), (310, 487))
    assert second.runs.tolist() == [[310, 96, 74], [387, 170, 100]]
